"""The stand-in's three pages: the login form, "really log out?", and an error. Russian and English, light and dark."""

# ruff: noqa: E501 - CSS and HTML read better unbroken

from html import escape

_STYLE = """
:root{color-scheme:light dark;--paper:#f3f1ec;--sheet:#fff;--ink:#1d2422;--soft:#59635f;--line:#d5d3cb;--stone:#0f5c4d;--on:#fff;--bad:#a3262a}
@media(prefers-color-scheme:dark){:root{--paper:#131816;--sheet:#1c2320;--ink:#eceeea;--soft:#a4aeaa;--line:#37413d;--stone:#6fcbb5;--on:#0c1512;--bad:#ff9a94}}
*{box-sizing:border-box}body{margin:0;min-height:100vh;display:grid;place-items:center;padding:20px;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{width:100%;max-width:400px;background:var(--sheet);border:1px solid var(--line);border-top:4px solid var(--stone);border-radius:12px;padding:28px}
h1{font-size:1.35rem;margin:0 0 4px}p{margin:0 0 16px;color:var(--soft)}label{display:block;font-weight:600;margin:14px 0 6px}
input{width:100%;font:inherit;padding:11px 12px;border:1px solid var(--soft);border-radius:8px;background:var(--paper);color:inherit}
input:focus-visible,button:focus-visible,a:focus-visible{outline:3px solid var(--stone);outline-offset:2px}
button{width:100%;margin-top:20px;font:inherit;font-weight:600;padding:12px;border:0;border-radius:8px;background:var(--stone);color:var(--on);cursor:pointer}
.wrong{color:var(--bad);font-weight:600;margin:12px 0 0}table{width:100%;border-collapse:collapse;font-size:.9rem}td{padding:3px 0}td:last-child{text-align:right;color:var(--soft)}
aside{margin-top:24px;padding-top:16px;border-top:1px solid var(--line)}aside p{font-size:.9rem;margin-bottom:8px}code{font:inherit;font-weight:600}
"""

_WORDS = {
    "en": {
        "title": "Sign in to Alexandrite",
        "lead": "Stand-in for Keycloak: for the demo only.",
        "user": "User name",
        "password": "Password",
        "go": "Sign in",
        "wrong": "Invalid username or password.",
        "people": "People of the demo: the password is the user name.",
        "none": "no role",
        "out_title": "Logging out",
        "out_lead": "Do you want to log out?",
        "out_go": "Log out",
        "error": "We are sorry…",
        "out_done": "You are logged out",
    },
    "ru": {
        "title": "Вход в Alexandrite",
        "lead": "Вместо Keycloak, только для демонстрации.",
        "user": "Имя пользователя",
        "password": "Пароль",
        "go": "Войти",
        "wrong": "Неправильное имя пользователя или пароль.",
        "people": "Люди демонстрации: пароль совпадает с именем.",
        "none": "без роли",
        "out_title": "Выход",
        "out_lead": "Выйти из системы?",
        "out_go": "Выйти",
        "error": "К сожалению…",
        "out_done": "Вы вышли из системы",
    },
}


def login_page(
    lang: str, action: str, people: list[tuple[str, list[str]]], *, username: str = "", wrong: bool = False
) -> str:
    """Return the login form that posts to `action`; `people` are (user name, roles) to show below it."""
    word = _WORDS[lang]
    rows = "".join(
        f"<tr><td><code>{escape(name)}</code></td><td>{escape(', '.join(roles) or word['none'])}</td></tr>"
        for name, roles in people
    )
    said = f'<p class="wrong" role="alert" id="input-error">{word["wrong"]}</p>' if wrong else ""
    return _page(
        lang,
        word["title"],
        f"""<p>{word["lead"]}</p><form id="kc-form-login" action="{escape(action)}" method="post">{said}
<label for="username">{word["user"]}</label>
<input id="username" name="username" value="{escape(username)}" autocomplete="username" autocapitalize="off" spellcheck="false" required autofocus>
<label for="password">{word["password"]}</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<button id="kc-login" name="login" type="submit">{word["go"]}</button></form>
<aside><p>{word["people"]}</p><table>{rows}</table></aside>""",
    )


def logout_page(lang: str, action: str, session_code: str) -> str:
    """Return the question that Keycloak asks when nobody vouches for a logout."""
    word = _WORDS[lang]
    return _page(
        lang,
        word["out_title"],
        f"""<p>{word["out_lead"]}</p><form class="form-actions" action="{escape(action)}" method="post">
<input type="hidden" name="session_code" value="{escape(session_code)}">
<button name="confirmLogout" id="kc-logout" type="submit">{word["out_go"]}</button></form>""",
    )


def error_page(lang: str, text: str) -> str:
    """Return Keycloak's own error page."""
    return _page(lang, _WORDS[lang]["error"], f'<p id="kc-error-message" class="wrong">{escape(text)}</p>')


def done_page(lang: str) -> str:
    """Return what stands after a logout that leads nowhere."""
    return _page(lang, _WORDS[lang]["out_done"], "")


def _page(lang: str, title: str, body: str) -> str:
    return f"""<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_STYLE}</style></head>
<body><main><h1>{title}</h1>{body}</main></body></html>"""

"""The addresses that a browser is sent to: authorization, the login form, logout."""

import secrets
from dataclasses import dataclass
from urllib.parse import urlencode

from demo.keycloak.goodbye import end_session
from demo.keycloak.messages import Answer, Asked, as_page, redirect
from demo.keycloak.pages import done_page, error_page, login_page, logout_page
from demo.keycloak.realm import Realm, Session

_IDENTITY, _ATTEMPT = "KEYCLOAK_IDENTITY", "AUTH_SESSION_ID"
_FORM_LIFE = 1800  # seconds that a login form may stay open


@dataclass(frozen=True)
class Attempt:
    """One login form in one tab: what was asked for, and the browser that asked."""

    asked: dict[str, str]
    browser: str
    begun: float


class BrowserSide:
    """Keycloak as a browser sees it."""

    def __init__(self, realm: Realm) -> None:
        self.realm = realm
        self.attempts: dict[str, Attempt] = {}

    def authorize(self, asked: Asked) -> Answer:
        """Answer the authorization request: straight back with a code where the browser is signed in, else the form."""
        wanted = asked.query
        client = self.realm.clients.get(wanted.get("client_id", ""))
        if client is None:
            return as_page(error_page(asked.language, "Client not found."), 400)
        if wanted.get("redirect_uri") not in client["redirectUris"]:
            return as_page(error_page(asked.language, "Invalid parameter: redirect_uri"), 400)
        if problem := _problem(wanted):
            return self._back(wanted, {"error": problem[0], "error_description": problem[1]})
        session = self.realm.session_of_cookie(asked.cookies.get(_IDENTITY, ""))
        if session and wanted.get("prompt") != "login":
            return self._with_code(wanted, session, by_password=False)
        if wanted.get("prompt") == "none":
            return self._back(wanted, {"error": "login_required"})
        tab, browser = secrets.token_urlsafe(8), asked.cookies.get(_ATTEMPT) or secrets.token_urlsafe(32)
        self.attempts[tab] = Attempt(wanted, browser, self.realm.clock())
        return as_page(self._form(asked.language, tab), headers=[self._cookie(_ATTEMPT, browser)])

    def authenticate(self, asked: Asked) -> Answer:
        """Take the login form; a wrong password shows it again."""
        tab = asked.query.get("tab_id", "")
        attempt = self.attempts.get(tab)
        if attempt is None or not secrets.compare_digest(attempt.browser, asked.cookies.get(_ATTEMPT, "")):
            return as_page(error_page(asked.language, "Restart login cookie not found."), 400)
        if self.realm.clock() - attempt.begun > _FORM_LIFE:
            return as_page(self._form(asked.language, tab), 200)
        username, password = asked.form.get("username", ""), asked.form.get("password", "")
        person = self.realm.person_named(username)
        right = (
            person is not None
            and person.password
            and secrets.compare_digest(person.password.encode(), password.encode())
        )
        if person is None or not right or not person.enabled:
            return as_page(self._form(asked.language, tab, username, wrong=True))
        del self.attempts[tab]
        session = self._session_for(person.id, asked) or self.realm.start_session(person)
        return self._with_code(attempt.asked, session, by_password=True)

    def logout(self, asked: Asked) -> Answer:
        """RP-initiated logout: straight through with a hint, a question without one."""
        wanted = asked.query | (asked.form if asked.method == "POST" else {})
        hint = wanted.get("id_token_hint")
        claims = self.realm.keys.read(hint) if hint else None
        if hint and (claims is None or claims.get("typ") != "ID"):
            return as_page(error_page(asked.language, "Invalid parameter: id_token_hint"), 400)
        client_id = str(claims["azp"]) if claims else wanted.get("client_id", "")
        target = wanted.get("post_logout_redirect_uri", "")
        if target and target not in self._targets(client_id):
            return as_page(error_page(asked.language, "Invalid redirect uri"), 400)
        state = f"?{urlencode({'state': wanted['state']})}" if "state" in wanted else ""
        session = self.realm.session_of_cookie(asked.cookies.get(_IDENTITY, ""))
        if claims is None and session and "confirmLogout" not in asked.form:
            action = f"{self.realm.issuer}/protocol/openid-connect/logout?{urlencode(asked.query)}"
            return as_page(logout_page(asked.language, action, session.cookie))
        if claims is None and session and asked.form.get("session_code") != session.cookie:
            return as_page(error_page(asked.language, "Logout failed"), 400)
        end_session(self.realm, str(claims["sid"]) if claims else session.sid if session else "")
        gone = [self._cookie(_IDENTITY, "", life=0)]
        return redirect(target + state, gone) if target else as_page(done_page(asked.language), headers=gone)

    def _session_for(self, user_id: str, asked: Asked) -> Session | None:
        """Return the browser's session where `prompt=login` asked the same person again: the sid stays."""
        session = self.realm.session_of_cookie(asked.cookies.get(_IDENTITY, ""))
        if session is None or session.user_id != user_id:
            return None
        session.started = session.seen = self.realm.clock()
        return session

    def _targets(self, client_id: str) -> list[str]:
        client = self.realm.clients.get(client_id, {})
        listed: list[str] = client.get("attributes", {}).get("post.logout.redirect.uris", "").split("##")
        return list(client.get("redirectUris", [])) if listed == ["+"] else listed

    def _form(self, lang: str, tab: str, username: str = "", *, wrong: bool = False) -> str:
        where = f"{self.realm.issuer}/login-actions/authenticate?{urlencode({'tab_id': tab})}"
        people = [(one.username, self.realm.roles_of(one)) for one in self.realm.people.values()]
        return login_page(lang, where, people, username=username, wrong=wrong)

    def _with_code(self, wanted: dict[str, str], session: Session, *, by_password: bool) -> Answer:
        code = self.realm.issue_code(session, wanted, by_password=by_password)
        return self._back(
            wanted, {"session_state": session.sid, "code": code}, [self._cookie(_IDENTITY, session.cookie)]
        )

    def _back(
        self, wanted: dict[str, str], said: dict[str, str], headers: list[tuple[str, str]] | None = None
    ) -> Answer:
        state = {"state": wanted["state"]} if "state" in wanted else {}
        return redirect(f"{wanted['redirect_uri']}?{urlencode(state | said | {'iss': self.realm.issuer})}", headers)

    def _cookie(self, name: str, value: str, life: int | None = None) -> tuple[str, str]:
        age = "" if life is None else f"; Max-Age={life}"
        return "Set-Cookie", f"{name}={value}; Path=/realms/{self.realm.name}/; HttpOnly; SameSite=Lax{age}"


def _problem(wanted: dict[str, str]) -> tuple[str, str] | None:
    if wanted.get("response_type") != "code":
        return "unauthorized_client", "Client is not allowed to initiate browser login with given response_type."
    if "code_challenge_method" not in wanted:
        return "invalid_request", "Missing parameter: code_challenge_method"
    if wanted["code_challenge_method"] != "S256":
        return "invalid_request", "Invalid parameter: code challenge method is not matching the configured one"
    if len(wanted.get("code_challenge", "")) != 43:
        return "invalid_request", "Missing parameter: code_challenge"
    return None

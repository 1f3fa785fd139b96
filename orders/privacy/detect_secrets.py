"""Detectors of secrets: tokens, cookies, keys, and whatever a word such as `password` announces."""

import re
from typing import Final

from orders.privacy.checks import words_of
from orders.privacy.judge import Judge
from orders.privacy.pieces import Work

_COOKIE = re.compile(r"(?<![^\W_])(?:set-)?cookie\s?:\s?(?P<value>[^\s\x01][^\x01]{0,2000})", re.IGNORECASE)
_BEARER = re.compile(
    r"(?<![^\W_])(?:bearer|basic|digest|negotiate|apikey)\s(?P<value>[A-Za-z0-9+/_.=~-]{6,2000})", re.IGNORECASE
)
_TOKEN = re.compile(
    r"(?<![\w-])(?P<value>eyJ[\w-]{5,2000}(?:\.[\w-]{0,2000}){1,4}"
    r"|(?:sk|pk|rk)_(?:live|test)_\w{8,200}|gh[pousr]_\w{16,255}|github_pat_\w{20,255}|AKIA[0-9A-Z]{12,40}|AIza[\w-]{20,60}"
    r"|xox[abeoprs]-[\w-]{8,200}|glpat-[\w-]{10,60}|sk-[\w-]{16,200})",
    re.ASCII,
)
_HINTS: Final = (
    (_COOKIE, ("cookie",)),
    (_BEARER, ("bearer", "basic", "digest", "negotiate", "apikey")),
    (_TOKEN, ("eyj", "k_", "gh", "akia", "aiza", "xox", "glpat-", "sk-")),
)  # what a text must hold to be looked at
_ANNOUNCED = re.compile(
    r"(?P<name>[\w-]{2,40})[\"']?\s?(?:[:=]{1,2}>?|->|\sis\s)\s?[\"']?(?P<value>[^\s\"'&;,<>(){}\[\]\x01]{1,500})"
)
_PERSONS: Final = words_of(
    "password passwd passphrase passcode pwd pass cvv cvv2 cvc cvc2 pin otp login username user_name пароль пин логин"
)  # whatever stands behind these is hidden, a known word as well
SECRETS: Final = _PERSONS | words_of(
    "secret client_secret token access_token refresh_token id_token auth_token bearer_token csrf_token csrftoken "
    "xsrf_token apikey api_key x_api_key access_key private_key secret_key accesskey secretkey privatekey "
    "authorization auth session sessionid session_id jsessionid phpsessid sid csrf xsrf секрет токен accesstoken "
    "refreshtoken idtoken clientsecret"
)
NAMED: Final = ("pass", "pwd", "cv", "pin", "otp", "login", "user", "пароль", "пин", "логин", "secret", "token", "key",
                "auth", "sess", "sid", "srf", "секрет", "токен")  # each name of SECRETS holds one  # fmt: skip


def secrets(work: Work, judge: Judge) -> None:
    """Mark every secret; a word that is known is none, except behind the name of a password or a person's login."""
    lower = work.left.lower()
    for regex, hints in _HINTS:
        for found in regex.finditer(work.left) if any(map(lower.__contains__, hints)) else ():
            if not (regex is _BEARER and judge.knows(found["value"].strip("."))):
                judge.mark(work, found.span("value"), "secret", found["value"])
    for found in _ANNOUNCED.finditer(work.left) if any(map(lower.__contains__, NAMED)) else ():
        name, word = found["name"].lower().replace("-", "_"), found["value"].strip(".:")
        if name in _PERSONS or (name in SECRETS and word and not judge.knows(word)):
            judge.mark(work, found.span("value"), "secret", found["value"])

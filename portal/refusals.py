"""What the portal refuses to start with: known, weak or shared secrets, and connections that anybody can listen to.

Every sentence names the variable and what to put there, and none quotes a secret.
"""

from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from django.core.exceptions import ImproperlyConfigured

MAKE_ONE: Final = "make one: python3 -c 'import secrets; print(secrets.token_urlsafe(64))'"
KEYCLOAK_MAKES_ONE: Final = "let Keycloak make one (Clients, the portal's client, Credentials, Regenerate)"
LEAST: Final = {  # characters that a secret has at least; what Keycloak makes for a client has 32
    "SECRET_KEY": 50,
    "SECRET_KEY_FALLBACKS": 50,
    "PSEUDONYM_KEYS": 32,
    "KEYCLOAK_CLIENT_SECRET": 24,
}
_LEAST_DIFFERENT: Final = 10  # different characters: "aaaa…" is long as well
_KNOWN_BEGINNINGS: Final = ("demo-", "django-insecure-", "test-", "${", "<", "…")
_KNOWN_PARTS: Final = ("changeme", "change-me", "change_me", "password", "insecure", "example")
_KNOWN_PASSWORDS: Final = frozenset({"orders", "postgres", "admin", "root", "portal", "alexandrite", "demo", "secret"})
_EVERYBODY: Final = frozenset({"0.0.0.0/0", "::/0", "*"})


def demand(settings: Mapping[str, Any]) -> None:
    """Raise ImproperlyConfigured with everything that is wrong in these settings; `settings` by their names.

    With DEMO only one thing counts: that nobody but this machine's own browsers can be meant.
    """
    found = [*(_demo(settings) if settings["DEMO"] else _production(settings))]
    if found:
        raise ImproperlyConfigured("the portal does not start:" + "".join(f"\n* {one}" for one in found))


def is_loopback(url: str) -> bool:
    """Return whether an address is this machine's own: "localhost" or an address of loopback."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _demo(settings: Mapping[str, Any]) -> Iterator[str]:
    if not is_loopback(settings["PORTAL_URL"]):
        yield (
            "PORTAL_DEMO is True, whose secrets everybody knows, and PORTAL_URL is not this machine's own address: "
            "unset PORTAL_DEMO, or use http://127.0.0.1:8300"
        )


def _production(settings: Mapping[str, Any]) -> Iterator[str]:
    yield from _secrets(settings)
    yield from _addresses(settings)
    if settings["DEBUG"]:
        yield "DEBUG is True: its error pages show settings and data; it has to be False"
    if "*" in settings["ALLOWED_HOSTS"]:
        yield "ALLOWED_HOSTS is *: name the hosts by which browsers reach the portal"
    if _EVERYBODY & set(settings["TRUSTED_PROXIES"]):
        yield "TRUSTED_PROXIES names everybody: name the proxy's own address, or unix for its socket"


def _secrets(settings: Mapping[str, Any]) -> Iterator[str]:
    held = [(name, value) for name in LEAST for value in _values(settings[name])]
    for name, value in held:
        if trouble := _trouble(value, LEAST[name]):
            yield f"{name} {trouble}; {KEYCLOAK_MAKES_ONE if name == 'KEYCLOAK_CLIENT_SECRET' else MAKE_ONE}"
    password = str(settings["DATABASES"]["default"].get("PASSWORD", ""))
    if password.lower() in _KNOWN_PASSWORDS or _is_known(password):
        yield f"DATABASE_PASSWORD is a known one; give the database's user another, {MAKE_ONE}"
    others = [(name, str(settings[name])) for name in ("JAEGER_TOKEN", "JAEGER_PASSWORD")]
    yield from _shared([*held, ("DATABASE_PASSWORD", password), *others])


def _values(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _trouble(value: str, least: int) -> str:
    if _is_known(value):
        return "is a known one or a placeholder"
    if len(value) < least:
        return f"is too short: it needs at least {least} characters"
    return "repeats itself" if len(set(value)) < _LEAST_DIFFERENT else ""


def _is_known(value: str) -> bool:
    text = value.lower()
    return text.startswith(_KNOWN_BEGINNINGS) or any(part in text for part in _KNOWN_PARTS)


def _shared(held: list[tuple[str, str]]) -> Iterator[str]:
    first: dict[str, str] = {}
    for name, value in held:
        if value and value in first:
            yield f"{name} holds the same secret as {first[value]}: each use needs one of its own; {MAKE_ONE}"
        first.setdefault(value, name)


def _addresses(settings: Mapping[str, Any]) -> Iterator[str]:
    for name in ("PORTAL_URL", "KEYCLOAK_URL"):  # what browsers go to: passwords and sessions travel there
        url = urlsplit(settings[name])
        if not _is_whole(url) or (name == "PORTAL_URL" and url.path):
            yield f"{name} must be an address such as https://orders.example, without more after the host"
        elif url.scheme != "https" and not is_loopback(settings[name]):
            yield f"{name} must begin with https://; plain http is for this machine's own 127.0.0.1 alone"
    for name, what in _carries(settings):
        url = urlsplit(settings[name])
        plain = url.scheme != "https" and not is_loopback(settings[name])
        if not _is_whole(url) or (plain and url.hostname not in settings["PLAIN_HTTP_HOSTS"]):
            yield (
                f"{name} must begin with https://, for {what}; where the network between is the portal's alone (a "
                f"private compose network), name its host in PLAIN_HTTP_HOSTS"
            )


def _carries(settings: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the names of the addresses that only the portal itself calls, and what nobody else may read there."""
    if settings["KEYCLOAK_BACK_URL"]:
        yield "KEYCLOAK_BACK_URL", "secrets are sent there"
    sent = "secrets are sent there and " if settings["JAEGER_TOKEN"] or settings["JAEGER_PASSWORD"] else ""
    yield "JAEGER_URL", f"{sent}spans come from there unmasked"


def _is_whole(url: SplitResult) -> bool:
    extras = url.query or url.fragment or url.username or url.password
    return url.scheme in {"http", "https"} and bool(url.hostname) and not extras

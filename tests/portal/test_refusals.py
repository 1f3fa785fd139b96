"""A portal in production starts with neither known secrets nor open connections: the settings file itself is run."""

import runpy
import secrets
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from portal import env, refusals

SETTINGS = Path(env.__file__).with_name("settings.py")
OURS = {"PORTAL", "SECRET", "PSEUDONYM", "KEYCLOAK", "JAEGER", "DATABASE", "ALLOWED", "TRUSTED", "PLAIN"}
PLAIN = "http://jaeger.internal:16686"
KEY, OTHER = secrets.token_urlsafe(64), secrets.token_urlsafe(64)
GOOD = {
    "SECRET_KEY": KEY,
    "PSEUDONYM_KEYS": f"2026:{secrets.token_urlsafe(32)}",
    "KEYCLOAK_CLIENT_SECRET": secrets.token_urlsafe(24),
    "PORTAL_URL": "https://orders.example",
    "KEYCLOAK_URL": "https://keycloak.example",
    "JAEGER_URL": "https://jaeger.internal:16686",
}


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Give an environment in which a good production portal starts; everything else is unset."""
    import os

    for name in list(os.environ):
        if name.partition("_")[0] in {
            "PORTAL",
            "SECRET",
            "PSEUDONYM",
            "KEYCLOAK",
            "JAEGER",
            "DATABASE",
            "ALLOWED",
            "TRUSTED",
            "PLAIN",
        }:
            monkeypatch.delenv(name)
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def start() -> dict[str, Any]:
    """Run the settings file, as every start of the portal does."""
    return runpy.run_path(str(SETTINGS))


def test_the_good_one_starts_with_cookies_of_its_own_host(place: pytest.MonkeyPatch) -> None:
    found = start()
    names = {found[f"{one}_COOKIE_NAME"] for one in ("SESSION", "CSRF", "LANGUAGE")}
    assert names == {"__Host-session", "__Host-csrf", "__Host-django_language"}
    assert (found["SESSION_COOKIE_SECURE"], found["SESSION_COOKIE_HTTPONLY"]) == (True, True)
    assert not {"SESSION_COOKIE_DOMAIN", "SESSION_COOKIE_PATH", "CSRF_COOKIE_DOMAIN"} & found.keys()


def test_on_loopback_it_starts_without_tls(place: pytest.MonkeyPatch) -> None:
    for url in ("http://127.0.0.1:8300", "http://localhost:8300", "http://[::1]:8300"):
        place.setenv("PORTAL_URL", url)
        place.setenv("KEYCLOAK_URL", "http://127.0.0.1:8180")
        assert start()["SESSION_COOKIE_NAME"] == "session"


WRONG: list[tuple[str, dict[str, str], str]] = [
    ("no key", {"SECRET_KEY": ""}, "SECRET_KEY"),
    ("a short key", {"SECRET_KEY": KEY[:49]}, "SECRET_KEY is too short"),
    ("Django's own example of a key", {"SECRET_KEY": f"django-insecure-{KEY}"}, "SECRET_KEY is a known one"),
    ("the demo's key", {"SECRET_KEY": "demo-key-that-protects-nothing-" * 2}, "SECRET_KEY is a known one"),
    ("a placeholder", {"SECRET_KEY": "${SECRET_KEY}" + "x" * 50}, "SECRET_KEY is a known one"),
    ("a key to be changed", {"SECRET_KEY": f"CHANGEME-{KEY}"}, "SECRET_KEY is a known one"),
    ("one letter sixty times", {"SECRET_KEY": "k" * 60}, "SECRET_KEY repeats itself"),
    ("a word seven times", {"SECRET_KEY": "orders-key" * 7}, "SECRET_KEY repeats itself"),
    ("a weak earlier key", {"SECRET_KEY_FALLBACKS": f"{OTHER},short"}, "SECRET_KEY_FALLBACKS is too short"),
    ("a known earlier key", {"SECRET_KEY_FALLBACKS": f"django-insecure-{OTHER}"}, "SECRET_KEY_FALLBACKS is a known"),
    ("the key as its own fallback", {"SECRET_KEY_FALLBACKS": KEY}, "SECRET_KEY_FALLBACKS holds the same secret"),
    ("no pseudonym key", {"PSEUDONYM_KEYS": ""}, "PSEUDONYM_KEYS"),
    ("a short pseudonym key", {"PSEUDONYM_KEYS": "2026:abcdefghij"}, "PSEUDONYM_KEYS is too short"),
    ("the demo's pseudonym key", {"PSEUDONYM_KEYS": "demo-key-of-pseudonyms"}, "PSEUDONYM_KEYS is a known one"),
    ("a short older pseudonym key", {"PSEUDONYM_KEYS": f"{OTHER},2025:abc"}, "PSEUDONYM_KEYS is too short"),
    ("one key for two uses", {"PSEUDONYM_KEYS": KEY}, "PSEUDONYM_KEYS holds the same secret as SECRET_KEY"),
    ("no client secret", {"KEYCLOAK_CLIENT_SECRET": ""}, "KEYCLOAK_CLIENT_SECRET"),
    ("the demo realm's secret", {"KEYCLOAK_CLIENT_SECRET": "demo-client-secret"}, "KEYCLOAK_CLIENT_SECRET is a known"),
    ("an unfilled placeholder", {"KEYCLOAK_CLIENT_SECRET": "${PORTAL_CLIENT_SECRET}"}, "KEYCLOAK_CLIENT_SECRET is a"),
    ("a short client secret", {"KEYCLOAK_CLIENT_SECRET": "s3cr3t"}, "KEYCLOAK_CLIENT_SECRET is too short"),
    ("the key as client secret", {"KEYCLOAK_CLIENT_SECRET": KEY}, "KEYCLOAK_CLIENT_SECRET holds the same secret"),
    ("the database's example", {"DATABASE_HOST": "db", "DATABASE_PASSWORD": "orders"}, "DATABASE_PASSWORD is a known"),
    ("the key as password", {"DATABASE_HOST": "db", "DATABASE_PASSWORD": KEY}, "DATABASE_PASSWORD holds the same"),
    ("plain http", {"PORTAL_URL": "http://orders.example"}, "PORTAL_URL must begin with https://"),
    ("plain http to a private host", {"PORTAL_URL": "http://10.0.0.7:8300"}, "PORTAL_URL must begin with https://"),
    ("a host that only sounds local", {"PORTAL_URL": "http://localhost.example"}, "PORTAL_URL must begin with"),
    ("no scheme", {"PORTAL_URL": "orders.example"}, "PORTAL_URL must be an address"),
    ("another scheme", {"PORTAL_URL": "ftp://orders.example"}, "PORTAL_URL must be an address"),
    ("a path", {"PORTAL_URL": "https://orders.example/portal"}, "PORTAL_URL must be an address"),
    ("a name in the address", {"PORTAL_URL": "https://a:b@orders.example"}, "PORTAL_URL must be an address"),
    ("Keycloak without TLS", {"KEYCLOAK_URL": "http://keycloak.example"}, "KEYCLOAK_URL must begin with https://"),
    (
        "Keycloak without TLS in a network of ours",  # people's browsers go there: whose network that is, nobody knows
        {"KEYCLOAK_URL": "http://keycloak:8080", "PLAIN_HTTP_HOSTS": "keycloak"},
        "KEYCLOAK_URL must begin with https://",
    ),
    ("the secret sent in the clear", {"KEYCLOAK_BACK_URL": "http://keycloak:8080"}, "KEYCLOAK_BACK_URL must begin"),
    ("spans in the clear", {"JAEGER_URL": PLAIN}, "JAEGER_URL must begin with https://, for spans come from there"),
    (
        "Jaeger's token in the clear",
        {"JAEGER_URL": PLAIN, "JAEGER_TOKEN": OTHER},
        "JAEGER_URL must begin with https://, for secrets",
    ),
    (
        "spans from a host that is not the named one",
        {"JAEGER_URL": PLAIN, "PLAIN_HTTP_HOSTS": "jaeger"},
        "JAEGER_URL must",
    ),
    ("a Jaeger without a scheme", {"JAEGER_URL": "jaeger:16686"}, "JAEGER_URL must begin with https://"),
    ("every host", {"ALLOWED_HOSTS": "orders.example,*"}, "ALLOWED_HOSTS is *"),
    ("every proxy", {"TRUSTED_PROXIES": "0.0.0.0/0"}, "TRUSTED_PROXIES names everybody"),
    ("every proxy of IPv6", {"TRUSTED_PROXIES": "10.0.0.1,::/0"}, "TRUSTED_PROXIES names everybody"),
    ("the demo for everybody", {"PORTAL_DEMO": "True"}, "PORTAL_DEMO is True"),
    ("the demo in the office", {"PORTAL_DEMO": "True", "PORTAL_URL": "http://10.0.0.7:8300"}, "PORTAL_DEMO is True"),
    ("a flag that is none", {"PORTAL_DEMO": "1"}, "PORTAL_DEMO must be True or False"),
]


@pytest.mark.parametrize(("given", "said"), [(given, said) for _, given, said in WRONG], ids=[one[0] for one in WRONG])
def test_it_does_not_start_and_says_what_to_do(given: dict[str, str], said: str, place: pytest.MonkeyPatch) -> None:
    for name, value in given.items():
        place.setenv(name, value)
    with pytest.raises(ImproperlyConfigured) as refused:
        start()
    words = str(refused.value)
    assert said in words
    hidden = [
        value for name, value in {**GOOD, **given}.items() if name.endswith(("KEY", "KEYS", "SECRET", "FALLBACKS"))
    ]
    assert not [value for value in hidden if value and value in words]


def test_everything_that_is_wrong_is_said_at_once(place: pytest.MonkeyPatch) -> None:
    place.setenv("SECRET_KEY", "short")
    place.setenv("PORTAL_URL", "http://orders.example")
    with pytest.raises(ImproperlyConfigured, match=r"(?s)SECRET_KEY.*PORTAL_URL"):
        start()


def test_debug_is_refused_wherever_it_came_from(place: pytest.MonkeyPatch) -> None:
    with pytest.raises(ImproperlyConfigured, match="DEBUG is True"):
        refusals.demand({**start(), "DEBUG": True})


def test_a_network_of_ours_has_to_be_named(place: pytest.MonkeyPatch) -> None:
    place.setenv("KEYCLOAK_BACK_URL", "http://keycloak:8080")
    place.setenv("JAEGER_URL", "http://jaeger:16686")
    place.setenv("JAEGER_TOKEN", secrets.token_urlsafe(32))
    place.setenv("PLAIN_HTTP_HOSTS", "keycloak,jaeger")
    assert start()["PLAIN_HTTP_HOSTS"] == ["keycloak", "jaeger"]


@pytest.mark.parametrize(
    ("url", "hosts"), [(PLAIN, "jaeger.internal"), ("http://127.0.0.1:16686", ""), ("https://jaeger.example", "")]
)
def test_spans_come_by_tls_from_this_machine_or_from_a_named_host(
    url: str, hosts: str, place: pytest.MonkeyPatch
) -> None:
    place.setenv("JAEGER_URL", url)
    place.setenv("PLAIN_HTTP_HOSTS", hosts)
    assert start()["JAEGER_URL"] == url


def test_every_secret_may_stand_in_a_file(place: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in {**GOOD, "SECRET_KEY_FALLBACKS": f"{OTHER},{OTHER[::-1]}"}.items():
        if name.endswith("URL"):
            continue
        (tmp_path / name).write_text(f"{value}\n", encoding="utf-8")
        place.delenv(name, raising=False)
        place.setenv(f"{name}_FILE", str(tmp_path / name))
    found = start()
    assert found["SECRET_KEY_FALLBACKS"] == [OTHER, OTHER[::-1]]
    assert (found["SECRET_KEY"], found["PSEUDONYM_KEYS"]) == (KEY, [GOOD["PSEUDONYM_KEYS"]])


def test_a_secret_in_two_places_is_in_none(place: pytest.MonkeyPatch, tmp_path: Path) -> None:
    place.setenv("SECRET_KEY_FILE", str(tmp_path / "key"))
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY and SECRET_KEY_FILE are both set"):
        start()
    place.delenv("SECRET_KEY")
    with pytest.raises(ImproperlyConfigured, match="cannot be read"):
        start()


def test_what_the_demo_puts_in_place_of_a_secret_is_known_to_be_known(place: pytest.MonkeyPatch) -> None:
    for name in GOOD:
        place.delenv(name)
    place.setenv("PORTAL_DEMO", "True")
    demo = start()
    for name in ("SECRET_KEY", "KEYCLOAK_CLIENT_SECRET", "PSEUDONYM_KEYS"):
        with pytest.raises(ImproperlyConfigured, match=f"{name} is a known one"):
            refusals.demand({**demo, "DEMO": False})


def test_the_demo_realms_secret_is_the_one_that_is_refused() -> None:
    from demo.keycloak.server import CLIENT_SECRET

    assert CLIENT_SECRET.startswith("demo-")

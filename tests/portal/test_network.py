"""Who asks, and from where: claims count only from named proxies, and only named networks are let in."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from pytest_django.fixtures import Settings

from portal.network import CLAIMS, AllowedNetworks, ForwardedHeaders, client_address, from_trusted_proxy


def request(peer: str = "10.0.0.1", **meta: str) -> HttpRequest:
    made = RequestFactory().get("/")
    made.META.update({"REMOTE_ADDR": peer, **meta})
    return made


@pytest.mark.parametrize(
    ("trusted", "peer", "named", "expected"),
    [
        ([], "10.0.0.1", "203.0.113.9", "10.0.0.1"),
        ([], "127.0.0.1", "203.0.113.9", "127.0.0.1"),  # loopback is no proxy unless it is named
        (["10.0.0.1"], "10.0.0.1", "203.0.113.9", "203.0.113.9"),
        (["10.0.0.0/8"], "10.9.9.9", "203.0.113.9", "203.0.113.9"),
        (["10.0.0.1"], "10.0.0.2", "203.0.113.9", "10.0.0.2"),
        (["10.0.0.0/8"], "10.0.0.1", "198.51.100.1, 203.0.113.9, 10.0.0.7", "203.0.113.9"),
        (["10.0.0.0/8"], "10.0.0.1", "10.0.0.8, 10.0.0.7", "10.0.0.8"),
        (["10.0.0.0/8"], "10.0.0.1", "10.0.0.5,203.0.113.9", "203.0.113.9"),
        (["10.0.0.0/8"], "10.0.0.1", None, "10.0.0.1"),
        (["10.0.0.0/8"], "10.0.0.1", "", "unknown"),
        (["10.0.0.0/8"], "10.0.0.1", "203.0.113.9:80", "unknown"),
        (["10.0.0.0/8"], "10.0.0.1", "203.0.113.9, ", "unknown"),
        (["10.0.0.0/8"], "10.0.0.1", "localhost", "unknown"),
        (["10.0.0.0/8"], "10.0.0.1", "nonsense, 203.0.113.9", "203.0.113.9"),
        (["10.0.0.0/8"], "10.0.0.1", "2001:db8::1", "2001:db8::1"),
        (["10.0.0.0/8"], "::ffff:10.0.0.1", "::ffff:203.0.113.9", "203.0.113.9"),
        (["fc00::/7"], "fd00::1", "203.0.113.9", "203.0.113.9"),
        ([], "", "203.0.113.9", "unix"),
        (["10.0.0.0/8"], "", "203.0.113.9", "unix"),
        (["unix"], "", "203.0.113.9", "203.0.113.9"),
        (["unix"], "", None, "unix"),
        (["unix"], "127.0.0.1", "203.0.113.9", "127.0.0.1"),
    ],
)
def test_the_address_that_counts(
    settings: Settings, trusted: list[str], peer: str, named: str | None, expected: str
) -> None:
    settings.TRUSTED_PROXIES = trusted
    asked = request(peer, **({} if named is None else {"HTTP_X_FORWARDED_FOR": named}))
    assert client_address(asked) == expected


@pytest.mark.parametrize("peer", ["10.0.0.2", "127.0.0.1", ""])
def test_a_stranger_may_claim_nothing(settings: Settings, peer: str) -> None:
    settings.TRUSTED_PROXIES = ["10.0.0.1"]
    asked = request(peer, **dict.fromkeys(CLAIMS, "x"), **{"wsgi.url_scheme": "https"})
    ForwardedHeaders(lambda seen: HttpResponse())(asked)
    assert not set(CLAIMS) & asked.META.keys()
    assert asked.scheme == "http"


def test_a_server_that_speaks_tls_itself_is_believed(settings: Settings) -> None:
    asked = request(**{"wsgi.url_scheme": "https"})
    ForwardedHeaders(lambda seen: HttpResponse())(asked)
    assert asked.is_secure()


@pytest.mark.parametrize(("trusted", "status"), [([], 301), (["10.0.0.1"], 200), (["10.0.0.2"], 301)])
@pytest.mark.django_db
def test_https_is_believed_from_a_trusted_proxy_alone(settings: Settings, trusted: list[str], status: int) -> None:
    """Whoever reached the port could once claim https, and the portal served its pages over a plain connection."""
    settings.SECURE_SSL_REDIRECT, settings.SECURE_PROXY_SSL_HEADER = True, ("HTTP_X_FORWARDED_PROTO", "https")
    settings.TRUSTED_PROXIES = trusted
    assert (
        Client(REMOTE_ADDR="10.0.0.1").get("/signed-out/", headers={"X-Forwarded-Proto": "https"}).status_code == status
    )


@pytest.mark.parametrize(
    ("networks", "peer", "status"),
    [
        ([], "203.0.113.9", 200),
        (["10.0.0.0/8"], "10.1.2.3", 200),
        (["10.0.0.0/8", "fc00::/7"], "fd00::1", 200),
        (["10.0.0.0/8"], "::ffff:10.1.2.3", 200),
        (["10.0.0.0/8"], "203.0.113.9", 403),
        (["10.0.0.0/8"], "fd00::1", 403),
        (["10.0.0.0/8"], "", 403),
        (["0.0.0.0/0"], "unknown", 403),
    ],
)
@pytest.mark.django_db
def test_only_named_networks_are_let_in(settings: Settings, networks: list[str], peer: str, status: int) -> None:
    settings.ALLOWED_NETWORKS = networks
    answer = Client(REMOTE_ADDR=peer).get("/signed-out/")
    assert answer.status_code == status
    assert answer.headers["X-Frame-Options"] == "DENY"


def test_a_stranger_gets_a_page_of_its_own_and_no_file(settings: Settings) -> None:
    settings.ALLOWED_NETWORKS = ["10.0.0.0/8"]
    stranger = Client(REMOTE_ADDR="203.0.113.9", headers={"X-Forwarded-For": "10.0.0.1"})
    page, refused = stranger.get("/"), stranger.get("/orders/ORD-1.json")
    assert 'lang="en"' in page.content.decode()
    assert "VPN" in page.content.decode()
    assert (refused.status_code, refused.json()) == (403, {"schema": 1, "error": "forbidden"})
    assert stranger.get("/static/css/base.css").status_code == 403
    assert stranger.post("/oidc/backchannel-logout/").status_code == 403


def test_the_refusal_is_logged(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    settings.ALLOWED_NETWORKS = ["10.0.0.0/8"]
    Client(REMOTE_ADDR="203.0.113.9").get("/orders/ORD-1/")
    (line,) = [record for record in caplog.records if record.name == "portal.network"]
    assert (line.getMessage(), line.__dict__["fields"]) == ("authz_fail", {"why": "network", "address": "203.0.113.9"})


@pytest.mark.parametrize("word", ["10.0.0.1/8", "10.0.0", "vpn", "10.0.0.0/33", "unix"])
def test_what_is_no_network_stops_the_start(settings: Settings, word: str) -> None:
    settings.ALLOWED_NETWORKS = [word]
    with pytest.raises(ImproperlyConfigured, match="ALLOWED_NETWORKS"):
        AllowedNetworks(lambda seen: HttpResponse())
    settings.TRUSTED_PROXIES = ["unix", word]
    if word != "unix":
        with pytest.raises(ImproperlyConfigured, match="TRUSTED_PROXIES"):
            ForwardedHeaders(lambda seen: HttpResponse())


def test_that_every_network_is_let_in_is_said(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    settings.DEMO, settings.ALLOWED_NETWORKS = False, []
    AllowedNetworks(lambda seen: HttpResponse())
    assert "answers every network" in caplog.text


def test_by_default_nobody_is_trusted() -> None:
    assert not from_trusted_proxy(request("127.0.0.1"))
    assert not from_trusted_proxy(request(""))

"""A Keycloak whose certificate is not the one that is trusted: refused, named, and no secret of ours reaches it."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from portal.sign_in import grants, keys, realm
from portal.sign_in.errors import KeycloakUnavailableError
from tests.tls import certificate, secure

CALLS: dict[str, Callable[[], object]] = {
    "discovery": realm.endpoints,
    "keys": grants.certs,
    "code": lambda: grants.exchange("a-code", "a-verifier", "https://orders.example/oidc/"),
    "refresh": lambda: grants.refresh("a-refresh-token"),
}


@pytest.fixture(autouse=True)
def nothing_known() -> None:
    realm.forget()
    keys.forget()


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("wrong", ["of nobody", "of another", "of another host", "too old"])
def test_a_wrong_certificate_is_refused_named_and_told_nothing(
    wrong: str, call: str, tmp_path: Path, settings: Settings
) -> None:
    own = certificate(tmp_path)
    shown, bundle = {
        "of nobody": (own, ""),
        "of another": (own, certificate(tmp_path, address="127.0.0.2")),
        "of another host": ((other := certificate(tmp_path, address="127.0.0.3")), other),
        "too old": ((old := certificate(tmp_path, until=timedelta(days=-1))), old),
    }[wrong]
    with secure(shown) as server:
        settings.KEYCLOAK_URL, settings.KEYCLOAK_CA_BUNDLE = server.url, str(bundle)
        with pytest.raises(KeycloakUnavailableError, match="SSLError"):
            CALLS[call]()
    assert server.met == 1
    assert server.came == []


def test_the_right_one_is_taken(tmp_path: Path, settings: Settings) -> None:
    own = certificate(tmp_path)
    with secure(own, b'{"keys": []}') as server:
        settings.KEYCLOAK_URL, settings.KEYCLOAK_CA_BUNDLE = server.url, str(own)
        assert grants.certs() == []
    assert server.came[0].startswith(b"GET /realms/")

"""A Jaeger whose certificate is not the one that is trusted: refused, named, and told nothing."""

from datetime import timedelta
from pathlib import Path

import pytest

from orders.jaeger.client import Jaeger
from orders.jaeger.config import JaegerConfig
from orders.jaeger.errors import Unreachable, Untrusted
from tests.tls import certificate, secure

ANSWER = b'{"data": ["crm"], "errors": null}'


def asked(url: str, bundle: Path | str = "") -> tuple[str, ...]:
    jaeger = Jaeger(JaegerConfig(base_url=url, generation="legacy", ca_bundle=str(bundle), bearer="our-secret-token"))
    try:
        return jaeger.services()
    finally:
        jaeger.close()


@pytest.mark.parametrize("wrong", ["of nobody", "of another", "of another host", "too old"])
def test_a_wrong_certificate_is_refused_named_and_told_nothing(
    wrong: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    own = certificate(tmp_path)
    choice: dict[str, tuple[Path, Path | str]] = {
        "of nobody": (own, ""),
        "of another": (own, certificate(tmp_path, address="127.0.0.2")),
        "of another host": ((other := certificate(tmp_path, address="127.0.0.3")), other),
        "too old": ((old := certificate(tmp_path, until=timedelta(days=-1))), old),
    }
    shown, bundle = choice[wrong]
    with secure(shown, ANSWER) as server, pytest.raises(Untrusted) as error:
        asked(server.url, bundle)
    assert server.met
    assert server.came == []
    assert isinstance(error.value, Unreachable)
    assert "certificate" in str(error.value)
    (line,) = [one.__dict__["fields"] for one in caplog.records if one.getMessage() == "jaeger_call_failed"]
    assert line["kind"] == "Untrusted"


def test_the_right_one_is_taken(tmp_path: Path) -> None:
    own = certificate(tmp_path)
    with secure(own, ANSWER) as server:
        assert asked(server.url, own) == ("crm",)
    assert b"our-secret-token" in server.came[0]


@pytest.mark.parametrize("bundle", ["absent.pem", "empty.pem", "."])
def test_a_bundle_that_cannot_be_read_is_named_and_nobody_is_asked(bundle: str, tmp_path: Path) -> None:
    own = certificate(tmp_path)
    (tmp_path / "empty.pem").touch()
    with secure(own, ANSWER) as server, pytest.raises(Untrusted, match="bundle"):
        asked(server.url, tmp_path / bundle)
    assert server.met == 0

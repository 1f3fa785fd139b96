"""The servers themselves: what `make stack` promises of them."""

import os
import time

import httpx
import pytest

from tests.contract.conftest import JaegerServer, KeycloakServer
from tools import stack, stack_process, stack_record


def test_a_span_sent_by_otlp_is_found_by_the_query_api(jaeger_server: JaegerServer) -> None:
    trace_id, now = os.urandom(16).hex(), time.time_ns()
    span = {"traceId": trace_id, "spanId": trace_id[-16:], "name": "POST /orders", "kind": 2,
            "startTimeUnixNano": str(now), "endTimeUnixNano": str(now + 1_000_000)}  # fmt: skip
    service = {"attributes": [{"key": "service.name", "value": {"stringValue": "shop-api"}}]}
    sent = {"resourceSpans": [{"resource": service, "scopeSpans": [{"spans": [span]}]}]}
    assert httpx.post(f"{jaeger_server.otlp_url}/v1/traces", json=sent).status_code == 200
    until = time.monotonic() + 60
    while trace_id not in (found := httpx.get(f"{jaeger_server.query_url}/api/traces/{trace_id}").text):
        assert time.monotonic() < until, found
        time.sleep(0.1)


def test_jaeger_does_not_trace_itself(jaeger_server: JaegerServer) -> None:
    if jaeger_server.kind == "given":
        pytest.skip("how a given server was started is not ours to judge")
    assert "jaeger" not in httpx.get(f"{jaeger_server.query_url}/api/services").text


def test_the_realm_is_imported_under_its_own_address(keycloak_server: KeycloakServer) -> None:
    issuer = f"{keycloak_server.url}/realms/{keycloak_server.realm}"
    assert httpx.get(f"{issuer}/.well-known/openid-configuration").json()["issuer"] == issuer


def test_the_admin_of_the_test_servers_gets_a_token(keycloak_server: KeycloakServer) -> None:
    form = {"grant_type": "password", "client_id": "admin-cli", "username": keycloak_server.admin_user}
    url = f"{keycloak_server.url}/realms/master/protocol/openid-connect/token"
    assert "access_token" in httpx.post(url, data=form | {"password": keycloak_server.admin_password}).json()


def test_the_real_servers_listen_on_loopback_only(jaeger_server: JaegerServer, keycloak_server: KeycloakServer) -> None:
    record = stack_record.read()
    if jaeger_server.kind == "given" or record is None:
        pytest.skip("not started by `make stack`")
    for server in stack.servers(record).values():
        assert stack_process.strangers_doors(server["pid"]) == []
    assert stack_record.record_file().stat().st_mode & 0o077 == 0

"""The realm that is shipped for production, held to rules (ASVS 5.0, 10.4); the demo's differs only where it must."""

import json
from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from portal.sign_in.people import DEMO_PEOPLE, is_demo_person

KEYCLOAK = Path(__file__).resolve().parents[2] / "deploy" / "keycloak"
REALM: dict[str, Any] = json.loads((KEYCLOAK / "alexandrite-realm.json").read_text(encoding="utf-8"))
DEMO: dict[str, Any] = json.loads((KEYCLOAK / "demo" / "alexandrite-realm.json").read_text(encoding="utf-8"))
(CLIENT,) = REALM["clients"]
ATTRIBUTES = CLIENT["attributes"]
ADDRESSES = [
    *CLIENT["redirectUris"],
    *ATTRIBUTES["post.logout.redirect.uris"].split("##"),
    ATTRIBUTES["backchannel.logout.url"],
]
# Protection that the demo goes without, and why: docs in deploy/keycloak/README.md.
DEMO_ALONE = {
    "users", "sslRequired", "revokeRefreshToken", "refreshTokenMaxReuse", "bruteForceProtected", "permanentLockout",
    "failureFactor", "waitIncrementSeconds", "maxFailureWaitSeconds", "passwordPolicy", "eventsEnabled",
    "eventsExpiration",
}  # fmt: skip

RULES = {
    "R1 addresses are exact, and the portal's": all(
        one.startswith("${PORTAL_URL}/") and "*" not in one and "?" not in one for one in ADDRESSES
    ),
    "R1 one redirect URI": CLIENT["redirectUris"] == ["${PORTAL_URL}/oidc/keycloak/callback/"],
    "R2 authorization code alone": CLIENT["standardFlowEnabled"]
    and not any(CLIENT[f"{one}Enabled"] for one in ("implicitFlow", "directAccessGrants", "serviceAccounts")),
    "R3 a confidential client": CLIENT["publicClient"] is False
    and CLIENT["clientAuthenticatorType"] == "client-secret",
    "R4 PKCE by S256 demanded": ATTRIBUTES["pkce.code.challenge.method"] == "S256",
    "R5 a code lives a minute": 0 < REALM["accessCodeLifespan"] <= 60,
    "R6 the three roles and no more": CLIENT["fullScopeAllowed"] is False
    and REALM["scopeMappings"] == [{"client": CLIENT["clientId"], "roles": ["support", "devops", "developer"]}],
    "R7 refresh tokens rotate, one repeat for an answer that was lost": REALM["revokeRefreshToken"]
    and REALM["refreshTokenMaxReuse"] == 1,
    "R8 logouts are told, by session": ATTRIBUTES["backchannel.logout.session.required"] == "true"
    and ATTRIBUTES["backchannel.logout.url"].endswith("/oidc/backchannel-logout/"),
    "R9 guessing is slowed down": REALM["bruteForceProtected"] and REALM["failureFactor"] <= 10,
    "R10 TLS for everybody": REALM["sslRequired"] == "all",
    "R10 nobody is in it": "users" not in REALM and not REALM["registrationAllowed"],
    "R10 no secret is in it": CLIENT["secret"] == "${PORTAL_CLIENT_SECRET}",
    "R10 no foreign page may call": CLIENT["webOrigins"] == [],
    "an access token lives no longer than the portal's re-check": REALM["accessTokenLifespan"] <= 300,
    "passwords have a length": "length(12)" in REALM["passwordPolicy"],
    "sign-ins are recorded, as long as everything else": REALM["eventsEnabled"]
    and REALM["eventsExpiration"] == 14 * 86400,
}


@pytest.mark.parametrize("rule", RULES)
def test_the_shipped_realm(rule: str) -> None:
    assert RULES[rule]


def test_sessions_live_as_long_as_the_portals(settings: Settings) -> None:
    assert REALM["ssoSessionIdleTimeout"] >= settings.SESSION_IDLE_SECONDS
    assert REALM["ssoSessionMaxLifespan"] >= settings.SESSION_MAX_SECONDS


def test_no_value_anywhere_is_a_default_for_an_address_or_a_secret() -> None:
    text = json.dumps(REALM)
    assert "${PORTAL_URL:" not in text
    assert "${PORTAL_CLIENT_SECRET:" not in text
    assert "credentials" not in text
    assert '"value"' not in text


def test_the_demos_realm_is_the_same_but_for_its_people_and_its_ease() -> None:
    def rest(realm: dict[str, Any]) -> str:
        text = json.dumps({name: value for name, value in realm.items() if name not in DEMO_ALONE}, sort_keys=True)
        return text.replace("${PORTAL_URL:http://127.0.0.1:8300}", "${PORTAL_URL}")

    assert rest(DEMO) == rest(REALM)


def test_the_demos_people_are_known_and_refused_where_others_can_reach_keycloak(settings: Settings) -> None:
    assert len(DEMO["users"]) == 4
    assert all(one["id"].startswith(DEMO_PEOPLE) for one in DEMO["users"])
    one = DEMO["users"][0]["id"]
    for demo, url, refused in (
        (False, "https://keycloak.example", True),
        (False, "http://127.0.0.1:8180", False),
        (True, "https://keycloak.example", False),
    ):
        settings.DEMO, settings.KEYCLOAK_URL = demo, url
        assert is_demo_person(one) is refused
    settings.DEMO, settings.KEYCLOAK_URL = False, "https://keycloak.example"
    assert not is_demo_person("7c1de2b4-5555-4000-8000-000000000001")

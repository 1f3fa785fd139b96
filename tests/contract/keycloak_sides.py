"""The two hands that the Keycloak contract tests need: an admin's, and a plain OpenID Connect client's.

Both speak to the stand-in and to the real server alike.
"""

import hashlib
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import requests

from tests.contract.conftest import KeycloakServer
from tests.portal.browser import Browser, Page

JSON = dict[str, Any]


@dataclass(frozen=True)
class Person:
    id: str
    username: str


class AdminSide:
    """Keycloak's admin API; every change to the realm itself is undone by `restore`."""

    def __init__(self, server: KeycloakServer) -> None:
        self.server = server
        self._undo: list[tuple[str, str, Any]] = []
        self.web = requests.Session()
        self.web.trust_env = False

    def call(self, method: str, path: str, body: Any = None) -> requests.Response:
        token = self.web.post(
            f"{self.server.url}/realms/master/protocol/openid-connect/token",
            {
                "grant_type": "password",
                "client_id": "admin-cli",
                "username": self.server.admin_user,
                "password": self.server.admin_password,
            },
            timeout=60,
        ).json()["access_token"]
        answer = self.web.request(
            method,
            f"{self.server.url}/admin/realms/{self.server.realm}{path}",
            json=body,
            headers={"Authorization": f"Bearer {token}"},
            timeout=60,
        )
        assert answer.status_code < 400, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer

    def person(self, *roles: str) -> Person:
        """Create somebody of these roles; the password is the user name."""
        username = f"t{secrets.token_hex(6)}"
        made = self.call(
            "POST",
            "/users",
            {
                "username": username,
                "enabled": True,
                "email": f"{username}@alexandrite.example",
                "emailVerified": True,
                "firstName": "Test",
                "lastName": "Person",
                "credentials": [{"type": "password", "value": username, "temporary": False}],
            },
        )
        person = Person(made.headers["Location"].rpartition("/")[2], username)
        self._undo.append(("DELETE", f"/users/{person.id}", None))
        self.add_roles(person, *roles)
        return person

    def add_roles(self, person: Person, *roles: str) -> None:
        self.call("POST", f"/users/{person.id}/role-mappings/realm", self._roles(roles))

    def remove_roles(self, person: Person, *roles: str) -> None:
        self.call("DELETE", f"/users/{person.id}/role-mappings/realm", self._roles(roles))

    def change_person(self, person: Person, **changes: object) -> None:
        shape = self.call("GET", f"/users/{person.id}").json()
        self.call("PUT", f"/users/{person.id}", {**shape, **changes})

    def delete_person(self, person: Person) -> None:
        self.call("DELETE", f"/users/{person.id}")
        self._undo.remove(("DELETE", f"/users/{person.id}", None))

    def group_with(self, *roles: str) -> str:
        made = self.call("POST", "/groups", {"name": f"g{secrets.token_hex(6)}"})
        group = made.headers["Location"].rpartition("/")[2]
        self._undo.append(("DELETE", f"/groups/{group}", None))
        self.call("POST", f"/groups/{group}/role-mappings/realm", self._roles(roles))
        return group

    def change_realm(self, **changes: object) -> None:
        before = self.call("GET", "").json()
        self._undo.append(("PUT", "", {name: before.get(name) for name in changes}))
        self.call("PUT", "", changes)

    def change_client(self, portal_url: str = "", **attributes: str) -> None:
        """Point the portal's client at `portal_url`, and set attributes (dots written as two underscores)."""
        client = self.call("GET", f"/clients?clientId={self.server.client_id}").json()[0]
        before = {"redirectUris": client["redirectUris"], "attributes": dict(client["attributes"])}
        changes: JSON = {"attributes": {**client["attributes"]}}
        if portal_url:
            changes["redirectUris"] = [f"{portal_url}/oidc/keycloak/callback/"]
            changes["attributes"]["post.logout.redirect.uris"] = f"{portal_url}/signed-out/"
            changes["attributes"]["backchannel.logout.url"] = f"{portal_url}/oidc/backchannel-logout/"
        changes["attributes"].update({name.replace("__", "."): value for name, value in attributes.items()})
        self._undo.append(("PUT", f"/clients/{client['id']}", {**client, **before}))
        self.call("PUT", f"/clients/{client['id']}", {**client, **changes})

    def add_key(self, *, algorithm: str = "RS256", priority: int = 200) -> str:
        realm_id = self.call("GET", "").json()["id"]
        config = {"priority": [str(priority)], "enabled": ["true"], "active": ["true"], "algorithm": [algorithm]}
        made = self.call(
            "POST",
            "/components",
            {
                "name": f"k{secrets.token_hex(4)}",
                "providerId": "rsa-generated" if algorithm == "RS256" else "hmac-generated",
                "providerType": "org.keycloak.keys.KeyProvider",
                "parentId": realm_id,
                "config": config,
            },
        )
        key = made.headers["Location"].rpartition("/")[2]
        self._undo.append(("DELETE", f"/components/{key}", None))
        return key

    def disable_key(self, key: str) -> None:
        component = next(one for one in self._keys() if one["id"] == key)
        component["config"]["enabled"] = ["false"]
        component["config"]["active"] = ["false"]
        self.call("PUT", f"/components/{key}", component)

    def delete_hmac_keys(self) -> None:
        for component in self._keys():
            hmac = component["providerId"] == "hmac-generated"  # its successors have other names
            if hmac and component["config"].get("algorithm") == ["HS512"]:
                self.call("DELETE", f"/components/{component['id']}")

    def restore(self) -> None:
        for method, path, body in reversed(self._undo):
            self.call(method, path, body)
        self.web.close()

    def _keys(self) -> list[JSON]:
        found: list[JSON] = self.call("GET", "/components?type=org.keycloak.keys.KeyProvider").json()
        return found

    def _roles(self, names: tuple[str, ...]) -> list[JSON]:
        return [self.call("GET", f"/roles/{name}").json() for name in names]


class PlainClient:
    """The portal's client without the portal: a code, tokens, refreshes, as the protocol has them."""

    def __init__(self, server: KeycloakServer) -> None:
        self.server = server
        self.realm_url = f"{server.url}/realms/{server.realm}"
        self.redirect_uri = f"{server.portal_url}/oidc/keycloak/callback/"
        self.secret = server.client_secret

    def authorize(self, browser: Browser, **changes: str | None) -> Page:
        """Open the authorization address; a parameter of None is left out."""
        self.verifier = secrets.token_urlsafe(48)
        challenge = urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()
        asked: dict[str, str | None] = {
            "client_id": self.server.client_id,
            "redirect_uri": self.redirect_uri,
            "response_type": "code",
            "scope": "openid profile",
            "state": "the-state",
            "nonce": "the-nonce",
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            **changes,
        }
        given = {name: value for name, value in asked.items() if value is not None}
        return browser.get(f"{self.realm_url}/protocol/openid-connect/auth?{urlencode(given)}", follow=False)

    def sign_in(self, browser: Browser, person: Person, **changes: str | None) -> JSON:
        """Return the tokens of a whole sign-in."""
        return self.exchange(self.code_of(self.fill_in(browser, self.authorize(browser, **changes), person))).json()  # type: ignore[no-any-return]

    def fill_in(self, browser: Browser, page: Page, person: Person) -> Page:
        assert page.is_login_form, page.text[:500]
        data = {"username": person.username, "password": person.username, "credentialId": ""}
        return browser.post(page.action(), data, follow=False)

    def code_of(self, page: Page) -> str:
        return self.answered(page)["code"]

    def answered(self, page: Page) -> dict[str, str]:
        """Return the parameters that Keycloak sent back to the portal."""
        assert page.status == 302, f"{page.status} {page.text[:500]}"
        assert page.headers["location"].startswith(self.redirect_uri), page.headers["location"]
        return {name: values[0] for name, values in parse_qs(urlsplit(page.headers["location"]).query).items()}

    def exchange(self, code: str, **changes: str) -> requests.Response:
        form = {"code": code, "redirect_uri": self.redirect_uri, "code_verifier": self.verifier}
        return self.post("token", grant_type="authorization_code", **{**form, **changes})

    def refresh(self, tokens: JSON) -> requests.Response:
        return self.post("token", grant_type="refresh_token", refresh_token=tokens["refresh_token"])

    def refused(self, tokens: JSON) -> str:
        """Refresh and return why it was refused; empty where it was not."""
        answer = self.refresh(tokens)
        if answer.status_code == 200:
            return ""
        assert answer.status_code == 400, answer.text
        assert answer.json()["error"] == "invalid_grant"
        return str(answer.json()["error_description"])

    def post(self, endpoint: str, **form: str) -> requests.Response:
        with requests.Session() as web:
            web.trust_env = False
            proof = {"client_id": self.server.client_id, "client_secret": self.secret}
            address = f"{self.realm_url}/protocol/openid-connect/{endpoint}"
            return web.post(address, {**proof, **form}, timeout=60)

    def userinfo(self, tokens: JSON) -> int:
        with requests.Session() as web:
            web.trust_env = False
            bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
            return web.get(f"{self.realm_url}/protocol/openid-connect/userinfo", headers=bearer, timeout=60).status_code

    def log_out(self, browser: Browser, tokens: JSON) -> Page:
        """End the session as the portal's logout does, by the browser and with a hint."""
        asked = {
            "client_id": self.server.client_id,
            "post_logout_redirect_uri": f"{self.server.portal_url}/signed-out/",
            "id_token_hint": tokens["id_token"],
        }
        return browser.get(f"{self.realm_url}/protocol/openid-connect/logout?{urlencode(asked)}", follow=False)

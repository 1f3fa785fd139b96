"""The part of Keycloak's admin API that the contract tests use, so that the same tests run on both."""

import re
import secrets
from collections.abc import Callable
from typing import Any

from demo.keycloak.goodbye import end_session
from demo.keycloak.messages import Answer, Asked, as_json
from demo.keycloak.realm import Person, Realm
from demo.keycloak.signing import RealmKey

Handler = Callable[..., Answer]
_ROUTES: list[tuple[str, re.Pattern[str], Handler]] = []


def _route(method: str, pattern: str) -> Callable[[Handler], Handler]:
    def keep(handler: Handler) -> Handler:
        _ROUTES.append((method, re.compile(pattern.replace("{}", "([^/]+)")), handler))
        return handler

    return keep


class Admin:
    """The admin's door: a password gives a token, the token opens the rest."""

    def __init__(self, realm: Realm, password: str) -> None:
        self.realm, self._password = realm, password
        self._tokens: set[str] = set()

    def token(self, asked: Asked) -> Answer:
        """Master realm's token endpoint for the client admin-cli."""
        if asked.form.get("username") != "admin" or not secrets.compare_digest(
            asked.form.get("password", "").encode(), self._password.encode()
        ):
            return as_json({"error": "invalid_grant", "error_description": "Invalid user credentials"}, 401)
        token = secrets.token_urlsafe(32)
        self._tokens.add(token)
        return as_json({"access_token": token, "expires_in": 60, "token_type": "Bearer"})

    def handle(self, asked: Asked, path: str) -> Answer:
        """Answer one call below /admin/realms/<realm>."""
        if asked.headers.get("authorization", "").removeprefix("Bearer ") not in self._tokens:
            return as_json({"error": "HTTP 401 Unauthorized"}, 401)
        for method, pattern, handler in _ROUTES:
            if method == asked.method and (match := pattern.fullmatch(path)):
                try:
                    return handler(self.realm, asked, *match.groups())
                except KeyError:
                    break
        return as_json({"error": "Not found"}, 404)


def _made(asked: Asked, new_id: str) -> Answer:
    return Answer(201, headers=[("Location", f"{asked.path}/{new_id}")])


@_route("GET", "")
def _read_realm(realm: Realm, asked: Asked) -> Answer:
    return as_json(
        {key: value for key, value in realm.config.items() if key not in {"users", "clients"}} | {"id": realm.name}
    )


@_route("PUT", "")
def _change_realm(realm: Realm, asked: Asked) -> Answer:
    realm.config.update(asked.json())
    return Answer(204)


@_route("GET", "/clients")
def _find_clients(realm: Realm, asked: Asked) -> Answer:
    return as_json([one for one in realm.clients.values() if one["clientId"] == asked.query.get("clientId")])


@_route("PUT", "/clients/{}")
def _change_client(realm: Realm, asked: Asked, client_id: str) -> Answer:
    client = next(one for one in realm.clients.values() if one["id"] == client_id)
    client.update(asked.json())
    return Answer(204)


@_route("POST", "/users")
def _add_user(realm: Realm, asked: Asked) -> Answer:
    return _made(asked, realm.add_person({**asked.json(), "realmRoles": []}).id)


@_route("GET", "/users")
def _find_users(realm: Realm, asked: Asked) -> Answer:
    person = realm.person_named(asked.query.get("username", ""))
    return as_json([_shape(person)] if person else [])


@_route("GET", "/users/{}")
def _read_user(realm: Realm, asked: Asked, user_id: str) -> Answer:
    return as_json(_shape(realm.people[user_id]))


@_route("PUT", "/users/{}")
def _change_user(realm: Realm, asked: Asked, user_id: str) -> Answer:
    person, change = realm.people[user_id], asked.json()
    person.enabled = change.get("enabled", person.enabled)
    person.required_actions = change.get("requiredActions", person.required_actions)
    return Answer(204)


@_route("DELETE", "/users/{}")
def _delete_user(realm: Realm, asked: Asked, user_id: str) -> Answer:
    del realm.people[user_id]
    return Answer(204)


@_route("PUT", "/users/{}/reset-password")
def _reset_password(realm: Realm, asked: Asked, user_id: str) -> Answer:
    realm.people[user_id].password = asked.json()["value"]
    return Answer(204)


@_route("POST", "/users/{}/logout")
def _log_user_out(realm: Realm, asked: Asked, user_id: str) -> Answer:
    for session in [one for one in realm.sessions.values() if one.user_id == user_id]:
        end_session(realm, session.sid)
    return Answer(204)


@_route("POST", "/users/{}/role-mappings/realm")
def _add_roles(realm: Realm, asked: Asked, user_id: str) -> Answer:
    realm.people[user_id].roles |= {role["name"] for role in asked.json()}
    return Answer(204)


@_route("DELETE", "/users/{}/role-mappings/realm")
def _remove_roles(realm: Realm, asked: Asked, user_id: str) -> Answer:
    realm.people[user_id].roles -= {role["name"] for role in asked.json()}
    return Answer(204)


@_route("PUT", "/users/{}/groups/{}")
def _join_group(realm: Realm, asked: Asked, user_id: str, group_id: str) -> Answer:
    realm.people[user_id].groups.add(group_id)
    return Answer(204)


@_route("GET", "/roles/{}")
def _read_role(realm: Realm, asked: Asked, name: str) -> Answer:
    known = {role["name"] for role in realm.config["roles"]["realm"]}
    return as_json({"id": f"role-{name}", "name": name}) if name in known else as_json({"error": "Not found"}, 404)


@_route("POST", "/groups")
def _add_group(realm: Realm, asked: Asked) -> Answer:
    group_id = secrets.token_hex(8)
    realm.groups[group_id] = set()
    return _made(asked, group_id)


@_route("DELETE", "/groups/{}")
def _delete_group(realm: Realm, asked: Asked, group_id: str) -> Answer:
    del realm.groups[group_id]
    return Answer(204)


@_route("POST", "/groups/{}/role-mappings/realm")
def _add_group_roles(realm: Realm, asked: Asked, group_id: str) -> Answer:
    realm.groups[group_id] |= {role["name"] for role in asked.json()}
    return Answer(204)


@_route("DELETE", "/sessions/{}")
def _end_session(realm: Realm, asked: Asked, sid: str) -> Answer:
    end_session(realm, realm.sessions[sid].sid)
    return Answer(204)


@_route("POST", "/logout-all")
def _end_all(realm: Realm, asked: Asked) -> Answer:
    realm.sessions.clear()
    return as_json({})


@_route("GET", "/components")
def _read_keys(realm: Realm, asked: Asked) -> Answer:
    return as_json([_key_shape(key) for key in realm.keys.keys])


@_route("POST", "/components")
def _add_key(realm: Realm, asked: Asked) -> Answer:
    wanted = asked.json()
    key = RealmKey("RS256" if wanted["providerId"] == "rsa-generated" else "HS512")
    _set_key(key, wanted["config"])
    realm.keys.keys.append(key)
    return _made(asked, key.id)


@_route("PUT", "/components/{}")
def _change_key(realm: Realm, asked: Asked, key_id: str) -> Answer:
    _set_key(next(key for key in realm.keys.keys if key.id == key_id), asked.json()["config"])
    return Answer(204)


@_route("DELETE", "/components/{}")
def _delete_key(realm: Realm, asked: Asked, key_id: str) -> Answer:
    realm.keys.keys[:] = [key for key in realm.keys.keys if key.id != key_id]
    return Answer(204)


def _shape(person: Person) -> dict[str, Any]:
    return {
        "id": person.id,
        "username": person.username,
        "enabled": person.enabled,
        "email": person.email,
        "firstName": person.first,
        "lastName": person.last,
        "requiredActions": person.required_actions,
    }


def _key_shape(key: RealmKey) -> dict[str, Any]:
    providers = {"RS256": "rsa-generated", "HS512": "hmac-generated", "RSA-OAEP": "rsa-enc-generated"}
    config = {
        "priority": [str(key.priority)],
        "enabled": [str(key.enabled).lower()],
        "active": [str(key.active).lower()],
        "algorithm": [key.algorithm],
    }
    name = "hmac-generated-hs512" if key.algorithm == "HS512" else providers[key.algorithm]
    return {
        "id": key.id,
        "name": name,
        "providerId": providers[key.algorithm],
        "providerType": "org.keycloak.keys.KeyProvider",
        "config": config,
    }


def _set_key(key: RealmKey, config: dict[str, list[str]]) -> None:
    key.priority = int(config.get("priority", [str(key.priority)])[0])
    key.enabled = config.get("enabled", ["true"])[0] == "true"
    key.active = config.get("active", ["true"])[0] == "true"

"""The addresses that a client's server calls: discovery, keys, tokens, revocation, userinfo."""

import secrets
from base64 import b64decode
from typing import Any
from urllib.parse import unquote_plus

from demo.keycloak.goodbye import end_session
from demo.keycloak.messages import Answer, Asked, as_json
from demo.keycloak.realm import Realm, Refused


def discovery(realm: Realm) -> Answer:
    """Return the discovery document."""
    at = f"{realm.issuer}/protocol/openid-connect"
    return as_json(
        {
            "issuer": realm.issuer,
            "authorization_endpoint": f"{at}/auth",
            "token_endpoint": f"{at}/token",
            "userinfo_endpoint": f"{at}/userinfo",
            "end_session_endpoint": f"{at}/logout",
            "revocation_endpoint": f"{at}/revoke",
            "jwks_uri": f"{at}/certs",
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code", "refresh_token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "scopes_supported": ["openid", "profile", "email"],
            "backchannel_logout_supported": True,
            "backchannel_logout_session_supported": True,
            "authorization_response_iss_parameter_supported": True,
        }
    )


def token(realm: Realm, asked: Asked) -> Answer:
    """Token endpoint: code and refresh token, for a client that proves itself."""
    try:
        with realm.lock:
            client_id = _client(realm, asked)
            return as_json(_granted(realm, client_id, asked.form))
    except Refused as refused:
        return _refusal(refused)


def revoke(realm: Realm, asked: Asked) -> Answer:
    """Revoke a token, which ends its session without telling anybody (as Keycloak does)."""
    try:
        with realm.lock:
            _client(realm, asked)
            claims = realm.keys.read(asked.form.get("token", ""), algorithm="HS512") or {}
            realm.sessions.pop(claims.get("sid", ""), None)
    except Refused as refused:
        return _refusal(refused)
    return Answer(200)


def old_logout(realm: Realm, asked: Asked) -> Answer:
    """Keycloak's own older logout: a POST with the refresh token."""
    try:
        _client(realm, asked)
    except Refused as refused:
        return _refusal(refused)
    claims = realm.keys.read(asked.form["refresh_token"], algorithm="HS512")
    if claims is None:
        return _refusal(Refused(400, "invalid_grant", "Invalid refresh token"))
    end_session(realm, claims["sid"])
    return Answer(204)


def userinfo(realm: Realm, asked: Asked) -> Answer:
    """Return the profile of whoever the access token is about."""
    claims = realm.keys.read(asked.headers.get("authorization", "").removeprefix("Bearer "))
    session = realm.sessions.get((claims or {}).get("sid", ""))
    if claims is None or claims.get("typ") != "Bearer" or claims["exp"] <= realm.clock() or not realm.alive(session):
        return as_json({"error": "invalid_token", "error_description": "Token verification failed"}, 401)
    return as_json({"sub": claims["sub"], **realm.about(realm.people[claims["sub"]])})


def _granted(realm: Realm, client_id: str, form: dict[str, str]) -> dict[str, Any]:
    match form.get("grant_type"):
        case "authorization_code":
            code, uri = form.get("code", ""), form.get("redirect_uri", "")
            return realm.exchange(client_id, code, uri, form.get("code_verifier", ""))
        case "refresh_token":
            return realm.refresh(client_id, form.get("refresh_token", ""))
        case "password" | "client_credentials":
            raise Refused(400, "unauthorized_client", "Client not allowed for this grant")
        case _:
            raise Refused(400, "unsupported_grant_type", "Unsupported grant_type")


def _client(realm: Realm, asked: Asked) -> str:
    client_id, secret = asked.form.get("client_id", ""), asked.form.get("client_secret", "")
    scheme, _, basic = asked.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        client_id, _, secret = b64decode(basic).decode().partition(":")
        client_id, secret = unquote_plus(client_id), unquote_plus(secret)
    client = realm.clients.get(client_id)
    if client is None or not secrets.compare_digest(str(client.get("secret", "")).encode(), secret.encode()):
        raise Refused(401, "unauthorized_client", "Invalid client or Invalid client credentials")
    return client_id


def _refusal(refused: Refused) -> Answer:
    return as_json({"error": refused.error, "error_description": refused.description}, refused.status)

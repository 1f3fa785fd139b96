"""Tokens verified: signature, algorithm, issuer, audience, type, expiry. Nothing unverified leaves this file."""

import hashlib
import hmac
import json
import re
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass

from django.conf import settings
from jwcrypto.common import JWException
from jwcrypto.jwt import JWTExpired, JWTInvalidClaimFormat, JWTInvalidClaimValue, JWTMissingClaim, JWTNotYetValid

from portal.sign_in import grants, keys, realm
from portal.sign_in.errors import TokenRefusedError

LEEWAY = 30  # seconds that the two clocks may differ
LOGOUT_MAX_AGE = 600  # seconds back and ahead; Keycloak's logout tokens live for 120
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
ISSUED: frozenset[object] = frozenset({"JWT", "at+jwt", None})  # RFC 9068 names the second; Keycloak can be told to
SAID: frozenset[object] = frozenset({"logout+jwt"})  # OpenID Connect Back-Channel Logout 1.0, 2.4
_LATEST = 1e12  # seconds since 1970 that a time may name: beyond it is no time (10**400 fits no float, NaN no order)
_MAX_TOKEN = 32_768
_SHAPE = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")  # RFC 7515, 3.1; decoders skip what is foreign
_FORBIDDEN_HEADERS = {"crit", "jku", "jwk", "x5u", "x5c", "b64", "zip"}


@dataclass(frozen=True, slots=True)
class Verified:
    """The verified claims of one grant, checked to belong together."""

    access: dict[str, object]
    identity: dict[str, object]


def kid_of(token: str, typ: frozenset[object] = ISSUED) -> str:
    """Return the key id that a token names, `typ` being what its header may call it.

    Raises TokenRefusedError where its header is not one we accept.
    """
    if len(token) > _MAX_TOKEN or not _SHAPE.fullmatch(token):
        raise TokenRefusedError("shape", "not a signed token")
    try:
        first = token.partition(".")[0]
        header = json.loads(urlsafe_b64decode(first + "=" * (-len(first) % 4)))
    except (ValueError, RecursionError) as error:
        raise TokenRefusedError("header", "unreadable header") from error
    if not isinstance(header, dict) or header.get("alg") != "RS256" or _FORBIDDEN_HEADERS & header.keys():
        raise TokenRefusedError("header", "header not acceptable")
    if not isinstance(header.get("typ", ""), str) or header.get("typ") not in typ:
        raise TokenRefusedError("typ", "a token of another kind")
    kid = header.get("kid")
    if not isinstance(kid, str) or not kid:
        raise TokenRefusedError("key_id_missing", "no key id")
    return kid


def verify_access(token: str) -> dict[str, object]:
    """Return the claims of an access token issued to this client (`azp`; Keycloak sets no `aud` here)."""
    return _verify(token, expected={"typ": "Bearer", "azp": settings.KEYCLOAK_CLIENT_ID, "sub": None, "sid": None})


def verify_identity(token: str) -> dict[str, object]:
    """Return the claims of an ID token for this client (OpenID Connect Core 1.0, 3.1.3.7)."""
    mine = settings.KEYCLOAK_CLIENT_ID
    return _verify(token, expected={"typ": "ID", "aud": mine, "azp": mine, "sub": None, "sid": None})


def verify_grant(tokens: grants.Tokens, *, sub: str | None = None) -> Verified:
    """Verify both tokens, that they belong together and, where `sub` is given, that they are that person's.

    Raises TokenRefusedError or KeycloakUnavailableError.
    """
    access, identity = verify_access(tokens.access), verify_identity(tokens.identity)
    if access["sub"] != identity["sub"] or access["sid"] != identity["sid"]:
        raise TokenRefusedError("tokens_differ", "the two tokens are of different sessions")
    if sub is not None and access["sub"] != sub:
        raise TokenRefusedError("other_person", "the tokens are another person's")
    expected = urlsafe_b64encode(hashlib.sha256(tokens.access.encode()).digest()[:16]).rstrip(b"=").decode()
    if not hmac.compare_digest(str(identity.get("at_hash", "")), expected):
        raise TokenRefusedError("at_hash", "the ID token is not about this access token")
    return Verified(access, identity)


def verify_logout(token: str) -> dict[str, object]:
    """Return the claims of a logout token (OpenID Connect Back-Channel Logout 1.0, 2.6), replay not yet checked."""
    claims = _verify(token, typ=SAID, expected={"typ": "Logout", "aud": settings.KEYCLOAK_CLIENT_ID, "jti": None})
    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(LOGOUT_EVENT), dict):
        raise TokenRefusedError("event", "not a logout event")
    if "nonce" in claims:
        raise TokenRefusedError("nonce_in_logout", "a logout token carries no nonce")
    if not (_is_name(claims.get("sid")) or _is_name(claims.get("sub"))) or not _is_name(claims["jti"]):
        raise TokenRefusedError("names_nobody", "names neither a session nor a person")
    if any(name in claims and not _is_name(claims[name]) for name in ("sid", "sub")):
        raise TokenRefusedError("sub_or_sid", "sid or sub is not a name")
    if time.time() - _number(claims["iat"]) > LOGOUT_MAX_AGE or _number(claims["exp"]) > time.time() + LOGOUT_MAX_AGE:
        raise TokenRefusedError("age", "issued too long ago, or good for too long")
    return claims


def _verify(token: str, *, expected: dict[str, str | None], typ: frozenset[object] = ISSUED) -> dict[str, object]:
    key = keys.ring().key(kid_of(token, typ))
    demanded = {"iss": realm.issuer(), "exp": None, "iat": None, **expected}
    try:
        claims = grants.client().decode_token(token, key=key, check_claims=demanded, algs=["RS256"], leeway=LEEWAY)
    except JWTExpired as error:
        raise TokenRefusedError("expired", "expired (if it was just issued, check the clocks)") from error
    except (JWTMissingClaim, JWTInvalidClaimValue, JWTInvalidClaimFormat, JWTNotYetValid) as error:
        raise TokenRefusedError("claim", f"a claim is not what it must be: {type(error).__name__}") from error
    except (JWException, ValueError, TypeError, KeyError, AttributeError, ArithmeticError, RecursionError) as error:
        raise TokenRefusedError("signature", f"not verified: {type(error).__name__}") from error
    if not isinstance(claims, dict):
        raise TokenRefusedError("claims", "not an object")
    if any(value is not None and claims.get(name) != value for name, value in demanded.items()):
        raise TokenRefusedError("claim", "a claim is not exactly what was expected")  # jwcrypto compares typ loosely
    if any(name in expected and not _is_name(claims.get(name)) for name in ("sub", "sid")):
        raise TokenRefusedError("sub_or_sid", "sub or sid is not a name")
    _number(claims["exp"])  # the library lets NaN and 1e300 pass
    if max(_number(claims["iat"]), _number(claims.get("nbf", 0))) > time.time() + LEEWAY:
        raise TokenRefusedError("future", "issued or valid only in the future (check the clocks)")
    return claims


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < _LATEST:
        raise TokenRefusedError("time", "a time is not a number")
    return float(value)


def _is_name(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 255

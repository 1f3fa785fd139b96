"""Tokens as an attacker would make them: a good grant of the stand-in, bent in one place."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from jwcrypto.jwk import JWK

from demo.keycloak import StandInKeycloak

JSON = dict[str, Any]
Bend = Callable[[StandInKeycloak, JSON], None]

FOREIGN = JWK.generate(kty="RSA", size=2048, kid="foreign")


def b64(raw: bytes | str | JSON) -> str:
    data = json.dumps(raw).encode() if isinstance(raw, dict) else raw.encode() if isinstance(raw, str) else raw
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def parts(token: str) -> tuple[JSON, JSON]:
    """Return header and claims."""
    head, body = (json.loads(base64.urlsafe_b64decode(p + "=" * (-len(p) % 4))) for p in token.split(".")[:2])
    return head, body


def signed(keycloak: StandInKeycloak, claims: object, header: JSON | None = None, key: JWK | None = None) -> str:
    """Sign with the realm's own key unless another is given; `header` changes or (None) drops header fields."""
    own = next(one.jwk for one in keycloak.realm.keys.keys if one.algorithm == "RS256")
    head = {"alg": "RS256", "typ": "JWT", "kid": own["kid"], **(header or {})}
    start = f"{b64({k: v for k, v in head.items() if v is not None})}.{b64(json.dumps(claims))}"
    signature = (key or own).get_op_key("sign").sign(start.encode(), PKCS1v15(), SHA256())
    return f"{start}.{b64(signature)}"


def headed(token: str, **header: object) -> str:
    """Replace header fields without signing again."""
    head, _ = parts(token)
    _, body, signature = token.split(".")
    return f"{b64({**head, **header})}.{body}.{signature}"


def hs256_with_public_key(keycloak: StandInKeycloak, token: str) -> str:
    """Sign with the public key as if it were a shared secret (the classic algorithm confusion)."""
    head, _ = parts(token)
    own = next(one.jwk for one in keycloak.realm.keys.keys if one.algorithm == "RS256")
    start = f"{b64({**head, 'alg': 'HS256'})}.{token.split('.')[1]}"
    return f"{start}.{b64(hmac.new(own.export_to_pem(), start.encode(), hashlib.sha256).digest())}"


def unsigned(token: str, alg: str = "none") -> str:
    head, _ = parts(token)
    return f"{b64({**head, 'alg': alg})}.{token.split('.')[1]}."


def claims_bent(**changes: object) -> Callable[[StandInKeycloak, str], str]:
    """Change claims and sign with the realm's own key: only the check of the claim itself can notice."""

    def bend(keycloak: StandInKeycloak, token: str) -> str:
        _, claims = parts(token)
        values = {name: value(claims) if callable(value) else value for name, value in changes.items()}
        return signed(keycloak, {k: v for k, v in {**claims, **values}.items() if v is not None})

    return bend


def ago(seconds: float) -> Callable[[JSON], int]:
    return lambda claims: int(time.time() - seconds)


Forger = Callable[[StandInKeycloak, str], str]

SIGNATURES: dict[str, Forger] = {
    "alg none": lambda k, t: unsigned(t),
    "alg None": lambda k, t: unsigned(t, "None"),
    "alg none, signature kept": lambda k, t: headed(t, alg="none"),
    "HS256 with the public key": hs256_with_public_key,
    "RS512 in the header": lambda k, t: headed(t, alg="RS512"),
    "PS256 in the header": lambda k, t: headed(t, alg="PS256"),
    "alg is a list": lambda k, t: headed(t, alg=["RS256"]),
    "foreign key, our kid": lambda k, t: signed(k, parts(t)[1], key=FOREIGN),
    "foreign key, its own kid": lambda k, t: signed(k, parts(t)[1], {"kid": "foreign"}, FOREIGN),
    "foreign key in the header": lambda k, t: signed(
        k, parts(t)[1], {"jwk": FOREIGN.export_public(as_dict=True)}, FOREIGN
    ),
    "foreign key by address": lambda k, t: signed(k, parts(t)[1], {"jku": "http://127.0.0.1:9/jwks"}, FOREIGN),
    "certificate by address": lambda k, t: signed(k, parts(t)[1], {"x5u": "http://127.0.0.1:9/x"}, FOREIGN),
    "unknown critical header": lambda k, t: signed(k, parts(t)[1], {"crit": ["exp"], "exp": 1}),
    "no kid": lambda k, t: signed(k, parts(t)[1], {"kid": None}),
    "kid is a path": lambda k, t: headed(t, kid="../../../../dev/null"),
    "kid is SQL": lambda k, t: headed(t, kid="' OR 1=1 --"),
    "kid is a number": lambda k, t: headed(t, kid=7),
    "kid is an object": lambda k, t: headed(t, kid={"a": 1}),
    "kid of the encryption key": lambda k, t: headed(
        t, kid=next(one.jwk["kid"] for one in k.realm.keys.keys if one.algorithm == "RSA-OAEP")
    ),
    "signature cut": lambda k, t: t[:-8],
    "signature of another token": lambda k, t: (
        f"{t.rpartition('.')[0]}.{k.realm.keys.sign({'a': 1}).rpartition('.')[2]}"
    ),
    "one bit of the claims": lambda k, t: t.replace(t.split(".")[1], t.split(".")[1][:-2] + "AA"),
    "four parts": lambda k, t: t + ".x",
    "five parts (encrypted)": lambda k, t: t + ".x.y",
    "empty": lambda k, t: "",
    "not a token": lambda k, t: "hello",
    "header is no JSON": lambda k, t: f"{b64('[')}.{t.split('.')[1]}.{t.split('.')[2]}",
    "header is a list": lambda k, t: f"{b64('[1]')}.{t.split('.')[1]}.{t.split('.')[2]}",
    "header nested 5,000 deep": lambda k, t: f"{b64('[' * 5000)}.{t.split('.')[1]}.{t.split('.')[2]}",
    "claims are a list": lambda k, t: signed(k, [1, 2]),
    "claims are text": lambda k, t: signed(k, "sub"),
    "b64 header": lambda k, t: signed(k, parts(t)[1], {"b64": False}),
    "megabytes": lambda k, t: t + "A" * 2_000_000,
}

CLAIMS: dict[str, Forger] = {
    "another issuer": claims_bent(iss="http://evil.example/realms/alexandrite"),
    "another realm's issuer": claims_bent(iss=lambda c: c["iss"].replace("alexandrite", "master")),
    "issuer with a slash more": claims_bent(iss=lambda c: c["iss"] + "/"),
    "issuer is a list": claims_bent(iss=lambda c: [c["iss"]]),
    "no issuer": claims_bent(iss=None),
    "another client's azp": claims_bent(azp="other-app"),
    "no azp": claims_bent(azp=None),
    "expired": claims_bent(exp=ago(120)),
    "no expiry": claims_bent(exp=None),
    "expiry is text": claims_bent(exp="2999-01-01"),
    "issued in the future": claims_bent(iat=ago(-600)),
    "no iat": claims_bent(iat=None),
    "iat is true": claims_bent(iat=True),
    "not valid yet": claims_bent(nbf=ago(-600)),
    "no sub": claims_bent(sub=None),
    "sub is empty": claims_bent(sub=""),
    "sub is a number": claims_bent(sub=1),
    "no sid": claims_bent(sid=None),
    "no typ": claims_bent(typ=None),
    "typ Refresh": claims_bent(typ="Refresh"),
    "typ Logout": claims_bent(typ="Logout"),
    "typ in lower case": claims_bent(typ=lambda c: c["typ"].lower()),
}

IDENTITY_ONLY: dict[str, Forger] = {
    "another audience": claims_bent(aud="other-app"),
    "no audience": claims_bent(aud=None),
    "typ Bearer": claims_bent(typ="Bearer"),
    "no nonce": claims_bent(nonce=None),
    "another nonce": claims_bent(nonce="x" * 32),
    "nonce is empty": claims_bent(nonce=""),
    "another person": claims_bent(sub="0a1e0000-0000-4000-8000-000000000002"),
    "another session": claims_bent(sid="x" * 24),
    "about another access token": claims_bent(at_hash="A" * 22),
    "about no access token": claims_bent(at_hash=None),
}

ACCESS_ONLY: dict[str, Forger] = {
    "typ ID": claims_bent(typ="ID"),
    "another person": claims_bent(sub="0a1e0000-0000-4000-8000-000000000002"),
}


def about(keycloak: StandInKeycloak, id_token: str, access_token: str) -> str:
    """Return the ID token made to fit the access token, so that only that token's own checks can notice it."""
    return claims_bent(at_hash=b64(hashlib.sha256(access_token.encode()).digest()[:16]))(keycloak, id_token)

"""Tokens as an attacker would make them: a good grant of the stand-in, bent in one place."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS, AsymmetricPadding, PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256, SHA512, HashAlgorithm
from jwcrypto.jwk import JWK

from demo.keycloak import StandInKeycloak

JSON = dict[str, Any]
Forger = Callable[[StandInKeycloak, str], str]

FOREIGN = JWK.generate(kty="RSA", size=2048, kid="foreign")
CURVE = JWK.generate(kty="EC", crv="P-256", kid="curve")


def b64(raw: bytes | str | JSON) -> str:
    data = json.dumps(raw).encode() if isinstance(raw, dict) else raw.encode() if isinstance(raw, str) else raw
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def parts(token: str) -> tuple[JSON, JSON]:
    """Return header and claims."""
    head, body = (json.loads(base64.urlsafe_b64decode(p + "=" * (-len(p) % 4))) for p in token.split(".")[:2])
    return head, body


def signed(keycloak: StandInKeycloak, claims: object, header: JSON | None = None, key: JWK | None = None) -> str:
    """Sign with the realm's own key unless another is given; `header` changes or (None) drops header fields."""
    return signed_text(keycloak, json.dumps(claims), header, key)


def again(keycloak: StandInKeycloak, token: str, header: JSON, key: JWK | None = None) -> str:
    """Sign the same claims anew under a changed header, of the same kind unless that is what is changed."""
    head, claims = parts(token)
    return signed(keycloak, claims, {"typ": head["typ"], **header}, key)


def signed_text(
    keycloak: StandInKeycloak, body: str | bytes, header: JSON | None = None, key: JWK | None = None
) -> str:
    """The same of what need not be JSON."""
    own = own_key(keycloak)
    head = {"alg": "RS256", "typ": "JWT", "kid": own["kid"], **(header or {})}
    start = f"{b64({k: v for k, v in head.items() if v is not None})}.{b64(body)}"
    signature = (key or own).get_op_key("sign").sign(start.encode(), PKCS1v15(), SHA256())
    return f"{start}.{b64(signature)}"


def own_key(keycloak: StandInKeycloak) -> JWK:
    return next(one.jwk for one in keycloak.realm.keys.keys if one.algorithm == "RS256")


def headed(token: str, **header: object) -> str:
    """Replace header fields without signing again."""
    head, _ = parts(token)
    _, body, signature = token.split(".")
    return f"{b64({**head, **header})}.{body}.{signature}"


def hs256_with_public_key(keycloak: StandInKeycloak, token: str) -> str:
    """Sign with the public key as if it were a shared secret (the classic algorithm confusion)."""
    return hs256(token, own_key(keycloak).export_to_pem())


def hs256(token: str, key: bytes) -> str:
    start = f"{b64({**parts(token)[0], 'alg': 'HS256'})}.{token.split('.')[1]}"
    return f"{start}.{b64(hmac.new(key, start.encode(), hashlib.sha256).digest())}"


def es256(keycloak: StandInKeycloak, token: str) -> str:
    """Sign with a key of a curve under the id of the realm's RSA key."""
    start = f"{b64({**parts(token)[0], 'alg': 'ES256'})}.{token.split('.')[1]}"
    return f"{start}.{b64(CURVE.get_op_key('sign').sign(start.encode(), ECDSA(SHA256())))}"


def signed_as(alg: str, padding: AsymmetricPadding, digest: HashAlgorithm) -> Forger:
    """Sign with the realm's own key by an algorithm that was not agreed on: the signature itself is good."""

    def bend(keycloak: StandInKeycloak, token: str) -> str:
        start = f"{b64({**parts(token)[0], 'alg': alg})}.{token.split('.')[1]}"
        return f"{start}.{b64(own_key(keycloak).get_op_key('sign').sign(start.encode(), padding, digest))}"

    return bend


def twice_headed(token: str, first: str) -> str:
    """Name the algorithm twice: who takes the first of two reads another token than who takes the last."""
    _, body, _ = token.split(".")
    head = json.dumps(parts(token)[0])
    return f"{b64(f'{{{first}, {head[1:]}')}.{body}."


def unsigned(token: str, alg: str = "none") -> str:
    head, _ = parts(token)
    return f"{b64({**head, 'alg': alg})}.{token.split('.')[1]}."


def claims_bent(**changes: object) -> Callable[[StandInKeycloak, str], str]:
    """Change claims and sign with the realm's own key: only the check of the claim itself can notice."""

    def bend(keycloak: StandInKeycloak, token: str) -> str:
        head, claims = parts(token)
        values = {name: value(claims) if callable(value) else value for name, value in changes.items()}
        rest = {k: v for k, v in {**claims, **values}.items() if v is not None}
        return signed(keycloak, rest, {"typ": head["typ"]})

    return bend


def ago(seconds: float) -> Callable[[JSON], int]:
    return lambda claims: int(time.time() - seconds)


SIGNATURES: dict[str, Forger] = {
    "alg none": lambda k, t: unsigned(t),
    "alg None": lambda k, t: unsigned(t, "None"),
    "alg none, signature kept": lambda k, t: headed(t, alg="none"),
    "alg nOnE": lambda k, t: unsigned(t, "nOnE"),
    "alg NONE with a signature": lambda k, t: headed(t, alg="NONE"),
    "alg empty": lambda k, t: headed(t, alg=""),
    "no alg": lambda k, t: again(k, t, {"alg": None}),
    "alg none before the right one": lambda k, t: twice_headed(t, '"alg": "none"'),
    "HS256 with the public key": hs256_with_public_key,
    "HS256 with the client secret": lambda k, t: hs256(t, k.client_secret.encode()),
    "HS256 with nothing": lambda k, t: hs256(t, b""),
    "ES256 under the RSA key's id": es256,
    "RS512 in the header": lambda k, t: headed(t, alg="RS512"),
    "PS256 in the header": lambda k, t: headed(t, alg="PS256"),
    "RS512 by the realm's own key": signed_as("RS512", PKCS1v15(), SHA512()),
    "PS256 by the realm's own key": signed_as("PS256", PSS(MGF1(SHA256()), 32), SHA256()),
    "alg is a list": lambda k, t: headed(t, alg=["RS256"]),
    "foreign key, our kid": lambda k, t: again(k, t, {}, FOREIGN),
    "foreign key, its own kid": lambda k, t: again(k, t, {"kid": "foreign"}, FOREIGN),
    "foreign key in the header": lambda k, t: signed(
        k, parts(t)[1], {"jwk": FOREIGN.export_public(as_dict=True)}, FOREIGN
    ),
    "foreign key by address": lambda k, t: again(k, t, {"jku": "http://127.0.0.1:9/jwks"}, FOREIGN),
    "certificate by address": lambda k, t: again(k, t, {"x5u": "http://127.0.0.1:9/x"}, FOREIGN),
    "unknown critical header": lambda k, t: again(k, t, {"crit": ["exp"], "exp": 1}),
    "no kid": lambda k, t: again(k, t, {"kid": None}),
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
    "b64 header": lambda k, t: again(k, t, {"b64": False}),
    "megabytes": lambda k, t: t + "A" * 2_000_000,
    "a whole certificate chain": lambda k, t: again(k, t, {"x5c": ["MIIB"]}, FOREIGN),
    "compressed": lambda k, t: again(k, t, {"zip": "DEF"}),
    "a header typ of another kind": lambda k, t: again(k, t, {"typ": "dpop+jwt"}),
    "a header typ that is a list": lambda k, t: again(k, t, {"typ": ["JWT"]}),
    "signature empty": lambda k, t: f"{t.rpartition('.')[0]}.",
    "signature of zeros": lambda k, t: f"{t.rpartition('.')[0]}.{b64(bytes(256))}",
    "only two parts": lambda k, t: t.rpartition(".")[0],
    "a space before": lambda k, t: f" {t}",
    "a line feed after": lambda k, t: f"{t}\n",
    "spaces within": lambda k, t: t.replace(".", " . "),
    "padded": lambda k, t: f"{t}==",
    "the other alphabet": lambda k, t: t.replace(".", ".+/", 1),
    "claims are not JSON": lambda k, t: signed_text(k, "sub=anna"),
    "claims are not UTF-8": lambda k, t: signed_text(k, b'{"sub": "\xff\xfe"}'),
    "claims are empty": lambda k, t: signed_text(k, ""),
    "claims nested 5,000 deep": lambda k, t: signed_text(k, "[" * 5000 + "]" * 5000),
    "claims hold a number of 5,000 digits": lambda k, t: signed_text(k, '{"iat": ' + "9" * 5000 + "}"),
    "as JSON instead of compact": lambda k, t: json.dumps(
        dict(zip(("protected", "payload", "signature"), t.split("."), strict=True))
    ),
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
    "another realm of the same beginning": claims_bent(iss=lambda c: c["iss"] + "-2"),
    "issuer in capitals": claims_bent(iss=lambda c: c["iss"].upper()),
    "issuer by another name of the host": claims_bent(iss=lambda c: c["iss"].replace("127.0.0.1", "localhost")),
    "expired by a minute": claims_bent(exp=ago(61)),
    "expiry is not a number": claims_bent(exp=float("nan")),
    "expiry beyond all time": claims_bent(exp=1e300),
    "expiry is endless": claims_bent(exp=float("inf")),
    "expiry is negative": claims_bent(exp=-1),
    "expiry is true": claims_bent(exp=True),
    "expiry is a list": claims_bent(exp=lambda c: [c["exp"]]),
    "no expiry": claims_bent(exp=None),
    "expiry is text": claims_bent(exp="2999-01-01"),
    "issued in the future": claims_bent(iat=ago(-600)),
    "iat is larger than any float": claims_bent(iat=10**400),
    "nbf is text": claims_bent(nbf="now"),
    "no iat": claims_bent(iat=None),
    "iat is true": claims_bent(iat=True),
    "not valid yet": claims_bent(nbf=ago(-600)),
    "no sub": claims_bent(sub=None),
    "sub is empty": claims_bent(sub=""),
    "sub is a number": claims_bent(sub=1),
    "sub is a list": claims_bent(sub=lambda c: [c["sub"]]),
    "sub is longer than any": claims_bent(sub="x" * 256),
    "sid is empty": claims_bent(sid=""),
    "sid is an object": claims_bent(sid={"a": 1}),
    "no sid": claims_bent(sid=None),
    "no typ": claims_bent(typ=None),
    "typ is a list": claims_bent(typ=lambda c: [c["typ"]]),
    "typ Refresh": claims_bent(typ="Refresh"),
    "typ Logout": claims_bent(typ="Logout"),
    "typ in lower case": claims_bent(typ=lambda c: c["typ"].lower()),
}

IDENTITY_ONLY: dict[str, Forger] = {
    "another audience": claims_bent(aud="other-app"),
    "no audience": claims_bent(aud=None),
    "ours among other audiences": claims_bent(aud=lambda c: [c["aud"], "other-app"]),
    "a list of other audiences": claims_bent(aud=["other-app", "account"]),
    "an audience of the same beginning": claims_bent(aud=lambda c: c["aud"] + "-2"),
    "an empty audience": claims_bent(aud=[]),
    "typ Bearer": claims_bent(typ="Bearer"),
    "a header of a logout token": lambda k, t: again(k, t, {"typ": "logout+jwt"}),
    "no nonce": claims_bent(nonce=None),
    "another nonce": claims_bent(nonce="x" * 32),
    "nonce is empty": claims_bent(nonce=""),
    "nonce is a list": claims_bent(nonce=lambda c: [c["nonce"]]),
    "nonce is cut": claims_bent(nonce=lambda c: c["nonce"][:-1]),
    "another person": claims_bent(sub="0a1e0000-0000-4000-8000-000000000002"),
    "another session": claims_bent(sid="x" * 24),
    "about another access token": claims_bent(at_hash="A" * 22),
    "about no access token": claims_bent(at_hash=None),
}

ACCESS_ONLY: dict[str, Forger] = {
    "typ ID": claims_bent(typ="ID"),
    "a header of a logout token": lambda k, t: again(k, t, {"typ": "logout+jwt"}),
    "another session": claims_bent(sid="x" * 24),
    "azp is a list": claims_bent(azp=lambda c: [c["azp"]]),
    "another person": claims_bent(sub="0a1e0000-0000-4000-8000-000000000002"),
}


def about(keycloak: StandInKeycloak, id_token: str, access_token: str) -> str:
    """Return the ID token made to fit the access token, so that only that token's own checks can notice it."""
    return claims_bent(at_hash=b64(hashlib.sha256(access_token.encode()).digest()[:16]))(keycloak, id_token)

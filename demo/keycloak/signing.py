"""The realm's keys, and tokens signed with them."""

import json
import secrets
import uuid
from dataclasses import dataclass, field
from typing import Any

from jwcrypto.common import JWException
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS


@dataclass
class RealmKey:
    """One key provider: RS256 signs what others verify, HS512 signs refresh tokens."""

    algorithm: str
    priority: int = 100
    enabled: bool = True
    active: bool = True
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    jwk: JWK = field(init=False)

    def __post_init__(self) -> None:
        kid = secrets.token_urlsafe(24)
        if self.algorithm == "HS512":
            self.jwk = JWK.generate(kty="oct", size=512, kid=kid)
        else:
            use = "enc" if self.algorithm == "RSA-OAEP" else "sig"
            self.jwk = JWK.generate(kty="RSA", size=2048, kid=kid, use=use, alg=self.algorithm)


class KeyStore:
    """The keys of a realm; `keys` is changed by the admin's side."""

    def __init__(self) -> None:
        self._first = [RealmKey("RS256"), RealmKey("RSA-OAEP"), RealmKey("HS512")]
        self.keys = list(self._first)

    def restore(self) -> None:
        """Go back to the first keys, all of them active."""
        self.keys = list(self._first)
        for key in self.keys:
            key.enabled = key.active = True

    def published(self) -> dict[str, list[dict[str, Any]]]:
        """Return the JWKS: active and passive keys, not disabled ones, never a secret one."""
        shown = [key for key in self.keys if key.enabled and key.algorithm != "HS512"]
        return {"keys": [key.jwk.export_public(as_dict=True) for key in shown]}

    def sign(self, claims: dict[str, Any], *, algorithm: str = "RS256", typ: str = "JWT") -> str:
        """Return the claims signed with the active key of highest priority."""
        able = [key for key in self.keys if key.algorithm == algorithm and key.enabled and key.active]
        if not able:  # Keycloak makes a new one when the last is deleted
            able = [RealmKey(algorithm)]
            self.keys.extend(able)
        key = max(able, key=lambda one: one.priority).jwk
        token = JWS(json.dumps(claims))
        header = {"alg": algorithm, "typ": typ, "kid": key["kid"]}
        token.add_signature(key, alg=algorithm, protected=json.dumps(header))
        signed: str = token.serialize(compact=True)
        return signed

    def read(self, token: str, *, algorithm: str = "RS256") -> dict[str, Any] | None:
        """Return the claims of a token that an enabled key signed, expired or not; None for any other."""
        for key in self.keys:
            if key.algorithm == algorithm and key.enabled:
                try:
                    seen = JWS()
                    seen.allowed_algs = [algorithm]
                    seen.deserialize(token, key.jwk)
                    claims: dict[str, Any] = json.loads(seen.payload)
                except (JWException, ValueError):
                    continue
                return claims
        return None

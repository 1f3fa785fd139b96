"""Sealing: tokens are encrypted before they are stored, and so is what a browser carries but shall not show."""

from base64 import urlsafe_b64encode
from functools import lru_cache
from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from portal.sign_in.errors import SignInError

_TOKENS: Final = "portal.sign_in tokens"


class SealBrokenError(SignInError, ValueError):
    """What was sealed cannot be opened with SECRET_KEY nor with any of SECRET_KEY_FALLBACKS, or is too old."""


def seal(text: str) -> str:
    """Return a token encrypted and authenticated with a key derived from SECRET_KEY."""
    return seal_for(_TOKENS, text.encode())


def unseal(sealed: str) -> str:
    """Return what was sealed; raises SealBrokenError where no known key opens it."""
    return unseal_for(_TOKENS, sealed).decode()


def seal_for(purpose: str, content: bytes) -> str:
    """Return content encrypted and authenticated (Fernet), in base64url; each purpose has a key of its own."""
    return _box(purpose, *_secrets()).encrypt(content).decode()


def unseal_for(purpose: str, sealed: str, seconds: int | None = None) -> bytes:
    """Return what was sealed for this purpose, `seconds` ago at most.

    Raises SealBrokenError where it is older, or no known key opens it.
    """
    try:
        return _box(purpose, *_secrets()).decrypt(sealed.encode(), seconds)
    except InvalidToken as error:
        raise SealBrokenError("what was sealed cannot be opened: was SECRET_KEY changed without a fallback?") from error


def _secrets() -> tuple[str, ...]:
    return (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)


@lru_cache(maxsize=64)
def _box(purpose: str, *secrets: str) -> MultiFernet:
    return MultiFernet([Fernet(_key(purpose, secret)) for secret in secrets])


def _key(purpose: str, secret: str) -> bytes:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(secret.encode())
    return urlsafe_b64encode(derived)

"""Tokens are encrypted at rest: sealed before they are stored, opened when they are used."""

from base64 import urlsafe_b64encode
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from portal.sign_in.errors import SignInError


class SealBrokenError(SignInError):
    """What was stored cannot be opened with SECRET_KEY nor with any of SECRET_KEY_FALLBACKS."""


def seal(text: str) -> str:
    """Return the text encrypted and authenticated with a key derived from SECRET_KEY."""
    return _box(*_secrets()).encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """Return what was sealed; raises SealBrokenError where no known key opens it."""
    try:
        return _box(*_secrets()).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise SealBrokenError(
            "the stored token cannot be opened: was SECRET_KEY changed without a fallback?"
        ) from error


def _secrets() -> tuple[str, ...]:
    return (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)


@lru_cache(maxsize=4)
def _box(*secrets: str) -> MultiFernet:
    return MultiFernet([Fernet(_key(secret)) for secret in secrets])


def _key(secret: str) -> bytes:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"portal.sign_in tokens").derive(secret.encode())
    return urlsafe_b64encode(derived)

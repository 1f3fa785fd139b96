"""Typed reads of the environment: every setting that may differ between places comes in through here."""

import os
from collections.abc import Mapping
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str = "") -> str:
    """Return the variable as text, the default where it is unset or empty."""
    return os.environ.get(name, "").strip() or default


def secret(name: str) -> str:
    """Return a secret from NAME, or from the file that NAME_FILE names; empty where neither is set.

    Raises ImproperlyConfigured where both are set, or NAME_FILE names what cannot be read.
    """
    path = os.environ.get(f"{name}_FILE", "").strip()
    if not path:
        return text(name)
    if text(name):
        raise ImproperlyConfigured(f"{name} and {name}_FILE are both set: which one counts? Unset one of them")
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise ImproperlyConfigured(f"{name}_FILE names {path}, which cannot be read: {type(error).__name__}") from error


def flag(name: str, *, default: bool) -> bool:
    """Return True or False; anything but these two words stops the start."""
    value = text(name, str(default))
    if value not in {"True", "False"}:
        raise ImproperlyConfigured(f"{name} must be True or False, not {value!r}")
    return value == "True"


def number(name: str, default: float, *, least: float = 0) -> float:
    """Return the variable as a number not below `least`; anything else stops the start."""
    value = text(name, str(default))
    try:
        result = float(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a number, not {value!r}") from error
    if not result >= least:
        raise ImproperlyConfigured(f"{name} must be at least {least}, not {value}")
    return result


def words(name: str, default: str = "") -> list[str]:
    """Return a comma-separated list without empty entries."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def secret_words(name: str) -> list[str]:
    """Return a comma-separated list of secrets, from NAME or the file that NAME_FILE names."""
    return [word.strip() for word in secret(name).split(",") if word.strip()]


def pairs(name: str) -> dict[str, str]:
    """Return `name=value` entries, comma-separated; an entry without "=" stops the start."""
    found = {}
    for entry in words(name):
        key, sign, value = entry.partition("=")
        if not sign or not key.strip():
            raise ImproperlyConfigured(f"{name} must hold name=value entries, not {entry!r}")
        found[key.strip()] = value.strip()
    return found


def inherited(defaults: Mapping[str, str]) -> dict[str, str]:
    """Return the whole environment for a process to be started, `defaults` where it does not say."""
    return {**defaults, **os.environ}

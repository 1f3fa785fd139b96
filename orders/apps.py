"""Registers the app, and refuses to start with a stage table or a setting that cannot work."""

from collections.abc import Callable, Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, register

from orders.journey.ids import PatternError
from orders.journey.table import StageTableError
from orders.privacy.pseudonyms import KeyMissingError


class OrdersConfig(AppConfig):
    """The orders app."""

    name = "orders"

    def ready(self) -> None:
        """Have every command, and so every start, look at the operator's own files first."""
        register(check_wiring)


def check_wiring(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """Return what is wrong with the stage table, id patterns, pseudonym keys, the vocabulary, the address of Jaeger."""
    from django.conf import settings

    from orders import wiring

    found: list[CheckMessage] = []
    places: tuple[tuple[Callable[[], object], str], ...] = (
        (wiring.table, settings.STAGES_FILE),
        (wiring.patterns, "*_ID_PATTERNS"),
        (wiring.pseudonyms, "PSEUDONYM_KEYS"),
        (wiring.vocabulary, settings.VOCABULARY_FILE or "VOCABULARY_FILE"),
        (wiring.config, "JAEGER_*"),
    )
    for build, place in places:
        try:
            build()
        except (StageTableError, PatternError, KeyMissingError, OSError, ValueError) as error:
            found.append(Error(f"{place}: {error}", id="orders.E001"))
    return found

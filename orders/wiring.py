"""Builds the real collaborators from settings, once a process; the only place that chooses them."""

import time
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Literal, cast

from django.conf import settings

from orders import actions
from orders.fleet.keeper import Keeper
from orders.jaeger.client import Jaeger
from orders.jaeger.config import JaegerConfig
from orders.jaeger.links import Links
from orders.journey.ids import IdPatterns
from orders.journey.spans import DAY
from orders.journey.stages import StageTable
from orders.journey.table import parse
from orders.privacy.attributes import Policy
from orders.privacy.free_text import FreeText
from orders.privacy.names import Names
from orders.privacy.pseudonyms import Pseudonyms
from orders.privacy.vocabulary import Vocabulary

clock = time.time_ns  # what "now" is, in nanoseconds; views and the fleet's background refresh ask it


@lru_cache(maxsize=1)
def table() -> StageTable:
    """Return the stage table. Raises StageTableError with the line where the file is wrong."""
    parsed = parse(Path(settings.STAGES_FILE).read_text(encoding="utf-8"))
    return replace(parsed, shown_name=lambda name: names().service(name))


@lru_cache(maxsize=1)
def patterns() -> IdPatterns:
    """Return what ids look like here. Raises PatternError where a setting is no bounded pattern."""
    return IdPatterns.of({kind: list(texts) for kind, texts in settings.ID_PATTERNS.items() if texts})


@lru_cache(maxsize=1)
def pseudonyms() -> Pseudonyms:
    """Return the pseudonyms of customers under the keys of the settings. Raises KeyMissingError without one."""
    return Pseudonyms([key.encode() for key in settings.PSEUDONYM_KEYS])


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """Return the words that are safe to show. Raises VocabularyError with the line where a file is wrong."""
    own = Vocabulary.parse((Path(__file__).parent / "privacy" / "vocabulary.txt").read_text(encoding="utf-8"))
    if not settings.VOCABULARY_FILE:
        return own
    return own.with_words(Path(settings.VOCABULARY_FILE).read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def names() -> Names:
    """Return which names of services, operations and errors may be shown."""
    return Names.of(patterns(), vocabulary=vocabulary(), own=table().own_names())


@lru_cache(maxsize=1)
def policy() -> Policy:
    """Return which attributes may be shown."""
    statuses = [status.code for status in table().statuses]
    free = FreeText.of(patterns(), pseudonyms=pseudonyms(), vocabulary=vocabulary())
    return Policy.of(patterns(), pseudonyms=pseudonyms(), free_text=free, names=names(), statuses=statuses)


@lru_cache(maxsize=1)
def links() -> Links:
    """Return the deep links into Jaeger UI."""
    return Links(settings.JAEGER_UI_URL)


def config() -> JaegerConfig:
    """Return how Jaeger is asked. Raises ValueError where a setting cannot work."""
    return JaegerConfig(
        base_url=settings.JAEGER_URL,
        ui_url=settings.JAEGER_UI_URL,
        generation=cast("Literal['auto', 'v3', 'legacy']", settings.JAEGER_GENERATION),
        services=tuple(settings.JAEGER_SERVICES) or table().service_names,
        order_attributes=tuple(settings.ORDER_ATTRIBUTES),
        headers=tuple(settings.JAEGER_HEADERS.items()),
        bearer=settings.JAEGER_TOKEN,
        basic=(settings.JAEGER_USER, settings.JAEGER_PASSWORD) if settings.JAEGER_USER else None,
        tenant_header=settings.JAEGER_TENANT_HEADER,
        tenant=settings.JAEGER_TENANT,
        ca_bundle=settings.JAEGER_CA_BUNDLE,
        soft_deadline=settings.PAGE_SOFT_SECONDS,
        hard_deadline=settings.PAGE_HARD_SECONDS,
    )


@lru_cache(maxsize=1)
def jaeger() -> Jaeger:
    """Return the client of this process."""
    return Jaeger(config())


@lru_cache(maxsize=1)
def lookup() -> actions.Lookup:
    """Return the collaborators of every look-up, shared by the threads of this process."""
    retention = round(settings.RETENTION_DAYS * DAY)
    keeper = Keeper(jaeger(), table(), clock=clock, retention=retention, attributes=tuple(settings.STATUS_ATTRIBUTES))
    return actions.Lookup(
        jaeger=jaeger(),
        keeper=keeper,
        table=table(),
        retention=retention,
        soft=settings.PAGE_SOFT_SECONDS,
        hard=settings.PAGE_HARD_SECONDS,
    )


def warm() -> None:
    """Begin to look at other orders, so that the first page need not wait; call it in a worker, after a fork."""
    lookup().keeper.renew()


def stop() -> None:
    """End what runs in the background, so that the process can end; whoever still waits for Jaeger gets TooSlow."""
    if lookup.cache_info().currsize:
        lookup().keeper.close()
    if jaeger.cache_info().currsize:
        jaeger().close()


def forget() -> None:
    """Forget everything built: the next call reads the settings anew. For tests and forks."""
    for build in (table, patterns, pseudonyms, vocabulary, names, policy, links, jaeger, lookup):
        build.cache_clear()

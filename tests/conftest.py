"""Fixtures that every room's tests share; each room adds its own beside its tests."""

import pytest
from django.db import connection
from django.utils import timezone, translation
from pytest_django.plugin import DjangoDbBlocker

from portal.access_log import triggers


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Take the access log's triggers away: tests that end with a flush could not empty its table.

    Tests of the triggers put them back; real databases in tests (gunicorn's, PostgreSQL's) keep them.
    """
    with django_db_blocker.unblock():
        triggers.take_away(connection)


@pytest.fixture(autouse=True)
def nobodys_choices() -> None:
    """Forget the language and the zone of the test before: a request leaves its own to the thread that made it."""
    translation.deactivate()
    timezone.deactivate()

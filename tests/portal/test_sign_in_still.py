"""What an open page asks: whether its reader is still signed in, without keeping anybody signed in by asking."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from portal.models import AccessRow, KeycloakSession
from portal.sign_in.people import mark_of
from tests.portal.signed_in import sign_in

pytestmark = pytest.mark.django_db
STILL = "/signed-in/"


ANNA = {"X-Reader": mark_of("sub-of-anna")}


def reader_of(page: str) -> str:
    return page.partition('data-reader="')[2].partition('"')[0]


def test_a_page_says_whose_it_is_and_until_when_it_can_be(client: Client, settings: Settings) -> None:
    assert "data-reader" not in client.get("/signed-out/").content.decode()
    sign_in(client)
    page = client.get("/help/").content.decode()
    assert reader_of(page) == mark_of("sub-of-anna")
    assert "sub-of-anna" not in page
    assert f'data-idle="{settings.SESSION_IDLE_SECONDS:.0f}"' in page


def test_who_is_signed_in_is_told_so_and_nothing_else(client: Client) -> None:
    sign_in(client)
    rows = AccessRow.objects.count()
    answer = client.get(STILL, headers={"X-Reader": mark_of("sub-of-anna")})
    assert (answer.status_code, answer.content) == (204, b"")
    assert AccessRow.objects.count() == rows


def test_a_page_of_somebody_else_is_not_theirs(client: Client) -> None:
    sign_in(client)
    assert client.get(STILL, headers={"X-Reader": mark_of("sub-of-boris")}).status_code == 401
    assert client.get(STILL, headers={"X-Reader": "\xe9"}).status_code == 401
    assert client.get(STILL, headers={"X-Reader": mark_of("sub-of-anna")}).status_code == 204


def test_asking_keeps_nobody_signed_in_and_asks_nobody(client: Client, settings: Settings) -> None:
    settings.KEYCLOAK_URL = "http://127.0.0.1:9"
    sign_in(client)
    ago = timezone.now() - timedelta(minutes=59)
    KeycloakSession.objects.update(last_seen_at=ago, checked_at=ago)
    assert client.get(STILL, headers=ANNA).status_code == 204
    assert KeycloakSession.objects.get().last_seen_at == ago


@pytest.mark.parametrize("end", ["idle", "oldest", "row"])
def test_whatever_ends_a_session_is_told(client: Client, end: str) -> None:
    sign_in(client)
    rows, ago = KeycloakSession.objects.all(), timezone.now() - timedelta(days=1)
    if end == "row":
        rows.delete()
    else:
        rows.update(**{"last_seen_at" if end == "idle" else "started_at": ago})
    assert client.get(STILL, headers=ANNA).status_code == 401
    assert client.get(STILL, headers=ANNA).status_code == 401


def test_another_site_cannot_learn_whether_somebody_is_signed_in(client: Client) -> None:
    """A window that it opens there would stay its own at 204 and be cut off at 401."""
    sign_in(client)
    visit = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert client.get(STILL, headers=visit).status_code == 401


def test_a_new_secret_key_throws_nobody_out(client: Client, settings: Settings) -> None:
    sign_in(client)
    reader = reader_of(client.get("/help/").content.decode())
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key, long enough for a test", [settings.SECRET_KEY]
    assert client.get(STILL, headers={"X-Reader": reader}).status_code == 204
    settings.SECRET_KEY_FALLBACKS = []
    assert client.get(STILL, headers={"X-Reader": reader}).status_code == 401


def test_a_stranger_learns_nothing(client: Client) -> None:
    answer = client.get(STILL)
    assert (answer.status_code, answer.content) == (401, b"")
    assert not answer.cookies

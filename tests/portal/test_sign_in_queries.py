"""Who is asking is read in two queries: the session, and its row with the person; neither is believed alone."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from portal.models import KeycloakSession
from portal.sign_in.session_store import SessionStore
from tests.portal.signed_in import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.portal.closed_page_urls")]
HELD = "/closed/"


@pytest.fixture
def signed_in() -> Client:
    client = Client()
    sign_in(client)
    assert client.get(HELD).status_code == 200
    return client


def test_a_page_costs_two_queries_and_its_row(signed_in: Client, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(2 + 4):  # type: ignore[operator] # the row: begin, look, insert, commit
        signed_in.get(HELD)


def test_the_row_of_another_person_lets_nobody_in(signed_in: Client) -> None:
    KeycloakSession.objects.update(user=get_user_model().objects.create(username="boris"))
    assert signed_in.get(HELD).status_code == 302


def test_a_row_without_its_session_lets_nobody_in(signed_in: Client) -> None:
    signed_in.session.delete()
    assert signed_in.get(HELD).status_code == 302


def test_a_person_who_is_no_longer_active_is_out(signed_in: Client) -> None:
    get_user_model().objects.update(is_active=False)
    assert signed_in.get(HELD).status_code == 302


def test_a_session_that_is_not_this_persons_is_not_believed(signed_in: Client) -> None:
    person = get_user_model().objects.get()
    person.set_unusable_password()  # what the session was signed with
    person.save()
    assert signed_in.get(HELD).status_code == 302


def test_a_session_that_has_run_out_lets_nobody_in(signed_in: Client) -> None:
    Session.objects.update(expire_date=timezone.now())
    assert signed_in.get(HELD).status_code == 302


@pytest.mark.parametrize("key", ["short", "a" * 41, "with a blank", "nul\0nul\0", "ключ-ключ", "a'--aaaaaaaa"])
def test_a_key_that_nobody_was_given_is_not_looked_for(key: str, django_assert_num_queries: object) -> None:
    store = SessionStore(key)
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert store.load() == {}
    assert store.session_key is None

"""The session after the sign-in: re-checked, claimed, in grace, idle, over."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from demo.keycloak import StandInKeycloak
from portal.models import KeycloakSession
from portal.sign_in import grants, keys, realm, recheck, rows, tokens
from portal.sign_in.errors import KeycloakUnavailableError, UnknownKeyError
from portal.sign_in.recheck import Standing
from portal.sign_in.sealing import SealBrokenError, unseal
from tests.portal.browser import Browser

pytestmark = pytest.mark.django_db

HERE = "anna support at /closed/"
LIVE = {"X-Live-Refresh": "1", "HX-Request": "true", "HX-Current-URL": "http://testserver/closed/?a=1"}


def age(**seconds: float) -> None:
    """Move times of the one row into the past: age(checked_at=301)."""
    now = timezone.now()
    moved = {name: now - timedelta(seconds=value) for name, value in seconds.items()}
    KeycloakSession.objects.update(**moved, claimed_at=None)


def refreshes(keycloak: StandInKeycloak) -> int:
    """Count the calls of the token endpoint after the sign-in's own."""
    return sum(call.endswith("/token") for call in keycloak.calls) - 1


@pytest.fixture
def anna(browser: Browser) -> Browser:
    assert browser.sign_in("anna", "/closed/").text == HERE
    return browser


def test_keycloak_is_asked_after_five_minutes_and_not_before(anna: Browser, keycloak: StandInKeycloak) -> None:
    age(checked_at=280)
    anna.get("/closed/")
    assert refreshes(keycloak) == 0
    age(checked_at=301)
    assert anna.get("/closed/").text == HERE
    anna.get("/closed/")
    assert refreshes(keycloak) == 1


def test_the_tokens_are_encrypted_and_change_with_the_refresh(anna: Browser) -> None:
    before = KeycloakSession.objects.get()
    assert "eyJ" not in before.refresh_token + before.id_token
    age(checked_at=301)
    anna.get("/closed/")
    assert KeycloakSession.objects.get().refresh_token != before.refresh_token


def test_a_new_secret_key_with_a_fallback_keeps_sessions(anna: Browser, settings: Settings) -> None:
    before = KeycloakSession.objects.get().refresh_token
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another-key" * 8, [settings.SECRET_KEY]
    age(checked_at=301)
    assert anna.get("/closed/").text == HERE
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(SealBrokenError):
        unseal(before)
    assert unseal(KeycloakSession.objects.get().refresh_token).startswith("eyJ")


def test_a_row_sealed_with_a_lost_key_is_over(anna: Browser) -> None:
    KeycloakSession.objects.update(refresh_token="gAAAAA-not-ours")
    age(checked_at=301)
    page = anna.get("/closed/", follow=False)
    assert (page.status, page.headers["location"]) == (302, "/login/?next=%2Fclosed%2F")
    assert not KeycloakSession.objects.exists()


def test_a_lost_role_is_a_page_and_the_end(anna: Browser, keycloak: StandInKeycloak) -> None:
    next(iter(keycloak.realm.people.values())).roles.clear()
    age(checked_at=301)
    page = anna.get("/closed/")
    assert page.status == 403
    assert not KeycloakSession.objects.exists()
    assert anna.sign_out().path == "/signed-out/"  # one click: the hint was kept


@pytest.mark.parametrize("fail", [500, 502, 503, 404, 429, "html", "list", "reset"])
def test_grace_while_keycloak_is_down(fail: int | str, anna: Browser, keycloak: StandInKeycloak) -> None:
    keycloak.fail = fail
    age(checked_at=301)
    assert anna.get("/closed/").text == "anna support in grace at /closed/"
    assert anna.get("/closed/").text == HERE  # not asked again at once
    age(checked_at=1199)
    assert anna.get("/closed/").text == "anna support in grace at /closed/"
    age(checked_at=1201)
    page = anna.get("/closed/")
    assert (page.status, page.headers["retry-after"]) == (503, "10")
    assert KeycloakSession.objects.exists()
    keycloak.fail = 0
    age(checked_at=1201)
    assert anna.get("/closed/").text == HERE


def test_keycloak_gone_altogether(anna: Browser, settings: Settings) -> None:
    settings.KEYCLOAK_URL = "http://127.0.0.1:9"
    age(checked_at=301)
    assert anna.get("/closed/").text == "anna support in grace at /closed/"


def test_a_down_keycloak_is_asked_every_ten_seconds_not_by_every_request(
    anna: Browser, keycloak: StandInKeycloak
) -> None:
    keycloak.fail = 503
    age(checked_at=301)
    for _ in range(5):
        anna.get("/closed/")
    assert refreshes(keycloak) == 1


def test_one_of_many_requests_refreshes(anna: Browser, keycloak: StandInKeycloak) -> None:
    age(checked_at=301)
    seen_before = [KeycloakSession.objects.get() for _ in range(12)]
    now = timezone.now()
    assert [rows.claim(row, now) for row in seen_before] == [True] + [False] * 11


def test_a_claim_runs_out_when_its_owner_died(anna: Browser) -> None:
    age(checked_at=301)
    now = timezone.now()
    assert rows.claim(KeycloakSession.objects.get(), now)
    assert not rows.claim(KeycloakSession.objects.get(), now + timedelta(seconds=9))
    assert rows.claim(KeycloakSession.objects.get(), now + timedelta(seconds=10))


def test_who_waits_for_another_request_sees_what_it_found(anna: Browser) -> None:
    age(checked_at=1300)
    row, now = KeycloakSession.objects.get(), timezone.now()
    rows.claim(KeycloakSession.objects.get(), now)
    assert recheck.standing(row, now, live=False, pause=lambda _: age(checked_at=0)) is Standing.IN

    age(checked_at=1300)
    row = KeycloakSession.objects.get()
    rows.claim(KeycloakSession.objects.get(), now)
    assert recheck.standing(row, now, live=False, pause=lambda _: None) is Standing.UNKNOWN

    def end_it(_: float) -> None:
        KeycloakSession.objects.all().delete()

    assert recheck.standing(row, now, live=False, pause=end_it) is Standing.OVER


def test_a_session_ended_during_the_refresh_stays_ended(anna: Browser, keycloak: StandInKeycloak) -> None:
    age(checked_at=301)
    row, now = KeycloakSession.objects.get(), timezone.now()
    held = grants.refresh(unseal(row.refresh_token))
    assert rows.claim(row, now)
    KeycloakSession.objects.all().delete()  # as back-channel logout does, after the row was read and claimed
    assert not rows.renew(row, tokens.verify_grant(held), held, now)
    assert not KeycloakSession.objects.exists()


def test_idle_for_an_hour_is_over(anna: Browser, keycloak: StandInKeycloak) -> None:
    age(last_seen_at=3599)
    assert anna.get("/closed/").text == HERE
    age(last_seen_at=3600)
    assert anna.get("/closed/", follow=False).status == 302
    assert not KeycloakSession.objects.exists()


def test_ten_hours_in_all_is_over_however_busy(anna: Browser) -> None:
    age(started_at=35999)
    assert anna.get("/closed/").text == HERE
    age(started_at=36000)
    assert anna.get("/closed/", follow=False).status == 302


def test_being_there_is_noted_once_a_minute(anna: Browser) -> None:
    age(last_seen_at=50)
    before = KeycloakSession.objects.get().last_seen_at
    anna.get("/closed/")
    assert KeycloakSession.objects.get().last_seen_at == before
    age(last_seen_at=61)
    anna.get("/closed/")
    assert KeycloakSession.objects.get().last_seen_at > before


def test_a_live_refresh_keeps_nothing_alive(anna: Browser, keycloak: StandInKeycloak) -> None:
    age(last_seen_at=3000, checked_at=280)
    before = KeycloakSession.objects.get()
    assert anna.get("/closed/", LIVE).text == HERE
    age(last_seen_at=3000, checked_at=301)
    anna.get("/closed/", LIVE)
    after = KeycloakSession.objects.get()
    assert after.last_seen_at - before.last_seen_at < timedelta(seconds=5)
    assert after.claimed_at is None
    assert refreshes(keycloak) == 0


def test_a_live_refresh_pauses_as_soon_as_a_check_is_due(anna: Browser) -> None:
    age(checked_at=301)
    page = anna.get("/closed/", LIVE)
    assert (page.status, page.headers["x-live-refresh"], page.text) == (401, "paused", "")
    assert "hx-redirect" not in page.headers
    assert anna.get("/closed/").text == HERE  # the person does something: checked, and the refresh goes on
    assert anna.get("/closed/", LIVE).text == HERE


def test_who_was_disabled_reads_no_longer_than_a_check_is_good_for(anna: Browser, keycloak: StandInKeycloak) -> None:
    keycloak.realm.sessions.clear()
    age(checked_at=301)
    assert anna.get("/closed/", LIVE).status == 401
    assert anna.get("/closed/", follow=False).status == 302
    assert not KeycloakSession.objects.exists()


def test_a_live_refresh_goes_on_while_keycloak_is_known_to_be_down(anna: Browser, keycloak: StandInKeycloak) -> None:
    keycloak.fail = 503
    age(checked_at=301)
    assert anna.get("/closed/", LIVE).status == 401  # nobody knows yet
    assert anna.get("/closed/").text == "anna support in grace at /closed/"
    assert anna.get("/closed/", LIVE).text == "anna support in grace at /closed/"
    KeycloakSession.objects.update(checked_at=timezone.now() - timedelta(seconds=1201))
    assert anna.get("/closed/", LIVE).status == 401


def test_a_live_refresh_of_an_ended_session_signs_nobody_in_again(anna: Browser) -> None:
    age(last_seen_at=3600)
    page = anna.get("/closed/", LIVE)
    assert (page.status, page.headers["hx-redirect"]) == (401, "/signed-out/?next=%2Fclosed%2F%3Fa%3D1")


def test_an_htmx_request_is_sent_to_sign_in_as_a_page(client: Client, keycloak: StandInKeycloak) -> None:
    def answer(current: str) -> str:
        got = client.get("/closed/part/", headers={"HX-Request": "true", "HX-Current-URL": current})
        assert (got.status_code, got.content) == (401, b"")
        return got.headers["HX-Redirect"]

    assert answer("http://testserver/closed/?q=a%20b") == "/login/?next=%2Fclosed%2F%3Fq%3Da%2520b"
    for foreign in ("http://evil.example/closed/", "//evil.example", "javascript:x", "", "http://[", "/login/"):
        assert answer(foreign) == "/login/"


def test_a_post_without_a_session_comes_back_to_its_page(client: Client, keycloak: StandInKeycloak) -> None:
    answer = client.post("/closed/", {"q": "x"}, headers={"Referer": "http://testserver/closed/?x=1"})
    assert (answer.status_code, answer.headers["location"]) == (302, "/login/?next=%2Fclosed%2F%3Fx%3D1")


def test_old_rows_are_cleared_at_the_next_sign_in(anna: Browser, keycloak: StandInKeycloak) -> None:
    age(last_seen_at=7200)
    other = Browser("http://testserver", Client())
    other.sign_in("dmitry", "/closed/")
    assert KeycloakSession.objects.get().username == "dmitry"


def test_people_who_are_long_gone_and_their_sessions_are_forgotten_at_the_next_sign_in(
    anna: Browser, keycloak: StandInKeycloak
) -> None:
    long_ago = timezone.now() - timedelta(days=15)
    User.objects.create(username="gone", last_login=long_ago)
    User.objects.create(username="never", date_joined=long_ago)
    User.objects.create(username="lately", last_login=timezone.now() - timedelta(days=13))
    User.objects.filter(username="anna").update(last_login=long_ago)  # but her session is live
    Session.objects.create(session_key="old", session_data="", expire_date=long_ago)
    Browser("http://testserver", Client()).sign_in("dmitry", "/closed/")
    assert set(User.objects.values_list("username", flat=True)) == {"anna", "lately", "dmitry"}
    assert not Session.objects.filter(session_key="old").exists()
    assert anna.get("/closed/").text == HERE


def test_who_comes_back_after_long_is_the_same_person(anna: Browser, keycloak: StandInKeycloak) -> None:
    before = User.objects.get().pk
    age(started_at=10**7, last_seen_at=10**7)
    User.objects.update(last_login=timezone.now() - timedelta(days=99))
    assert anna.get("/closed/").text == HERE
    assert User.objects.get().pk == before


def test_the_claim_is_one_statement(anna: Browser, django_assert_num_queries: object) -> None:
    row = KeycloakSession.objects.get()
    with django_assert_num_queries(1) as queries:  # type: ignore[operator]
        rows.claim(row, timezone.now())
    assert queries.captured_queries[0]["sql"].startswith("UPDATE")
    assert connection.vendor == "sqlite"


def test_unknown_keys_are_asked_for_every_half_minute_at_most() -> None:
    now, asked = [0.0], []

    def fetch() -> list[dict[str, object]]:
        asked.append(now[0])
        if now[0] >= 1000:
            raise KeycloakUnavailableError("down")
        return []

    ring = keys.KeyRing(fetch, lambda: now[0])
    for at in (0.0, 1.0, 29.0, 30.0, 31.0, 60.0, 1000.0, 1001.0, 1002.5):
        now[0] = at
        with pytest.raises((UnknownKeyError, KeycloakUnavailableError)):
            ring.key("unheard-of")
    assert asked == [0.0, 30.0, 60.0, 1000.0, 1002.5]


def test_discovery_is_cached_and_its_issuer_pinned(keycloak: StandInKeycloak, settings: Settings) -> None:
    for _ in range(3):
        realm.endpoints()
    assert len(keycloak.calls) == 1
    realm.forget()
    keycloak.realm.issuer = "http://evil.example/realms/alexandrite"
    with pytest.raises(KeycloakUnavailableError, match="not a document of"):
        realm.endpoints()

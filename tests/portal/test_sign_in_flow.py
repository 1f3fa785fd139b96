"""The way in and out, through the stand-in Keycloak, as a browser goes it."""

from math import log2
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.contrib.auth import get_user_model

from portal.models import KeycloakSession
from tests.portal.browser import Browser

pytestmark = pytest.mark.django_db


def test_a_person_with_a_role_comes_in(browser: Browser) -> None:
    page = browser.sign_in("anna", "/closed/a%20b/?q=%D0%B0%20b&x=1%262")
    assert page.text == "anna support at /closed/a%20b/?q=%D0%B0%20b&x=1%262"
    row = KeycloakSession.objects.get()
    assert (row.username, row.name, row.roles) == ("anna", "Anna Support", ["support"])


def test_what_cannot_be_guessed_has_128_bits(browser: Browser) -> None:
    ways = [browser.get("/login/", follow=False).headers["location"] for _ in range(20)]
    sent = [dict(parse_qsl(urlsplit(way).query)) for way in ways]
    for name in ("state", "nonce"):
        values = [one[name] for one in sent]
        signs = set("".join(values))
        assert len(set(values)) == 20
        assert min(map(len, values)) * log2(len(signs)) >= 128
        assert len(signs) > 50  # of letters and digits


def test_a_person_without_a_role_gets_a_page_and_no_loop(browser: Browser) -> None:
    page = browser.sign_in("oleg", "/closed/")
    assert page.status == 403
    assert all(f"<code>{role}</code>" in page.text for role in ("support", "devops", "developer"))
    assert "code=" not in page.text  # nor on paper, nor in the way back from a choice of language
    assert not KeycloakSession.objects.exists()
    assert not get_user_model().objects.exists()

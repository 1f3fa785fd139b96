"""Every state on the order page, in both languages, for both kinds of reader; and what the search must not decide."""

import random
import re
import time
import zlib
from base64 import urlsafe_b64decode
from collections.abc import Callable
from contextlib import suppress
from types import SimpleNamespace

import pytest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.test import RequestFactory

from orders.journey.ids import Resolution, Token
from orders.pages.lists import announcement
from orders.views import search
from orders.views.answers import is_part
from orders.views.recent import Looked, Told, looked_at, remember, tell_next, told
from tests.journey.story import Story
from tests.orders.conftest import FakeJaeger, Get, ask


def closed(story: Story) -> None:
    story.upto(6)


def closed_by_hand(story: Story) -> None:
    story.upto(5)
    story.span("crm", 60, name="close order manually")
    story.status(6, 60)


def on_time(story: Story) -> None:
    story.status(0, 590)
    story.status(1, 598)


def left(story: Story) -> None:
    story.status(0, 100)


def failed(story: Story) -> None:
    story.status(0, 570)
    story.status(1, 575)
    story.span("mes", 590, name="calculate price", kind="consumer", failed=True, error_type="ModelFileUnreadable")


def gap(story: Story) -> None:
    story.status(0, 100)
    story.status(3, 595)


def seen(story: Story) -> None:
    story.span("crm", 590, name="read order")


def long_ago(story: Story) -> None:
    story.upto(5, step=1)


STATES: list[tuple[Callable[[Story], None], str, str]] = [
    (closed, "Закрыт", "Closed"),
    (closed_by_hand, "Закрыт вручную", "Closed by hand"),
    (on_time, "По плану", "On time"),
    (left, "Покупатель не завершает оформление", "The customer has not finished checkout"),
    (failed, "Ошибка", "reported an error"),
    (gap, "этой отметки в наших записях нет", "this mark is missing"),
    (seen, "статус не передан", "no status was reported"),
    (long_ago, "этап 6 из 6", "stage 6 of 6"),
]


@pytest.mark.parametrize(("write", "ru", "en"), STATES)
@pytest.mark.parametrize("codes", [False, True])
def test_every_state_in_both_languages(
    jaeger: FakeJaeger, write: Callable[[Story], None], ru: str, en: str, *, codes: bool
) -> None:
    story = Story()
    write(story)
    jaeger.spans = story.spans
    for language, words in (("ru", ru), ("en", en)):
        html = ask("get", "/orders/ORD-20398/", codes=codes, language=language).content.decode()
        assert words in html.replace("\u00a0", " ")


def test_a_closed_order_does_not_refresh_itself(jaeger: FakeJaeger) -> None:
    story = Story()
    closed(story)
    jaeger.spans = story.spans
    assert "data-live" not in ask("get", "/orders/ORD-20398/").content.decode()


def test_an_order_in_flight_refreshes_itself(get: Get) -> None:
    assert "data-live" in get("/orders/ORD-20398/").content.decode()


def test_what_may_mean_several_orders_is_left_to_the_person(post: Get) -> None:
    exact = Resolution(token=Token(as_typed="ORD-20398", id="ORD-20398"), state="exact", id="ORD-20398")
    either = Resolution(token=Token(as_typed="2O4OO"), state="ambiguous", options=("ORD-20400", "ORD-20401"))
    request = RequestFactory().post("/search/")
    assert search._one_page(request, [exact, either], False) is None
    response = search._understood(request, [exact, either], sure=False, cut=True)
    html = response.content.decode()
    assert "ORD-20400" in html
    assert "ORD-20401" in html


def test_htmx_history_gets_the_whole_page() -> None:
    headers = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    assert not is_part(RequestFactory().get("/", headers=headers))


def test_another_person_reads_neither_list_nor_announcement(get: Get) -> None:
    def request(sub: str, response: HttpResponse | None = None) -> HttpRequest:
        made: HttpRequest = RequestFactory().get("/")
        made.portal_user = SimpleNamespace(sub=sub, sees_codes=False)  # type: ignore[attr-defined]
        for name, cookie in response.cookies.items() if response else ():
            made.COOKIES[name] = cookie.value
        return made

    response = HttpResponseRedirect("/")
    remember(request("anna"), response, "ORD-20398", 7)
    tell_next(request("anna"), response, Told((("ЩКВ-20398", "ORD-20398"),), ("hello",), False))
    assert looked_at(request("anna", response)) == (Looked("ORD-20398", 7),)
    assert told(request("anna", response)).mended == (("ЩКВ-20398", "ORD-20398"),)
    assert looked_at(request("boris", response)) == ()
    assert told(request("boris", response)) == Told((), (), False)


def test_an_announcement_cannot_be_read_in_the_browser() -> None:
    request, response = RequestFactory().get("/"), HttpResponseRedirect("/")
    tell_next(request, response, Told((("ЩКВ-20398", "ORD-20398"),), ("Maria Petrova", "petrova@mail.test"), False))
    held = f"{response.cookies['told'].value}==="
    opened = urlsafe_b64decode(held.rpartition(":")[2]) + urlsafe_b64decode(held.partition(":")[0] + "===")
    for start in range(len(opened)):
        with suppress(zlib.error):
            opened += zlib.decompressobj().decompress(opened[start:])
    assert not re.search(rb"Maria|petrova|20398", opened + held.encode())


@pytest.mark.parametrize("tail", ["", " ".join("жщюёй" * 12)])
def test_what_does_not_fit_into_an_announcement_is_counted(tail: str) -> None:
    rng = random.Random(7)
    mended = tuple((f"ЩКВ-{n}{tail}", f"ORD-{n}") for n in range(20_000, 20_025))
    unread = tuple(f"{n} {''.join(rng.choices('жщюёйabcdxyz', k=80))}" for n in range(30))
    request, response = RequestFactory().get("/"), HttpResponseRedirect("/")
    tell_next(request, response, Told(mended, unread, False))
    assert len(response.cookies["told"].OutputString()) < 4096
    request.COOKIES["told"] = response.cookies["told"].value
    left = told(request)
    assert len(left.mended) + left.more[0] == 25
    assert len(left.mended) == 20  # of what was corrected the first twenty, whatever else there is
    assert len(left.unread) + left.more[1] == 30
    assert all(len(text) <= 60 for text in left.unread)
    said = announcement(left.mended, left.unread, "en", more=left.more)
    assert f"And {left.more[0]} more numbers were corrected." in said
    assert f" and {left.more[1]} more." in said
    said = announcement(left.mended, left.unread, "ru", more=left.more)
    assert f"Исправлено ещё номеров: {left.more[0]}." in said
    assert f" и ещё {left.more[1]}." in said


def test_an_announcement_that_is_old_or_bent_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    request, response = RequestFactory().get("/"), HttpResponseRedirect("/")
    tell_next(request, response, Told((("ЩКВ-20398", "ORD-20398"),), (), False))
    good = response.cookies["told"].value
    for bent in (good[:-9], "ж", "\ud800", "a:b:c", good.replace("A", "B")):
        request.COOKIES["told"] = bent
        assert (told(request) == Told((), (), False)) == (bent != good)
    request.COOKIES["told"] = good
    assert told(request).mended
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 62)
    assert not told(request).mended

"""What templates are made with: texts escape what is filled in; what is worked out early differs for no reader."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.template import engines
from django.test import override_settings
from django.utils import translation
from django.utils.safestring import mark_safe
from jinja2 import DictLoader, TemplateAssertionError, Undefined, UndefinedError
from markupsafe import Markup

from portal.templates import Site, environment, warm

HOSTILE = "<script>\"'&"
HARMLESS = "&lt;script&gt;&#34;&#39;&amp;"


def written(source: str, lang: str = "ru", **context: object) -> str:
    with translation.override(lang):
        return str(engines["jinja2"].from_string(source).render(context))


@contextmanager
def speaking(texts: dict[str, str]) -> Iterator[Site]:
    with translation.override("ru"):
        yield environment(loader=DictLoader(texts), autoescape=True)


def test_everything_is_escaped_wherever_it_is_filled_in() -> None:
    source = '{{ x }}|{{ _("Order %(id)s", id=x) }}|{{ [x]|join(", ") }}|{{ ngettext("%(n)s", "%(n)s", 2, n=x) }}'
    assert written(source, "en", x=HOSTILE) == f"{HARMLESS}|Order {HARMLESS}|{HARMLESS}|{HARMLESS}"
    assert written("{{ x }}{{ y }}", x=mark_safe("<b>"), y=Markup("<i>")) == "<b><i>"


def test_what_stands_in_the_template_is_escaped_too_when_it_is_worked_out_early() -> None:
    assert written('{{ url("orders:several") }}?{{ "<&" }}{{ url_if_known("<nowhere>") }}') == "/several/?&lt;&amp;"


def test_everything_is_escaped_in_production_as_here() -> None:
    assert settings.TEMPLATES[0]["OPTIONS"].keys() <= {"environment", "context_processors", "undefined"}
    assert [one["BACKEND"] for one in settings.TEMPLATES] == ["django.template.backends.jinja2.Jinja2"]
    assert engines["jinja2"].env.here().autoescape is True  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "source",
    ["{{ x|safe }}", "{% autoescape false %}{{ x }}{% endautoescape %}", "{{ _(x) }}", "{{ _() }}", "{{ _(*x) }}",
     '{{ _("a", **x) }}', '{{ pgettext("c", x) }}', '{{ ngettext("a", x, 2) }}', '{{ npgettext("c", "a", x, 2) }}'],
)  # fmt: skip
def test_a_template_cannot_let_anything_through_unescaped(source: str) -> None:
    with pytest.raises(TemplateAssertionError):
        written(source, x=HOSTILE)


def test_texts_come_from_the_catalogue_with_their_tags_and_their_per_cent_signs() -> None:
    assert [written('{{ _("Help") }}', lang) for lang in ("ru", "en", "ru")] == ["Справка", "Help", "Справка"]
    assert written('{{ pgettext("time zone", "mine") }}', "en") == "mine"
    assert written('{{ _("5 %% <b>%(x)s</b>", x="<i>") }}|{{ _("5 %% <b>") }}', "en") == "5 % <b>&lt;i&gt;</b>|5 % <b>"
    assert [written('{{ npgettext("c", "%(n)s a", "%(n)s b", n, n=n) }}', "en", n=n) for n in (1, 2)] == ["1 a", "2 b"]


def test_a_variable_that_nobody_gave_fails_here_and_is_nothing_in_production() -> None:
    with pytest.raises(UndefinedError):
        written("{{ nobody_gave }}")
    assert environment(undefined=Undefined).from_string("[{{ nobody_gave }}]").render() == "[]"


def test_an_address_that_this_site_has_not() -> None:
    assert written('{{ url_if_known("nowhere") }}|{{ url("orders:order", "ORD-1") }}') == "|/orders/ORD-1/"


def test_an_address_follows_the_routes_in_force() -> None:
    with speaking({"page": '{{ url_if_known("orders:home") }}{{ url_if_known(x) }}'}) as site:
        assert site.get_template("page").render(x="orders:now") == "//now/"
        with override_settings(ROOT_URLCONF="orders.urls"):
            assert site.get_template("page").render(x="orders:now") == ""


def test_an_included_part_is_in_the_language_of_its_page_whichever_is_in_force_when_it_is_first_needed() -> None:
    with speaking({"page": '{% include "part" %}', "part": '{{ _("Help") }}'}) as site:
        page = site.get_template("page")
        with translation.override("en"):
            assert page.render() == "Справка"
            assert site.get_template("page").render() == "Help"


def test_a_start_compiles_every_template_in_every_language(monkeypatch: pytest.MonkeyPatch) -> None:
    made = environment(loader=DictLoader({"page": '{{ _("Help") }}'}), autoescape=True)
    monkeypatch.setattr(engines["jinja2"], "env", made)
    warm()
    compiled = {spoken.language: [name for _, name in spoken.cache or ()] for spoken in made.spoken}
    assert compiled == {"ru": ["page"], "en": ["page"]}


def test_what_differs_between_readers_is_never_worked_out_early() -> None:
    with speaking({"page": '{{ glyph(state) }}{{ _("Order %(id)s", id=id) }}{{ url("orders:order", id) }}'}) as site:
        template = site.get_template("page")
        one, other = (template.render(state=state, id=name) for state, name in (("done", "A-1"), ("failed", "B-2")))
        assert "A-1" in one
        assert "A-1" not in other
        assert other.count("B-2") == 2

"""The catalogues are whole: every string of templates and Python in Russian and English, and compiled."""

import polib
import pytest

from tools import messages


def test_the_catalogues_are_complete_and_fresh() -> None:
    assert messages.check() == []


def test_templates_are_read_by_their_calls() -> None:
    source = (
        '{{ _("50 %% off") }}{{ _(v) }}{{ pgettext("zone", "mine") }}<a title="{{ _("deep", n=n) }}">{% if a %}'
        '{{ ngettext("one %(n)s", "many %(n)s", n, n=n) }}{% endif %}'
    )
    assert set(messages.in_template(source, "x")) == {
        messages.Message("x", "50 %% off"),
        messages.Message("x", "mine", "", "zone"),
        messages.Message("x", "deep"),
        messages.Message("x", "one %(n)s", "many %(n)s"),
    }


def test_python_is_read_by_its_calls() -> None:
    source = '_("a"); npgettext("c", "one", "many", 2); pgettext_lazy("r", "b"); other("no"); _(v)'
    assert list(messages.in_python(source, "x")) == [
        messages.Message("x", "a"),
        messages.Message("x", "one", "many", "c"),
        messages.Message("x", "b", "", "r"),
    ]


def test_merging_keeps_translations_drops_what_is_gone_and_fills_english() -> None:
    old = polib.POFile()
    old.append(polib.POEntry(msgid="kept", msgstr="осталось"))
    old.append(polib.POEntry(msgid="gone", msgstr="ушло"))
    found = [messages.Message("b.html", "kept"), messages.Message("a.py", "kept"), messages.Message("c", "new", "news")]
    russian, english = (messages.merged(lang, found, old) for lang in ("ru", "en"))
    assert [(entry.msgid, entry.msgstr) for entry in russian] == [("kept", "осталось"), ("new", "")]
    assert russian[0].occurrences == [("b.html", ""), ("a.py", "")]
    assert english[1].msgstr_plural == {0: "new", 1: "news"}
    assert messages.faults("ru", russian) == ["ru: not translated: 'new'"]


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        (polib.POEntry(msgid="a"), "not translated"),
        (polib.POEntry(msgid="a", msgstr="б", flags=["fuzzy"]), "fuzzy"),
        (polib.POEntry(msgid="%(n)s a", msgstr="б"), "other placeholders"),
        (polib.POEntry(msgid="a", msgid_plural="b", msgstr_plural={0: "а", 1: "б"}), "not translated"),
    ],
)
def test_what_is_wrong_with_an_entry_is_named(entry: polib.POEntry, fault: str) -> None:
    catalogue = polib.POFile()
    catalogue.append(entry)
    assert [line.split(": ")[1] for line in messages.faults("ru", catalogue)] == [fault]


def test_what_is_right_is_not_blamed() -> None:
    catalogue = polib.POFile()
    catalogue.append(polib.POEntry(msgid="%(n)s a", msgstr="б %(n)s"))
    assert messages.faults("ru", catalogue) == []

"""What is kept between pages belongs to a language and to no reader."""

import pytest
from django.template import Context, Template
from django.utils import translation

from portal.templatetags.once import Once


def test_each_language_has_its_own_text() -> None:
    template = Template('{% load i18n once %}{% once %}{% translate "Help" %}{% endonce %}')
    said = []
    for language in ("ru", "en", "ru"):
        with translation.override(language):
            said.append(template.render(Context()))
    assert said == ["Справка", "Help", "Справка"]


@pytest.mark.ignore_template_errors
def test_nothing_of_a_reader_is_kept_for_another() -> None:
    template = Template("{% load once %}{% once %}[{{ user }}]{% endonce %}")
    assert [template.render(Context({"user": name})) for name in ("Anna", "Boris")] == ["[]", "[]"]


def test_it_is_rendered_once(monkeypatch: pytest.MonkeyPatch) -> None:
    template = Template("{% load once %}{% once %}kept{% endonce %}")
    node = template.nodelist[1]
    assert isinstance(node, Once)
    template.render(Context())
    node.nodelist.clear()
    assert template.render(Context()) == "kept"

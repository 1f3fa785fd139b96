"""The search box: a person's text into ids."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from orders.journey.ids import IdPatterns, Recognised, recognise

MOST_BYTES = 100_000


class SearchForm(forms.Form):
    """One box and no field syntax; `cleaned_data["q"]` is the Recognised of what was typed or pasted.

    `patterns` says what an id looks like here. Invalid when the box is empty or holds more than 100 kB; a text in
    which nothing is recognised is valid, with no tokens: the page says so.
    """

    q = forms.CharField(
        label=_("Order, partner, customer or model number, or a whole message"),
        strip=False,
        error_messages={"required": _("Type or paste a number.")},
        widget=forms.Textarea(attrs={"rows": 1, "autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}),
    )

    def __init__(self, *args: Any, patterns: IdPatterns, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._patterns = patterns
        self.fields["q"].validators = []  # Django's refuses NUL, which is only one more invisible character here

    def clean_q(self) -> Recognised:
        """Return what the text holds; ValidationError when it is empty or too long."""
        text: str = self.cleaned_data["q"]
        if not text.strip():
            raise ValidationError(_("Type or paste a number."), code="required")
        if len(text.encode("utf-8", "surrogatepass")) > MOST_BYTES:
            raise ValidationError(_("This is more than 100 kB. Paste a part of it."), code="too_long")
        return recognise(text, self._patterns)

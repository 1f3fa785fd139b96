"""The templates' environment: Jinja2, compiled once per language, with texts, addresses, files, shapes and times."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

from django.conf import settings
from django.template import engines
from django.template.defaultfilters import urlencode
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from jinja2 import Environment, Template, TemplateAssertionError, nodes
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

from orders import marks
from portal.integrity import integrity


def text_of(translate: Callable[..., str]) -> Callable[..., Markup]:
    """Return a translation for templates: the text is ours and may hold tags; what is filled in is escaped."""

    def text(*message: object, **values: object) -> Markup:
        return Markup(translate(*message)) % values  # noqa: S704 - from the catalogue; Markup escapes the values

    return text


def url(name: str, *arguments: object) -> str:
    """Return an address by its route's name. Raises NoReverseMatch."""
    return _reversed(settings.ROOT_URLCONF, name, arguments)


def url_if_known(name: str) -> str:
    """Return an address by its route's name, "" where this site has no such route."""
    try:
        return url(name)
    except NoReverseMatch:
        return ""


@lru_cache(maxsize=4096)
def _reversed(routes: str, name: str, arguments: tuple[object, ...]) -> str:
    return reverse(name, args=arguments)


FIXED: Final[Mapping[str, Callable[..., Any]]] = MappingProxyType(
    {  # the same for every reader of a language, as long as all arguments stand in the template
        "_": text_of(translation.gettext),
        "pgettext": text_of(translation.pgettext),
        "ngettext": text_of(translation.ngettext),
        "npgettext": text_of(translation.npgettext),
        "url": url,
        "url_if_known": url_if_known,
        "static": static,
        "integrity": integrity,
        "glyph": marks.glyph,
    }
)
WORDS: Final = MappingProxyType({"_": 1, "pgettext": 2, "ngettext": 2, "npgettext": 3})  # arguments that are ours
MOVING: Final = MappingProxyType(
    {"moment": marks.moment, "clock": marks.clock, "ago": marks.ago, "ago_and_moment": marks.ago_and_moment}
)
FILTERS: Final = MappingProxyType(
    {
        "tone": marks.tone,
        "as_duration": marks.as_duration,
        "as_number": marks.as_number,
        "as_iso": marks.as_iso,
        "urlencode": urlencode,
    }
)


class Folded(NodeTransformer):
    """Puts the answer in the place of every call of FIXED whose arguments are all literals; refuses what escapes not.

    A text that is no literal would be taken for ours, tags and all: TemplateAssertionError, as where a template
    switches escaping off.
    """

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 - as the visitor calls it
        """Return the answer, or the call where it may differ between pages."""
        self.generic_visit(node)
        name = node.node.name if isinstance(node.node, nodes.Name) else ""
        given = [part.value for part in node.args if isinstance(part, nodes.Const)]
        ours = [part for part in node.args[: WORDS.get(name, 0)] if isinstance(part, nodes.Const)]
        if name in WORDS and (len(ours) < WORDS[name] or node.dyn_args or node.dyn_kwargs):
            raise TemplateAssertionError(f"{name}: its text must stand in the template", node.lineno)
        if name not in FIXED or len(given) < len(node.args) or node.kwargs or node.dyn_args or node.dyn_kwargs:
            return node
        return nodes.Const(FIXED[name](*given), lineno=node.lineno)

    def visit_ScopedEvalContextModifier(self, node: nodes.ScopedEvalContextModifier) -> nodes.Node:  # noqa: N802
        """Refuse `{% autoescape %}`."""
        raise TemplateAssertionError("escaping is on everywhere", node.lineno)


class Spoken(Environment):
    """The environment of one language: what is the same for all its readers is worked out when it compiles."""

    def __init__(self, language: str | None, **options: Any) -> None:
        super().__init__(**options)
        self.language = language
        self.globals = {**FIXED, **MOVING}
        self.filters |= FILTERS
        del self.filters["safe"]  # nothing that is filled in may pass unescaped

    def compile(self, source: str | nodes.Template, name: str | None = None, *more: Any, **how: Any) -> Any:
        """Return the compiled template, in this environment's language whichever is in force."""
        tree = self.parse(source, name) if isinstance(source, str) else source
        with translation.override(self.language):
            return super().compile(Folded().visit(tree), name, *more, **how)


class Site(Environment):
    """Hands out each template in the language in force, and for the routes in force."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._options = options
        self._spoken: dict[tuple[str | None, str], Spoken] = {}

    def get_template(self, *name: Any, **how: Any) -> Template:
        """Return the template of a name. Raises TemplateNotFound or TemplateSyntaxError."""
        return self.here().get_template(*name, **how)

    def from_string(self, *source: Any, **how: Any) -> Template:
        """Return the template that a text is. Raises TemplateSyntaxError."""
        return self.here().from_string(*source, **how)

    @property
    def spoken(self) -> tuple[Spoken, ...]:
        """Return the environments made so far."""
        return tuple(self._spoken.values())

    def here(self) -> Spoken:
        """Return the environment of the language and the routes in force."""
        key = translation.get_language(), settings.ROOT_URLCONF
        if key not in self._spoken:
            self._spoken[key] = Spoken(key[0], **self._options)
        return self._spoken[key]


def warm() -> None:
    """Compile every template in every language, so that no reader waits for it. Raises TemplateSyntaxError."""
    site = engines["jinja2"].env  # type: ignore[attr-defined]
    for language, _ in settings.LANGUAGES:
        with translation.override(language):
            for name in site.list_templates():
                site.get_template(name)


def environment(**options: Any) -> Site:
    """Return the environment of every template; Django's backend calls it with what the settings say."""
    return Site(**options)

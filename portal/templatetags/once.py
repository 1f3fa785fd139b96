"""A tag for what is the same on every page of a language: it is rendered once, then kept."""

from django import template
from django.conf import settings
from django.template.base import NodeList, Parser, Token
from django.template.context import Context
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()


class Once(template.Node):
    """Renders what it encloses once per language and process, without any variable of a page."""

    child_nodelists = ("nodelist",)

    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist
        self.kept: dict[tuple[str | None, str], SafeString] = {}

    def render(self, context: Context) -> SafeString:
        """Return the text kept for the language and the addresses in force."""
        key = get_language(), settings.ROOT_URLCONF
        kept = self.kept.get(key)
        if kept is None:
            bare = context.new({})
            kept = self.kept[key] = self.nodelist.render(bare)
        return kept


@register.tag
def once(parser: Parser, token: Token) -> Once:
    """Enclose what depends on nothing but the language: `{% once %}…{% endonce %}`.

    No variable of the page is known inside, so nothing of one reader can be kept for another.
    """
    nodelist = parser.parse(("endonce",))
    parser.delete_first_token()
    return Once(nodelist)

"""Addresses of the app: ids alone stand in them, never personal data."""

from django.urls import URLPattern, path, register_converter

from orders import wiring
from orders.views import home, lists, order, search
from orders.views.help import help_page


class IdConverter:
    """An id of one kind, as the settings say it looks: nothing else is an address, so nothing else gets any further."""

    kind = "order"
    regex = "[^/]{1,64}"

    def to_python(self, value: str) -> str:
        """Return the id; raises ValueError, which makes a 404, for what is none."""
        if not wiring.patterns().is_id(self.kind, value):
            raise ValueError(value)
        return value

    def to_url(self, value: str) -> str:
        """Return the id."""
        return value


for _kind in ("order", "partner", "model"):
    register_converter(type(f"{_kind.title()}IdConverter", (IdConverter,), {"kind": _kind}), _kind)

app_name = "orders"
urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("now/", home.now, name="now"),
    path("now.json", home.now, name="now-json"),
    path("search/", search.search, name="search"),
    path("help/", help_page, name="help"),
    path("orders/<order:order_id>.json", order.order, name="order-json"),
    path("orders/<order:order_id>/", order.order, name="order"),
    path("orders/<order:order_id>/spans/", order.spans, name="spans"),
    path("several/", lists.several, name="several"),
    path("several.json", lists.several),
    path("several.csv", lists.several),
    path("partners/<partner:partner_id>/", lists.partner, name="partner"),
    path("partners/<partner:partner_id>.json", lists.partner),
    path("partners/<partner:partner_id>.csv", lists.partner),
    path("models/<model:model_id>/", lists.model, name="model"),
    path("models/<model:model_id>.json", lists.model),
    path("models/<model:model_id>.csv", lists.model),
]

"""Addresses of the app: ids alone stand in them, never personal data."""

from django.urls import URLPattern, path

from orders.views import home, lists, order, search
from orders.views.help import help_page

app_name = "orders"
urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("now/", home.now, name="now"),
    path("search/", search.search, name="search"),
    path("help/", help_page, name="help"),
    path("orders/<str:order_id>.json", order.order, name="order-json"),
    path("orders/<str:order_id>/", order.order, name="order"),
    path("orders/<str:order_id>/spans/", order.spans, name="spans"),
    path("several/", lists.several, name="several"),
    path("several.json", lists.several),
    path("several.csv", lists.several),
    path("partners/<str:partner_id>/", lists.partner, name="partner"),
    path("partners/<str:partner_id>.json", lists.partner),
    path("partners/<str:partner_id>.csv", lists.partner),
    path("models/<str:model_id>/", lists.model, name="model"),
    path("models/<str:model_id>.json", lists.model),
    path("models/<str:model_id>.csv", lists.model),
]

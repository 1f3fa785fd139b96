"""The help page: how to read a verdict, what the states mean, keys."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from orders.views.answers import page


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """Show the help."""
    return page(request, "orders/help.html", {})

"""Trail: what an answer shows beyond what its address says, told to the site's access log before it is shown."""

from collections.abc import Callable, Sequence

from django.http import HttpRequest


def tell(request: HttpRequest, what: str, ids: Sequence[str]) -> None:
    """Have the site record that `what` ("customer") of these ids is about to be shown; never personal data.

    The site hands its recorder over as `request.record_access`; where there is none (this app alone) nothing happens.
    What the recorder raises passes through: the site answers instead of the view.
    """
    recorder: Callable[[str, Sequence[str]], None] | None = getattr(request, "record_access", None)
    if recorder is not None:
        recorder(what, ids)

"""Deep links into Jaeger UI: a trace, a span, the search for an order, a set of traces.

The UI wants the short form of an id whose high half is zero, finds a span only by all 16 lower-case digits, and
reads tags only as a JSON map (`tag=`, and `/search?traceID=`, are dropped without a word since UI 2.19).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlencode

from orders.jaeger.wire import span_key, trace_key

MICRO: Final = 1_000  # nanoseconds: the UI's addresses count microseconds
LONGEST: Final = 7_000  # characters: the UI's own cap on what it builds


@dataclass(frozen=True, slots=True)
class Links:
    """Builds addresses below the public URL of Jaeger UI. Ids may be of any case and length; ValueError for none."""

    ui_url: str

    def trace(self, trace_id: str) -> str:
        """Return the address of a trace."""
        return f"{self._root}/trace/{shown(trace_id)}"

    def span(self, trace_id: str, span_id: str) -> str:
        """Return the address of a trace opened at one span, unfolded and scrolled to."""
        return f"{self.trace(trace_id)}?uiFind={span_key(span_id)}"

    def search(self, attribute: str, value: str, *, start: int, end: int, service: str = "", limit: int = 200) -> str:
        """Return the address of a search for traces that carry a value, between two instants (nanoseconds)."""
        params = {"service": service} if service else {}
        params |= {
            "start": str(start // MICRO),
            "end": str(-(-end // MICRO)),
            "lookback": "custom",
            "limit": str(limit),
            "tags": json.dumps({attribute: value}, ensure_ascii=False, separators=(",", ":")),
        }
        return f"{self._root}/search?{urlencode(params, quote_via=quote)}"

    def traces(self, trace_ids: Sequence[str]) -> str:
        """Return the address of a set of traces (at least one): the UI's comparison, with all of them in its list.

        As many as LONGEST characters hold; one alone is that trace's own address.
        """
        ids = list(dict.fromkeys(shown(trace_id) for trace_id in trace_ids))
        if len(ids) == 1:
            return self.trace(ids[0])
        address = f"{self._root}/trace/{ids[0]}...{ids[1]}?cohort={ids[0]}"
        for one in ids[1:]:
            if len(address) + len("&cohort=") + len(one) > LONGEST:
                break
            address += f"&cohort={one}"
        return address

    @property
    def _root(self) -> str:
        return self.ui_url.rstrip("/")


def shown(trace_id: str) -> str:
    """Return a trace id as Jaeger UI writes it: 32 digits, or 16 where the first half is zero."""
    key = trace_key(trace_id)
    return key[16:] if key.startswith("0" * 16) else key

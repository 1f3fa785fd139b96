r"""How a log record becomes one line that holds nothing it should not: JSON, or words for a laptop.

One event is one line, whatever it holds: JSON in ASCII alone, so that no line feed, escape code, U+2028, direction mark
or lone surrogate stands in it as such, and a reader gets back exactly what was logged.

What is written of a record:

* of the portal's own loggers the message and its `fields` (`extra={"fields": {…}}`: scalars or lists of them);
* of everybody else's (Django, allauth, aiohttp, the server) the message only where it is a constant of the code that
  logged it, its `%s` left open: what was put in may be a path, a query or a person. Else only where it was logged;
* of an exception its type and where it passed, no values. Its message may quote what was being read; only those
  that speak of the installation (SPOKEN) are believed not to.
"""

import json
import logging
import math
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType, TracebackType
from typing import Final, cast

from portal import logs

OWN: Final = frozenset({"portal", "orders", "demo"})
SPOKEN: Final = frozenset(
    {
        "django.core.exceptions.ImproperlyConfigured",
        "orders.journey.ids.PatternError",
        "orders.journey.table.StageTableError",
        "orders.privacy.pseudonyms.KeyMissingError",
    }
)
LONGEST: Final = 16_384  # bytes of a line with its end: what log collectors take whole
WITHHELD: Final = "(message withheld)"
_ROOT: Final = f"{Path(__file__).resolve().parent.parent}/"
_CUTS: Final = (4000, 1000, 250, 60)  # characters a value keeps where a line would be too long, tried in turn
_FRAMES: Final = 25  # the innermost
_CAUSES: Final = 5

Scalar = str | int | float | bool | None
Value = Scalar | list[Scalar]


class JsonLine(logging.Formatter):
    """One JSON object a line, at most LONGEST bytes with its end; what had to be shortened has "cut": true."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without its end."""
        shown = contents(record)
        line = _json(shown)
        for cut in _CUTS:
            if len(line) < LONGEST:
                break
            line = _json({name: _shortened(value, cut) for name, value in list(shown.items())[:40]} | {"cut": True})
        return line


class Words(logging.Formatter):
    """The same for a person at a terminal: time, level, logger, event, and what else there is as name=value."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without its end."""
        shown = contents(record)
        head = [str(shown.pop(name)) for name in ("time", "level", "logger", "event")]
        for name in ("pid", "trace_id"):
            shown.pop(name, None)
        rest = [f"{name}={value if isinstance(value, int) else _json(value)}" for name, value in shown.items()]
        return visible(" ".join((*head, *rest)))


def contents(record: logging.LogRecord) -> dict[str, Value]:
    """Return what may be written of a record, in the order in which it is written."""
    own = record.name.partition(".")[0] in OWN
    shown: dict[str, Value] = {
        "time": f"{datetime.fromtimestamp(record.created, UTC):%Y-%m-%dT%H:%M:%S}.{int(record.msecs) % 1000:03}Z",
        "level": record.levelname,
        "logger": record.name,
        "pid": record.process,
        "event": _own_event(record) if own else _foreign_event(record),
    }
    if not own:
        shown["at"] = f"{record.module}.{record.funcName}:{record.lineno}"
    shown |= {name: value for name, value in _ids(record).items() if value}
    if own:
        for name, value in _fields(record).items():
            shown[name if name not in shown else f"{name}_"] = value
    if record.exc_info and record.exc_info[1] is not None:
        shown |= exception(record.exc_info[1])
    return shown


def exception(error: BaseException) -> dict[str, Value]:
    """Return an exception as fields: its type, its frames ("file:line function", innermost last), what caused it."""
    frames: list[Scalar] = list(_frames(error.__traceback__))
    shown: dict[str, Value] = {"exception": _type(error), "frames": frames[-_FRAMES:]}
    if _type(error) in SPOKEN:
        shown["message"] = str(error)
    causes: list[Scalar] = [f"{_type(cause)} at {_innermost(cause)}" for cause in _causes(error)]
    return shown | ({"caused_by": causes} if causes else {})


def visible(text: str) -> str:
    """Return text with everything that is not printable written as an escape."""
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)


def _ids(record: logging.LogRecord) -> dict[str, str]:
    return {"request_id": logs.request_id(), "trace_id": logs.trace_id()}


def _own_event(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception:  # noqa: BLE001 - whatever a value's __str__ raises (orders.journey.Raw does): the line still counts
        return str(record.msg)


def _foreign_event(record: logging.LogRecord) -> str:
    return record.msg if isinstance(record.msg, str) and _is_constant(record.msg) else WITHHELD


def _is_constant(text: str) -> bool:
    """Return whether code that is being run now holds this text as a constant: then no data went into it."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - there is no other way to see one's callers
    while frame is not None:
        if any(type(constant) is str and constant == text for constant in frame.f_code.co_consts):
            return True
        frame = frame.f_back
    return False


def _fields(record: logging.LogRecord) -> dict[str, Value]:
    fields = getattr(record, "fields", None)
    return {str(name): _value(value) for name, value in fields.items()} if isinstance(fields, Mapping) else {}


def _value(value: object) -> Value:
    if isinstance(value, list | tuple | set | frozenset):
        return [_scalar(part) for part in cast("Iterable[object]", value)]
    return _scalar(value)


def _scalar(value: object) -> Scalar:
    """Return a value as JSON has it; of what JSON has not, only its type: its text may be anything."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int) and abs(value) < 2**63:
        return int(value)
    if isinstance(value, float) and math.isfinite(value):
        return float(value)
    return f"<{type(value).__name__}>"


def _shortened(value: Value, cut: int) -> Value:
    if isinstance(value, list):
        return [part[:cut] if isinstance(part, str) else part for part in value[-(cut // 20) :]]
    return value[:cut] if isinstance(value, str) else value


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=True, allow_nan=False).replace("\x7f", "\\u007f")


def _type(error: BaseException) -> str:
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _frames(trace: TracebackType | None) -> Iterator[str]:
    while trace is not None:
        code = trace.tb_frame.f_code
        yield f"{_place(code.co_filename)}:{trace.tb_lineno} {code.co_name}"
        trace = trace.tb_next


def _innermost(error: BaseException) -> str:
    return (list(_frames(error.__traceback__)) or ["?"])[-1]


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen = {id(error)}
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    while cause is not None and id(cause) not in seen and len(seen) <= _CAUSES:
        yield cause
        seen.add(id(cause))
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)


def _place(filename: str) -> str:
    """Return a file as it is called in its project or package, not where this machine has it."""
    for mark in ("/site-packages/", _ROOT, "/lib/python3"):
        _, found, rest = filename.rpartition(mark)
        if found:
            return rest
    return filename

"""Detectors of addresses: e-mail, IP, hardware."""

import re
from typing import Final

from orders.privacy import checks
from orders.privacy.judge import Judge
from orders.privacy.pieces import HIDDEN, Work

_LOCAL: Final = frozenset(".+-%~_'!#$^*")
_MOST_LOCAL: Final = 64
_MOST_COLONS: Final = 10  # of a word, a colon and an address
_DOMAIN = re.compile(r"[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}")
_IPV4 = re.compile(r"\d(?<![\d.]\d)\d{0,2}\.(?:\d{1,3}\.){2}\d{1,3}(?!\d|\.\d)")
_TWO_COLONS = re.compile(r":[0-9A-Fa-f]{0,4}:")
_MAY_BE_IPV6 = re.compile(r"[\w:.%]{3,100}", re.ASCII)
_MAC = re.compile(
    r"(?<![^\W_])(?:[0-9A-Fa-f]{2}([:-])(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}"
    r"|[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4})(?!\w|[:-]\w)"
)
_VERSION = re.compile(r"(?:version|версия|версии|release|/|v)[ :=]{0,2}$", re.IGNORECASE)


def emails(work: Work, judge: Judge) -> None:
    """Mark e-mail addresses in any script; the same one alike in capitals and with a domain in punycode."""
    at = work.left.find("@")
    while at >= 0:
        local = _local_part(work.left, at)
        domain = _DOMAIN.match(work.left, at + 1)
        if local and domain:
            judge.mark(work, (at - len(local), domain.end()), "email", f"{local}@{_unicode(domain[0])}")
        elif domain and "." in domain[0]:  # cut off from what stood before it
            work.take(at, domain.end(), HIDDEN, "hidden")
        at = work.left.find("@", at + 1)


def _local_part(text: str, at: int) -> str:
    start = at
    while start and at - start < _MOST_LOCAL and (text[start - 1].isalnum() or text[start - 1] in _LOCAL):
        start -= 1
    return text[start:at].lstrip(".'-!#$^*")


def _unicode(domain: str) -> str:
    try:
        return domain.encode("ascii").decode("idna") if "xn--" in domain.lower() else domain
    except UnicodeError:
        return domain


def addresses(work: Work, judge: Judge) -> None:
    """Mark hardware and IP addresses, but the machine's own (127.0.0.1, ::1); a version is none."""
    colons, dots = work.left.count(":"), work.left.count(".")
    if colons > 4 or dots > 1 or work.left.count("-") > 4:
        for found in _MAC.finditer(work.left):
            judge.mark(work, found.span(), "mac", re.sub(r"[:.-]", "", found[0]))
    for found in _MAY_BE_IPV6.finditer(work.left) if _TWO_COLONS.search(work.left) else ():
        start, end = _ipv6(found[0])
        if end:
            _address(work, judge, found.start() + start, found.start() + end)
    for found in _IPV4.finditer(work.left) if dots > 2 else ():
        if not _VERSION.search(work.left[: found.start()][-10:]):
            _address(work, judge, *found.span())


def _ipv6(run: str) -> tuple[int, int]:
    """Return where an address stands in a run of letters, digits and colons, whatever is at its ends; 0, 0: none."""
    if run.count(":") < 2:
        return 0, 0
    starts = [0, *(at + 1 for at, one in enumerate(run) if one == ":")]
    for start in starts[:_MOST_COLONS]:
        for end in (len(run), len(run.rstrip(".")), len(run.rstrip(".:"))):
            if checks.is_address(run[start:end]):
                return start, end
    return 0, 0


def _address(work: Work, judge: Judge, start: int, end: int) -> None:
    if not checks.is_address(work.left[start:end]):
        return
    if shortest := checks.address(work.left[start:end]):
        judge.mark(work, (start, end), "ip", shortest)
    else:
        work.take(start, end, work.left[start:end], "kept")

"""Detectors of addresses: e-mail, IP, hardware."""

import re
from typing import Final

from orders.privacy.checks import address
from orders.privacy.judge import Judge
from orders.privacy.pieces import HIDDEN, Work

_LOCAL: Final = frozenset(".+-%~_'!#$^*")
_MOST_LOCAL: Final = 64
_DOMAIN = re.compile(r"[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}")
_IPV4 = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?!\d|\.\d)")
_IPV6 = re.compile(r"(?<![\w:.])[0-9A-Fa-f:]{2,39}(?:(?<=:)\d{1,3}(?:\.\d{1,3}){3})?(?:%\w{1,15})?(?![\w:])")
_MAC = re.compile(
    r"(?<![\w:-])(?:[0-9A-Fa-f]{2}([:-])(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}"
    r"|[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4})(?![\w:-])"
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
    for regex in (_IPV6,) * (colons > 1) + (_IPV4,) * (dots > 2):
        for found in regex.finditer(work.left):
            if found[0].count(":") == 1 or (regex is _IPV4 and _VERSION.search(work.left[: found.start()][-10:])):
                continue
            if shortest := address(found[0]):
                judge.mark(work, found.span(), "ip", shortest)
            elif re.search(r"127(\.\d{1,3}){3}|^::1$|^0\.0\.0\.0$", found[0]):
                work.keep(found)

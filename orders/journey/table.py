"""The stage table's parser: the text of stages.toml in, a checked StageTable out, or the line that is wrong."""

import re
from collections.abc import Callable, Mapping
from typing import Final, TypeVar
from urllib.parse import urlsplit

from orders.journey.lengths import instant, length, usual_range, working_hours
from orders.journey.stages import Contact, Milestone, Service, Stage, StageTable, Status, Words
from orders.journey.toml_lines import Node, StageTableError, read

__all__ = ["CAUSES", "StageTableError", "parse"]

WAITS: Final = ("customer", "machine", "person", "carrier")
DEFAULT: Final = "default"
TELEMETRY: Final = "telemetry"
# The likely causes that a stage may name someone for: rule ids of orders.journey.causes.
CAUSES: Final = frozenset(
    {"published-never-consumed", "rejected", "consumed-no-result", "call-failed", "error-repeated", "nothing-sent",
     "waiting-for-person", "waiting-for-carrier", "went-back", "customer-left", DEFAULT, TELEMETRY}
)  # fmt: skip
TELLS: Final = ("on_time", "slow", "left", "stalled", "failed", "cannot_tell", "unknown", "done")
MAY_HOLD: Final = {"stalled": {"stage"}, "cannot_tell": {"last"}, "done": {"date"}}
_PLACE: Final = re.compile(r"\{([^{}]*)\}")
_T = TypeVar("_T")


def parse(text: str) -> StageTable:
    """Return the stage table that a TOML text describes.

    Raises StageTableError with the line and a sentence saying what to write, where the text is not TOML, a key
    is missing, unknown or of the wrong kind, or two places contradict each other.
    """
    root = read(text)
    services = _services(root)
    codes = {service.code for service in services}
    statuses = _statuses(root, codes)
    contacts = _contacts(root)
    table = StageTable(
        services=services,
        statuses=statuses,
        stages=_stages(root, statuses, codes, contacts),
        milestones=_milestones(root, statuses, codes),
        by_hand=_by_hand(root),
        links=_links(root, codes),
        tells=_tells(root),
    )
    root.close()
    return table


def _words(node: Node, key: str) -> Words:
    both = node.table(key)
    words = Words(en=both.text("en"), ru=both.text("ru"))
    both.close()
    return words


def _read(node: Node, key: str, how: Callable[[str], _T], what: str) -> _T:
    text = node.text(key, what)
    try:
        return how(text)
    except ValueError as error:
        raise node.wrong(key, f'`{key}` is "{text}": {error}.') from error


def _length(node: Node, key: str) -> int:
    return _read(node, key, length, 'a length of time such as "15 min"')


def _one_of(node: Node, key: str, allowed: tuple[str, ...] | set[str]) -> str:
    text = node.text(key)
    if text not in allowed:
        raise node.wrong(key, f'`{key}` is "{text}": write one of {", ".join(sorted(allowed))}.')
    return text


def _services(root: Node) -> tuple[Service, ...]:
    section = root.table("service")
    services: list[Service] = []
    owners: dict[str, str] = {}
    for code in section.keys():  # noqa: SIM118 - a Node is not a mapping
        node = section.table(code)
        names = node.texts("names")
        for name in names:
            if owners.setdefault(name, code) != code:
                raise node.wrong("names", f'"{name}" belongs to the service {owners[name]} already.')
        services.append(
            Service(
                code=code,
                names=frozenset(names),
                name=_words(node, "name"),
                ru_of=node.text("ru_of"),
                ru_gender=_one_of(node, "ru_gender", ("f", "m")),
                instrumented=node.flag("instrumented"),
                silent_after=_length(node, "silent_after"),
                traced_since=_read(node, "traced_since", instant, "a time") if "traced_since" in node else 0,
            )
        )
        node.close()
    if not services:
        raise root.wrong("service", "the table names no service: write a [service.<code>] for each.")
    return tuple(services)


def _statuses(root: Node, codes: set[str]) -> tuple[Status, ...]:
    statuses: list[Status] = []
    for index, node in enumerate(root.tables("status")):
        code = node.text("code")
        if code in {status.code for status in statuses}:
            raise node.wrong("code", f"the status {code} is named twice.")
        if not re.fullmatch(r"[A-Z][A-Z0-9_]*", code):
            raise node.wrong("code", f'`code` is "{code}": write it in capitals, digits and "_".')
        reporter = _one_of(node, "reported_by", codes)
        statuses.append(Status(code=code, index=index, name=_words(node, "name"), reported_by=reporter))
        node.close()
    if len(statuses) < 2:
        raise root.wrong("status", "an order's life needs at least two statuses: write a [[status]] for each.")
    return tuple(statuses)


def _contacts(root: Node) -> Mapping[str, Contact]:
    section = root.table("contact")
    contacts: dict[str, Contact] = {}
    for name in section.keys():  # noqa: SIM118 - a Node is not a mapping
        node = section.table(name)
        contact = node.text("contact") if "contact" in node else ""
        contacts[name] = Contact(who=_words(node, "who"), contact=contact)
        node.close()
    if TELEMETRY not in contacts:
        raise root.wrong("contact", "nobody is named for missing data: write a [contact.telemetry].")
    return contacts


def _stages(
    root: Node, statuses: tuple[Status, ...], codes: set[str], contacts: Mapping[str, Contact]
) -> tuple[Stage, ...]:
    nodes = root.tables("stage")
    if len(nodes) != len(statuses) - 1:
        line = nodes[-1] if nodes else root
        want = len(statuses) - 1
        raise line.wrong("", f"{len(statuses)} statuses need {want} stages between them; there are {len(nodes)}.")
    return tuple(
        _stage(node, index, (statuses[index], statuses[index + 1]), codes, contacts) for index, node in enumerate(nodes)
    )


def _stage(
    node: Node, index: int, ends: tuple[Status, Status], codes: set[str], contacts: Mapping[str, Contact]
) -> Stage:
    for key, status in zip(("from", "to"), ends, strict=True):
        if node.text(key) != status.code:
            raise node.wrong(key, f'`{key}` must be "{status.code}": stages follow the order of the statuses.')
    sender, receiver, queue, receipt = _hop(node, codes)
    limit = _length(node, "limit")
    usual = _read(node, "usual", usual_range, "a range") if "usual" in node else None
    waits = _one_of(node, "waits_for", WAITS)
    stage = Stage(
        index=index,
        start=ends[0].code,
        end=ends[1].code,
        name=_words(node, "name"),
        reporter=ends[1].reported_by,
        waits_for=waits,
        limit=limit,
        usual=usual,
        hours=_read(node, "hours", working_hours, "hours") if "hours" in node else None,
        sender=sender,
        receiver=receiver,
        queue=queue,
        receipt=receipt,
        waiting=_words(node, "waiting"),
        within=_words(node, "within"),
        should=_words(node, "should"),
        person=_person(node, waits),
        asks=_asks(node, contacts),
    )
    node.close()
    return stage


def _person(node: Node, waits: str) -> Words:
    if "person" in node and waits != "person":
        raise node.wrong("person", f'`person` is for stages that wait for a person; this one waits for "{waits}".')
    return _words(node, "person") if waits == "person" else Words("", "")


def _hop(node: Node, codes: set[str]) -> tuple[str, str, str, bool]:
    if "hop" not in node:
        return "", "", "", False
    hop = node.table("hop")
    sender, receiver = _one_of(hop, "sender", codes), _one_of(hop, "receiver", codes)
    if sender == receiver:
        raise node.wrong("hop", "the hop's sender and receiver are the same service.")
    queue = hop.text("queue") if "queue" in hop else ""
    receipt = hop.flag("receipt") if "receipt" in hop else False
    hop.close()
    return sender, receiver, queue, receipt


def _asks(node: Node, contacts: Mapping[str, Contact]) -> Mapping[str, Contact]:
    section = node.table("ask")
    asks = {TELEMETRY: contacts[TELEMETRY]}
    for cause in section.keys():  # noqa: SIM118 - a Node is not a mapping
        if cause not in CAUSES:
            raise section.wrong(cause, f"`{cause}` is no cause; causes are: {', '.join(sorted(CAUSES))}.")
        asks[cause] = contacts[_one_of(section, cause, set(contacts))]
    if DEFAULT not in asks:
        raise section.wrong("", "whom to ask by default is missing: write default = a contact.")
    return asks


def _milestones(root: Node, statuses: tuple[Status, ...], codes: set[str]) -> tuple[Milestone, ...]:
    found: list[Milestone] = []
    for node in root.tables("milestone"):
        implies = _one_of(node, "implies", {status.code for status in statuses}) if "implies" in node else ""
        operation, service = node.text("operation"), _one_of(node, "service", codes)
        if any((m.operation, m.service) == (operation, service) for m in found):
            raise node.wrong("operation", f'the milestone "{operation}" of {service} is named twice.')
        found.append(Milestone(operation=operation, service=service, words=_words(node, "words"), implies=implies))
        node.close()
    return tuple(found)


def _by_hand(root: Node) -> frozenset[str]:
    if "closing" not in root:
        return frozenset()
    node = root.table("closing")
    operations = frozenset(node.texts("by_hand"))
    node.close()
    return operations


def _links(root: Node, codes: set[str]) -> Mapping[str, str]:
    if "link" not in root:
        return {}
    section = root.table("link")
    links: dict[str, str] = {}
    for code in section.keys():  # noqa: SIM118 - a Node is not a mapping
        if code not in codes:
            raise section.wrong(code, f"`{code}` is no service; services are: {', '.join(sorted(codes))}.")
        links[code] = _link(section, code)
    return links


def _link(section: Node, code: str) -> str:
    template = section.text(code, "a link template")
    if urlsplit(template).scheme not in {"https", "http"} or _PLACE.findall(template) != ["order_id"]:
        raise section.wrong(code, "a link starts with https:// or http:// and holds {order_id} once.")
    return template


def _tells(root: Node) -> Mapping[str, Words]:
    section = root.table("tell")
    tells = {state: _words(section, state) for state in TELLS}
    for state, words in tells.items():
        allowed = MAY_HOLD.get(state, set())
        if unknown := set(_PLACE.findall(words.en + words.ru)) - allowed:
            known = ", ".join(f"{{{name}}}" for name in sorted(allowed)) or "no place at all"
            raise section.wrong(state, f"`{state}` holds {{{unknown.pop()}}}; it may hold {known}.")
    section.close()
    return tells

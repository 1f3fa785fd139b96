"""The message catalogues: extraction from templates and Python, merging, compiling; needs no GNU gettext.

`make messages` (python -m tools.messages) reads every string, merges it into locale/<lang>/LC_MESSAGES/django.po and
writes django.mo beside it. Strings are written in English; the English catalogue is filled from them, so that only
Russian waits for a translator. `python -m tools.messages --check` changes nothing and ends with 1 if anything is
missing, fuzzy, left over or stale. polib comes with requirements-dev.txt.
"""

import ast
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polib

ROOT: Final = Path(__file__).resolve().parent.parent
LANGUAGES: Final = {
    "ru": "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);",
    "en": "nplurals=2; plural=(n != 1);",
}
_CALLS: Final = {  # function → places of context, text and plural among its arguments
    "gettext": (None, 0, None),
    "gettext_lazy": (None, 0, None),
    "gettext_noop": (None, 0, None),
    "_": (None, 0, None),
    "pgettext": (0, 1, None),
    "pgettext_lazy": (0, 1, None),
    "ngettext": (None, 0, 1),
    "ngettext_lazy": (None, 0, 1),
    "npgettext": (0, 1, 2),
    "npgettext_lazy": (0, 1, 2),
}


@dataclass(frozen=True, slots=True, order=True)
class Message:
    """One string to translate: where it stands (a path from the root), its text, plural and context ("" for none)."""

    where: str
    text: str
    plural: str = ""
    context: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """Return what makes it one entry of a catalogue: context and text."""
        return (self.context, self.text)


def found() -> list[Message]:
    """Return every message of templates/, portal/ and orders/, sorted by file."""
    messages: list[Message] = []
    for path in sorted((ROOT / "templates").rglob("*.html")):
        messages += in_template(path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix())
    for room in ("portal", "orders"):
        for path in sorted((ROOT / room).rglob("*.py")):
            messages += in_python(path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix())
    return messages


def in_python(source: str, where: str) -> Iterator[Message]:
    """Yield the messages of gettext calls whose arguments are plain strings."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name in _CALLS:
            given = [part.value if isinstance(part, ast.Constant) else None for part in node.args]
            context, text, plural = (_at(given, place) for place in _CALLS[name])
            if text:
                yield Message(where, text, plural, context)


def in_template(source: str, where: str) -> Iterator[Message]:
    """Yield the messages of the calls of _CALLS in a template, as its own engine parses it."""
    from jinja2 import nodes

    from portal.templates import environment

    for node in environment().parse(source).find_all(nodes.Call):
        if isinstance(node.node, nodes.Name) and node.node.name in _CALLS:
            given = [part.value if isinstance(part, nodes.Const) else None for part in node.args]
            context, text, plural = (_at(given, place) for place in _CALLS[node.node.name])
            if text:
                yield Message(where, text, plural, context)


def merged(lang: str, messages: list[Message], old: polib.POFile) -> polib.POFile:
    """Return the catalogue of these messages with the translations that `old` had, without what is no longer used."""
    catalogue = polib.POFile(wrapwidth=110)
    catalogue.metadata = {
        "Project-Id-Version": "order-journey",
        "Language": lang,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": LANGUAGES[lang],
    }
    known = {(entry.msgctxt or "", entry.msgid): entry for entry in old if not entry.obsolete}
    places: dict[tuple[str, str], list[Message]] = {}
    for message in messages:
        places.setdefault(message.key, []).append(message)
    for key, uses in places.items():
        catalogue.append(_entry(lang, uses, known.get(key)))
    return catalogue


def faults(lang: str, catalogue: polib.POFile) -> list[str]:
    """Return what is wrong with a catalogue, a line each: untranslated, fuzzy, or with other placeholders."""
    wrong = []
    for entry in catalogue:
        texts = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
        if not all(texts) or (entry.msgid_plural and len(texts) < int(LANGUAGES[lang].split("nplurals=")[1][0])):
            wrong.append(f"{lang}: not translated: {entry.msgid!r}")
        if entry.fuzzy:
            wrong.append(f"{lang}: fuzzy: {entry.msgid!r}")
        if any(text and _holes(text) != _holes(entry.msgid_plural or entry.msgid) for text in texts):
            wrong.append(f"{lang}: other placeholders: {entry.msgid!r}")
    return wrong


def check() -> list[str]:
    """Return everything wrong with the committed catalogues, among it that they are stale."""
    messages, wrong = found(), []
    for lang in LANGUAGES:
        po, mo = _files(lang)
        catalogue = merged(lang, messages, polib.pofile(str(po)))
        wrong += faults(lang, catalogue)
        if str(catalogue).rstrip("\n") != po.read_text(encoding="utf-8").rstrip("\n"):
            wrong.append(f"{lang}: {po.name} is not what the sources say: run make messages")
        if catalogue.to_binary() != mo.read_bytes():
            wrong.append(f"{lang}: {mo.name} is stale: run make messages")
    return wrong


def write() -> list[str]:
    """Write both catalogues, as text and compiled; return what still needs a person."""
    messages, wrong = found(), []
    for lang in LANGUAGES:
        po, mo = _files(lang)
        po.parent.mkdir(parents=True, exist_ok=True)
        catalogue = merged(lang, messages, polib.pofile(str(po)) if po.exists() else polib.POFile())
        po.write_text(str(catalogue).rstrip("\n") + "\n", encoding="utf-8")
        mo.write_bytes(catalogue.to_binary())
        wrong += faults(lang, catalogue)
    return wrong


def main(arguments: list[str]) -> int:
    """Write the catalogues, or check them; print what is wrong and return the exit code."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    os.environ.setdefault("PORTAL_DEMO", "True")
    django.setup()
    wrong = check() if "--check" in arguments else write()
    print("\n".join(wrong) or "ru, en: complete")
    return 1 if wrong else 0


def _files(lang: str) -> tuple[Path, Path]:
    folder = ROOT / "locale" / lang / "LC_MESSAGES"
    return folder / "django.po", folder / "django.mo"


def _at(given: Sequence[object], place: int | None) -> str:
    """Return the plain string among a call's arguments that stands at a place; "" where none does."""
    argument = given[place] if place is not None and place < len(given) else ""
    return argument if isinstance(argument, str) else ""


def _entry(lang: str, uses: list[Message], old: polib.POEntry | None) -> polib.POEntry:
    message = max(uses, key=lambda use: use.plural)
    entry = polib.POEntry(msgid=message.text, msgctxt=message.context or None)
    entry.occurrences = [(where, "") for where in dict.fromkeys(use.where for use in uses)]
    if "%(" in message.text:
        entry.flags.append("python-format")
    if message.plural:
        entry.msgid_plural = message.plural
        own = {0: message.text, 1: message.plural} if lang == "en" else {}
        entry.msgstr_plural = (
            dict(old.msgstr_plural) if old and any(old.msgstr_plural.values()) else own or {0: "", 1: "", 2: ""}
        )
    else:
        entry.msgstr = (old.msgstr if old else "") or (message.text if lang == "en" else "")
    if old and old.fuzzy:
        entry.flags.append("fuzzy")
    return entry


def _holes(text: str) -> set[str]:
    return {part.split(")")[0] for part in text.split("%(")[1:]}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Rules of the whole tree: what the documents name exists, and nothing tells of the machine it was written on."""

import re
from collections.abc import Iterator

from django.core.management import get_commands

from tests.architecture.source import ROOT, texts

# Written in pieces, so that this file does not find itself.
MACHINE = re.compile("|".join(["/" + "work/", "/" + "root/", r"(?<![\w./])/" + "tmp/", "/" + "home/[a-z]"]))
HOSTS = ("pypi" + r"\.org", "python" + "hosted", "npm" + r"js\.org", "proxy" + r"\.golang", "deb" + r"\.debian")
REGISTRY = re.compile("|".join((*HOSTS, "repo1?" + r"\.maven")))
CONTAINER_PATHS = ("deploy/",)  # paths there are those inside images


def documents() -> Iterator[tuple[str, str]]:
    yield from ((name, text) for name, text in texts() if name.endswith(".md"))


def test_every_make_target_that_a_document_names_exists() -> None:
    targets = set(re.findall(r"^([a-z][a-z0-9-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    wrong = [
        f"{name}: make {target}"
        for name, text in documents()
        for target in re.findall(r"(?:`|^\s*(?:\$ )?)make (?:-s )?([a-z][a-z0-9-]*)", text, re.MULTILINE)
        if target not in targets
    ]
    assert wrong == []


def test_every_command_that_a_document_names_exists() -> None:
    commands = get_commands()
    wrong = [
        f"{name}: {command}"
        for name, text in documents()
        for command in re.findall(r"manage\.py ([a-z_]+)", text)
        if command not in commands
    ]
    assert wrong == []


def test_every_make_target_has_a_line_of_help() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[0].split()
    assert [target for target in phony if not re.search(rf"^{target}:.*## \S", makefile, re.MULTILINE)] == []


def test_no_file_names_a_path_of_the_machine_it_was_written_on() -> None:
    assert [f"{name}: {found[0]}" for name, text in texts() if not name.startswith(CONTAINER_PATHS)
            if (found := MACHINE.search(text))] == []  # fmt: skip


def test_no_file_names_a_package_registry() -> None:
    assert [f"{name}: {found[0]}" for name, text in texts() if (found := REGISTRY.search(text))] == []

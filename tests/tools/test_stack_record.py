"""The record of what runs: whole or not at all, and nobody else's to read."""

from pathlib import Path
from typing import Any

import pytest

from tools import stack, stack_record


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    stack_record.run_dir().mkdir(parents=True)


def record() -> stack_record.Record:
    server: Any = {"pid": 1, "started": "never", "log": "", "health_url": "http://127.0.0.1:9/"}
    jaeger: Any = {**server, "query_url": "http://127.0.0.1:1", "otlp_url": "http://127.0.0.1:2"}
    keycloak: Any = {**server, "url": "http://127.0.0.1:3", "realm": "r", "portal_url": "http://127.0.0.1:4",
                "client_id": "c", "client_secret": "s", "admin_user": "a", "admin_password": "p"}  # fmt: skip
    return {"made_of": "", "jaeger": {"memory": jaeger, "badger": jaeger}, "keycloak": keycloak}


def test_nothing_started_is_nothing_recorded() -> None:
    assert stack_record.read() is None
    stack.stop()


def test_what_is_written_is_read_and_private() -> None:
    stack_record.write(record())
    assert stack_record.read() == record()
    assert stack_record.record_file().stat().st_mode & 0o077 == 0


def test_a_record_whose_processes_are_gone_is_forgotten() -> None:
    stack_record.write(record())
    stack.stop()
    assert stack_record.read() is None


def test_the_addresses_are_lines_a_shell_can_read() -> None:
    lines = stack.exports(record())
    assert lines[0].startswith("export JAEGER_URL=http://127.0.0.1:1 OTLP_URL=http://127.0.0.1:2")
    assert all(line.startswith(("export ", "# ")) for line in lines)


def test_a_word_that_is_neither_start_nor_stop_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert stack.main(["restart"]) == 2
    assert "usage" in capsys.readouterr().err

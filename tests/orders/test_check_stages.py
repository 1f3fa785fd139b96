"""check_stages: 0 for a right table, 1 with file, line and sentence for a wrong one."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command


def test_the_shipped_table_is_right() -> None:
    out = StringIO()
    call_command("check_stages", stdout=out)
    assert "6 stages" in out.getvalue()


def test_a_mistake_is_printed_with_its_line(tmp_path: Path) -> None:
    text = Path("orders/stages.toml").read_text(encoding="utf-8").replace('limit = "2 h"', 'limit = "soon"')
    wrong = tmp_path / "stages.toml"
    wrong.write_text(text, encoding="utf-8")
    line = text[: text.index('limit = "soon"')].count("\n") + 1
    with pytest.raises(CommandError, match=rf"stages.toml:{line}: `limit` is"):
        call_command("check_stages", str(wrong))


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("check_stages", str(tmp_path / "none.toml"))

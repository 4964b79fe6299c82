"""What is raised becomes an exit code and a sentence; a traceback goes into a file."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from nornir_haupgrade.cli.shell import Shell, leave
from nornir_haupgrade.engines.redact import Redactor
from nornir_haupgrade.errors import (
    AnotherController,
    BadInput,
    Finding,
    HAUpgradeError,
    HistoryDamaged,
)
from tests.cli.conftest import HOSTILE


def left(shell: Shell, error: BaseException) -> int:
    context = typer.Context(typer.main.get_command(typer.Typer(callback=lambda: None)), obj=shell)

    def work(_: Shell) -> int:
        raise error

    with pytest.raises(typer.Exit) as caught:
        leave(context, work)
    return caught.value.exit_code


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (BadInput("x"), 2),
        (AnotherController("x"), 5),
        (HAUpgradeError("x"), 1),
        (HistoryDamaged("x"), 1),
        (KeyboardInterrupt(), 130),
    ],
)
def test_errors_and_their_codes(
    capsys: pytest.CaptureFixture[str], error: BaseException, code: int
) -> None:
    assert left(Shell(Path("config.yaml")), error) == code
    assert "Traceback" not in capsys.readouterr().err


def test_findings_one_a_line_and_harmless(capsys: pytest.CaptureFixture[str]) -> None:
    error = BadInput.from_findings([Finding("a", "wrong", "mend it"), Finding("b", "\x1b[2J", "")])
    left(Shell(Path("config.yaml")), error)
    assert capsys.readouterr().err == "a: wrong. Next: mend it\nb: \\x1b[2J\n"


def test_an_error_of_ours_leaves_a_file_without_secrets(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shell = Shell(Path("config.yaml"), tmp_path / "campaigns", Redactor(["hunter22"]))
    assert left(shell, RuntimeError(f"hunter22 {HOSTILE}")) == 1
    said = capsys.readouterr().err
    assert said.startswith("internal error: RuntimeError: *** ")
    assert "\x1b" not in said
    assert "Traceback" not in said
    (file,) = (tmp_path / "campaigns").iterdir()
    assert str(file) in said
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    text = file.read_text()
    assert "Traceback" in text
    assert "hunter22" not in text


def test_without_a_store_the_traceback_goes_to_the_temporary_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    left(Shell(Path("config.yaml")), RuntimeError("x"))
    assert len(list(tmp_path.iterdir())) == 1
    assert str(tmp_path) in capsys.readouterr().err


def test_whoever_stops_reading_is_no_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert left(Shell(Path("config.yaml")), BrokenPipeError()) == 1


def test_what_libraries_log_is_not_between_our_lines() -> None:
    """NAPALM warns of each line that it does not find; Python writes that where nobody listens."""
    script = """
import logging, sys
sys.argv = ["haupgrade", "version"]
from nornir_haupgrade.cli import main
try:
    main()
except SystemExit:
    logging.getLogger("napalm.base.helpers").warning("No Regex match found")
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stderr == ""

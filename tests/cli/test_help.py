from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from nornir_haupgrade.procedure.plan import Question
from tests.cli.conftest import Call

ROOT = Path(__file__).parents[2]
HEAVY = ("nornir", "netmiko", "napalm", "paramiko", "pydantic", "ruamel", "asyncssh", "sqlite3")
ASK = f"""
import sys
sys.argv = ["haupgrade", *sys.argv[1:]]
from nornir_haupgrade.cli import main
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
loaded = [name for name in {HEAVY!r} if name in sys.modules]
loaded += [name for name in sys.modules if name.startswith(("rich.", "nornir_haupgrade."))
           and not name.startswith("nornir_haupgrade.cli")]
print("loaded:", loaded)
"""
COMMANDS = (
    "pairs", "check", "run", "rollback", "give-back", "decide", "owed", "status", "verify", "lab",
    "rehearse", "version",
)  # fmt: skip


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, check=True, cwd=ROOT
    )


@pytest.mark.parametrize(
    ("arguments", "loaded"),
    [
        (["--help"], []),
        (["--version"], []),
        # typer checks the values of a command's options with it, even for its help.
        (["run", "--help"], ["pydantic"]),
    ],
)
def test_help_loads_nothing_heavy(arguments: list[str], loaded: list[str]) -> None:
    done = python("-c", ASK, *arguments)
    assert done.stdout.splitlines()[-1] in ("loaded: []", f"loaded: {loaded}")


def test_help_lists_every_command(call: Call) -> None:
    code, out, _ = call("--help")
    assert code == 0
    for command in COMMANDS:
        assert f"\n  {command} " in out


def test_the_help_of_yes_lists_every_named_question(call: Call) -> None:
    _, out, _ = call("run", "--help")
    said = " ".join(out.replace("-\n", "-").split())
    assert all(question.value in said.replace("- ", "-") for question in Question)
    assert all(question.text for question in Question)


@pytest.mark.parametrize("arguments", [["version"], ["--version"]])
def test_the_version_is_shown(call: Call, arguments: list[str]) -> None:
    code, out, _ = call(*arguments)
    assert (code, out.split()[0]) == (0, "haupgrade")


def test_it_runs_as_a_module() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "nornir_haupgrade", "version"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split()[0] == "haupgrade"

"""Without the extra ``lab`` its commands say which one is missing; everything else works."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from nornir_haupgrade.cli.app import app
from tests.cli.conftest import Site

BLOCKED = """
import sys

class Without:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "asyncssh":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Without())
from nornir_haupgrade.cli import main
sys.exit(main())
"""
REHEARSALS = [
    ["rehearse", "--to", "13.8"],
    ["rehearse", "--assume", "--pair", "p1", "--to", "13.8"],
    ["lab", "up", "--inventory", "config.yaml"],
]
NEEDED = {
    "fault": ["crash"],
    "heal": ["crash"],
    "linux crash": ["p1a"],
    "linux poweron": ["p1a"],
    "linux fault": ["crash", "p1a"],
    "linux image": ["12"],
    "linux exec": ["--", "true"],
}
"""Arguments that a command cannot do without."""


def commands(group: Any, *words: str) -> list[list[str]]:  # noqa: ANN401
    """Every command below a group, with what it needs to begin."""
    if not hasattr(group, "commands"):
        return [["lab", *words, *NEEDED.get(" ".join(words), [])]]
    return [found for name, one in group.commands.items() for found in commands(one, *words, name)]


def without(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", BLOCKED, *arguments], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    "arguments",
    [*REHEARSALS, *commands(get_command(app).commands["lab"])],  # type: ignore[attr-defined]
    ids=" ".join,
)
def test_the_extra_is_named(
    site: Site, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    site.write()
    done = without(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "the lab needs a package that is not installed: asyncssh. "
        "Next: pip install 'nornir-haupgrade[lab]'\n"
    )
    assert {path.name for path in site.folder.iterdir()} == {
        *("config.yaml", "fw-13.img", "inventory"),
    }


def test_nothing_else_needs_it(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    site.write()
    done = without("status")
    assert (done.returncode, done.stderr) == (0, "")

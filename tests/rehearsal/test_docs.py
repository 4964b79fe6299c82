"""What docs/rehearse.md says can be typed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from nornir_haupgrade.cli.app import app
from nornir_haupgrade.rehearsal.run import SPEED

TEXT = (Path(__file__).parents[2] / "docs" / "rehearse.md").read_text(encoding="utf-8")
COMMANDS = [line.split("#")[0].split() for line in re.findall(r"\$ haupgrade (.+)", TEXT)]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_exists_with_its_options(words: list[str]) -> None:
    command: Any = get_command(app)
    rest = list(words)
    while rest:
        word = rest.pop(0)
        known = {flag: one for one in command.params for flag in one.opts}
        if word.startswith("--"):
            rest.pop(0) if not known[word].is_flag else None
        elif hasattr(command, "commands"):
            command = command.commands[word]
    assert not hasattr(command, "commands"), words


def test_the_speed_is_the_default() -> None:
    rehearse = get_command(app).commands["rehearse"]  # type: ignore[attr-defined]
    (default,) = (one.default for one in rehearse.params if one.name == "speed")
    assert default == SPEED
    assert f"--speed {SPEED:g}` is the default" in TEXT

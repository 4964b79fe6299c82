"""Login data by each of Nornir's ways: it logs in, and is kept and shown nowhere."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from nornir_haupgrade.procedure.records import Action
from tests.end_to_end.killing import ROOT
from tests.end_to_end.rig import PASSWORD, Rig, together
from tests.end_to_end.test_secrets import holds

pytestmark = pytest.mark.ssh

LOGIN: Final = {"username": "admin", "password": PASSWORD}
WRONG: Final = "wR0ng!and+kept-nowhere"
_PATIENCE: Final = 60.0


def change(path: Path, work: Callable[[dict[str, Any]], object]) -> None:
    """Change a file of the project."""
    content = json.loads(path.read_text())
    work(content)
    path.write_text(json.dumps(content))


def without_login(rig: Rig) -> None:
    """Leave user and password out of the inventory."""
    change(rig.folder / "groups.yaml", lambda groups: [groups["p1"].pop(key) for key in LOGIN])
    assert PASSWORD not in (rig.folder / "groups.yaml").read_text()


def drill(rig: Rig, env: Mapping[str, str] | None = None, *, is_typed: bool = False) -> str:
    """Switch the pair over and back by the command line; all that it said, and its exit code.

    Args:
        rig: The pair.
        env: What is set in its environment.
        is_typed: Whether it has a terminal, at which a person types what it asks for.
    """
    clean = {key: value for key, value in os.environ.items() if not key.endswith("_PASSWORD")}
    command = [sys.executable, "-m", "tests.end_to_end.command_line"]
    person, terminal = os.openpty()
    with subprocess.Popen(
        [*command, *(["--terminal"] if is_typed else []), "--config", str(rig.config), "drill"],
        cwd=ROOT,
        env={**clean, **(env or {})},
        stdin=terminal if is_typed else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            seen = typed(person) if is_typed else b""
            said, _ = process.communicate(timeout=_PATIENCE)
            if is_typed:
                seen += os.read(person, 10_000)
        finally:
            process.kill()
            os.close(person)
            os.close(terminal)
    return f"{said}{seen.decode()}exit {process.returncode}"


def typed(person: int) -> bytes:
    """Type the user's name, and the password when it is asked for; what the terminal showed."""
    os.write(person, f"{LOGIN['username']}\n".encode())
    seen = b""
    while b"Password: " not in seen:
        assert select.select([person], [], [], _PATIENCE)[0], seen
        seen += os.read(person, 1000)
    os.write(person, f"{PASSWORD}\n".encode())
    return seen


def proven(rig: Rig, said: str) -> None:
    """It worked, and nothing of the password is left."""
    assert said.endswith("exit 0"), said
    assert "DONE" in said
    assert [found.run.to for found in rig.results(Action.SWITCH)] == ["p1b", "p1a"]
    assert not holds(said.encode()), said
    kept = list(rig.kept())
    assert {"history.sqlite", "report.json"} <= {path.name for path, _ in kept}
    assert not [path for path, content in kept if holds(content)]
    rig.audit_proof()


def from_the_inventory(rig: Rig) -> None:
    without_login(rig)
    change(rig.folder / "defaults.yaml", lambda defaults: defaults.update(LOGIN))
    proven(rig, drill(rig))


def by_a_transform_function(rig: Rig) -> None:
    without_login(rig)
    way = {"transform_function": "load_credentials"}  # of nornir-utils
    change(rig.config, lambda config: config["inventory"].update(way))
    env = {"NORNIR_USERNAME": LOGIN["username"], "NORNIR_PASSWORD": PASSWORD}
    proven(rig, drill(rig, env))


def from_the_environment(rig: Rig) -> None:
    without_login(rig)
    env = {"HAUPGRADE_USERNAME": LOGIN["username"], "HAUPGRADE_PASSWORD": PASSWORD}
    proven(rig, drill(rig, env))


def asked_for_once(rig: Rig) -> None:
    without_login(rig)
    said = drill(rig, is_typed=True)
    proven(rig, said)
    assert (said.count("Username: "), said.count("Password: ")) == (1, 1)


def with_a_wrong_one(rig: Rig) -> None:
    without_login(rig)
    said = drill(rig, {"HAUPGRADE_USERNAME": "admin", "HAUPGRADE_PASSWORD": WRONG})
    assert said.endswith("exit 1"), said
    assert "NOT STARTED" in said
    assert WRONG not in said
    assert not [path for path, content in rig.kept() if WRONG.encode() in content]


def test_each_way_logs_in_and_leaves_no_password_behind(tmp_path: Path) -> None:
    scenarios = (
        from_the_inventory,
        by_a_transform_function,
        from_the_environment,
        asked_for_once,
        with_a_wrong_one,
    )
    together(tmp_path, {scenario.__name__: (scenario, {}) for scenario in scenarios})

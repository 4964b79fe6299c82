"""Public names are typed for who uses them: `make check` reads a script that has them all."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

import nornir_haupgrade
from nornir_haupgrade import tasks

ROOT = Path(__file__).parents[2]
SCRIPTS = sorted((ROOT / "tests" / "typing").glob("*.py"))
PUBLIC = {
    "nornir_haupgrade": {*nornir_haupgrade.__all__},
    "nornir_haupgrade.processors": {"JsonLines", "Progress"},
    "nornir_haupgrade.rows": {"COLUMNS", "Row"},
    "nornir_haupgrade.tasks.result": {"MemberResult"},
}


def imported() -> dict[str, set[str]]:
    """The names that the scripts take from each module of ours."""
    found: dict[str, set[str]] = {}
    for path in SCRIPTS:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                found.setdefault(node.module, set()).update(name.name for name in node.names)
    return found


def test_the_scripts_are_checked_and_never_run() -> None:
    assert SCRIPTS
    assert not [path.name for path in SCRIPTS if path.name.startswith("test_")]
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(r"^CODE .*\btests\b", makefile, re.MULTILINE)
    assert "mypy --strict --no-error-summary $(CODE)" in makefile


@pytest.mark.parametrize("module", PUBLIC)
def test_every_public_name_exists_and_is_used_by_a_script(module: str) -> None:
    assert {name for name in PUBLIC[module] if hasattr(importlib.import_module(module), name)} == (
        PUBLIC[module]
    )
    assert PUBLIC[module] <= imported()[module]


def test_every_task_is_used_by_a_script() -> None:
    found = {
        node.attr
        for path in SCRIPTS
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "tasks"
    }
    assert found == set(tasks.__all__)


@pytest.mark.parametrize("package", ["nornir_haupgrade", "nornir_haupgrade.processors"])
def test_what_a_package_shows_is_sorted_and_is_what_is_public(package: str) -> None:
    shown = importlib.import_module(package).__all__
    assert list(shown) == sorted(shown)
    assert set(shown) == PUBLIC[package]


def test_importing_them_starts_nothing_and_loads_nothing_heavy() -> None:
    ask = (
        "import sys, threading\n"
        f"import {', '.join(name for name in PUBLIC if 'tasks' not in name)}\n"
        "heavy = 'nornir', 'rich', 'netmiko', 'napalm', 'paramiko', 'pydantic', 'pandas'\n"
        "print([name for name in heavy if name in sys.modules], threading.active_count())"
    )
    done = subprocess.run(
        [sys.executable, "-c", ask], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout == "[] 1\n"

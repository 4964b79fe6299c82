"""Tries mutants on copies of the tree: the tests that must notice, with and without the change."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from tests.mutants.catalog import Edit, Mutant

TREE: Final = Path(__file__).parents[2]
_COPIED: Final = ("nornir_haupgrade", "tests", "tasks", "pyproject.toml")
_TIMEOUT: Final = 300.0
"""Seconds for the tests of one mutant."""


class Noticed(StrEnum):
    """What a test said."""

    PASSED = "passed"
    FAILED = "failed"
    NOTHING = "nothing"
    """It was not found, or could not be run: no proof of anything."""


class NoMutant(Exception):  # noqa: N818  # what it is
    """The change cannot be made: the package is not what the catalogue knows."""


@dataclass(frozen=True)
class Tried:
    """What became of one mutant."""

    mutant: Mutant
    without: dict[str, Noticed]
    within: dict[str, Noticed]

    @property
    def wrong(self) -> list[str]:
        """Why it proves nothing; empty: every test knows the package from the mutant."""
        return [
            *_unlike(self.without, Noticed.PASSED, "without the change"),
            *_unlike(self.within, Noticed.FAILED, "with it"),
        ]

    @property
    def row(self) -> tuple[str, str, str, str]:
        """For the table: the mutant, the rule, whether it was caught, and by how many tests."""
        noticed = sum(one is Noticed.FAILED for one in self.within.values())
        by = f"{noticed} of {len(self.mutant.tests)}"
        return self.mutant.name, self.mutant.rule, "MISSED" if self.wrong else "caught", by


def table(tried: Sequence[Tried]) -> str:
    """All of them, one a line, and below it what is wrong."""
    rows = [("mutant", "the rule that it breaks", "", "by tests"), *(one.row for one in tried)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    lines = [
        "  ".join(f"{text:{width}}" for text, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    wrong = [f"{one.mutant.name}: {why}" for one in tried for why in one.wrong]
    return "\n".join([*lines, *wrong])


def _unlike(found: dict[str, Noticed], wanted: Noticed, when: str) -> list[str]:
    return [f"{test}: {one} {when}" for test, one in found.items() if one is not wanted]


def try_all(mutants: Sequence[Mutant], folder: Path, *, workers: int = 2) -> list[Tried]:
    """All of them, a few at once.

    Raises:
        NoMutant: One cannot be made.
    """
    tests = sorted({test for mutant in mutants for test in mutant.tests})
    trees = [_copy(folder / f"mutant-{number}") for number in range(len(mutants))]
    for tree, mutant in zip(trees, mutants, strict=True):
        for edit in mutant.edits:
            change(tree, edit)
    shares = [tests[number::workers] for number in range(workers)]
    plain = [_copy(folder / f"plain-{number}") for number in range(workers)]
    with ThreadPoolExecutor(workers) as pool:
        without: dict[str, Noticed] = {}
        for part in pool.map(ask, plain, shares):
            without |= part
        within = list(
            pool.map(lambda at: ask(at[0], at[1].tests), zip(trees, mutants, strict=True))
        )
    return [
        Tried(mutant, {test: without[test] for test in mutant.tests}, said)
        for mutant, said in zip(mutants, within, strict=True)
    ]


def _copy(tree: Path) -> Path:
    tree.mkdir(parents=True)
    for name in _COPIED:
        source = TREE / name
        if source.is_dir():
            shutil.copytree(source, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, tree / name)
    return tree


def change(tree: Path, edit: Edit) -> None:
    """Make one replacement.

    Raises:
        NoMutant: The old text is not there, or more than once.
    """
    path = tree / edit.file
    text = path.read_text() if path.exists() else ""
    if text.count(edit.old) != 1:
        msg = f"{edit.file} holds this {text.count(edit.old)} times, not once:\n{edit.old}"
        raise NoMutant(msg)
    path.write_text(text.replace(edit.old, edit.new))


def ask(tree: Path, tests: Iterable[str]) -> dict[str, Noticed]:
    """What tests say of a tree, each by itself; its own package is what they import."""
    tests = tuple(tests)
    if not tests:
        return {}
    report = tree / "report.xml"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "0"]
    options = ["-p", "tests.mutants.first_failure", f"--junitxml={report}"]
    with suppress(subprocess.TimeoutExpired):
        subprocess.run(
            [*command, *options, *tests],
            cwd=tree,
            env={**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            timeout=_TIMEOUT,
            check=False,
        )
    cases = list(ET.parse(report).iter("testcase")) if report.exists() else []  # noqa: S314 - ours
    return {test: _said(test, cases) for test in tests}


def _said(test: str, cases: Sequence[ET.Element]) -> Noticed:
    """Of a test with parameters, named without them: whether any of its cases fails."""
    file, _, name = test.partition("::")
    of = file.removesuffix(".py").replace("/", ".")
    mine = [
        case
        for case in cases
        if case.get("classname") == of
        and (case.get("name") == name or str(case.get("name")).startswith(f"{name}["))
    ]
    if not mine or any(
        case.find(word) is not None for case in mine for word in ("error", "skipped")
    ):
        return Noticed.NOTHING
    is_failed = any(case.find("failure") is not None for case in mine)
    return Noticed.FAILED if is_failed else Noticed.PASSED

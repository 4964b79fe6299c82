"""Each test that proves a rule is itself proven: a package that breaks the rule makes it fail."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import pytest

from tests.mutants.catalog import MUTANTS, Edit, Mutant
from tests.mutants.trying import TREE, NoMutant, Noticed, change, table, try_all

_ENOUGH: Final = 12
_QUICK: Final = Mutant(
    "takes unknown for good, quickly",
    "what could not be read never passes a gate",
    (
        Edit(
            "nornir_haupgrade/gates/preemption.py",
            "Preemption.UNKNOWN: Verdict(Status.ERROR,",
            "Preemption.UNKNOWN: Verdict(Status.PASS,",
        ),
    ),
    ("tests/gates/test_preemption.py::test_on_or_unknown_is_never_good",),
)


def test_a_mutant_is_caught_by_the_test_of_its_rule(tmp_path: Path) -> None:
    (tried,) = try_all([_QUICK], tmp_path, workers=1)
    assert tried.without == {_QUICK.tests[0]: Noticed.PASSED}
    assert tried.within == {_QUICK.tests[0]: Noticed.FAILED}
    assert tried.wrong == []


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_every_mutant_can_still_be_made(mutant: Mutant, tmp_path: Path) -> None:
    for file in {edit.file for edit in mutant.edits}:
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text((TREE / file).read_text())
    for edit in mutant.edits:
        change(tmp_path, edit)


def test_a_change_of_what_is_not_there_is_no_mutant(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\nx = 1\n")
    for old in ("y = 1", "x = 1"):
        with pytest.raises(NoMutant, match="times, not once"):
            change(tmp_path, Edit("a.py", old, "z = 1"))


@pytest.mark.prove
def test_a_test_that_does_not_exist_proves_nothing(tmp_path: Path) -> None:
    nowhere = ("tests/gates/test_preemption.py::test_that_is_not_there",)
    (tried,) = try_all([Mutant("a", "b", _QUICK.edits, nowhere)], tmp_path, workers=1)
    assert tried.wrong == [
        f"{nowhere[0]}: nothing without the change",
        f"{nowhere[0]}: nothing with it",
    ]


@pytest.mark.prove
@pytest.mark.exhaustive
@pytest.mark.timeout(1800)
def test_every_mutant_is_caught(tmp_path: Path) -> None:
    assert len(MUTANTS) >= _ENOUGH
    tried = try_all(MUTANTS, tmp_path, workers=min(2, os.cpu_count() or 1))
    print(f"\n{table(tried)}")
    assert [why for one in tried for why in one.wrong] == []

"""The examples of `docs/faults.md` strike, and do what stands above them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from nornir_haupgrade.engines.errand import Errand
from nornir_haupgrade.lab import Fault, simple_pair
from nornir_haupgrade.lab.audit import Entry
from nornir_haupgrade.lab.fault_script import Known, read_script
from nornir_haupgrade.lab.spec import LabSpec
from nornir_haupgrade.procedure.records import Choice
from tests.rehearsal.bench import Play

PAGE = Path(__file__).parents[2] / "docs" / "faults.md"
SPEC = simple_pair("p1")


def examples(folder: Path) -> tuple[Fault, ...]:
    """The script on the page, as it is read for the pair that it is about."""
    found = re.search(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    script = folder / "faults.yaml"
    script.write_text(found[1])
    return read_script(script, Known.of(LabSpec((SPEC,))))


@dataclass
class Struck:
    """What the lab's log says of a run with one of them."""

    play: Play
    entries: list[Entry]

    @property
    def fault(self) -> Entry:
        (one,) = [entry for entry in self.entries if entry["kind"] == "fault"]
        return one

    def commands(self, effect: str) -> list[Entry]:
        return [
            one for one in self.entries if (one["kind"], one.get("effect")) == ("command", effect)
        ]


def comes_up_without_ha(struck: Struck) -> None:
    """Whoever was reloaded first, which the trial made the standby."""
    reload = struck.commands("reboot")[0]
    assert struck.fault["member"] == reload["member"] == "p1a"
    assert struck.fault["number"] < reload["number"]
    assert "HA did not come up" in struck.play.story


def refuses_logins(struck: Struck) -> None:
    """For 15 seconds from its reload."""
    (reload,) = [one for one in struck.commands("reboot") if one["member"] == "p1a"]
    (heal,) = [one for one in struck.entries if one["kind"] == "heal"]
    assert struck.fault["member"] == "p1a"
    assert struck.fault["at"] == pytest.approx(reload["at"], abs=0.1)
    assert heal["at"] == pytest.approx(struck.fault["at"] + 15, abs=0.1)


def is_reloaded_by_somebody(struck: Struck) -> None:
    """Three seconds after the second installation."""
    second = struck.commands("install")[1]
    assert struck.fault["member"] == "p1b"
    assert struck.fault["at"] == pytest.approx(second["at"] + 3, abs=0.1)
    by_hand = [one for one in struck.commands("reboot") if one["by"] == "hand"]
    assert [one["member"] for one in by_hand] == ["p1b"]


def cuts_an_answer(struck: Struck) -> None:
    """The third time that p1a is asked for its HA."""
    asked = [
        one
        for one in struck.entries
        if one["kind"] == "command" and one["via"] == "p1a" and one["command"] == "fwctl show ha"
    ]
    cut = [one for one in struck.entries if one.get("twist") == "cut-at"]
    assert cut == [asked[2]]
    assert struck.fault["params"] == {"bytes": 40}


PROOFS: list[Callable[[Struck], None]] = [
    comes_up_without_ha,
    refuses_logins,
    is_reloaded_by_somebody,
    cuts_an_answer,
]


@pytest.mark.parametrize("number", range(len(PROOFS)), ids=[one.__name__ for one in PROOFS])
def test_an_example_of_the_page_strikes_as_it_says(tmp_path: Path, number: int) -> None:
    fault = examples(tmp_path)[number]
    play = Play(SPEC, tmp_path)
    play.bench.rig.faults.arm(fault)
    controller = play.controller(on_hold=Choice.ROLL_BACK)
    play.ends += controller.run(Errand(to=play.new))
    PROOFS[number](Struck(play, play.bench.audit.entries))


def test_every_example_is_proven(tmp_path: Path) -> None:
    assert len(examples(tmp_path)) == len(PROOFS)

"""The session is cut under any command, after any byte of its answer."""

from __future__ import annotations

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import pytest

from nornir_haupgrade.engines.answers import Person
from nornir_haupgrade.engines.events import Ended
from nornir_haupgrade.procedure.records import Choice, Outcome
from tests.end_to_end.killing import new_seed
from tests.end_to_end.rig import NEW, OLD, Rig, started

COMMANDS: Final = 150
"""What one member is asked in an upgrade, about."""
_HELD: Final = "held, looked at again and done"
BYTES: Final = (0, 1, 10, 40, 200, 1000)


def _again() -> Person:
    """A person who looks again, a few times."""
    left = iter(range(3))
    return lambda _, __: (Choice.RETRY, "looked at it") if next(left, None) is not None else None


def _cut(rig: Rig, member: str, nth: int, size: int) -> str:
    """Cut it, go on until the end, and say how that came."""
    rig.fault("cut_answer", member, on="fwctl", by=member, nth=nth, command="fwctl", bytes=size)
    end = rig.run()
    way = "done"
    if end.end is Ended.HELD:
        way, end = _HELD, rig.run(person=_again())
    if end.end is Outcome.NOT_STARTED:
        way = "not begun"
        assert end.campaign is None, end.reason
        assert "the line dropped" in end.reason
    else:
        assert end.end is Outcome.DONE, (end.end, end.reason)
    assert rig.versions == ((OLD, OLD) if way == "not begun" else (NEW, NEW))
    rig.audit_proof()
    return way


@pytest.mark.prove
@pytest.mark.timeout(300)
def test_cut_under_any_command_after_any_byte(tmp_path: Path) -> None:
    seed = new_seed()
    dice = random.Random(seed)
    cuts = [
        (dice.choice(("p1a", "p1b")), dice.randint(1, COMMANDS), dice.choice(BYTES))
        for _ in range(24)
    ]

    def play(number: int) -> str:
        folder = tmp_path / str(number)
        folder.mkdir()
        with started(folder) as rig:
            try:
                return _cut(rig, *cuts[number])
            except AssertionError as error:
                return f"{cuts[number]}: {error}\n{rig.story}"

    with ThreadPoolExecutor(6) as threads:
        ways = list(threads.map(play, range(len(cuts))))
    print(f"KILL_SEED={seed}: {Counter(ways)}")
    wrong = [way for way in ways if way not in {"done", "not begun", _HELD}]
    assert not wrong, "\n\n".join(wrong)

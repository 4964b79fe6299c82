"""Tasks in a row, on one pair: what one leaves behind, and what the next makes of it."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nornir_haupgrade import HAPairs, give_back, tasks, upgrade_pair
from nornir_haupgrade.procedure.records import Outcome
from tests.end_to_end.conftest import MakeRig
from tests.end_to_end.rig import NEW, OLD
from tests.nornir.test_alone import effects, one, run
from tests.nornir.test_upgrade_pair import named


@contextmanager
def without_collector() -> Iterator[None]:
    """What is not given back at once stays."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def test_a_thousand_backups_do_not_use_up_the_files_of_a_process(make_rig: MakeRig) -> None:
    rig = make_rig(preempt=False)
    counts = []
    with without_collector():
        for _ in range(4):
            assert not one(rig, "p1b", tasks.back_up_config).failed
            counts.append(len(list(Path("/proc/self/fd").iterdir())))
    # The lab lives in this process too, and may just have opened or closed a line of its own.
    assert counts[-1] - counts[0] < len(counts) - 1, counts


def test_what_is_lent_stays_lent_when_something_else_fails(make_rig: MakeRig) -> None:
    """Else a failed upload would give preemption back, and the role would move with it."""
    rig = make_rig()
    assert not run(rig.nornir(), tasks.set_preemption, on=False).failed
    assert not one(rig, "p1b", tasks.switch_over).failed
    before = effects(rig)
    rig.fault("corrupt_upload", "p1a")
    staged = one(rig, "p1a", tasks.stage_image, to=NEW)
    assert staged.failed
    assert [what for what in effects(rig)[len(before) :] if what[0] == "preempt"] == []
    assert rig.roles == ("BACKUP", "MASTER")
    assert {owed["member"] for owed in staged.result["owed"]} == {"p1a", "p1b"}
    back = rig.by_nornir(give_back)
    assert back.owed == (), rig.story
    assert all(state.preempts for state in rig.lab.states().values())


def test_a_broken_member_is_not_whole_because_it_is_asked_again(make_rig: MakeRig) -> None:
    rig = make_rig(preempt=False)
    rig.fault("config_lines_lost", "p1b")
    for _ in range(2):
        found = one(rig, "p1b", tasks.upgrade_member, to=NEW)
        assert (found.failed, found.result["end"]) == (True, "parked")
        assert "p1b lost" in str(found.exception)
    back = one(rig, "p1b", tasks.roll_back_member)
    assert "p1b lost" in str(back.exception), "the way back is free, and brings no line back"
    assert rig.versions == (OLD, OLD)
    rig.audit_proof(times={"reboot": 2})


def test_a_dry_run_shows_that_what_is_lent_will_be_given_back(make_rig: MakeRig) -> None:
    rig = make_rig()
    assert not run(rig.nornir(), tasks.set_preemption, on=False).failed
    nr = rig.nornir().with_runner(HAPairs())
    nr.data.dry_run = True
    for multi in nr.run(task=upgrade_pair, to=NEW).values():
        last = {named(step): step.diff for step in multi[1:]}
        assert last["10 give back"] == "fwctl ha preempt on"


def test_an_upgrade_that_has_nothing_to_do_says_what_is_owed(make_rig: MakeRig) -> None:
    rig = make_rig()
    assert rig.by_nornir(upgrade_pair, to=NEW).end is Outcome.DONE
    assert not run(rig.nornir(), tasks.set_preemption, on=False).failed
    end = rig.by_nornir(upgrade_pair, to=NEW)
    assert (end.end, {owed.lease.member for owed in end.owed}) == (Outcome.DONE, {"p1a", "p1b"})
    assert "give-back" in end.advice

"""The procedure by hand on routers: each task by itself, once through."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from nornir.core.task import AggregatedResult, Result

from nornir_haupgrade import tasks
from nornir_haupgrade.lab import RouterSpec, SoftwareMode
from tests.end_to_end.rig import PASSWORD, Rig, together
from tests.end_to_end.router_rig import NEW, OLD, RouterRig, routers, routers_of

TASK_BY_TASK: Final = {"reboot": 2, "take": 2, "commit": 2}


def both(rig: RouterRig, task: Callable[..., Result], **params: Any) -> AggregatedResult:  # noqa: ANN401
    """Run a task on both members."""
    found = rig.nornir().run(task=task, **params)
    assert not found.failed, {name: str(one[0]) for name, one in found.items()}
    return found


def on(rig: RouterRig, member: str, task: Callable[..., Result], **params: Any) -> Result:  # noqa: ANN401
    """Run a task on one member; its result is plain data, and says nothing secret."""
    found = rig.nornir().filter(name=member).run(task=task, **params)[member][0]
    json.dumps(found.result)
    assert PASSWORD not in str(found.result) + found.diff + str(found.exception)
    return found


def good(rig: RouterRig, member: str, task: Callable[..., Result], **params: Any) -> Result:  # noqa: ANN401
    """The same, and it worked."""
    found = on(rig, member, task, **params)
    assert not found.failed, f"{task.__name__}: {found.exception}\n{found.result}"
    return found


def reads(rig: RouterRig) -> None:
    """What only looks leaves nothing behind."""
    status = both(rig, tasks.ha_status)
    assert {name: one[0].result["role"] for name, one in status.items()} == {
        "p1a": "active",
        "p1b": "standby",
    }
    assert status["p1a"][0].result["version"] == OLD
    counted = both(rig, tasks.session_summary)["p1a"][0].result
    assert (counted["total"], counted["is_replicated"]) == (None, False)
    assert both(rig, tasks.check_services)["p1a"][0].result[0]["is_good"]
    report = both(rig, tasks.sync_report)["p1a"][0].result
    assert report["status"] == "skipped"
    assert rig.sent() == {}


def by_packages(rig: Rig) -> None:
    rig = routers_of(rig)
    reads(rig)
    kept = good(rig, "p1a", tasks.back_up_config)
    assert not kept.changed, "no file is left on the router"
    differ = on(rig, "p1a", tasks.config_diff)
    assert "hostname p1a" in differ.diff
    pushed = good(rig, "p1a", tasks.sync_config)
    assert not pushed.changed, "each router is configured by itself"

    refused = on(rig, "p1b", tasks.switch_over, yes=True)
    assert refused.failed
    assert "preemption" in str(refused.exception)
    both(rig, tasks.set_preemption, on=False)
    assert not any(state.preempts for state in rig.lab.states().values())
    refused = on(rig, "p1a", tasks.upgrade_member, to=NEW, yes=True)
    assert refused.failed, "it is active"

    assert good(rig, "p1b", tasks.stage_image, to=NEW).changed
    upgraded = good(rig, "p1b", tasks.upgrade_member, to=NEW, yes=True)
    assert f"-version: {OLD}\n+version: {NEW}" in upgraded.diff
    assert not rig.lab.state("p1b").is_on_trial

    moved = good(rig, "p1b", tasks.switch_over, yes=True)
    assert "-role: standby\n+role: active" in moved.diff
    good(rig, "p1a", tasks.upgrade_member, to=NEW, yes=True)
    both(rig, tasks.set_preemption, on=True)
    rig.home_proof(runs=(NEW, NEW))
    rig.audit_proof(may_preempt=True)


def back_and_up_again(rig: Rig) -> None:
    rig = routers_of(rig)
    good(rig, "p1b", tasks.upgrade_member, to=NEW, yes=True)
    back = good(rig, "p1b", tasks.roll_back_member)
    assert f"-version: {NEW}\n+version: {OLD}" in back.diff
    rig.home_proof(runs=(OLD, OLD))
    good(rig, "p1b", tasks.upgrade_member, to=NEW, yes=True)
    rig.home_proof(runs=(OLD, NEW))
    rig.audit_proof(times={"reboot": 3, "commit": 3, "install": 2})


def by_one_file(rig: Rig) -> None:
    rig = routers_of(rig)
    good(rig, "p1b", tasks.upgrade_member, to=NEW, yes=True)
    good(rig, "p1b", tasks.switch_over, yes=True)
    good(rig, "p1a", tasks.upgrade_member, to=NEW, yes=True)
    good(rig, "p1a", tasks.roll_back_member)
    assert rig.versions == (OLD, NEW)
    assert rig.group_lines == rig.before
    assert rig.is_saved
    rig.audit_proof(times=TASK_BY_TASK)


def test_a_pair_of_routers_is_upgraded_task_by_task(tmp_path: Path) -> None:
    together(tmp_path, {"packages": (by_packages, routers())})


@pytest.mark.prove
def test_other_members_are_upgraded_by_themselves(tmp_path: Path) -> None:
    bundle = RouterSpec(mode=SoftwareMode.BUNDLE)
    scenarios = {
        "back": (back_and_up_again, routers(preempt=False)),
        "one-file": (by_one_file, routers(setup=bundle, preempt=False)),
    }
    together(tmp_path, scenarios)

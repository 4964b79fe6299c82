"""Pairs of routers, upgraded by the same ten steps through Nornir, and rolled back."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, TypeAlias

import pytest

from nornir_haupgrade.engines.errand import Errand
from nornir_haupgrade.lab import RouterSpec, SoftwareMode
from nornir_haupgrade.lab.personalities.cisco_iosxe.spec import DEFAULT_GROUPS
from nornir_haupgrade.procedure.records import Action, Outcome
from tests.end_to_end.rig import Rig, Scenario, together
from tests.end_to_end.router_rig import NEW, OLD, ORDER, RouterRig, routers, routers_of

BUNDLE: Final = RouterSpec(mode=SoftwareMode.BUNDLE)
WALK: Final = ("install", "boot-select", "reboot", "commit", "take")
PACKAGES: Final = [
    ("take", "p1b"),  # the trial
    ("install", "p1a"),
    ("reboot", "p1a"),
    ("commit", "p1a"),
    ("take", "p1a"),
    ("install", "p1b"),
    ("reboot", "p1b"),
    ("commit", "p1b"),
]
ONE_FILE: Final = [
    ("take", "p1b"),
    *[("boot-select", "p1a")] * 3,
    ("reboot", "p1a"),
    ("take", "p1a"),
    *[("boot-select", "p1b")] * 3,
    ("reboot", "p1b"),
]
CHOSEN: Final = [
    f"boot system bootflash:c8000v-universalk9.{version}.SPA.bin" for version in (NEW, OLD)
]


def upgraded(rig: Rig) -> RouterRig:
    """Through ``nr.run``, to its end, with everything as it was but the software."""
    rig = routers_of(rig)
    rig.is_through_nornir = True
    (dry,) = rig.engine().dry_run(Errand(to=NEW))
    end = rig.run()
    assert end.end is Outcome.DONE, rig.story
    assert end.owed == ()
    assert rig.result is not None
    assert not rig.result.failed
    rig.home_proof(runs=(NEW, NEW))
    assert rig.failures == []
    rig.order_proof()
    shown = [(name, text) for row in dry.rows for name, text in row.commands]
    assert rig.sent() == rig.but_uploads_and_reads(shown), "the dry run has shown what was sent"
    return rig


def by_packages(rig: Rig) -> None:
    rig = upgraded(rig)
    assert tuple((found.run.step, found.run.action) for found in rig.results()) == ORDER
    assert any("preempt" in line for lines in rig.before.values() for line in lines)
    assert rig.audit_proof().effects(*WALK) == PACKAGES
    for name in ("p1a", "p1b"):
        packages = rig.router(name, lambda router: router.packages)
        assert packages.committed == NEW
        assert packages.trial is None
        assert rig.installs(name) == [
            f"install add file bootflash:{rig.IMAGE}",
            "install activate auto-abort-timer 120 prompt-level none",
            "install commit",
        ]


def by_one_file(rig: Rig) -> None:
    rig = upgraded(rig)
    assert rig.audit_proof().effects(*WALK) == ONE_FILE
    assert rig.results(Action.COMMIT) == rig.results(Action.INSTALL) == []
    for name, configuration in rig.configurations("startup").items():
        boots = [line for line in configuration if line.startswith("boot system")]
        assert boots == CHOSEN, "the old file is still the second choice"
        assert rig.sent()[name].count("reload") == 1


def with_napalm(rig: Rig) -> None:
    by_packages(rig)
    rig = routers_of(rig)
    (baseline,) = rig.results(Action.BASELINE)
    rows = dict(baseline.facts)
    for member in ("p1a", "p1b"):
        for getter in ("get_facts", "get_interfaces", "get_interfaces_ip"):
            assert rig.campaign.get_raw(rows[f"getter:{member}:{getter}"])
        kept = rig.campaign.get_backup("p1", member, f"after-upgrade-{NEW}.cfg")
        assert kept is not None
        assert f"hostname {member}\n".encode() in kept
    said = [dict(found.verdict.facts) for found in rig.results(Action.WHOLE)]
    assert [one["get_interfaces"] for one in said] == [
        "pass: p1a: 4 items as before",
        "pass: p1b: 4 items as before",
    ]
    others = [
        own.others
        for found in rig.results()
        for _, own in (found.seen.members if found.seen else ())
        if own is not None
    ]
    assert set(others) == {0}, "NAPALM's logins are ours"
    logins = rig.lab.audit("login")
    assert logins


def without_preemption(rig: Rig) -> None:
    rig = upgraded(rig)
    assert rig.audit_proof().effects(*WALK) == PACKAGES


Scenarios: TypeAlias = dict[str, tuple[Scenario, dict[str, Any]]]
SCENARIOS: Final[Scenarios] = {
    "napalm": (with_napalm, routers(connections={"napalm": {"platform": "ios"}})),
    "one-file": (by_one_file, routers(setup=BUNDLE)),
}
MORE: Final[Scenarios] = {
    "packages": (by_packages, routers()),
    "no-preemption": (without_preemption, routers(preempt=False)),
    "one-group": (by_packages, routers(setup=RouterSpec(groups=DEFAULT_GROUPS[:1]))),
}


def test_a_pair_of_routers_is_upgraded(tmp_path: Path) -> None:
    together(tmp_path, SCENARIOS)


@pytest.mark.prove
def test_other_pairs_of_routers_are_upgraded(tmp_path: Path) -> None:
    together(tmp_path, MORE)

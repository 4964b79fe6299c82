"""What keeps a pair from a switchover that would hurt, and what undoes one that did."""

from __future__ import annotations

import pytest

from nornir_haupgrade.lab.linux import LinuxSpec
from tests.live.conftest import MakeLive
from tests.live.rig import LONG

pytestmark = [pytest.mark.linux, pytest.mark.timeout(600)]


def test_a_standby_that_synchronises_late_is_waited_for(make_live: MakeLive) -> None:
    """Held at step 6 with nothing lost; when the sessions are there, it goes on."""
    pair = make_live("13", settings={"sessions_timeout": 5})
    version = pair.lab.image("13").version
    pair.lab.fault("late-sync", "p1a", params={"seconds": 25})
    ended = pair.haupgrade("run", "--to", version, "--yes")
    assert ended.code == 3, ended.story()
    # Nobody answers for its sessions yet: not measured is not good.
    assert "conntrackd is not running" in ended.end()["reason"]
    assert pair.roles() == ("BACKUP", "MASTER")  # as after the trial
    assert len(pair.commands("p1b", "fwctl ha suspend")) == 0
    pair.nothing_lost()

    pair.lab.heal()
    pair.write("13")
    last = pair.haupgrade("run", "--to", version, "--yes", "--on-hold", "wait")
    for _ in range(10):
        if last.code != 3:
            break
        campaign = pair.campaign.id
        assert pair.haupgrade("decide", campaign, "p1", "retry", "--reason", "again").code == 0
        last = pair.haupgrade("run", "--to", version, "--yes")
    assert last.code == 0, last.story()
    pair.nothing_lost()


@pytest.mark.prove
def test_the_same_switchover_without_the_gate_loses_all(make_live: MakeLive) -> None:
    """The control: what the gate holds back really is a loss."""
    pair = make_live("13", answer_timeout=8)
    pair.lab.fault("late-sync", "p1b", params={"seconds": 600})
    pair.by_hand("p1b", "fwctl reboot")
    pair.lab.wait_until(
        lambda: pair.lab.states["p1b"]["boots"] == 2 and pair.roles() == ("MASTER", "BACKUP"),
        60,
        what="p1b is back as standby",
    )
    pair.lab.fault("takeover", "p1a")
    pair.lab.wait_until(lambda: pair.roles()[1] == "MASTER", 20, what="p1b is active")
    pair.traffic["p1"].check()
    pair.lab.wait_until(
        lambda: pair.report().alive == 0, 60, what="every connection is found to be lost"
    )
    lost = pair.report().lost
    print(f"without the gate: {len(lost)} of {LONG} connections lost")
    assert len(lost) == LONG


@pytest.mark.prove
def test_a_cut_link_between_the_members_is_found_before_anything(make_live: MakeLive) -> None:
    pair = make_live("13")
    pair.lab.fault("ha-cut", "p1a")
    ended = pair.haupgrade("run", "--to", pair.lab.image("13").version, "--yes")
    assert ended.code == 3, ended.story()
    assert "HA links" in ended.said
    assert pair.roles() == ("MASTER", "BACKUP")
    assert pair.commands("p1a", "fwctl ha suspend") == []
    pair.nothing_lost()


@pytest.mark.prove
def test_a_link_that_is_cut_before_the_switchover_holds_it(make_live: MakeLive) -> None:
    pair = make_live("13")
    pair.lab.fault("ha-cut", "p1a", on="fwctl reboot", by="p1a", after=1.0)
    ended = pair.haupgrade("run", "--to", pair.lab.image("13").version, "--yes")
    assert ended.code == 3, ended.story()
    assert pair.commands("p1b", "fwctl ha suspend") == []  # the switchover of step 6
    pair.nothing_lost()


def test_an_image_without_ha_is_found_and_rolled_back_on_the_standby(make_live: MakeLive) -> None:
    pair = make_live("13-no-ha")
    ended = pair.haupgrade(
        "run", "--to", pair.lab.image("13-no-ha").version, "--yes", "--on-hold", "roll-back"
    )
    assert ended.code == 4, ended.story()
    assert "HA did not come up" in ended.said
    assert pair.versions() == (pair.version, pair.version)
    assert pair.touched_while_active() == []
    assert len(pair.commands("p1a", "fwctl reboot")) == 2  # there, and back
    assert pair.commands("p1b", "fwctl reboot") == []
    pair.nothing_lost()


@pytest.mark.prove
def test_a_truncated_image_runs_the_old_version_after_the_reboot(make_live: MakeLive) -> None:
    pair = make_live("13-truncated")
    ended = pair.haupgrade("run", "--to", pair.lab.image("13-truncated").version, "--yes")
    assert ended.code == 3, ended.story()
    assert f"runs the old version {pair.version} after the reboot" in ended.end()["reason"]
    assert pair.versions() == (pair.version, pair.version)
    assert pair.commands("p1b", "fwctl reboot") == []
    pair.nothing_lost()


@pytest.mark.prove
def test_a_dead_data_plane_is_switched_back_whatever_ha_says(make_live: MakeLive) -> None:
    pair = make_live("13")
    pair.lab.fault("data-dead", "p1a", on="role MASTER", by="p1a")
    ended = pair.haupgrade(
        "run", "--to", pair.lab.image("13").version, "--yes", "--on-hold", "switch-back"
    )
    assert ended.code == 3, ended.story()
    assert "worked before" in ended.said
    assert pair.roles() == ("BACKUP", "MASTER")
    assert [m for m, state in pair.role_changes() if state == "MASTER"] == [
        *("p1a", "p1b"),  # as it was found, the trial
        *("p1a", "p1b"),  # step 6, and back
    ]
    pair.nothing_lost()


@pytest.mark.prove
def test_a_dead_data_plane_in_the_trial_ends_the_upgrade_before_it_begins(
    make_live: MakeLive,
) -> None:
    pair = make_live("13", spec=LinuxSpec(preempt=True))
    pair.lab.fault("data-dead", "p1b", on="role MASTER", by="p1b")
    ended = pair.haupgrade("run", "--to", pair.lab.image("13").version, "--yes")
    assert ended.code == 1, ended.story()
    assert ended.end()["end"] == "not_started"
    assert pair.roles() == ("MASTER", "BACKUP")
    assert "Preempt: yes" in pair.by_hand("p1a", "fwctl show ha")
    assert pair.commands("p1a", "fwctl image install") == []
    assert pair.commands("p1b", "fwctl image install") == []
    pair.nothing_lost()

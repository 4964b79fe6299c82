"""Candidate and running configuration of PAN-OS firewalls, commits, and what goes to the peer."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from nornir_haupgrade.lab import PanosSpec
from nornir_haupgrade.lab.command import Line, Terminal
from nornir_haupgrade.lab.personalities.paloalto_panos.firewall import Firewall
from tests.lab.panos_world import NEW, PREEMPTIVE, SUSPEND, PanosWorld

PUSH = "request high-availability sync-to-remote"
STRAY = "set address stray ip-netmask 192.0.2.0/24"


@pytest.fixture
def world() -> PanosWorld:
    return PanosWorld()


def running_sync(world: PanosWorld, device: Firewall) -> str:
    text = world.ask(device, "show high-availability state")
    return text.rpartition("Running Configuration: ")[2].strip()


def test_a_change_waits_for_the_commit(world: PanosWorld) -> None:
    world.configure(world.a, STRAY)
    assert "192.0.2.0" not in world.ask(world.a, "show config running")
    assert "192.0.2.0" in world.ask(world.a, "show config candidate")
    assert world.ask(world.a, "check pending-changes").strip() == "yes"
    diff = world.ask(world.a, "show config diff")
    assert diff.strip() == "+  address stray ip-netmask 192.0.2.0/24"
    assert "100%\nConfiguration committed successfully" in world.commit(world.a)
    assert "192.0.2.0" in world.ask(world.a, "show config running")
    assert world.ask(world.a, "check pending-changes").strip() == "no"
    assert world.effects(world.a) == ["candidate", "commit"]


def test_there_is_nothing_to_commit_twice(world: PanosWorld) -> None:
    assert "There are no changes to commit." in world.commit(world.a)
    assert world.a.jobs.open() is None
    assert len(world.a.jobs.jobs) == 1
    assert "committed successfully" in world.configure(world.a, "commit force")[0]


def test_a_reboot_forgets_what_was_not_committed(world: PanosWorld) -> None:
    world.configure(world.b, STRAY)
    world.restart(world.b)
    assert world.ask(world.b, "check pending-changes").strip() == "no"


def test_a_change_is_taken_back(world: PanosWorld) -> None:
    first = world.configure(world.a, STRAY, "delete address stray", "delete address stray")
    assert "Object doesn't exist" in first[2]
    assert world.ask(world.a, "check pending-changes").strip() == "no"
    world.configure(world.a, "delete zone", "revert config")
    assert world.ask(world.a, "check pending-changes").strip() == "no"


def test_a_snapshot_is_saved_and_loaded(world: PanosWorld) -> None:
    said = world.configure(
        world.a, "save config to before.xml", STRAY, "load config from before.xml"
    )
    assert "Config saved to before.xml" in said[0]
    assert "Config loaded from before.xml" in said[2]
    assert world.ask(world.a, "check pending-changes").strip() == "no"
    assert "does not exist" in world.configure(world.a, "load config from other.xml")[0]
    assert world.effects(world.a) == ["backup", "candidate", "candidate"]


@pytest.mark.parametrize("first", ["p1a", "p1b"])
def test_a_commit_on_either_member_goes_to_the_other(first: str) -> None:
    world = PanosWorld()
    one, other = (world.a, world.b) if first == "p1a" else (world.b, world.a)
    world.commit(one, STRAY)
    assert running_sync(world, one) == "synchronization in progress"
    world.wait(1)
    assert "192.0.2.0" in world.ask(other, "show config running")
    assert running_sync(world, one) == running_sync(world, other) == "synchronized"
    [job] = [it for it in world.xml(other, "show jobs all").iter("job") if it.findtext("id") == "2"]
    assert (job.findtext("type"), job.findtext("result")) == ("HA-Sync", "OK")


def test_what_belongs_to_one_member_stays_there(world: PanosWorld) -> None:
    world.commit(
        world.a,
        "set deviceconfig system hostname other",
        "set deviceconfig high-availability group election-option device-priority 40",
        "set mgt-config users auditor permissions role-based superreader yes",
    )
    world.wait(1)
    assert world.effects(world.a)[-1] == "priority"
    assert len(world.b.jobs.jobs) == 1
    text = world.ask(world.b, "show config running")
    assert "hostname p1b;" in text
    assert "device-priority 100;" in text
    assert "auditor" not in text
    assert running_sync(world, world.a) == "synchronized"
    command_line = world.rig.executor.command_line
    assert command_line.prompt(world.a, Terminal()) == "admin@other(active)> "


def test_a_commit_that_turns_preemption_says_so(world: PanosWorld) -> None:
    world.commit(world.a, f"set {PREEMPTIVE} yes")
    world.wait(1)
    assert world.effects(world.a) == ["candidate", "preempt"]
    assert world.state(world.a).preempts
    assert not world.state(world.b).preempts
    assert "Preemptive: yes" in world.ask(world.a, "show high-availability all")


def test_values_that_the_schema_knows_are_checked(world: PanosWorld) -> None:
    path = "deviceconfig high-availability group election-option"
    for line in (f"set {path} preemptive maybe", f"set {path} device-priority 256", "set zone"):
        assert "Invalid syntax." in world.configure(world.a, line)[0]
    assert world.ask(world.a, "check pending-changes").strip() == "no"
    assert world.effects(world.a) == []


def test_a_push_overwrites_what_the_peer_was_editing(world: PanosWorld) -> None:
    world.strike("report_differs", "p1b")
    world.configure(world.b, "set address draft ip-netmask 192.0.2.9")
    assert running_sync(world, world.a) == "not synchronized"
    said = world.ask(world.a, f"{PUSH} running-config")
    assert "HA synchronization job has been queued on peer" in said
    assert running_sync(world, world.a) == "synchronization in progress"
    assert "already in progress" in world.refused(world.a, f"{PUSH} running-config")
    world.wait(1)
    assert running_sync(world, world.a) == "synchronized"
    text = world.ask(world.b, "show config candidate")
    assert "stray" not in text
    assert "draft" not in text
    assert world.effects(world.a) == ["config-sync"]


def test_a_commit_leaves_what_the_peer_is_editing(world: PanosWorld) -> None:
    world.configure(world.b, "set address draft ip-netmask 192.0.2.9")
    world.commit(world.a, STRAY)
    world.wait(1)
    assert "stray" in world.ask(world.b, "show config running")
    assert "draft" in world.ask(world.b, "show config candidate")


def test_a_push_waits_for_a_commit_on_the_peer(world: PanosWorld) -> None:
    terminal = Terminal(length=0)
    for line in ("configure", "set address draft ip-netmask 192.0.2.9"):
        world.ask(world.b, line, terminal)
    commits = world.run(world.b, Line("commit", terminal))
    world.ask(world.a, f"{PUSH} running-config")
    job = world.job(world.b, 3)
    assert (job.findtext("status"), job.findtext("queued")) == ("PEND", "YES")
    world.wait(0.6)  # a commit takes 0.5
    assert commits
    assert world.job(world.b, 3).findtext("status") == "ACT"
    world.wait(0.6)
    assert world.job(world.b, 3).findtext("result") == "OK"


def test_a_candidate_can_be_pushed(world: PanosWorld) -> None:
    world.configure(world.a, STRAY)
    world.ask(world.a, f"{PUSH} candidate-config")
    world.wait(1)
    assert "stray" in world.ask(world.b, "show config running")
    assert "stray" not in world.ask(world.a, "show config running")


def test_nothing_is_pushed_without_a_peer_or_to_another_feature_release() -> None:
    world = PanosWorld(versions=("10.1.9", NEW))
    assert "another PAN-OS release" in world.refused(world.a, f"{PUSH} running-config")
    world.commit(world.a, STRAY)
    world.wait(2)
    assert "stray" not in world.ask(world.b, "show config running")
    world.strike("crash", "p1b")
    assert "HA peer is not connected" in world.refused(world.a, f"{PUSH} running-config")
    assert "HA peer is not connected" in world.refused(world.a, f"{PUSH} runtime-state")


def test_sessions_are_pushed_too(world: PanosWorld) -> None:
    world.ask(world.a, f"{PUSH} runtime-state")
    assert world.effects(world.a) == ["session-sync"]


def question(world: PanosWorld, device: Firewall, text: str, terminal: Terminal) -> str:
    asked = world.rig.executor.command_line.question(world.pair, device, Line(text, terminal))
    return "" if asked is None else asked.text


def test_a_commit_asks_first_when_the_members_differ(world: PanosWorld) -> None:
    terminal = Terminal()
    world.ask(world.a, "configure", terminal)
    assert question(world, world.a, "commit", terminal) == ""
    world.strike("report_differs", "p1b")
    text = question(world, world.a, "commit", terminal)
    assert text.endswith("Would you like to proceed with commit? (y or n) ")
    assert question(world, world.a, "commit force", terminal) == ""


def test_what_cuts_or_reloads_asks_first_unless_that_is_off(world: PanosWorld) -> None:
    terminal = Terminal()
    lines = ["request restart system", "request shutdown system", f"{PUSH} running-config"]
    for line in lines:
        asked = question(world, world.a, line, terminal)
        assert asked.startswith("Executing this command will ")
        assert asked.endswith("Do you want to continue? (y or n) ")
    assert question(world, world.a, SUSPEND, terminal) == ""
    world.ask(world.a, "set cli confirmation-prompt off", terminal)
    assert [question(world, world.a, line, terminal) for line in lines] == ["", "", ""]


@pytest.mark.parametrize(
    ("fault", "line", "show"),
    [
        ("config_locked", STRAY, "show config-locks"),
        ("commit_locked", "commit", "show commit-locks"),
    ],
)
def test_a_lock_of_somebody_else_refuses(fault: str, line: str, show: str) -> None:
    world = PanosWorld()
    world.strike(fault, "p1a", by="somebody")
    world.strike("uncommitted_changes", "p1a")
    assert "is locked by somebody" in world.configure(world.a, line)[0]
    assert "somebody" in world.ask(world.a, show)
    [entry] = world.xml(world.a, show).iter("entry")
    assert (entry.get("name"), entry.findtext("type")) == ("somebody", "shared")
    assert [it.tag for it in world.xml(world.b, show).iter() if it.tag == "entry"] == []
    assert world.effects(world.a) == []


def test_configuration_synchronisation_can_be_off(world: PanosWorld) -> None:
    off = "deviceconfig high-availability group configuration-synchronization enabled no"
    world.commit(world.a, f"set {off}", STRAY)
    world.wait(1)
    assert running_sync(world, world.b) == "not synchronized"
    text = world.ask(world.a, "show high-availability state")
    assert "  Configuration Synchronization:\n    Enabled: no\n" in text


def test_the_election_option_is_shown_in_each_format(world: PanosWorld) -> None:
    path = "deviceconfig high-availability group election-option"
    assert world.configure(world.a, f"show {path}")[0].splitlines() == [
        "election-option {",
        "  device-priority 50;",
        "  preemptive no;",
        "  heartbeat-backup no;",
        "}",
    ]
    terminal = Terminal(length=0)
    for line in ("set cli config-output-format set", "configure"):
        world.ask(world.a, line, terminal)
    assert world.ask(world.a, f"show {PREEMPTIVE}", terminal) == f"set {PREEMPTIVE} no\n"


def test_the_configuration_as_xml_has_the_parts_of_a_saved_one() -> None:
    world = PanosWorld(setup=PanosSpec())
    config = world.xml(world.a, "show config running").find("result/config")
    assert config is not None
    device = "devices/entry[@name='localhost.localdomain']"
    group = f"{device}/deviceconfig/high-availability/group"
    assert config.findtext(f"{group}/election-option/device-priority") == "50"
    assert config.find("mgt-config/users/entry[@name='admin']") is not None
    vsys = config.find(f"{device}/vsys/entry[@name='vsys1']")
    assert vsys is not None
    assert len(vsys.findall("rulebase/security/rules/entry")) == 20
    members = [it.text for it in vsys.iterfind("zone/entry[@name='inside']/network/layer3/member")]
    assert members == ["ethernet1/2"]


def test_an_export_is_the_running_configuration_and_leaves_the_lab_for_nowhere(
    world: PanosWorld,
) -> None:
    line = "scp export configuration from running-config.xml to backup@192.0.2.8:/b/p1a.xml"
    assert "running-config.xml" in world.ask(world.a, line)
    world.ask(world.a, "tftp export configuration from running-config.xml to 192.0.2.8")
    first, second = world.a.exported.values()
    assert first == second
    config = ET.fromstring(first)  # noqa: S314  # the lab's own
    shown = world.xml(world.a, "show config running").find("result/config")
    assert shown is not None
    assert [it.tag for it in config.iter()] == [it.tag for it in shown.iter()]
    assert "does not exist" in world.refused(world.a, line.replace("running-config", "other"))
    assert world.effects(world.a) == ["backup", "backup"]

"""Software of PAN-OS firewalls: download, install as a job, two partitions, boots, transfers."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

from nornir_haupgrade.lab import PanosSpec, build_image, write_image
from nornir_haupgrade.lab.command import Line, Terminal
from nornir_haupgrade.lab.personalities.paloalto_panos.firewall import Firewall
from tests.lab.panos_world import NEW, OFFERS, OLD, PanosWorld

SETUP = PanosSpec(offers=OFFERS)
DOWNLOAD = "request system software download version"
INSTALL = "request system software install version"


@pytest.fixture
def world() -> PanosWorld:
    return PanosWorld(setup=SETUP)


def versions(world: PanosWorld, device: Firewall) -> dict[str, tuple[str, str]]:
    """Releases with whether they are downloaded and current."""
    found = world.xml(device, "request system software info").iter("entry")
    return {
        one.findtext("version", ""): (one.findtext("downloaded", ""), one.findtext("current", ""))
        for one in found
    }


def partitions(world: PanosWorld, device: Firewall) -> dict[str, tuple[str, str]]:
    """State and release of both partitions, out of the text."""
    text = world.ask(device, "debug swm status")
    rows = re.findall(r"^(sysroot\d) +(\S+) +(\S+)$", text, re.MULTILINE)
    return {name: (state, version) for name, state, version in rows}


def test_what_the_server_has_is_known_after_a_look(world: PanosWorld) -> None:
    assert versions(world, world.b) == {OLD: ("yes", "yes")}
    refusal = world.refused(world.b, f"{DOWNLOAD} {NEW}")
    assert refusal == f"Server error : No update information available for {NEW}"
    text = world.ask(world.b, "request system software check")
    assert [line.split()[0] for line in text.splitlines()[3:6]] == ["10.2.4", "10.2.0", OLD]
    assert versions(world, world.b)[NEW] == ("no", "no")
    assert versions(world, world.a) == {OLD: ("yes", "yes")}


def test_a_download_is_a_job_and_stages_only(world: PanosWorld) -> None:
    world.ask(world.b, "request system software check")
    said = world.ask(world.b, f"{DOWNLOAD} {NEW}")
    assert "Download job enqueued with jobid 2" in said
    job = world.job(world.b, 2)
    assert (job.findtext("type"), job.findtext("status")) == ("Downld", "ACT")
    world.wait(1)
    job = world.job(world.b, 2)
    assert (job.findtext("status"), job.findtext("result")) == ("FIN", "OK")
    [found] = [
        one
        for one in world.xml(world.b, "request system software info").iter("entry")
        if one.findtext("version") == NEW
    ]
    assert found.findtext("downloaded") == "yes"
    assert found.findtext("sha256") == hashlib.sha256(build_image(NEW)).hexdigest()
    assert world.state(world.b).next_slot == "sysroot0"
    assert world.effects(world.b) == ["files"]


def test_a_download_can_go_to_the_peer_too(world: PanosWorld) -> None:
    world.ask(world.b, "request system software check")
    world.ask(world.b, f"{DOWNLOAD} {NEW} sync-to-peer yes")
    world.wait(1)
    assert versions(world, world.a)[NEW] == ("yes", "no")
    assert world.state(world.a).next_slot == "sysroot0"


def test_another_feature_release_needs_its_base_image() -> None:
    world = PanosWorld(setup=PanosSpec(offers=("10.2.4", "10.2.0", "10.1.14")))
    world.load(world.b, NEW, "10.1.14")
    assert "10.2.0" in world.refused(world.b, f"{INSTALL} {NEW}")
    world.ask(world.b, f"{INSTALL} 10.1.14")  # of the release that runs
    world = PanosWorld(setup=PanosSpec(offers=(NEW,), needs_base=False))
    world.load(world.b, NEW)
    world.ask(world.b, f"{INSTALL} {NEW}")


def test_an_install_writes_the_other_partition_and_boots_it_next(world: PanosWorld) -> None:
    world.load(world.b, "10.2.0", NEW)
    said = world.ask(world.b, f"{INSTALL} {NEW}")
    assert "Software install job enqueued with jobid 4." in said  # the words of pan-os-python's
    world.wait(0.25)
    job = world.job(world.b, 4)
    assert (job.findtext("type"), job.findtext("status"), job.findtext("result")) == (
        "SWInstall",
        "ACT",
        "PEND",
    )
    assert job.findtext("progress") == "50"  # half of install_seconds
    assert partitions(world, world.b)["sysroot1"][0] == "EMPTY"
    world.wait(0.5)
    assert world.job(world.b, 4).findtext("result") == "OK"
    assert partitions(world, world.b) == {
        "sysroot0": ("RUNNING-ACTIVE", OLD),
        "sysroot1": ("PENDING-CHANGE", NEW),
    }
    state = world.state(world.b)
    assert (state.version, state.slot, state.next_slot) == (OLD, "sysroot0", "sysroot1")
    world.restart(world.b)
    assert world.state(world.b).version == NEW
    assert world.xml(world.b, "show system info").findtext(".//sw-version") == NEW
    assert versions(world, world.b)[NEW] == ("yes", "yes")
    assert world.words == ("active", "passive")
    assert world.effects(world.b) == ["files", "files", "install", "reboot"]


def test_going_back_boots_the_other_partition(world: PanosWorld) -> None:
    assert "No previous version" in world.refused(world.b, "debug swm revert")
    world.install(world.b)
    world.restart(world.b)
    said = world.ask(world.b, "debug swm revert")
    assert f"Reverting from {NEW} (sysroot1) to {OLD} (sysroot0)" in said
    assert partitions(world, world.b)["sysroot0"] == ("PENDING-REVERT", OLD)
    assert world.state(world.b).version == NEW
    world.restart(world.b)
    state = world.state(world.b)
    assert (state.version, state.slot) == (OLD, "sysroot0")
    assert partitions(world, world.b)["sysroot1"] == ("REVERTABLE", NEW)
    assert world.effects(world.b)[-3:] == ["reboot", "boot-select", "reboot"]


def test_one_install_at_a_time_and_none_while_a_commit_goes_on(world: PanosWorld) -> None:
    world.load(world.b, "10.2.0", NEW)
    world.ask(world.b, f"{INSTALL} {NEW}")
    assert "is in progress" in world.refused(world.b, f"{INSTALL} {NEW}")
    world.wait(1)
    terminal = Terminal(length=0)
    world.ask(world.b, "configure", terminal)
    world.ask(world.b, "set address x ip-netmask 192.0.2.1", terminal)
    replies = world.run(world.b, Line("commit", terminal))
    assert "A commit is in progress" in world.refused(world.b, f"{INSTALL} {NEW}")
    world.wait(1)
    assert replies
    world.ask(world.b, f"{INSTALL} {NEW}")


def test_a_boot_begins_with_its_own_commit_and_refuses_work_until_it_ended() -> None:
    world = PanosWorld(setup=PanosSpec(auto_commit_seconds=5))
    world.ask(world.b, "request restart system")
    world.wait(4)  # stop 0.3, boot 2, then the login answers
    [job] = world.xml(world.b, "show jobs all").findall("result/job")
    assert (job.findtext("id"), job.findtext("type"), job.findtext("status")) == (
        "1",
        "AutoCom",
        "ACT",
    )
    assert world.word(world.b) == "initial"
    for line in ("configure", "request high-availability state functional"):
        assert "Auto-commit is in progress" in world.refused(world.b, line)
    world.wait(5)
    assert world.job(world.b, 1).findtext("result") == "OK"
    assert world.word(world.b) == "passive"
    assert world.ask(world.b, "configure").startswith("Entering configuration mode")


def test_only_what_is_loaded_and_does_not_run_is_deleted(world: PanosWorld) -> None:
    world.load(world.b, NEW)
    used = world.b.disk.free
    assert "is installed" in world.refused(world.b, f"delete software version {OLD}")
    world.ask(world.b, f"delete software version {NEW}")
    assert world.b.disk.free == used + len(build_image(NEW))
    assert "is not downloaded" in world.refused(world.b, f"delete software version {NEW}")


def test_a_download_that_does_not_fit_fails_and_says_why() -> None:
    world = PanosWorld(setup=SETUP, disk=400 * 1024)  # an image is 256 KiB
    world.load(world.b, NEW)
    job = world.job(world.b, 2)
    assert job.findtext("result") == "FAIL"
    assert "No space left on device" in job.findtext("details/line", "")
    assert re.search(r"/dev/sda6 +400K +256K +144K +64% /opt/panrepo", disk(world, world.b))


def disk(world: PanosWorld, device: Firewall) -> str:
    return world.ask(device, "show system disk-space")


def test_a_file_of_the_lab_s_folder_is_downloaded_or_imported(tmp_path: Path) -> None:
    write_image(tmp_path / "PanOS_vm-10.1.12", "10.1.12", drop_config_lines=("nexthop",))
    (tmp_path / "notes.txt").write_text("no image\n")
    world = PanosWorld(setup=PanosSpec(folder=str(tmp_path)))
    world.load(world.a, "10.1.12")
    line = "scp import software from admin@192.0.2.9:/images/PanOS_vm-10.1.12"
    assert "PanOS_vm-10.1.12 saved" in world.ask(world.b, line)
    assert world.effects(world.b) == ["files"]
    for device in (world.a, world.b):
        assert versions(world, device)["10.1.12"] == ("yes", "no")
    assert "No such file" in world.answer(world.b, line.replace(".12", ".13")).stdout
    assert "Invalid syntax." in world.refused(world.b, "scp import software from nowhere")
    world.ask(world.b, f"{INSTALL} 10.1.12")
    world.wait(1)
    world.restart(world.b)
    assert world.state(world.b).version == "10.1.12"
    assert "nexthop" not in world.ask(world.b, "show config running")
    assert "not synchronized" in world.ask(world.a, "show high-availability state")


def test_an_image_that_is_cut_short_is_refused_when_it_is_loaded(tmp_path: Path) -> None:
    write_image(tmp_path / "short", "10.1.12", truncated=True)
    world = PanosWorld(setup=PanosSpec(folder=str(tmp_path)))
    world.load(world.b, "10.1.12")
    assert world.job(world.b, 2).findtext("result") == "FAIL"
    line = "scp import software from admin@192.0.2.9:/images/short"
    assert "Failed to verify" in world.answer(world.b, line).stdout
    assert versions(world, world.b)["10.1.12"] == ("no", "no")


def test_a_release_without_ha_boots_and_never_takes_part(tmp_path: Path) -> None:
    write_image(tmp_path / "broken", "10.1.12", ha=False)
    world = PanosWorld(setup=PanosSpec(folder=str(tmp_path)))
    world.load(world.b, "10.1.12")
    world.ask(world.b, f"{INSTALL} 10.1.12")
    world.wait(1)
    world.restart(world.b, 60)
    assert world.words == ("active", "initial")
    assert "Connection status: down" in world.ask(world.a, "show high-availability all")


def test_a_member_that_is_shut_down_stays_off(world: PanosWorld) -> None:
    world.ask(world.b, "request shutdown system")
    world.wait(60)
    assert world.state(world.b).phase == "down"
    world.strike("power_on", "p1b")
    world.wait(10)
    assert world.words == ("active", "passive")

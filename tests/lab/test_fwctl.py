"""The appliance's command line: what each command of the contract prints and refuses."""

from __future__ import annotations

import hashlib
import io
import re
import tarfile

import pytest

from nornir_haupgrade.lab import build_image
from tests.lab.conftest import MakeWorld, World


def test_show_version_names_node_release_slots_packages_and_uptime(world: World) -> None:
    said = world.ask(world.a, "fwctl show version")
    assert list(said) == [
        "Node-id", "Hostname", "Version", "Slot", "Boot", "Keepalived", "Conntrackd", "Uptime",
    ]  # fmt: skip
    assert said["Node-id"] == world.a.node_id != world.b.node_id
    assert said["Hostname"] == "p1a"
    assert (said["Version"], said["Slot"], said["Boot"]) == ("12.15", "A", "A")
    assert (said["Keepalived"], said["Conntrackd"]) == ("2.2.7", "1.4.7")
    assert said["Uptime"].isdigit()


def test_show_ha_of_both_members(world: World) -> None:
    assert world.ask(world.a, "fwctl show ha") == {
        "State": "MASTER", "VIP": "yes", "Preempt": "no", "Priority": "120", "Suspended": "0",
        "Peer-link": "up",
    }  # fmt: skip
    assert world.ask(world.b, "fwctl show ha") == {
        "State": "BACKUP", "VIP": "no", "Preempt": "no", "Priority": "100", "Suspended": "0",
        "Peer-link": "up",
    }  # fmt: skip


def test_session_counts_of_both_members(world: World) -> None:
    assert world.answer(world.a, "fwctl show sessions").stdout == "200\n"
    active = world.ask(world.a, "fwctl show session-sync")
    standby = world.ask(world.b, "fwctl show session-sync")
    assert active == {"Internal": "200", "External": "0", "Kernel": "200"}
    assert standby == {"Internal": "0", "External": "200", "Kernel": "0"}


def test_sessions_are_listed_alike_on_both_members(world: World) -> None:
    line = "tcp 10.1.1.100:40000>10.2.1.100:7000 10.2.1.100:7000>10.1.1.100:40000 ESTABLISHED 600"
    active = world.answer(world.a, "fwctl show sessions list").stdout
    assert active.splitlines()[0] == line
    assert len(active.splitlines()) == 200
    assert world.answer(world.b, "fwctl show sessions list").stdout == active


def test_interfaces_users_and_images(world: World) -> None:
    lines = world.answer(world.a, "fwctl show interfaces").stdout.splitlines()
    assert {"out up", "in up", "ha up"} <= set(lines)
    assert world.answer(world.a, "fwctl show users").stdout == ""
    image = build_image("12.15")
    said = world.ask(world.a, "fwctl show images")
    assert said["A"] == f"12.15 {len(image)} {hashlib.sha256(image).hexdigest()}"
    assert said["B"] == "empty"
    assert int(said["Free"]) == 256 * 1024 * 1024 - len(image)


def test_image_verify_prints_size_and_checksum(world: World) -> None:
    checksum = world.upload(world.a, "file", b"abc")
    assert world.answer(world.a, "fwctl image verify file").stdout == f"3 {checksum}\n"
    reply = world.answer(world.a, "fwctl image verify other")
    assert (reply.status, reply.stderr[0]) == (1, "%")


def test_an_image_goes_into_the_slot_that_is_not_running(world: World) -> None:
    checksum = world.upload(world.b, "image", build_image("13.8"))
    reply = world.answer(world.b, f"fwctl image install image {checksum} 13.8 --if-state BACKUP")
    assert (reply.status, reply.stderr) == (0, "")
    said = world.ask(world.b, "fwctl show images")
    assert said["B"].split()[0] == "13.8"
    assert said["A"].split()[0] == "12.15"


def test_an_install_takes_time_and_a_reboot_meanwhile_prevents_it(world: World) -> None:
    checksum = world.upload(world.b, "image", build_image("13.8"))
    replies = world.run(world.b, f"fwctl image install image {checksum} 13.8")
    world.wait(0.1)
    assert not replies
    assert world.b.slots["B"] is None
    world.b.crash(reboots=True)
    world.wait(10)
    assert replies[0].is_cut
    assert world.b.slots["B"] is None


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("fwctl image install image {wrong} 13.8", "% checksum"),
        ("fwctl image install none {right} 13.8", "% no such file"),
        ("fwctl image install image {right} 13.8 --if-state BACKUP", "% state is MASTER"),
        ("fwctl image boot B", "% slot B is empty"),
        ("fwctl image boot C", "% "),
        ("fwctl image boot A --if-state BACKUP", "% state is MASTER"),
        ("fwctl reboot --if-state BACKUP", "% state is MASTER"),
        ("fwctl reboot now", "% "),
        ("fwctl ha preempt maybe", "% "),
        ("fwctl backup ../x", "% "),
        ("fwctl show ha --if-state MASTER", "% "),
        ("fwctl show nothing", "% unknown command"),
        ("fwctl", "% unknown command"),
    ],
)
def test_refusals_go_to_standard_error_with_status_1(world: World, line: str, message: str) -> None:
    right = world.upload(world.a, "image", build_image("13.8"))
    reply = world.answer(world.a, line.format(right=right, wrong="0" * 64))
    assert (reply.status, reply.stdout) == (1, "")
    assert reply.stderr.startswith(message)
    assert [entry["effect"] for entry in world.entries("command")] == ["none"]
    assert world.state(world.a).boots == 0
    assert world.a.slots["B"] is None


def test_too_little_space_refuses_an_install_and_a_backup(make_world: MakeWorld) -> None:
    world = make_world(disk=600 * 1024)
    checksum = world.upload(world.b, "image", build_image("13.8"))
    reply = world.answer(world.b, f"fwctl image install image {checksum} 13.8")
    assert reply.status == 1
    assert "space" in reply.stderr
    world.strike("disk_full", "p1b")
    assert world.answer(world.b, "fwctl backup x").status == 1


def test_boot_selection_and_reboot_bring_the_new_release_up(world: World) -> None:
    world.put_image(world.b)
    before = world.ask(world.b, "fwctl show boot")
    assert world.ask(world.b, "fwctl show version")["Boot"] == "B"
    assert world.answer(world.b, "fwctl reboot --if-state BACKUP").status == 0
    world.wait(20)
    version = world.ask(world.b, "fwctl show version")
    after = world.ask(world.b, "fwctl show boot")
    assert (version["Version"], version["Slot"]) == ("13.8", "B")
    assert (version["Keepalived"], version["Conntrackd"]) == ("2.3.3", "1.4.8")
    assert after["Boot-id"] != before["Boot-id"]
    assert int(after["Uptime"]) < int(before["Uptime"])
    assert after["Config-hash"] == before["Config-hash"]


def test_show_boot_counts_role_changes(world: World) -> None:
    assert world.ask(world.b, "fwctl show boot")["Failovers"] == "0"
    world.answer(world.a, "fwctl ha suspend")
    world.wait(1)
    assert world.ask(world.b, "fwctl show boot")["Failovers"] == "1"
    world.reboot(world.a)
    world.reboot(world.b)
    assert world.roles == ("MASTER", "BACKUP")
    assert world.ask(world.b, "fwctl show boot")["Failovers"] == "0"  # since this boot


def test_the_config_hash_covers_the_local_part(world: World) -> None:
    before = world.ask(world.a, "fwctl show boot")["Config-hash"]
    world.answer(world.a, "fwctl ha preempt on")
    assert world.ask(world.a, "fwctl show ha")["Preempt"] == "yes"
    changed = world.ask(world.a, "fwctl show boot")["Config-hash"]
    world.answer(world.a, "fwctl ha preempt off")
    assert changed != before == world.ask(world.a, "fwctl show boot")["Config-hash"]


def test_the_sync_report_lists_shared_files_and_the_running_rules(world: World) -> None:
    lines = world.answer(world.a, "fwctl ha sync-report").stdout.splitlines()
    assert all(re.fullmatch(r"[0-9a-f]{64}  shared/\S+", line) for line in lines[:-1])
    assert re.fullmatch(r"running-nft [0-9a-f]{64}", lines[-1])
    assert world.answer(world.b, "fwctl ha sync-report").stdout.splitlines() == lines


def test_sync_config_pushes_the_shared_part_and_nothing_local(world: World) -> None:
    world.strike("hand_config_change", "p1a")
    report = world.answer(world.a, "fwctl ha sync-report").stdout
    assert world.answer(world.b, "fwctl ha sync-report").stdout != report
    local = world.b.configuration.files["local/hostname"]
    assert world.answer(world.a, "fwctl ha sync-config").stdout == "synced\n"
    assert world.answer(world.b, "fwctl ha sync-report").stdout == report
    assert world.b.configuration.files["local/hostname"] == local == "p1b\n"


def test_sync_config_needs_the_peer(world: World) -> None:
    world.b.crash()
    reply = world.answer(world.a, "fwctl ha sync-config")
    assert (reply.status, reply.stderr) == (1, "% peer does not answer\n")
    assert world.ask(world.a, "fwctl show ha")["Peer-link"] == "down"


def test_a_backup_is_a_tar_of_the_whole_configuration(world: World) -> None:
    reply = world.answer(world.a, "fwctl backup before")
    checksum, path = reply.stdout.split()
    content = bytes(world.a.disk.files[path])
    assert hashlib.sha256(content).hexdigest() == checksum
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        files = {name: tar.extractfile(name) for name in tar.getnames()}
        texts = {name: file.read().decode() for name, file in files.items() if file}
    assert texts == {f"config/{name}": text for name, text in world.a.configuration.files.items()}
    assert world.answer(world.a, "fwctl backup again").stdout.split()[0] == checksum


def test_halt_stays_down(world: World) -> None:
    assert world.answer(world.b, "fwctl reboot halt --if-state BACKUP").status == 0
    world.wait(100)
    assert world.state(world.b).phase == "down"


def test_other_words_are_the_shells(world: World) -> None:
    reply = world.answer(world.a, "reload")
    assert (reply.status, reply.stderr) == (127, "-bash: reload: command not found\n")
    assert world.answer(world.a, "echo a b").stdout == "a b\n"
    assert world.answer(world.a, "fwctl 'show").status == 2


def test_every_command_is_written_down_with_the_state_it_met(world: World) -> None:
    world.answer(world.a, "fwctl ha suspend")
    world.answer(world.b, "fwctl reboot --if-state MASTER")
    first, second = world.entries("command")
    assert (first["member"], first["command"]) == ("p1a", "fwctl ha suspend")
    assert (first["state"], first["forwards"], first["effect"]) == ("MASTER", True, "suspend")
    assert (second["state"], second["status"], second["effect"]) == ("BACKUP", 1, "none")

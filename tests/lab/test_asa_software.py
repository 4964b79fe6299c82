"""What boots on a unit, in which order it is tried, and what a reload asks."""

from __future__ import annotations

import hashlib
import re

import pytest

from nornir_haupgrade.lab import AsaSpec, build_image
from nornir_haupgrade.lab.command import Line, Terminal
from tests.lab.conftest import AsaWorld, MakeAsas

OLD, NEW = "9.16(3)19", "9.18(4)5"
OLD_FILE = "asa9-16-3-19-smp-k8.bin"
NEW_FILE = "asa9-18-4-5-smp-k8.bin"


def asked(asas: AsaWorld, line: str, *answers: str) -> str | None:
    question = asas.rig.executor.command_line.question(
        asas.pair, asas.a, Line(line, Terminal(), answers)
    )
    return None if question is None else question.text


def test_the_standby_boots_the_new_image_and_joins_the_old_one(asas: AsaWorld) -> None:
    asas.upgrade_standby(NEW)
    assert (asas.state(asas.a).version, asas.state(asas.b).version) == (OLD, NEW)
    assert asas.roles == ("MASTER", "BACKUP")
    said = asas.ask(asas.a, "show failover")
    assert f"Version: Ours {OLD}, Mate {NEW}\n" in said
    assert asas.host(asas.a, "Other") == "Secondary - Standby Ready"
    assert f"Version {NEW} \n" in asas.ask(asas.b, "show version")
    assert f'"disk0:/asa-{NEW}.bin"' in asas.ask(asas.b, "show version")
    [boot] = asas.entries("boot")
    assert (boot["member"], boot["version"]) == ("p1b", NEW)


def test_a_whole_upgrade_loses_no_connection(asas: AsaWorld) -> None:
    asas.upgrade_standby(NEW)
    asas.ask(asas.a, "no failover active")
    asas.wait(5)
    asas.ask(asas.b, "failover reload-standby")
    asas.wait(10)
    assert {asas.state(unit).version for unit in (asas.a, asas.b)} == {NEW}
    assert asas.roles == ("BACKUP", "MASTER")
    assert asas.pair.sessions.lost == 0
    reboots = [entry for entry in asas.entries("command") if entry["effect"] == "reboot"]
    assert [(entry["member"], entry["forwards"]) for entry in reboots] == [
        ("p1b", False), ("p1a", False),
    ]  # fmt: skip


def test_the_order_of_the_saved_lines_decides_and_not_of_the_running_ones(asas: AsaWorld) -> None:
    name = asas.upload(asas.b, NEW)
    asas.configure(asas.a, f"no boot system disk0:/{OLD_FILE}", f"boot system {name}")
    said = asas.ask(asas.b, "show bootvar")
    assert f"BOOT variable = disk0:/{OLD_FILE}\nCurrent BOOT variable = {name}\n" in said
    assert asas.state(asas.b).next_slot == OLD_FILE
    asas.configure(asas.a, f"boot system disk0:/{OLD_FILE}")
    asas.ask(asas.a, "write memory")
    assert asas.state(asas.b).next_slot == f"asa-{NEW}.bin"
    assert f"BOOT variable = {name};disk0:/{OLD_FILE}\n" in asas.ask(asas.b, "show bootvar")


def test_boot_lines_are_those_of_both_units_though_the_image_is_on_one(asas: AsaWorld) -> None:
    name = asas.upload(asas.a, NEW)
    old = f"boot system disk0:/{OLD_FILE}"
    [first, second, third] = asas.configure(asas.a, f"no {old}", f"boot system {name}", old)
    assert first == second == third == ""
    asas.ask(asas.a, "write memory")
    for unit in (asas.a, asas.b):
        lines = asas.ask(unit, "show running-config boot system").splitlines()
        assert lines == [f"boot system {name}", old]
    asas.ask(asas.a, "failover reload-standby")
    asas.wait(10)
    assert asas.state(asas.b).version == OLD  # where the first image is not, the second boots


def test_a_boot_line_for_a_file_that_is_not_there_is_warned_about(asas: AsaWorld) -> None:
    [said] = asas.configure(asas.a, "boot system disk0:/nothing.bin")
    assert said.startswith("WARNING: BOOT variable added, but unable to find disk0:/nothing.bin")
    assert asas.entries("command")[-1]["effect"] == "boot-select"


def test_without_any_boot_line_the_first_image_on_the_disk_boots(asas: AsaWorld) -> None:
    asas.b.disk.store("/flash/a.bin", build_image("9.12(4)"))
    asas.b.disk.store("/flash/0.bin", b"no image")
    asas.configure(asas.a, "clear configure boot system")
    asas.ask(asas.a, "write memory")
    asas.ask(asas.a, "failover reload-standby")
    asas.wait(10)
    assert asas.state(asas.b).version == "9.12(4)"


def test_a_truncated_image_is_passed_over(asas: AsaWorld) -> None:
    asas.upgrade_standby(NEW, truncated=True)
    assert asas.state(asas.b).version == OLD
    assert asas.host(asas.b) == "Secondary - Standby Ready"


def test_an_image_without_failover_boots_and_joins_nobody(asas: AsaWorld) -> None:
    asas.upgrade_standby(NEW, ha=False)
    asas.wait(20)
    assert asas.state(asas.b).version == NEW
    assert asas.host(asas.a, "Other") == "Secondary - Failed"


def test_lines_that_a_release_does_not_know_are_lost_from_both_configurations_it_gets(
    asas: AsaWorld,
) -> None:
    asas.upgrade_standby(NEW, drop_config_lines=["eq 7001"])
    said = asas.ask(asas.b, "show running-config access-list")
    assert "eq 7000" in said
    assert "eq 7001" not in said  # though the active, which has it, sent it once more
    assert "eq 7001" in asas.ask(asas.a, "show running-config access-list")
    errors = asas.ask(asas.b, "show startup-config errors")
    said_of = r'^\*\*\* Output from config line \d+, "access-list .* 7001"$'
    assert re.search(said_of, errors, re.MULTILINE)
    assert asas.ask(asas.a, "show startup-config errors") == "INFO: No configuration errors\n"
    asas.ask(asas.a, "no failover active")
    asas.ask(asas.b, "failover reload-standby")
    asas.wait(10)
    assert "eq 7001" not in asas.ask(asas.a, "show running-config access-list")


def test_a_line_that_the_standbys_release_does_not_know_is_not_taken_over(asas: AsaWorld) -> None:
    asas.upgrade_standby(NEW, drop_config_lines=["snmp-server"])
    said = asas.configure(asas.a, "snmp-server contact noc", "logging enable")
    assert said == ["", ""]
    assert asas.ask(asas.a, "show running-config snmp-server") == "snmp-server contact noc\n"
    assert asas.ask(asas.b, "show running-config snmp-server") == ""
    assert asas.ask(asas.b, "show running-config logging") == "logging enable\n"


def test_a_pair_that_is_half_upgraded_can_be_found(make_asas: MakeAsas) -> None:
    asas = make_asas(versions=(OLD, NEW))
    assert (asas.state(asas.a).slot, asas.state(asas.b).slot) == (OLD_FILE, NEW_FILE)
    for unit in (asas.a, asas.b):
        assert asas.state(unit).next_slot == NEW_FILE
        assert OLD_FILE in asas.ask(unit, "dir")
    difference = {
        line
        for line in asas.ask(asas.a, "show running-config failover").splitlines()
        if line not in asas.ask(asas.b, "show running-config failover")
    }
    assert difference == {"failover lan unit primary"}


# What a reload asks


def test_a_reload_asks_whether_to_save_only_after_a_change(asas: AsaWorld) -> None:
    assert asked(asas, "reload") == "Proceed with reload? [confirm]"
    assert asked(asas, "reload", "y") is asked(asas, "reload noconfirm") is None
    asas.configure(asas.a, "logging enable")
    assert asked(asas, "reload") == "System config has been modified. Save? [Y]es/[N]o: "
    assert asked(asas, "reload", "No") == "Proceed with reload? [confirm]"
    assert str(asked(asas, "reload", "Yes")).startswith("Cryptochecksum: ")
    assert asked(asas, "reload", "Yes", "y") is None
    assert asked(asas, "reload noconfirm") is None


@pytest.mark.parametrize("answer", ["Yes", "No"])
def test_what_was_not_saved_is_gone_or_comes_back_from_the_mate(
    asas: AsaWorld, answer: str
) -> None:
    asas.configure(asas.b, "logging enable")
    asas.ask(asas.b, "reload", answer, "y")
    asas.wait(2.5)
    has_line = "logging enable" in asas.ask(asas.b, "show running-config logging")
    assert has_line is (answer == "Yes")
    asas.wait(10)  # it joined: the active's configuration runs, which never had the line
    assert asas.ask(asas.b, "show running-config logging") == ""


def test_the_last_words_of_a_reload(asas: AsaWorld) -> None:
    reply = asas.answer(asas.b, "reload noconfirm")
    assert reply.is_last
    assert reply.stdout.startswith("p1/sec/stby# \n\n\n***\n*** --- START GRACEFUL SHUTDOWN ---\n")
    assert reply.stdout.endswith("***\n*** --- SHUTDOWN NOW ---\n")


# Files


def test_an_image_is_verified_on_the_disk(asas: AsaWorld) -> None:
    name = asas.upload(asas.a, NEW)
    image = build_image(NEW)
    md5 = hashlib.md5(image, usedforsecurity=False).hexdigest()
    assert f"verify /md5 ({name}) = {md5}\n" in asas.ask(asas.a, f"verify /md5 {name}")
    sha512 = hashlib.sha512(image).hexdigest()
    assert asas.ask(asas.a, f"verify /sha-512 {name}").endswith(f"= {sha512}\n")
    assert "Verified" in asas.ask(asas.a, f"verify /md5 {name} {md5}")
    assert "%Error verifying" in asas.ask(asas.a, f"verify /md5 {name} {'0' * 32}")
    assert "%Error opening" in asas.ask(asas.a, "verify /md5 disk0:/nothing")
    assert "ERROR: " in asas.ask(asas.a, f"verify /crc {name}")


def test_a_unit_fetches_an_image_by_itself_and_has_its_mate_do_so(make_asas: MakeAsas) -> None:
    asas = make_asas(setup=AsaSpec(server=(NEW,)))
    url = f"tftp://192.0.2.1/{NEW_FILE}"
    said = asas.ask(asas.a, f"copy /noconfirm {url} disk0:/{NEW_FILE}")
    assert "262144 bytes copied in " in said
    assert bytes(asas.a.disk.files[f"/flash/{NEW_FILE}"]) == build_image(NEW)
    said = asas.ask(asas.a, f"failover exec mate copy /noconfirm {url} disk0:/")
    assert bytes(asas.b.disk.files[f"/flash/{NEW_FILE}"]) == build_image(NEW)
    assert [entry["effect"] for entry in asas.entries("command")] == ["files", "files"]
    assert [entry["member"] for entry in asas.entries("command")] == ["p1a", "p1b"]
    assert "%Error opening" in asas.ask(asas.a, f"copy {url}x disk0:/x")


def test_copying_asks_for_each_part_unless_told_not_to(asas: AsaWorld) -> None:
    line = f"copy tftp://192.0.2.1/{NEW_FILE} disk0:/{NEW_FILE}"
    parts = ("Address or name of remote host [192.0.2.1]? ", f"Source filename [{NEW_FILE}]? ")
    said = [asked(asas, line, *("",) * count) for count in range(4)]
    assert said == [
        *(f"\n{part}" for part in parts),
        f"\nDestination filename [{NEW_FILE}]? ",
        None,
    ]
    over = asked(asas, f"copy disk0:/{OLD_FILE} disk0:/{OLD_FILE}", "", "")
    assert str(over).endswith("Do you want to over write? [confirm]")
    assert (
        asked(asas, "copy running-config startup-config") == "\nSource filename [running-config]? "
    )
    assert asked(asas, f"copy /noconfirm x disk0:/{OLD_FILE}") is None


def test_configurations_are_copied_to_the_disk_and_away(asas: AsaWorld) -> None:
    said = asas.ask(asas.a, "copy /noconfirm running-config disk0:/before.cfg")
    assert re.match(r"Cryptochecksum: ([0-9a-f]{8} ){4}\n\d+ bytes copied in ", said)
    text = asas.ask(asas.a, "more disk0:/before.cfg")
    assert text == asas.ask(asas.a, "show running-config")
    assert text.startswith(": Saved\n")
    assert text.endswith(": end\n")
    away = asas.ask(asas.a, "copy /noconfirm startup-config tftp://192.0.2.1/a.cfg")
    assert "bytes copied" in away
    assert {entry["effect"] for entry in asas.entries("command")} == {"backup", "none"}
    assert "before.cfg" not in asas.ask(asas.b, "dir")  # copies are not replicated


def test_a_configuration_from_the_disk_is_that_of_the_next_boot(asas: AsaWorld) -> None:
    asas.ask(asas.b, "copy /noconfirm running-config disk0:/before.cfg")
    before = asas.state(asas.b).config_hash
    asas.configure(asas.b, "logging enable", "interface Management0/0", "description mgmt")
    asas.ask(asas.b, "write memory")
    assert asas.state(asas.b).config_hash != before
    line = "copy disk0:/before.cfg startup-config"
    assert asked(asas, line) == "\nSource filename [before.cfg]? "
    said = asas.ask(asas.b, line, "")
    assert "bytes copied" in said
    assert asas.entries("command")[-1]["effect"] == "save"
    startup = asas.ask(asas.b, "show startup-config")
    assert "logging enable" not in startup
    assert "description mgmt" not in startup
    assert " nameif management\n" in startup
    asas.ask(asas.b, "reload noconfirm")
    asas.wait(10)
    assert asas.state(asas.b).config_hash == before
    assert asas.ask(asas.b, "copy nothing startup-config", "").startswith("%Error opening")


def test_a_file_goes_to_a_server(asas: AsaWorld) -> None:
    said = asas.ask(asas.a, f"copy /noconfirm disk0:/{OLD_FILE} tftp://192.0.2.1/{OLD_FILE}")
    assert "262144 bytes copied" in said
    assert asas.entries("command")[-1]["effect"] == "backup"
    assert "%Error opening" in asas.ask(asas.a, f"copy /noconfirm {OLD_FILE} disk9:/x")


def test_a_disk_that_is_full_takes_no_image(make_asas: MakeAsas) -> None:
    asas = make_asas(disk=300 * 1024, setup=AsaSpec(server=(NEW,)))
    url = f"tftp://192.0.2.1/{NEW_FILE}"
    said = asas.ask(asas.a, f"copy /noconfirm {url} disk0:/x")
    assert said == "%Error writing disk0:/x (No space left on device)\n"


def test_what_the_active_deletes_is_gone_on_both_and_the_other_way_round_not(
    asas: AsaWorld,
) -> None:
    for unit in (asas.a, asas.b):
        name = asas.upload(unit, NEW)
    assert asked(asas, f"delete {name}") == f"\nDelete filename [asa-{NEW}.bin]? "
    assert asked(asas, f"delete {name}", "") == f"\nDelete {name}? [confirm]"
    asas.ask(asas.b, f"delete {name}", "", "y")
    assert NEW not in asas.ask(asas.b, "dir")
    assert NEW in asas.ask(asas.a, "dir")
    asas.upload(asas.b, NEW)
    asas.ask(asas.a, f"delete /noconfirm {name}")
    assert NEW not in asas.ask(asas.a, "dir") + asas.ask(asas.b, "dir")
    assert "%Error deleting" in asas.ask(asas.a, f"delete /noconfirm {name}")

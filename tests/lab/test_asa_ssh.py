"""Failover pairs over real SSH: Netmiko's ``cisco_asa``, SCP, and bare typing."""

from __future__ import annotations

import hashlib
import io
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import paramiko
import pytest
import scp
from netmiko import (
    BaseConnection,
    ConnectHandler,
    NetmikoAuthenticationException,
    ReadTimeout,
    file_transfer,
)
from ntc_templates.parse import parse_output

from nornir_haupgrade.lab import AsaSpec, Fault, LabThread, build_image
from tests.lab.bare_terminal import Typing
from tests.lab.conftest import Eventually, IsOpen, Login, StartLab

pytestmark = pytest.mark.ssh

OLD, NEW = "9.16(3)19", "9.18(4)5"
IMAGE = build_image(NEW)
OLD_FILE, NEW_FILE = "asa9-16-3-19-smp-k8.bin", "asa9-18-4-5-smp-k8.bin"
QUICK = {"advert_seconds": 0.1, "boot_seconds": 0.4, "sync_seconds": 0.2, "stop_seconds": 0.1}
ENABLED = AsaSpec(auto_enable=True)
ACTIVE, STANDBY = "p1/pri/act# ", "p1/sec/stby# "


@contextmanager
def netmiko(lab: LabThread, member: str = "p1a", **options: Any) -> Iterator[BaseConnection]:  # noqa: ANN401
    chosen = {"secret": "enable", "password": "admin", **options}
    session = ConnectHandler(
        device_type="cisco_asa",
        host="127.0.0.1",
        port=lab.ports[member],
        username="admin",
        **chosen,
    )
    try:
        yield session
    finally:
        session.disconnect()


def ask(session: BaseConnection, line: str, **options: Any) -> str:  # noqa: ANN401
    return str(session.send_command(line, read_timeout=20, **options))


def sent(lab: LabThread) -> list[tuple[str, str]]:
    """What was typed so far, with its effect."""
    return [(entry["command"], entry["effect"]) for entry in lab.audit("command")]


def put(client: paramiko.SSHClient, name: str, content: bytes) -> None:
    transport = client.get_transport()
    assert transport is not None
    with scp.SCPClient(transport) as copier:
        copier.putfo(io.BytesIO(content), name, size=len(content))


# Netmiko


@pytest.mark.parametrize(
    ("options", "privilege"),
    [({}, "enable"), ({"secret": ""}, "login")],
)
def test_what_netmiko_sends_at_its_login(
    start_asas: StartLab, options: dict[str, str], privilege: str
) -> None:
    lab = start_asas()
    with netmiko(lab, **options) as session:
        assert session.base_prompt == "p1/pri/act"
        assert session.check_enable_mode()
    assert sent(lab) == [
        ("show curpriv", "none"),
        (privilege, "none"),
        ("terminal pager 0", "none"),
        ("configure terminal", "none"),
        ("terminal width 511", "config"),
        ("end", "none"),
    ]
    said = lab.run("p1b", "show running-config terminal").stdout
    assert said == "terminal width 511\n"  # a login wrote configuration, and on both
    assert "enable\n" not in str(lab.audit("command"))


def test_netmiko_can_log_in_without_a_write(start_asas: StartLab) -> None:
    lab = start_asas(setup=ENABLED)
    before = lab.state("p1a").config_hash
    with netmiko(lab, allow_auto_change=False) as session:
        assert "Current privilege level : 15" in ask(session, "show curpriv")
    assert {effect for _, effect in sent(lab)} == {"none"}
    assert [line for line, _ in sent(lab)] == ["show curpriv", "terminal pager 0", "show curpriv"]
    assert lab.state("p1a").config_hash == before


def test_a_login_to_the_standby_makes_it_differ(start_asas: StartLab) -> None:
    lab = start_asas()
    with netmiko(lab, "p1b") as session:
        assert session.find_prompt() == "p1/sec/stby#"
        assert "Configuration Replication is NOT performed" in session.config_mode()
        session.exit_config_mode()
    assert lab.run("p1b", "show running-config terminal").stdout == "terminal width 511\n"
    assert lab.run("p1a", "show running-config terminal").stdout == ""


def test_netmiko_refuses_a_wrong_secret(start_asas: StartLab) -> None:
    lab = start_asas()
    # it is asked once more, and waits for a prompt
    with pytest.raises(ReadTimeout), netmiko(lab, secret="no", read_timeout_override=0.3):
        pass
    with pytest.raises(NetmikoAuthenticationException), netmiko(lab, password="wrong"):
        pass


def test_netmiko_reads_and_configures(start_asas: StartLab) -> None:
    lab = start_asas()
    with netmiko(lab) as session:
        [said] = parse_output("cisco_asa", "show failover", ask(session, "show failover"))
        assert (said["role"], said["service_state_mate"]) == ("Primary", ["Standby Ready"])
        whole = ask(session, "show running-config")
        assert whole.startswith(": Saved")
        assert whole.endswith(": end")  # in one piece: paging is off
        assert whole.count("\n") > 50
        said = ask(session, "failover exec mate show version | include ^Serial")
        serial = lab.lab.rigs["p1"].pair.devices[1].node_id
        assert said == f"Serial Number: {serial}"
        assert ask(session, "show conn count") == "200 in use, 200 most used"
        said = session.send_config_set(["interface GigabitEthernet0/0", "description wan"])
        assert "p1/pri/act(config-if)#" in said
        assert "[OK]" in session.save_config()
        assert "ERROR: % Invalid input" in ask(session, "show nothing")
    startup = lab.run("p1b", "show startup-config").stdout
    assert " description wan\n" in startup


def test_the_prompt_follows_a_switchover_and_netmiko_must_be_told(start_asas: StartLab) -> None:
    lab = start_asas(**QUICK, setup=AsaSpec(moves_addresses=False))
    with netmiko(lab) as session:
        ask(session, "no failover active", expect_string=r"#")
        lab.wait_until(lambda it: it.state("p1b").forwards)
        assert session.set_base_prompt() == "p1/pri/stby"
        assert "Primary - Standby Ready" in ask(session, "show failover")
        ask(session, "failover active", expect_string=r"#")
        lab.wait_until(lambda it: it.state("p1a").forwards)
        assert session.set_base_prompt() == "p1/pri/act"
    gaps = lab.audit("gap-end")
    assert [entry["seconds"] < 1 for entry in gaps] == [True, True]


def test_the_addresses_go_with_the_roles_and_drop_whoever_is_logged_in(
    start_asas: StartLab, eventually: Eventually
) -> None:
    lab = start_asas(**QUICK)
    serials = [device.node_id for device in lab.lab.rigs["p1"].pair.devices]
    with netmiko(lab) as session, netmiko(lab, "p1b") as other:
        session.write_channel("no failover active\n")
        eventually(lambda: not session.is_alive() and not other.is_alive(), 5)
    lab.wait_until(lambda it: it.state("p1b").forwards)
    found = []
    for member in ("p1a", "p1b"):
        with netmiko(lab, member) as session:
            found.append((session.base_prompt, ask(session, "show version | include ^Serial")))
    assert found == [
        ("p1/sec/act", f"Serial Number: {serials[1]}"),
        ("p1/pri/stby", f"Serial Number: {serials[0]}"),
    ]


def test_an_address_answers_as_long_as_somebody_has_its_role(
    start_asas: StartLab, is_open: IsOpen
) -> None:
    lab = start_asas(speed=4, **QUICK)
    first, second = lab.ports["p1a"], lab.ports["p1b"]
    lab.inject(Fault("crash", "p1a"))
    assert (is_open(first), is_open(second)) == (False, True)
    lab.wait_until(lambda it: it.state("p1b").role == "MASTER")
    assert (is_open(first), is_open(second)) == (True, False)
    lab.heal("crash", "p1a")
    lab.wait_until(lambda it: it.state("p1a").role == "BACKUP")
    assert (is_open(first), is_open(second)) == (True, True)


def test_of_two_active_units_one_can_be_reached(start_asas: StartLab, is_open: IsOpen) -> None:
    lab = start_asas(**QUICK, setup=ENABLED)
    lab.inject(Fault("ha_link_down"))
    lab.run("p1b", "failover active")
    with netmiko(lab) as session:
        assert session.base_prompt == "p1/sec/act"
    assert not is_open(lab.ports["p1b"])


def test_a_plain_prompt_stays_what_it_is(start_asas: StartLab) -> None:
    lab = start_asas(**QUICK, setup=AsaSpec(prompt="", moves_addresses=False))
    with netmiko(lab) as session:
        assert ask(session, "no failover active") == ""
        assert session.find_prompt() == "p1#"


def test_a_reload_answered_by_netmiko_drops_the_line_and_a_login_follows(
    start_asas: StartLab, is_open: IsOpen, eventually: Eventually
) -> None:
    lab = start_asas(boot_seconds=0.4, advert_seconds=0.1, stop_seconds=0.1)
    with netmiko(lab, "p1b") as session:
        # it wrote configuration at its login
        said = ask(session, "reload", expect_string=r"\[N\]o:")
        assert said == "System config has been modified. Save? [Y]es/[N]o: "
        said = ask(session, "N", expect_string=r"\[confirm\]")
        assert "Proceed with reload?" in said
        session.write_channel("\n")
        session.read_until_pattern("SHUTDOWN NOW", read_timeout=5)
        eventually(lambda: not session.is_alive(), 5)
    assert not is_open(lab.ports["p1b"])
    eventually(lambda: is_open(lab.ports["p1b"]), 5)
    lab.wait_until(lambda it: it.state("p1b").role == "BACKUP")
    with netmiko(lab, "p1b") as session:
        assert re.fullmatch(r"p1 up \d secs?", ask(session, "show version | include ^p1 up"))
    assert lab.state("p1b").boots == 1
    [reload] = [entry for entry in lab.audit("command") if entry["effect"] == "reboot"]
    assert (reload["member"], reload["forwards"]) == ("p1b", False)


def test_writing_the_standby_ends_the_logins_there(
    start_asas: StartLab, eventually: Eventually
) -> None:
    lab = start_asas(sync_seconds=0.5)
    with netmiko(lab) as active, netmiko(lab, "p1b") as standby:
        assert "[OK]" in ask(active, "write standby")
        eventually(lambda: not standby.is_alive(), 5)
        lab.wait_until(lambda it: it.state("p1b").known == 200)
        assert "Secondary - Standby Ready" in ask(active, "show failover")


@pytest.mark.prove
def test_a_whole_upgrade_over_netmiko(start_asas: StartLab, login: Login) -> None:
    lab = start_asas(**QUICK)
    md5 = hashlib.md5(IMAGE, usedforsecurity=False).hexdigest()
    for member in ("p1a", "p1b"):
        put(login(lab, member), f"disk0:/{NEW_FILE}", IMAGE)
    with netmiko(lab) as session:
        for where in ("", "failover exec mate "):
            assert ask(session, f"{where}verify /md5 disk0:/{NEW_FILE}").endswith(f"= {md5}")
        old, new = (f"boot system disk0:/{name}" for name in (OLD_FILE, NEW_FILE))
        session.send_config_set([f"no {old}", new, old])
        session.save_config()
        assert ask(session, "failover exec mate show running-config boot system") == f"{new}\n{old}"
        ask(session, "failover reload-standby")
        lab.wait_until(lambda it: it.state("p1b").boots == 1 and it.state("p1b").known == 200)
        assert f"Ours {OLD}, Mate {NEW}" in ask(session, "show failover")
        session.write_channel("no failover active\n")
        lab.wait_until(lambda it: it.state("p1b").forwards)
    with netmiko(lab) as session:  # the active's address: it is the other unit now
        ask(session, "failover reload-standby")
        lab.wait_until(lambda it: it.state("p1a").boots == 1 and it.state("p1a").known == 200)
        assert f"Ours {NEW}, Mate {NEW}" in ask(session, "show failover")
    reloads = [entry for entry in lab.audit("command") if entry["effect"] == "reboot"]
    assert [(entry["member"], entry["via"], entry["forwards"]) for entry in reloads] == [
        ("p1b", "p1a", False), ("p1a", "p1b", False),
    ]  # fmt: skip
    assert [entry for entry in lab.audit("role") if entry["sessions_lost"]] == []


# Files


def test_netmiko_transfers_both_ways(start_asas: StartLab, tmp_path: Path) -> None:
    lab = start_asas(setup=ENABLED)
    (tmp_path / NEW_FILE).write_bytes(IMAGE)
    with netmiko(lab) as session:
        there = str(tmp_path / NEW_FILE)
        done = file_transfer(session, there, NEW_FILE, file_system="disk0:")
        assert done == {"file_exists": True, "file_transferred": True, "file_verified": True}
        again = file_transfer(session, there, NEW_FILE, file_system="disk0:")
        assert not again["file_transferred"]
        back = file_transfer(session, NEW_FILE, str(tmp_path / "back"), "disk0:", "get")
        assert back["file_verified"]
    assert (tmp_path / "back").read_bytes() == IMAGE
    uploads = [(entry["member"], entry["size"]) for entry in lab.audit("upload")]
    assert uploads == [("p1a", 262_144)]  # files are not replicated


@pytest.mark.parametrize(
    ("settings", "path", "why"),
    [
        ({"setup": AsaSpec(has_scp=False)}, "disk0:/x", "Administratively disabled"),
        ({}, "disk9:/x", "No such file"),
        ({"disk": 300 * 1024}, "disk0:/x", "No space"),
    ],
)
def test_an_upload_that_is_refused(
    start_asas: StartLab, login: Login, settings: dict[str, Any], path: str, why: str
) -> None:
    lab = start_asas(**settings)
    with pytest.raises(scp.SCPException, match=why):
        put(login(lab), path, IMAGE)
    assert lab.audit("upload") == []


def test_there_is_no_sftp_and_a_lone_command_is_answered(
    start_asas: StartLab, login: Login
) -> None:
    client = login(start_asas(setup=ENABLED))
    with pytest.raises(paramiko.SSHException):
        client.open_sftp()
    _, out, _ = client.exec_command("show version | include image", timeout=5)
    assert out.read().decode() == f'System image file is "disk0:/{OLD_FILE}"\r\n'


# Typing


def test_a_login_is_greeted_and_typing_is_echoed_and_edited(
    start_asas: StartLab, login: Login
) -> None:
    typing = Typing(login(start_asas()))
    greeting = typing.until("p1/pri/act> ")
    assert greeting.startswith("User admin logged in to p1\r\nLogins over the last 1 days: ")
    assert typing.send("enable\r", "Password: ") == "enable\r\nPassword: "
    assert typing.send("wrong\r", "Password: ") == "*****\r\nInvalid password\r\nPassword: "
    assert typing.send("enable\r", ACTIVE) == f"******\r\n{ACTIVE}"
    assert typing.send("\r", ACTIVE) == f"\r\n{ACTIVE}"
    assert typing.send("show clocx\x7fk\r\n", ACTIVE).startswith("show clocx\b \bk\r\n08:00:0")
    assert typing.send("show nothing\x03", ACTIVE) == f"show nothing^C\r\n{ACTIVE}"
    assert typing.send("show cluck\r", ACTIVE) == (
        f"show cluck\r\n{' ' * 17}^\r\nERROR: % Invalid input detected at '^' marker.\r\n{ACTIVE}"
    )
    typing.send("configure terminal\r", "p1/pri/act(config)# ")
    typing.send("interface gi0/1\r", "p1/pri/act(config-if)# ")
    assert typing.send("\x1a", ACTIVE) == f"^Z\r\n{ACTIVE}"
    typing.channel.send("exit\r")
    assert typing.until("exit\r\n") == "exit\r\n"
    assert typing.channel.recv(100) == b""


def test_long_outputs_are_paged_until_that_is_switched_off(
    start_asas: StartLab, login: Login
) -> None:
    typing = Typing(login(start_asas(setup=ENABLED)))
    typing.until(ACTIVE)
    more = "<--- More --->"
    page = typing.send("show running-config\r", more)
    assert page.count("\r\n") == 1 + 23  # the echo, and a page of 24 lines less one
    line = typing.send("\r", more)
    assert line.count("\r\n") == 1
    assert line.startswith("\r" + " " * 14 + "\r")
    assert typing.send(" ", more).count("\r\n") == 23
    assert typing.send("q", ACTIVE).count("\r\n") == 0
    typing.send("terminal pager 0\r", ACTIVE)
    assert "no pager" in typing.send("show pager\r", ACTIVE)
    whole = typing.send("show running-config\r", ACTIVE)
    assert more not in whole
    assert whole.endswith(f": end\r\n{ACTIVE}")


def test_a_reload_that_is_given_up_changes_nothing(start_asas: StartLab, login: Login) -> None:
    lab = start_asas(setup=ENABLED, faults=(Fault("unsaved_changes", "p1b"),))
    typing = Typing(login(lab, "p1b"))
    typing.until(STANDBY)
    asked = "System config has been modified. Save? [Y]es/[N]o: "
    assert typing.send("reload\r", ": ") == f"reload\r\n{asked}"
    assert "Cryptochecksum: " in typing.send("y\r", "[confirm]")
    assert typing.send("x", STANDBY) == f"x\r\n{STANDBY}"
    assert lab.state("p1b").phase == "running"
    assert lab.state("p1b").boots == 0


def test_each_session_has_a_line_of_its_own(start_asas: StartLab, login: Login) -> None:
    lab = start_asas(setup=ENABLED)
    first, second = Typing(login(lab)), Typing(login(lab))
    for typing in (first, second):
        typing.until(ACTIVE)
    assert first.send("show ssh sessions\r", ACTIVE).count("127.0.0.1") == 2
    second.channel.close()
    lab.wait_until(lambda it: it.state("p1a").logins == 1)
    assert first.send("show ssh sessions\r", ACTIVE).count("127.0.0.1") == 1


def test_a_lost_reply_hides_a_switchover_that_worked(
    start_asas: StartLab, login: Login, eventually: Eventually
) -> None:
    fault = Fault("reply_lost", "p1a", params={"command": "no failover active"})
    setup = AsaSpec(auto_enable=True, moves_addresses=False)
    lab = start_asas(**QUICK, setup=setup, faults=(fault,))
    client = login(lab)
    typing = Typing(client)
    typing.until(ACTIVE)
    typing.channel.send("no failover active\r")
    eventually(lambda: not client.get_transport().is_active(), 5)
    assert lab.state("p1b").role == "MASTER"


def test_messages_for_the_console_come_in_between(start_asas: StartLab, login: Login) -> None:
    lab = start_asas(**QUICK, setup=ENABLED, faults=(Fault("console_messages"),))
    lab.call(lambda it: it.rigs["p1"].pair.devices[1].disk.store(f"/flash/{NEW_FILE}", IMAGE))
    typing = Typing(login(lab))
    typing.until(ACTIVE)
    old, new = (f"boot system disk0:/{name}" for name in (OLD_FILE, NEW_FILE))
    for line in ("configure terminal", f"no {old}", new, "end", "write memory"):
        typing.send(f"{line}\r", "# ")
    typing.send("failover reload-standby\r", ACTIVE)
    typing.channel.send("show ver")
    said = typing.until("End Configuration Replication to mate\r\n")
    assert said.startswith("show ver\r\n****")
    assert f"   Mate version {NEW} is not identical with ours {OLD}\r\n" in said
    assert "\r\nBeginning configuration replication: Sending to mate.\r\n" in said


def test_a_connection_through_the_pair_is_known_and_survives_a_switchover(
    start_asas: StartLab,
) -> None:
    lab = start_asas(**QUICK, takeover_ms=10)
    port = lab.service_ports["p1"]
    with socket.create_connection(("127.0.0.1", port), timeout=3) as line:
        assert line.recv(100) == b"ok p1\n"
        lab.wait_until(lambda it: it.state("p1b").known == 201)
        said = lab.run("p1b", "show conn").stdout
        assert f"{line.getsockname()[1]} inside" in said
        lab.run("p1a", "no failover active")
        lab.wait_until(lambda it: it.state("p1b").forwards)
        line.sendall(b"still there\n")
        assert line.recv(100) == b"still there\n"

"""Routers over real SSH: Netmiko's ``cisco_xe``, NAPALM's ``ios``, SCP, and bare typing."""

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
from napalm import get_network_driver
from netmiko import BaseConnection, ConnectHandler, file_transfer
from ntc_templates.parse import parse_output

from nornir_haupgrade.lab import Fault, LabThread, RouterSpec, build_image
from tests.lab.bare_terminal import Typing
from tests.lab.conftest import Eventually, IsOpen, Login, StartLab

pytestmark = pytest.mark.ssh

OLD, NEW = "17.06.03a", "17.09.04a"
NAME = f"c8000v-universalk9.{NEW}.SPA.bin"
LOW = RouterSpec(privilege=1, secret="s3cret-of-enable")
QUICK = {"advert_seconds": 0.1, "boot_seconds": 0.4, "install_seconds": 0.1}


@contextmanager
def netmiko(lab: LabThread, member: str = "p1a", **options: Any) -> Iterator[BaseConnection]:  # noqa: ANN401
    session = ConnectHandler(
        device_type="cisco_xe",
        host="127.0.0.1",
        port=lab.ports[member],
        username="admin",
        password="admin",
        **options,
    )
    try:
        yield session
    finally:
        session.disconnect()


def ask(session: BaseConnection, line: str) -> str:
    return str(session.send_command(line, read_timeout=20))


def parsed(session: BaseConnection, line: str) -> list[dict[str, Any]]:
    """As the community's templates read it; they do not know the flags of newer releases."""
    said = re.sub(r"  FLAGS: .*\n?", "", ask(session, line))
    return list(parse_output("cisco_ios", line, said))


def test_netmiko_logs_in_reads_and_configures(start_routers: StartLab) -> None:
    lab = start_routers()
    with netmiko(lab) as session:
        assert session.find_prompt() == "p1a#"
        assert session.check_enable_mode()
        [version] = parsed(session, "show version")
        assert (version["version"], version["hostname"]) == ("17.6.3a", "p1a")
        assert version["serial"] == [lab.lab.rigs["p1"].pair.devices[0].node_id]
        assert version["software_image"] == "X86_64_LINUX_IOSD-UNIVERSALK9-M"
        [first, second] = parsed(session, "show standby brief")
        assert (first["interface"], first["group"], first["state"]) == ("Gi2", "10", "Active")
        assert (second["active"], second["standby"]) == ("local", "10.2.1.3")
        [group] = parsed(session, "show vrrp all")
        assert (group["state"], group["priority"]) == ("Master", "120")
        groups = parsed(session, "show standby")
        assert [group["standby_router"] for group in groups] == ["10.1.1.3", "10.2.1.3"]
        assert {group["preemption"] for group in groups} == {"disabled"}
        files = parsed(session, "dir")
        assert {file["permissions"] for file in files} == {"-rw-"}
        assert [file["name"] for file in files] == [
            "c8000v-mono-universalk9.17.06.03a.SPA.pkg",
            "c8000v-rpboot.17.06.03a.SPA.pkg",
            "packages.conf",
        ]
        [login] = parsed(session, "show users")
        assert (login["user"], login["location"]) == ("admin", "127.0.0.1")
        lines = ["interface GigabitEthernet2", "standby 10 preempt delay minimum 30"]
        assert "p1a(config-if)#" in session.send_config_set(lines)
        assert "[OK]" in session.save_config()
        said = ask(session, "show startup-config | include preempt")
        assert " standby 10 preempt delay minimum 30" in said
        assert ask(session, "show running-config").endswith("end")


def test_netmiko_enables_with_the_secret(start_routers: StartLab) -> None:
    lab = start_routers(setup=LOW)
    with netmiko(lab, secret="s3cret-of-enable") as session:
        assert session.find_prompt() == "p1a>"
        assert "% Invalid input" in ask(session, "show running-config")
        session.enable()
        assert session.find_prompt() == "p1a#"
        assert "15" in ask(session, "show privilege")
        session.exit_enable_mode()
        assert session.find_prompt() == "p1a>"
    assert "s3cret" not in str(lab.audit())


def test_napalm_reads_all_that_it_can(start_routers: StartLab) -> None:
    lab = start_routers(setup=LOW)
    options = {"port": lab.ports["p1b"], "secret": LOW.secret}
    device = get_network_driver("ios")("127.0.0.1", "admin", "admin", optional_args=options)
    device.open()
    try:
        assert device.is_alive() == {"is_alive": True}
        facts = device.get_facts()
        serial = lab.lab.rigs["p1"].pair.devices[1].node_id
        assert (facts["serial_number"], facts["hostname"]) == (serial, "p1b")
        assert (facts["model"], facts["fqdn"]) == ("C8000V", "p1b.lab.example")
        assert "Version 17.6.3a," in facts["os_version"]
        assert 86_340 <= facts["uptime"] <= 86_460
        names = [f"GigabitEthernet{number}" for number in range(1, 5)]
        assert facts["interface_list"] == list(device.get_interfaces()) == names
        assert all(
            item["is_up"] and item["speed"] == 1000 for item in device.get_interfaces().values()
        )
        assert device.get_interfaces_ip()["GigabitEthernet2"] == {
            "ipv4": {"10.1.1.3": {"prefix_length": 24}}
        }
        peers = device.get_bgp_neighbors()["global"]["peers"]
        assert [(name, peer["is_up"]) for name, peer in peers.items()] == [("10.1.1.254", True)]
        assert "10.1.1.2" in [entry["ip"] for entry in device.get_arp_table()]
        assert device.get_environment()["cpu"][0]["%usage"] == 4
        [route] = device.get_route_to("198.51.100.0/25")["198.51.100.0/25"]
        assert (route["protocol"], route["next_hop"]) == ("bgp", "10.1.1.254")
        assert route["protocol_attributes"]["remote_as"] == 65000
        [route] = device.get_route_to("10.2.1.0/24")["10.2.1.0/24"]
        assert route["outgoing_interface"] == "GigabitEthernet3"
        assert device.get_route_to("192.0.2.0/24") == {"192.0.2.0/24": []}
        config = device.get_config()
        assert config["running"].startswith("!\n! No configuration change since last restart")
        assert " standby 10 ip 10.1.1.1\n" in config["running"]
        assert " standby 10 ip 10.1.1.1\n" in config["startup"]
    finally:
        device.close()


def test_an_upstream_that_is_unreachable_shows_in_bgp(start_routers: StartLab) -> None:
    lab = start_routers(faults=(Fault("data_port_down", "p1a"),))
    options = {"port": lab.ports["p1a"]}
    device = get_network_driver("ios")("127.0.0.1", "admin", "admin", optional_args=options)
    device.open()
    try:
        assert not device.get_bgp_neighbors()["global"]["peers"]["10.1.1.254"]["is_up"]
        assert device.get_route_to("198.51.100.0/25") == {"198.51.100.0/25": []}
        assert not device.get_interfaces()["GigabitEthernet2"]["is_up"]
    finally:
        device.close()


def test_an_image_travels_by_scp(start_routers: StartLab, login: Login) -> None:
    lab = start_routers()
    client, image = login(lab, "p1b"), build_image(NEW)
    sent: list[int] = []
    transport = client.get_transport()
    assert transport is not None
    with scp.SCPClient(transport, progress=lambda _, __, done: sent.append(done)) as copier:
        copier.putfo(io.BytesIO(image), f"flash:/{NAME}", size=len(image))
    assert sent[-1] == len(image)
    md5 = hashlib.md5(image, usedforsecurity=False).hexdigest()
    with netmiko(lab, "p1b") as session:
        said = ask(session, f"verify /md5 flash:/{NAME} {md5}")
        assert f"Verified (flash:/{NAME}) = {md5}" in said
    [entry] = lab.audit("upload")
    assert (entry["member"], entry["size"]) == ("p1b", len(image))


def test_netmiko_transfers_both_ways(start_routers: StartLab, tmp_path: Path) -> None:
    lab = start_routers()
    (tmp_path / NAME).write_bytes(build_image(NEW))
    with netmiko(lab) as session:
        there = str(tmp_path / NAME)
        done = file_transfer(session, there, NAME, file_system="bootflash:")
        assert done == {"file_exists": True, "file_transferred": True, "file_verified": True}
        assert not file_transfer(session, there, NAME)["file_transferred"]
        back = file_transfer(session, NAME, str(tmp_path / "back"), "flash:", "get")
        assert back["file_verified"]
    assert (tmp_path / "back").read_bytes() == build_image(NEW)


@pytest.mark.parametrize(
    ("router", "path", "why"),
    [
        (RouterSpec(has_scp=False), "flash:/x", "Administratively disabled"),
        (LOW, "flash:/x", "Privilege denied"),
        (RouterSpec(), "disk9:/x", "No such file"),
        (RouterSpec(), "flash:/no/such/folder", "No such file"),
    ],
)
def test_an_upload_that_is_refused(
    start_routers: StartLab, login: Login, router: RouterSpec, path: str, why: str
) -> None:
    lab = start_routers(setup=router)
    copier = scp.SCPClient(login(lab).get_transport())
    with pytest.raises(scp.SCPException, match=why):
        copier.putfo(io.BytesIO(b"abc"), path, size=3)
    assert lab.audit("upload") == []


def test_an_upload_that_does_not_fit_or_is_spoilt(start_routers: StartLab, login: Login) -> None:
    lab = start_routers(disk=700 * 1024)
    lab.inject(Fault("corrupt_upload", "p1a", params={"times": 1}))
    client, image = login(lab), build_image(NEW)
    for number in range(2):
        copier = scp.SCPClient(client.get_transport())
        if number:
            with pytest.raises(scp.SCPException, match="No space"):
                copier.putfo(io.BytesIO(image), f"flash:/{number}", size=len(image))
        else:
            copier.putfo(io.BytesIO(image), "flash:/0", size=len(image))
    held = lab.call(lambda it: bytes(it.rigs["p1"].pair.devices[0].disk.files["/flash/0"]))
    assert len(held) == len(image)
    assert held != image


def test_every_session_has_a_line_of_its_own(start_routers: StartLab, login: Login) -> None:
    lab = start_routers()
    with netmiko(lab) as session:
        first = Typing(login(lab))
        first.until("p1a#")
        said = ask(session, "show users")
        assert re.findall(r"^(.)  (\d) vty (\d)     admin ", said, re.MULTILINE) == [
            ("*", "1", "0"), (" ", "2", "1"),
        ]  # fmt: skip
        _, out, _ = login(lab).exec_command("show users", timeout=5)
        assert "*  3 vty 2     admin " in out.read().decode()
        first.channel.close()
        lab.wait_until(lambda it: it.state("p1a").logins == 1)
        assert ask(session, "show users").count("vty") == 1


def test_there_is_no_sftp(start_routers: StartLab, login: Login) -> None:
    client = login(start_routers())
    with pytest.raises(paramiko.SSHException):
        client.open_sftp()


def test_a_command_without_a_terminal_prints_and_ends(
    start_routers: StartLab, login: Login
) -> None:
    client = login(start_routers())
    _, out, _ = client.exec_command("show version | include image", timeout=5)
    assert out.read() == b'System image file is "bootflash:packages.conf"\r\n'


def test_typing_is_echoed_edited_and_ended(start_routers: StartLab, login: Login) -> None:
    typing = Typing(login(start_routers()))
    assert typing.until("p1a#") == "\r\np1a#"
    assert typing.send("\r", "p1a#") == "\r\np1a#"
    assert typing.send("show clocx\x7fk\r\n", "p1a#").startswith("show clocx\b \bk\r\n08:00:0")
    assert typing.send("show nothing\x03", "p1a#") == "show nothing^C\r\np1a#"
    assert typing.send("\x00show cluck\r", "p1a#") == (
        "show cluck\r\n         ^\r\n% Invalid input detected at '^' marker.\r\n\r\np1a#"
    )
    assert typing.send("configure terminal\r", "p1a(config)#").startswith("configure terminal\r\n")
    assert typing.send("interface Gi2\r", "p1a(config-if)#")
    assert typing.send("\x1a", "p1a#") == "^Z\r\np1a#"
    typing.channel.send("exit\r")
    assert typing.until("exit\r\n") == "exit\r\n"
    assert typing.channel.recv(100) == b""


def test_long_outputs_are_paged_until_that_is_switched_off(
    start_routers: StartLab, login: Login
) -> None:
    typing = Typing(login(start_routers()))
    typing.until("p1a#")
    page = typing.send("show running-config\r", " --More-- ")
    assert page.count("\r\n") == 1 + 23  # the echo, and a page of 24 lines less one
    line = typing.send("\r", " --More-- ")
    assert line.count("\r\n") == 1
    assert line.startswith("\b" * 10 + " " * 10 + "\b" * 10)
    assert typing.send(" ", " --More-- ").count("\r\n") == 23
    assert typing.send("q", "p1a#").count("\r\n") == 0
    typing.send("terminal length 0\r", "p1a#")
    whole = typing.send("show running-config\r", "p1a#")
    assert "--More--" not in whole
    assert whole.endswith("end\r\np1a#")


def test_a_reload_is_confirmed_and_drops_the_line(
    start_routers: StartLab, login: Login, is_open: IsOpen, eventually: Eventually
) -> None:
    lab = start_routers(boot_seconds=0.6)
    client = login(lab, "p1b")
    typing = Typing(client)
    typing.until("p1b#")
    assert typing.send("reload\r", "[confirm]") == "reload\r\nProceed with reload? [confirm]"
    assert typing.send("n", "p1b#") == "n\r\np1b#"
    assert lab.state("p1b").phase == "running"
    typing.send("reload\r", "[confirm]")
    assert typing.send("\r", "\r\n") == "\r\n"
    eventually(lambda: not client.get_transport().is_active(), 5)
    with pytest.raises((OSError, AssertionError)):
        typing.until("p1b#")
    assert not is_open(lab.ports["p1b"])
    eventually(lambda: is_open(lab.ports["p1b"]), 5)
    assert lab.state("p1b").boots == 1


def test_an_unsaved_configuration_is_asked_about_first(
    start_routers: StartLab, login: Login
) -> None:
    lab = start_routers(faults=(Fault("unsaved_changes", "p1b"),), boot_seconds=0.2)
    typing = Typing(login(lab, "p1b"))
    typing.until("p1b#")
    asked = "\r\nSystem configuration has been modified. Save? [yes/no]: "
    assert typing.send("reload\r", ": ") == f"reload\r\n{asked}"
    assert "% Please answer 'yes' or 'no'." in typing.send("\r", ": ")
    assert typing.send("no\r", "[confirm]") == "no\r\nProceed with reload? [confirm]"
    assert typing.send("x", "p1b#") == "x\r\np1b#"
    assert lab.state("p1b").phase == "running"
    typing.send("reload\r", ": ")
    typing.send("yes\r", "[confirm]")
    typing.channel.send("\r")
    lab.wait_until(lambda it: it.state("p1b").boots == 1)
    with netmiko(lab, "p1b") as session:
        assert "logging buffered" in ask(session, "show running-config")


def test_other_questions(start_routers: StartLab, login: Login) -> None:
    typing = Typing(login(start_routers(setup=LOW)))
    typing.until("p1a>")
    assert typing.send("enable\r", "Password: ") == "enable\r\nPassword: "
    assert typing.send("wrong\r", "Password: ") == "\r\nPassword: "
    assert typing.send("s3cret-of-enable\r", "p1a#") == "\r\np1a#"
    said = typing.send("copy running-config startup-config\r", "? ")
    assert said.endswith("Destination filename [startup-config]? ")
    assert "[OK]\r\n" in typing.send("\r", "p1a#")
    said = typing.send("install activate\r", "[y/n]")
    assert said.endswith("reload of the system. Do you want to proceed? [y/n]")
    assert typing.send("n", "p1a#") == "n\r\np1a#"


def test_a_switchover_and_a_whole_upgrade_over_netmiko(
    start_routers: StartLab, login: Login
) -> None:
    lab = start_routers(**QUICK)
    copier = scp.SCPClient(login(lab, "p1b").get_transport())
    copier.putfo(io.BytesIO(build_image(NEW)), f"flash:/{NAME}", size=len(build_image(NEW)))
    with netmiko(lab, "p1b") as session:
        said = ask(session, f"install add file flash:{NAME}")
        assert "SUCCESS: install_add" in said
        line = "install activate auto-abort-timer 30 prompt-level none"
        assert "SUCCESS: install_activate" in ask(session, line)
    lab.wait_until(lambda it: it.state("p1b").boots == 1)
    with netmiko(lab, "p1b") as session:
        said = ask(session, "show install summary")
        assert re.search(rf"^IMG   U    {NEW}\.", said, re.MULTILINE)
        assert "SUCCESS: install_commit" in ask(session, "install commit")
        lab.wait_until(lambda it: set(it.state("p1b").groups.values()) == {"BACKUP"})
        commands = []
        for interface, word in (("2", "standby 10"), ("3", "standby 20"), ("4", "vrrp 30")):
            commands += [f"interface GigabitEthernet{interface}"]
            commands += [f"{word} priority 254", f"{word} preempt"]
        session.send_config_set(commands)
        lab.wait_until(lambda it: it.state("p1b").forwards and it.state("p1a").role == "BACKUP")
        assert ask(session, "show standby brief").count(" Active  local ") == 2
    assert [entry["seconds"] for entry in lab.audit("gap-end")] != []
    assert lab.state("p1b").version == NEW
    assert not lab.state("p1a").forwards


def test_a_trial_that_nobody_commits_goes_back_in_compressed_time(start_routers: StartLab) -> None:
    lab = start_routers(speed=1800.0, boot_seconds=100, ha_seconds=10, stop_seconds=10)
    image = build_image(NEW)
    lab.call(lambda it: it.rigs["p1"].pair.devices[1].disk.store(f"/flash/{NAME}", image))
    lab.run("p1b", f"install add file flash:{NAME}")
    lab.run("p1b", "install activate auto-abort-timer 30 prompt-level none")
    lab.wait_until(lambda it: it.state("p1b").is_on_trial)
    assert lab.state("p1b").version == NEW
    lab.wait_until(lambda it: it.state("p1b").boots == 2)
    state = lab.state("p1b")
    assert (state.version, state.is_on_trial) == (OLD, False)


def test_a_service_behind_the_routers_answers_while_each_group_has_its_active(
    start_routers: StartLab, is_open: IsOpen
) -> None:
    lab = start_routers(takeover_ms=10)
    port = lab.service_ports["p1"]
    with socket.create_connection(("127.0.0.1", port), timeout=3) as line:
        assert line.recv(100) == b"ok p1\n"
        for interface, word in (("2", "standby 10"), ("3", "standby 20"), ("4", "vrrp 30")):
            taking = f"interface Gi{interface}\n{word} priority 254\n{word} preempt\nend"
            lab.run("p1b", f"configure terminal\n{taking}")
        lab.wait_until(lambda it: it.state("p1b").role == "MASTER")
        line.sendall(b"still there\n")
        assert line.recv(100) == b"still there\n"  # a router has no session to lose
    lab.inject(Fault("data_port_down", "p1b", params={"port": "GigabitEthernet3"}))
    assert not is_open(port)
    lab.wait_until(lambda it: it.state("p1a").forwards)
    assert is_open(port)


def test_a_lost_reply_hides_a_commit_that_worked(
    start_routers: StartLab, login: Login, eventually: Eventually
) -> None:
    lab = start_routers(
        **QUICK, faults=(Fault("reply_lost", "p1b", params={"command": "install commit"}),)
    )
    lab.call(
        lambda it: it.rigs["p1"].pair.devices[1].disk.store(f"/flash/{NAME}", build_image(NEW))
    )
    lab.run("p1b", f"install add file flash:{NAME}")
    lab.run("p1b", "install activate prompt-level none")
    lab.wait_until(lambda it: it.state("p1b").boots == 1)
    client = login(lab, "p1b")
    typing = Typing(client)
    typing.until("p1b#")
    typing.channel.send("install commit\r")
    eventually(lambda: not client.get_transport().is_active(), 5)
    assert lab.state("p1b").slot == lab.state("p1b").next_slot == NEW

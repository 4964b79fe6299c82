"""FortiGates over real SSH: Netmiko's ``fortinet``, and bare typing."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import paramiko
import pytest
from netmiko import BaseConnection, ConnectHandler
from ntc_templates.parse import parse_output

from nornir_haupgrade.lab import Fault, FortigateSpec, LabThread, UpgradeMode
from nornir_haupgrade.lab.personalities.fortinet.versions import file_name
from tests.lab.conftest import Eventually, IsOpen, Login, StartLab

pytestmark = pytest.mark.ssh

OLD, NEW = "7.4.4", "7.4.8"
QUICK = {"boot_seconds": 0.5, "stop_seconds": 0.1, "install_seconds": 0.1}
LOCAL = FortigateSpec(upgrade_mode=UpgradeMode.LOCAL_ONLY, offers=(NEW,))
STANDARD = FortigateSpec(output="standard")

BEGIN = ["get system status | grep Virtual", "get system status | grep Version"]
"""What Netmiko 4.8 sends at login, whatever the device is set to."""
READS = {"7.4.4": "get system console", "6.2.6": "show full-configuration system console"}
PAGES_OFF = ["config system console", "set output standard", "end"]
PAGES_ON = ["config system console", "set output more", "end"]


@contextmanager
def netmiko(lab: LabThread, member: str = "p1a", **options: Any) -> Iterator[BaseConnection]:  # noqa: ANN401
    session = ConnectHandler(
        device_type="fortinet",
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


def ask(session: BaseConnection, line: str, **options: Any) -> str:  # noqa: ANN401
    return str(session.send_command(line, read_timeout=20, **options))


def typed(lab: LabThread, member: str = "p1a") -> list[str]:
    return [entry["command"] for entry in lab.audit("command") if entry["member"] == member]


class Typing:
    """A bare terminal."""

    def __init__(self, client: paramiko.SSHClient) -> None:
        self.channel = client.invoke_shell()
        self.channel.settimeout(5)

    def until(self, end: str) -> str:
        data = ""
        while not data.endswith(end):
            piece = self.channel.recv(1000).decode()
            assert piece, data
            data += piece
        return data

    def send(self, text: str, end: str) -> str:
        self.channel.send(text)
        return self.until(end)


@pytest.mark.parametrize("version", READS)
def test_netmiko_logs_in_and_writes_configuration(start_fortigates: StartLab, version: str) -> None:
    lab = start_fortigates(versions=(version, version))
    before = [lab.state(name).config_hash for name in ("p1a", "p1b")]
    with netmiko(lab) as session:
        assert session.find_prompt() == "p1a #"
        assert typed(lab) == [*BEGIN, READS[version], *PAGES_OFF]
        # not only here: the other member pages no more either
        lab.wait_until(lambda it: it.state("p1b").config_hash != before[1])
        assert lab.state("p1a").config_hash != before[0]
        whole = ask(session, "show full-configuration")
        assert "--More--" not in whole
        assert len(whole.splitlines()) > 300
        assert whole.rstrip().endswith("end")
    assert typed(lab)[-3:] == PAGES_ON
    lab.wait_until(lambda it: [it.state(name).config_hash for name in ("p1a", "p1b")] == before)
    assert [entry["effect"] for entry in lab.audit("command")].count("config") == 2


def test_netmiko_writes_nothing_where_there_are_no_pages(start_fortigates: StartLab) -> None:
    lab = start_fortigates(setup=STANDARD)
    with netmiko(lab, "p1b") as session:
        said = ask(session, "get system ha status")
    assert re.search(r"^Primary +: p1a +, ", said, re.MULTILINE)
    assert re.search(r"^Secondary +: p1b +, ", said, re.MULTILINE)
    assert {entry["effect"] for entry in lab.audit("command")} == {"none"}
    assert typed(lab, "p1b") == [*BEGIN, "get system console", "get system ha status"]


def test_who_leaves_puts_the_pages_back_for_who_stays(
    start_fortigates: StartLab, login: Login
) -> None:
    lab = start_fortigates()
    with netmiko(lab):
        typing = Typing(login(lab))
        typing.until("p1a # ")
        assert "--More--" not in typing.send("show system ha\r", "p1a # ")
        assert "--More--" not in typing.send("show firewall policy\r", "p1a # ")
    assert typing.send("show firewall policy\r", "--More-- ")


def test_netmiko_accepts_the_banner(start_fortigates: StartLab, login: Login) -> None:
    lab = start_fortigates(setup=FortigateSpec(has_banner=True, output="standard"))
    with netmiko(lab) as session:
        assert session.find_prompt() == "p1a #"
        assert "Version: FortiGate-VM64-KVM v7.4.4" in ask(session, "get system status")
    typing = Typing(login(lab))
    typing.until("(Press 'a' to accept):")
    typing.send("x", "(Press 'a' to accept):")
    typing.send("a", "p1a # ")


def test_netmiko_configures(start_fortigates: StartLab) -> None:
    lab = start_fortigates(setup=STANDARD)
    with netmiko(lab) as session:
        lines = ["config firewall address", "edit net-9", "set subnet 192.0.2.0/24", "end"]
        said = session.send_config_set(lines)
        assert "p1a (address) # edit net-9" in said
        assert "p1a (net-9) # set subnet" in said
        assert "192.0.2.0" in ask(session, "show firewall address net-9")
    with netmiko(lab, "p1b") as session:
        assert "192.0.2.0" in ask(session, "show firewall address net-9")


def test_a_switchover_through_its_question_and_the_prompt_stays(
    start_fortigates: StartLab,
) -> None:
    lab = start_fortigates(setup=STANDARD)
    with netmiko(lab) as session:
        asked = ask(session, "execute ha failover set 1", expect_string=r"\(y/n\)")
        assert "Caution: This command will trigger an HA failover." in asked
        said = ask(session, "n", expect_string="p1a #")
        assert lab.state("p1a").role == "MASTER"
        ask(session, "execute ha failover set 1", expect_string=r"\(y/n\)")
        ask(session, "y", expect_string="p1a #")
        lab.wait_until(lambda it: it.state("p1b").role == "MASTER")
        assert session.find_prompt() == "p1a #"
        assert "failover status: set" in ask(session, "execute ha failover status")
        said = ask(session, "get system status")
        [found] = parse_output("fortinet", "get system status", said)
        assert found["current_ha_mode"] == "a-p, secondary"
    assert lab.lab.rigs["p1"].pair.sessions.lost == 0


def test_an_image_reboots_the_member_and_drops_the_line(
    start_fortigates: StartLab, is_open: IsOpen, eventually: Eventually
) -> None:
    lab = start_fortigates(setup=LOCAL, **QUICK)
    session = ConnectHandler(
        device_type="fortinet",
        host="127.0.0.1",
        port=lab.ports["p1b"],
        username="admin",
        password="admin",
    )
    line = f"execute restore image tftp {file_name(NEW)} 192.0.2.9"
    assert "replace the current firmware version!" in ask(session, line, expect_string=r"\(y/n\)")
    said = session.send_command("y", expect_string="restart", read_timeout=10, cmd_verify=False)
    assert "Get image from tftp server OK." in said
    eventually(lambda: not is_open(lab.ports["p1b"]), 5)
    eventually(lambda: not session.is_alive(), 5)
    session.paramiko_cleanup()
    eventually(lambda: is_open(lab.ports["p1b"]), 5)
    with netmiko(lab, "p1b") as again:
        assert f"v{NEW},build" in ask(again, "get system status | grep Version")
        said = ask(again, "diagnose sys flash list")
        assert re.findall(r"^([12]) .* (Yes|No)", said, re.MULTILINE) == [("1", "No"), ("2", "Yes")]
    assert lab.state("p1a").boots == 0


def test_a_reboot_is_asked_about_and_closes_the_port(
    start_fortigates: StartLab, login: Login, is_open: IsOpen, eventually: Eventually
) -> None:
    lab = start_fortigates(setup=STANDARD, **QUICK)
    client = login(lab, "p1b")
    typing = Typing(client)
    typing.until("p1b # ")
    asked = "\r\nThis operation will reboot the system !\r\nDo you want to continue? (y/n)"
    assert typing.send("execute reboot\r", "(y/n)") == f"execute reboot\r\n{asked}"
    assert typing.send("\r", "p1b # ") == "\r\np1b # "
    assert lab.state("p1b").phase == "running"
    typing.send("execute reboot\r", "(y/n)")
    assert typing.send("y", "rebooting...\r\n") == "y\r\n\r\nSystem is rebooting...\r\n"
    eventually(lambda: not client.get_transport().is_active(), 5)
    assert not is_open(lab.ports["p1b"])
    eventually(lambda: is_open(lab.ports["p1b"]), 5)
    assert lab.state("p1b").boots == 1
    Typing(login(lab, "p1b")).until("p1b # ")


def test_pages_by_hand(start_fortigates: StartLab, login: Login) -> None:
    typing = Typing(login(start_fortigates()))
    typing.until("p1a # ")
    page = typing.send("show firewall policy\r", "--More-- ")
    assert page.count("\r\n") == 1 + 23  # the echo, and a page of 24 lines less one
    line = typing.send("\r", "--More-- ")
    assert line.count("\r\n") == 1
    assert line.startswith("\r" + " " * 9 + "\r")
    assert typing.send(" ", "--More-- ").count("\r\n") == 23
    assert typing.send("q", "p1a # ").count("\r\n") == 1
    whole = typing.send("show system ha\r", "p1a # ")
    assert "--More--" not in whole


def test_typing_is_echoed_edited_and_ended(start_fortigates: StartLab, login: Login) -> None:
    typing = Typing(login(start_fortigates()))
    typing.until("p1a # ")
    assert typing.send("\r", "p1a # ") == "\r\np1a # "
    said = typing.send("execute dats\x7fe\n", "p1a # ")
    assert said == "execute dats\b \be\r\ncurrent date is: 2026-03-02\r\n\r\np1a # "
    assert typing.send("execute reb\x03", "p1a # ").endswith("^C\r\np1a # ")
    assert "Unknown action 0" in typing.send("reboot\r", "p1a # ")
    typing.channel.send("exit\r")
    assert typing.until("exit\r\n") == "exit\r\n"
    assert typing.channel.recv(100) == b""


def test_a_session_on_the_other_member_inside_of_ones_own(
    start_fortigates: StartLab, login: Login
) -> None:
    lab = start_fortigates(setup=STANDARD, **QUICK)
    with netmiko(lab) as session:
        listed = ask(session, "execute ha manage ?")
        [index] = re.findall(r"<(\d)>     Subsidary unit", listed)
        ask(session, f"execute ha manage {index} admin", expect_string="password: ")
        ask(session, "admin", expect_string="p1b #", cmd_verify=False)
        session.set_base_prompt()
        assert "Hostname: p1b" in ask(session, "get system status")
        assert [entry["member"] for entry in lab.audit("command")][-1] == "p1b"
        assert "169.254.0." in ask(session, "get system admin list")
        ask(session, "exit", expect_string="p1a #")
        session.set_base_prompt()
        assert "Hostname: p1a" in ask(session, "get system status")
        # a reboot over there ends that session and no other
        ask(session, f"execute ha manage {index} admin", expect_string="password: ")
        ask(session, "admin", expect_string="p1b #", cmd_verify=False)
        ask(session, "execute reboot", expect_string=r"\(y/n\)")
        ask(session, "y", expect_string="p1a #", cmd_verify=False)
        session.set_base_prompt()
        assert "Hostname: p1a" in ask(session, "get system status")
    lab.wait_until(lambda it: it.state("p1b").boots == 1)
    assert lab.state("p1a").boots == 0


def test_who_is_cut_off_on_the_other_member_leaves_no_login_there(
    start_fortigates: StartLab, login: Login
) -> None:
    lab = start_fortigates(setup=STANDARD, **QUICK)
    client = login(lab)
    typing = Typing(client)
    typing.until("p1a # ")
    listed = typing.send("execute ha manage\r", "p1a # ")
    [index] = re.findall(r"<(\d)>     Subsidary unit", listed)
    typing.send(f"execute ha manage {index} admin\r", "password: ")
    typing.send("wrong\r", "password: ")
    typing.send("admin\r", "p1b # ")
    assert lab.state("p1b").logins == 1
    client.close()
    lab.wait_until(lambda it: it.state("p1b").logins == 0)
    typing = Typing(login(lab))
    typing.until("p1a # ")
    typing.send(f"execute ha manage {index} admin\r", "password: ")
    typing.send("admin\r", "p1b # ")
    lab.inject(Fault("reply_lost", "p1b"))
    # the line over there is cut, one's own is not
    assert "Connection to p1b closed." in typing.send("get system status\r", "p1a # ")


def test_a_service_and_its_connection_survive_a_switchover_and_no_licence_stops_it(
    start_fortigates: StartLab, is_open: IsOpen
) -> None:
    lab = start_fortigates(takeover_ms=10)
    port = lab.service_ports["p1"]
    with socket.create_connection(("127.0.0.1", port), timeout=3) as line:
        assert line.recv(100) == b"ok p1\n"
        lab.wait_until(lambda it: it.state("p1b").known == it.state("p1a").carried)
        lab.run("p1a", "execute ha failover set 1")
        lab.wait_until(lambda it: it.state("p1b").forwards)
        line.sendall(b"still there\n")
        assert line.recv(100) == b"still there\n"
    lab.inject(Fault("licence_expired", "p1b"))
    assert not is_open(port)


def test_a_command_without_a_terminal_and_no_sftp(start_fortigates: StartLab, login: Login) -> None:
    client = login(start_fortigates())
    _, out, _ = client.exec_command("get system status | grep Hostname", timeout=5)
    assert out.read() == b"Hostname: p1a\r\n"
    with pytest.raises(paramiko.SSHException):
        client.open_sftp()

"""PAN-OS firewalls over real SSH: Netmiko's ``paloalto_panos``, and bare typing."""

from __future__ import annotations

import re
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import paramiko
import pytest
from netmiko import ConnectHandler
from netmiko.exceptions import NetmikoAuthenticationException
from netmiko.paloalto import PaloAltoPanosSSH
from ntc_templates.parse import parse_output

from nornir_haupgrade.lab import Fault, LabThread, PanosSpec
from nornir_haupgrade.lab.lab import Lab
from nornir_haupgrade.lab.personalities.paloalto_panos.firewall import firewall_of
from tests.lab.bare_terminal import Typing
from tests.lab.conftest import Eventually, IsOpen, Login
from tests.lab.panos_world import FUNCTIONAL, NEW, OFFERS, OLD, PREEMPTIVE, SUSPEND, panos_lab

pytestmark = pytest.mark.ssh

SETUP = PanosSpec(offers=OFFERS, download_seconds=0.1, commit_seconds=0.3, auto_commit_seconds=0.2)
QUICK: dict[str, Any] = {
    "boot_seconds": 0.4,
    "stop_seconds": 0.1,
    "ha_seconds": 0.1,
    "install_seconds": 0.1,
    "setup": SETUP,
}
SENT_AT_LOGIN = [
    "set cli scripting-mode on",
    "set cli terminal width 500",
    "set cli pager off",
    "show system info",
]
"""By Netmiko, in a session of its own: nothing of it changes a firewall."""
PROMPT = r"\((active|passive|suspended|initial|non-functional)\)> $"


@contextmanager
def netmiko(
    lab: LabThread, member: str = "p1a", *, takes_leave: bool = False
) -> Iterator[PaloAltoPanosSSH]:
    """A session; taking leave, Netmiko looks for two seconds which mode it is in."""
    session = ConnectHandler(
        device_type="paloalto_panos",
        host="127.0.0.1",
        port=lab.ports[member],
        username="admin",
        password="admin",
    )
    assert isinstance(session, PaloAltoPanosSSH)
    try:
        yield session
    finally:
        if takes_leave:
            session.disconnect()
        else:
            session.paramiko_cleanup()


def ask(session: PaloAltoPanosSSH, line: str, **options: Any) -> str:  # noqa: ANN401
    return str(session.send_command(line, read_timeout=20, **options))


def wait_for_job(lab: LabThread, member: str, number: int) -> None:
    def is_over(inner: Lab) -> bool:
        job = firewall_of(inner.rigs["p1"].pair.device(member)).jobs.get(number)
        return job is not None and job.is_over

    lab.wait_until(is_over)


def commands(lab: LabThread) -> list[str]:
    return [entry["command"] for entry in lab.audit("command")]


def test_netmiko_logs_in_with_paging_on_and_reads_long_outputs() -> None:
    with panos_lab() as lab, netmiko(lab, takes_leave=True) as session:
        assert commands(lab) == SENT_AT_LOGIN
        assert {entry["effect"] for entry in lab.audit("command")} == {"none"}
        assert session.find_prompt() == "admin@p1a(active)>"
        assert not session.check_config_mode(pattern=">")
        said = ask(session, "show high-availability all")
        assert len(said.splitlines()) > 90
        assert "\x1b" not in said
        [found] = parse_output("paloalto_panos", "show high-availability all", said)
        assert (found["state"], found["running_configuration"]) == ("active", "synchronized")
        said = ask(session, "show session all")
        assert said.count("lab-service") == 200
        [system] = parse_output(
            "paloalto_panos", "show system info", ask(session, "show system info")
        )
        assert (system["hostname"], system["os"]) == ("p1a", OLD)
        [login] = re.findall(r"^\*(\S+) +(\S+)", ask(session, "show admins"), re.MULTILINE)
        assert login == ("admin", "127.0.0.1")


def test_netmiko_reads_xml_over_ssh() -> None:
    with panos_lab() as lab, netmiko(lab, "p1b") as session:
        ask(session, "set cli op-command-xml-output on")
        response = ET.fromstring(ask(session, "show high-availability state"))  # noqa: S314
        assert response.findtext("result/group/local-info/state") == "passive"
        counts = ET.fromstring(ask(session, "show session info"))  # noqa: S314
        assert counts.findtext("result/num-active") == "200"
        wrong = ET.fromstring(ask(session, "debug swm revert"))  # noqa: S314
        assert wrong.get("status") == "error"


def test_netmiko_accepts_a_banner() -> None:
    with panos_lab(setup=PanosSpec(has_banner=True)) as lab, netmiko(lab) as session:
        assert session.find_prompt() == "admin@p1a(active)>"


def test_a_banner_that_is_not_accepted_ends_the_login() -> None:
    with panos_lab(setup=PanosSpec(has_banner=True)) as lab:
        transport = paramiko.Transport(("127.0.0.1", lab.ports["p1a"]))
        try:
            transport.start_client(timeout=5)
            asked: list[tuple[str, bool]] = []

            def handler(_: str, __: str, prompts: list[tuple[str, bool]]) -> list[str]:
                asked.extend(prompts)
                return ["no", "admin"][: len(prompts)]

            with pytest.raises(paramiko.AuthenticationException):
                transport.auth_interactive("admin", handler)
            assert [echo for _, echo in asked[:2]] == [True, False]
        finally:
            transport.close()


def test_a_wrong_password_is_refused() -> None:
    with (
        panos_lab(faults=(Fault("login_refused", "p1a"),)) as lab,
        pytest.raises(NetmikoAuthenticationException),
        netmiko(lab),
    ):
        pass


def test_netmiko_configures_and_commits() -> None:
    with panos_lab(**QUICK) as lab, netmiko(lab) as session:
        session.config_mode()
        assert session.find_prompt() == "admin@p1a(active)#"
        session.send_command(f"set {PREEMPTIVE} yes", expect_string="#")
        assert ask(session, f"show {PREEMPTIVE}", expect_string="#").startswith("preemptive yes;")
        said = ask(session, "commit", expect_string=r"# $")
        assert re.search(r"Commit job 2 is in progress.*98%\.+100%\n", said, re.DOTALL)
        assert "Configuration committed successfully" in said
        ask(session, "exit", expect_string=r"> $")
        assert "Preemptive: yes" in ask(session, "show high-availability all")
        effects = [entry["effect"] for entry in lab.audit("command")]
        assert [effect for effect in effects if effect != "none"] == ["candidate", "preempt"]


@pytest.mark.prove
def test_netmiko_s_own_commit_says_how_it_ended() -> None:
    """Slow: Netmiko waits two seconds each time that it looks for the mode."""
    with panos_lab(**QUICK) as lab, netmiko(lab) as session:
        session.send_config_set(["set address x ip-netmask 192.0.2.1"], exit_config_mode=False)
        assert "configuration committed successfully" in session.commit().lower()
        lab.inject(Fault("commit_fails", "p1a", params={"message": "x is not valid"}))
        session.send_config_set(["set address y ip-netmask 192.0.2.2"], exit_config_mode=False)
        with pytest.raises(ValueError, match="x is not valid"):
            session.commit(comment="why not")


def test_a_dialogue_of_netmiko_s() -> None:
    with panos_lab(**QUICK) as lab, netmiko(lab, "p1b") as session:
        ask(session, "request system software check")
        for number, version in enumerate(("10.2.0", NEW), start=2):
            ask(session, f"request system software download version {version}")
            wait_for_job(lab, "p1b", number)
        line = f"request system software install version {NEW}"
        said = ask(session, line, expect_string=r"\(y or n\)")
        assert "It will not take effect until" in said
        session.write_channel("n")
        session.read_until_pattern(PROMPT)
        assert lab.state("p1b").next_slot == "sysroot0"
        ask(session, line, expect_string=r"\(y or n\)")
        session.write_channel("y")
        assert "enqueued with jobid 4" in session.read_until_pattern(PROMPT)
        wait_for_job(lab, "p1b", 4)
        assert lab.state("p1b").next_slot == "sysroot1"
        assert "SWInstall" in ask(session, "show jobs id 4")


def test_the_prompt_changes_with_a_switchover() -> None:
    with panos_lab(**QUICK) as lab, netmiko(lab) as one, netmiko(lab, "p1b") as other:
        said = ask(one, SUSPEND, expect_string=r"\(suspended\)> $")
        assert "Successfully changed HA state to suspended" in said
        assert one.find_prompt() == "admin@p1a(suspended)>"
        lab.wait_until(lambda it: it.state("p1b").forwards)
        assert other.find_prompt() == "admin@p1b(active)>"
        ask(one, FUNCTIONAL, expect_string=PROMPT)
        lab.wait_until(lambda it: it.state("p1a").role == "BACKUP")
        one.set_base_prompt()
        assert one.find_prompt() == "admin@p1a(passive)>"
        assert "State: passive" in ask(one, "show high-availability state")


def test_a_restart_drops_the_line_closes_the_port_and_ends_in_a_login(
    login: Login, is_open: IsOpen, eventually: Eventually
) -> None:
    with panos_lab(**{**QUICK, "boot_seconds": 0.8}) as lab:
        somebody = Typing(login(lab, "p1b"))
        somebody.until("> ")
        with netmiko(lab, "p1b") as session:
            said = ask(session, "request restart system", expect_string=r"\(y or n\)")
            assert "Executing this command will disconnect the current session." in said
            session.write_channel("y")
            somebody.until("The system is going down for reboot NOW!\r\n\r\n")
            eventually(lambda: not is_open(lab.ports["p1b"]), 5)
            eventually(lambda: not session.is_alive(), 5)
        lab.wait_until(lambda it: it.state("p1b").boots == 1)
        with netmiko(lab, "p1b") as session:
            assert re.search(
                r"^uptime: 0 days, 0:00:0\d$", ask(session, "show system info"), re.MULTILINE
            )
            assert "AutoCom" in ask(session, "show jobs all")
        [entry] = [it for it in lab.audit("command") if it["effect"] == "reboot"]
        assert (entry["member"], entry["state"]) == ("p1b", "BACKUP")


def test_a_whole_upgrade_of_the_standby_and_a_switchover() -> None:
    with panos_lab(**QUICK) as lab:
        lab.run("p1b", "request system software check")
        for number, version in enumerate(("10.2.0", NEW), start=2):
            lab.run("p1b", f"request system software download version {version}")
            wait_for_job(lab, "p1b", number)
        lab.run("p1b", f"request system software install version {NEW}")
        lab.wait_until(lambda it: it.state("p1b").next_slot == "sysroot1")
        lab.run("p1b", "request restart system")
        lab.wait_until(lambda it: it.state("p1b").boots == 1 and it.state("p1b").role == "BACKUP")
        lab.wait_until(lambda it: it.state("p1b").known == 200)
        lab.run("p1a", SUSPEND)
        lab.wait_until(lambda it: it.state("p1b").forwards)
        with netmiko(lab, "p1b") as session:
            assert f"sw-version: {NEW}" in ask(session, "show system info")
            assert "Software Version: Mismatch" in ask(session, "show high-availability all")
            assert session.find_prompt() == "admin@p1b(active)>"
        assert lab.lab.rigs["p1"].pair.sessions.lost == 0


def test_typing_is_drawn_again_until_a_script_types(login: Login) -> None:
    with panos_lab() as lab:
        typing = Typing(login(lab))
        prompt = "admin@p1a(active)> "
        greeting = typing.until(prompt)
        assert greeting.startswith("Number of failed attempts since last successful login: 0\r\n")
        assert typing.send("\r", prompt) == f"\r{prompt}\r\n{prompt}"
        said = typing.send("show clocx\x7fk\r", f"UTC 2026\r\n\r\n{prompt}")
        assert said.startswith(f"show clocx\b \bk\r{prompt}show clock\r\n")
        assert typing.send("show nothing\x03", prompt) == f"show nothing^C\r\n{prompt}"
        assert "Unknown command: shew" in typing.send("shew clock\r", f"\r\n\r\n{prompt}")
        typing.send(
            "set cli scripting-mode on\r", prompt + "set cli scripting-mode on\r\n" + prompt
        )
        assert typing.send("show clock\r", prompt).startswith("show clock\r\n\r\n")
        typing.channel.send("exit\r")
        assert typing.until("exit\r\n") == "exit\r\n"
        assert typing.channel.recv(100) == b""


def test_a_long_output_is_paged_key_by_key(login: Login) -> None:
    with panos_lab() as lab:
        typing = Typing(login(lab))
        prompt = "admin@p1a(active)> "
        typing.until(prompt)
        mark = "\x1b[27m\x1b[K"
        page = typing.send("show high-availability all\r", mark)
        assert page.endswith(f"\x1b[7mlines 1-23 {mark}")
        assert page.partition("Group 1:")[2].count("\r\n") == 23
        line = typing.send("\r", mark)
        assert line.startswith("\r\x1b[K")
        assert line.endswith(f"\x1b[7mlines 2-24 {mark}")
        assert typing.send(" ", mark).endswith(f"lines 25-47 {mark}")
        end = typing.send("G", mark)
        assert re.search(r"lines (\d+)-(\d+)/\2 \(END\)", end)
        assert "Running Configuration: synchronized" in end
        assert typing.send("q", prompt) == f"\r\x1b[K{prompt}"
        typing.send("show high-availability all\r", mark)
        assert typing.send("q", prompt) == f"\r\x1b[K{prompt}"
        typing.send("set cli pager off\r", prompt + "set cli pager off\r\n" + prompt)
        whole = typing.send("show high-availability all\r", f"synchronized\r\n\r\n{prompt}")
        assert "\x1b" not in whole


def test_the_progress_of_a_commit_is_printed_as_it_happens(login: Login) -> None:
    with panos_lab(setup=PanosSpec(commit_seconds=1)) as lab:
        typing = Typing(login(lab))
        typing.until("> ")
        typing.send("set cli scripting-mode on\r", "on\r\nadmin@p1a(active)> ")
        assert typing.send("configure\r", "# ").endswith(
            "Entering configuration mode\r\n[edit]\r\nadmin@p1a(active)# "
        )
        typing.send("set address x ip-netmask 192.0.2.1\r", "# ")
        begun = time.monotonic()
        typing.send("commit\r", "\r\n..")
        assert time.monotonic() - begun < 0.8  # before it is over
        said = typing.send("", "# ")
        assert said.endswith(
            "100%\r\nConfiguration committed successfully\r\n\r\n[edit]\r\nadmin@p1a(active)# "
        )


def test_a_push_asks_and_takes_y_or_n_only(login: Login) -> None:
    with panos_lab(**QUICK) as lab:
        typing = Typing(login(lab))
        typing.until("> ")
        line = "request high-availability sync-to-remote running-config\r"
        asked = typing.send(line, "(y or n) ")
        assert "overwrite the candidate configuration on the peer" in asked
        typing.channel.send("x\r")
        assert typing.send("n", "> ") == "n\r\nadmin@p1a(active)> "
        typing.send(line, "(y or n) ")
        assert "job has been queued on peer" in typing.send("y", "> ")
        effects = [entry["effect"] for entry in lab.audit("command")]
        assert effects == ["config-sync"]


def test_scp_asks_for_a_stranger_s_key_and_a_password(login: Login) -> None:
    with panos_lab(**QUICK) as lab:
        typing = Typing(login(lab))
        typing.until("> ")
        line = "scp export configuration from running-config.xml to bk@192.0.2.8:/b/a.xml\r"
        assert "continue connecting (yes/no)? " in typing.send(line, "(yes/no)? ")
        assert "bk@192.0.2.8's password: " in typing.send("yes\r", "password: ")
        said = typing.send("s3cret-of-scp\r", "> ")
        assert "s3cret" not in said
        assert "100%" in said
        assert "s3cret" not in str(lab.audit())


def test_a_command_without_a_terminal_prints_and_ends(login: Login) -> None:
    with panos_lab() as lab:
        _, out, _ = login(lab).exec_command("show system info | match sw-version", timeout=5)
        assert out.read() == b"sw-version: 10.1.9\r\n"


def test_a_lost_reply_hides_an_install_that_was_enqueued(
    login: Login, eventually: Eventually
) -> None:
    lost = Fault("reply_lost", "p1b", params={"command": "request system software install"})
    with panos_lab(**QUICK, faults=(lost,)) as lab:
        lab.run("p1b", "request system software check")
        for number, version in enumerate(("10.2.0", NEW), start=2):
            lab.run("p1b", f"request system software download version {version}")
            wait_for_job(lab, "p1b", number)
        client = login(lab, "p1b")
        typing = Typing(client)
        typing.until("> ")
        typing.send(f"request system software install version {NEW}\r", "(y or n) ")
        typing.channel.send("y")
        eventually(lambda: not client.get_transport().is_active(), 5)
        lab.wait_until(lambda it: it.state("p1b").next_slot == "sysroot1")

"""How PAN-OS firewalls read lines: modes, abbreviations, filters, errors, settings."""

from __future__ import annotations

import pytest

from nornir_haupgrade.lab.command import Line, Terminal
from tests.lab.panos_world import SUSPEND, PanosWorld


@pytest.fixture
def world() -> PanosWorld:
    return PanosWorld()


def test_the_prompt_shows_user_name_state_and_mode(world: PanosWorld) -> None:
    terminal, prompt = Terminal(), world.rig.executor.command_line.prompt
    assert prompt(world.a, terminal) == "admin@p1a(active)> "
    assert prompt(world.b, terminal) == "admin@p1b(passive)> "
    assert world.ask(world.a, "configure", terminal) == "Entering configuration mode\n"
    assert prompt(world.a, terminal) == "[edit]\nadmin@p1a(active)# "
    world.ask(world.a, f"run {SUSPEND}", terminal)
    assert prompt(world.a, terminal) == "[edit]\nadmin@p1a(suspended)# "
    assert world.ask(world.a, "exit", terminal) == "Exiting configuration mode\n"
    assert prompt(world.a, terminal) == "admin@p1a(suspended)> "


def test_leaving_ends_the_session_in_operational_mode_only(world: PanosWorld) -> None:
    terminal, is_end = Terminal(), world.rig.executor.command_line.is_end
    assert is_end(Line("exit", terminal))
    assert is_end(Line("quit", terminal))
    world.ask(world.a, "configure", terminal)
    assert not is_end(Line("quit", terminal))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("sow system info", "Unknown command: sow"),
        ("show sytem info", "Invalid syntax."),
        ("show", "Invalid syntax."),
        ("show high-availability state now", "Invalid syntax."),
        ("show session all filter colour red", "Invalid syntax."),
        ("show session all filter source", "Invalid syntax."),
        ("request system software download version 1 sync-to-peer maybe", "Invalid syntax."),
        ("set cli pager maybe", "Invalid syntax."),
        ("set cli terminal width wide", "Invalid syntax."),
        ("set cli config-output-format words", "Invalid syntax."),
        ("show jobs id 99", "Server error : job 99 not found"),
    ],
)
def test_what_is_no_command(world: PanosWorld, line: str, message: str) -> None:
    assert world.refused(world.a, line) == message


def test_words_are_abbreviated_unless_a_script_types(world: PanosWorld) -> None:
    terminal = Terminal(length=0)
    whole = world.ask(world.a, "show high-availability state", terminal)
    assert world.ask(world.a, "sh high st", terminal) == whole
    world.ask(world.a, "set cli scripting-mode on", terminal)
    assert world.refused(world.a, "sh high st", terminal) == "Unknown command: sh"


def test_outputs_are_filtered(world: PanosWorld) -> None:
    said = world.ask(world.a, "show system info | match sw-version")
    assert said == "sw-version: 10.1.9\n"
    whole = world.ask(world.a, "show system info").splitlines()
    rest = world.ask(world.a, 'show system info | except "version"').splitlines()
    assert rest == [line for line in whole if "version" not in line]


def test_a_passive_lists_its_copies_and_an_active_its_own(world: PanosWorld) -> None:
    for device in (world.a, world.b):
        found = world.xml(device, "show session all").findall("result/entry")
        assert len(found) == 200
        numbers = world.xml(device, "show session info").find("result")
        assert numbers is not None
        udp = sum(one.findtext("proto") == "17" for one in found)
        assert numbers.findtext("num-active") == "200"
        assert numbers.findtext("num-udp") == str(udp)
        assert numbers.findtext("num-tcp") == str(200 - udp)
        text = world.ask(device, "show session info")
        assert f"Number of active TCP sessions:                   {200 - udp}\n" in text


def test_sessions_are_filtered_by_their_ends(world: PanosWorld) -> None:
    line = "show session all filter source 10.1.1.100 destination 10.2.1.100 source-port 40007"
    [entry] = world.xml(world.a, line).findall("result/entry")
    assert (entry.findtext("sport"), entry.findtext("dport")) == ("40007", "7000")
    text = world.ask(world.a, line)
    assert "10.1.1.100[40007]/outside/6  (10.1.1.100[40007])" in text
    counted = world.ask(world.a, "show session all filter count yes protocol 17")
    listed = world.xml(world.a, "show session all filter protocol 17").findall("result/entry")
    assert f"match filter: {len(listed)}\n" in counted
    assert "No Active Sessions" in world.ask(
        world.a, "show session all filter destination 192.0.2.1"
    )


def test_logins_are_listed_with_ones_own_marked(world: PanosWorld) -> None:
    world.strike("another_login", "p1a")
    world.a.logins[2] = "admin pts/2 127.0.0.1"
    text = world.ask(world.a, "show admins", Terminal(line=2, length=0))
    rows = [line.split()[:2] for line in text.splitlines()[3:5]]
    assert rows == [["operator", "192.0.2.7"], ["*admin", "127.0.0.1"]]


def test_settings_hold_for_one_terminal(world: PanosWorld) -> None:
    one, other = Terminal(), Terminal()
    for line in ("set cli pager off", "set cli op-command-xml-output on"):
        world.ask(world.a, line, one)
    assert one.length == 0
    assert other.length == 24
    assert world.ask(world.a, "show clock", one).startswith('<response status="success">')
    assert "<" not in world.ask(world.a, "show clock", other)
    world.ask(world.a, "set cli terminal height 40", one)
    assert one.length == 0
    world.ask(world.a, "set cli pager on", one)
    assert one.length == 24
    world.ask(world.a, "set cli terminal height 40", one)
    world.ask(world.a, "set cli terminal width 500", one)
    assert (one.length, one.width) == (40, 500)


def test_a_refusal_is_xml_where_results_are(world: PanosWorld) -> None:
    response = world.xml(world.b, "request system software install version 9.9.9", "error")
    assert response.findtext("msg/line") == "Version 9.9.9 is not downloaded"


def test_a_job_is_named_in_xml_as_the_api_does(world: PanosWorld) -> None:
    world.load(world.b)
    world.b.software.offered["10.1.10"] = 1
    response = world.xml(world.b, "request system software download version 10.1.10")
    assert response.findtext("result/job") == "2"


def test_routes_tunnels_and_peering_follow_the_interfaces(world: PanosWorld) -> None:
    def seen() -> tuple[int, str, bool]:
        routes = world.xml(world.a, "show routing route").findall("result/entry")
        [peer] = world.xml(world.a, "show routing protocol bgp summary").iter("entry")
        tunnel = world.ask(world.a, "show vpn ipsec-sa")
        return len(routes), peer.findtext("status", ""), "1 ipsec sa found." in tunnel

    assert seen() == (6, "Established", True)
    world.strike("data_port_down", "p1a", lasts=5)
    assert seen() == (3, "Idle", False)
    text = world.ask(world.a, "show running tunnel flow all")
    assert "init" in text
    world.wait(10)
    assert world.words == ("passive", "active")
    assert seen() == (6, "Idle", False)

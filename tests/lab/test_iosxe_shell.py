"""The routers' command line: modes, abbreviations, carets, filters, configuration."""

from __future__ import annotations

import pytest

from nornir_haupgrade.lab import GroupProtocol, GroupSpec, RouterSpec
from nornir_haupgrade.lab.command import Line, Terminal
from nornir_haupgrade.lab.personalities.cisco_iosxe.shell import RouterShell
from tests.lab.conftest import MakeRouters, RouterWorld

OUT = "GigabitEthernet2 standby 10"


def prompt(world: RouterWorld, terminal: Terminal) -> str:
    return world.rig.executor.command_line.prompt(world.a, terminal)


def section(world: RouterWorld, number: int) -> list[str]:
    """The lines of an interface that are about redundancy."""
    said = world.ask(world.a, f"show running-config interface GigabitEthernet{number}")
    return [line.strip() for line in said.splitlines() if "standby" in line or "vrrp" in line]


def test_prompts_name_the_host_and_the_mode(routers: RouterWorld) -> None:
    terminal, seen = Terminal(privilege=15), []
    for line in ("configure terminal", "interface GigabitEthernet 2", "exit", "exit", "disable"):
        seen.append(prompt(routers, terminal))
        routers.type(routers.a, line, terminal=terminal)
    seen.append(prompt(routers, terminal))
    assert seen == ["p1a#", "p1a(config)#", "p1a(config-if)#", "p1a(config)#", "p1a#", "p1a>"]


def test_a_new_hostname_is_in_the_next_prompt(routers: RouterWorld) -> None:
    routers.configure(routers.a, "hostname a-router-with-a-long-name")
    assert prompt(routers, Terminal()) == "a-router-with-a-long-name#"
    # IOS abbreviates it to 20 characters in configuration mode, says Netmiko's driver
    assert prompt(routers, Terminal(context="config")) == "a-router-with-a-long(config)#"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("show foo", "         ^\n% Invalid input detected at '^' marker.\n\n"),
        ("foo", "    ^\n% Invalid input detected at '^' marker.\n\n"),
        ("show", "% Incomplete command.\n\n"),
        ("show version now", "                 ^\n% Invalid input detected at '^' marker.\n\n"),
        ("show i", '% Ambiguous command:  "show i"\n\n'),
        ("show version | foo x", "% Invalid input detected at '^' marker.\n\n"),
        ("show version | include", "% Incomplete command.\n\n"),
        ("show version | include [", "% Failed to compile regular expression.\n\n"),
    ],
)
def test_what_is_no_command_is_said_with_a_caret_under_it(
    routers: RouterWorld, line: str, said: str
) -> None:
    reply = routers.answer(routers.a, line)
    expected = said.split("^\n")
    # the caret stands under the word, behind the prompt
    if len(expected) == 2:
        said = " " * (len("p1a#") + line.rindex(line.rsplit(maxsplit=1)[-1])) + "^\n" + expected[1]
    assert (reply.stdout, reply.status) == (said, 1)


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("sh ver", "show version"),
        ("sh ip int brief", "show ip interface brief"),
        ("sh run int gi2", "show running-config interface GigabitEthernet2"),
        ("SHOW Standby", "show standby"),
        ("sh inst sum", "show install summary"),
        ("wr", "write memory"),
    ],
)
def test_words_may_be_abbreviated(routers: RouterWorld, short: str, full: str) -> None:
    assert routers.ask(routers.a, short) == routers.ask(routers.a, full)


def test_filters(routers: RouterWorld) -> None:
    def ask(wanted: str) -> str:
        return routers.ask(routers.a, f"show running-config | {wanted}")

    assert ask("include ^hostname") == "hostname p1a\n"
    assert ask("inc ^hostname|^end") == "hostname p1a\nend\n"
    assert ask("begin ^line vty").startswith("line vty 0 15\n login local\n")
    assert "hostname" not in ask("exclude hostname")
    assert ask("count ^interface") == "Number of lines which match regexp = 4\n"
    interfaces = ask("section ^interface")
    assert interfaces.count("interface GigabitEthernet") == 4
    assert " standby 10 ip 10.1.1.1\n" in interfaces
    assert "!" not in interfaces
    assert ask("section GigabitEthernet2").splitlines()[:2] == [
        "interface GigabitEthernet2", " description outside",
    ]  # fmt: skip


def test_nobody_without_privilege_configures_or_reloads(routers: RouterWorld) -> None:
    for line in (
        "configure terminal",
        "reload",
        "show running-config",
        "write memory",
        "install commit",
    ):
        reply = routers.answer(routers.a, Line(line, Terminal(privilege=1)))
        assert "% Invalid input detected" in reply.stdout, line
    assert routers.answer(routers.a, Line("show standby brief", Terminal(privilege=1))).status == 0


def test_enable_asks_for_the_secret_up_to_three_times(make_routers: MakeRouters) -> None:
    routers = make_routers(setup=RouterSpec(privilege=1, secret="s3cret"))
    shell = routers.rig.executor.command_line
    assert isinstance(shell, RouterShell)
    terminal = Terminal(privilege=1)

    def asks(*answers: str) -> str | None:
        line = Line("enable", terminal, answers)
        question = shell.question(routers.pair, routers.a, line)
        return None if question is None else question.text

    assert asks() == asks("wrong") == asks("wrong", "again") == "Password: "
    assert asks("wrong", "again", "no") is asks("s3cret") is None
    reply = routers.answer(routers.a, Line("enable", terminal, ("a", "b", "c")))
    assert (reply.stdout, terminal.privilege) == ("% Bad secrets\n\n", 1)
    routers.answer(routers.a, Line("enable", terminal, ("a", "s3cret")))
    assert terminal.privilege == 15
    assert asks() is None
    assert routers.entries("command")[-1]["command"] == "enable"  # and no secret anywhere
    assert "s3cret" not in str(routers.log.entries)


def test_enable_without_a_secret_set_is_refused(make_routers: MakeRouters) -> None:
    routers = make_routers(setup=RouterSpec(privilege=1))
    reply = routers.answer(routers.a, Line("enable", Terminal(privilege=1)))
    assert reply.stdout == "% No password set\n"


# The configuration


def test_priority_and_preemption_are_lines_that_come_and_go(routers: RouterWorld) -> None:
    at_first = section(routers, 2)
    assert at_first == ["standby version 2", "standby 10 ip 10.1.1.1", "standby 10 priority 120"]
    routers.set_group(routers.a, OUT, "preempt delay minimum 30", "priority 254")
    assert section(routers, 2)[2:] == [
        "standby 10 priority 254", "standby 10 preempt delay minimum 30",
    ]  # fmt: skip
    routers.set_group(routers.a, OUT, "preempt")
    assert section(routers, 2)[3:] == ["standby 10 preempt delay minimum 30"]
    routers.set_group(routers.a, OUT, "no preempt delay")
    assert section(routers, 2)[3:] == ["standby 10 preempt"]
    routers.set_group(routers.a, OUT, "no preempt", "no priority 254")
    assert section(routers, 2) == at_first[:2]
    routers.set_group(routers.a, OUT, "priority 120")
    assert section(routers, 2) == at_first
    assert routers.a.configuration.is_saved


def test_vrrp_lines_say_what_is_not_the_default(routers: RouterWorld) -> None:
    group = "GigabitEthernet4 vrrp 30"
    assert section(routers, 4)[1:] == ["vrrp 30 priority 120", "no vrrp 30 preempt"]
    routers.set_group(routers.a, group, "preempt", "priority 100")
    assert section(routers, 4)[1:] == []
    routers.set_group(routers.a, group, "preempt delay minimum 5")
    assert section(routers, 4)[1:] == ["vrrp 30 preempt delay minimum 5"]
    routers.set_group(routers.a, group, "no preempt", "priority 120")
    assert routers.a.configuration.is_saved


@pytest.mark.parametrize(
    ("group", "line"),
    [
        (OUT, "standby 10 priority 256"),
        (OUT, "standby 10 priority high"),
        (OUT, "standby 10 preempt delay minimum 3601"),
        ("GigabitEthernet4 vrrp 30", "vrrp 30 priority 255"),
        (OUT, "standby 10 colour blue"),
    ],
)
def test_values_out_of_range_are_refused(routers: RouterWorld, group: str, line: str) -> None:
    interface = f"interface {group.split(maxsplit=1)[0]}"
    said = routers.type(routers.a, "configure terminal", interface, line, "end")
    assert "% Invalid input detected at '^' marker." in said[2]
    assert routers.a.configuration.is_saved


def test_a_line_of_the_level_above_ends_what_is_under_an_interface(routers: RouterWorld) -> None:
    terminal = Terminal()
    lines = ("configure terminal", "interface GigabitEthernet2", "logging host 192.0.2.9")
    assert routers.type(routers.a, *lines, terminal=terminal)[1:] == ["", ""]
    assert prompt(routers, terminal) == "p1a(config)#"
    said = routers.type(routers.a, "do show running-config | include logging", terminal=terminal)
    assert said == ["logging host 192.0.2.9\n"]
    routers.type(routers.a, "no logging host 192.0.2.9", "interface Gi3", "end", terminal=terminal)
    assert prompt(routers, terminal) == "p1a#"
    assert routers.a.configuration.is_saved


def test_interfaces_that_are_not_there_cannot_be_configured(routers: RouterWorld) -> None:
    for line in ("interface GigabitEthernet9", "interface Loopback0", "interface Gi"):
        said = routers.type(routers.a, "configure terminal", line, "end")
        assert "% Inv" in said[1] or "% Inc" in said[1]


def test_a_change_is_dated_and_so_is_its_saving(routers: RouterWorld) -> None:
    def stamps() -> str:
        return routers.ask(routers.a, "show running-config | include ^! [LN]")

    text = routers.ask(routers.a, "show running-config")
    assert text.startswith("Building configuration...\n\nCurrent configuration : ")
    assert "! No configuration change since last restart\n" in text
    assert stamps() == "! No configuration change since last restart\n"
    routers.wait(61)
    routers.configure(routers.a, "logging host 192.0.2.9")
    first = stamps()
    assert first == "! Last configuration change at 08:01:01 UTC Mon Mar 2 2026 by admin\n"
    routers.wait(1)
    routers.ask(routers.a, "write memory")
    assert stamps().splitlines()[1] == (
        "! NVRAM config last updated at 08:01:02 UTC Mon Mar 2 2026 by admin"
    )
    routers.wait(1)
    routers.configure(routers.a, "no logging host 192.0.2.9")
    assert stamps().splitlines()[0] not in first


def test_a_reload_loads_what_was_saved(routers: RouterWorld) -> None:
    routers.configure(routers.a, "logging host 192.0.2.9")
    assert "logging" not in routers.ask(routers.a, "show startup-config")
    assert "+logging host 192.0.2.9\n" in (
        routers.ask(
            routers.a, "show archive config differences nvram:startup-config system:running-config"
        )
    )
    routers.answer(routers.a, "reload")
    routers.wait(5)
    assert "logging" not in routers.ask(routers.a, "show running-config")
    assert "!No changes were found" in routers.ask(routers.a, "show archive config differences")
    routers.configure(routers.a, "logging host 192.0.2.9")
    assert routers.ask(routers.a, "copy running-config startup-config").endswith("[OK]\n")
    routers.answer(routers.a, "reload")
    routers.wait(5)
    assert "logging host 192.0.2.9" in routers.ask(routers.a, "show running-config")


def test_every_change_is_written_down_by_its_kind(routers: RouterWorld) -> None:
    routers.set_group(routers.b, OUT, "priority 254", "preempt")
    routers.configure(routers.b, "boot system flash:x.bin", "no boot system flash:x.bin")
    routers.ask(routers.b, "write memory")
    found = [entry["effect"] for entry in routers.entries("command") if entry["effect"] != "none"]
    assert found == ["priority", "preempt", "boot-select", "boot-select", "save"]


def test_what_stays_the_same_for_one_boot(routers: RouterWorld) -> None:
    def restarted() -> str:
        return routers.ask(routers.b, "show version | include restarted")

    before = restarted()
    assert before == "System restarted at 08:00:00 UTC Sun Mar 1 2026\n"
    routers.wait(100)
    assert restarted() == before
    routers.type(routers.b, "reload")
    routers.wait(10)
    after = restarted()
    assert after == "System restarted at 08:01:42 UTC Mon Mar 2 2026\n"
    assert "p1b uptime is 0 minutes\n" in routers.ask(routers.b, "show version")
    assert "Last reload reason: Reload Command\n" in routers.ask(routers.b, "show version")


def test_a_clock_that_was_never_set(make_routers: MakeRouters) -> None:
    routers = make_routers(setup=RouterSpec(has_clock=False))
    assert "restarted" not in routers.ask(routers.a, "show version")
    assert routers.ask(routers.a, "show clock").startswith("*")


def test_logins_are_listed_with_ones_own_marked(routers: RouterWorld) -> None:
    routers.a.logins.update({1: "admin pts/1 10.99.1.200", 2: "admin pts/2 10.99.1.200"})
    routers.strike("another_login", "p1a", login="operator pts/9 192.0.2.7")
    said = routers.answer(routers.a, Line("show users", Terminal(line=2))).stdout.splitlines()
    assert said[0] == "    Line       User       Host(s)              Idle       Location"
    assert [line.split()[0] for line in said[1:4]] == ["1", "*", "3"]
    assert said[2] == "*  2 vty 1     admin      idle                 00:00:00 10.99.1.200"
    assert said[3].split() == ["3", "vty", "2", "operator", "idle", "00:00:00", "192.0.2.7"]


def test_groups_are_as_the_description_of_the_lab_says(make_routers: MakeRouters) -> None:
    groups = (
        GroupSpec(GroupProtocol.VRRP, "GigabitEthernet2", 7),
        GroupSpec(GroupProtocol.VRRP, "GigabitEthernet3", 8),
    )
    routers = make_routers(setup=RouterSpec(groups=groups), number=9)
    assert routers.ask(routers.a, "show standby") == ""
    assert routers.ask(routers.a, "show standby brief") == ""
    assert "  Virtual IP address is 10.2.9.1\n" in routers.ask(routers.a, "show vrrp all")
    assert "Master Router is 10.2.9.2, priority is 120 \n" in routers.ask(routers.b, "show vrrp")

"""Typing on a FortiGate: short words, complaints, ``grep``, questions, the other member."""

from __future__ import annotations

import re

import pytest

from nornir_haupgrade.lab.command import Line, Terminal
from nornir_haupgrade.lab.personalities.fortinet.console import FortiConsole
from nornir_haupgrade.lab.personalities.known import PERSONALITIES
from nornir_haupgrade.lab.spec import Platform
from nornir_haupgrade.lab.terminal.question import Answering
from tests.lab.conftest import FortiWorld, MakeFortigates

GO_ON = "Do you want to continue? (y/n)"


def asked(world: FortiWorld, line: str, *answers: str) -> str | None:
    """What a line of the primary asks after these answers; None: nothing more."""
    at = Line(line, Terminal(), answers)
    question = world.rig.executor.command_line.question(world.pair, world.a, at)
    return None if question is None else question.text


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("get sys sta", "get system status"),
        ("get sys ha stat", "get system ha status"),
        ("diag sys ha checksum clus", "diagnose sys ha checksum cluster"),
        ("sh sys ha", "show system ha"),
        ("sh full sys ha", "show full-configuration system ha"),
        ("get router info routing-table a", "get router info routing-table all"),
        ("exec ha failover stat", "execute ha failover status"),
    ],
)
def test_words_may_be_shortened(fortigates: FortiWorld, short: str, full: str) -> None:
    said = fortigates.ask(fortigates.a, short)
    assert said == fortigates.ask(fortigates.a, full)
    assert "Command fail" not in said


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("reboot", "Unknown action 0\n"),
        ("get system nothing", "command parse error before 'nothing'"),
        ("show system nothing", "command parse error before 'nothing'"),
        ("diagnose sys ha nothing", "command parse error before 'nothing'"),
        ("execute set-next-reboot", "command parse error before 'set-next-reboot'"),
        ("get system status | sort", "command parse error before 'sort'"),
        ("get system status | grep", "command parse error before 'grep'"),
        ("get system status | grep [", "command parse error before '['"),
        ("get system status | grep -x y", "command parse error before '-x'"),
        ("get system status | grep -A y z", "command parse error before 'y'"),
        ('get system status | grep "y', "Command fail. Return code -61"),
        ("show firewall policy 99", "command parse error before '99'"),
    ],
)
def test_what_is_not_understood(fortigates: FortiWorld, line: str, said: str) -> None:
    found = fortigates.ask(fortigates.a, line)
    assert said in found
    assert ("Command fail. Return code -" in found) is (said != "Unknown action 0\n")
    assert fortigates.entries("command")[-1]["effect"] == "none"


def test_an_empty_line_and_a_comment_do_nothing(fortigates: FortiWorld) -> None:
    assert fortigates.ask(fortigates.a, "") == fortigates.ask(fortigates.a, "# note") == ""


@pytest.mark.parametrize(
    ("wanted", "lines"),
    [
        ("grep override:", ["override: disable"]),
        ("grep -i MODEL", ["Model: FortiGate-VM64-KVM"]),
        ("grep -c stats:", ["3"]),
        ("grep -n Mode:", ["3:Mode: HA A-P"]),
        ("grep -A 1 Mode:", ["Mode: HA A-P", "Group Name: lab"]),
        ('grep "vcluster: 1"', ["number of vcluster: 1"]),
        ("grep -B 1 Mode:", ["Model: FortiGate-VM64-KVM", "Mode: HA A-P"]),
        ("grep nothing-like-it", []),
    ],
)
def test_grep(fortigates: FortiWorld, wanted: str, lines: list[str]) -> None:
    said = fortigates.ask(fortigates.a, f"get system ha status | {wanted}")
    assert said.splitlines() == lines


def test_grep_leaves_out(fortigates: FortiWorld) -> None:
    whole = fortigates.ask(fortigates.a, "get system ha status").splitlines()
    rest = fortigates.ask(fortigates.a, "get system ha status | grep -v :").splitlines()
    assert rest == [line for line in whole if ":" not in line]
    assert rest


@pytest.mark.parametrize(
    ("line", "first"),
    [
        ("execute reboot", "This operation will reboot the system !"),
        ("execute ha failover set 1", "Caution: This command will trigger an HA failover."),
        (
            "execute restore image tftp x.out 10.0.0.9",
            "This operation will replace the current firmware version!",
        ),
    ],
)
def test_what_is_asked_before_it_is_done(fortigates: FortiWorld, line: str, first: str) -> None:
    question = asked(fortigates, line)
    assert question is not None
    assert question.lstrip("\n").startswith(first)
    assert question.endswith(f"\n{GO_ON}")
    assert asked(fortigates, line, "y") is None
    assert asked(fortigates, line.replace("execute", "exec")) == question


def test_y_or_n_is_one_key_and_enter_is_no_yes(fortigates: FortiWorld) -> None:
    line = Line("execute reboot", Terminal())
    question = fortigates.rig.executor.command_line.question(fortigates.pair, fortigates.a, line)
    assert question is not None
    assert question.kind is Answering.LETTER
    assert [question.accepted(key) for key in ("y", "Y", "n", "", "x")] == [
        *("y", "y", None, None, None),
    ]


def test_the_other_members_password_is_asked_three_times(fortigates: FortiWorld) -> None:
    said = fortigates.ask(fortigates.a, "execute ha manage ?")
    [index] = re.findall(rf"<(\d)>     Subsidary unit {fortigates.b.node_id}", said)
    line = f"execute ha manage {index} admin"
    first = f"admin@169.254.0.{int(index) + 1}'s password: "
    assert asked(fortigates, line) == first
    assert asked(fortigates, line, "wrong") == f"Permission denied, please try again.\n{first}"
    assert asked(fortigates, line, "wrong", "admin") is None
    assert asked(fortigates, line, "wrong", "wrong", "wrong") is None
    assert "Permission denied" in fortigates.ask(fortigates.a, line, "wrong", "wrong", "wrong")
    own = str(1 - int(index))
    said = fortigates.ask(fortigates.a, f"execute ha manage {own} admin")
    assert said == f"Could not manage member {own}, num=2.\n"
    fortigates.strike("ha_link_down", "p1a")
    assert asked(fortigates, line) is None
    assert fortigates.ask(fortigates.a, line) == f"Could not manage member {index}, num=1.\n"
    assert "Subsidary unit" not in fortigates.ask(fortigates.a, "execute ha manage")


def test_sessions_through_a_filter_of_the_terminal(make_fortigates: MakeFortigates) -> None:
    world = make_fortigates(sessions=5)
    at, other = Terminal(), Terminal()

    def total(*filters: str, terminal: Terminal = at) -> int:
        world.ask(world.a, "diagnose sys session filter clear", terminal=terminal)
        for one in filters:
            world.ask(world.a, f"diagnose sys session filter {one}", terminal=terminal)
        said = world.ask(world.a, "diagnose sys session list", terminal=at)
        [number] = re.findall(r"^total session (\d+)$", said, re.MULTILINE)
        assert said.count("session info: proto=6 ") == int(number)
        return int(number)

    assert total() == 5
    assert total("dport 7000") == total("dst 10.2.1.100") == total("src 10.1.1.100") == 5
    assert total("sport 40000 40002") == 3
    assert total("sport 40000", "dport 7000", "proto 6") == 1
    assert total("dport 443") == 0
    assert total("dport 443", terminal=other) == 0  # the other terminal's does not count here
    world.ask(world.a, "diagnose sys session filter dport 7000 7001", terminal=at)
    said = world.ask(world.a, "diagnose sys session filter", terminal=at)
    assert "        dest port: 7000-7001\n" in said
    assert "        source ip: any\n" in said
    assert total() == 5
    said = world.ask(world.a, "diagnose sys session filter color 3", terminal=at)
    assert "parse error before 'color'" in said


def test_a_session_has_its_ends_state_and_age_on_both_members(
    make_fortigates: MakeFortigates,
) -> None:
    world = make_fortigates(sessions=1)
    world.wait(10)
    for unit, member in ((world.a, "0"), (world.b, "1")):
        said = world.ask(unit, "diagnose sys session list")
        assert "proto=6 proto_state=01 duration=610 " in said
        assert f"class_id=0 ha_id={member} " in said
        assert "hook=pre dir=org act=noop 10.1.1.100:40000->10.2.1.100:7000(" in said
        assert "misc info:       session_count=1 " in world.ask(unit, "diagnose sys session stat")
        assert "1 in ESTABLISHED state" in world.ask(unit, "diagnose sys session stat")
        assert world.ask(unit, "get system session status").endswith("current VDOM: 1\n")
    rows = world.ask(world.b, "get system session list").splitlines()
    assert rows[1].split()[:3] == ["tcp", "3595", "10.1.1.100:40000"]


def test_a_name_with_a_policy_and_one_entry_of_a_table(fortigates: FortiWorld) -> None:
    said = fortigates.ask(fortigates.a, "show firewall policy 3")
    assert re.findall(r"edit (\S+)", said) == ["3"]
    assert said.startswith("config firewall policy\n    edit 3\n        set name ")
    assert said.endswith("    next\nend\n")
    named = fortigates.ask(fortigates.a, 'show firewall address "branch-2"')
    assert re.findall(r'edit "(\S+)"', named) == ["branch-2"]


def test_load_and_uptime(fortigates: FortiWorld) -> None:
    said = fortigates.ask(fortigates.a, "get system performance status")
    assert "Average sessions: 200 sessions in 1 minute, " in said
    assert said.endswith("Uptime: 1 days,  0 hours,  0 minutes\n")
    fortigates.reboot(fortigates.a)
    said = fortigates.ask(fortigates.a, "get system performance status")
    assert said.endswith("Uptime: 0 days,  0 hours,  0 minutes\n")


def test_free_space(fortigates: FortiWorld) -> None:
    line = "diagnose hardware deviceinfo disk"
    free = re.findall(r"([\d.]+)MiB free", fortigates.ask(fortigates.a, line))
    fortigates.strike("disk_full", "p1a", free=1024 * 1024)
    assert re.findall(r"([\d.]+)MiB free", fortigates.ask(fortigates.a, line)) == ["1.0"]
    assert float(free[0]) > 250


def test_the_platforms_terminal() -> None:
    personality = PERSONALITIES[Platform.FORTINET]
    assert personality.session is FortiConsole
    assert not personality.has_sftp

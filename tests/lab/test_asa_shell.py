"""The ASA's command line: who may do what, what is replicated, and what the standby warns of."""

from __future__ import annotations

import pytest

from nornir_haupgrade.lab import AsaSpec
from nornir_haupgrade.lab.command import Line, Terminal
from tests.lab.conftest import AsaWorld, MakeAsas

WARNING = "Configuration Replication is NOT performed from Standby unit to Active unit."
INVALID = "ERROR: % Invalid input detected at '^' marker.\n"


# Privilege


def test_a_login_begins_without_privilege(asas: AsaWorld) -> None:
    low = Terminal(privilege=1)
    assert asas.prompt(asas.a, low) == "p1/pri/act> "
    assert INVALID in asas.ask(asas.a, "show running-config", terminal=low)
    assert "Current privilege level : 1\nCurrent Mode/s : P_UNPR\n" in asas.ask(
        asas.a, "show curpriv", terminal=low
    )
    asas.ask(asas.a, "enable", "enable", terminal=low)
    assert asas.prompt(asas.a, low) == "p1/pri/act# "
    assert asas.ask(asas.a, "show curpriv", terminal=low).startswith("Username : enable_15\n")
    asas.ask(asas.a, "disable", terminal=low)
    assert low.privilege == 1


def test_a_wrong_password_is_asked_for_three_times(asas: AsaWorld) -> None:
    def asks(*answers: str) -> str | None:
        line = Line("enable", Terminal(privilege=1), answers)
        question = asas.rig.executor.command_line.question(asas.pair, asas.a, line)
        return None if question is None else question.text

    assert asks() == "Password: "
    assert asks("no") == asks("no", "nor") == "Invalid password\nPassword: "
    assert asks("no", "nor", "never") is asks("enable") is None
    low = Terminal(privilege=1)
    assert asas.ask(asas.a, "enable", "a", "b", "c", terminal=low).endswith("Access denied.\n")
    assert low.privilege == 1
    assert "Login failed" in asas.ask(asas.a, "login", "admin", "wrong", terminal=low)
    asas.ask(asas.a, "login", "admin", "admin", terminal=low)
    assert low.privilege == 15


# What is typed


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("sh fail st", "show failover state"),
        ("sh run boot sys", "show running-config boot sys"),
        ("sh conn cou", "show conn count"),
        ("fail exec mate sh conn count", "failover exec mate show conn count"),
        ("sh run | grep ^ssh", "show running-config | include ^ssh"),
        ("sh run | grep -v ^ssh", "show running-config | exclude ^ssh"),
    ],
)
def test_abbreviations_and_filters(asas: AsaWorld, typed: str, meant: str) -> None:
    said = asas.ask(asas.a, typed)
    assert said == asas.ask(asas.a, meant)
    assert "ERROR" not in said


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("show foo", " " * len("p1/pri/act# show ") + "^\n" + INVALID),
        ("show", "ERROR: % Incomplete command.\n"),
        ("sh c", 'ERROR: % Ambiguous command:  "sh c"\n'),
        ("show run | section boot", INVALID),
        ("show conn protocol icmp", INVALID),
        ("terminal pager many", INVALID),
    ],
)
def test_what_is_no_command(asas: AsaWorld, typed: str, said: str) -> None:
    assert asas.ask(asas.a, typed).endswith(said)
    assert asas.entries("command")[-1]["status"] == 1


def test_configuration_mode_takes_every_other_command_too(asas: AsaWorld) -> None:
    at = Terminal()
    asas.ask(asas.a, "configure terminal", terminal=at)
    assert asas.prompt(asas.a, at) == "p1/pri/act(config)# "
    assert "in use" in asas.ask(asas.a, "show conn count", terminal=at)
    asas.ask(asas.a, "interface gi0/0", terminal=at)
    assert asas.prompt(asas.a, at) == "p1/pri/act(config-if)# "
    asas.ask(asas.a, "description wan", terminal=at)
    asas.ask(asas.a, "show clock", terminal=at)
    assert asas.prompt(asas.a, at) == "p1/pri/act(config-if)# "
    asas.ask(asas.a, "object network WEB", terminal=at)
    assert asas.prompt(asas.a, at) == "p1/pri/act(config-network-object)# "
    asas.ask(asas.a, "host 10.2.1.80", terminal=at)
    asas.ask(asas.a, "logging enable", terminal=at)
    assert at.context == "config"
    asas.ask(asas.a, "exit", terminal=at)
    assert at.context == ""
    for unit in (asas.a, asas.b):
        said = asas.ask(unit, "show running-config")
        assert " description wan\n" in said
        assert "object network WEB\n host 10.2.1.80\n" in said
        assert "logging enable\n" in said


# Replication


def test_what_is_configured_on_the_active_runs_on_both_and_is_saved_on_both(
    asas: AsaWorld,
) -> None:
    assert asas.configure(asas.a, "logging enable", "no route inside") == ["", ""]
    assert "logging enable" in asas.ask(asas.b, "show running-config logging")
    assert "logging enable" not in asas.ask(asas.b, "show startup-config")
    assert not asas.b.configuration.is_saved
    said = asas.ask(asas.a, "write memory")
    assert said.startswith("Building configuration...\nCryptochecksum: ")
    assert said.endswith("[OK]\n")
    for unit in (asas.a, asas.b):
        assert unit.configuration.is_saved
        assert "logging enable" in asas.ask(unit, "show startup-config")
    effects = [entry["effect"] for entry in asas.entries("command")]
    assert effects.count("config") == 2
    assert effects.count("save") == 1


def test_lines_are_taken_away_again(asas: AsaWorld) -> None:
    before = asas.state(asas.b).config_hash
    lines = ("interface gi0/0", "description wan", "ssh scopy enable", "prompt hostname")
    asas.configure(asas.a, *lines, "no ssh scopy enable")
    said = asas.ask(asas.b, "show running-config")
    assert (" description wan\n" in said, "ssh scopy enable" in said) == (True, False)
    assert asas.prompt(asas.b) == "p1# "
    back = ("interface gi0/0", "no description", "ssh scopy enable")
    asas.configure(asas.a, *back, "prompt hostname priority state")
    assert asas.state(asas.b).config_hash == before
    assert INVALID in asas.configure(asas.a, "interface gi9/9")[0]


def test_the_order_of_lines_is_that_of_the_firewall_and_not_of_whoever_typed_them(
    asas: AsaWorld,
) -> None:
    before = asas.ask(asas.b, "show running-config failover").splitlines()
    assert before[:2] == ["failover", "failover lan unit secondary"]
    asas.ask(asas.a, "write standby")
    asas.wait(5)
    assert asas.ask(asas.b, "show running-config failover").splitlines() == before
    asas.configure(asas.a, "interface gi0/0", "description wan")
    said = asas.ask(asas.b, "show running-config interface")
    assert "interface GigabitEthernet0/0\n description wan\n nameif outside\n" in said


def test_configuration_that_is_wrong_in_an_inner_mode_is_pointed_at(asas: AsaWorld) -> None:
    said = asas.configure(asas.a, "interface gi0/0", "security levl 5")
    assert said[1].endswith(INVALID)
    assert "^" in said[1]


def test_the_units_of_a_pair_that_is_in_sync_differ_in_what_they_are(asas: AsaWorld) -> None:
    first, second = (
        asas.ask(unit, "show running-config").splitlines() for unit in (asas.a, asas.b)
    )
    different = [one for one, other in zip(first, second, strict=True) if one != other]
    starts = (": Serial Number: ", "failover lan unit primary", "Cryptochecksum:")
    assert len(different) == len(starts)
    assert all(map(str.startswith, different, starts))


def test_the_length_of_pages_is_not_replicated(asas: AsaWorld) -> None:
    """One of the exceptions in Cisco's guide to 9.0."""
    asas.configure(asas.a, "pager lines 40")
    said = [asas.ask(unit, "show running-config pager") for unit in (asas.a, asas.b)]
    assert said == ["pager lines 40\n", "pager lines 24\n"]


def test_which_unit_it_is_stays_with_the_unit(asas: AsaWorld) -> None:
    asas.ask(asas.a, "write standby")
    asas.wait(5)
    assert "failover lan unit secondary\n" in asas.ask(asas.b, "show running-config failover")
    assert "primary" not in asas.ask(asas.b, "show running-config failover")


def test_the_standby_warns_and_keeps_what_it_is_told_to_itself(asas: AsaWorld) -> None:
    at = Terminal()
    assert WARNING in asas.ask(asas.b, "configure terminal", terminal=at)
    assert WARNING in asas.ask(asas.b, "logging enable", terminal=at)
    assert "logging enable" in asas.ask(asas.b, "show running-config logging")
    assert asas.ask(asas.a, "show running-config logging") == ""
    sums = {asas.ask(unit, "show checksum") for unit in (asas.a, asas.b)}
    assert len(sums) == 2
    assert "Sync Done" in asas.ask(asas.b, "show failover state")  # whatever was changed since
    assert WARNING not in asas.ask(asas.a, "configure terminal")


def test_saving_on_the_standby_is_its_own_business(asas: AsaWorld) -> None:
    asas.configure(asas.a, "logging enable")
    asas.ask(asas.b, "write memory")
    assert asas.b.configuration.is_saved
    assert not asas.a.configuration.is_saved


def test_nothing_is_replicated_over_a_link_that_is_down(asas: AsaWorld) -> None:
    asas.strike("ha_link_down")
    asas.configure(asas.a, "logging enable")
    asas.ask(asas.a, "write memory")
    assert asas.ask(asas.b, "show running-config logging") == ""
    assert asas.a.configuration.is_saved


def test_the_hostname_is_that_of_both_and_the_prompt_can_be_plain(make_asas: MakeAsas) -> None:
    asas = make_asas(setup=AsaSpec(prompt=""))
    asas.configure(asas.a, "hostname edge")
    assert [asas.prompt(unit) for unit in (asas.a, asas.b)] == ["edge# ", "edge# "]
    asas.configure(asas.a, "prompt hostname state")
    assert [asas.prompt(unit) for unit in (asas.a, asas.b)] == ["edge/act# ", "edge/stby# "]


def test_the_width_of_terminals_is_a_line_of_the_configuration(asas: AsaWorld) -> None:
    before = asas.state(asas.a).config_hash
    asas.configure(asas.a, "terminal width 511")
    assert asas.ask(asas.a, "show running-config terminal") == "terminal width 511\n"
    assert asas.state(asas.a).config_hash != before
    assert asas.entries("command")[-2]["effect"] == "config"
    asas.configure(asas.a, "terminal width 511")
    assert asas.entries("command")[-1]["effect"] == "none"
    assert asas.configure(asas.a, "terminal width 512") == [INVALID]
    asas.configure(asas.a, "terminal width 80")
    assert asas.state(asas.a).config_hash == before


def test_reads_change_nothing(asas: AsaWorld) -> None:
    before = [asas.state(unit).config_hash for unit in (asas.a, asas.b)]
    for line in (
        *("show failover", "show failover state", "show failover history", "show conn"),
        *("show running-config", "show startup-config", "more system:running-config", "dir"),
        *("show version", "show interface", "show route", "show vpn-sessiondb", "show module"),
        *("show crypto ipsec sa", "show ospf neighbor", "show bgp summary", "show bootvar"),
    ):
        for unit in (asas.a, asas.b):
            assert "ERROR" not in asas.ask(unit, line), line
    assert {entry["effect"] for entry in asas.entries("command")} == {"none"}
    assert [asas.state(unit).config_hash for unit in (asas.a, asas.b)] == before

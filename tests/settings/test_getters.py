"""The dialect of ``ha.getters``: what may be written, and what is said of what may not."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from napalm.base.base import NetworkDriver

from nornir_haupgrade.settings import Getter
from nornir_haupgrade.settings.getters import READ_ONLY_GETTERS, GetterOptions, chosen, why_not

if TYPE_CHECKING:
    from tests.settings.conftest import Site

ROUTE = {"options": {"destination": "10.0.0.0/8"}}


def read(site: Site, *entries: object) -> tuple[Getter, ...]:
    site.ha["getters"] = list(entries)
    (pair,) = site.open().pairs
    assert pair.getters is not None
    return pair.getters


def refused(site: Site, *entries: object) -> str:
    site.ha["getters"] = list(entries)
    return site.finding()


def test_the_list_is_what_napalm_documents_as_getters() -> None:
    documented = {name for name in vars(NetworkDriver) if name.startswith("get_")}
    assert documented == READ_ONLY_GETTERS.keys()


@pytest.mark.parametrize("name", sorted(READ_ONLY_GETTERS))
def test_the_options_are_those_that_napalm_documents(name: str) -> None:
    code = getattr(NetworkDriver, name).__code__
    documented = set(code.co_varnames[1 : code.co_argcount])
    if name == "get_config":
        documented -= {"full", "format"}
    assert documented == set(READ_ONLY_GETTERS[name])


def test_names_with_and_without_their_prefix(site: Site) -> None:
    found = read(site, "get_facts", "bgp_neighbors")
    assert [(one.name, one.getter) for one in found] == [
        ("get_facts", "get_facts"),
        ("get_bgp_neighbors", "get_bgp_neighbors"),
    ]
    assert (found[0].threshold, found[0].settle, found[0].properties) == (0, 60, ())


def test_everything_that_can_be_said_of_one(site: Site) -> None:
    (found,) = read(
        site,
        {
            "get_route_to": {
                "name": "to-the-plant",
                "properties": ["next_hop", "protocol"],
                "threshold": "10%",
                "settle": 120,
                "options": {"destination": "10.0.0.0/8", "longer": True},
            }
        },
    )
    assert (found.name, found.getter, found.settle) == ("to-the-plant", "get_route_to", 120)
    assert found.threshold == pytest.approx(0.1)
    assert found.options == (("destination", "10.0.0.0/8"), ("longer", True))
    assert isinstance(hash(found), int)


def test_one_getter_twice_under_two_names(site: Site) -> None:
    found = read(site, {"get_route_to": ROUTE | {"name": "a"}}, {"get_route_to": ROUTE})
    assert [one.name for one in found] == ["a", "get_route_to"]


def test_a_configuration_is_read_without_its_secrets(site: Site) -> None:
    (found,) = read(site, {"get_config": {"options": {"retrieve": "running"}}})
    assert found.options == (("retrieve", "running"), ("sanitized", True))
    said = refused(site, {"get_config": {"options": {"sanitized": False}}})
    assert "a configuration with its secrets is no evidence" in said


def test_a_pair_that_says_nothing_has_the_platforms_own(site: Site) -> None:
    (pair,) = site.open().pairs
    assert pair.getters is None
    own = ("get_facts", "get_interfaces")
    assert [one.name for one in chosen(None, own)] == ["get_facts", "get_interfaces"]


def test_what_is_left_out_is_left_out_of_the_platforms_own(site: Site) -> None:
    found = chosen(read(site, "!interfaces", "!get_vlans"), ("get_facts", "get_interfaces"))
    assert [one.name for one in found] == ["get_facts"]


def test_a_name_with_a_colon_and_nothing_behind_it_is_the_name(site: Site) -> None:
    assert read(site, {"get_facts": None}) == read(site, "get_facts")


def test_an_empty_list_reads_nothing(site: Site) -> None:
    assert chosen(read(site), ("get_facts",)) == ()


def test_a_list_of_names_replaces_the_platforms_own(site: Site) -> None:
    found = chosen(read(site, "get_vlans"), ("get_facts",))
    assert [one.name for one in found] == ["get_vlans"]


def test_an_unknown_getter_names_the_nearest(site: Site) -> None:
    assert refused(site, "get_fact").startswith(
        "inventory/groups.yaml:7: group p1: ha.getters[0]: 'get_fact' is not one of NAPALM's"
        " getters that only read. Next: Did you mean 'get_facts'? Known getters: get_arp_table,"
    )


@pytest.mark.parametrize("name", ["cli", "ping", "commit_config", "load_merge_candidate", "!cli"])
def test_what_does_more_than_read_is_no_getter(site: Site, name: str) -> None:
    said = refused(site, name)
    assert f"{name.removeprefix('!')!r} is not one of NAPALM's getters that only read" in said


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"get_facts": {"treshold": "10%"}}, "unknown key 'treshold'. Next: Did you mean 'thresh"),
        ({"get_facts": {"getter": "cli"}}, "unknown key 'getter'. Next: "),
        ({"get_facts": {"threshold": 10}}, "10 is not a percentage"),
        ({"get_facts": {"settle": -1}}, "-1 should be greater than or equal to 0"),
        ({"get_facts": {"properties": "mtu"}}, "a list is expected here, not 'mtu'"),
        ({"get_facts": {"properties": ["mtu", "!speed"]}}, "'!speed' stands beside names that are"),
        ({"get_facts": {"properties": ["!"]}}, "'!' names nothing"),
        ({"get_facts": {"name": "a/b"}}, "'a/b' cannot be used as a name"),
        ({"get_facts": {"options": {"vrf": "x"}}}, "get_facts has no option 'vrf'. Next: It takes"),
        ({"get_facts": {"options": ["x"]}}, "a mapping is expected as options of get_facts"),
        ({"get_facts": 5}, "a mapping is not a getter"),
        ({"get_facts": {}, "get_vlans": {}}, "a mapping is not a getter"),
        (5, "5 is not a getter"),
        (["get_facts"], "a list is not a getter"),
        ("get_route_to", "get_route_to needs a destination"),
        ({"get_route_to": {}}, "get_route_to needs a destination"),
        (
            {"get_route_to": {"options": {"destnation": "10.0.0.0/8"}}},
            "get_route_to has no option 'destnation'. Next: Did you mean 'destination'?",
        ),
        (
            {"get_route_to": {"options": {"destination": "10.0.0.0/8", "longer": "yes"}}},
            "longer of get_route_to cannot be 'yes'. Next: Write true or false.",
        ),
        (
            {"get_config": {"options": {"retrieve": "everything"}}},
            "retrieve of get_config cannot be 'everything'. Next: Write one of running, startup",
        ),
    ],
)
def test_what_is_wrong_is_told_with_what_to_do(site: Site, entry: object, said: str) -> None:
    assert said in refused(site, entry)


@pytest.mark.parametrize(
    "value",
    ["10.0.0.0/8; reload", "0.0.0.0/0\nreload", "$(reboot)", "a|b", "-f", "", 5, None, "a b"],
)
def test_nothing_can_follow_a_command_in_an_option(site: Site, value: object) -> None:
    said = refused(site, {"get_route_to": {"options": {"destination": value}}})
    assert "destination of get_route_to cannot be" in said


@pytest.mark.parametrize("value", ["0.0.0.0/0", "::/0", "2001:db8::1", "10.1.1.1", "fe80::1%eth0"])
def test_addresses_and_prefixes_are_good_options(value: str) -> None:
    assert why_not("get_route_to", {"destination": value}) is None


def test_names_beside_what_is_left_out_are_refused(site: Site) -> None:
    said = refused(site, "get_facts", "!get_vlans")
    assert "'!get_vlans' stands beside getters that are not left out" in said


def test_the_same_name_twice_is_told_once(site: Site) -> None:
    said = refused(site, "get_facts", {"get_vlans": {"name": "get_facts"}})
    assert "ha.getters[1]" in said
    assert "the name 'get_facts' is there twice" in said


def test_members_that_say_different_things_are_told(site: Site) -> None:
    site.hosts["p1a"]["data"] = {"ha": {"getters": ["get_facts"]}}
    assert "the members of pair p1 have different getters" in site.finding()


def test_the_documents_own_example_is_accepted(site: Site) -> None:
    text = (Path(__file__).parents[2] / "docs" / "napalm.md").read_text(encoding="utf-8")
    block = re.search(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert block is not None
    site.groups = {"p1": yaml.safe_load(block[1])}
    (pair,) = site.open().pairs
    assert [one.name for one in pair.getters or ()][-2:] == ["to-the-plant", "default-route"]


def test_the_document_names_every_key(site: Site) -> None:
    text = (Path(__file__).parents[2] / "docs" / "napalm.md").read_text(encoding="utf-8")
    for key in GetterOptions.model_fields:
        assert f"| `{key}` |" in text

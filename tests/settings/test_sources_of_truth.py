"""Plugins for sources of truth put what a site adds where they like: the key ``ha`` is found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.settings.conftest import Site

HA = {"pair": "p1", "platform": "linux_ha", "site": "muc"}


def put(site: Site, data: dict[str, Any]) -> None:
    """The same data for both members, and nothing from a group."""
    del site.groups["p1"]["data"]
    for host in site.hosts.values():
        host["data"] = data


@pytest.mark.parametrize(
    "data",
    [
        {"custom_fields": {"ha": HA}},
        {"config_context": {"ha": HA, "ntp": ["10.0.0.1"]}},
        {"pynautobot_dictionary": {"custom_fields": {"ha": HA}}},
        {"pynautobot_dictionary": {"config_context": {"ha": HA}}},
        {"ha": None, "custom_fields": {"ha": None}, "config_context": {"ha": HA}},
    ],
)
def test_the_pair_is_found(site: Site, data: dict[str, Any]) -> None:
    put(site, data)
    (pair,) = site.open().pairs
    assert (pair.name, pair.site) == ("p1", "muc")


def test_what_is_closer_to_the_host_wins_key_by_key(site: Site) -> None:
    put(site, {"ha": {"site": "a"}, "custom_fields": {"ha": {"site": "b", "pair": "p1"}}})
    for name, host in site.hosts.items():
        context = {"pair": "p1", "platform": "linux_ha", "backs_up": ["p2"], "identity": "of all"}
        own = {**host["data"]["custom_fields"]["ha"], "identity": name}
        host["data"] = {
            **host["data"],
            "custom_fields": {"ha": own},
            "config_context": {"ha": context},
        }
    site.add_pair("p2")
    pair = site.open(names=["p1"]).pairs[0]
    assert (pair.site, pair.backs_up) == ("a", ("p2",))
    assert [member.identity for member in pair.members] == ["p1a", "p1b"]


@pytest.mark.parametrize("data", [{"custom_fields": None}, {"config_context": []}, {"ha": None}])
def test_where_there_is_nothing_the_host_is_not_ours(site: Site, data: dict[str, Any]) -> None:
    site.hosts["other"] = {"data": data}
    assert [pair.name for pair in site.open().pairs] == ["p1"]


def test_a_finding_says_where_it_stands(site: Site) -> None:
    put(site, {"config_context": {"ha": {**HA, "sit": "x"}}})
    found = site.findings()
    assert {finding.where.rpartition(": ")[2] for finding in found} == {"config_context.ha.sit"}
    put_wrong = {"custom_fields": {"ha": "p1"}}
    for host in site.hosts.values():
        host["data"] = put_wrong
    assert "custom_fields.ha: a mapping is expected here, not 'p1'" in str(site.findings()[0])

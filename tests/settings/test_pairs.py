from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest

from nornir_haupgrade.errors import BadInput
from nornir_haupgrade.settings import (
    GateMoment,
    ManagementPath,
    TcpService,
    Tolerance,
    check_supported,
    load_pairs,
    validate,
)

if TYPE_CHECKING:
    from tests.settings.conftest import Site

PLATFORMS = ("linux_ha", "cisco_asa")
TCP = {"name": "shop", "type": "tcp", "address": "10.2.1.100", "port": 7000}
GATE = {"name": "freeze", "task": "tasks.freeze.is_over"}


def test_a_pair_is_two_hosts_in_the_order_of_the_inventory(site: Site) -> None:
    site.hosts = dict(reversed(site.hosts.items()))
    site.ha.update(services=[TCP], tolerance={"sessions": "2.5%"}, site="muc")
    (pair,) = site.open().pairs
    assert [member.name for member in pair.members] == ["p1b", "p1a"]
    assert pair.members[0].platform == pair.platform == "linux_ha"
    assert pair.members[0].identity is None
    assert pair.services == (TcpService.model_validate(TCP),)
    assert pair.tolerance.sessions == pytest.approx(0.025)
    assert pair.management_path is ManagementPath.OUT_OF_BAND
    assert isinstance(hash(pair), int)


def test_host_data_wins_over_group_data_over_defaults_key_by_key(site: Site) -> None:
    site.groups["outer"] = {"data": {"ha": {"site": "outer", "backs_up": ["p2"]}}}
    site.groups["p1"]["groups"] = ["outer"]
    site.add_pair("p2")
    site.ha.update(services=[TCP])
    site.defaults = {"data": {"ha": {"site": "everywhere", "management_path": "through_pair"}}}
    for name in ("p1a", "p1b"):
        site.hosts[name]["data"] = {"ha": {"services": [], "identity": name}}
    one, two = site.open().pairs
    assert one.site == "outer"
    assert two.site == "everywhere"
    assert one.backs_up == ("p2",)
    assert one.services == ()  # a list replaces a list
    assert one.management_path is ManagementPath.THROUGH_PAIR
    assert [member.identity for member in one.members] == ["p1a", "p1b"]


def test_the_first_group_wins(site: Site) -> None:
    site.groups["x"] = {"data": {"ha": {"site": "x", "tolerance": {"sessions": "1%"}}}}
    site.groups["y"] = {"data": {"ha": {"site": "y", "tolerance": {}}}}
    for name in ("p1a", "p1b"):
        site.hosts[name]["groups"] = ["p1", "y", "x"]
    (pair,) = site.open().pairs
    assert pair.site == "y"
    assert pair.tolerance == Tolerance.model_validate({"sessions": "1%"})


def test_the_platform_defaults_to_nornirs_own(site: Site) -> None:
    del site.ha["platform"]
    site.groups["p1"]["platform"] = "cisco_asa"
    assert site.open().pairs[0].platform == "cisco_asa"


def test_hosts_without_a_pair_are_not_ours(site: Site) -> None:
    site.hosts["other"] = {"data": {"ha": None}}
    site.hosts["another"] = {"data": {"ha": {"site": "muc"}}}
    site.hosts["plain"] = {}
    assert len(site.open().pairs) == 1


def test_a_pair_with_one_member(site: Site) -> None:
    del site.hosts["p1b"]
    assert site.finding() == (
        "inventory/groups.yaml:4: group p1: ha.pair: pair p1 has one member: p1a. Next: Add the"
        " other member: a second host with ha.pair p1, and not filtered out."
    )


def test_a_pair_with_three_members(site: Site) -> None:
    site.hosts["p1c"] = {"groups": ["p1"]}
    assert site.finding() == (
        "inventory/groups.yaml:4: group p1: ha.pair: pair p1 has three members: p1a, p1b, p1c."
        " Next: Leave two of them: the others belong to a pair of their own, or to none."
    )


def test_a_member_in_two_pairs_by_two_groups(site: Site) -> None:
    site.add_pair("p2")
    site.hosts["p2a"]["groups"] = ["p2", "p1"]
    assert site.finding() == (
        "inventory/hosts.yaml:9: host p2a: member p2a is in two pairs: p2 (group p2) and p1"
        " (group p1). Next: Leave it in one: remove it from the other group, or the other ha.pair."
    )


def test_a_member_in_two_pairs_by_its_own_data(site: Site) -> None:
    site.add_pair("p2")
    site.hosts["p2a"]["data"] = {"ha": {"pair": "p1"}}
    assert "member p2a is in two pairs: p1 (host p2a) and p2 (group p2)" in site.finding()


def test_an_unknown_platform_names_the_nearest(site: Site) -> None:
    site.ha["platform"] = "linux-ha"
    assert site.finding() == (
        "inventory/groups.yaml:5: group p1: ha.platform: unknown platform 'linux-ha'. Next: Set"
        " ha.platform. Did you mean 'linux_ha'? Known platforms: linux_ha, cisco_asa."
    )


def test_an_unknown_platform_of_nornirs_own_is_found_where_it_is(site: Site) -> None:
    del site.ha["platform"]
    site.defaults = {"platform": "linux"}
    assert site.finding().startswith(
        "inventory/defaults.yaml:1: defaults: platform: unknown platform 'linux'."
    )


def test_no_platform_at_all(site: Site) -> None:
    del site.ha["platform"]
    assert [finding.what for finding in site.findings()] == [
        "p1a has no platform",
        "p1b has no platform",
    ]


def test_an_unknown_pair_on_the_command_line(site: Site) -> None:
    assert site.finding(names=["p11"]) == (
        "--pair: there is no pair 'p11'. Next: Did you mean 'p1'? Known pairs: p1."
    )


def test_the_same_identity_twice(site: Site) -> None:
    site.hosts["p1a"]["data"] = {"ha": {"identity": "8d1c"}}
    site.hosts["p1b"]["data"] = {"ha": {"identity": "8D1C"}}
    assert site.finding() == (
        "inventory/hosts.yaml:14: host p1b: ha.identity: p1a and p1b have the same identity"
        " '8d1c'. Next: Give each host its own serial number or node id, in its own data."
    )


@pytest.mark.parametrize(
    ("key", "item"),
    [("services", TCP), ("canaries", TCP), ("gates", {"name": "shop", "task": "tasks.a.b"})],
)
def test_the_same_service_name_twice(site: Site, key: str, item: dict[str, Any]) -> None:
    site.ha[key] = [item, item]
    finding = site.finding()
    assert f"ha.{key}[1].name: the name 'shop' is there twice. Next: Give each" in finding
    assert finding.startswith("inventory/groups.yaml:")


def test_members_of_different_platform(site: Site) -> None:
    site.hosts["p1b"]["data"] = {"ha": {"platform": "cisco_asa"}}
    assert site.finding() == (
        "inventory/hosts.yaml:11: host p1b: ha.platform: the members of pair p1 have different"
        " platform: p1a linux_ha, p1b cisco_asa. Next: Set platform once, on the group of both"
        " members."
    )


def test_members_that_disagree_about_their_services(site: Site) -> None:
    site.hosts["p1a"]["data"] = {"ha": {"services": [TCP]}}
    assert "the members of pair p1 have different services. Next:" in site.finding()


def test_a_pair_that_backs_itself_up(site: Site) -> None:
    site.ha["backs_up"] = ["p1"]
    assert site.finding() == (
        "inventory/groups.yaml:7: group p1: ha.backs_up[0]: pair p1 backs itself up. Next: Name"
        " other pairs only."
    )


def test_an_unknown_pair_in_backs_up(site: Site) -> None:
    site.add_pair("p2")
    site.ha["backs_up"] = ["p22"]
    assert site.finding() == (
        "inventory/groups.yaml:7: group p1: ha.backs_up[0]: backs_up names pair p22, which is not"
        " in the inventory. Next: Did you mean 'p2'? Known pairs: p1, p2."
    )


def test_a_pair_outside_the_filter_is_still_known(site: Site) -> None:
    site.add_pair("p2")
    site.ha["backs_up"] = ["p2"]
    nr = site.open().nr.filter(filter_func=lambda host: host.name.startswith("p1"))
    assert len(load_pairs(nr, platforms=PLATFORMS, names=None)) == 1


def test_no_hosts(site: Site) -> None:
    site.hosts = {}
    assert site.finding() == (
        "inventory: it has no hosts. Next: Check the inventory's files and any filter."
    )


def test_no_pairs(site: Site) -> None:
    del site.ha["pair"]
    assert site.finding().startswith("inventory: none of its hosts has ha.pair. Next: Give")


def test_nothing_selected(site: Site) -> None:
    assert site.finding(names=[]) == "--pair: no pair is selected. Next: Name at least one pair."


def test_what_is_wrong_with_other_pairs_does_not_stop_the_named_ones(site: Site) -> None:
    site.add_pair("p2", platform="nonsense")
    assert [pair.name for pair in site.open(names=["p1", "p1"]).pairs] == ["p1"]
    assert len(site.findings()) == 1
    assert len(site.findings(names=["p2"])) == 1


def test_a_misspelt_pair_key_is_told_even_though_the_host_is_then_nobodys(site: Site) -> None:
    site.hosts["p1b"] = {"data": {"ha": {"piar": "p1"}}}
    found = [finding.what for finding in site.findings(names=["p1"])]
    assert found == ["unknown key 'piar'", "pair p1 has one member: p1a"]


def test_groups_that_inherit_in_a_circle(site: Site) -> None:
    site.groups["p1"]["groups"] = ["outer"]
    site.groups["outer"] = {"groups": ["p1"]}
    found = [str(finding) for finding in site.findings()]
    assert any("host p1a: its groups inherit in a circle. Next: Remove" in one for one in found)


@pytest.mark.parametrize(
    ("ha", "where", "what", "advice"),
    [
        ({"sit": "muc"}, "ha.sit", "unknown key 'sit'", "Did you mean 'site'?"),
        ({"site": False}, "ha.site", "false is not a text to YAML", 'Quote it, as in "false".'),
        ({"site": ["muc"]}, "ha.site", "a text is expected here, not a list", "Correct 'site'"),
        ({"pair": 12}, "ha.pair", "12 is not a text to YAML", 'Quote it, as in "12".'),
        ({"pair": "a/b"}, "ha.pair", "'a/b' cannot be used as a name", "Use up to 100 letters"),
        ({"pair": ".."}, "ha.pair", "'..' cannot be used as a name", "Use up to 100 letters"),
        ({"pair": "a\nb"}, "ha.pair", "cannot be printed", "Write a plain text."),
        ({"identity": 123}, "ha.identity", "123 is not a text to YAML", "Quote it"),
        ({"backs_up": "p2"}, "ha.backs_up", "a list is expected here, not 'p2'", "A list of the"),
        ({"backs_up": None}, "ha.backs_up", "a list is expected here, not nothing", "A list of"),
        ({"backs_up": [["p2"]]}, "ha.backs_up[0]", "a text is expected", "backs_up"),
        (
            {"management_path": "oob"},
            "ha.management_path",
            "'oob' is not possible here",
            "Write one of out_of_band, through_pair.",
        ),
        ({"tolerance": {"sessions": 5}}, "ha.tolerance.sessions", "5 is not a percentage", "5%"),
        ({"tolerance": {"sessions": "101%"}}, "ha.tolerance.sessions", "not a percentage", "5%"),
        ({"tolerance": "5%"}, "ha.tolerance", "a mapping is expected here, not '5%'", "Correct"),
        ({"tolerance": {"session": "5%"}}, "ha.tolerance.session", "unknown key", "'sessions'?"),
        ({"services": {}}, "ha.services", "a list is expected here, not a mapping", "A list of"),
        ({"services": [7]}, "ha.services[0]", "a mapping is expected here, not 7", "'services'"),
        ({"services": [{}]}, "ha.services[0]", "'type' is missing", "one of tcp, http"),
        (
            {"services": [{**TCP, "type": "tpc"}]},
            "ha.services[0]",
            "unknown service type 'tpc'",
            "Did you mean 'tcp'? Known types: tcp, http, dns, icmp, task.",
        ),
        ({"services": [{**TCP, "port": True}]}, "ha.services[0].port", "not true", "1 to 65535"),
        (
            {"services": [{**TCP, "port": 70000}]},
            "ha.services[0].port",
            "70000 should be less than or equal to 65535",
            "Correct 'port': TCP port, 1 to 65535.",
        ),
        ({"services": [{**TCP, "settle": "5s"}]}, "[0].settle", "a number is expected", "Seconds"),
        ({"services": [{**TCP, "settle": -1}]}, "[0].settle", "greater than or equal", "Seconds"),
        ({"services": [{**TCP, "address": "10.0.0.0/8"}]}, ".address", "not an address", "IP"),
        (
            {"services": [{"name": "a", "type": "tcp", "address": "x"}]},
            "ha.services[0].port",
            "'port' is missing",
            "Add 'port': TCP port, 1 to 65535.",
        ),
        (
            {"services": [{"name": "a", "type": "tcp", "address": "x", "prot": 1}]},
            "ha.services[0].prot",
            "unknown key 'prot'",
            "Did you mean 'port'?",
        ),
        (
            {"services": [{"name": "a", "type": "http", "url": "http://u:secret@h/"}]},
            "ha.services[0].url",
            "the address carries a user name or password",
            "Remove it.",
        ),
        ({"services": [{"name": "a", "type": "http", "url": "http://[x"}]}, ".url", "http", "as"),
        ({"services": [{"name": "a", "type": "task", "task": "x"}]}, ".task", "dotted", "tasks."),
        ({"services": [{"name": "a", "type": "icmp"}]}, ".address", "missing", "ping"),
        ({"services": [{"name": "a", "type": "dns", "address": "x"}]}, ".query", "missing", "ask"),
        ({"canaries": [{**TCP, "type": "udp"}]}, "ha.canaries[0].type", "'udp'", "tcp"),
        (
            {"critical_sessions": [{"name": "a", "protocol": "tcp"}]},
            "ha.critical_sessions[0].destination_port",
            "'destination_port' is missing",
            "Add 'destination_port': Destination port of the sessions, 1 to 65535.",
        ),
        (
            {
                "critical_sessions": [
                    {"name": "a", "protocol": "tcp", "destination_port": 1, "source": "shop"}
                ]
            },
            "ha.critical_sessions[0].source",
            "'shop' is not an IP address or network",
            "session tables hold no names",
        ),
        ({"gates": [{"name": "a"}]}, "ha.gates[0].task", "'task' is missing", "Dotted name of"),
        ({"gates": [{**GATE, "task": "b"}]}, "ha.gates[0].task", "'b' is not a dotted", "tasks."),
        ({"gates": [{**GATE, "wen": []}]}, "ha.gates[0].wen", "unknown key 'wen'", "'when'?"),
        ({"gates": [{**GATE, "when": "prepare"}]}, "[0].when", "a list is expected", "both"),
        ({"gates": [{**GATE, "when": []}]}, "[0].when", "the gate is never asked", "or both"),
        (
            {"gates": [{**GATE, "when": ["prepare", "switch"]}]},
            "ha.gates[0].when[1]",
            "'switch' is not possible here",
            "Did you mean 'switchover'? Write one of prepare, switchover.",
        ),
        ({"gates": [{**GATE, "timeout": 0}]}, "[0].timeout", "0 should be greater", "Seconds"),
        ({"notify": "tasks.a.b"}, "ha.notify", "a list is expected here, not 'tasks.a.b'", "told"),
        ({"notify": ["b"]}, "ha.notify[0]", "'b' is not a dotted name", "as in tasks.shop.check"),
    ],
)
def test_each_wrong_value_is_one_finding(
    site: Site, ha: dict[str, Any], where: str, what: str, advice: str
) -> None:
    site.ha.update(ha)
    (finding,) = site.findings()
    assert finding.where.startswith("inventory/groups.yaml:")
    assert where in finding.where
    assert what in finding.what
    assert advice in finding.advice
    assert "secret" not in str(finding)


@pytest.mark.parametrize("ha", ["p1", ["p1"], 5, True])
def test_ha_that_is_no_mapping(site: Site, ha: object) -> None:
    site.hosts["p1a"]["data"] = {"ha": ha}
    finding = site.finding()
    assert finding.startswith("inventory/hosts.yaml:6: host p1a: ha: a mapping is expected here")


def test_ha_without_a_value_is_no_data(site: Site) -> None:
    site.hosts["p1a"]["data"] = {"ha": None}
    assert len(site.open().pairs) == 1


def test_keys_that_are_no_texts(site: Site) -> None:
    site.ha.update(cast("Any", {1: 2}))
    assert "the key 1 is not a text. Next: Quote it, or remove it." in site.finding()


def test_unicode_names_are_fine(site: Site) -> None:
    site.add_pair("münchen-ä", site="東京")
    assert site.open(names=["münchen-ä"]).pairs[0].site == "東京"


def test_all_findings_at_once_settings_and_inventory(site: Site) -> None:
    site.config["invntory"] = {}
    site.add_pair("p2", platform="linux", tolerance={"sessions": 5})
    del site.hosts["p1b"]
    site.ours.update(stroe="x")
    site.ours["images"][0]["sha256"] = "abc"
    whats = [finding.what for finding in site.findings(to="14.1")]
    assert whats == [
        "unknown key 'invntory'",
        "'abc' is not a sha256 checksum, which has 64 hexadecimal digits",
        "unknown key 'stroe'",
        "5 is not a percentage",
        "pair p1 has one member: p1a",
        "unknown platform 'linux'",  # and no word of an image for it
    ]


def test_a_type_of_service_whose_package_is_missing_is_refused_before_contact(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.ha["services"] = [
        TCP,
        {"name": "web", "type": "http", "url": "http://x/"},
        {"name": "names", "type": "dns", "address": "x", "query": "example.org"},
        {"name": "ping", "type": "icmp", "address": "x"},
        {"name": "own", "type": "task", "task": "tasks.shop.check"},
    ]
    site.ha["canaries"] = [TCP]
    pairs = site.open().pairs
    assert check_supported(pairs) == ()
    monkeypatch.setattr("nornir_haupgrade.settings.support.find_spec", lambda _: None)
    assert [str(finding) for finding in check_supported(pairs)] == [
        (
            f"pair p1: service {name}: services of type {kind} need the package {package}. Next:"
            " Install it by pip install 'nornir-haupgrade[probes]'."
        )
        for name, kind, package in (
            ("web", "http", "httpx"),
            ("names", "dns", "dnspython"),
            ("ping", "icmp", "icmplib"),
        )
    ]


def test_measuring_from_elsewhere_is_refused_by_name(site: Site) -> None:
    site.ha.update(services=[{**TCP, "vantage": "branch"}], canaries=[{**TCP, "vantage": "dmz"}])
    assert [str(finding) for finding in check_supported(site.open().pairs)] == [
        (
            f"pair p1: {what} shop: measuring from elsewhere (vantage {vantage}) is not in this"
            " version. Next: Remove vantage, so that it is measured from the controller."
        )
        for what, vantage in (("service", "branch"), ("canary", "dmz"))
    ]


def test_every_type_of_service_is_read(site: Site) -> None:
    site.ha["services"] = [
        TCP,
        {"name": "a", "type": "http", "url": "https://x:8443/y", "status": 204, "contains": "ok"},
        {"name": "b", "type": "dns", "address": "::1", "query": "example.org", "record": "MX"},
        {"name": "c", "type": "icmp", "address": "fw.example", "settle": 0, "stable_for": 1.5},
        {"name": "d", "type": "task", "task": "tasks.shop.check", "vantage": "jump host"},
    ]
    services = site.open().pairs[0].services
    assert [service.type for service in services] == ["tcp", "http", "dns", "icmp", "task"]


def test_the_site_s_own_gates_and_notifications_are_read(site: Site) -> None:
    site.ha["gates"] = [GATE, {**GATE, "name": "b", "when": ["switchover"], "timeout": 30}]
    site.ha["notify"] = ["tasks.notify.post"]
    pair = site.open().pairs[0]
    first, second = pair.gates
    assert (first.when, first.timeout) == ((GateMoment.PREPARE, GateMoment.SWITCHOVER), 10)
    assert (second.when, second.timeout) == ((GateMoment.SWITCHOVER,), 30)
    assert pair.notify == ("tasks.notify.post",)


def test_load_pairs_and_validate_raise_bad_input(site: Site) -> None:
    nr = site.open().nr
    assert validate(nr, platforms=PLATFORMS, config_file="config.yaml").pairs
    with pytest.raises(BadInput, match="there is no pair 'x'"):
        load_pairs(nr, platforms=PLATFORMS, names=["x"])
    with pytest.raises(BadInput, match="unknown platform"):
        validate(nr, platforms=["other"])

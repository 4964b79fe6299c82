from __future__ import annotations

import logging
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from nornir.core.configuration import Config

from nornir_haupgrade.errors import BadInput
from nornir_haupgrade.settings import check_config_file, init_nornir, open_project
from nornir_haupgrade.settings.files import SECTIONS

if TYPE_CHECKING:
    from tests.settings.conftest import Site

PLATFORMS = ("linux_ha", "cisco_asa")
GROUPS = """\
# inventory/groups.yaml
p1:
  connection_options: {netmiko: {platform: linux}}
  data:
    ha:
      pair: p1
      platform: linux_ha                # default: from Nornir's `platform`
      site: muc
      backs_up: [p2]                    # pairs that must never be in flight together with this one
      management_path: out_of_band      # or through_pair
      services:
        - {name: shop, type: tcp, address: 10.2.1.100, port: 7000}
      canaries:
        - {name: shop, type: tcp, address: 10.2.1.100, port: 7000}
      critical_sessions:
        - {name: shop, protocol: tcp, destination_port: 7000, at_least: 1}      # also min_age
      tolerance: {sessions: 5%}
"""
HOSTS = """\
p1a: {hostname: 10.99.1.1, groups: [p1], data: {ha: {identity: "8d1c..."}}}
"""
CONFIG = """\
# config.yaml; paths are relative to this file
inventory:
  options: {host_file: inventory/hosts.yaml, group_file: inventory/groups.yaml}
user_defined:
  haupgrade:
    store: campaigns
    switch_back_after: 60
    images:
      - {platform: linux_ha, version: "13.8", file: images/fw-13.img, sha256: "..."}
      # optional: kind (base, release, hotfix, content; default release), model, requires, algorithm
"""


def write(folder: Path, **files: str) -> Path:
    (folder / "inventory").mkdir(exist_ok=True)
    for name, text in files.items():
        path = folder / ("" if name == "config" else "inventory") / f"{name}.yaml"
        path.write_text(text, encoding="utf-8")
    return folder / "config.yaml"


def found(path: Path) -> list[str]:
    with pytest.raises(BadInput) as caught:
        open_project(path, platforms=PLATFORMS)
    return [str(finding) for finding in caught.value.findings]


def test_the_documented_files_are_read_as_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = write(tmp_path, config=CONFIG, groups=GROUPS, hosts=HOSTS)
    # What the example leaves out by its dots: the digits, the other member and the other pair.
    assert [line.split(". Next")[0] for line in found(path)] == [
        (
            "config.yaml:9: user_defined.haupgrade.images[0].sha256: '...' is not a sha256"
            " checksum, which has 64 hexadecimal digits"
        ),
        (
            "inventory/groups.yaml:9: group p1: ha.backs_up[0]: backs_up names pair p2, which is"
            " not"
            " in the inventory"
        ),
        "inventory/groups.yaml:6: group p1: ha.pair: pair p1 has one member: p1a",
    ]
    more = """\
        p1b: {hostname: 10.99.1.2, groups: [p1]}
        p2a: {data: {ha: {pair: p2}}, platform: linux_ha}
        p2b: {data: {ha: {pair: p2}}, platform: linux_ha}
    """
    write(tmp_path, config=CONFIG.replace('"..."', f'"{"0f" * 32}"'))
    write(tmp_path, hosts=HOSTS + textwrap.dedent(more))
    project = open_project(path, platforms=PLATFORMS)
    one, two = project.pairs
    assert (one.name, one.site, one.backs_up, two.name) == ("p1", "muc", ("p2",), "p2")
    assert one.members[0].identity == "8d1c..."
    assert one.tolerance.sessions == pytest.approx(0.05)
    assert one.critical_sessions[0].destination_port == 7000
    assert one.canaries[0].address == "10.2.1.100"
    assert project.settings.images[0].version == "13.8"
    assert project.settings.images[0].file == tmp_path / "images/fw-13.img"


def test_the_known_keys_are_nornirs() -> None:
    config = Config().dict()
    assert config.keys() == SECTIONS.keys()
    for section, known in SECTIONS.items():
        assert known is None or known == config[section].keys()


def test_nornir_starts_without_its_log_file(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.config["logging"] = {"enabled": True, "log_file": "nornir.log"}
    path = site.write()
    before = list(logging.getLogger("nornir").handlers)
    nr = init_nornir(path)
    assert sorted(nr.inventory.hosts) == ["p1a", "p1b"]
    assert logging.getLogger("nornir").handlers == before
    assert not (site.folder / "nornir.log").exists()


def test_the_inventory_is_found_beside_the_file_or_from_the_current_folder(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = site.write()
    (site.folder / "conf").mkdir()
    moved = path.rename(site.folder / "conf" / "config.yaml")
    assert len(init_nornir(moved).inventory.hosts) == 2  # as Nornir does
    moved.rename(path)
    monkeypatch.chdir("/")
    assert len(init_nornir(path).inventory.hosts) == 2
    site.config = {}
    with pytest.raises(BadInput, match=r"hosts\.yaml: the file does not exist"):
        init_nornir(site.write())


def test_an_absent_configuration(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    assert [str(finding) for finding in check_config_file(path)] == [
        f"{path}: the file does not exist. Next: Check the path, or run from the right folder."
    ]
    with pytest.raises(BadInput, match="does not exist"):
        init_nornir(path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "config.yaml: the file is empty. Next: Write Nornir's configuration"),
        ("# nothing\n", "config.yaml: the file is empty."),
        ("- a\n", "config.yaml: a list is not a configuration."),
        ("core:\n\traise_on_error: true\n", "config.yaml:2: this is not YAML: found character"),
        ("a: [1\n", "config.yaml:2: this is not YAML:"),
        ("a: {b: c\nd: e", "config.yaml:2: this is not YAML:"),
        ("---\n{}\n---\n{}\n", "this is not YAML:"),
        ("ssh: {}\nssh: {}\n", "config.yaml:2: the key 'ssh' is there twice. Next: Keep one"),
        ("a: !!python/object:os.system x\n", "config.yaml:1: this is not YAML:"),
        ("a: 2024-13-45\n", "config.yaml: this is not YAML: ValueError."),
        ("[" * 5000, "this is not YAML:"),
        ("x: \x00\n", "this is not YAML:"),
    ],
)
def test_a_configuration_that_cannot_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (line,) = found(write(tmp_path, config=text))
    assert message in line
    assert " Next: " in line


def test_tabs_are_named(tmp_path: Path) -> None:
    (line,) = found(write(tmp_path, config="core:\n\traise_on_error: true\n"))
    assert line.endswith("Next: Indent with blanks: YAML allows no tabs there.")


def test_a_parser_never_quotes_a_secret(site: Site) -> None:
    site.hosts = "p1a:\n  password: hunter2\n  password: hunter3\n"
    (line,) = found(site.write())
    assert line.startswith("inventory/hosts.yaml:3: the key 'password' is there twice.")
    assert "hunter" not in line


def test_other_encodings(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_bytes(b"core: {x: \xff\xfe}\n")
    assert "the file is not utf-8 text. Next: Save it in that encoding." in found(path)[0]
    assert "the file cannot be read: Is a directory" in found(tmp_path)[0]


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (
            {"invntory": {}},
            (
                "config.yaml:1: invntory: unknown key 'invntory'. Next: Did you mean 'inventory'?"
                " Known keys: core, inventory, logging, runner, ssh, user_defined."
            ),
        ),
        ({"haupgrade": {}}, "unknown key 'haupgrade'. Next: Put it below user_defined."),
        ({"ssh": None}, "ssh: a mapping is expected here, not nothing. Next: Write `key: value`"),
        ({"runner": {"plugn": "x"}}, "runner.plugn: unknown key 'plugn'. Next: Did you mean"),
        ({"runner": {"plugin": "threded"}}, "plugin 'threded' is not registered. Next: Install"),
        (
            {"inventory": {"plugin": "SimpelInventory"}},
            (
                "plugin 'SimpelInventory' is not registered. Next: Install the package that brings"
                " it. Did you mean 'SimpleInventory'?"
            ),
        ),
        ({"runner": {"plugin": 5}}, "config.yaml: Nornir cannot start: TypeError: Expected type"),
        ({"runner": {"options": {"numworkers": 1}}}, "Nornir cannot start: TypeError:"),
        ({"inventory": {"options": {"host_file": 5}}}, "Nornir cannot start: TypeError:"),
        ({"inventory": {"options": {"host_file": "no.yaml"}}}, "no.yaml: the file does not exist"),
        ({"inventory": {"options": {"encoding": "utf-7a"}}}, "the file is not utf-7a text"),
    ],
)
def test_each_mistake_in_nornirs_own_sections(
    site: Site, config: dict[str, Any], message: str
) -> None:
    if "inventory" not in config:
        site.config = {**config, **site.config}
    else:
        site.config["inventory"] = {
            **site.config["inventory"],
            **config["inventory"],
            "options": {
                **site.config["inventory"]["options"],
                **config["inventory"].get("options", {}),
            },
        }
    lines = found(site.write())
    assert message in lines[0]
    assert " Next: " in lines[0]


def test_a_misspelt_section_of_ours(site: Site) -> None:
    path = site.write()
    path.write_text(path.read_text().replace("haupgrade", "ha_upgrade"))
    assert "'ha_upgrade' looks like a misspelt 'haupgrade', and nothing reads it" in found(path)[0]


def test_user_defined_of_others_is_left_alone(tmp_path: Path) -> None:
    path = write(tmp_path, config="user_defined: {other: {x: 1}, haupgrade: {}}\n")
    assert check_config_file(path) == ()


def test_user_defined_that_is_no_mapping(site: Site) -> None:
    path = site.write()
    path.write_text("user_defined: 5\n")
    assert "user_defined: a mapping is expected here, not 5" in found(path)[0]


@pytest.mark.parametrize(
    ("kind", "content", "message"),
    [
        (
            "hosts",
            "- p1a\n",
            "inventory/hosts.yaml: a mapping is expected in this file, not a list",
        ),
        ("hosts", "p1a:\n", "inventory/hosts.yaml:1: host p1a: a mapping is expected here, not n"),
        (
            "hosts",
            "p1a: {groups: [p9]}\n",
            "host p1a: groups[0]: there is no group 'p9'. Next: Kno",
        ),
        ("hosts", "p1a: {groups: [[p1]]}\n", "host p1a: groups[0]: there is no group a list."),
        ("hosts", "p1a: {groups: p1}\n", "groups: a list is expected here, not 'p1'. Next: Write"),
        ("hosts", "p1a: {data: [1]}\n", "host p1a: data: a mapping is expected here, not a list"),
        ("hosts", "p1a: {data: x}\n", "host p1a: data: a mapping is expected here, not 'x'"),
        ("hosts", "1: {}\n", "host 1: the host name 1 is not a text to YAML. Next: Quote it, as"),
        ("hosts", "p1a:\n\tgroups: [p1]\n", "inventory/hosts.yaml:2: this is not YAML: found char"),
        ("hosts", "p1a: {connection_options: }\n", "connection_options: a mapping is expected"),
        ("hosts", "p1a: {connection_options: {x: }}\n", "connection_options.x: a mapping is exp"),
        ("groups", "p1: {groups: [p2]}\n", "group p1: groups[0]: there is no group 'p2'. Next:"),
        ("groups", "x", "inventory/groups.yaml: a mapping is expected in this file, not 'x'"),
        ("defaults", "[1]", "inventory/defaults.yaml: a mapping is expected in this file, not a l"),
        ("defaults", "x", "inventory/defaults.yaml: a mapping is expected in this file, not 'x'"),
        ("defaults", "data: [1]", "inventory/defaults.yaml:1: defaults: data: a mapping is expec"),
    ],
)
def test_each_mistake_in_the_inventory_files(
    site: Site, kind: str, content: str, message: str
) -> None:
    setattr(site, kind, content)
    lines = found(site.write())
    assert any(message in line for line in lines), lines
    assert all(" Next: " in line for line in lines)


def test_a_group_file_that_was_named_and_is_absent(site: Site) -> None:
    path = site.write()
    (site.folder / "inventory" / "defaults.yaml").unlink()
    (line,) = found(path)
    assert line == (
        "inventory/defaults.yaml: the file does not exist. Next: Write it, or remove defaults_file."
    )


def test_settings_are_checked_even_when_the_inventory_cannot_be_read(site: Site) -> None:
    site.hosts = "p1a:\n\tx"
    site.ours = {"stroe": 1}
    first, second = found(site.write())
    assert "this is not YAML" in first
    assert "unknown key 'stroe'" in second


def test_an_unreadable_environment(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NORNIR_RUNNER_OPTIONS", "{")
    (line,) = found(site.write())
    assert "Nornir cannot start: SyntaxError:" in line
    assert "NORNIR_ environment variables" in line

"""The same pair by whichever inventory plugin: each leads to a real login on both members."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import pytest
from nornir.core.inventory import Defaults, Groups, Host, Hosts, Inventory
from nornir.core.plugins.inventory import InventoryPluginRegister, TransformFunctionRegister

from examples.csv_inventory import CSVInventory
from nornir_haupgrade.cli.project import the_project
from nornir_haupgrade.cli.shell import Shell
from nornir_haupgrade.engines.checking import check_pair
from nornir_haupgrade.errors import BadInput
from nornir_haupgrade.lab import LabSpec, LabThread, simple_pair
from nornir_haupgrade.settings import MemberConfig, PairConfig, Project, Tolerance
from tests.site.sources import TOKEN, source
from tests.site.web import Web, serving

PASSWORD: Final = "dE9-gZ2!kept+nowhere"
ROOT: Final = Path(__file__).parents[2]
PAIR: Final = simple_pair("p1", sessions=5)
IDENTITIES: Final = [(member.name, member.node_id) for member in PAIR.members]
PORTS: Final[dict[str, int]] = {}
"""Where the lab's members listen: no source of truth knows the ports of a test."""


def lab_ports(host: Host, *_: Any, **__: Any) -> None:  # noqa: ANN401
    """A transform function, as a site may have one."""
    host.port = PORTS.get(host.name)


TransformFunctionRegister.register("lab_ports", lab_ports)


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabThread]:
    with LabThread(LabSpec((PAIR,), password=PASSWORD), tmp_path_factory.mktemp("lab")) as running:
        PORTS.update(running.ports)
        yield running


@dataclass
class Site:
    """A project whose inventory is somewhere else."""

    folder: Path
    lab: LabThread

    def open(self, plugin: str, **options: Any) -> Project:  # noqa: ANN401
        inventory = {"plugin": plugin, "options": options, "transform_function": "lab_ports"}
        (self.folder / "known_hosts").write_text(self.lab.known_hosts)
        ours = {"known_hosts": "known_hosts"}
        config = {"inventory": inventory, "user_defined": {"haupgrade": ours}}
        path = self.folder / "config.yaml"
        path.write_text(json.dumps(config))
        return the_project(Shell(path), None)

    def proven(self, project: Project, site: str | None = "muc") -> None:
        """It is the pair that is meant, and both members let us in."""
        members = tuple(MemberConfig(name, identity, "linux_ha") for name, identity in IDENTITIES)
        tolerance = Tolerance.model_validate({"sessions": "5%"})
        pair = PairConfig("p1", members, "linux_ha", site=site, tolerance=tolerance)  # type: ignore[arg-type]
        assert project.pairs == (pair,)
        found = check_pair(project, project.pairs[0], None)
        assert found.errors == ()
        read = {name: own.identity for name, own in found.facts.members if own}
        assert read == dict(IDENTITIES)


@pytest.fixture
def site(tmp_path: Path, lab: LabThread, monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setenv("HAUPGRADE_USERNAME", "admin")
    monkeypatch.setenv("HAUPGRADE_PASSWORD", PASSWORD)
    return Site(tmp_path, lab)


@pytest.fixture
def netbox() -> Iterator[Web]:
    with serving(source("netbox")) as web:
        yield web


@pytest.fixture
def nautobot() -> Iterator[Web]:
    with serving(source("nautobot")) as web:
        yield web


@pytest.mark.parametrize("is_flat", [True, False])
@pytest.mark.ssh
def test_netbox_with_config_context_and_a_custom_field(
    site: Site, netbox: Web, is_flat: bool
) -> None:
    options = {"use_platform_slug": True, "flatten_custom_fields": is_flat}
    site.proven(site.open("NetBoxInventory2", nb_url=netbox.url, nb_token=TOKEN, **options))


@pytest.mark.ssh
def test_nautobot_with_config_context_and_a_custom_field(site: Site, nautobot: Web) -> None:
    asked = {"include": "config_context", "status": "Active"}
    options = {"nautobot_url": nautobot.url, "nautobot_token": TOKEN, "filter_parameters": asked}
    site.proven(site.open("NautobotInventory", **options))
    query = parse_qs(urlsplit(nautobot.asked[0].path).query)
    assert query == {"include": ["config_context"], "status": ["Active"], "depth": ["1"]}


def test_nautobot_leaves_the_config_context_out_unless_it_is_asked_for(
    site: Site, nautobot: Web
) -> None:
    with pytest.raises(BadInput, match=r"none of its hosts has ha\.pair"):
        site.open("NautobotInventory", nautobot_url=nautobot.url, nautobot_token=TOKEN)


@pytest.mark.parametrize("plugin", ["NetBoxInventory2", "NautobotInventory"])
def test_a_token_that_is_refused_is_one_finding_without_the_token(
    site: Site, netbox: Web, plugin: str, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = "f" * 40
    url, token = ("nb_url", "nb_token") if "Box" in plugin else ("nautobot_url", "nautobot_token")
    options = {url: netbox.url, token: wrong, "filter_parameters": {"status": "active"}}
    with pytest.raises(BadInput) as caught:
        site.open(plugin, **options)
    (finding,) = caught.value.findings
    assert "Nornir cannot start" in finding.what
    out, err = capsys.readouterr()
    assert wrong not in f"{finding}{out}{err}"


@pytest.mark.ssh
def test_a_csv_file(site: Site) -> None:
    rows = [f"{name},127.0.0.1,22,p1,{identity}" for name, identity in IDENTITIES]
    file = site.folder / "pairs.csv"
    file.write_text("\n".join(["name,hostname,port,pair,identity", *rows]))
    InventoryPluginRegister.register("CSVInventory", CSVInventory)
    site.proven(site.open("CSVInventory", file=str(file)), site=None)
    shown = subprocess.run(
        [sys.executable, ROOT / "examples" / "csv_inventory.py", file],
        capture_output=True,
        text=True,
        check=True,
    )
    members = ", ".join(f"{name} ({identity})" for name, identity in IDENTITIES)
    assert (shown.stdout, shown.stderr) == (f"p1: {members}, linux_ha\n", "")


class Dictionary:
    """Hosts from a dictionary, which do not even share the inventory's defaults."""

    def __init__(self, **hosts: dict[str, Any]) -> None:
        self._hosts = hosts

    def load(self) -> Inventory:
        hosts = Hosts(
            {
                name: Host(name, hostname="127.0.0.1", platform="linux", data={"ha": ha})
                for name, ha in self._hosts.items()
            }
        )
        return Inventory(hosts, Groups(), Defaults())


@pytest.mark.ssh
def test_a_dictionary_whose_hosts_know_no_defaults(site: Site) -> None:
    InventoryPluginRegister.register("Dictionary", Dictionary)
    ha = {"pair": "p1", "platform": "linux_ha", "site": "muc", "tolerance": {"sessions": "5%"}}
    hosts = {name: {**ha, "identity": identity} for name, identity in IDENTITIES}
    site.proven(site.open("Dictionary", **hosts))

"""The files that point at the twins: what the site said, and nothing of what it keeps secret."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from nornir_haupgrade.lab import PageSpec, Platform
from nornir_haupgrade.platforms import known_platforms
from nornir_haupgrade.rehearsal.hosts import Where
from nornir_haupgrade.rehearsal.likeness import assumed
from nornir_haupgrade.rehearsal.project import STORE, put_aside, write_project
from nornir_haupgrade.rehearsal.twins import PASSWORD, USERNAME, Times, twins_of
from nornir_haupgrade.settings import Project, init_nornir, open_project

SECRETS = ("s3cr3t-login", "s3cr3t-enable", "s3cr3t-community", "s3cr3t-transform")
IMAGE = b"the vendor's own bytes"


@pytest.fixture
def site(tmp_path: Path) -> Project:
    """A project with all that an inventory may hold."""
    ha = {
        "pair": "p1", "platform": "linux_ha", "site": "muc", "backs_up": ["p2"],
        "services": [
            {"name": "web", "type": "http", "url": "https://10.2.1.100/health", "contains": "up"},
            {"name": "till", "type": "tcp", "address": "10.2.1.100", "port": 8443},
        ],
        "canaries": [{"name": "line", "type": "tcp", "address": "10.2.1.100", "port": 9}],
        "critical_sessions": [{"name": "db", "protocol": "tcp", "destination_port": 5432}],
        "tolerance": {"sessions": "12%"},
        "gates": [{"name": "ticket", "task": "tasks.no_open_change.no_open_change"}],
        "notify": ["tasks.tell.tell"],
    }  # fmt: skip
    other = {"pair": "p2", "platform": "cisco_iosxe"}
    login = {"username": "boss", "password": SECRETS[0]}
    options = {"netmiko": {"platform": "linux", "extras": {"secret": SECRETS[1]}}}
    hosts = {
        name: {"hostname": f"10.0.0.{number}", "groups": [name[:2]], "data": {"snmp": SECRETS[2]}}
        for number, name in enumerate(["p1a", "p1b", "p2a", "p2b"], start=1)
    }
    groups = {
        "p1": {"data": {"ha": ha}, "connection_options": options, **login},
        "p2": {"data": {"ha": other}, **login},
    }
    (tmp_path / "fw.img").write_bytes(IMAGE)
    image = {
        "platform": "linux_ha", "version": "13.10", "file": "fw.img", "requires": "12.15",
        "sha256": hashlib.sha256(IMAGE).hexdigest(),
    }  # fmt: skip
    files = {
        "hosts.yaml": hosts,
        "groups.yaml": groups,
        "config.yaml": {
            "inventory": {
                "plugin": "SimpleInventory",
                "options": {"host_file": "hosts.yaml", "group_file": "groups.yaml"},
            },
            "user_defined": {
                "haupgrade": {"reload_timeout": 1200, "role_age": 1.5, "images": [image]}
            },
        },
    }
    for name, content in files.items():
        (tmp_path / name).write_text(json.dumps(content))
    return open_project(tmp_path / "config.yaml", platforms=known_platforms())


def written(site: Project, folder: Path, *, speed: float = 30.0, **options: Any) -> Path:  # noqa: ANN401
    """The project of the site's twins."""
    folder.mkdir(exist_ok=True)
    twins = twins_of([assumed(pair, "12.15") for pair in site.pairs], Times())
    called = [name for twin in twins for _, name in twin.names]
    where = Where(
        {name: ("127.0.0.1", 2000 + at) for at, name in enumerate(called)},
        {twin.name: ("127.0.0.1", 3000) for twin in twins},
        {"p1": ("127.0.0.1", 3001)},
    )
    return write_project(
        folder, twins, where, nr=site.nr, settings=site.settings, speed=speed, **options
    )


def test_it_opens_and_points_only_at_loopback(site: Project, tmp_path: Path) -> None:
    config = written(site, tmp_path / "twins")
    project = open_project(config, platforms=known_platforms(), to="13.10", names=["p1"])
    hosts = project.nr.inventory.hosts.values()
    assert {host.hostname for host in hosts} == {"127.0.0.1"}
    assert {(host.username, host.password) for host in hosts} == {(USERNAME, PASSWORD)}
    (pair,) = project.pairs
    assert [(own.name, own.type) for own in pair.services] == [("web", "http"), ("till", "tcp")]
    assert [own.name for own in pair.canaries] == ["line"]
    assert pair.tolerance.sessions == pytest.approx(0.12)
    assert (pair.site, pair.backs_up) == ("muc", ("p2",))
    assert (pair.gates, pair.notify, pair.getters) == ((), (), ())
    text = "".join(path.read_text() for path in (tmp_path / "twins").rglob("*.yaml"))
    assert "10.2.1.100" not in text
    assert "10.0.0." not in text


def test_pairs_without_a_twin_are_not_named(site: Project, tmp_path: Path) -> None:
    alone = Project(site.nr, site.settings, site.pairs[:1])
    (pair,) = open_project(written(alone, tmp_path / "t"), platforms=known_platforms()).pairs
    assert pair.backs_up == ()


def test_a_pair_without_a_driver_is_in_the_inventory_and_none_of_ours(
    site: Project, tmp_path: Path
) -> None:
    (first, second), (image,) = site.pairs, site.settings.images
    other = image.model_copy(update={"platform": "fortinet", "version": "7.6"})
    alone = Project(
        site.nr,
        site.settings.model_copy(update={"images": (image, other)}),
        (first, replace(second, platform="fortinet")),
    )
    config = written(alone, tmp_path / "t")
    project = open_project(config, platforms=known_platforms())
    assert [pair.name for pair in project.pairs] == ["p1"]
    assert project.pairs[0].backs_up == ()
    assert [image.platform for image in project.settings.images] == ["linux_ha"]
    host = project.nr.inventory.hosts["p2a"]
    assert (host.hostname, host.username, host.password) == ("127.0.0.1", USERNAME, PASSWORD)
    assert host.get_connection_parameters("netmiko").platform == "fortinet"


def test_no_secret_of_the_site_s_is_in_any_file(site: Project, tmp_path: Path) -> None:
    written(site, tmp_path / "twins")
    for path in (tmp_path / "twins").rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        assert not any(secret.encode() in content for secret in SECRETS), path
        assert IMAGE not in content


def test_versions_stay_text_and_images_are_simulated_ones(site: Project, tmp_path: Path) -> None:
    config = written(site, tmp_path / "twins")
    assert 'version: "13.10"' in config.read_text()
    (image,) = open_project(config, platforms=known_platforms()).settings.images
    assert (image.version, image.requires) == ("13.10", "12.15")
    assert image.file.name == "fw.img"
    assert hashlib.sha256(image.file.read_bytes()).hexdigest() == image.sha256
    assert image.file.is_relative_to(tmp_path / "twins")


def test_waits_are_the_site_s_in_the_twins_time(site: Project, tmp_path: Path) -> None:
    config = written(site, tmp_path / "twins", speed=30)
    settings = open_project(config, platforms=known_platforms()).settings
    assert settings.reload_timeout == 40
    assert settings.role_age == 1.5


def test_the_environment_names_nothing_for_the_twins(
    site: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NORNIR_INVENTORY_TRANSFORM_FUNCTION", "load_credentials")
    monkeypatch.setenv("NORNIR_INVENTORY_PLUGIN", "NetBoxInventory2")
    monkeypatch.setenv("NORNIR_INVENTORY_OPTIONS", "{'nb_url': 'https://netbox.example'}")
    monkeypatch.setenv("NORNIR_SSH_CONFIG_FILE", str(tmp_path / "ssh_config"))
    monkeypatch.setenv("HAUPGRADE_PASSWORD", SECRETS[3])
    nr = init_nornir(written(site, tmp_path / "twins"))
    assert {host.hostname for host in nr.inventory.hosts.values()} == {"127.0.0.1"}
    assert nr.config.inventory.transform_function == ""
    assert nr.config.ssh.config_file == str(tmp_path / "twins" / "ssh_config")
    assert (tmp_path / "twins" / "ssh_config").read_text() == ""


def test_netmiko_s_platform_is_there_where_the_inventory_has_none(
    site: Project, tmp_path: Path
) -> None:
    written(site, tmp_path / "twins")
    hosts = yaml.safe_load((tmp_path / "twins" / "inventory" / "hosts.yaml").read_text())
    spoken = {name: own["connection_options"]["netmiko"]["platform"] for name, own in hosts.items()}
    assert spoken == {"p1a": "linux", "p1b": "linux", "p2a": "cisco_xe", "p2b": "cisco_xe"}


def test_pages_and_platforms_reach_the_lab(site: Project) -> None:
    first, second = twins_of([assumed(pair, "12.15") for pair in site.pairs], Times())
    assert first.spec.pages == (PageSpec("/1/health", 200, "up"),)
    assert (first.spec.platform, second.spec.platform) == (Platform.LINUX_HA, Platform.CISCO_IOSXE)


def test_evidence_of_earlier_twins_is_put_aside_not_gone_on_with(tmp_path: Path) -> None:
    put_aside(tmp_path)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / STORE).mkdir()
    (tmp_path / STORE / "kept").touch()
    put_aside(tmp_path)
    (kept,) = tmp_path.glob(f"{STORE}-*/kept")
    assert kept.exists()
    assert not (tmp_path / STORE).exists()

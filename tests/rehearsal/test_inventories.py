"""Twins can be made of any inventory: only ``ha`` matters."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from nornir.core.plugins.inventory import InventoryPluginRegister

from examples.csv_inventory import CSVInventory
from nornir_haupgrade.errors import BadInput
from nornir_haupgrade.rehearsal.inventories import open_inventory
from nornir_haupgrade.rehearsal.run import assumed_pairs

HOSTS = {
    f"{pair}{letter}": {"hostname": "192.0.2.1", "data": {"ha": {"pair": pair, "platform": own}}}
    for pair, own in (("fw", "linux_ha"), ("edge", "cisco_iosxe"))
    for letter in "ab"
}


def write(folder: Path, name: str, content: Any) -> Path:  # noqa: ANN401
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(json.dumps(content))
    return folder / name


def config(folder: Path, **ours: Any) -> Path:  # noqa: ANN401
    inventory = {"plugin": "SimpleInventory", "options": {"host_file": "hosts.yaml"}}
    return write(
        folder, "config.yaml", {"inventory": inventory, "user_defined": {"haupgrade": ours}}
    )


def test_a_configuration_file_its_folder_and_a_bare_folder_all_do(tmp_path: Path) -> None:
    write(tmp_path, "hosts.yaml", HOSTS)
    assert [pair.name for pair in open_inventory(tmp_path).pairs] == ["fw", "edge"]
    file = config(tmp_path)
    for place in (file, tmp_path):
        assert [pair.name for pair in open_inventory(place).pairs] == ["fw", "edge"]


def test_a_bare_folder_has_the_settings_beside_it_and_not_the_other_inventory(
    tmp_path: Path,
) -> None:
    write(tmp_path, "hosts.yaml", {})
    config(tmp_path, reload_timeout=77)
    write(tmp_path / "inventory", "hosts.yaml", HOSTS)
    project = open_inventory(tmp_path / "inventory")
    assert [pair.name for pair in project.pairs] == ["fw", "edge"]
    assert project.settings.reload_timeout == 77


def test_another_plugin_s_inventory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(InventoryPluginRegister.available, "csv", CSVInventory)
    lines = ["name,hostname,port,pair,identity", "a,192.0.2.1,22,fw,1", "b,192.0.2.2,22,fw,2"]
    (tmp_path / "pairs.csv").write_text("\n".join(lines))
    inventory = {"plugin": "csv", "options": {"file": str(tmp_path / "pairs.csv")}}
    (pair,) = open_inventory(write(tmp_path, "config.yaml", {"inventory": inventory})).pairs
    assert [own.name for own in pair.members] == ["a", "b"]


def test_only_some_pairs(tmp_path: Path) -> None:
    write(tmp_path, "hosts.yaml", HOSTS)
    assert [pair.name for pair in open_inventory(tmp_path, ["edge"]).pairs] == ["edge"]
    with pytest.raises(BadInput, match="egde"):
        open_inventory(tmp_path, ["egde"])


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("hosts.yaml", {"a": {"hostname": "192.0.2.1"}}, "none of its hosts has ha.pair"),
        ("hosts.yaml", {}, "it has no hosts"),
        ("notes.txt", {}, "there is no inventory"),
        ("config.yaml", {"user_defined": {"haupgrade": {"reload_timeuot": 1}}}, "reload_timeout"),
    ],
)
def test_what_is_no_inventory_is_said(
    tmp_path: Path, name: str, content: dict[str, Any], said: str
) -> None:
    write(tmp_path, name, content)
    with pytest.raises(BadInput, match=said):
        open_inventory(tmp_path)


def test_versions_are_what_the_image_requires_or_the_platform_s(tmp_path: Path) -> None:
    write(tmp_path, "hosts.yaml", HOSTS)
    image = {"platform": "linux_ha", "version": "13.8", "file": "x", "sha256": "0" * 64}
    config(tmp_path, images=[image | {"requires": "12.20"}])
    site = open_inventory(tmp_path)

    def versions(*args: Any, **kwargs: Any) -> list[str]:  # noqa: ANN401
        return [found.members[0].version for found in assumed_pairs(site, *args, **kwargs)]

    assert versions(to="13.8") == ["12.20", "17.06.03a"]
    assert versions() == ["12.15", "17.06.03a"]
    assert versions("9.9", to="13.8") == ["9.9", "9.9"]

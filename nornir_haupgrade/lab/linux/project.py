"""A Nornir project for a Linux lab, ready to upgrade it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML

from nornir_haupgrade.lab.linux.spec import PROBE_PORT, USERNAME

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from nornir_haupgrade.lab.linux.images import Image
    from nornir_haupgrade.lab.linux.spec import LinuxSpec, PairNet

PLATFORM = "linux_ha"
_STORE = "campaigns"
_OWN = {
    "store": _STORE,
    "known_hosts": "../known_hosts",
    # Real Debian systems, but without a real one's hardware: back within seconds.
    "connect_timeout": 10,
    "command_timeout": 20,
    "install_timeout": 120,
    "reload_timeout": 60,
    "reload_notice": 5,
    "settle_timeout": 30,
    "sessions_timeout": 60,
}


def write_project(folder: Path, spec: LinuxSpec, images: Sequence[Image]) -> Path:
    """Write config.yaml and inventory/ beside the lab's known_hosts; returns the config.yaml.

    Args:
        folder: Where, below the lab's own folder.
        spec: The lab.
        images: What can be upgraded to.
    """
    (folder / "inventory").mkdir(parents=True, exist_ok=True)
    _put_aside(folder / _STORE)
    files = ("host", "group", "defaults")
    _write(
        folder / "config.yaml",
        {
            "inventory": {
                "plugin": "SimpleInventory",
                "options": {
                    # Nornir looks for them from where it is run.
                    f"{name}_file": str(folder / "inventory" / f"{name}.yaml")
                    for name in files
                },
            },
            "logging": {"enabled": False},
            "user_defined": {"haupgrade": {**_OWN, "images": [_image(one) for one in images]}},
        },
    )
    hosts = {
        member.name: {"hostname": member.address, "port": 22, "groups": [pair.name]}
        for pair in spec.networks
        for member in pair.members
    }
    _write(folder / "inventory" / "host.yaml", hosts)
    _write(folder / "inventory" / "group.yaml", {pair.name: _group(pair) for pair in spec.networks})
    login = {"username": USERNAME, "password": spec.password}
    _write(folder / "inventory" / "defaults.yaml", login)
    return folder / "config.yaml"


def _put_aside(store: Path) -> None:
    """Keep the evidence of an earlier lab, whose unfinished campaigns are none of this one's."""
    if store.exists():
        until = datetime.fromtimestamp(store.stat().st_mtime, UTC)
        store.rename(store.with_name(f"{store.name}-{until:%Y%m%d-%H%M%S}"))


def _image(image: Image) -> dict[str, str]:
    return {
        "platform": PLATFORM,
        "version": image.version,
        "file": str(image.path),
        "sha256": image.sha256,
    }


def _group(pair: PairNet) -> dict[str, Any]:
    where = {"type": "tcp", "address": pair.server, "port": PROBE_PORT}
    return {
        "connection_options": {"netmiko": {"platform": "linux"}},
        "data": {
            "ha": {
                "pair": pair.name,
                "platform": PLATFORM,
                "site": "lab",
                "services": [{"name": "probe", "settle": 10, "stable_for": 1, **where}],
                "canaries": [{"name": "canary", **where}],
            }
        },
    }


def _write(path: Path, content: dict[str, Any]) -> None:
    with path.open("w", encoding="utf-8") as file:
        yaml = YAML(typ="safe", pure=True)
        yaml.default_flow_style = False
        yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
        yaml.dump(content, file)

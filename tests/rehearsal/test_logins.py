"""Netmiko logs in to the twins of every platform by what their inventory says, keys verified."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from netmiko import ConnectHandler
from nornir import InitNornir

from nornir_haupgrade.lab import LabThread, Platform
from nornir_haupgrade.lab.personalities.known import PERSONALITIES
from nornir_haupgrade.rehearsal.hosts import Where
from nornir_haupgrade.rehearsal.project import write_project
from nornir_haupgrade.rehearsal.twins import Times, lab_of, twins_of
from nornir_haupgrade.settings import Settings
from tests.rehearsal.samples import config, likeness

pytestmark = [
    pytest.mark.ssh,
    # Netmiko's `fortinet` takes no newer key exchange.
    pytest.mark.filterwarnings("ignore:Diffie-Hellman over finite fields"),
]
LOOPBACK = "127.0.0.1"


def test_every_platform_s_twins_are_logged_in_to_with_their_own_keys(tmp_path: Path) -> None:
    platforms = {f"pair{number}": one for number, one in enumerate(Platform)}
    pairs = [
        likeness(config(name, platform=one), PERSONALITIES[one].version)
        for name, one in platforms.items()
    ]
    twins = twins_of(pairs, Times())
    spec = lab_of(twins, speed=10.0)
    (tmp_path / "site.yaml").write_text("".join(f"{n}{m}: {{}}\n" for n in platforms for m in "ab"))
    site = InitNornir(
        inventory={
            "plugin": "SimpleInventory",
            "options": {"host_file": str(tmp_path / "site.yaml")},
        },
        logging={"enabled": False},
    )
    with LabThread(spec, tmp_path / "lab") as lab:
        known_hosts = tmp_path / "lab" / "known_hosts"
        known_hosts.write_text(lab.known_hosts)
        where = Where(
            {name: (LOOPBACK, port) for name, port in lab.ports.items()},
            {name: (LOOPBACK, port) for name, port in lab.service_ports.items()},
            {},
        )
        settings = Settings.model_validate({}, context={"folder": tmp_path})
        file = write_project(tmp_path / "lab", twins, where, nr=site, settings=settings, speed=10.0)
        hosts = InitNornir(config_file=str(file)).inventory.hosts

        def prompt(name: str) -> str:
            way = hosts[name].get_connection_parameters("netmiko")
            session = ConnectHandler(
                device_type=way.platform, host=way.hostname, port=way.port, username=way.username,
                password=way.password, ssh_strict=True, alt_host_keys=True,
                alt_key_file=str(known_hosts), **(way.extras or {}),
            )  # fmt: skip
            try:
                return str(session.find_prompt())
            finally:
                session.disconnect()

        with ThreadPoolExecutor(len(platforms)) as threads:
            prompts = dict(
                zip(platforms, threads.map(prompt, [f"{n}a" for n in platforms]), strict=True)
            )
    assert all(name in said for name, said in prompts.items()), prompts

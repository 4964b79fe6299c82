"""What twins and a rehearsal cost on this machine, printed; it judges nothing.

``make bench`` runs this, ``--pairs`` and ``--logins`` change how much of it. It needs no root and
touches nothing but loopback ports and a folder of its own, which goes at the end. Linux only: it
reads what a process used from ``/proc``.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

import paramiko

from nornir_haupgrade.lab import Platform
from nornir_haupgrade.rehearsal.twins import PASSWORD, USERNAME

HERE: Final = Path(__file__).resolve().parent.parent
_TICKS: Final = os.sysconf("SC_CLK_TCK")
_PORT: Final = re.compile(r"\b422(\d\d)\b")
"""The ports of the demo project."""


def main() -> int:
    """Measure, and print each figure in a line of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=200, help="twins of so many pairs (200)")
    parser.add_argument("--logins", type=int, default=100, help="so many logins (100)")
    parser.add_argument("--speed", type=float, default=30.0, help="of the rehearsal (30)")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        for platform in Platform:
            many = _site(Path(scratch) / platform, platform, chosen.pairs)
            _twins(many, platform, chosen.pairs, chosen.logins)
        _rehearsal(Path(scratch) / "demo", chosen.speed)
    return 0


def _twins(site: Path, platform: str, pairs: int, logins: int) -> None:
    """Twins of so many pairs: how soon they answer, what they hold, what a login costs."""
    began, before = time.perf_counter(), _cpu_of_children()
    _haupgrade(site, "lab", "up", "--inventory", ".")
    up = time.perf_counter() - began
    state = site / ".lab"
    pid = int((state / "pid").read_text())
    devices = pairs * 2
    _say(f"{platform}: {pairs} pairs ({devices} devices) up", up, "s")
    # Of the command and of the lab: what is left of it when others are at work on the machine.
    _say(f"{platform}: CPU until then", _cpu_of_children() - before + _cpu(pid), "s")
    resident = _resident(pid)
    _say(f"{platform}: memory of the lab", resident / 1024, "MiB")
    _say(f"{platform}: memory per device", resident / devices, "KiB")
    members = json.loads((state / "lab.json").read_text())["members"]
    before, began = _cpu(pid), time.perf_counter()
    for number in range(logins):
        address, port = members[list(members)[number % len(members)]]
        _log_in(address, port)
    took = time.perf_counter() - began
    _say(f"{platform}: CPU of the lab per login", (_cpu(pid) - before) / logins * 1000, "ms")
    _say(f"{platform}: logins one after the other", logins / took, "a second")
    began = time.perf_counter()
    _haupgrade(site, "lab", "down")
    _say(f"{platform}: down", time.perf_counter() - began, "s")


def _rehearsal(site: Path, speed: float) -> None:
    """The demo project's two pairs: read, rehearsed and reported."""
    base = _free_block()
    for name in ("config.yaml", "inventory/defaults.yaml", "inventory/groups.yaml",
                 "inventory/hosts.yaml", "examples/lab.yaml"):  # fmt: skip
        text = (HERE / name).read_text(encoding="utf-8")
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        moved = _PORT.sub(lambda found: str(base + int(found[1])), text)
        (site / name).write_text(moved, encoding="utf-8")
    _haupgrade(site, "lab", "up")
    try:
        began = time.perf_counter()
        arguments = ("rehearse", "--to", "13.8", "--yes", "--speed", f"{speed:g}")
        _haupgrade(site, *arguments)
        _say(f"rehearsal of the demo inventory at speed {speed:g}",
             time.perf_counter() - began, "s")  # fmt: skip
    finally:
        _haupgrade(site, "lab", "down")


def _site(folder: Path, platform: str, pairs: int) -> Path:
    """An inventory of so many pairs, none of which is there."""
    folder.mkdir()
    hosts: dict[str, Any] = {
        f"fw{number}{letter}": {
            "hostname": "192.0.2.1",
            "data": {"ha": {"pair": f"fw{number}", "platform": platform}},
        }
        for number in range(pairs)
        for letter in "ab"
    }
    (folder / "hosts.yaml").write_text(json.dumps(hosts), encoding="utf-8")
    config = {"inventory": {"options": {"host_file": "hosts.yaml"}}}
    (folder / "config.yaml").write_text(json.dumps(config), encoding="utf-8")
    return folder


def _haupgrade(site: Path, *arguments: str) -> None:
    command = [sys.executable, "-m", "nornir_haupgrade", *arguments]
    done = subprocess.run(  # noqa: S603 - our own command line
        command, cwd=site, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{' '.join(command)}: {done.returncode}\n{done.stdout}{done.stderr}")


def _log_in(address: str, port: int) -> None:
    """One login, by password, over curve25519."""
    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(paramiko.AutoAddPolicy())  # noqa: S507 - our own lab
    client.connect(address, port=port, username=USERNAME, password=PASSWORD,
                   look_for_keys=False, allow_agent=False)  # fmt: skip
    client.close()


def _resident(pid: int) -> int:
    """KiB of memory."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    return int(status.split("VmRSS:")[1].split()[0])


def _cpu_of_children() -> float:
    """Seconds so far, of those that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _cpu(pid: int) -> float:
    """Seconds so far."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _free_block() -> int:
    """The first of a hundred ports that are most likely free."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1]) // 100 * 100 - 200


def _say(what: str, value: float, unit: str) -> None:
    print(f"{what:<58} {value:8.1f} {unit}", flush=True)


if __name__ == "__main__":
    sys.exit(main())

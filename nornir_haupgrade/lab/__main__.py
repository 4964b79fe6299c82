"""``python -m nornir_haupgrade.lab --spec SPEC.yaml --state DIR``: a lab as a process of its own.

DIR gets ``known_hosts``, ``lab.json`` (ports), ``audit.jsonl``, ``keys/``, ``control``, ``pid``
and, last of all, ``ready``. SIGTERM and SIGINT end it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
import warnings
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from nornir_haupgrade.lab.control import ControlServer
from nornir_haupgrade.lab.lab import Lab
from nornir_haupgrade.lab.plain import SpecError
from nornir_haupgrade.lab.spec import LabSpec, lab_from


def _announce(lab: Lab, folder: Path) -> None:
    where = {
        "members": {name: server.address for name, server in lab.servers.items()},
        "services": {name: service.address for name, service in lab.services.items()},
    }
    (folder / "known_hosts").write_text(lab.known_hosts)
    (folder / "lab.json").write_text(json.dumps(where, indent=2) + "\n")
    (folder / "pid").write_text(f"{os.getpid()}\n")
    for name, state in lab.states.items():
        address, port = lab.servers[name].address
        sys.stdout.write(f"{name} {address}:{port} {state.version} {state.role}\n")
    sys.stdout.flush()
    (folder / "ready").touch()


def _withdraw(folder: Path) -> None:
    for name in ("ready", "pid"):
        (folder / name).unlink(missing_ok=True)


async def serve(spec: LabSpec, folder: Path) -> None:
    """Run a lab until a signal or a request ends it."""
    async with Lab(spec, folder) as lab:
        server = ControlServer(lab, folder)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, server.stop.set)
        await server.start()
        try:
            _announce(lab, folder)
            await server.stop.wait()
        finally:
            server.close()
            _withdraw(folder)


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and run; 2 when the description is wrong."""
    parser = argparse.ArgumentParser(prog="python -m nornir_haupgrade.lab", description=__doc__)
    parser.add_argument("--spec", type=Path, required=True, help="the lab as YAML")
    parser.add_argument("--state", type=Path, required=True, help="folder for keys and records")
    chosen = parser.parse_args(arguments)
    # some clients take nothing newer from some platforms; see their personalities
    warnings.filterwarnings("ignore", message="Diffie-Hellman over finite fields")
    try:
        spec = lab_from(YAML(typ="safe", pure=True).load(chosen.spec))
    except (OSError, YAMLError, SpecError, KeyError, TypeError) as exc:
        sys.stderr.write(f"{chosen.spec}: {exc}\n")
        return 2
    try:
        chosen.state.mkdir(parents=True, exist_ok=True)
        (chosen.state / "ready").unlink(missing_ok=True)
        asyncio.run(serve(spec, chosen.state))
    except (OSError, SpecError, KeyError) as exc:
        sys.stderr.write(f"the lab did not start: {exc}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""``python -m nornir_haupgrade.lab --spec SPEC.yaml --state DIR``: a lab as a process of its own.

DIR gets ``known_hosts``, ``lab.json`` (ports), ``audit.jsonl``, ``keys/``, ``control``, ``pid``
and, last of all, ``ready``. SIGTERM and SIGINT end it; with ``--tied`` the end of its input does
too, which comes however its parent ends.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from nornir_haupgrade.errors import BadInput
from nornir_haupgrade.lab.control import ControlServer
from nornir_haupgrade.lab.fault_script import Known, read_script
from nornir_haupgrade.lab.lab import Lab
from nornir_haupgrade.lab.limits import allow_open_files
from nornir_haupgrade.lab.plain import SpecError
from nornir_haupgrade.lab.spec import Fault, LabSpec, lab_from


def _announce(lab: Lab, folder: Path) -> None:
    where = {
        "members": {name: server.address for name, server in lab.servers.items()},
        "services": {name: service.address for name, service in lab.services.items()},
        "pages": {name: web.address for name, web in lab.pages.items()},
    }
    (folder / "known_hosts").write_text(lab.known_hosts)
    (folder / "lab.json").write_text(json.dumps(where, indent=2) + "\n")
    (folder / "pid").write_text(f"{os.getpid()}\n")
    for name, state in lab.states.items():
        address, port = lab.servers[name].address
        sys.stdout.write(f"{name} {address}:{port} {state.version} {state.role}\n")
    sys.stdout.flush()
    (folder / "ready").touch()


def _stop_with_the_input(server: ControlServer, loop: asyncio.AbstractEventLoop) -> None:
    def heard() -> None:
        if not os.read(sys.stdin.fileno(), 4096):
            loop.remove_reader(sys.stdin)
            server.stop.set()

    loop.add_reader(sys.stdin, heard)


def _read(spec: Path) -> LabSpec:
    if spec.suffix == ".json":  # as a program writes it, which may be long
        return lab_from(json.loads(spec.read_text(encoding="utf-8")))
    return lab_from(YAML(typ="safe", pure=True).load(spec))


def _withdraw(folder: Path) -> None:
    for name in ("ready", "pid"):
        (folder / name).unlink(missing_ok=True)


async def serve(
    spec: LabSpec, folder: Path, faults: Sequence[Fault] = (), *, is_tied: bool = False
) -> None:
    """Run a lab until a signal or a request ends it, or if it is tied, the end of its input.

    Args:
        spec: What it is made of.
        folder: Its keys and records.
        faults: What is armed from the start.
        is_tied: Whether the end of its input ends it too.
    """
    async with Lab(spec, folder) as lab:
        lab.inject(*faults)
        server = ControlServer(lab, folder)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, server.stop.set)
        if is_tied:
            _stop_with_the_input(server, loop)
        await server.start()
        try:
            _announce(lab, folder)
            await server.stop.wait()
        finally:
            server.close()
            _withdraw(folder)


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and run; 2 when the description is wrong or a port is taken."""
    parser = argparse.ArgumentParser(prog="python -m nornir_haupgrade.lab", description=__doc__)
    parser.add_argument("--spec", type=Path, required=True, help="the lab as YAML")
    parser.add_argument("--state", type=Path, required=True, help="folder for keys and records")
    parser.add_argument("--tied", action="store_true", help="end with the standard input")
    parser.add_argument(
        "--fault", type=Path, action="append", default=[], help="a fault script to start with"
    )
    chosen = parser.parse_args(arguments)
    # some clients take nothing newer from some platforms; see their personalities
    warnings.filterwarnings("ignore", message="Diffie-Hellman over finite fields")
    try:
        spec = _read(chosen.spec)
    except (OSError, ValueError, YAMLError, KeyError, TypeError) as exc:
        sys.stderr.write(f"{chosen.spec}: {exc}\n")
        return 2
    try:
        faults = [fault for path in chosen.fault for fault in read_script(path, Known.of(spec))]
    except BadInput as exc:
        sys.stderr.write(f"{exc}\n")
        return 2
    try:
        chosen.state.mkdir(parents=True, exist_ok=True)
        (chosen.state / "ready").unlink(missing_ok=True)
        allow_open_files()
        asyncio.run(serve(spec, chosen.state, faults, is_tied=chosen.tied))
    except (OSError, SpecError, KeyError) as exc:
        sys.stderr.write(f"{exc}\n")
        return 1
    except BadInput as exc:
        sys.stderr.write(f"{exc}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""A real pair, Debian 12 to Debian 13 over SSH, with 200 live connections through it.

``make demo-linux`` runs this, as root on Debian after ``make setup-linux``. All networks are its
own. It exits with 0 when both members run the new release and no connection was lost.
"""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import datetime
from itertools import product
from pathlib import Path

from nornir_haupgrade.errors import HAUpgradeError
from nornir_haupgrade.lab.linux import LinuxLab, LinuxSpec
from nornir_haupgrade.lab.linux.connections import open_connections, summary
from nornir_haupgrade.lab.linux.project import write_project

HERE = Path(__file__).resolve().parent.parent
CONNECTIONS = 200
SOFTWARE = ("fwctl image install", "fwctl image boot", "fwctl reboot")


def main() -> int:
    """Start the pair, open connections through it, upgrade it, and count what is left of them."""
    folder = HERE / ".lab" / f"linux-{datetime.now():%Y%m%d-%H%M%S}"  # noqa: DTZ005 - for people
    spec = LinuxSpec(preempt=True)
    (pair,) = spec.networks
    lab = LinuxLab(spec, folder)
    lab.check()
    new = lab.image("13", say=print)
    print(f"expected: both members on {new.version}, no connection lost, preemption on again\n")
    with lab:
        config = write_project(folder / "project", spec, [new])
        traffic = open_connections(lab, pair, long=CONNECTIONS)
        began = time.monotonic()
        with lab.inside():
            haupgrade = [sys.executable, "-m", "nornir_haupgrade", "--config", str(config)]
            done = subprocess.run([*haupgrade, "run", "--to", new.version], check=False)  # noqa: S603
        print(f"\n{time.monotonic() - began:.0f} s; {summary(traffic.report())}")
        idle = traffic.check()
        print(f"idle ones that still answer: {idle.alive} of {idle.idle}")
        versions = {name: own["version"] for name, own in lab.states.items()}
        print(", ".join(f"{name} runs {version}" for name, version in versions.items()))
        preempts = ["Preempt: yes" in lab.run(name, "fwctl show ha") for name in versions]
        changes = [
            (entry, command)
            for entry in lab.audit("command")
            for command in SOFTWARE
            if entry["command"].startswith(command)
        ]
        worked = {(entry["member"], command) for entry, command in changes if entry["status"] == 0}
        touched = [entry for entry, _ in changes if entry["state"] == "MASTER"]
        print(f"installed, activated or rebooted while active, by the members' log: {len(touched)}")
        is_good = (
            done.returncode == 0
            and set(versions.values()) == {new.version}
            and traffic.report().alive == CONNECTIONS
            and idle.alive == idle.idle
            and all(preempts)
            and worked == set(product(versions, SOFTWARE))  # an empty log proves nothing
            and not touched
        )
    print(f"evidence: {(config.parent / 'campaigns').relative_to(HERE)}")
    return 0 if is_good else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except HAUpgradeError as error:
        sys.exit(str(error))

"""``python -m nornir_haupgrade.lab.linux --state DIR``: the lab itself, in its own namespaces.

``LinuxLab`` starts it by ``unshare``, as process 1 of a pid namespace; it is of no use elsewhere.
DIR holds ``lab.json`` (what to build) and gets ``known_hosts``, ``audit.jsonl``, ``control``,
``nodes/`` (consoles), ``programs/`` (logs) and, last of all, ``ready``.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from pathlib import Path

from nornir_haupgrade.errors import HAUpgradeError
from nornir_haupgrade.lab.linux.images import Image
from nornir_haupgrade.lab.linux.spec import LinuxSpec
from nornir_haupgrade.lab.linux.supervisor import Supervisor


def main(arguments: list[str] | None = None) -> int:
    """Run the lab that a folder describes."""
    parser = argparse.ArgumentParser(prog="python -m nornir_haupgrade.lab.linux")
    parser.add_argument("--state", type=Path, required=True, help="the lab's folder")
    state: Path = parser.parse_args(arguments).state
    data = json.loads((state / "lab.json").read_text())
    image = Image(Path(data["image"].pop("path")), **data["image"])
    spec = LinuxSpec.from_json(json.dumps(data["spec"]))
    try:
        asyncio.run(Supervisor(spec, image, state, Path(data["cache"])).live())
    except (OSError, HAUpgradeError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Two simulated pairs on loopback, upgraded over real SSH; one of them meets a fault.

``make demo`` runs this. It needs no root and touches nothing but loopback ports and ``.lab/``. It
exits with 0 when each pair ended as it should: p1 upgraded, p2 (whose first upgraded member boots
without its HA) rolled back on the standby.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from nornir_haupgrade.lab import control, write_image

HERE = Path(__file__).resolve().parent.parent
EXPECTED = {
    "p1": ("done", "upgraded to 13.8, roles and preemption as they were found"),
    "p2": ("rolled_back", "its first member boots 13.8 without HA: found, and rolled back on it"),
}
FAULT = {"fault": "boot_without_ha", "on": "p2a", "params": {"times": 1}}
START_SECONDS = 20


def main() -> int:
    """Start the lab, run the upgrade, compare the ends with what was expected."""
    yaml = YAML(typ="safe", pure=True)
    folder = HERE / ".lab" / f"demo-{datetime.now():%Y%m%d-%H%M%S}"  # noqa: DTZ005 - for people
    folder.mkdir(parents=True)
    config = _project(yaml, folder)
    for pair, (outcome, why) in EXPECTED.items():
        print(f"expected: {pair} {outcome}: {why}")
    print()
    lab = _start_lab(yaml, folder)
    try:
        command = ["run", "--to", "13.8", "--on-hold", "roll-back", "--yes"]
        haupgrade = [sys.executable, "-m", "nornir_haupgrade", "--config", str(config)]
        subprocess.run([*haupgrade, *command], check=False)  # noqa: S603 - our own command line
        return _judge(folder)
    finally:
        lab.terminate()
        lab.wait(START_SECONDS)


def _project(yaml: YAML, folder: Path) -> Path:
    """The repository's project with its own store, image and host keys in the demo's folder."""
    settings: dict[str, Any] = yaml.load(HERE / "config.yaml")
    options = settings["inventory"]["options"]
    settings["inventory"]["options"] = {key: str(HERE / path) for key, path in options.items()}
    ours = settings["user_defined"]["haupgrade"]
    image = folder / "fw-13.img"
    write_image(image, "13.8")
    ours["images"][0]["file"] = image.name
    ours["known_hosts"] = "lab/known_hosts"
    ours["store"] = "campaigns"
    config = folder / "config.yaml"
    yaml.dump(settings, config)
    return config


def _start_lab(yaml: YAML, folder: Path) -> subprocess.Popen[bytes]:
    """The lab in a process of its own, ready to be logged in to."""
    spec = yaml.load(HERE / "examples" / "lab.yaml")
    spec["pairs"][1]["faults"] = [FAULT]
    yaml.dump(spec, folder / "lab.yaml")
    state = folder / "lab"
    lab = subprocess.Popen(  # noqa: S603 - our own module, by our own interpreter
        [
            *(sys.executable, "-m", "nornir_haupgrade.lab"),
            *("--spec", str(folder / "lab.yaml"), "--state", str(state)),
        ],
        stdout=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + START_SECONDS
    while not (state / "ready").exists():
        if lab.poll() is not None or time.monotonic() > deadline:
            lab.terminate()
            sys.exit("the lab did not start; is another one using its ports?")
        time.sleep(0.05)
    return lab


def _judge(folder: Path) -> int:
    """Each pair's end against what was expected, and the devices' own log against the rules."""
    reports = sorted((folder / "campaigns").glob("*/report.json"))
    if not reports:
        print("no report was written")
        return 1
    pairs = {row["pair"]: row["end"] for row in json.loads(reports[-1].read_text())["pairs"]}
    print()
    for pair, (outcome, _) in EXPECTED.items():
        print(f"{pair}: expected {outcome}, ended {pairs.get(pair)}")
    touched = _touched_while_forwarding(folder / "lab")
    print(f"installed, activated or rebooted while forwarding, by the devices' own log: {touched}")
    print(f"evidence: {reports[-1].parent.relative_to(HERE)}")
    is_good = touched == 0 and all(pairs.get(p) == end for p, (end, _) in EXPECTED.items())
    return 0 if is_good else 1


def _touched_while_forwarding(state: Path) -> int:
    answer = control(state, {"do": "audit", "since": 0, "kind": "command"})
    forbidden = {"install", "boot-select", "reboot"}
    return sum(e["effect"] in forbidden and e["forwards"] for e in answer["entries"])


if __name__ == "__main__":
    sys.exit(main())

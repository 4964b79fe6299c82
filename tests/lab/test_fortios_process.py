"""FortiGates from a description, and as a process of their own."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from nornir_haupgrade.lab import (
    FortigateSpec,
    Platform,
    SpecError,
    UpgradeMode,
    control,
    lab_from,
    pair_from,
    write_image,
)
from nornir_haupgrade.lab.personalities.fortinet.faults import FORTIGATE_FAULTS
from nornir_haupgrade.lab.personalities.fortinet.spec import setup_of
from nornir_haupgrade.lab.personalities.linux_ha.faults import FAULTS
from tests.lab.conftest import Eventually

ROOT = Path(__file__).parents[2]
MEMBERS = [
    {"name": "f1", "version": "7.4.4", "priority": 120},
    {"name": "f2", "version": "7.4.4"},
]
PAIR = {"name": "f", "platform": "fortinet", "members": MEMBERS}


def test_a_cluster_from_plain_data() -> None:
    given = {"upgrade_mode": "secondary-only", "offers": ["7.4.8"], "uptime_margin": 60}
    pair = pair_from({**PAIR, "setup": given})
    assert pair.platform is Platform.FORTINET
    assert pair.setup == FortigateSpec(
        upgrade_mode=UpgradeMode.SECONDARY_ONLY, offers=("7.4.8",), uptime_margin=60
    )
    assert setup_of(pair_from(PAIR).setup) == FortigateSpec()


def test_the_example_is_a_lab() -> None:
    text = (ROOT / "examples" / "lab_fortinet.yaml").read_text()
    [pair] = lab_from(YAML(typ="safe", pure=True).load(text)).pairs
    assert (pair.platform, pair.members[0].name) == (Platform.FORTINET, "f1")
    assert setup_of(pair.setup).upgrade_mode is UpgradeMode.LOCAL_ONLY


def test_the_description_in_the_documents_is_a_lab() -> None:
    text = (ROOT / "docs" / "simulated_fortios.md").read_text()
    [block] = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    [pair] = lab_from(YAML(typ="safe", pure=True).load(block)).pairs
    assert pair.setup == FortigateSpec()  # it names the defaults
    names = set(re.findall(r"`(\w+)`", text.partition("## Faults")[2].partition("## Where")[0]))
    assert names >= set(FORTIGATE_FAULTS) - set(FAULTS)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"setup": {"upgrade": "local-only"}}, "unknown upgrade"),
        ({"setup": {"upgrade_mode": "both"}}, "known are simultaneous, uninterruptible"),
        ({"platform": "linux_ha", "setup": {}}, "for the platforms .*fortinet.* only"),
    ],
)
def test_what_cannot_be_meant_is_an_error(changed: Mapping[str, Any], message: str) -> None:
    with pytest.raises(SpecError, match=message):
        pair_from({**PAIR, **changed})


@pytest.mark.ssh
def test_a_process_of_their_own(tmp_path: Path, eventually: Eventually) -> None:
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    write_image(shelf / "built.out", "7.4.8")
    (tmp_path / "spec.yaml").write_text(
        "speed: 5\n"
        "pairs:\n"
        "  - name: f\n"
        "    platform: fortinet\n"
        f"    setup: {{upgrade_mode: local-only, folder: {shelf}}}\n"
        "    members:\n"
        "      - {name: f1, version: 7.4.4, priority: 120}\n"
        "      - {name: f2, version: 7.4.4}\n"
    )
    state = tmp_path / "state"
    command: list[str | Path] = [sys.executable, "-m", "nornir_haupgrade.lab"]
    command += ["--spec", tmp_path / "spec.yaml", "--state", state]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        eventually((state / "ready").exists, 15)
        for line in (
            "execute backup config tftp f2.conf 10.0.0.9",
            "execute restore image tftp built.out 10.0.0.9",
        ):
            control(state, {"do": "run", "member": "f2", "line": line})
        backup = (shelf / "f2.conf").read_text()
        assert 'set hostname "f2"' in backup

        def is_upgraded() -> bool:
            members = control(state, {"do": "state"})["members"]
            return bool(members["f2"]["version"] == "7.4.8")

        eventually(is_upgraded)
        fault = {"fault": "licence_expired", "on": "f1"}
        control(state, {"do": "inject", "faults": [fault]})
        assert not control(state, {"do": "state"})["members"]["f1"]["forwards"]
    finally:
        process.terminate()
        process.wait(timeout=10)
    assert process.returncode == 0

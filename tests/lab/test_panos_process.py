"""PAN-OS firewalls from a description, and as a process of their own."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from nornir_haupgrade.lab import PanosSpec, Platform, SpecError, control, lab_from, pair_from
from nornir_haupgrade.lab.personalities.linux_ha.faults import FAULTS
from nornir_haupgrade.lab.personalities.paloalto_panos.commands import CONFIGURATION, OPERATIONAL
from nornir_haupgrade.lab.personalities.paloalto_panos.faults import PANOS_FAULTS
from tests.lab.conftest import Eventually

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "simulated_panos.md"
MEMBERS = [{"name": "f1", "version": "10.1.9", "priority": 50}, {"name": "f2", "version": "10.1.9"}]
PAIR = {"name": "f", "platform": "paloalto_panos", "members": MEMBERS}


def test_a_pair_from_plain_data() -> None:
    given = {"offers": ["10.2.4"], "commit_seconds": 2, "heartbeat_backup": True}
    pair = pair_from({**PAIR, "setup": given})
    assert pair.platform is Platform.PALOALTO_PANOS
    assert pair.setup == PanosSpec(offers=("10.2.4",), commit_seconds=2, heartbeat_backup=True)
    assert pair_from(PAIR).setup is None


def test_the_example_is_a_lab() -> None:
    text = (ROOT / "examples" / "lab_paloalto_panos.yaml").read_text()
    [pair] = lab_from(YAML(typ="safe", pure=True).load(text)).pairs
    assert (pair.platform, pair.members[0].name) == (Platform.PALOALTO_PANOS, "f1")
    assert pair.setup == PanosSpec(offers=("10.2.4", "10.2.0"))


def test_the_description_in_the_documents_is_a_lab() -> None:
    [block] = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(), re.DOTALL)
    [pair] = lab_from(YAML(typ="safe", pure=True).load(block)).pairs
    assert pair.setup == PanosSpec()  # it names the defaults
    assert (pair.preempt, pair.advert_seconds) == (False, 1)


def test_the_documents_name_each_fault_that_the_other_firewalls_lack() -> None:
    part = PAGE.read_text().partition("## Faults")[2].partition("## Where")[0]
    names = set(re.findall(r"`(\w+)`", part))
    assert names >= set(PANOS_FAULTS) - set(FAULTS)


def test_the_documents_name_the_words_of_each_command() -> None:
    part = PAGE.read_text().partition("## Commands")[2].partition("## Faults")[0]
    words = set(re.findall(r"[a-z][\w-]+", part))
    for pattern in (*OPERATIONAL, *CONFIGURATION):
        known = {word for word in pattern.split() if word.islower() and len(word) > 1}
        assert known - words - {"top", "up", "quit", "filter"} == set(), pattern


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"setup": {"offer": []}}, "unknown offer; known are"),
        ({"platform": "linux_ha", "setup": {}}, "paloalto_panos only"),
        ({"members": MEMBERS[:1]}, "two members, not 1"),
    ],
)
def test_what_cannot_be_meant_is_an_error(changed: Mapping[str, Any], message: str) -> None:
    with pytest.raises(SpecError, match=message):
        pair_from({**PAIR, **changed})


@pytest.mark.ssh
def test_a_process_of_their_own(tmp_path: Path, eventually: Eventually) -> None:
    (tmp_path / "spec.yaml").write_text(
        "speed: 5\n"
        "pairs:\n"
        "  - name: f\n"
        "    platform: paloalto_panos\n"
        "    setup: {offers: [10.2.4]}\n"
        "    members:\n"
        "      - {name: f1, version: 10.1.9, priority: 50}\n"
        "      - {name: f2, version: 10.1.9}\n"
    )
    command: list[str | Path] = [sys.executable, "-m", "nornir_haupgrade.lab"]
    command += ["--spec", tmp_path / "spec.yaml", "--state", tmp_path / "state"]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        eventually((tmp_path / "state" / "ready").exists, 15)
        line = "request high-availability state suspend"
        said = control(tmp_path / "state", {"do": "run", "member": "f1", "line": line})
        assert "Successfully changed HA state to suspended" in said["stdout"]
        fault = {"fault": "uncommitted_changes", "on": "f2"}
        control(tmp_path / "state", {"do": "inject", "faults": [fault]})
        eventually(lambda: members(tmp_path)["f2"]["role"] == "MASTER")
        assert members(tmp_path)["f1"]["is_suspended"]
    finally:
        process.terminate()
        process.wait(timeout=10)
    assert process.returncode == 0


def members(folder: Path) -> dict[str, dict[str, Any]]:
    found = control(folder / "state", {"do": "state"})["members"]
    return {str(name): dict(state) for name, state in found.items()}

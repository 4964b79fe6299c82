"""Routers from a description, and as a process of their own."""

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
    GroupProtocol,
    Platform,
    RouterSpec,
    SoftwareMode,
    SpecError,
    control,
    lab_from,
    pair_from,
)
from nornir_haupgrade.lab.personalities.cisco_iosxe.faults import ROUTER_FAULTS
from nornir_haupgrade.lab.personalities.cisco_iosxe.spec import setup_of
from nornir_haupgrade.lab.personalities.linux_ha.faults import FAULTS
from tests.lab.conftest import Eventually

ROOT = Path(__file__).parents[2]
MEMBERS = [
    {"name": "r1", "version": "17.06.03a", "priority": 110},
    {"name": "r2", "version": "17.06.03a"},
]
PAIR = {"name": "r", "platform": "cisco_iosxe", "members": MEMBERS}


def test_a_pair_of_routers_from_plain_data() -> None:
    groups = [{"protocol": "hsrp", "interface": "GigabitEthernet2", "number": 5, "version": 2}]
    given = {"mode": "bundle", "privilege": 1, "secret": "x", "groups": groups}
    pair = pair_from({**PAIR, "setup": given})
    setup = setup_of(pair.setup)
    assert (pair.platform, setup.mode) == (Platform.CISCO_IOSXE, SoftwareMode.BUNDLE)
    [group] = setup.groups
    assert (group.protocol, group.name) == (GroupProtocol.HSRP, "GigabitEthernet2 standby 5")
    assert setup_of(pair_from(PAIR).setup).mode is SoftwareMode.INSTALL


def test_the_example_is_a_lab() -> None:
    text = (ROOT / "examples" / "lab_routers.yaml").read_text()
    [pair] = lab_from(YAML(typ="safe", pure=True).load(text)).pairs
    assert (pair.platform, pair.members[0].name) == (Platform.CISCO_IOSXE, "r1")


def test_the_description_in_the_documents_is_a_lab() -> None:
    text = (ROOT / "docs" / "simulated_routers.md").read_text()
    [block] = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    [pair] = lab_from(YAML(typ="safe", pure=True).load(block)).pairs
    assert pair.setup == RouterSpec()  # it names the defaults
    names = set(re.findall(r"`(\w+)`", text.partition("## Faults")[2].partition("## Where")[0]))
    assert names >= set(ROUTER_FAULTS) - set(FAULTS)


def test_both_platforms_in_one_lab() -> None:
    firewalls = {"name": "p", "members": [{"name": "p1"}, {"name": "p2"}]}
    lab = lab_from({"pairs": [firewalls, PAIR]})
    assert [pair.platform for pair in lab.pairs] == ["linux_ha", "cisco_iosxe"]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"platform": "os9"}, "unknown os9; known are linux_ha, cisco_iosxe"),
        ({"setup": {"mod": "bundle"}}, "unknown mod"),
        ({"setup": {"mode": "boot"}}, "known are install, bundle"),
        (
            {
                "setup": {
                    "groups": [{"protocol": "glbp", "interface": "GigabitEthernet2", "number": 1}]
                }
            },
            "one of hsrp, vrrp",
        ),
        (
            {"setup": {"groups": [{"protocol": "hsrp", "interface": "Vlan1", "number": 1}]}},
            "not on Vlan1",
        ),
        (
            {"platform": "linux_ha", "setup": {}},
            "for the platforms cisco_iosxe, .* only, not for linux_ha",
        ),
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
        "  - name: r\n"
        "    platform: cisco_iosxe\n"
        "    setup: {mode: install}\n"
        "    members:\n"
        "      - {name: r1, version: 17.06.03a, priority: 110}\n"
        "      - {name: r2, version: 17.06.03a}\n"
    )
    command: list[str | Path] = [sys.executable, "-m", "nornir_haupgrade.lab"]
    command += ["--spec", tmp_path / "spec.yaml", "--state", tmp_path / "state"]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        eventually((tmp_path / "state" / "ready").exists, 15)
        members = control(tmp_path / "state", {"do": "state"})["members"]
        assert members["r1"]["groups"] == {
            "GigabitEthernet2 standby 10": "MASTER",
            "GigabitEthernet3 standby 20": "MASTER",
            "GigabitEthernet4 vrrp 30": "MASTER",
        }
        lines = (
            "configure terminal\ninterface Gi2\nstandby 10 priority 254\nstandby 10 preempt\nend"
        )
        control(tmp_path / "state", {"do": "run", "member": "r2", "line": lines})
        members = control(tmp_path / "state", {"do": "state"})["members"]
        assert (members["r1"]["role"], members["r2"]["role"]) == ("MIXED", "MIXED")
        fault = {"fault": "unsaved_changes", "on": "r1"}
        control(tmp_path / "state", {"do": "inject", "faults": [fault]})
    finally:
        process.terminate()
        process.wait(timeout=10)
    assert process.returncode == 0

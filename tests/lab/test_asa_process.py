"""Failover pairs from a description, and as a process of their own."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from netmiko import ConnectHandler
from ruamel.yaml import YAML

from nornir_haupgrade.lab import AsaSpec, Platform, SpecError, control, lab_from, pair_from
from nornir_haupgrade.lab.personalities.cisco_asa.faults import ASA_FAULTS
from nornir_haupgrade.lab.personalities.cisco_asa.spec import ports_of, setup_of
from nornir_haupgrade.lab.personalities.linux_ha.faults import FAULTS
from tests.lab.conftest import Eventually

ROOT = Path(__file__).parents[2]
EXAMPLE = (ROOT / "examples" / "lab_cisco_asa.yaml").read_text()
PAGE = (ROOT / "docs" / "simulated_asa.md").read_text()
MEMBERS = [{"name": "f1", "version": "9.16(3)19"}, {"name": "f2", "version": "9.16(3)19"}]
PAIR = {"name": "f", "platform": "cisco_asa", "members": MEMBERS}


def plain(text: str) -> Any:  # noqa: ANN401
    return YAML(typ="safe", pure=True).load(text)


def test_a_pair_from_plain_data() -> None:
    given = {"auto_enable": True, "prompt": "", "server": ["9.18(4)5"], "moves_addresses": False}
    pair = pair_from({**PAIR, "setup": given})
    assert pair.platform is Platform.CISCO_ASA
    assert pair.setup == AsaSpec(
        auto_enable=True, prompt="", server=("9.18(4)5",), moves_addresses=False
    )
    assert setup_of(pair_from(PAIR).setup) == AsaSpec()


def test_hundreds_of_pairs_have_addresses() -> None:
    lab = lab_from({"pairs": [{**PAIR, "name": f"f{number}"} for number in range(300)]})
    nets = {port.net for pair in lab.pairs for port in ports_of(pair.number)}
    assert len(nets) == 3 * 256


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"setup": {"promt": "hostname"}}, "unknown promt"),
        ({"platform": "linux_ha", "setup": {}}, "not for linux_ha"),
    ],
)
def test_what_cannot_be_meant_is_an_error(changed: Mapping[str, Any], message: str) -> None:
    with pytest.raises(SpecError, match=message):
        pair_from({**PAIR, **changed})


def test_the_description_in_the_documents_names_the_defaults_and_every_fault() -> None:
    [block] = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    [pair] = lab_from(plain(block)).pairs
    assert pair.setup == AsaSpec()
    told = PAGE.partition("## Faults")[2].partition("## Where")[0]
    assert set(re.findall(r"`(\w+)`", told)) >= set(ASA_FAULTS) - set(FAULTS)


@pytest.mark.ssh
def test_the_example_is_a_lab_of_its_own_that_netmiko_logs_in_to(
    tmp_path: Path, eventually: Eventually
) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text(re.sub(r"port: \d+", "port: 0", EXAMPLE))
    command: list[str | Path] = [sys.executable, "-m", "nornir_haupgrade.lab"]
    command += ["--spec", spec, "--state", tmp_path / "state"]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        eventually((tmp_path / "state" / "ready").exists, 15)
        members = control(tmp_path / "state", {"do": "state"})["members"]
        assert [members[name]["role"] for name in ("fw1", "fw2")] == ["MASTER", "BACKUP"]
        control(tmp_path / "state", {"do": "run", "member": "fw1", "line": "no failover active"})
        members = control(tmp_path / "state", {"do": "state"})["members"]
        assert [members[name]["role"] for name in ("fw1", "fw2")] == ["BACKUP", "MASTER"]
        where = json.loads((tmp_path / "state" / "lab.json").read_text())
        host, port = where["members"]["fw1"]
        for secret in ("enable-me", ""):  # `enable`, and `login`
            session = ConnectHandler(
                device_type="cisco_asa",
                host=host,
                port=port,
                username="admin",
                password="loopback-only",
                secret=secret,
            )
            assert session.base_prompt == "fw/sec/act"
            session.disconnect()
    finally:
        process.terminate()
        process.wait(timeout=10)
    assert process.returncode == 0

"""The library as a script uses it, in a fresh folder, against a simulated pair."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys

import pytest

from tests.end_to_end.conftest import MakeRig
from tests.end_to_end.killing import ROOT
from tests.end_to_end.rig import NEW
from tests.end_to_end.test_secrets import holds

pytestmark = pytest.mark.ssh


def test_five_lines_upgrade_the_pair_and_print_each_step_of_both_members(
    make_rig: MakeRig,
) -> None:
    rig = make_rig()
    script = rig.folder / "five_lines.py"
    shutil.copy(ROOT / "examples" / "five_lines.py", script)
    done = subprocess.run(
        [sys.executable, script.name],
        cwd=rig.folder,
        capture_output=True,
        check=False,
        timeout=100,
    )
    said = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout.decode())  # print_result colours
    assert done.returncode == 0, done.stderr.decode()
    assert rig.versions == (NEW, NEW)
    assert rig.roles == ("MASTER", "BACKUP")
    for member in ("p1a", "p1b"):
        assert re.search(rf"^\* {member} ", said, re.MULTILINE), said
    assert not holds(done.stdout + done.stderr)
    log = rig.folder / "nornir.log"
    assert not log.exists() or not holds(log.read_bytes())
    rig.audit_proof()

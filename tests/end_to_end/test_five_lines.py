"""The library as a script uses it, in a fresh folder, against a simulated pair.

``test_fresh_project.py`` does it from an environment of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from shutil import copy

import pytest

from tests.end_to_end.conftest import MakeRig
from tests.end_to_end.fresh import five_lines, from_netbox, site_plugin
from tests.end_to_end.killing import ROOT
from tests.end_to_end.rig import OLD
from tests.site.sources import source
from tests.site.web import serving

pytestmark = pytest.mark.ssh


def test_five_lines_upgrade_the_pair_and_print_each_step_of_both_members(
    make_rig: MakeRig,
) -> None:
    five_lines(make_rig(), sys.executable, {"PYTHONPATH": str(ROOT)})


def test_five_lines_that_did_not_upgrade_the_pair_exit_with_1(make_rig: MakeRig) -> None:
    rig = make_rig()
    rig.fault("ha_link_down")
    script = copy(ROOT / "examples" / "five_lines.py", rig.folder)
    said = subprocess.run(
        [sys.executable, Path(script).name],
        cwd=rig.folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert said.returncode == 1, said
    assert rig.versions == (OLD, OLD)
    assert b"HA link is down" in said.stdout
    assert said.stderr == b"", "no traceback"


def test_five_lines_upgrade_a_pair_that_netbox_knows(make_rig: MakeRig) -> None:
    rig = make_rig()
    path = os.pathsep.join([str(ROOT), str(site_plugin(rig.folder))])
    with serving(source("netbox", services=rig.services)) as web:
        five_lines(rig, sys.executable, {"PYTHONPATH": path, **from_netbox(rig, web.url)})

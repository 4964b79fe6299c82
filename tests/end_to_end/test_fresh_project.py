"""The five lines in a fresh project: nothing but ``pip install`` and an inventory.

The environment holds the wheel of this checkout and what it asks for, without any extra; neither
the checkout nor the tests' own environment can be seen from it.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.end_to_end.conftest import MakeRig
from tests.end_to_end.fresh import (
    Environment,
    as_a_user,
    done,
    five_lines,
    from_nautobot,
    from_netbox,
    site_plugin,
)
from tests.end_to_end.killing import ROOT
from tests.end_to_end.rig import NEW, Rig
from tests.site.sources import source
from tests.site.web import serving

pytestmark = [pytest.mark.prove, pytest.mark.ssh, pytest.mark.timeout(600)]

EXTRAS = {"asyncssh", "httpx", "dnspython", "icmplib", "napalm-linux", "nornir-netbox"}
"""Some of what only the extras and the tests bring."""


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    return Environment.made(tmp_path_factory.mktemp("fresh"))


@pytest.fixture
def project(make_rig: MakeRig) -> Rig:
    rig = make_rig()
    as_a_user(rig)
    return rig


def test_nothing_but_pip_install_and_an_inventory(environment: Environment, project: Rig) -> None:
    packages = environment.packages()
    assert not EXTRAS & {package.partition("==")[0] for package in packages}
    assert "No broken requirements found." in environment.pip("check")
    seen = done(
        "the path",
        [
            environment.command("python"),
            "-c",
            "import sys, nornir_haupgrade as ours; print(ours.__file__, *sys.path, sep='\\n')",
        ],
        folder=project.folder,
    )
    assert seen.startswith(str(environment.folder))
    assert str(ROOT) not in seen.splitlines()

    haupgrade = environment.command("haupgrade")
    shown = done("pairs", [haupgrade, "pairs"], folder=project.folder)
    assert re.search(r"^p1 +p1a .* active +12\.15 +on *$", shown, re.MULTILINE), shown
    assert re.search(r"^p1 +p1b .* standby +12\.15 +on *$", shown, re.MULTILINE), shown
    shown = done("check", [haupgrade, "check", "--to", NEW], folder=project.folder)
    assert shown.endswith("ready: p1\n"), shown

    five_lines(project, environment.command("python"))
    print(f"{len(packages)} packages; five lines upgraded p1 to {NEW}, inventory: files")


@pytest.mark.parametrize(
    ("name", "package", "written"),
    [("netbox", "nornir-netbox", from_netbox), ("nautobot", "nornir-nautobot", from_nautobot)],
    ids=["netbox", "nautobot"],
)
def test_the_same_with_a_source_of_truth(
    environment: Environment,
    project: Rig,
    name: str,
    package: str,
    written: Callable[[Rig, str], dict[str, str]],
) -> None:
    with (
        environment.also(package, site_plugin(project.folder)),
        serving(source(name, services=project.services)) as web,
    ):
        assert "No broken requirements found." in environment.pip("check")
        five_lines(project, environment.command("python"), written(project, web.url))
    assert {asked.method for asked in web.asked} == {"GET"}
    print(f"five lines upgraded p1 to {NEW}, inventory: {package}")

"""What is declared, what is pinned, and what must not be in the repository."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[1]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS: dict[str, list[str]] = PROJECT["project"]["optional-dependencies"]
ONLY_LINUX = {"napalm-linux", "napalm-device-types"}

# In pieces, so that this file does not hold what it looks for.
REGISTRIES = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("pypi", "python", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("crates", "io"),
        ("rubygems", "org"),
        ("anaconda", "org"),
        ("proxy", "golang", "org"),
        ("jfrog", "io"),
    )
]


def pins(name: str) -> dict[str, Version]:
    """The versions of a constraints file; anything but an exact pin fails."""
    found: dict[str, Version] = {}
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        match = re.fullmatch(r"([a-z0-9-]+)==([0-9][0-9a-z.]*)", line)
        assert match, f"{name}: not an exact pin: {line}"
        assert match[1] == canonicalize_name(match[1]), f"{name}: not a canonical name: {line}"
        assert match[1] not in found, f"{name}: pinned twice: {line}"
        found[match[1]] = Version(match[2])
    return found


def requirements(*, without: str) -> list[Requirement]:
    """Everything that pyproject.toml asks for, but for one extra."""
    texts = [
        *PROJECT["build-system"]["requires"],
        *PROJECT["project"]["dependencies"],
        *(text for extra, texts in EXTRAS.items() if extra != without for text in texts),
        *(text for group in PROJECT["dependency-groups"].values() for text in group),
    ]
    return [Requirement(text) for text in texts]


@pytest.mark.parametrize(
    ("name", "without"),
    [("constraints.txt", "legacy-ssh"), ("constraints-legacy.txt", "linux")],
)
def test_every_requirement_is_pinned_within_its_bounds(name: str, without: str) -> None:
    pinned = pins(name)
    wrong = [
        f"{requirement} is {pinned.get(canonicalize_name(requirement.name), 'not pinned')}"
        for requirement in requirements(without=without)
        if (version := pinned.get(canonicalize_name(requirement.name))) is None
        or version not in requirement.specifier
    ]
    assert not wrong, f"{name}: {wrong}"


def test_every_requirement_has_a_lower_bound() -> None:
    unbound = [str(item) for item in requirements(without="") if ">=" not in str(item.specifier)]
    assert not unbound


def test_pip_is_pinned_to_one_that_knows_dependency_groups() -> None:
    assert pins("constraints.txt")["pip"] >= Version("25.1")


def test_old_devices_get_an_old_paramiko_and_all_others_a_new_one() -> None:
    assert pins("constraints-legacy.txt")["paramiko"] < Version("5")
    assert pins("constraints.txt")["paramiko"] >= Version("5")


def test_both_constraints_agree_on_everything_else() -> None:
    new, old = pins("constraints.txt"), pins("constraints-legacy.txt")
    assert {name: old.get(name) for name in new if name not in {"paramiko", *ONLY_LINUX}} == {
        name: version for name, version in new.items() if name not in {"paramiko", *ONLY_LINUX}
    }
    assert old.keys() == new.keys() - ONLY_LINUX


def test_the_extras_that_exclude_each_other_are_named_where_they_are_declared() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert "# `linux` and `legacy-ssh` exclude each other" in text
    # With an older netmiko pip would find a way out: one without `par4`, and with paramiko 5.
    for extra in ("linux", "legacy-ssh"):
        netmiko = [item for item in map(Requirement, EXTRAS[extra]) if item.name == "netmiko"]
        assert len(netmiko) == 1, extra
        assert Version("4.6.0") not in netmiko[0].specifier, extra


def test_the_package_is_typed_and_licensed() -> None:
    assert (ROOT / "nornir_haupgrade" / "py.typed").is_file()
    assert PROJECT["project"]["license"] == "Apache-2.0"
    assert "Apache License" in (ROOT / "LICENSE").read_text(encoding="utf-8")


@pytest.mark.skipif(
    shutil.which("git") is None or not (ROOT / ".git").exists(), reason="not a git checkout"
)
def test_no_file_names_a_package_registry() -> None:
    # Where packages come from is the user's choice: a mirror, a folder of wheels, an index.
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    paths = [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]
    assert ROOT / "pyproject.toml" in paths
    hosts = re.compile("|".join(map(re.escape, REGISTRIES)).encode(), re.IGNORECASE)
    named = [str(path.relative_to(ROOT)) for path in paths if hosts.search(path.read_bytes())]
    assert not named, f"these name a package registry: {named}"

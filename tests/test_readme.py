"""What the README says can be done: its targets and commands exist, its inventory can be used."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from typer.main import get_command

from nornir_haupgrade.cli.app import app
from nornir_haupgrade.platforms import known_platforms
from nornir_haupgrade.settings import open_project

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def _commands() -> list[list[str]]:
    """Every `haupgrade ...` of the README, without comments, as words."""
    found = re.findall(r"(?:\$ |`)haupgrade ([^`#\n]+)", README)
    return [line.split() for line in found]


@pytest.mark.parametrize("words", _commands(), ids=" ".join)
def test_every_command_of_the_readme_exists_with_its_options(words: list[str]) -> None:
    group = get_command(app)
    names = getattr(group, "commands", {})
    options = group.params
    if not words[0].startswith("-"):
        assert words[0] in names
        options = names[words[0]].params
    known = {flag for parameter in options for flag in parameter.opts} | {"--help"}
    assert {word for word in words if word.startswith("--")} <= known


def test_the_readme_names_only_targets_that_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z-]+)`|\$ make ([a-z-]+)", README)) != set()
    named = {
        one or other for one, other in re.findall(r"`make ([a-z-]+)`|\$ make ([a-z-]+)", README)
    }
    assert named <= targets


def test_the_readme_s_inventory_is_accepted(tmp_path: Path) -> None:
    block = re.search(r"```yaml\n(.*?)```", README, re.DOTALL)
    assert block is not None
    groups = "\n".join(line.removeprefix("   ") for line in block[1].splitlines())
    (tmp_path / "groups.yaml").write_text(groups)
    (tmp_path / "hosts.yaml").write_text("a: {groups: [p1]}\nb: {groups: [p1]}\n")
    config = tmp_path / "config.yaml"
    options = {"host_file": "hosts.yaml", "group_file": "groups.yaml"}
    YAML().dump({"inventory": {"plugin": "SimpleInventory", "options": options}}, config)
    project = open_project(config, platforms=known_platforms())
    assert [pair.name for pair in project.pairs] == ["p1"]
    assert [service.name for service in project.pairs[0].services] == ["shop"]


def test_the_demo_s_project_is_accepted() -> None:
    project = open_project(ROOT / "config.yaml", platforms=known_platforms())
    assert [pair.name for pair in project.pairs] == ["p1", "p2"]

"""What can be told without root: addresses, files, recipes and sources."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nornir_haupgrade.lab.linux import LinuxSpec, images, requirements
from nornir_haupgrade.lab.linux.faults import happening
from nornir_haupgrade.lab.linux.files import NO_PREEMPT, flash_files, node_id
from nornir_haupgrade.lab.linux.project import write_project
from nornir_haupgrade.lab.linux.recipe import (
    RECIPES,
    bootstrap_command,
    image_key,
    layer_files,
    mode_of,
    recipe_of,
    tree_key,
)
from nornir_haupgrade.lab.linux.sources import swapped
from nornir_haupgrade.lab.plain import SpecError
from nornir_haupgrade.lab.spec import Moment
from nornir_haupgrade.platforms import known_platforms
from nornir_haupgrade.settings import open_project

LISTED = """\
http://mirror.example/debian/|bookworm
http://mirror.example/debian/|bookworm
http://mirror.example/debian/|bookworm-updates
http://mirror.example/security/|bookworm-security
http://other.example/tools/|stable
"""


def test_a_spec_survives_the_way_to_the_lab() -> None:
    spec = LinuxSpec(pairs=3, preempt=True, advert=0.2)
    assert LinuxSpec.from_json(spec.to_json()) == spec


@pytest.mark.parametrize("pairs", [0, 251])
def test_a_lab_has_some_pairs(pairs: int) -> None:
    with pytest.raises(SpecError, match="1 to 250"):
        LinuxSpec(pairs=pairs)


def test_an_unknown_key_is_named() -> None:
    with pytest.raises(SpecError, match="pears"):
        LinuxSpec.from_json('{"pears": 1}')


def test_every_address_and_name_is_given_once() -> None:
    members = [member for pair in LinuxSpec(pairs=250).networks for member in pair.members]
    for found in (
        [own.address for own in members],
        [own.inner for own in members],
        [own.mac("ha") for own in members],
        [node_id(own) for own in members],
        [own.link("mgmt") for own in members],
    ):
        assert len(set(found)) == 500
    # What the kernel lets an interface be called.
    assert max(len(own.link("mgmt")) for own in members) <= 15
    assert all(own.peer.peer == own for own in members)


def test_the_delivered_configuration() -> None:
    first, second = LinuxSpec().networks[0].members
    mine, theirs = (flash_files(LinuxSpec(), own) for own in (first, second))
    shared = [path for path in mine if path.startswith("config/shared/")]
    assert len(shared) == 2
    assert all(mine[path] == theirs[path] for path in shared)
    assert "PRIORITY=120" in mine["config/local/member.conf"]
    assert "HA_PEER=10.3.1.2" in mine["config/local/member.conf"]
    assert mine["config/local/preempt.conf"] == NO_PREEMPT
    preempting = flash_files(LinuxSpec(preempt=True), first)
    assert preempting["config/local/preempt.conf"] == ""


def test_the_machines_own_mirrors_are_used_for_another_release() -> None:
    assert swapped(LISTED, "bookworm", "trixie") == (
        "deb http://mirror.example/debian/ trixie main",
        "deb http://mirror.example/debian/ trixie-updates main",
        "deb http://mirror.example/security/ trixie-security main",
    )
    assert swapped(LISTED, "sid", "trixie") == ()
    assert swapped(LISTED, "", "trixie") == ()


def test_a_changed_layer_makes_another_image_of_the_same_tree(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = recipe_of("13")
    tree, before = tree_key(recipe.suite), image_key(recipe)
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "motd").write_text("changed")
    monkeypatch.setattr("nornir_haupgrade.lab.linux.recipe.NODE", tmp_path)
    assert tree_key(recipe.suite) == tree
    assert image_key(recipe) != before


def test_every_image_is_another_one() -> None:
    assert len({image_key(recipe) for recipe in RECIPES.values()}) == len(RECIPES)
    with pytest.raises(SpecError, match="13-no-ha"):
        recipe_of("14")


def test_the_layer_is_whole_and_can_be_run() -> None:
    modes = {path: mode_of(path) for path, _ in layer_files()}
    assert modes["usr/local/bin/fwctl"] == 0o755
    assert modes["etc/sudoers.d/fwctl"] == 0o440
    assert modes["etc/ssh/sshd_config"] == 0o644
    scripts = [path for path, content in layer_files() if content.startswith(b"#!")]
    assert all(modes[path] == 0o755 for path in scripts)


def test_the_sources_stand_last_in_the_command() -> None:
    command = bootstrap_command("trixie", "/somewhere", ("deb http://mirror.example trixie main",))
    assert command[-3:] == ("trixie", "/somewhere", "deb http://mirror.example trixie main")


def test_the_cache_can_be_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(images.CACHE_VARIABLE, str(tmp_path / "one"))
    assert images.cache_folder() == tmp_path / "one"
    assert images.cache_folder(tmp_path / "two") == tmp_path / "two"
    monkeypatch.delenv(images.CACHE_VARIABLE)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert images.cache_folder() == tmp_path / "haupgrade" / "linux-lab"


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"kind": "begin", "command": "fwctl reboot"}, ("fwctl reboot", Moment.BEFORE)),
        ({"kind": "command", "command": "fwctl reboot"}, ("fwctl reboot", Moment.AFTER)),
        ({"kind": "role", "state": "MASTER"}, ("role MASTER", Moment.BEFORE)),
        ({"kind": "boot"}, ("boot", Moment.BEFORE)),
        ({"kind": "heal"}, None),
    ],
)
def test_what_a_fault_can_wait_for(
    entry: dict[str, str], expected: tuple[str, Moment] | None
) -> None:
    assert happening(entry) == expected


def test_what_is_missing_is_said_in_sentences(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setattr("shutil.which", lambda tool, path=None: None)
    found = requirements.missing()
    assert "root" in found[0]
    assert any("mmdebstrap is not there" in sentence for sentence in found)


def test_the_project_is_one_that_is_accepted(tmp_path: Path) -> None:
    file = tmp_path / "fw-13.img"
    file.write_bytes(b"image")
    built = images.Image(file, "13.8", "0" * 64, 5)
    (tmp_path / "known_hosts").touch()
    config = write_project(tmp_path / "project", LinuxSpec(pairs=2), [built])
    project = open_project(config, platforms=known_platforms())
    assert [pair.name for pair in project.pairs] == ["p1", "p2"]
    assert project.settings.images[0].file == file
    assert project.settings.known_hosts.exists()


def test_evidence_of_an_earlier_lab_is_kept_aside(tmp_path: Path) -> None:
    spec = LinuxSpec()
    store = tmp_path / "project" / "campaigns"
    write_project(tmp_path / "project", spec, [])
    store.mkdir()
    (store / "kept").write_text(json.dumps({}))
    write_project(tmp_path / "project", spec, [])
    assert not store.exists()
    (aside,) = (tmp_path / "project").glob("campaigns-*")
    assert (aside / "kept").exists()

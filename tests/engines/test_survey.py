"""Which versions a pair goes by: what each image requires, for the older of its members."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nornir_haupgrade.engines.survey import Surveyed, path_to
from nornir_haupgrade.errors import BadInput
from nornir_haupgrade.settings import MemberConfig, PairConfig, Settings
from tests.gates.samples import pair

V1, V2, V3 = "12.15", "12.20", "13.8"


def path(tmp_path: Path, to: str, *running: str, **requires: str | None) -> tuple[str, ...]:
    """From what the members run, with images of ``v1`` and so on; each requires what is said."""
    images = [_image(tmp_path, globals()[name.upper()], own) for name, own in requires.items()]
    settings = Settings.model_validate({"images": images})
    members = (MemberConfig("fw1", None, "linux_ha"), MemberConfig("fw2", None, "linux_ha"))
    facts = pair({"version": running[0]}, {"version": running[-1]})
    return path_to(Surveyed(PairConfig("p1", members, "linux_ha"), facts, (), None), settings, to)


def _image(folder: Path, version: str, requires: str | None) -> dict[str, Any]:
    file = folder / f"{version}.img"
    file.touch()
    image = {"platform": "linux_ha", "version": version, "file": str(file), "sha256": "a" * 64}
    return {**image, **({"requires": requires} if requires else {})}


def test_what_is_required_is_gone_by(tmp_path: Path) -> None:
    assert path(tmp_path, V3, V1, v2=None, v3=V2) == (V1, V2, V3)


def test_a_skip_that_no_image_forbids_is_one_hop(tmp_path: Path) -> None:
    assert path(tmp_path, V3, V1, v2=None, v3=None) == (V1, V3)


def test_what_runs_already_is_not_gone_by_again(tmp_path: Path) -> None:
    assert path(tmp_path, V3, V2, v2=V1, v3=V2) == (V2, V3)
    assert path(tmp_path, V2, V1, v2=V1, v3=V2) == (V1, V2)


def test_the_older_member_skips_nothing_that_the_other_one_has_behind_it(tmp_path: Path) -> None:
    assert path(tmp_path, V3, V3, V1, v2=None, v3=V2) == (V1, V2, V3)
    assert path(tmp_path, V3, V1, V2, v2=None, v3=V2) == (V1, V2, V3)


def test_a_pair_that_is_there_needs_no_image(tmp_path: Path) -> None:
    assert path(tmp_path, V3, V3) == (V3,)


def test_a_version_between_without_an_image_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=V2):
        path(tmp_path, V3, V1, v3=V2)


def test_images_that_require_each_other_are_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="in a circle"):
        path(tmp_path, V3, V1, v2=V3, v3=V2)


def test_members_that_are_on_no_common_way_are_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"run 12\.15 and 12\.20; neither is a step"):
        path(tmp_path, V3, V1, V2, v3=None)

"""Images are reproducible, and say what they make of a device."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from nornir_haupgrade.lab import build_image, write_image
from nornir_haupgrade.lab.images import read_image


def test_the_same_version_gives_the_same_checksum(tmp_path: Path) -> None:
    first = write_image(tmp_path / "one", "13.8")
    second = write_image(tmp_path / "two", "13.8")
    assert first == second == hashlib.sha256((tmp_path / "one").read_bytes()).hexdigest()
    assert write_image(tmp_path / "three", "13.9") != first
    assert (tmp_path / "one").stat().st_size == 256 * 1024


def test_what_is_written_is_read_back() -> None:
    image = read_image(build_image("13.8", ha=False, size=5000, drop_config_lines=["x"]))
    assert (image.version, image.has_ha, image.drop_config_lines) == ("13.8", False, ("x",))
    assert image.is_bootable


def test_a_truncated_image_has_a_checksum_of_its_own_and_does_not_boot(tmp_path: Path) -> None:
    checksum = write_image(tmp_path / "image", "13.8", truncated=True)
    content = (tmp_path / "image").read_bytes()
    assert hashlib.sha256(content).hexdigest() == checksum
    assert read_image(content).version == "13.8"
    assert not read_image(content).is_bootable


@pytest.mark.parametrize("content", [b"", b"no line", b"{}\n", b"[1]\n", b"\xff\n\xff"])
def test_what_is_no_image_does_not_boot(content: bytes) -> None:
    assert not read_image(content).is_bootable

"""A member's flash: a sparse ext4 file on a loop device, so that room and persistence are real."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.linux.files import flash_files
from nornir_haupgrade.lab.linux.shell import run

if TYPE_CHECKING:
    from nornir_haupgrade.lab.linux.images import Image
    from nornir_haupgrade.lab.linux.spec import LinuxSpec, MemberNet

_ADMIN = 1000
"""The login's user and group id in every image."""
_FOLDERS = ("backups", "boot", "config", "images", "log", "login", "ssh", "upload")


def deliver(spec: LinuxSpec, member: MemberNet, image: Image, *, file: Path, at: Path) -> None:
    """Make a member's flash as it is delivered, mounted at a folder.

    Args:
        spec: The lab.
        member: Whose flash.
        image: What slot A holds.
        file: The sparse file that is made.
        at: Where it is mounted, in our mount namespace.
    """
    file.unlink(missing_ok=True)
    with file.open("wb") as new:
        os.truncate(new.fileno(), spec.flash_mib << 20)
    # No journal: what a power cut loses is not what is tested here.
    run("mkfs.ext4", "-q", "-F", "-m", "0", "-O", "^has_journal", str(file))
    at.mkdir()
    run("mount", "-o", "loop,noatime", str(file), str(at))
    for name in _FOLDERS:
        (at / name).mkdir()
    for name in ("login", "ssh"):
        (at / name).chmod(0o700)
    for name in ("backups", "upload"):
        os.chown(at / name, _ADMIN, _ADMIN)
    for path, text in flash_files(spec, member).items():
        target = at / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    _make_key(at / "ssh" / "ssh_host_ed25519_key", comment=member.name)
    shutil.copyfile(image.path, at / "images" / "A.img")
    (at / "images" / "A.facts").write_text(f"{image.version} {image.size} {image.sha256}")


def introduce(one: Path, two: Path) -> None:
    """Let the members of a pair log in to each other, for the synchronisation of configurations."""
    _make_key(one / "login" / "peer", comment="peer")
    for name in ("peer", "peer.pub"):
        shutil.copy(one / "login" / name, two / "login" / name)


def known_hosts(member: MemberNet, at: Path) -> str:
    """The member's line for OpenSSH's known_hosts, under both addresses that it is managed at."""
    kind, key, *_ = (at / "ssh" / "ssh_host_ed25519_key.pub").read_text().split()
    return f"{member.address},{member.inner} {kind} {key}\n"


def next_slot(at: Path) -> str:
    """What the loader boots next."""
    return (at / "boot" / "next").read_text().strip()


def _make_key(path: Path, *, comment: str) -> None:
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", str(path))

"""``request system software``, ``scp`` and ``debug swm revert``.

The lab has an update server that needs no network: releases that it builds itself, and a folder on
the machine that runs it. ``scp import`` takes files from that folder and contacts nobody.
"""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.command import Effect, Outcome
from nornir_haupgrade.lab.device import Phase
from nornir_haupgrade.lab.images import slot_of
from nornir_haupgrade.lab.personalities.paloalto_panos.context import (
    At,
    answer,
    refused,
    told,
    wrong,
)
from nornir_haupgrade.lab.personalities.paloalto_panos.jobs import COMMITTING, JobError, Kind
from nornir_haupgrade.lab.personalities.paloalto_panos.releases import base, feature
from nornir_haupgrade.lab.personalities.paloalto_panos.show_software import versions, versions_text

if TYPE_CHECKING:
    from nornir_haupgrade.lab.personalities.paloalto_panos.firewall import Firewall

_UNLOADED = "Failed to load into software manager"


def check(at: At, _: tuple[str, ...]) -> Outcome:
    """``request system software check``: what the update server has is known from now on."""
    software, offered = at.firewall.software, at.firewall.server.sizes()

    def act() -> None:
        software.offered, software.checked_at = offered, at.now

    return answer(at, versions(at, offered), versions_text, act=act)


def _loading(firewall: Firewall, version: str, content: bytes | None) -> tuple[str, ...]:
    """Put an image into a repository; it is verified first, as the vendor's are by signature."""
    software = firewall.software
    if content is None:
        raise JobError(f"Failed to download {version}")
    slot = slot_of(content, version)
    if firewall.take("corrupt_upload") is not None or not slot.image.is_bootable:
        raise JobError("Error: Failed to verify the image", _UNLOADED)
    if len(content) > firewall.disk.free and slot.version not in software.loaded:
        raise JobError(f"Error: {os.strerror(errno.ENOSPC)}", _UNLOADED)
    software.load(slot_of(content, slot.image.version))
    return (
        "Successfully downloaded",
        "Preloading into software manager",
        "Successfully loaded into software manager",
    )


def _busy(at: At, *kinds: Kind) -> str:
    """Why a software job cannot be enqueued now.

    The words are those that public scripts wait for, up to "in progress".
    """
    for kind in kinds:
        if at.firewall.jobs.open(kind) is None:
            continue
        what = {Kind.DOWNLOAD: "Another download", Kind.INSTALL: "Another install"}
        return f"{what.get(kind, 'A commit')} is in progress. Please try again later"
    return ""


def download(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``request system software download version X [sync-to-peer yes|no]``."""
    own, version = at.firewall, arguments[0]
    to_peer = len(arguments) > 1 and arguments[1] == "yes"
    if len(arguments) > 1 and arguments[1] not in {"yes", "no"}:
        return wrong("Invalid syntax.")
    if version not in own.software.offered:
        return refused(at, f"No update information available for {version}")
    if busy := _busy(at, Kind.DOWNLOAD):
        return refused(at, busy)
    number = own.jobs.upcoming

    def work() -> tuple[str, ...]:
        done = _loading(own, version, own.server.image(version))
        if to_peer and at.sees_peer:
            _loading(at.peer, version, own.server.image(version))
        return done

    def act() -> None:
        own.jobs.add(Kind.DOWNLOAD, own.spec.download_seconds, work, user=at.user)

    text = f"Download job enqueued with jobid {number}"
    return told(at, text, Effect.FILES, act, job=number)


def install(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``request system software install version X``, confirmed."""
    own, version = at.firewall, arguments[0]
    if version not in own.software.loaded:
        return refused(at, f"Version {version} is not downloaded")
    if missing := _missing_base(own, version):
        return refused(at, f"Base image {missing} is not downloaded")
    if busy := _busy(at, Kind.INSTALL, *COMMITTING):
        return refused(at, busy)
    number = own.jobs.upcoming

    def work() -> tuple[str, ...]:
        if own.has("content_too_old") is not None:
            # worded by the lab
            raise JobError(f"Upgrading to {version} requires a newer content version")
        if version not in own.software.loaded:
            raise JobError(f"Version {version} is not downloaded")
        own.software.install(version)
        return (f"Successfully installed {version}",)

    def told_as(reasons: tuple[str, ...]) -> tuple[str, ...]:
        # the lines around a reason are those in the issues of a public script
        head = f"Failed to install {version} with the following errors."
        last = f"Failed to install   version  {version}  type  panos"
        return (head, f"SW version is {version}", *reasons, last)

    def act() -> None:
        seconds = own.times.install_seconds
        own.jobs.add(Kind.INSTALL, seconds, work, user=at.user, tells=told_as)

    text = (
        f"Software install job enqueued with jobid {number}. Run 'show jobs id {number}' to "
        "monitor its status. Please reboot the device after the installation is done."
    )
    return told(at, text, Effect.INSTALL, act, job=number)


def _missing_base(own: Firewall, version: str) -> str:
    """The base image that a release of another feature release needs and that is not loaded."""
    needed = base(version)
    is_other = feature(version) != feature(own.image.version)
    is_missing = own.spec.needs_base and is_other and needed not in own.software.loaded
    return needed if is_missing else ""


def delete(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``delete software version X``."""
    own, version = at.firewall, arguments[0]
    if version not in own.software.loaded:
        return refused(at, f"Version {version} is not downloaded")
    if version == own.image.version:
        return refused(at, f"Version {version} is installed")
    return told(at, f"Removed {version}", Effect.FILES, lambda: _removed(own, version))


def _removed(own: Firewall, version: str) -> None:
    own.software.delete(version)


def revert(at: At, _: tuple[str, ...]) -> Outcome:
    """``debug swm revert``: the other partition boots next; worded as in vendor's transcripts."""
    own = at.firewall
    software = own.software
    slot = software.partitions[software.other]
    if own.phase is not Phase.RUNNING or slot is None:
        return refused(at, "No previous version to revert to")
    text = (
        f"Reverting from {own.image.version} ({software.running}) to "
        f"{slot.image.version} ({software.other})"
    )
    return told(at, text, Effect.BOOT_SELECT, lambda: _reverted(own))


def _reverted(own: Firewall) -> None:
    own.software.revert()

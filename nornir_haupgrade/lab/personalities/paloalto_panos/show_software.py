"""What is loaded, what is installed, and what the update server has."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.clock import moment
from nornir_haupgrade.lab.personalities.paloalto_panos.configuration import yes
from nornir_haupgrade.lab.personalities.paloalto_panos.context import (
    At,
    answer,
    branch,
    leaf,
    text_at,
)
from nornir_haupgrade.lab.personalities.paloalto_panos.releases import file_name, rank
from nornir_haupgrade.lab.personalities.paloalto_panos.software import PARTITIONS
from nornir_haupgrade.lab.terminal.answers import text_of

if TYPE_CHECKING:
    from nornir_haupgrade.lab.command import Outcome

_RELEASED = "2026/01/15 10:11:01"
_DATE = "%Y/%m/%d %H:%M:%S"
_MEGABYTE = 1024 * 1024


def versions(at: At, offered: dict[str, int] | None = None) -> ET.Element:
    """What is loaded and what a look at the update server found, by default the last one.

    Elements as captured. The checksum of what is loaded is in ``sha256``, as content updates have
    it there; whether software images do was not found.
    """
    software = at.firewall.software
    found_there = software.offered if offered is None else offered
    known = {**found_there, **{name: slot.size for name, slot in software.loaded.items()}}
    newest = max(known, key=rank, default="")
    entries = []
    for version in sorted(known, key=rank, reverse=True):
        size, slot = known[version], software.loaded.get(version)
        entries.append(
            branch(
                "entry",
                version=version,
                filename=file_name(version),
                size=max(1, size // _MEGABYTE),
                size_kb=size // 1024,
                released_on=_RELEASED,
                release_notes="",
                downloaded=yes(slot is not None),
                current=yes(version == at.firewall.image.version),
                latest=yes(version == newest),
                uploaded="no",
                **({} if slot is None else {"sha256": slot.sha256}),
            )
        )
    looked = software.checked_at if offered is None else at.now
    found = branch("sw-updates", leaf("msg"), branch("versions", *entries))
    if looked is not None:
        found.set("last-updated-at", f"{moment(looked):{_DATE}}")
    return branch("result", found)


def versions_text(result: ET.Element) -> str:
    """The table of ``request system software info``: no capture was found.

    The columns are those that public scripts read by their place: version, size, date, time,
    downloaded.
    """
    rows = [
        f"{text_at(entry, 'version'):<20}{text_at(entry, 'size') + 'MB':>10}  "
        f"{text_at(entry, 'released-on'):<20} {text_at(entry, 'downloaded'):>10}"
        for entry in result.iter("entry")
    ]
    head = f"{'Version':<20}{'Size':>10}  {'Released on':<20} {'Downloaded':>10}"
    return text_of("", head, "-" * 64, *rows, "")


def info(at: At, _: tuple[str, ...]) -> Outcome:
    """``request system software info``."""
    return answer(at, versions(at), versions_text)


def swm_status(at: At, _: tuple[str, ...]) -> Outcome:
    """``debug swm status``."""
    software = at.firewall.software
    entries = []
    for name in PARTITIONS:
        slot = software.partitions[name]
        version = "None" if slot is None else slot.image.version
        entries.append(branch("entry", name=name, state=software.state(name), version=version))
    installed = [slot.image.version for slot in software.partitions.values() if slot is not None]
    newest = max(installed, key=rank)
    entries.append(branch("entry", name="maint", state="READY", version=newest))

    def render(result: ET.Element) -> str:
        rows = [
            f"{text_at(entry, 'name'):<18}{text_at(entry, 'state'):<18}{text_at(entry, 'version')}"
            for entry in result.iter("entry")
        ]
        head = f"{'Partition':<18}{'State':<18}Version"
        return text_of("", head, "-" * 80, *rows, "")

    return answer(at, branch("result", *entries), render)


def swm_list(at: At, _: tuple[str, ...]) -> Outcome:
    """``debug swm list``: the images of the repository, in a layout of the lab's."""
    names = sorted(at.firewall.software.loaded, key=rank)
    members = [leaf("member", name) for name in names]
    return answer(at, branch("result", *members), lambda _: text_of("", *names, ""))

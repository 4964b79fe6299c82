"""Where Debian comes from: what this machine's own apt is configured with, for another release."""

from __future__ import annotations

import platform
import re

from nornir_haupgrade.errors import BadInput
from nornir_haupgrade.lab.linux.shell import run

_TARGETS = ("Created-By: Packages", "Target-Of: deb")
_FORMAT = "$(REPO_URI)|$(RELEASE)"
_SAFE = re.compile(r"Acquire::(?:https?|Check-Valid-Until|Retries)\b")


def sources_for(suite: str) -> tuple[str, ...]:
    """The lines of a sources.list for a Debian release.

    Raises:
        BadInput: This machine has no source of its own release to go by.
        HAUpgradeError: apt does not answer.
    """
    listed = run("apt-get", "indextargets", "--format", _FORMAT, *_TARGETS)
    own = platform.freedesktop_os_release().get("VERSION_CODENAME", "")
    lines = swapped(listed, own, suite)
    if not lines:
        raise BadInput(
            f"apt on this machine has no source of its own release ({own or 'unknown'})",
            advice="configure a Debian mirror in /etc/apt/sources.list.d",
        )
    return lines


def swapped(listed: str, own: str, suite: str) -> tuple[str, ...]:
    """``URI|RELEASE`` lines, those of one release, as sources of another one."""
    found: dict[str, None] = {}
    for line in listed.splitlines():
        uri, _, release = line.partition("|")
        if own and (release == own or release.startswith(f"{own}-")):
            found[f"deb {uri} {suite}{release.removeprefix(own)} main"] = None
    return tuple(found)


def apt_options() -> tuple[str, ...]:
    """How this machine's apt fetches (proxy, certificates): mmdebstrap's apt reads none of it."""
    return tuple(line for line in run("apt-config", "dump").splitlines() if _SAFE.match(line))

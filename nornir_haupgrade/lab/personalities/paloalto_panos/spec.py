"""What only a pair of PAN-OS firewalls has, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nornir_haupgrade.lab.plain import checked

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class PanosSpec:
    """How both firewalls of a pair are set up. Durations are device seconds."""

    offers: tuple[str, ...] = ()
    """Releases that the update server has; the lab builds their images itself."""
    folder: str = ""
    """A folder of images on the machine that runs the lab: what is in it the update server has too,
    and ``scp import`` takes from it. Empty: none."""
    needs_base: bool = True
    """Whether a release of another feature release needs that one's base image (X.Y.0) loaded."""
    download_seconds: float = 0.5
    commit_seconds: float = 0.5
    auto_commit_seconds: float = 0.5
    """From the first login after a boot to the end of the commit that every boot makes."""
    heartbeat_backup: bool = False
    """Whether heartbeats pass the management network too, so that HA1 alone cannot split the
    pair."""
    has_banner: bool = False
    """Whether a login has to accept a banner."""


def setup_of(setup: object) -> PanosSpec:
    """How a pair's firewalls are set up; by default if nothing is said."""
    return setup if isinstance(setup, PanosSpec) else PanosSpec()


def panos_from(data: Mapping[str, Any]) -> PanosSpec:
    """How both firewalls are set up, from plain data.

    Raises:
        SpecError: It cannot be meant.
    """
    values = checked(PanosSpec, data)
    if "offers" in values:
        values["offers"] = tuple(str(item) for item in values["offers"])
    return PanosSpec(**values)

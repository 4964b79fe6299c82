"""What the property tests must know of a platform; another one needs one more entry here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from nornir_haupgrade.lab import Platform


@dataclass(frozen=True)
class Profile:
    """A platform, as one sees it from inside its devices.

    Attributes:
        reads_role: What a member's role is read with.
        reads_identity: What it is asked with who it is.
        is_conditional: Whether its commands can say for which role they are meant.
        takes_by_preempting: Whether a member takes the role by preempting, in a switchover too.
        strikes_at: The commands that a fault may wait for.
        sample: Upgrades in each ``make test``.
        proven: Upgrades in each ``make prove``.
    """

    reads_role: tuple[str, ...]
    reads_identity: str
    is_conditional: bool
    takes_by_preempting: bool
    strikes_at: tuple[str, ...]
    sample: int
    proven: int


PROFILES: Final[Mapping[Platform, Profile]] = {
    Platform.LINUX_HA: Profile(
        reads_role=("fwctl show ha",),
        reads_identity="fwctl show version",
        is_conditional=True,
        takes_by_preempting=False,
        strikes_at=(
            "fwctl show version",
            "fwctl show ha",
            "fwctl show users",
            "fwctl show session-sync",
            "fwctl show sessions list",
            "fwctl ha sync-report",
            "fwctl ha sync-config",
            "fwctl ha preempt",
            "fwctl ha suspend",
            "fwctl ha functional",
            "fwctl image verify",
            "fwctl image install",
            "fwctl image boot",
            "fwctl backup",
            "fwctl reboot",
        ),
        sample=90,
        proven=9000,
    ),
    Platform.CISCO_IOSXE: Profile(
        reads_role=("show standby", "show vrrp all"),
        reads_identity="show version",
        is_conditional=False,
        takes_by_preempting=True,
        strikes_at=(
            "show version",
            "show standby",
            "show vrrp all",
            "show users",
            "show running-config",
            "configure terminal",
            "standby ",
            "no standby ",
            "vrrp ",
            "no vrrp ",
            "write memory",
            "install add",
            "install activate",
            "install commit",
            "verify ",
        ),
        sample=15,
        proven=1400,
    ),
}

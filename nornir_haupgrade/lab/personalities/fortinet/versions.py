"""One release in the forms that FortiOS gives it, and what changed from one to another."""

from __future__ import annotations

import re
import zlib

_BUILDS = {
    "6.0.7": (302, "191112"),
    "6.2.6": (1175, "201110"),
    "7.0.7": (367, "221005"),
    "7.0.13": (566, "231024"),
    "7.0.15": (632, "240401"),
    "7.2.8": (1639, "240313"),
    "7.4.1": (2463, "230830"),
}
"""As ``get system status`` of real devices has them; others are made up, the same each time."""
_MATURE_FROM, _PER_MEMBER_FROM = (7, 0, 0), (7, 4, 1)
_NEW_WORDS_FROM, _NEW_REASONS_FROM, _PEERS_NAMED_FROM = (6, 4, 0), (7, 2, 0), (7, 0, 0)
_FIRST_MATURE_PATCH = 8


def numbers(version: str) -> tuple[int, int, int]:
    """``7.4.8`` as numbers; what lacks counts as 0."""
    found = [int(part) for part in re.findall(r"\d+", version)[:3]]
    major, minor, patch = [*found, 0, 0, 0][:3]
    return major, minor, patch


def build(version: str) -> tuple[int, str]:
    """Build number, and its date as ``yymmdd``."""
    if version in _BUILDS:
        return _BUILDS[version]
    made = zlib.crc32(version.encode())
    return 1000 + made % 8000, f"25{1 + made % 12:02}{1 + made % 28:02}"


def is_mature(version: str) -> bool:
    """Whether a release is marked as mature, not as one with features; made up alike."""
    return numbers(version)[2] >= _FIRST_MATURE_PATCH


def _letter(version: str) -> str:
    """Feature or mature, where a release says so."""
    return "M" if is_mature(version) else "F"


def full(version: str) -> str:
    """As in ``v7.0.15,build0632,240401 (GA.M)``."""
    number, date = build(version)
    kind = f"GA.{_letter(version)}" if numbers(version) >= _MATURE_FROM else "GA"
    return f"v{version},build{number:04},{date} ({kind})"


def file_name(version: str) -> str:
    """What the vendor calls the image of a virtual FortiGate under KVM."""
    number, _ = build(version)
    return f"FGT_VM64_KVM-v{version}.{_letter(version)}-build{number:04}-FORTINET.out"


def partition_name(version: str) -> str:
    """As in ``FGT50E-6.02-FW-build1142-200819`` (Fortinet's article 243386): without the patch."""
    (major, minor, _), (number, date) = numbers(version), build(version)
    return f"FGVMK6-{major}.{minor:02}-FW-build{number:04}-{date}"


def upgrades_per_member(version: str) -> bool:
    """Whether a member can be upgraded alone, and members of different builds may stay so."""
    return numbers(version) >= _PER_MEMBER_FROM


def names_primary(version: str) -> bool:
    """Whether it says Primary and Secondary, where it said Master and Slave."""
    return numbers(version) >= _NEW_WORDS_FROM


def names_peers(version: str) -> bool:
    """Whether a selection's reason names the member that lost."""
    return numbers(version) >= _PEERS_NAMED_FROM


def names_group(version: str) -> bool:
    """Whether the status has the group's name, and its number beside it."""
    return numbers(version) >= _NEW_REASONS_FROM


def names_vcluster(version: str) -> bool:
    """Whether a selection names its virtual cluster (article 339687)."""
    return numbers(version) >= _NEW_REASONS_FROM

"""What is to go wrong on the twins: a script, judged by the inventory before anything starts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from nornir_haupgrade.lab import Platform
from nornir_haupgrade.lab.fault_script import Known, read_script

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from nornir_haupgrade.lab import Fault
    from nornir_haupgrade.settings import PairConfig


def read_faults(files: Sequence[Path], pairs: Iterable[PairConfig]) -> tuple[Fault, ...]:
    """The faults of the scripts, in the names that the inventory has.

    Args:
        files: The scripts.
        pairs: Pairs of platforms that the lab simulates.

    Raises:
        BadInput: With every finding of the first script that has any.
    """
    known = _known(pairs)
    return tuple(fault for file in files for fault in read_script(file, known))


def _known(pairs: Iterable[PairConfig]) -> Known:
    return Known(
        {
            pair.name: (Platform(pair.platform), tuple(member.name for member in pair.members))
            for pair in pairs
        }
    )


def faults_of(
    pair: PairConfig, names: Mapping[str, str], faults: Iterable[Fault]
) -> tuple[Fault, ...]:
    """What goes wrong with one pair, in the names that its members have in the lab.

    Args:
        pair: The pair.
        names: What each of its members is called in the lab.
        faults: Those of all pairs.
    """
    return tuple(renamed(fault, names) for fault in faults if _known([pair]).aimed(fault))


def renamed(fault: Fault, names: Mapping[str, str]) -> Fault:
    """A fault of one pair, whose members are called otherwise."""
    return replace(
        fault,
        member=names.get(fault.member, fault.member) if fault.member else None,
        when=replace(fault.when, by=names[fault.when.by] if fault.when.by else None),
        pair=None,
    )

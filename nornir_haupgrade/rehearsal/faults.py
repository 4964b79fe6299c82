"""What is to go wrong on the twins, from a file: judged before anything starts."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nornir_haupgrade.errors import BadInput
from nornir_haupgrade.lab import Fault, PairRig, SpecError, fault_from
from nornir_haupgrade.lab.audit import Audit
from nornir_haupgrade.lab.timeline import Timeline

if TYPE_CHECKING:
    from pathlib import Path

    from nornir_haupgrade.rehearsal.twins import Twin

PAIR = "pair"
"""The key that names a fault's pair, where it has no member and is not for all."""
_ADVICE = "write a list of faults, each with a name, as in docs/rehearse.md"


def read_faults(file: Path) -> tuple[tuple[str | None, Fault], ...]:
    """The faults of a YAML list, each with the pair that it names.

    Raises:
        BadInput: The file, or one of them, cannot be meant.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        with file.open(encoding="utf-8") as text:
            data = YAML(typ="safe", pure=True).load(text)
    except OSError as error:
        raise BadInput(f"{file}: {os.strerror(error.errno or 0)}", advice=_ADVICE) from error
    except (YAMLError, UnicodeError, ValueError) as error:
        problem = str(getattr(error, "problem", None) or type(error).__name__)
        raise BadInput(f"{file}: this is not YAML: {problem}", advice=_ADVICE) from error
    if not isinstance(data, list) or not data:
        raise BadInput(f"{file}: a list of faults is expected", advice=_ADVICE)
    return tuple(_fault(file, number, item) for number, item in enumerate(data, start=1))


def _fault(file: Path, number: int, item: Any) -> tuple[str | None, Fault]:  # noqa: ANN401 - as YAML has it
    where = f"{file}: fault {number}"
    if not isinstance(item, Mapping) or "name" not in item:
        raise BadInput(f"{where}: it has no name", advice=_ADVICE)
    pair = item.get(PAIR)
    try:
        fault = fault_from({key: value for key, value in item.items() if key != PAIR})
    except (SpecError, ValueError, TypeError, KeyError) as error:
        raise BadInput(f"{where}: {error}", advice=_ADVICE) from error
    return None if pair is None else str(pair), fault


def check_faults(
    file: Path, faults: Sequence[tuple[str | None, Fault]], twins: Sequence[Twin]
) -> None:
    """Have each twin take its faults on trial, without any network.

    Raises:
        BadInput: One of them is unknown there, or is nobody's.
    """
    pairs = {twin.name for twin in twins}
    members = {name for twin in twins for both in twin.names for name in both}
    for number, (pair, fault) in enumerate(faults, start=1):
        wrong = [name for name in (fault.member, fault.when.by) if name and name not in members]
        if pair is not None and pair not in pairs:
            raise BadInput(f"{file}: fault {number}: there is no pair {pair}", advice=_ADVICE)
        if wrong:
            raise BadInput(f"{file}: fault {number}: there is no member {wrong[0]}", advice=_ADVICE)
    for twin in twins:
        timeline = Timeline()
        try:
            PairRig(twin.spec, timeline, Audit(timeline), "")
        except (SpecError, ValueError, TypeError, KeyError) as error:
            raise BadInput(f"{file}: pair {twin.name}: {error}", advice=_ADVICE) from error

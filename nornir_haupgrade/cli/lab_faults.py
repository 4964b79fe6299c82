"""Faults in the running lab: which there are, setting them off, undoing them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from nornir_haupgrade.cli.out import emit, emit_table
from nornir_haupgrade.cli.shell import Exit, Shell
from nornir_haupgrade.errors import BadInput, HAUpgradeError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nornir_haupgrade.lab.fault_script import Known


def listed(shell: Shell, platform: str | None) -> int:
    """Every kind in a line, or those of one platform.

    Raises:
        BadInput: The lab does not simulate that platform.
    """
    from nornir_haupgrade.lab.fault_words import ABOUT
    from nornir_haupgrade.lab.personalities.known import PERSONALITIES

    if platform not in {None, *PERSONALITIES}:
        raise BadInput(
            f"the lab does not simulate {platform!r}",
            advice=f"name one of {', '.join(PERSONALITIES)}",
        )
    rows = []
    for name, about in sorted(ABOUT.items()):
        has = [str(one) for one, own in PERSONALITIES.items() if name in own.faults]
        if platform is None or platform in has:
            params = ", ".join(f"{key} ({value})" for key, value in about.params.items())
            rows.append([name, about.says, params, ", ".join(has)])
    emit_table(shell, ("kind", "what happens", "parameters", "platforms"), rows)
    return Exit.DONE


def strike(
    shell: Shell, what: str, params: Sequence[str], entry: Mapping[str, Any], *, folder: Path
) -> int:
    """Arm the faults of a script, or one of a kind with its parameters.

    Raises:
        BadInput: They cannot be meant, or no such thing is known.
        HAUpgradeError: No lab runs.
    """
    from nornir_haupgrade.lab.fault_script import read_entries, read_script
    from nornir_haupgrade.lab.written import plain_fault

    known = _known(folder)
    path = Path(what)
    if path.is_file() or path.suffix in {".yaml", ".yml"}:
        if params or any(_without_nothing(entry).values()):
            raise BadInput("a script says everything itself", advice="leave the options out")
        faults = read_script(path, known)
    else:
        written = _without_nothing({"fault": what, **entry, "params": _params(params)})
        faults = read_entries([written], known)
    _ask(folder, {"do": "inject", "faults": [plain_fault(fault) for fault in faults]})
    emit(shell, [" ".join(item) for item in _ask(folder, {"do": "faults"})["faults"]])
    return Exit.DONE


def heal(shell: Shell, kind: str, member: str | None, *, folder: Path) -> int:
    """Undo faults of a kind, of all or of one member, pair or role.

    Raises:
        BadInput: There is no such kind of fault here, or nobody of that name.
        HAUpgradeError: No lab runs.
    """
    from nornir_haupgrade.lab.fault_script import read_entries

    known = _known(folder)
    key = "pair" if member in known.pairs else "on"
    named = {"fault": "KIND", "on": "MEMBER"}
    read_entries([{"fault": kind, key: member}], known, where=lambda keys: named[keys[-1]])
    _ask(folder, {"do": "heal", "name": kind, "member": member})
    emit(shell, [" ".join(item) for item in _ask(folder, {"do": "faults"})["faults"]])
    return Exit.DONE


def _known(folder: Path) -> Known:
    """The pairs of the running lab."""
    from nornir_haupgrade.lab.fault_script import Known

    return Known.from_plain(_ask(folder, {"do": "pairs"})["pairs"])


def _ask(folder: Path, request: dict[str, Any]) -> dict[str, Any]:
    from nornir_haupgrade.cli.lab_guide import lab_command
    from nornir_haupgrade.rehearsal.process import ask

    answer = ask(folder, request)
    if answer is None:
        start = lab_command(folder, "up")
        raise HAUpgradeError(f"no lab runs in {folder}", advice=f"start one: {start}")
    return answer


def _params(given: Sequence[str]) -> dict[str, Any]:
    """NAME=VALUE, the value as YAML reads it."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    found: dict[str, Any] = {}
    for text in given:
        name, is_pair, value = text.partition("=")
        if not is_pair:
            raise BadInput(f"{text!r} is not NAME=VALUE", advice="write it as in seconds=10")
        try:
            found[name] = YAML(typ="safe", pure=True).load(value)
        except (YAMLError, ValueError):
            raise BadInput(
                f"{text!r}: its value is no YAML", advice="write it as in seconds=10"
            ) from None
    return found


def _without_nothing(entry: Mapping[str, Any]) -> dict[str, Any]:
    """An entry without the keys that were not said."""
    kept: dict[str, Any] = {}
    for key, value in entry.items():
        inner = _without_nothing(value) if isinstance(value, dict) and key == "when" else value
        if inner not in (None, {}, 0.0):
            kept[key] = inner
    return kept

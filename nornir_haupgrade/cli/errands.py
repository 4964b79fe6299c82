"""From the options of run, reboot and drill to what is done: for real, or only shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nornir_haupgrade.engines.errand import Errand, step_of
from nornir_haupgrade.procedure.plan import Purpose

if TYPE_CHECKING:
    from nornir_haupgrade.cli.options import OnHold
    from nornir_haupgrade.cli.shell import Shell


@dataclass(frozen=True, slots=True)
class Asked:
    """The options that all three have."""

    pairs: Sequence[str] | None
    on_hold: OnHold | None
    is_new: bool
    is_dry: bool
    is_yes: bool
    is_json: bool


def upgrade(shell: Shell, asked: Asked, *, to: str, until: str | None) -> int:
    """To a version, perhaps only until a step."""
    return _do(shell, asked, Errand(Purpose.UPGRADE, to, step_of(until)))


def reboot(shell: Shell, asked: Asked) -> int:
    """Both members, one after the other."""
    return _do(shell, asked, Errand(Purpose.REBOOT))


def drill(shell: Shell, asked: Asked) -> int:
    """A switchover and back."""
    return _do(shell, asked, Errand(Purpose.DRILL))


def _do(shell: Shell, asked: Asked, errand: Errand) -> int:
    if asked.is_dry:
        from nornir_haupgrade.cli.reading import dry_run

        return dry_run(shell, asked.pairs or (), errand)
    from nornir_haupgrade.cli.run import Options, run

    on_hold = asked.on_hold and asked.on_hold.value
    options = Options(asked.pairs or (), on_hold, is_yes=asked.is_yes, is_json=asked.is_json)
    return run(shell, options, errand, is_new=asked.is_new)

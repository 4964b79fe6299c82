"""Upgrade active/standby pairs with Nornir: gated, resumable, measured, with evidence.

The names below are public, and what `nornir_haupgrade.tasks` and `nornir_haupgrade.processors`
hold. They are imported when they are first used: the command line must be quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nornir_haupgrade.rows import aggregate_rows
    from nornir_haupgrade.runner import HAPairs
    from nornir_haupgrade.tasks import (
        drill_pair,
        give_back,
        reboot_pair,
        roll_back_pair,
        upgrade_pair,
    )

_HOMES = {
    "HAPairs": "nornir_haupgrade.runner",
    "aggregate_rows": "nornir_haupgrade.rows",
    "drill_pair": "nornir_haupgrade.tasks",
    "give_back": "nornir_haupgrade.tasks",
    "reboot_pair": "nornir_haupgrade.tasks",
    "roll_back_pair": "nornir_haupgrade.tasks",
    "upgrade_pair": "nornir_haupgrade.tasks",
}

__all__ = [
    "HAPairs",
    "aggregate_rows",
    "drill_pair",
    "give_back",
    "reboot_pair",
    "roll_back_pair",
    "upgrade_pair",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

"""Faults that lie in wait for commands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.execution import Executor, Rule, Twist

if TYPE_CHECKING:
    from nornir_haupgrade.lab.device import Device
    from nornir_haupgrade.lab.fault_kinds import Params, Undo


@dataclass(frozen=True, slots=True)
class OfCommands:
    """Strikes the commands to come, if any; ``command`` in the parameters says which instead."""

    twist: Twist
    prefixes: tuple[str, ...]
    message: str
    times: int | None

    def __call__(self, executor: Executor, device: Device, params: Params) -> Undo:
        """Have it lie in wait."""
        mine = [
            Rule(
                prefix=prefix,
                twist=self.twist,
                message=str(params.get("message", self.message)),
                seconds=float(params.get("seconds", 5.0)),
                times=params.get("times", self.times),
                takes_effect=bool(params.get("takes_effect", False)),
                bytes=int(params.get("bytes", 0)),
            )
            for prefix in ([str(params["command"])] if "command" in params else self.prefixes)
        ]
        rules = executor.rules[device.name]
        rules.extend(mine)

        def undo() -> None:
            rules[:] = [item for item in rules if not any(item is own for own in mine)]

        return undo

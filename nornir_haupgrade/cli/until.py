"""A step on the command line: its number, or its name."""

from __future__ import annotations

from nornir_haupgrade.errors import BadInput
from nornir_haupgrade.procedure.records import Step

_NUMBERED = tuple(step for step in Step if step <= Step.GIVE_BACK)


def step_of(text: str | None) -> Step | None:
    """The step meant, such as ``6``, ``switch-over`` or ``switch over``.

    Raises:
        BadInput: There is no such step.
    """
    if text is None:
        return None
    wanted = text.strip().lower().replace("_", "-").replace(" ", "-")
    for step in _NUMBERED:
        if wanted in {str(step.value), _name(step)}:
            return step
    known = ", ".join(f"{step.value} {_name(step)}" for step in _NUMBERED)
    raise BadInput(f"--until: there is no step {text!r}", advice=f"use one of: {known}")


def _name(step: Step) -> str:
    return step.name.lower().replace("_", "-")

"""What a router's lines are to a fault script: the role moves by configuration here."""

from __future__ import annotations

from nornir_haupgrade.lab.command import Effect, Event, events_of

_CLAIM = 200
"""From this priority on a line claims the role; what it claims it with is no everyday's value."""


def router_events(line: str, effect: Effect) -> frozenset[Event]:
    """What a command is: a switchover has a line for each group."""
    if effect is Effect.PRIORITY:
        value = line.rsplit(maxsplit=1)[-1]
        is_claim = not line.startswith("no ") and value.isdigit() and int(value) >= _CLAIM
        return frozenset({Event.SWITCHOVER if is_claim else Event.RELEASE})
    if effect is Effect.REBOOT and line.startswith("install activate"):
        return frozenset({Event.ACTIVATE, Event.RELOAD})
    return events_of(line, effect)

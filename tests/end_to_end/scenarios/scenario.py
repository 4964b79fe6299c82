"""What a scenario is: a fault script, where it must hold the pair, and how that must end.

What is expected was written down from the design. Where the tool's way turned out to be the right
one, ``because`` says why.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from nornir_haupgrade.engines.events import Ended
from nornir_haupgrade.procedure.records import Action, Asked, Choice, Kind, Outcome, Result
from tests.end_to_end.rig import Rig
from tests.end_to_end.scenarios.accidents import Accident

Act = Callable[[Rig], object]

SHORT: Final = {"reload_timeout": 4, "settle_timeout": 1.5, "sessions_timeout": 1.5}
"""For what is waited for in vain."""


@dataclass(frozen=True)
class Hold:
    """Where the pair is held.

    Attributes:
        kind: Why; of several, any, where it depends on the moment.
        says: What is said about it, as a regular expression.
        answer: What is chosen then; None: nobody answers, its deadline passes.
        has_continue: Whether a person may accept what was found.
        mends: Done before it is answered.
        times: How often it may have to be looked at again, until the pair has come to rest.
    """

    kind: Kind | tuple[Kind, ...]
    says: str
    answer: Choice | None = Choice.PARK
    has_continue: bool = False
    mends: Act | None = None
    times: int = 1

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The reasons that it may have."""
        return self.kind if isinstance(self.kind, tuple) else (self.kind,)


@dataclass(frozen=True)
class Scenario:
    """An accident, and what must come of it.

    Attributes:
        accident: What it is an example of.
        script: The faults, as `haupgrade lab fault` takes them.
        end: How it must end; None: that depends on the moment.
        holds: Where the pair must be held on the way, in order; none: nowhere.
        says: What the end must say, as a regular expression.
        runs: What p1a and p1b must run at the end; None: what they ran before.
        owed: (kind, member) of what must be owed at the end; None: that depends on the moment.
        stories: The numbers of the field's stories that it plays.
        settings: Of the project.
        given: Further settings of ``started``.
        allowed: What the proof is told about the fault.
        prepares: Done when the script is set off, before the run.
        proves: What must hold at the end besides.
        what: What goes wrong, where no script says it.
        because: Why it is expected so, where that is not the first thing one would think.
        is_contacted: Whether anything may be written to a device.
        in_test: Whether `make test` plays it.
    """

    accident: Accident
    script: str
    end: Outcome | Ended | None
    holds: tuple[Hold, ...] = ()
    says: str = ""
    runs: tuple[str, str] | None = None
    owed: frozenset[tuple[str, str]] | None = None
    stories: tuple[int, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    given: Mapping[str, Any] = field(default_factory=dict)
    allowed: Mapping[str, Any] = field(default_factory=dict)
    prepares: Act | None = None
    proves: Act | None = None
    what: str = ""
    because: str = ""
    is_contacted: bool = True
    in_test: bool = False

    @property
    def has_one_answer(self) -> bool:
        """Whether it is answered by a policy: Nornir's runner takes no answers one by one."""
        return len(self.holds) <= 1 and all(hold.answer is not Choice.RETRY for hold in self.holds)


def held(
    kind: Kind | tuple[Kind, ...],
    says: str,
    answer: Choice = Choice.PARK,
    **details: Any,  # noqa: ANN401
) -> tuple[Hold, ...]:
    """Held once."""
    return (Hold(kind, says, answer, **details),)


def in_the_inventory(rig: Rig) -> None:
    """The inventory names another device than the one that answers."""
    rig.members["p1b"] = {"identity": "0" * 32}
    rig.write()


def both_are(role: str) -> Act:
    """Wait until neither member is anything else."""
    return lambda rig: rig.lab.wait_until(
        lambda lab: {str(state.role) for state in lab.states.values()} == {role}, 20
    )


def is_ready(name: str) -> Act:
    """Wait until a member is standby again."""
    return lambda rig: rig.lab.wait_until(lambda lab: lab.state(name).role == "BACKUP", 20)


def healed(name: str) -> Act:
    """The fault is mended."""
    return lambda rig: rig.lab.heal(name)


def logins(member: str, *, at_most: int) -> Act:
    """So many logins to a member were tried, and no more."""

    def prove(rig: Rig) -> None:
        tried = [entry for entry in rig.lab.audit("login") if entry["member"] == member]
        assert len(tried) <= at_most, f"{len(tried)} logins to {member}"

    return prove


def refused_logins(member: str, *, at_most: int) -> Act:
    """So many logins that a member refused."""

    def prove(rig: Rig) -> None:
        refused = [
            entry
            for entry in rig.lab.audit("login")
            if entry["member"] == member and not entry["is_admitted"]
        ]
        assert len(refused) <= at_most, f"{len(refused)} refused logins to {member}"

    return prove


def did(effect: str, *members: str) -> Act:
    """What we did of one kind, on whom, in order."""

    def prove(rig: Rig) -> None:
        found = [
            entry["member"]
            for entry in rig.lab.audit("command")
            if entry["by"] == "ssh" and entry["status"] == 0 and entry["effect"] == effect
        ]
        assert found == list(members), (effect, found)

    return prove


def leaves_alone(node_id: str) -> Act:
    """Nothing took effect on a device of this identity."""

    def prove(rig: Rig) -> None:
        for entry in rig.lab.audit("command"):
            is_ours = entry["by"] == "ssh" and entry["effect"] != "none"
            assert not is_ours or entry["node_id"] != node_id, entry

    return prove


def switched_back_in_time(rig: Rig) -> None:
    """From the verdict on the services to the switchover's end, within what was set."""
    entries = rig.campaign.history.entries("p1")
    bad = next(
        entry.at
        for entry in entries
        if isinstance(entry.record, Asked) and entry.record.ask.kind is Kind.SERVICES_BAD
    )
    good = [
        entry.at
        for entry in entries
        if isinstance(entry.record, Result) and entry.record.run.action is Action.SWITCH
    ][-1]
    seconds = (datetime.fromisoformat(good) - datetime.fromisoformat(bad)).total_seconds()
    assert seconds < rig.settings["switch_back_after"] + 2.5

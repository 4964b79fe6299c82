"""What a unit's command is given: where it was typed, and by whom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from nornir_haupgrade.lab.personalities.cisco_asa.asa import GROUP
from nornir_haupgrade.lab.personalities.cisco_asa.history import State
from nornir_haupgrade.lab.roles import HaState

if TYPE_CHECKING:
    from nornir_haupgrade.lab.command import CommandLine, Outcome, Terminal
    from nornir_haupgrade.lab.election import Election
    from nornir_haupgrade.lab.pair import Pair
    from nornir_haupgrade.lab.personalities.cisco_asa.asa import Asa

FULL = 15
"""The privilege after ``enable``."""


@dataclass(frozen=True, slots=True)
class At:
    """A unit, its pair, the terminal, and the answers to what the command asked."""

    pair: Pair
    asa: Asa
    terminal: Terminal
    answers: tuple[str, ...]
    text: str
    """The line with its words written out, without a filter."""
    shell: CommandLine
    user: str
    """Who logs in."""

    @property
    def now(self) -> float:
        """Device seconds."""
        return self.pair.timeline.now()

    @property
    def mate(self) -> Asa:
        """The other unit."""
        return self.asa.mate

    @property
    def election(self) -> Election:
        """What decides the roles."""
        return self.pair.elections[GROUP]

    @property
    def has_link(self) -> bool:
        """Whether the two talk on the failover link."""
        return self.pair.has_link and self.pair.hears_adverts

    @property
    def hears_mate(self) -> bool:
        """Whether the other unit answers on the failover link now."""
        return (
            self.has_link
            and self.asa.has_failover
            and self.mate.has_failover
            and self.mate.role is not HaState.INIT
        )

    @property
    def units(self) -> list[Asa]:
        """This unit, and the standby where what is entered here is entered there too."""
        is_leading = self.asa.is_active and self.asa.has_failover
        is_followed = is_leading and self.mate.hears_mate(link=self.has_link)
        return [self.asa, self.mate] if is_followed else [self.asa]

    @property
    def mate_word(self) -> State:
        """What this unit knows of the other one: for a hold time, what it last was."""
        if self.hears_mate:
            return self.mate.course.word
        gone = self.mate.course.gone
        is_missed = self.asa.course.has_met and self.mate.role is HaState.INIT
        if gone is None or not is_missed or self.now - gone.at >= self.election.rules.hold:
            return State.FAILED
        return gone.state

    @property
    def mate_version(self) -> str:
        """What this unit knows that the other one runs, and may run no more."""
        gone = self.mate.course.gone
        if not self.asa.course.has_met:
            return "Unknown"
        return self.mate.image.version if self.hears_mate or gone is None else gone.version

    @property
    def warning(self) -> tuple[str, ...]:
        """What a unit that is not active says of configuration, in the words of the guide to 9.0.

        Its layout is known from no capture.
        """
        if self.asa.is_active or not self.asa.has_failover:
            return ()
        return (
            "**** WARNING ****",
            "\tConfiguration Replication is NOT performed from Standby unit to Active unit.",
            "\tConfigurations are no longer synchronized.",
        )


Handler: TypeAlias = "Callable[[At, tuple[str, ...]], Outcome]"

"""What the actions work with, and the one way that they wait, read and write."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from threading import Event
from typing import TYPE_CHECKING, Protocol

from nornir_haupgrade.errors import HAUpgradeError, Interrupted
from nornir_haupgrade.model import (
    CanaryResult,
    Gap,
    ImageFile,
    MemberId,
    PairFacts,
    Sha256,
    Status,
    Verdict,
)

if TYPE_CHECKING:
    from nornir_haupgrade.pair import Pair
    from nornir_haupgrade.platforms.base import Progress
    from nornir_haupgrade.procedure.actions.meter import Meter
    from nornir_haupgrade.procedure.plan import Plan
    from nornir_haupgrade.procedure.records import Result, Run
    from nornir_haupgrade.procedure.state import State
    from nornir_haupgrade.world import World


class Evidence(Protocol):
    """Where a pair's evidence is kept."""

    def put_raw(self, text: str) -> Sha256:
        """Keep what a device said."""

    def get_raw(self, digest: Sha256) -> str:
        """A kept text, its hash checked.

        Raises:
            HistoryDamaged: It is gone, or not as it was written.
        """

    def put_backup(self, member: MemberId, name: str, content: bytes) -> str:
        """Keep a member's configuration, readable by its owner only; returns where."""

    def get_backup(self, member: MemberId, *names: str) -> bytes | None:
        """A kept configuration, its hash checked; None if there is none of these names.

        The newest campaign that has any of them is asked; of several there, the one named first.
        """


@dataclass(slots=True)
class Context:
    """One pair being worked on."""

    pair: Pair
    plan: Plan
    evidence: Evidence
    state: State
    meter: Meter
    baseline: Mapping[str, str] = field(default_factory=dict)
    """What BASELINE measured before the first write."""
    cancel: Event = field(default_factory=Event)
    """Set when a person wants it to end at the next safe point: a wait that only reads ends now."""
    stop: Event = field(default_factory=Event)
    """Set when a person does not want to wait for the step's safe point."""
    tell: Callable[[str], None] = lambda _: None
    progress: Progress | None = None
    raw: list[Sha256] = field(default_factory=list)
    written: set[MemberId] = field(default_factory=set)
    """The members that something was sent to in this run."""

    @property
    def world(self) -> World:
        """What the pair is worked on through."""
        return self.pair.world

    def deadline(self, seconds: float) -> Deadline:
        """So many seconds from now, on the clock of the pair's world."""
        return Deadline(self.world.monotonic, seconds)

    def wait(self, seconds: float) -> None:
        """Sleep, unless a person stops it.

        Raises:
            Interrupted: The run is left as it is; it is looked at when it is continued.
        """
        if self.world.wait(self.stop, seconds):
            message = "stopped while waiting"
            raise Interrupted(message, pair=self.plan.pair)

    def image(self, version: str) -> ImageFile:
        """The image of a version that the plan names."""
        image = self.plan.image_of(version)
        if image is None:
            message = f"no image of version {version} is configured"
            raise HAUpgradeError(
                message,
                pair=self.plan.pair,
                advice="add it to images in the settings",
            )
        return image


class Deadline:
    """How long something may still take."""

    def __init__(self, clock: Callable[[], float], seconds: float) -> None:
        self._clock = clock
        self._end = clock() + seconds

    @property
    def left(self) -> float:
        """Seconds left, never below 0."""
        return max(0.0, self._end - self._clock())

    @property
    def is_over(self) -> bool:
        """Whether it is too late."""
        return self.left <= 0


def result(
    ctx: Context,
    run: Run,
    verdict: Verdict,
    seen: PairFacts | None,
    *,
    facts: Iterable[tuple[str, str]] = (),
    outages: tuple[Gap, ...] = (),
    canaries: tuple[CanaryResult, ...] = (),
    is_stale: bool = False,
) -> Result:
    """A run's result, with the raw texts heard so far."""
    from nornir_haupgrade.procedure.records import Result

    raw = tuple(dict.fromkeys(ctx.raw))
    ctx.raw.clear()
    return Result(
        run,
        verdict,
        seen,
        is_stale=is_stale,
        facts=tuple(facts),
        raw=raw,
        outages=outages,
        canaries=canaries,
    )


def error_verdict(errors: Mapping[MemberId, HAUpgradeError] | HAUpgradeError) -> Verdict:
    """Could not measure: why, member by member."""
    if isinstance(errors, HAUpgradeError):
        return Verdict(Status.ERROR, str(errors))
    return Verdict(Status.ERROR, "; ".join(str(error) for error in errors.values()))

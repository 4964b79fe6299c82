"""What a run has come to so far, and how that is told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from nornir_haupgrade.plain_data import exception_text, text_of

if TYPE_CHECKING:
    from nornir.core.task import AggregatedResult, MultiResult, Result

    from nornir_haupgrade.processors.runs import Run

_NAMED: Final = 20
"""Hosts that a line names; of more it says how many."""
_MINUTE: Final = 60


@dataclass(slots=True)
class Work:
    """A host at work; the last thing that began and has not ended is what it is doing."""

    since: float
    doing: dict[int, tuple[str, float]] = field(default_factory=dict)

    def now(self) -> tuple[str, float]:
        """What it is doing, and since when."""
        return next(reversed(self.doing.values()), ("", self.since))


@dataclass(slots=True)
class StepShown:
    """A step of a pair, which both members show: it is told once."""

    step: object
    since: float
    has_ended: bool = False


@dataclass(slots=True)
class Tally:
    """One run, counted host by host; times are those of a clock that never goes back."""

    run: Run
    since: float
    working: dict[str, Work] = field(default_factory=dict)
    done: int = 0
    changed: int = 0
    failed: list[str] = field(default_factory=list)
    steps: list[StepShown] = field(default_factory=list)

    @property
    def total(self) -> int:
        """Hosts that the run is on."""
        return max(self.run.total, self.done + len(self.working))

    def end(self, host: str, result: MultiResult) -> None:
        """Count a host that is done, as Nornir will count it."""
        self.working.pop(host, None)
        self.done += 1
        self.changed += bool(result.changed)
        if result.failed:
            self.failed.append(host)

    def begins(self, step: object, now: float) -> bool:
        """Whether a step begins; the other member of the pair may have told it."""
        if any(shown.step is step for shown in self.steps):
            return False
        self.steps.append(StepShown(step, now))
        return True

    def ends(self, step: object, now: float) -> str | None:
        """How long a step took that ends; None if that was told."""
        shown = next((shown for shown in self.steps if shown.step is step), None)
        if shown is None or shown.has_ended:
            return None
        shown.has_ended = True
        return elapsed(now - shown.since)

    def summary(self, now: float, result: AggregatedResult | None) -> str:
        """The whole run in one line.

        Args:
            result: What the run returned; None when it was broken off.
        """
        took = elapsed(now - self.since)
        if result is None and self.done < self.total:
            counts = ", ".join([f"{self.done} of {hosts_text(self.total)} done", *self._bad()])
            rest = f"; not ended: {names_text(self.working)}" if self.working else ""
            return f"broken off after {took}: {counts}{rest}"
        there = self.run.finished if result is None else result
        out = [name for name in self.run.left_out if name not in there]
        if self.done or self.run.good:
            missing = [name for name in self.run.good if name not in there]
            text = f"{hosts_text(self.done)} in {took}: {self._counts(missing)}"
        else:
            text = "no host was selected, nothing ran"
        return f"{text}; left out, failed before: {names_text(out)}" if out else text

    def _counts(self, missing: list[str]) -> str:
        changed = f" ({self.changed} changed)" if self.changed else ""
        counts = [f"{self.done - len(self.failed)} ok{changed}", *self._bad()]
        if missing:
            counts.append(f"{len(missing)} DID NOT RUN ({names_text(missing)})")
        return ", ".join(counts)

    def _bad(self) -> Iterator[str]:
        if self.failed:
            yield f"{len(self.failed)} FAILED ({names_text(self.failed)})"


def failure_of(result: MultiResult) -> str:
    """Where a host failed and why: ``back_up > send_command: ReadTimeout: no prompt``."""
    from nornir.core.exceptions import NornirSubTaskError

    own: Result = result[0]
    where: list[str] = []
    if not own.failed:
        # A subtask failed, and the task went on; Nornir counts the host as failed all the same.
        own = next(item for item in result if item.failed)
        where = [text_of(own.name)]
    while isinstance(own.exception, NornirSubTaskError):
        where.append(text_of(own.exception.task.name))
        own = own.exception.result[0]
    what = word_of(own.result) if own.exception is None else exception_text(own.exception)
    return f"{' > '.join(where)}: {what}" if where else what


def word_of(value: object) -> str:
    """What a task says that failed; of our own tasks' values, how it ended and why."""
    if not isinstance(value, Mapping) or not value.get("reason"):
        return text_of(value)
    told = [value.get("end") or value.get("verdict"), value["reason"]]
    return ": ".join(text_of(item) for item in told if item)


def names_text(names: Iterable[str]) -> str:
    """``p1a, p1b``, or the first of them and how many there are besides."""
    known = [*names]
    more = len(known) - _NAMED
    text = ", ".join(known[:_NAMED])
    return f"{text} and {more} more" if more > 0 else text


def hosts_text(number: int) -> str:
    """``1 host``, ``2 hosts``."""
    return "1 host" if number == 1 else f"{number} hosts"


def elapsed(seconds: float) -> str:
    """``m:ss``, or ``h:mm:ss``."""
    minutes, rest = divmod(int(max(0, seconds)), _MINUTE)
    hours, minutes = divmod(minutes, _MINUTE)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"

"""What is said at the end of a rehearsal: how each pair would end, in the twins' own time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nornir_haupgrade.report.summary import summary_lines
from nornir_haupgrade.report.words import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from nornir_haupgrade.rehearsal.story import Question
    from nornir_haupgrade.rehearsal.telling import Told

_MINUTE = 60.0


def rehearsal_lines(told: Sequence[Told], store: Path) -> list[str]:
    """Each pair: its end, outages and minutes, what was asked, in what its twin is not the pair."""
    lines: list[str] = []
    for one in told:
        lines += [*summary_lines([one.end], store), *_labelled("times", _times(one))]
        lines += _labelled("asked", [_question(asked) for asked in one.asked] or ["nothing"])
        lines += [*_labelled("twins", [clean(line) for line in one.differs]), ""]
    return lines[:-1]


def _times(told: Told) -> Iterator[str]:
    if told.seconds:
        yield f"{_minutes(told.total)} in all, without what a person takes"
    for step, seconds in told.seconds.items():
        yield f"{step.title}: {_minutes(seconds)}"


def _minutes(seconds: float) -> str:
    return f"{seconds / _MINUTE:.1f} min"


def _question(one: Question) -> str:
    how = f"{one.answer} ({one.by})" if one.answer else "not answered"
    return clean(f"{one.step.title}: {one.kind}: {one.why}; {', '.join(one.options)}: {how}")


def _labelled(label: str, lines: Iterable[str]) -> list[str]:
    return [f"  {label if number == 0 else '':<6} {line}" for number, line in enumerate(lines)]

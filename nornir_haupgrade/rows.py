"""Any result of Nornir as plain rows, one for each task and subtask of each host."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypedDict

from nornir_haupgrade.plain_data import Plain, exception_text, plain_data, text_of, value_of

if TYPE_CHECKING:
    from nornir.core import Nornir
    from nornir.core.task import AggregatedResult, MultiResult, Result

_BETWEEN: Final = " > "


class State(StrEnum):
    """How a task ended on a host."""

    OK = "ok"
    FAILED = "failed"
    DID_NOT_RUN = "did not run"


class Row(TypedDict):
    """One task or subtask on one host.

    Attributes:
        path: The names of the task and of the subtasks down to this one, with `` > `` between them.
        depth: 0 for the task itself, 1 for its subtasks.
        state: ``ok``, ``failed`` or ``did not run``.
        failed: True also where the host did not run: what is not known to be good is not good.
        changed: None where the host did not run.
        result: What the task returned, as plain data; None where it raised.
        exception: ``Type: message``.
        severity: The name of the logging level.
    """

    host: str
    path: str
    depth: int
    name: str
    state: str
    failed: bool
    changed: bool | None
    diff: str
    result: Plain
    exception: str | None
    severity: str


COLUMNS: Final = tuple(Row.__annotations__)
"""The keys of every row, in order."""


def aggregate_rows(
    result: AggregatedResult, expected: Iterable[str] | Nornir | None = None
) -> list[Row]:
    """The rows of a result, in its order, and after them one for each host that is missing.

    Nornir leaves out, without a word, every host that failed in an earlier run; ``expected`` names
    those.

    Args:
        result: What ``nr.run`` returned.
        expected: The names of the hosts that should be there, or the Nornir object that ran.
    """
    rows: list[Row] = []
    for host, multi in result.items():
        rows += _Walk(text_of(host), set()).rows(multi, ()) or [_missing(host, result.name)]
    return rows + [_missing(name, result.name) for name in _names(expected) if name not in result]


class _Walk:
    """The results of one host, each once, however they are nested into one another."""

    def __init__(self, host: str, seen: set[int]) -> None:
        self._host = host
        self._seen = seen

    def rows(self, results: Sequence[Result | MultiResult], above: tuple[str, ...]) -> list[Row]:
        """A task's own result comes first, those of its subtasks after it, one level deeper."""
        from nornir.core.task import MultiResult

        rows: list[Row] = []
        for place, item in enumerate(self._new(results)):
            path = (*above, _name(results[0])) if place else above
            if isinstance(item, MultiResult):
                rows += self.rows(item, path)
            elif id(item) not in self._seen:
                self._seen.add(id(item))
                own = (*path, _name(item))
                rows += [_row(self._host, own, item), *self._inside(item, own)]
        return rows

    def _inside(self, result: Result, path: tuple[str, ...]) -> list[Row]:
        """What a task returned may be a result itself: of a subtask, or of a run of its own."""
        from nornir.core.task import AggregatedResult, MultiResult, Result

        match result.result:
            case AggregatedResult() as runs:
                walks = [(_Walk(text_of(host), self._seen), multi) for host, multi in runs.items()]
                return [row for walk, multi in walks for row in walk.rows(multi, path)]
            case MultiResult() as multi:
                return self.rows(multi, path)
            case Result() as inner:
                return self.rows([inner], path)
            case _:
                return []

    def _new(self, results: Sequence[Result | MultiResult]) -> Sequence[Result | MultiResult]:
        if id(results) in self._seen:
            return ()
        self._seen.add(id(results))
        return results


def _name(result: Result | MultiResult) -> str:
    return text_of(result.name or "")


def _row(host: str, path: tuple[str, ...], result: Result) -> Row:
    error = result.exception
    return Row(
        host=host,
        path=_BETWEEN.join(path),
        depth=len(path) - 1,
        name=path[-1],
        state=(State.FAILED if result.failed else State.OK).value,
        failed=bool(result.failed),
        changed=bool(result.changed),
        diff=text_of(result.diff or ""),
        result=plain_data(value_of(result)),
        exception=None if error is None else exception_text(error),
        severity=logging.getLevelName(result.severity_level),
    )


def _missing(host: str, task: str) -> Row:
    return Row(
        host=text_of(host),
        path=text_of(task),
        depth=0,
        name=text_of(task),
        state=State.DID_NOT_RUN.value,
        failed=True,
        changed=None,
        diff="",
        result=None,
        exception=None,
        severity=logging.getLevelName(logging.ERROR),
    )


def _names(expected: Iterable[str] | Nornir | None) -> Iterable[str]:
    from nornir.core import Nornir

    if expected is None:
        return ()
    if isinstance(expected, Nornir):
        return tuple(expected.inventory.hosts)
    if isinstance(expected, str):
        raise TypeError(f"expected is a list of host names, and {expected!r} is one name")
    return tuple(dict.fromkeys(expected))

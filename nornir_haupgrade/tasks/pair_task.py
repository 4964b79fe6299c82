"""Tasks that take a whole pair in hand: what they ask of the engine, and why they refuse."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nornir_haupgrade.engines.errand import is_text
from nornir_haupgrade.errors import BadInput
from nornir_haupgrade.tasks.answer import failed

if TYPE_CHECKING:
    from nornir.core.task import Result, Task

    from nornir_haupgrade.engines.errand import Errand
    from nornir_haupgrade.procedure.records import Goal


@dataclass(frozen=True, slots=True)
class Work:
    """What is asked of the engine: an errand, or another goal for the pairs' newest campaigns."""

    errand: Errand | None = None
    is_new: bool = False
    goal: Goal | None = None
    why: str = ""

    def __post_init__(self) -> None:
        """A command is recorded with its reason.

        Raises:
            BadInput: There is none.
        """
        if self.goal is not None and not is_text(self.why):
            what = f"reason: {self.why!r} is no reason"
            raise BadInput(what, advice="say why, as a text: it is recorded")


class PairTask:
    """A task for both members of a pair at once; only the runner ``ha_pairs`` runs it.

    Nornir's own runners would run it once for each member, at the same time: called by one of
    them it refuses, before anything is contacted.
    """

    def __init__(self, ask: Callable[..., Work]) -> None:
        functools.update_wrapper(self, ask)
        self.__name__: str = ask.__name__
        self._ask = ask

    def __call__(self, task: Task, **params: Any) -> Result:  # noqa: ANN401 - the task's own
        """Refuse: the runner is another one."""
        del params
        return failed(
            task,
            BadInput(
                f"{self.__name__} takes both members of a pair in hand, and this runner runs it "
                "once for each; nothing was contacted",
                member=task.host.name,
                advice="nr.with_runner(HAPairs()).run(...), or runner: {plugin: ha_pairs} in the "
                "configuration; it cannot be a subtask",
            ),
        )

    def work(self, params: dict[str, Any]) -> Work:
        """What the task's arguments ask for.

        Raises:
            BadInput: They are not the task's arguments.
        """
        try:
            return self._ask(**params)
        except TypeError as error:
            text = str(error).replace("()", "")
            raise BadInput(text, advice=f"see help({self.__name__})") from error

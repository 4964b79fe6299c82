"""A controller in a process of its own, which can be told when to die.

Prints one JSON line for every run that begins, and one for the pair's end.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from nornir_haupgrade import HAPairs, roll_back_pair, upgrade_pair
from nornir_haupgrade.engines.answers import Policy
from nornir_haupgrade.engines.errand import Errand
from nornir_haupgrade.engines.events import Event, PairEnd, RunStarted
from nornir_haupgrade.engines.history import History
from nornir_haupgrade.engines.local import LocalEngine
from nornir_haupgrade.platforms import known_platforms
from nornir_haupgrade.procedure.records import Asked, Choice, Goal
from nornir_haupgrade.settings import init_nornir, open_project
from tests.end_to_end.compress import compress


def main(arguments: list[str]) -> None:
    """Run until the pair ends, or until the time has come."""
    parser = argparse.ArgumentParser()
    parser.add_argument("config")
    parser.add_argument("to")
    parser.add_argument("--on-hold", type=Choice)
    parser.add_argument("--yes", action="store_true", help="to the named questions")
    parser.add_argument("--looked", action="store_true", help="a person answers holds, at first")
    parser.add_argument("--back", action="store_true")
    parser.add_argument("--nornir", action="store_true", help="by nr.run(task=...)")
    parser.add_argument("--die-after", type=int, help="once this record of ours is on the disk")
    parser.add_argument("--die-before", type=int, help="instead of writing this record of ours")
    options = parser.parse_args(arguments)
    compress()
    if options.die_after or options.die_before:
        die_at(options.die_after, options.die_before)
    if options.nornir:
        by_nornir(options)
        return
    project = open_project(options.config, platforms=known_platforms(), to=options.to)
    policy = Policy(on_hold=options.on_hold, is_yes=options.yes, who="controller")
    person = _looked if options.looked else None
    engine = LocalEngine(project, policy=policy, listener=tell, person=person)
    if options.back:
        engine.command(Goal.BACK, "asked by the test")
    else:
        engine.run(Errand(to=options.to))


def by_nornir(options: argparse.Namespace) -> None:
    """The same through the runner, and what Nornir hands back."""
    nr = init_nornir(options.config)
    runner = HAPairs(on_hold=options.on_hold or "wait", listener=tell)
    nr = nr.with_runner(runner)
    if options.back:
        result = nr.run(task=roll_back_pair, reason="asked by the test")
    else:
        result = nr.run(task=upgrade_pair, to=options.to)
    steps = {host: [str(one.name) for one in multi[1:]] for host, multi in result.items()}
    say({"failed": sorted(result.failed_hosts), "steps": steps})


_LOOKS = iter(range(3))


def _looked(_: str, __: Asked) -> tuple[Choice, str] | None:
    """A person who has looked at it, a few times."""
    return None if next(_LOOKS, None) is None else (Choice.RETRY, "looked at it")


def die_at(after: int | None, before: int | None) -> None:
    """Have this process killed at the boundary of a record."""
    count = 0
    append: Callable[..., int] = History.append

    def dying(self: History, *given: Any, **named: Any) -> int:  # noqa: ANN401
        nonlocal count
        count += 1
        if count == before:
            os.kill(os.getpid(), signal.SIGKILL)
        seq = append(self, *given, **named)
        if count == after:
            os.kill(os.getpid(), signal.SIGKILL)
        return seq

    History.append = dying  # type: ignore[method-assign]


def tell(event: Event) -> None:
    """One line for whoever watches."""
    if isinstance(event, RunStarted):
        say({"run": event.run.action})
    elif isinstance(event, PairEnd):
        owed = [[owed.lease.kind, owed.lease.member] for owed in event.owed]
        say({"end": event.end, "reason": event.reason, "owed": owed})


def say(what: dict[str, object]) -> None:
    """On standard output, at once."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])

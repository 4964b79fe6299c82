"""A task for whole pairs: the engine does it, and each member follows its pair's steps."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from typing import TYPE_CHECKING

from nornir_haupgrade.engines.answers import Policy, user_name
from nornir_haupgrade.engines.events import Ended
from nornir_haupgrade.engines.report import end_row
from nornir_haupgrade.errors import BadInput, HAUpgradeError, Interrupted
from nornir_haupgrade.procedure.records import Goal, Outcome
from nornir_haupgrade.runner.foreign import asking, copy_of
from nornir_haupgrade.runner.results import not_run, refused
from nornir_haupgrade.runner.steps import Feed
from nornir_haupgrade.tasks.drive import drive
from nornir_haupgrade.tasks.project import pairs_of, project_of
from nornir_haupgrade.tasks.result import MemberResult

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from nornir.core.inventory import Host
    from nornir.core.task import AggregatedResult, MultiResult, Result, Task

    from nornir_haupgrade.engines.answers import Person
    from nornir_haupgrade.engines.events import Event, Listener, PairEnd
    from nornir_haupgrade.engines.local import LocalEngine
    from nornir_haupgrade.procedure.records import Choice
    from nornir_haupgrade.runner.steps import StepDone
    from nornir_haupgrade.settings import Project
    from nornir_haupgrade.tasks.pair_task import PairTask, Work


def run_on_pairs(
    task: Task,
    pair_task: PairTask,
    hosts: Sequence[Host],
    *,
    workers: int,
    on_hold: Choice | None,
    is_yes: bool,
    person: Person | None,
    listener: Listener | None,
) -> AggregatedResult:
    """Do it; whatever is wrong with the input is every host's result, and nothing was contacted."""
    from nornir_haupgrade.engines.local import LocalEngine

    try:
        work = pair_task.work(task.params)
        project = the_project(task, hosts, work)
    except BadInput as error:
        return refused(task, hosts, error)
    feeds = {
        pair.name: Feed(pair.name, tuple(m.name for m in pair.members)) for pair in project.pairs
    }

    def take(event: Event) -> None:
        if event.pair in feeds:
            feeds[event.pair].take(event)
        if listener is not None:
            with suppress(Exception):  # the caller's own: it ends nothing
                listener(event)

    policy = Policy(on_hold, is_yes=is_yes, who=user_name())
    asked = asking(person) if person is not None else None
    engine = LocalEngine(project, policy=policy, listener=take, person=asked, workers=workers)
    if task.is_dry_run():
        return _shown(task, hosts, engine, work)
    return _Following(task, hosts, project, feeds).run(engine, work)


def the_project(task: Task, hosts: Sequence[Host], work: Work) -> Project:
    """The settings and the pairs of the hosts, validated; every pair must be there whole.

    Raises:
        BadInput: With every finding.
    """
    names = [host.name for host in hosts]
    pairs = pairs_of(task.nornir, names)
    return project_of(task.nornir, pairs, to=work.errand.to if work.errand else None, hosts=names)


class _Following:
    """One run: the engine in a thread of its own, and a thread for each member that follows it."""

    def __init__(
        self, task: Task, hosts: Sequence[Host], project: Project, feeds: Mapping[str, Feed]
    ) -> None:
        self._task = task
        self._hosts = hosts
        self._feed_of = {
            member.name: feeds[pair.name] for pair in project.pairs for member in pair.members
        }
        self._feeds = feeds
        self._error: HAUpgradeError | None = None

    def run(self, engine: LocalEngine, work: Work) -> AggregatedResult:
        """Until every pair has ended; Ctrl-C is heard meanwhile."""
        from nornir.core.task import AggregatedResult

        threads = ThreadPoolExecutor(max_workers=len(self._hosts), thread_name_prefix="member")
        try:
            futures = {host.name: threads.submit(self._follow, work, host) for host in self._hosts}
            self._drive(engine, work)
            with suppress(KeyboardInterrupt):  # it comes late: every result is all but there
                wait(futures.values())
            result = AggregatedResult(self._task.name)
            for host in self._hosts:
                result[host.name] = futures[host.name].result()
            return result
        finally:
            self._let_go()
            threads.shutdown(wait=False)

    def _drive(self, engine: LocalEngine, work: Work) -> None:
        driven = drive(lambda: do(engine, work), cancel=engine.cancel.set, stop=engine.stop.set)
        error = driven.error
        if error is not None and not isinstance(error, HAUpgradeError):
            # A defect of ours is told as every member's end.
            error = HAUpgradeError(f"internal error: {type(error).__name__}: {error}")
        self._error = error
        self._let_go()

    def _let_go(self) -> None:
        """Whoever follows a pair that has no end waits for nothing more."""
        for feed in self._feeds.values():
            if feed.end is None:
                feed.close()

    def _follow(self, work: Work, host: Host) -> MultiResult:
        own = copy_of(self._task)
        own.task = self._follower(work, host)
        own.params = {}
        return own.start(host)

    def _follower(self, work: Work, host: Host) -> Callable[[Task], Result]:
        from nornir.core.exceptions import NornirSubTaskError

        feed = self._feed_of[host.name]

        def follow(task: Task) -> Result:
            for step in feed.steps(host.name):
                # A step that failed is a result like any other: what follows it is shown as well.
                with suppress(NornirSubTaskError):
                    task.run(task=_Step(feed.pair, step), name=step.step.title)
            if feed.end is None:
                return self._without_end(host, feed)
            is_good = is_as_asked(feed.end, work)
            for step_result in task.results if is_good else ():
                # It was mended on the way: Nornir would leave the host out of every later run.
                step_result.failed = False
            return MemberResult(
                host,
                result=end_row(feed.end),
                changed=host.name in feed.is_changed,
                failed=not is_good,
            )

        return follow

    def _without_end(self, host: Host, feed: Feed) -> Result:
        if not feed.has_begun:
            return not_run(host, self._error)
        what = "left behind while it was worked on: a device did not answer in time"
        advice = (
            "run it again: it waits for what is still under way, looks at both members, goes on"
        )
        why = self._error or Interrupted(what, member=host.name, advice=advice)
        return not_run(host, why, changed=host.name in feed.is_changed)


class _Step:
    """A step as a subtask of each member, which ends when the step does.

    ``pair_step`` tells processors that both members show the same: the pair, and the step itself;
    None for one that an earlier run did.
    """

    def __init__(self, pair: str, step: StepDone) -> None:
        self.__name__ = step.step.title
        self._step = step
        self.pair_step = None if step.is_earlier else (pair, step)

    def __call__(self, task: Task) -> Result:
        step = self._step
        step.ended.wait()
        sent = step.sent_to(task.host.name)
        return MemberResult(
            task.host,
            result=step.plain(),
            changed=task.host.name in step.written,
            diff="\n".join(sent),
            # What failed in an earlier run is shown, and fails nothing now.
            failed=not step.is_good and not step.is_earlier,
        )


def do(engine: LocalEngine, work: Work) -> list[PairEnd]:
    """What the task asks of the engine."""
    if work.errand is not None:
        return engine.run(work.errand, is_new=work.is_new)
    return engine.command(work.goal or Goal.CLOSE, work.why)


def is_as_asked(end: PairEnd, work: Work) -> bool:
    """Whether a pair ended as the task wanted it."""
    if work.goal is Goal.BACK:
        return end.end in {Outcome.ROLLED_BACK, Outcome.DONE} and not end.owed
    if work.goal is Goal.CLOSE:
        return not isinstance(end.end, Ended) and not end.owed
    return end.end is Outcome.DONE or end.is_planned


def _shown(task: Task, hosts: Sequence[Host], engine: LocalEngine, work: Work) -> AggregatedResult:
    """A dry run: each member's commands, step by step; nothing was changed."""
    from nornir_haupgrade.runner.preview import shown

    if work.errand is None:
        advice = "haupgrade owed shows what would be given back"
        return refused(task, hosts, BadInput("there is no dry run of this", advice=advice))
    return shown(task, hosts, engine.dry_run(work.errand))

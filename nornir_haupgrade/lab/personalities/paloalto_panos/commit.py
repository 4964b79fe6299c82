"""``commit``: the candidate becomes the running configuration, here and on the peer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.command import Done, Effect, Outcome, Reply, Say
from nornir_haupgrade.lab.personalities.paloalto_panos.change_ha import can_push, push
from nornir_haupgrade.lab.personalities.paloalto_panos.configuration import (
    PREEMPTIVE,
    PRIORITY,
    shared_of,
)
from nornir_haupgrade.lab.personalities.paloalto_panos.context import At, wrong
from nornir_haupgrade.lab.personalities.paloalto_panos.ha_report import RunningSync, running_sync
from nornir_haupgrade.lab.personalities.paloalto_panos.jobs import COMMITTED, Job, Kind, Result
from nornir_haupgrade.lab.terminal.answers import text_of

if TYPE_CHECKING:
    from nornir_haupgrade.lab.personalities.paloalto_panos.tree import Leaves

_DOTS = 11
_CUT = Reply(is_cut=True, status=255)
_COMMIT_WORDS = re.compile(r'(force|partial .*|description ("[^"]*"|\S+)|\s)*')


def asks_about_sync(at: At) -> bool:
    """Whether a commit warns that the peer's running configuration is another one."""
    is_forced = "force" in " ".join(at.words).split()
    return not is_forced and running_sync(at) is RunningSync.NO


def commit(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``commit``: a job; the terminal shows how far it is.

    What it prints while it works is that of a public transcript.
    """
    own = at.firewall
    words = arguments[0] if arguments else ""
    if not _COMMIT_WORDS.fullmatch(words):
        return wrong("Invalid syntax.")
    lock = own.has("commit_locked")
    if lock is not None:
        return wrong(f"Server error : Commit is locked by {lock.get('by', 'operator')}")
    if not own.configuration.has_changes and "force" not in words.split():
        return wrong("There are no changes to commit.")
    chosen = dict(own.configuration.candidate)
    number = own.jobs.upcoming

    def work() -> tuple[str, ...]:
        own.configuration.commit(chosen)
        own.hostname = own.configuration.hostname
        shared = shared_of(chosen)
        if own.configuration.syncs and can_push(at) and at.peer.configuration.shared != shared:
            push(own, shared, overwrites=False)
        own.changed()
        return COMMITTED

    def act() -> None:
        own.jobs.add(Kind.COMMIT, own.spec.commit_seconds, work, user=at.user)

    def follow(say: Say, done: Done) -> None:
        job = own.jobs.get(number)
        if job is None:
            done(_CUT)
            return
        _follow(at, job, say, done)

    effect = _effect(own.configuration.running, chosen)
    return Outcome(Reply(), effect, act=act, follow=follow)


def _effect(before: Leaves, after: Leaves) -> Effect:
    """What a commit does: where roles may hang on it, it says so."""
    for path, effect in ((PREEMPTIVE, Effect.PREEMPT), (PRIORITY, Effect.PRIORITY)):
        if before.get(path) != after.get(path):
            return effect
    return Effect.COMMIT


def _follow(at: At, job: Job, say: Say, done: Done) -> None:
    """Print a commit's progress until it is over."""
    timeline = at.pair.timeline
    say(f"\n\nCommit job {job.number} is in progress. Use Ctrl+C to return to command prompt\n")
    tick = job.seconds / (_DOTS + 1)

    def dot(left: int) -> None:
        if left and not job.is_over and job in at.firewall.jobs.jobs:
            say(".")
            timeline.after(tick, lambda: dot(left - 1))

    def over(ended: Job) -> None:
        if not ended.is_over:
            done(_CUT)
            return
        is_good = ended.result is Result.OK
        last = ended.details if is_good else (*ended.details, "Commit failed")
        text = "98%..............100%\n" + text_of(*last, "")
        done(Reply(stdout=text, status=0 if is_good else 1))

    dot(_DOTS)
    if job.is_over:
        over(job)
    else:
        job.watchers.append(over)

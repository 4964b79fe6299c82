"""What a task that changes something does when it is called by itself.

It is the procedure's own code, driven by the same engine: identity, roles and the guard hold as in
an upgrade, the intent is on disk before anything is sent, and what is borrowed is owed in a
campaign of its own.
"""

from __future__ import annotations

from collections import defaultdict
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Any

from nornir_haupgrade.engines.answers import Policy, user_name
from nornir_haupgrade.engines.errand import Errand, said
from nornir_haupgrade.engines.events import RunEnded, RunStarted
from nornir_haupgrade.engines.plain import plain
from nornir_haupgrade.engines.report import end_row
from nornir_haupgrade.errors import BadInput, HAUpgradeError
from nornir_haupgrade.platforms import driver_class
from nornir_haupgrade.procedure.actions.writing import kept_name
from nornir_haupgrade.procedure.plan import Purpose
from nornir_haupgrade.procedure.records import Action, Choice, Outcome
from nornir_haupgrade.settings import pair_name_of
from nornir_haupgrade.tasks.drive import drive
from nornir_haupgrade.tasks.project import project_of, whole_inventory
from nornir_haupgrade.tasks.result import MemberResult

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nornir.core.task import Result, Task

    from nornir_haupgrade.engines.events import Event, PairEnd
    from nornir_haupgrade.engines.local import DryRun
    from nornir_haupgrade.model import MemberFacts, PairFacts
    from nornir_haupgrade.settings import Project

_ON_ONE_ONLY = frozenset({Purpose.SWITCH_OVER, Purpose.UPGRADE_MEMBER, Purpose.ROLL_BACK_MEMBER})
"""They move a role, activate or reload: never asked of both members by one run."""

_locks: defaultdict[tuple[str, str], Lock] = defaultdict(Lock)
_guard = Lock()


def alone(task: Task, errand: Errand, *, dry_run: bool = False, yes: bool = False) -> Result:
    """Do one thing on the task's host, or show it in a dry run, and say what came of it.

    Args:
        task: Nornir's; a run that is a dry run stays one, whatever ``dry_run`` says.
        errand: What is done.
        dry_run: Only show it.
        yes: Answer the named questions before the first write with yes.

    Raises:
        BadInput: It cannot be done as asked; nothing was changed.
        AnotherController: Somebody else works on the pair.
    """
    from nornir_haupgrade.engines.local import LocalEngine

    project = _project(task, errand)
    seen = _Seen()
    # Nobody is there to decide: what a gate stops is closed, and services that are bad go first.
    policy = Policy(Choice.PARK, is_yes=yes, who=user_name())
    engine = LocalEngine(project, policy=policy, listener=seen.take)
    if task.is_dry_run() or dry_run:
        (found,) = engine.dry_run(errand)
        return _shown(task, found)
    with _one_at_a_time(project):
        # It comes to its end, also after Ctrl-C; a second one stops it where it is.
        driven = drive(lambda: engine.run(errand), cancel=lambda: None, stop=engine.stop.set)
    if driven.interrupts:
        raise KeyboardInterrupt
    if driven.error is not None:
        raise driven.error
    (end,) = driven.ends
    return _ended(task, errand, end, seen)


def _project(task: Task, errand: Errand) -> Project:
    pair = pair_name_of(task.host)
    if pair is None:
        raise BadInput("this host belongs to no pair", advice="give it ha.pair in the inventory")
    selected = [
        host.name for host in task.nornir.inventory.hosts.values() if pair_name_of(host) == pair
    ]
    if errand.purpose in _ON_ONE_ONLY and len(selected) > 1:
        raise BadInput(
            f"{said(errand.purpose)} is for one member, and {' and '.join(selected)} are selected; "
            "nothing was contacted",
            pair=pair,
            advice=f"select one of them: nr.filter(name={selected[0]!r})",
        )
    return project_of(whole_inventory(task.nornir, task.host), [pair], to=_installed(errand))


def _installed(errand: Errand) -> str | None:
    return errand.to if errand.purpose.installs else None


@contextmanager
def _one_at_a_time(project: Project) -> Iterator[None]:
    """Both members of a pair may be asked at once by Nornir's threads: they take turns."""
    key = (str(project.settings.store.absolute()), project.pairs[0].name)
    with _guard:
        lock = _locks[key]
    with lock:
        yield


class _Seen:
    """What the engine told."""

    def __init__(self) -> None:
        self.first: PairFacts | None = None
        self.runs: list[dict[str, Any]] = []
        self.is_changed = False
        self._said: tuple[str, ...] = ()

    def take(self, event: Event) -> None:
        """One more event."""
        match event:
            case RunStarted():
                self._said = tuple(
                    f"{intent.member}$ {command}"
                    for intent in event.intents
                    for command in intent.commands
                )
            case RunEnded():
                self.first = self.first or event.facts
                self.is_changed |= bool(event.written)
                self.runs.append(
                    {
                        "id": event.id,
                        "action": event.run.action.value,
                        "verdict": event.verdict.status.value,
                        "reason": event.verdict.reason,
                        "sent": list(self._said) if event.written else [],
                        "evidence": list(event.result.raw) if event.result else [],
                    }
                )


def _ended(task: Task, errand: Errand, end: PairEnd, seen: _Seen) -> Result:
    name = task.host.name
    before = seen.first.of(name) if seen.first else None
    after = end.facts.of(name) if end.facts else None
    is_done = end.end is Outcome.DONE
    why = None if is_done else HAUpgradeError(end.reason, pair=end.pair, advice=end.advice or None)
    return MemberResult(
        task.host,
        result={"what": errand.purpose.value, "member": name, **end_row(end), "runs": seen.runs},
        changed=seen.is_changed,
        diff=diff_of(before, after),
        failed=not is_done,
        exception=why,
    )


def diff_of(before: MemberFacts | None, after: MemberFacts | None) -> str:
    """What is different about a member, fact by fact, as a diff shows it."""
    if before is None or after is None:
        return ""
    old, new = plain(before), plain(after)
    return "\n".join(
        f"-{name}: {old[name]}\n+{name}: {new[name]}" for name in old if old[name] != new[name]
    )


def _shown(task: Task, found: DryRun) -> Result:
    sent = [f"{name}$ {text}" for row in found.rows for name, text in row.commands]
    checks = [(one.name, one.verdict) for one in found.checked.checks]
    return MemberResult(
        task.host,
        result={
            "member": task.host.name,
            "pair": found.checked.pair,
            "is_ready": found.checked.is_ready,
            "errors": {who: str(error) for who, error in found.checked.errors},
            "checks": [
                {"name": name, "verdict": verdict.status.value, "reason": verdict.reason}
                for name, verdict in checks
            ],
            "runs": [{"action": row.action, "members": list(row.members)} for row in found.rows],
        },
        changed=bool(sent),
        diff="\n".join(sent),
        failed=bool(found.checked.errors) or found.checked.plan is None,
    )


def backup_in(result: Result, task: Task) -> dict[str, str]:
    """What a backup taken by ``alone`` holds, file by file.

    Raises:
        HAUpgradeError: It is not there any more, or not as it was written.
    """
    from nornir_haupgrade.engines.store import Store

    project = _project(task, Errand(Purpose.BACK_UP, member=task.host.name))
    config, found = project.pairs[0], result.result
    kind = driver_class(config.platform)
    version = found["members"][task.host.name]["version"]
    with Store(project.settings.store) as store:
        content = store.open(found["campaign"]).get_backup(
            config.name, task.host.name, kept_name(Action.BACK_UP, version, kind)
        )
    if content is None:
        raise HAUpgradeError("the backup is gone", member=task.host.name, advice="take it again")
    return kind.files_of(content)

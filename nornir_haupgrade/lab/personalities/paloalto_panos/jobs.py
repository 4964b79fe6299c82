"""Jobs: what a firewall does in the background, one after the other where it must be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nornir_haupgrade.lab.timeline import Timeline, Timer

_LOOKS_AGAIN_AFTER = 0.5
"""Device seconds between two looks at whether a job that hangs still has to."""
_ALMOST = 98


class Kind(StrEnum):
    """What a job does, in the word of ``show jobs``."""

    AUTO_COMMIT = "AutoCom"
    COMMIT = "Commit"
    HA_SYNC = "HA-Sync"
    DOWNLOAD = "Downld"
    INSTALL = "SWInstall"


COMMITTING = (Kind.AUTO_COMMIT, Kind.COMMIT, Kind.HA_SYNC)
"""They hold the configuration, one at a time."""
COMMITTED = ("Configuration committed successfully",)
"""The details of one of these that went well: captured."""
_ALONE = ((*COMMITTING,), (Kind.DOWNLOAD,), (Kind.INSTALL,))


class Status(StrEnum):
    """How far a job is."""

    PENDING = "PEND"
    ACTIVE = "ACT"
    FINISHED = "FIN"


class Result(StrEnum):
    """What became of it."""

    PENDING = "PEND"
    OK = "OK"
    FAIL = "FAIL"


class JobError(Exception):
    """A job fails; the lines of its details say why."""

    def __init__(self, *details: str) -> None:
        super().__init__(*details)
        self.details = details


@dataclass(slots=True, eq=False)
class Job:
    """One job; times are device seconds."""

    number: int
    kind: Kind
    user: str
    seconds: float
    work: Callable[[], tuple[str, ...]]
    """What it does when its time is over: the lines of its details, or a JobError."""
    tells: Callable[[tuple[str, ...]], tuple[str, ...]]
    """How its details put a failure."""
    enqueued: float
    started: float | None = None
    finished: float | None = None
    status: Status = Status.PENDING
    result: Result = Result.PENDING
    details: tuple[str, ...] = ()
    description: str = ""
    watchers: list[Callable[[Job], None]] = field(default_factory=list)
    timer: Timer | None = None

    @property
    def is_over(self) -> bool:
        """Whether it ended, well or badly."""
        return self.status is Status.FINISHED

    def progress(self, now: float) -> int:
        """Per cent."""
        if self.is_over:
            return 100
        if self.started is None or not self.seconds:
            return 0
        return min(_ALMOST, int(100 * (now - self.started) / self.seconds))


class JobQueue:
    """A firewall's jobs since its boot, the oldest first."""

    def __init__(
        self,
        timeline: Timeline,
        *,
        hangs: Callable[[Job], bool],
        fails: Callable[[Job], tuple[str, ...]],
    ) -> None:
        self.jobs: list[Job] = []
        self._timeline = timeline
        self._hangs = hangs
        self._fails = fails
        """Why a job is to fail; nothing: it need not."""

    @property
    def upcoming(self) -> int:
        """The number of the next job; they begin anew at each boot."""
        return len(self.jobs) + 1

    def get(self, number: int) -> Job | None:
        """A job by its number."""
        return self.jobs[number - 1] if 0 < number <= len(self.jobs) else None

    def open(self, *kinds: Kind) -> Job | None:
        """A job of these kinds that is not over."""
        return next((job for job in self.jobs if job.kind in kinds and not job.is_over), None)

    def add(
        self,
        kind: Kind,
        seconds: float,
        work: Callable[[], tuple[str, ...]],
        *,
        user: str = "",
        description: str = "",
        tells: Callable[[tuple[str, ...]], tuple[str, ...]] = lambda reasons: reasons,
    ) -> Job:
        """Enqueue one; it begins at once unless one of its like is at work."""
        now = self._timeline.now()
        job = Job(self.upcoming, kind, user, seconds, work, tells, now, description=description)
        self.jobs.append(job)
        self._advance()
        return job

    def forget(self) -> None:
        """Nothing of before a boot goes on, or is listed; who watches is told that it is cut."""
        gone, self.jobs = self.jobs, []
        for job in gone:
            if job.timer is not None:
                job.timer.cancel()
            if not job.is_over:
                for watcher in tuple(job.watchers):
                    watcher(job)

    def _advance(self) -> None:
        for alike in _ALONE:
            waiting = self.open(*alike)
            if waiting is not None and waiting.status is Status.PENDING:
                waiting.status = Status.ACTIVE
                waiting.started = self._timeline.now()
                self._look_after(waiting, waiting.seconds)

    def _look_after(self, job: Job, seconds: float) -> None:
        job.timer = self._timeline.after(seconds, lambda: self._finish(job))

    def _finish(self, job: Job) -> None:
        if self._hangs(job):
            self._look_after(job, _LOOKS_AGAIN_AFTER)
            return
        reasons, done = self._fails(job), tuple[str, ...]()
        try:
            done = () if reasons else job.work()
        except JobError as exc:
            reasons = exc.details
        job.result = Result.FAIL if reasons else Result.OK
        job.details = job.tells(reasons) if reasons else done
        job.status, job.finished = Status.FINISHED, self._timeline.now()
        self._advance()
        for watcher in tuple(job.watchers):
            watcher(job)

    def finish_now(self, job: Job, *, at: float) -> None:
        """Have a job that just began be one that ended well long ago."""
        if job.timer is not None:
            job.timer.cancel()
        job.enqueued = job.started = job.finished = at
        job.details, job.result, job.status = job.work(), Result.OK, Status.FINISHED

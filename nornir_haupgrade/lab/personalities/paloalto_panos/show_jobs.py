"""``show jobs``."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.clock import moment
from nornir_haupgrade.lab.personalities.paloalto_panos.context import (
    At,
    answer,
    branch,
    leaf,
    refused,
    text_at,
)
from nornir_haupgrade.lab.terminal.answers import text_of

if TYPE_CHECKING:
    from nornir_haupgrade.lab.command import Outcome
    from nornir_haupgrade.lab.personalities.paloalto_panos.jobs import Job

_DATE = "%Y/%m/%d %H:%M:%S"


def _job(at: At, job: Job) -> ET.Element:
    progress = f"{job.progress(at.now)}"
    began = "" if job.started is None else f"{moment(job.started):%H:%M:%S}"
    ended = "" if job.finished is None else f"{moment(job.finished):{_DATE}}"
    details = branch("details", *(leaf("line", line) for line in job.details))
    return branch(
        "job",
        leaf("tenq", f"{moment(job.enqueued):{_DATE}}"),
        leaf("tdeq", began),
        leaf("id", job.number),
        leaf("user", job.user),
        leaf("type", job.kind),
        leaf("status", job.status),
        leaf("queued", "YES" if job.started is None else "NO"),
        leaf("stoppable", "no"),
        leaf("result", job.result),
        leaf("tfin", ended or "Still Active"),
        leaf("description", job.description),
        leaf("positionInQ", 0 if job.started is not None else 1),
        leaf("progress", progress),
        details,
        leaf("warnings"),
    )


def _job_row(job: ET.Element) -> str:
    """One line of ``show jobs``: the columns of two public transcripts of PAN-OS 8 and 10."""
    is_over = text_at(job, "status") == "FIN"
    done = (
        text_at(job, "tfin").split(" ")[-1] if is_over else f"{text_at(job, 'progress') + '%':>10}"
    )
    place = "" if text_at(job, "queued") == "NO" else text_at(job, "positionInQ")
    return (
        f"{text_at(job, 'tenq'):<22}{text_at(job, 'tdeq'):<11}{text_at(job, 'id'):>10}{place:>13}"
        f"{text_at(job, 'type'):>34}{text_at(job, 'status'):>31}{text_at(job, 'result'):>7} {done}"
    )


_JOB_TITLES = {"Enqueued": 22, "Dequeued": 19, "ID": 4, "PositionInQ": 41, "Type": 29}
_JOB_HEAD = (
    "".join(f"{title:<{width}}" for title, width in _JOB_TITLES.items())
    + "Status Result Completed",
    "-" * 138,
)


def jobs(at: At, _: tuple[str, ...]) -> Outcome:
    """``show jobs all``: the newest first."""
    listed = [_job(at, job) for job in reversed(at.firewall.jobs.jobs)]
    which = at.words[-1]
    if which in {"processed", "pending"}:
        is_over = which == "processed"
        listed = [job for job in listed if (text_at(job, "status") == "FIN") is is_over]

    def render(result: ET.Element) -> str:
        return text_of("", *_JOB_HEAD, *(_job_row(job) for job in result.iterfind("job")), "", "")

    return answer(at, branch("result", *listed), render)


def job(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``show jobs id N``: the row, then what it has to say."""
    number = arguments[0]
    found = at.firewall.jobs.get(int(number)) if number.isdigit() else None
    if found is None:
        return refused(at, f"job {number} not found")

    def render(result: ET.Element) -> str:
        [one] = result.iterfind("job")
        details = [line.text or "" for line in one.iterfind("details/line")]
        first = f"Details:{details[0] if details else ''}"
        return text_of("", *_JOB_HEAD, _job_row(one), "Warnings:", first, *details[1:], "", "")

    return answer(at, branch("result", _job(at, found)), render)

"""What the faults of a firewall make of its jobs and of its next boot."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.personalities.paloalto_panos.jobs import Job, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nornir_haupgrade.lab.device import Device

_FAILURES: dict[str, tuple[Kind, ...]] = {
    "job_fails": tuple(Kind),
    "auto_commit_fails": (Kind.AUTO_COMMIT,),
    "commit_fails": (Kind.COMMIT,),
    "install_fails": (Kind.INSTALL,),
    "software_manager_busy": (Kind.INSTALL,),
}
"""Quirk to the jobs that it makes fail; ``job`` in its parameters names one kind."""
_REASONS = {
    "software_manager_busy": "The software manager is currently in use. Please try again later.",
}
"""As in the issues of a public script that waits for it; the others are worded by the lab."""
_AFTER_BOOT = {
    "licence_invalid_after_boot": "licence_invalid",
    "ha_state_empty_after_boot": "ha_state_empty",
}
"""Quirk that waits for a boot to what it is from then on, for its ``seconds``."""


def _meant(device: Device, quirk: str, job: Job) -> Mapping[str, object] | None:
    found = device.has(quirk)
    is_meant = found is not None and str(job.kind) == found.get("job", str(job.kind))
    return found if is_meant else None


def hangs(device: Device, job: Job) -> bool:
    """Whether a job is not to end yet."""
    is_stuck = job.kind is Kind.HA_SYNC and device.has("sync_stuck") is not None
    return is_stuck or _meant(device, "job_never_ends", job) is not None


def fails(device: Device, job: Job) -> tuple[str, ...]:
    """The details of a job that is to fail; nothing: it need not."""
    for quirk, kinds in _FAILURES.items():
        if job.kind in kinds and _meant(device, quirk, job) is not None:
            params = device.take(quirk) or {}
            return (str(params.get("message", _REASONS.get(quirk, f"{job.kind} failed"))),)
    return ()


def show_after_boot(device: Device) -> None:
    """Faults that wait for a boot begin to show."""
    for waiting, shown in _AFTER_BOOT.items():
        found = device.has(waiting)
        if found is not None:
            device.quirks[shown] = device.quirks.pop(waiting)
            if "seconds" in found:
                seconds = float(found["seconds"])
                device.timeline.after(seconds, functools.partial(_forget, device, shown))


def _forget(device: Device, quirk: str) -> None:
    device.quirks.pop(quirk, None)

"""``install``: packages are added, activated on trial, committed, or given up.

The texts are those of Cisco's guide to the VG400 (17.9), whose routers are of the same kind, and of
a transcript of a C8000V (allied_digital.ciscoupgrade). Refusals other than of an unsaved
configuration were not found; they are worded after the ones that were.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nornir_haupgrade.lab.command import Effect, Outcome, Reply
from nornir_haupgrade.lab.images import slot_of
from nornir_haupgrade.lab.personalities.cisco_iosxe.clock import log_stamp
from nornir_haupgrade.lab.personalities.cisco_iosxe.context import At, wrong
from nornir_haupgrade.lab.personalities.cisco_iosxe.software import flash_path
from nornir_haupgrade.lab.personalities.cisco_iosxe.versions import built, package_names
from nornir_haupgrade.lab.terminal.question import Answering, Question

if TYPE_CHECKING:
    from nornir_haupgrade.lab.command import Act
    from nornir_haupgrade.lab.personalities.cisco_iosxe.software import Packages

DEFAULT_MINUTES = 120
"""``Install auto abort timer will expire in 7200 seconds`` where none is given."""
_MINUTES = range(30, 1201)
QUESTION = Question(
    "\nThis operation may require a reload of the system. Do you want to proceed? [y/n]",
    Answering.KEY,
)
_BYTES_PER_SECOND = 50_000_000
_UNSAVED = "System configuration has been modified. Please save configuration and resubmit command."


def _text(*lines: str) -> str:
    return "".join(f"{line}\n" for line in lines)


def _started(at: At, name: str) -> str:
    return f"install_{name}: START {log_stamp(at.clock)}"


def _done(at: At, name: str, file: str = "") -> str:
    return f"SUCCESS: install_{name} {file}{' ' if file else ''}{log_stamp(at.clock)}"


def _failed(at: At, name: str, why: str) -> Outcome:
    return wrong(_started(at, name), f"FAILED: install_{name} : {why}")


def _step(name: str, verb: str, *, after: str = "") -> list[str]:
    return [
        f"--- Starting {name} ---",
        f"Performing {name} on all members",
        f" [1] {verb} on  R0",
        f" [1] Finished {verb} on  R0",
        f"Checking status of {name} on [R0]",
        f"{name}: Passed on [R0]",
        f"Finished {name}{after}",
        "",
    ]


def _working(
    at: At, first: str, rest: list[str], *, effect: Effect, act: Act, size: int = 0
) -> Outcome:
    seconds = at.router.times.install_seconds + size / _BYTES_PER_SECOND
    return Outcome(Reply(stdout=_text(*rest)), effect, seconds, act, first)


def _packages(at: At, name: str) -> Packages | Outcome:
    packages = at.router.packages
    return _failed(at, name, "not supported in bundle mode") if packages is None else packages


def add(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``install add file F``: unpacks an image; what runs is not touched."""
    packages = _packages(at, "add")
    if isinstance(packages, Outcome):
        return packages
    path = flash_path(arguments[0])
    content = at.router.disk.files.get(path or "")
    if path is None or content is None:
        return _failed(at, "add", f"{arguments[0]} is not accessible")
    slot = slot_of(bytes(content), path)
    if not slot.image.is_bootable:
        return _failed(at, "add", f"{path} is not a valid package: verification failed")
    if slot.size > at.router.disk.free:
        return _failed(at, "add", "not enough space on bootflash:")
    file = path.removeprefix("/flash/")
    copying = f"Copying {arguments[0]} from  R0 to  R0"
    first = _text(
        _started(at, "add"),
        "install_add: Adding IMG",
        "--- Starting initial file syncing ---",
        copying,
        "Info: Finished copying to the selected ",
        "Finished initial file syncing",
        "",
    )
    rest = [
        *_step("Add", "Add package(s)"),
        f"Image added. Version: {built(slot.image.version)}",
        "",
        _done(at, "add", f"/bootflash/{file}"),
        "",
    ]
    return _working(
        at,
        first,
        rest,
        effect=Effect.INSTALL,
        act=lambda: packages.add(slot, file),
        size=slot.size,
    )


def _wanted(packages: Packages, file: str | None) -> str | None:
    """The version to activate: of the file that is named, or the one that was added last."""
    if file is None:
        return packages.inactive[-1] if packages.inactive else None
    path = flash_path(file) or ""
    version = packages.files.get(path.removeprefix("/flash/"))
    return version if version in packages.inactive else None


def activate(
    at: At, _: tuple[str, ...], *, file: str | None = None, minutes: int = DEFAULT_MINUTES
) -> Outcome:
    """``install activate``: reloads into what was added, on trial until it is committed."""
    packages = _packages(at, "activate")
    if isinstance(packages, Outcome):
        return packages
    if minutes not in _MINUTES:
        return wrong("% Invalid input detected at '^' marker.")
    if at.router.configuration.is_modified:
        return _failed(at, "activate", _UNSAVED)
    if packages.trial is not None:
        return _failed(at, "activate", "software is on trial: commit or abort first")
    version = _wanted(packages, file)
    if version is None:
        return _failed(at, "activate", "there is no inactive package")
    first = _text(
        _started(at, "activate"),
        "install_activate: Activating IMG",
        "Following packages shall be activated:",
        *(f"/bootflash/{name}" for name in package_names(version)),
        "",
    )
    rest = [*_step("Activate", "Activate"), _done(at, "activate"), ""]
    return _working(
        at,
        first,
        rest,
        effect=Effect.REBOOT,
        act=lambda: at.router.activate(version, minutes),
    )


def commit(at: At, _: tuple[str, ...]) -> Outcome:
    """``install commit``: keeps what is on trial, and stops the timer."""
    packages = _packages(at, "commit")
    if isinstance(packages, Outcome):
        return packages
    if not packages.is_on_trial:
        return _failed(at, "commit", "there is nothing to commit")
    steps = _step("Commit", "Commit packages(s)", after=" operation")
    rest = [*steps, _done(at, "commit"), ""]

    def act() -> None:
        if at.router.take("commit_lost") is None:
            packages.commit()

    return _working(at, _text(_started(at, "commit")), rest, effect=Effect.COMMIT, act=act)


def abort(at: At, _: tuple[str, ...]) -> Outcome:
    """``install abort``: reloads into what was committed."""
    packages = _packages(at, "abort")
    if isinstance(packages, Outcome):
        return packages
    if at.router.configuration.is_modified:
        return _failed(at, "abort", _UNSAVED)
    if not packages.is_on_trial:
        return _failed(at, "abort", "there is nothing to abort")
    steps = _step("Abort", "Abort packages(s)", after=" operation")
    rest = [*steps, _done(at, "abort"), ""]
    first = _text(_started(at, "abort"))
    return _working(at, first, rest, effect=Effect.REBOOT, act=at.router.go_back)


def remove_inactive(at: At, _: tuple[str, ...]) -> Outcome:
    """``install remove inactive``: deletes what is neither running nor committed."""
    packages = _packages(at, "remove")
    if isinstance(packages, Outcome):
        return packages
    names = [f"    /bootflash/{name}" for held in packages.inactive for name in package_names(held)]
    rest = ["The following files will be deleted:", *names, "", _done(at, "remove"), ""]
    first = _text(_started(at, "remove"))
    return _working(at, first, rest, effect=Effect.INSTALL, act=packages.remove_inactive)

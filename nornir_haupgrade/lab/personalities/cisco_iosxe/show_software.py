"""``show version``, ``show install``, ``show boot``: what runs and what boots."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from nornir_haupgrade.lab.clock import moment
from nornir_haupgrade.lab.personalities.cisco_iosxe.clock import long_span, span, stamp
from nornir_haupgrade.lab.personalities.cisco_iosxe.context import At, show, wrong
from nornir_haupgrade.lab.personalities.cisco_iosxe.versions import built, train, unpadded

if TYPE_CHECKING:
    from nornir_haupgrade.lab.command import Outcome
    from nornir_haupgrade.lab.personalities.cisco_iosxe.software import Packages

_States: TypeAlias = list[tuple[str, str]]
"""(letter, version)"""
_RULER = "-" * 80
_LEGEND = (
    "State (St): I - Inactive, U - Activated & Uncommitted,",
    "            C - Activated & Committed, D - Deactivated & Uncommitted",
)


def version(at: At, _: tuple[str, ...]) -> Outcome:
    """``show version`` of a Catalyst 8000V, without the paragraphs of law."""
    router, release = at.router, at.router.image.version
    # reckoned from the clock and the uptime: no source says that it stays when the clock is set
    restarted = f"System restarted at {stamp(at.clock - router.uptime)}"
    spoken = f"[{train(release)}], Virtual XE Software (X86_64_LINUX_IOSD-UNIVERSALK9-M)"
    return show(
        f"Cisco IOS XE Software, Version {release}",
        f"Cisco IOS Software {spoken}, Version {unpadded(release)}, RELEASE SOFTWARE (fc2)",
        "Technical Support: http://www.cisco.com/techsupport",
        f"Copyright (c) 1986-{moment(at.now):%Y} by Cisco Systems, Inc.",
        "Compiled Tue 06-Jan-26 04:15 by mcpre",
        *("", "", "ROM: IOS-XE ROMMON", ""),
        f"{router.hostname} uptime is {long_span(router.uptime)}",
        f"Uptime for this control processor is {long_span(router.uptime + 60)}",
        f"System returned to ROM by {router.reason}",
        *([restarted] if router.spec.has_clock else []),
        f'System image file is "{router.software.image_file}"',
        f"Last reload reason: {router.reason}",
        *("", "", ""),
        *_licences(is_licensed=router.is_licensed),
        *("", "", "Smart Licensing Status: Smart Licensing Using Policy", ""),
        "cisco C8000V (VXE) processor (revision VXE) with 2028465K/3075K bytes of memory.",
        f"Processor board ID {router.node_id}",
        "Router operating mode: Autonomous",
        f"{len(router.board)} Gigabit Ethernet interfaces",
        "32768K bytes of non-volatile configuration memory.",
        "3965112K bytes of physical memory.",
        f"{router.disk.capacity // 1024}K bytes of virtual hard disk at bootflash:.",
        *("", "Configuration register is 0x2102", ""),
    )


def _licences(*, is_licensed: bool) -> tuple[str, ...]:
    """Without a licence as the capture of one has it; the name of a level is the vendor's."""
    level, throughput = (" network-advantage", 1_000_000) if is_licensed else ("", 2_000)
    return (
        f"License Level:{level}",
        "License Type: Perpetual",
        f"Next reload license Level:{level}",
        *("", "Addon License Level:", "Addon License Type: Subscription"),
        *("Next reload addon license Level:", ""),
        f"The current throughput level is {throughput} kbps ",
    )


def _no_packages() -> Outcome:
    # no capture of a router in bundle mode; it knows the command and has nothing to list
    return wrong("% Install commands are not supported in bundle mode")


def install_summary(at: At, _: tuple[str, ...]) -> Outcome:
    """``show install summary``.

    While software is on trial only that is listed: so do the two transcripts that were found.
    """
    return _listed(at, "Installed", lambda states: states)


def install_inactive(at: At, _: tuple[str, ...]) -> Outcome:
    """``show install inactive``."""
    return _listed(at, "Inactive", lambda states: _only(states, "I"))


def install_uncommitted(at: At, _: tuple[str, ...]) -> Outcome:
    """``show install uncommitted``."""
    return _listed(at, "Uncommitted", lambda states: _only(states, "U"))


def install_committed(at: At, _: tuple[str, ...]) -> Outcome:
    """``show install committed``.

    While software is on trial: what giving up brings back, or nothing, as the pair is set up. No
    capture of that moment was found.
    """

    def chosen(states: _States) -> _States:
        packages = at.router.packages
        if packages is not None and packages.is_on_trial and at.router.spec.lists_committed:
            return [("C", packages.committed)]
        return _only(states, "C")

    return _listed(at, "Committed", chosen)


def _only(states: _States, letter: str) -> _States:
    return [item for item in states if item[0] == letter]


def _states(packages: Packages) -> _States:
    inactive = [("I", version) for version in packages.inactive]
    if packages.is_on_trial:
        return [*inactive, ("U", packages.running)]
    return [*inactive, ("C", packages.committed)]


def _listed(at: At, what: str, chosen: Callable[[_States], _States]) -> Outcome:
    packages = at.router.packages
    if packages is None:
        return _no_packages()
    rows = [f"IMG   {letter}    {built(version)}" for letter, version in chosen(_states(packages))]
    timer = "inactive"
    if packages.trial is not None:
        left = span(packages.trial.until - at.now)
        timer = f"active on install_activate, time before rollback - {left}"
    return show(
        f"[ R0 ] {what} Package(s) Information:",
        *_LEGEND,
        _RULER,
        "Type  St   Filename/Version",
        _RULER,
        *(rows or [f"No {what} Packages"]),
        "",
        *(_RULER, f"Auto abort timer: {timer}", _RULER),
    )


def boot(at: At, _: tuple[str, ...]) -> Outcome:
    """``show boot``, in the form of a router."""
    files = "".join(f"{file},12;" for file in at.router.configuration.boot_files)
    return show(
        f"BOOT variable = {files}",
        "CONFIG_FILE variable = ",
        "BOOTLDR variable does not exist",
        "Configuration register is 0x2102",
    )

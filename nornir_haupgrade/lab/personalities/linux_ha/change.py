"""What ``fwctl`` changes: each command is checked here, its effect handed back for later."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nornir_haupgrade.lab import disk
from nornir_haupgrade.lab.command import Effect, Outcome, Reply, refuse
from nornir_haupgrade.lab.device import Phase
from nornir_haupgrade.lab.images import slot_of
from nornir_haupgrade.lab.personalities.linux_ha.appliance import Appliance, appliance

if TYPE_CHECKING:
    from nornir_haupgrade.lab.command import Act
    from nornir_haupgrade.lab.pair import Pair

_SHORT_WORK = 0.05
"""Device seconds for a command that only writes a small file."""
_SYNC_WORK = 0.2
_BYTES_PER_SECOND = 50_000_000
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def _change(effect: Effect, act: Act, *, prints: str = "", seconds: float = 0.0) -> Outcome:
    return Outcome(Reply(stdout=prints), effect, seconds, act)


def install(_: Pair, device: Appliance, words: list[str]) -> Outcome:
    """Put an upload into the slot that is not running."""
    name, checksum, version = words
    content = device.disk.uploaded(name)
    if content is None:
        return refuse(f"% no such file: {name}")
    if disk.sha256(content) != checksum.lower():
        return refuse(f"% checksum of {name} does not match")
    if len(content) > device.disk.free:
        return refuse("% not enough space on /flash")
    target = device.other_slot

    def act() -> None:
        device.install(target, slot_of(content, version))

    seconds = device.times.install_seconds + len(content) / _BYTES_PER_SECOND
    return _change(Effect.INSTALL, act, seconds=seconds)


def select(_: Pair, device: Appliance, words: list[str]) -> Outcome:
    """Choose the slot of the next boot."""
    name = words[0]
    if name not in device.slots:
        return refuse(f"% no such slot: {name}")
    if device.slots[name] is None:
        return refuse(f"% slot {name} is empty")

    def act() -> None:
        device.chosen_slot = name

    return _change(Effect.BOOT_SELECT, act)


def suspend(_: Pair, device: Appliance, __: list[str]) -> Outcome:
    """Give the role up, and stay out."""
    if not device.has_ha_running:
        return refuse("% keepalived is not running")

    def act() -> None:
        device.is_suspended = True
        device.changed()

    return _change(Effect.SUSPEND, act)


def functional(_: Pair, device: Appliance, __: list[str]) -> Outcome:
    """Take part again."""

    def act() -> None:
        device.is_suspended = False
        device.changed()

    return _change(Effect.FUNCTIONAL, act)


def preempt(_: Pair, device: Appliance, words: list[str]) -> Outcome:
    """Turn preemption on or off, on this member."""
    if words[0] not in {"on", "off"}:
        return refuse("% usage: fwctl ha preempt on|off")

    def act() -> None:
        device.configuration.set_preempt(on=words[0] == "on")
        device.changed()

    return _change(Effect.PREEMPT, act)


def request_sync(pair: Pair, device: Appliance, _: list[str]) -> Outcome:
    """Ask the peer for all sessions."""
    if not pair.is_peer_link_up(device):
        return refuse("% peer does not answer")
    return _change(Effect.SESSION_SYNC, lambda: pair.sessions.refill(device))


def sync_config(pair: Pair, device: Appliance, _: list[str]) -> Outcome:
    """Push the shared configuration to the peer and load it there."""

    def act() -> None:
        peer = appliance(pair.peer(device))
        peer.configuration.replace_shared(device.configuration.shared)
        if peer.take("differs_after_sync") is not None:
            peer.configuration.files["shared/objects.conf"] += "network stray 192.0.2.0/24\n"

    if not pair.is_peer_link_up(device):
        return refuse("% peer does not answer")
    return _change(Effect.CONFIG_SYNC, act, prints="synced\n", seconds=_SYNC_WORK)


def backup(_: Pair, device: Appliance, words: list[str]) -> Outcome:
    """Write a tar of the configuration."""
    if not _NAME.fullmatch(words[0]):
        return refuse(f"% bad name: {words[0]}")
    archive = device.configuration.archive()
    path = f"{disk.BACKUPS}/{words[0]}.tar"
    if len(archive) > device.disk.free:
        return refuse("% not enough space on /flash")
    prints = f"{disk.sha256(archive)}  {path}\n"
    return _change(
        Effect.BACKUP, lambda: device.disk.store(path, archive), prints=prints, seconds=_SHORT_WORK
    )


def reboot(_: Pair, device: Appliance, words: list[str]) -> Outcome:
    """Stop and boot, or stay off."""
    if words not in ([], ["halt"]):
        return refuse("% usage: fwctl reboot [halt] [--if-state STATE]")
    if device.phase is not Phase.RUNNING:
        return refuse("% already going down")
    return _change(Effect.REBOOT, lambda: device.reboot(halt=bool(words)))

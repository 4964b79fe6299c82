"""The appliance's command line, as its contract states it: a small shell that knows ``fwctl``."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from nornir_haupgrade.lab import disk
from nornir_haupgrade.lab.command import Effect, Outcome, Reply, refuse
from nornir_haupgrade.lab.device import HaState, Phase, slot_of

if TYPE_CHECKING:
    from nornir_haupgrade.lab.command import Act
    from nornir_haupgrade.lab.device import Device
    from nornir_haupgrade.lab.pair import Pair
    from nornir_haupgrade.lab.sessions import Session

Handler: TypeAlias = "Callable[[Pair, Device, list[str]], Outcome]"

_SHORT_WORK = 0.05
"""Device seconds for a command that only writes a small file."""
_SYNC_WORK = 0.2
_BYTES_PER_SECOND = 50_000_000
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_PACKAGES = {"12": ("2.2.7", "1.4.7"), "13": ("2.3.3", "1.4.8")}
"""keepalived and conntrackd by the release's first number."""


def _say(text: str) -> Outcome:
    return Outcome(Reply(stdout=text))


def _yes(value: bool) -> str:  # noqa: FBT001
    return "yes" if value else "no"


def _lines(**values: object) -> str:
    return "".join(f"{key.replace('_', '-')}: {value}\n" for key, value in values.items())


def _change(effect: Effect, act: Act, *, prints: str = "", seconds: float = 0.0) -> Outcome:
    return Outcome(Reply(stdout=prints), effect, seconds, act)


# Reads


def _version(_: Pair, device: Device, __: list[str]) -> Outcome:
    packages = _PACKAGES.get(device.image.version.partition(".")[0], ("2.3.3", "1.4.8"))
    keepalived, conntrackd = packages if device.image.has_ha else ("-", "-")
    return _say(
        _lines(
            Node_id=device.node_id,
            Hostname=device.hostname,
            Version=device.image.version,
            Slot=device.running_slot,
            Boot=device.next_slot,
            Keepalived=keepalived,
            Conntrackd=conntrackd,
            Uptime=int(device.uptime),
        )
    )


def _ha(pair: Pair, device: Device, _: list[str]) -> Outcome:
    return _say(
        _lines(
            State=device.role,
            VIP=_yes(device.role is HaState.MASTER),
            Preempt=_yes(device.configuration.preempts),
            Priority=device.priority,
            Suspended=int(device.is_suspended),
            Peer_link="up" if pair.is_peer_link_up(device) else "down",
        )
    )


def _sessions(pair: Pair, device: Device, _: list[str]) -> Outcome:
    return _say(f"{len(pair.sessions.carried(device))}\n")


def _session_line(pair: Pair, session: Session) -> str:
    client = f"10.1.{pair.spec.number}.100:{session.port}"
    server = f"10.2.{pair.spec.number}.100:7000"
    age = int(pair.timeline.now() - session.born)
    return f"tcp {client}>{server} {server}>{client} ESTABLISHED {age}\n"


def _sessions_list(pair: Pair, device: Device, _: list[str]) -> Outcome:
    if not device.image.has_ha:
        return refuse("% conntrackd is not running")
    is_active = device.role is HaState.MASTER
    listed = pair.sessions.carried(device) if is_active else pair.sessions.known(device)
    return _say("".join(_session_line(pair, session) for session in listed))


def _session_sync(pair: Pair, device: Device, _: list[str]) -> Outcome:
    if not device.image.has_ha:
        return refuse("% conntrackd is not running")
    carried = len(pair.sessions.carried(device))
    known = 0 if device.role is HaState.MASTER else len(pair.sessions.known(device))
    return _say(_lines(Internal=carried, External=known, Kernel=carried))


def _interfaces(_: Pair, device: Device, __: list[str]) -> Outcome:
    return _say("".join(f"{name} {'up' if up else 'down'}\n" for name, up in device.ports.items()))


def _users(_: Pair, device: Device, __: list[str]) -> Outcome:
    return _say("".join(f"{login}\n" for login in device.logins.values()))


def _images(_: Pair, device: Device, __: list[str]) -> Outcome:
    texts = [
        f"{name}: empty\n"
        if slot is None
        else f"{name}: {slot.version} {slot.size} {slot.sha256}\n"
        for name, slot in device.slots.items()
    ]
    return _say("".join(texts) + f"Free: {device.disk.free}\n")


def _boot(_: Pair, device: Device, __: list[str]) -> Outcome:
    return _say(
        f"Boot-id: {device.boot_id}\nUptime: {int(device.uptime)}\n"
        f"Failovers: {device.role_changes}\nConfig-hash: {device.configuration.digest}\n"
    )


def _sync_report(_: Pair, device: Device, __: list[str]) -> Outcome:
    shared = device.configuration.shared
    files = "".join(f"{disk.sha256(shared[path].encode())}  {path}\n" for path in sorted(shared))
    return _say(f"{files}running-nft {device.configuration.loaded}\n")


def _verify(_: Pair, device: Device, words: list[str]) -> Outcome:
    content = device.disk.uploaded(words[0])
    if content is None:
        return refuse(f"% no such file: {words[0]}")
    return _say(f"{len(content)} {disk.sha256(content)}\n")


# Changes


def _install(_: Pair, device: Device, words: list[str]) -> Outcome:
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


def _select(_: Pair, device: Device, words: list[str]) -> Outcome:
    name = words[0]
    if name not in device.slots:
        return refuse(f"% no such slot: {name}")
    if device.slots[name] is None:
        return refuse(f"% slot {name} is empty")

    def act() -> None:
        device.next_slot = name

    return _change(Effect.BOOT_SELECT, act)


def _suspend(_: Pair, device: Device, __: list[str]) -> Outcome:
    if not device.has_ha_running:
        return refuse("% keepalived is not running")

    def act() -> None:
        device.is_suspended = True
        device.changed()

    return _change(Effect.SUSPEND, act)


def _functional(_: Pair, device: Device, __: list[str]) -> Outcome:
    def act() -> None:
        device.is_suspended = False
        device.changed()

    return _change(Effect.FUNCTIONAL, act)


def _preempt(_: Pair, device: Device, words: list[str]) -> Outcome:
    if words[0] not in {"on", "off"}:
        return refuse("% usage: fwctl ha preempt on|off")

    def act() -> None:
        device.configuration.set_preempt(on=words[0] == "on")
        device.changed()

    return _change(Effect.PREEMPT, act)


def _request_sync(pair: Pair, device: Device, _: list[str]) -> Outcome:
    if not pair.is_peer_link_up(device):
        return refuse("% peer does not answer")
    return _change(Effect.SESSION_SYNC, lambda: pair.sessions.refill(device))


def _sync_config(pair: Pair, device: Device, _: list[str]) -> Outcome:
    def act() -> None:
        peer = pair.peer(device)
        peer.configuration.replace_shared(device.configuration.shared)
        if peer.take("differs_after_sync") is not None:
            peer.configuration.files["shared/objects.conf"] += "network stray 192.0.2.0/24\n"

    if not pair.is_peer_link_up(device):
        return refuse("% peer does not answer")
    return _change(Effect.CONFIG_SYNC, act, prints="synced\n", seconds=_SYNC_WORK)


def _backup(_: Pair, device: Device, words: list[str]) -> Outcome:
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


def _reboot(_: Pair, device: Device, words: list[str]) -> Outcome:
    if words not in ([], ["halt"]):
        return refuse("% usage: fwctl reboot [halt] [--if-state STATE]")
    if device.phase is not Phase.RUNNING:
        return refuse("% already going down")
    return _change(Effect.REBOOT, lambda: device.reboot(halt=bool(words)))


_COMMANDS: dict[tuple[str, ...], tuple[Handler, range, bool]] = {
    ("show", "version"): (_version, range(1), False),
    ("show", "ha"): (_ha, range(1), False),
    ("show", "sessions"): (_sessions, range(1), False),
    ("show", "sessions", "list"): (_sessions_list, range(1), False),
    ("show", "interfaces"): (_interfaces, range(1), False),
    ("show", "users"): (_users, range(1), False),
    ("show", "session-sync"): (_session_sync, range(1), False),
    ("show", "images"): (_images, range(1), False),
    ("show", "boot"): (_boot, range(1), False),
    ("image", "verify"): (_verify, range(1, 2), False),
    ("image", "install"): (_install, range(3, 4), True),
    ("image", "boot"): (_select, range(1, 2), True),
    ("ha", "suspend"): (_suspend, range(1), False),
    ("ha", "functional"): (_functional, range(1), False),
    ("ha", "preempt"): (_preempt, range(1, 2), False),
    ("ha", "request-sync"): (_request_sync, range(1), False),
    ("ha", "sync-config"): (_sync_config, range(1), False),
    ("ha", "sync-report"): (_sync_report, range(1), False),
    ("backup",): (_backup, range(1, 2), False),
    ("reboot",): (_reboot, range(2), True),
}
"""Words -> handler, how many arguments it takes, whether it takes ``--if-state``."""


def _condition(words: list[str]) -> tuple[list[str], str | None]:
    """Take ``--if-state STATE`` off the end of a command."""
    if len(words) > 1 and words[-2] == "--if-state":
        return words[:-2], words[-1]
    return words, None


def fwctl(pair: Pair, device: Device, words: list[str]) -> Outcome:
    """Understand ``fwctl WORDS...`` and check it, all in one instant; ``act`` changes."""
    words, state = _condition(words)
    for length in (3, 2, 1):
        found = _COMMANDS.get(tuple(words[:length]))
        if found is None or len(words) < length:
            continue
        handler, arguments, is_conditional = found
        if len(words) - length not in arguments or (state is not None and not is_conditional):
            return refuse(f"% wrong arguments: fwctl {' '.join(words)}")
        if state is not None and device.role != state:
            return refuse(f"% state is {device.role}")
        return handler(pair, device, words[length:])
    return refuse(f"% unknown command: {' '.join(words)}")


class LinuxShell:
    """The login shell of the appliance: ``fwctl``, ``echo``, and nothing else."""

    def __init__(self, username: str = "admin") -> None:
        self._username = username

    def prompt(self, device: Device) -> str:
        """What bash prints."""
        return f"{self._username}@{device.hostname}:~$ "

    def is_end(self, line: str) -> bool:
        """Whether the line logs out."""
        return line.strip() in {"exit", "logout"}

    def execute(self, pair: Pair, device: Device, line: str) -> Outcome:
        """Understand and check one line."""
        try:
            words = shlex.split(line)
        except ValueError as exc:
            return refuse(f"-bash: syntax error: {exc}", status=2)
        if not words:
            return Outcome(Reply())
        if words[0] == "fwctl":
            return fwctl(pair, device, words[1:])
        if words[0] == "echo":
            return _say(" ".join(words[1:]) + "\n")
        return refuse(f"-bash: {words[0]}: command not found", status=127)

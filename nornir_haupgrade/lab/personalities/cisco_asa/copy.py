"""``copy``: from a server to the disk, and configurations to wherever they are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nornir_haupgrade.lab.command import Effect, Outcome, Reply
from nornir_haupgrade.lab.images import build_image
from nornir_haupgrade.lab.personalities.cisco_asa import change
from nornir_haupgrade.lab.personalities.cisco_asa.configuration import checksum, parsed
from nornir_haupgrade.lab.personalities.cisco_asa.show_files import missing, spaced, text
from nornir_haupgrade.lab.personalities.cisco_asa.versions import (
    disk_name,
    file_name,
    flash_path,
)
from nornir_haupgrade.lab.terminal.answers import text_of, wrong
from nornir_haupgrade.lab.terminal.question import Answering, Question

if TYPE_CHECKING:
    from nornir_haupgrade.lab.personalities.cisco_asa.context import At

_CONFIGURATIONS = ("running-config", "startup-config")
_BYTES_PER_SECOND = 50_000_000
_REMOTE = ("tftp://", "ftp://", "http://", "https://", "scp://", "smb://")
_MARKS = "!!!!!!!"


def _is_remote(name: str) -> bool:
    return name.startswith(_REMOTE)


def _base(name: str) -> str:
    return name.rpartition("/")[2].rpartition(":")[2]


def _host(name: str) -> str:
    return name.partition("://")[2].partition("/")[0].rpartition("@")[2]


def questions(at: At, source: str, destination: str) -> list[Question]:
    """What is asked, in order: with ``/noconfirm``, nothing."""
    if "/noconfirm" in at.text.split():
        return []
    remote = next((name for name in (source, destination) if _is_remote(name)), "")
    asked = []
    if source in _CONFIGURATIONS:
        asked.append(Question(f"\nSource filename [{source}]? "))
        if destination == "startup-config":
            return asked
    if remote:
        asked.append(Question(f"\nAddress or name of remote host [{_host(remote)}]? "))
    if source not in _CONFIGURATIONS:
        asked.append(Question(f"\nSource filename [{_base(source)}]? "))
    if destination == "startup-config":
        return asked
    target = _base(destination) or _base(source)
    asked.append(Question(f"\nDestination filename [{target}]? "))
    if (flash_path(destination) or "") in at.asa.disk.files:
        warning = "%Warning:There is a file already existing with this name \n"
        asked.append(Question(f"{warning}Do you want to over write? [confirm]", Answering.KEY))
    return asked


def copy(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``copy [/noconfirm] FROM TO``: one of them on this unit."""
    source, destination = arguments[-2:]
    if source in _CONFIGURATIONS:
        return _configuration(at, source, destination)
    content = _fetched(at, source)
    if content is None:
        return missing(source)
    if _is_remote(destination):
        return _sent(at, source, len(content))
    if destination == "startup-config":
        return _restored(at, content)
    path = flash_path(destination)
    if path is None or destination == "running-config":
        # merging a configuration into what runs is not simulated
        return missing(destination)
    if path.endswith("/"):
        path += _base(source)
    if len(content) - len(at.asa.disk.files.get(path, b"")) > at.asa.disk.free:
        return wrong(f"%Error writing {disk_name(path)} (No space left on device)")

    def act() -> None:
        at.asa.disk.store(path, content)
        if at.asa.take("corrupt_upload") is not None:
            at.asa.disk.corrupt(path)

    seconds = len(content) / _BYTES_PER_SECOND
    first = text_of("", f"Accessing {source}...{_MARKS}")
    said = text_of(f"Writing file {disk_name(path)}...", _MARKS, _copied(len(content)))
    return Outcome(Reply(stdout=said), Effect.FILES, seconds, act, first)


def _copied(size: int) -> str:
    return f"{size} bytes copied in {max(size / _BYTES_PER_SECOND, 0.01):.3f} secs"


def _fetched(at: At, source: str) -> bytes | None:
    """A file of the disk, or an image that the pair's server has."""
    if _is_remote(source):
        images = {file_name(version): version for version in at.asa.spec.server}
        version = images.get(_base(source))
        return None if version is None else build_image(version)
    content = at.asa.disk.files.get(flash_path(source) or "")
    return None if content is None else bytes(content)


def _sent(at: At, source: str, size: int) -> Outcome:
    del at
    said = text_of("", f"Accessing {source}...{_MARKS}", _copied(size))
    return Outcome(Reply(stdout=said), Effect.BACKUP)


def _restored(at: At, content: bytes) -> Outcome:
    """A configuration from the disk for the next boot, of this unit only; the lab's own wording."""
    startup = parsed(content.decode(errors="replace"))

    def act() -> None:
        at.asa.configuration.startup = startup

    said = text_of("", "Copy in progress...C", "", _copied(len(content)))
    return Outcome(Reply(stdout=said), Effect.SAVE, act=act)


def _configuration(at: At, source: str, destination: str) -> Outcome:
    """A configuration is copied as text, with its checksum."""
    if (source, destination) == _CONFIGURATIONS:
        return change.write_memory(at, ())
    configuration = at.asa.configuration
    is_running = source == "running-config"
    content = configuration.running if is_running else configuration.startup
    data = text(at, content, written=configuration.saved).encode()
    said = text_of(f"Cryptochecksum: {spaced(checksum(content))} ", _copied(len(data)))
    if _is_remote(destination):
        return Outcome(Reply(stdout=said), Effect.BACKUP)
    path = flash_path(destination)
    if path is None or destination in _CONFIGURATIONS:
        return missing(destination)
    if len(data) > at.asa.disk.free:
        return wrong(f"%Error writing {disk_name(path)} (No space left on device)")
    target = path
    return Outcome(Reply(stdout=said), Effect.BACKUP, act=lambda: at.asa.disk.store(target, data))

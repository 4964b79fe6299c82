"""Where a rehearsal is kept: below the store, and apart from every real campaign.

::

    campaigns/rehearsals/20261123-201501-ab12/
    ├── REHEARSAL               that nothing in here happened to a real device
    ├── twins/                  the lab and its project, while it runs; then only its records
    └── 20261123-201502-cd34/   the campaign, as a real one is kept
"""

from __future__ import annotations

import fcntl
import secrets
import shutil
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from nornir_haupgrade.engines.store import Store, make_folder, with_advice

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FOLDER: Final = "rehearsals"
_LABEL: Final = "REHEARSAL"
_SAID: Final = "A rehearsal on simulated twins: nothing in this folder happened to a real device.\n"
_TWINS: Final = "twins"
_KEPT: Final = frozenset({"audit.jsonl", "log"})
"""What is worth keeping of a lab that has ended."""


@contextmanager
def new_place(store: Path) -> Iterator[Path]:
    """A folder for one more rehearsal, ours until the block ends, however it ends.

    What an earlier one left behind when it was killed goes.
    """
    root = store / FOLDER
    for left in root.glob(f"*/{_TWINS}") if root.exists() else ():
        if not _is_at_work(left.parent):
            tidy(left.parent)
    folder = root / f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
    make_folder(twins_in(folder))
    with with_advice(f"write {folder}"):
        label = (folder / _LABEL).open("w", encoding="utf-8")
    with label:
        # The lock goes with the process, also at kill -9.
        fcntl.flock(label, fcntl.LOCK_EX)
        with with_advice(f"write {folder}"):
            label.write(_SAID)
            label.flush()
        yield folder


def _is_at_work(folder: Path) -> bool:
    """Whether somebody rehearses in it, or its twins still run."""
    # Where campaigns are only looked for the lab is not needed, and may not be installed.
    from nornir_haupgrade.rehearsal.process import pid_of

    if pid_of(twins_in(folder)) is not None:
        return True
    try:
        with (folder / _LABEL).open(encoding="utf-8") as label:
            fcntl.flock(label, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:  # it did not get that far
        return False
    return False


def twins_in(folder: Path) -> Path:
    """Where the twins of a rehearsal live."""
    return folder / _TWINS


def store_of(store: Path, campaign: str) -> Path:
    """The folder that a campaign is kept in: that of the rehearsal it is of, else the store."""
    root = store / FOLDER
    with with_advice(f"read {root}"):
        rehearsals = sorted(root.iterdir()) if root.exists() else []
    kept = (folder for folder in rehearsals if folder.is_dir())
    return next((folder for folder in kept if campaign in Store(folder).campaigns()), store)


def tidy(folder: Path) -> None:
    """Take away what only running twins are for."""
    lab = twins_in(folder)
    for entry in lab.iterdir() if lab.exists() else ():
        if entry.name in _KEPT:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            with suppress(OSError):
                entry.unlink()


def forget(folder: Path) -> None:
    """A rehearsal that did not begin leaves nothing."""
    shutil.rmtree(folder, ignore_errors=True)

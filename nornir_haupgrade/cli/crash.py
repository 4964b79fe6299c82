"""An error of ours: one sentence for the user, the traceback in a file, without secrets."""

from __future__ import annotations

import os
import sys
import tempfile
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from nornir_haupgrade.engines.redact import escape

if TYPE_CHECKING:
    from nornir_haupgrade.cli.shell import Shell


def report_crash(shell: Shell, error: BaseException) -> None:
    """Say that this is an internal error, and where the traceback is."""
    text = shell.redact("".join(traceback.format_exception(error)))
    what = escape(shell.redact(f"{type(error).__name__}: {error}")).replace("\n", " ")
    path = _keep(shell, text)
    where = f"the traceback is in {path}" if path else "the traceback could not be written"
    sys.stderr.write(
        f"internal error: {what}\n{where}\n"
        "Next: haupgrade status shows where the pairs stand; haupgrade owed what they are owed\n",
    )


def _keep(shell: Shell, text: str) -> Path | None:
    """The file, in the store if there is one, else among the temporary files."""
    name = f"internal-error-{datetime.now(tz=UTC):%Y%m%d-%H%M%S}-{os.getpid()}.txt"
    for folder in (shell.store, Path(tempfile.gettempdir())):
        if folder is None:
            continue
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = folder / name
            file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(file, "w", encoding="utf-8", errors="backslashreplace") as out:
                out.write(text)
        except OSError:
            continue
        return path
    return None

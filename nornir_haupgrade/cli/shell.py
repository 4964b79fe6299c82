"""What every command shares: the configuration, and how each ending becomes an exit code."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import NoReturn

import typer

_NOWHERE = logging.NullHandler()


class Exit(IntEnum):
    """The exit codes."""

    DONE = 0
    FAILED = 1
    BAD_INPUT = 2
    HELD = 3
    ROLLED_BACK = 4
    ANOTHER_CONTROLLER = 5
    INTERRUPTED = 130


@dataclass(slots=True)
class Shell:
    """One call of the command line; ``store`` and ``redact`` are learnt from the configuration."""

    config: Path
    store: Path | None = None
    redact: Callable[[str], str] = str


def leave(context: typer.Context, work: Callable[[Shell], int]) -> NoReturn:
    """Do a command's work and exit with its code; no traceback reaches the user."""
    shell: Shell = context.obj
    raise typer.Exit(_code(shell, work))


def leave_with_lab(context: typer.Context, work: Callable[[Shell], int]) -> NoReturn:
    """The same for what the extra ``lab`` is for: without it that is said, and no work begins."""

    def in_lab(shell: Shell) -> int:
        from nornir_haupgrade.rehearsal.extra import need_lab

        need_lab()
        return work(shell)

    leave(context, in_lab)


def _code(shell: Shell, work: Callable[[Shell], int]) -> int:
    from nornir_haupgrade.errors import AnotherController, BadInput, HAUpgradeError

    # Without a handler Python writes errors to stderr: the libraries' tracebacks, secrets and all.
    logging.getLogger().addHandler(_NOWHERE)
    try:
        return work(shell)
    except BadInput as error:
        complain(shell, error)
        return Exit.BAD_INPUT
    except AnotherController as error:
        complain(shell, error)
        return Exit.ANOTHER_CONTROLLER
    except HAUpgradeError as error:
        complain(shell, error)
        return Exit.FAILED
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        return Exit.INTERRUPTED
    except typer.Exit:
        raise
    except BrokenPipeError:
        # Whoever read this has gone, as `head` does: that is no error of ours.
        from nornir_haupgrade.cli.out import mute

        mute()
        return Exit.FAILED
    except Exception as error:  # noqa: BLE001 - an engineer at night gets a sentence, not a traceback
        from nornir_haupgrade.cli.crash import report_crash

        report_crash(shell, error)
        return Exit.FAILED


def complain(shell: Shell, error: Exception) -> None:
    """Say an error on stderr, a line for each finding, without secrets and terminal escapes."""
    from nornir_haupgrade.engines.redact import escape

    for line in str(error).splitlines():
        sys.stderr.write(f"{escape(shell.redact(line))}\n")

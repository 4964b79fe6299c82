"""Running the system's own tools, with errors that name what they said."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from nornir_haupgrade.errors import HAUpgradeError

if TYPE_CHECKING:
    from collections.abc import Mapping

_LAST_LINES = 3


def run(
    *command: str,
    text: str | None = None,
    advice: str | None = None,
    environment: Mapping[str, str] | None = None,
) -> str:
    """Run a program to its end and return what it printed.

    Args:
        command: The program and its arguments; no shell is involved.
        text: What it reads from its standard input; nothing if left out.
        advice: What a person does next if it fails.
        environment: Its environment; ours if left out.

    Raises:
        HAUpgradeError: It is not there, or its exit status is not 0.
    """
    try:
        done = subprocess.run(  # noqa: S603 - the lab's own fixed programs
            command,
            input=text,
            stdin=subprocess.DEVNULL if text is None else None,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            env=environment,
        )
    except OSError as error:
        raise HAUpgradeError(f"{command[0]} cannot be run: {error}", advice=advice) from error
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines()
        # "I:" is what mmdebstrap tells, not what is wrong.
        said = " / ".join([line for line in lines if not line.startswith("I:")][-_LAST_LINES:])
        raise HAUpgradeError(
            f"{' '.join(command[:4])} failed with {done.returncode}: {said or 'no word'}",
            advice=advice,
        )
    return done.stdout


def ip(lines: str, *, inside: str | None = None) -> None:
    """Run a batch of ``ip`` commands, in our network namespace or in the one of a file.

    Raises:
        HAUpgradeError: One of them failed; those before it are done.
    """
    enter = ("nsenter", f"--net={inside}") if inside else ()
    run(*enter, "ip", "-batch", "-", text=lines)

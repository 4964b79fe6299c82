"""A site's own tasks, which a rehearsal calls none of: each would leave a trace."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final

from nornir.core.task import Result, Task

TRACE: Final = "REHEARSAL_TEST_TRACE"
"""The variable of the environment that names the file which would be written."""


def leave_a_trace(task: Task, **_: Any) -> Result:  # noqa: ANN401 - an event, for a notification
    """Say yes, and that it was asked."""
    Path(os.environ[TRACE]).write_text(task.host.name)
    return Result(task.host, result=True)

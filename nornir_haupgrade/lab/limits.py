"""What this process may hold open: each device has two sockets, and there may be hundreds."""

from __future__ import annotations

import resource
from contextlib import suppress


def allow_open_files() -> None:
    """Take what the system allows at most; by default it is often far less."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    # Where the most is without limit, some systems refuse to be asked for it.
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))

"""The result of a task, fit to be kept."""

from __future__ import annotations

from typing import Any

from nornir.core.inventory import Host
from nornir.core.task import Result


class MemberResult(Result):
    """A result that leaves the login behind when it is pickled or copied.

    ``Result(host=task.host)`` is Nornir's convention, and a host holds the passwords of its
    inventory and its open connections. Here the host is the whole one as long as the result is at
    home; in a pickle it is a host with the same name and nothing else.
    """

    def __getstate__(self) -> dict[str, Any]:
        host = None if self.host is None else Host(self.host.name)
        return {**self.__dict__, "host": host}

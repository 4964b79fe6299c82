"""A lab in a thread of its own, for tests and scripts that are not asynchronous."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import TYPE_CHECKING, TypeVar

from nornir_haupgrade.lab.lab import Lab

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from pathlib import Path
    from types import TracebackType
    from typing import Any, Self

    from nornir_haupgrade.lab.audit import Entry
    from nornir_haupgrade.lab.command import Reply
    from nornir_haupgrade.lab.lab import MemberState
    from nornir_haupgrade.lab.spec import Fault, LabSpec

T = TypeVar("T")

_START_SECONDS = 20.0
_CALL_SECONDS = 20.0
_POLL_SECONDS = 0.01


class LabThread:
    """A running lab; every method may be called from any thread but the lab's own."""

    def __init__(self, spec: LabSpec, state_dir: Path | None = None) -> None:
        self._spec = spec
        self._dir = state_dir
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._stop: asyncio.Event | None = None
        self._lab: Lab | None = None
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._main, name="lab", daemon=True)

    def __enter__(self) -> Self:
        """Start; all ports are open when this returns."""
        self._thread.start()
        if not self._ready.wait(_START_SECONDS):
            msg = f"the lab did not start within {_START_SECONDS:.0f} s"
            raise TimeoutError(msg)
        if self._error is not None:
            self._thread.join(_CALL_SECONDS)
            raise self._error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop, and wait until everything is gone."""
        if self._stop is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(_CALL_SECONDS)

    def _main(self) -> None:
        try:
            self._loop.run_until_complete(self._live())
        except BaseException as exc:  # noqa: BLE001  # raised again in the thread that started us
            self._error = exc
        finally:
            self._loop.run_until_complete(self._finish())
            self._loop.close()
            self._ready.set()

    async def _finish(self) -> None:
        """Leave no task behind: a client may still wait for a command that hangs."""
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._loop.shutdown_asyncgens()

    async def _live(self) -> None:
        self._stop = asyncio.Event()
        async with Lab(self._spec, self._dir) as lab:
            self._lab = lab
            self._ready.set()
            await self._stop.wait()

    @property
    def lab(self) -> Lab:
        """The lab itself; only to be touched through ``call``."""
        if self._lab is None:
            msg = "the lab is not running: use it as a context manager"
            raise RuntimeError(msg)
        return self._lab

    def call(self, function: Callable[[Lab], T]) -> T:
        """Run a function on the lab's loop and return what it returns."""

        async def run() -> T:
            return function(self.lab)

        return self._await(run())

    def _await(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(_CALL_SECONDS)

    def inject(self, *faults: Fault) -> None:
        """Arm a fault."""
        self.call(lambda lab: lab.inject(*faults))

    def heal(self, name: str, member: str | None = None) -> None:
        """Undo a fault."""
        self.call(lambda lab: lab.heal(name, member))

    def audit(self, kind: str | None = None) -> list[Entry]:
        """Everything that happened, or only entries of one kind."""
        entries = self.call(lambda lab: lab.audit())
        return [entry for entry in entries if kind in (None, entry["kind"])]

    def state(self, member: str) -> MemberState:
        """A member as it is now."""
        return self.call(lambda lab: lab.state(member))

    def states(self) -> dict[str, MemberState]:
        """All members, in one instant."""
        return self.call(lambda lab: lab.states)

    def run(self, member: str, line: str) -> Reply:
        """Have somebody execute a command by hand, without SSH."""
        return self._await(self.lab.run(member, line))

    @property
    def ports(self) -> dict[str, int]:
        """The SSH port of each member."""
        return self.lab.ports

    @property
    def service_ports(self) -> dict[str, int]:
        """The service port of each pair."""
        return self.lab.service_ports

    @property
    def web_ports(self) -> dict[str, int]:
        """The port of the pages of each pair that has some."""
        return self.lab.web_ports

    @property
    def known_hosts(self) -> str:
        """The members' keys in OpenSSH's form."""
        return self.lab.known_hosts

    def wait_until(
        self, predicate: Callable[[Lab], object], seconds: float = 10.0, *, what: str = ""
    ) -> None:
        """Wait until something holds; TimeoutError, with all states, after so many real seconds."""
        deadline = time.monotonic() + seconds
        while not self.call(predicate):
            if time.monotonic() > deadline:
                msg = f"not within {seconds} s: {what or predicate}; {self.states()}"
                raise TimeoutError(msg)
            time.sleep(_POLL_SECONDS)

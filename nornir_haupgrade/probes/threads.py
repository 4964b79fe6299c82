"""Blocking calls beside the event loop, in threads that never keep the process from ending."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import TypeVar

_T = TypeVar("_T")


def in_thread(call: Callable[[], _T], name: str) -> asyncio.Future[_T]:
    """What a blocking call returns, or raises, as a future of the running loop.

    asyncio's own executor is no use here: Python waits for its threads at exit, and a name server
    or a task of the site's own may hang.

    Raises:
        RuntimeError: No further thread can be started.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[_T] = loop.create_future()

    def tell(result: _T | None, error: BaseException | None) -> None:
        if future.done():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)  # type: ignore[arg-type]

    def run() -> None:
        result, error = None, None
        try:
            result = call()
        except BaseException as caught:  # noqa: BLE001 - it goes to who waits
            # A future refuses StopIteration, and an interrupt is nobody's result.
            error = caught if isinstance(caught, Exception) else RuntimeError(repr(caught))
            if isinstance(caught, StopIteration):
                error = RuntimeError(repr(caught))
        with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(tell, result, error)

    threading.Thread(target=run, name=name, daemon=True).start()
    # Whoever waited may be gone when it ends: nobody then asks for the error.
    future.add_done_callback(lambda done: done.cancelled() or done.exception())
    return future

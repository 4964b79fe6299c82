"""A TCP connection that is held open, and whose other end is asked every second if it is there.

The asking is the kernel's (keep-alive): it needs no help from the server's application, and carries
no byte that this could stumble over. The kernel also tells when the last acknowledgement came.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import sys

from nornir_haupgrade.model import Flow
from nornir_haupgrade.probes.addresses import Address
from nornir_haupgrade.probes.canary_log import LOST, CanaryLog, End
from nornir_haupgrade.probes.outcome import Outcome, endpoint, failed, silent
from nornir_haupgrade.probes.target import Target
from nornir_haupgrade.settings import Canary

_POLL_AT_REST = 0.25
_POLL_HASTENED = 0.05
_MOST = 65536
"""Bytes that are taken of a chatty server at each look, and thrown away."""
_OPENING = 5.0
"""Seconds that opening may take."""
_AGAIN = 5.0
"""Seconds between two tries to open."""
_SOON, _LATER = 0.1, 30.0
"""Seconds until it is opened again after the server closed it: doubled each time while the server
closes it young."""
_YOUNG = 10.0

_KEEP_ALIVE = (
    (socket.SOL_SOCKET, "SO_KEEPALIVE", 1),
    (socket.IPPROTO_TCP, "TCP_KEEPIDLE", 1),
    (socket.IPPROTO_TCP, "TCP_KEEPINTVL", 1),
    # The kernel gives up after a minute; whether it is lost is judged here, and earlier.
    (socket.IPPROTO_TCP, "TCP_KEEPCNT", 60),
)

_TELLS = sys.platform == "linux" and hasattr(socket, "TCP_INFO")
_LAST_ACK_RECV = struct.Struct("=I")
_LAST_ACK_RECV_AT = 56
"""Offset of ``tcpi_last_ack_recv`` in ``struct tcp_info``, in milliseconds ago.

include/uapi/linux/tcp.h has before it eight of ``__u8``, then of ``__u32``: ``rto``, ``ato``,
``snd_mss``, ``rcv_mss``, ``unacked``, ``sacked``, ``lost``, ``retrans``, ``fackets``,
``last_data_sent``, ``last_ack_sent``, ``last_data_recv``. The struct only ever grows at its end. An
answered keep-alive renews it: tcp_ack() in net/ipv4/tcp_input.c sets ``rcv_tstamp``, which
tcp_get_info() in net/ipv4/tcp.c reports."""
_COARSE = 0.05
"""Seconds; the kernel's clock is too coarse to tell two acknowledgements apart that are closer."""


class Holder:
    """Holds one canary open; all but ``log`` in the probing thread only."""

    def __init__(self, canary: Canary) -> None:
        self._target = Target(canary.address, canary.port)
        self.log = CanaryLog(canary.name, self._target.where)
        self._renewed = asyncio.Event()
        self._is_hastened = False
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Open it, and hold it until closed."""
        self._task = asyncio.get_running_loop().create_task(self._hold())

    def renew(self) -> None:
        """Open it again if it is dead, or as good as dead."""
        self._renewed.set()

    def set_pace(self, *, is_hastened: bool) -> None:
        """How closely it is looked at; the other end is asked every second all the same."""
        self._is_hastened = is_hastened

    async def close(self) -> None:
        """Let go of it."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _hold(self) -> None:
        pause = _SOON
        while True:
            began = asyncio.get_running_loop().time()
            try:
                end = await self._hold_one()
            except Exception as error:  # noqa: BLE001 - one canary's defect is nobody else's
                words = f"cannot be held: {type(error).__name__}: {error}"
                self.log.ended(asyncio.get_running_loop().time(), words, End.DROPPED)
                end = End.DROPPED
            if end is End.LOST:
                await self._wait_renewed(None)
            elif end is not End.CLOSED:
                await self._wait_renewed(_AGAIN)
            else:
                is_young = asyncio.get_running_loop().time() - began < _YOUNG
                pause = min(2 * pause, _LATER) if is_young else _SOON
                await self._wait_renewed(pause)

    async def _hold_one(self) -> End | None:
        """Open it, and listen until it ends; None if it could not be opened."""
        sock = await self._open()
        if sock is None:
            return None
        with sock:
            end, words = await self._listen(sock)
            self.log.ended(asyncio.get_running_loop().time(), words, end)
            return end

    async def _wait_renewed(self, timeout: float | None) -> None:  # noqa: ASYNC109
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await self._renewed.wait()
        self._renewed.clear()

    async def _open(self) -> socket.socket | None:
        found = await self._target.addresses(is_hastened=self._is_hastened)
        if isinstance(found, Outcome):
            self.log.not_opened(found.detail)
            return None
        for address in found:
            if (sock := await self._connect(address)) is not None:
                return sock
        return None

    async def _connect(self, address: Address) -> socket.socket | None:
        family, target = address
        loop = asyncio.get_running_loop()
        with contextlib.ExitStack() as stack:
            try:
                sock = stack.enter_context(socket.socket(family, socket.SOCK_STREAM))
                sock.settimeout(0)
                for level, name, value in _KEEP_ALIVE:
                    if (option := getattr(socket, name, None)) is not None:
                        sock.setsockopt(level, option, value)
                async with asyncio.timeout(_OPENING):
                    await loop.sock_connect(sock, target)
                flow = Flow("tcp", endpoint(sock.getsockname()), endpoint(target))
            except OSError as error:
                where = self._target.where
                is_ours = isinstance(error, TimeoutError) and not error.errno
                outcome = silent(where, _OPENING) if is_ours else failed(where, error)
                self.log.not_opened(outcome.detail)
                return None
            self.log.opened(loop.time(), flow, tells=_TELLS)
            stack.pop_all()
            return sock

    async def _listen(self, sock: socket.socket) -> tuple[End, str]:
        """Until it ends, and how it did.

        Looked at now and then, without waiting for the socket: a wait that is cut short by its
        own time-out could take the one error that tells a reset from an orderly close with it.
        """
        loop = asyncio.get_running_loop()
        self._renewed.clear()
        last = loop.time()
        while True:
            try:
                if not sock.recv(_MOST):
                    return End.CLOSED, "closed by the server"
            except BlockingIOError:
                pass
            except OSError as error:
                return End.LOST, f"lost: {failed('', error).detail.removeprefix(': ')}"
            if _TELLS:
                last = self._acknowledged(sock, last)
            self.log.looked(loop.time())
            if self._renewed.is_set():
                self._renewed.clear()
                if (self.log.silence(loop.time()) or 0.0) > LOST:
                    self._renewed.set()  # opened again at once
                    return End.LOST, "given up after a long silence"
            await asyncio.sleep(_POLL_HASTENED if self._is_hastened else _POLL_AT_REST)

    def _acknowledged(self, sock: socket.socket, last: float) -> float:
        info = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
        (ago,) = _LAST_ACK_RECV.unpack_from(info, _LAST_ACK_RECV_AT)
        at = float(asyncio.get_running_loop().time() - ago / 1000)
        if at <= last + _COARSE:
            return last
        self.log.heard(at)
        return at

"""The pages behind a pair: HTTP on a port that is open exactly while a member forwards."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.service import Connection, Service

if TYPE_CHECKING:
    from nornir_haupgrade.lab.pair import Pair
    from nornir_haupgrade.lab.spec import PageSpec

_LONGEST = 64 * 1024
"""Bytes of a request; what is longer is none."""
_END = b"\r\n\r\n"


class _Visitor(Connection):
    """One client: asked once, answered while somebody forwards, and the line is closed."""

    service: WebService

    def greet(self) -> None:
        """A page is asked for first."""

    def flush(self) -> None:
        """Answer a request that came in whole, if traffic passes."""
        if len(self.waiting) > _LONGEST:
            self.abort()
        elif self.transport is not None and _END in self.waiting and self.is_served:
            self.transport.write(self.service.answer(self.waiting))
            self.waiting.clear()
            self.transport.close()


class WebService(Service):
    """A pair's pages; any other path is not found."""

    def __init__(self, pair: Pair, address: str, port: int, pages: tuple[PageSpec, ...]) -> None:
        self._pages = {page.path: page for page in pages}
        super().__init__(pair, address, port)

    def make_connection(self) -> Connection:
        """Who connects asks for a page."""
        return _Visitor(self)

    def answer(self, request: bytes | bytearray) -> bytes:
        """The whole response to a request."""
        words = request.split(None, 2)
        path = words[1].decode("latin-1").partition("?")[0] if len(words) > 1 else ""
        page = self._pages.get(path)
        status = HTTPStatus.NOT_FOUND.value if page is None else page.status
        body = ("" if page is None else page.text).encode()
        head = (
            f"HTTP/1.1 {status} simulated\r\nContent-Type: text/plain; charset=utf-8\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        return head.encode("ascii") + body

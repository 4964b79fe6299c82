"""A page answers with a status, and if asked with a text."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import ssl
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

from nornir_haupgrade.model import Flow
from nornir_haupgrade.probes.addresses import Address
from nornir_haupgrade.probes.outcome import Outcome, endpoint, failed
from nornir_haupgrade.probes.target import Target
from nornir_haupgrade.probes.tcp_connect import RESET_ON_CLOSE
from nornir_haupgrade.settings import HttpService

if TYPE_CHECKING:
    import httpx

_MOST = 64 * 1024
"""Bytes of a page that are read and searched."""
_PORTS = {"http": 80, "https": 443}


class HttpAsker:
    """Asks for the page over a new connection each time: an old one would prove an old session.

    Redirects are not followed; proxies, cookies and compression are not used. A certificate is
    verified against this machine's own trust store, where a site's own authority is found too.
    """

    is_exclusive = False

    def __init__(self, service: HttpService) -> None:
        parts = urlsplit(service.url)
        self._service = service
        self._host = parts.hostname or ""
        self._target = Target(self._host, parts.port or _PORTS[parts.scheme])
        # The query may hold a key: results are kept as evidence, so only the path is told.
        self._where = urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))
        self._path = urlunsplit(("", "", parts.path or "/", parts.query, ""))
        self._scheme = parts.scheme
        self._headers = {
            "Host": parts.netloc,
            "User-Agent": "nornir-haupgrade",
            "Accept": "*/*",
            "Accept-Encoding": "identity",
            "Connection": "close",
        }
        self._at_rest = _transport()
        self._hastened = _transport(RESET_ON_CLOSE)

    async def ask(self, timeout: float, *, is_hastened: bool) -> Outcome:  # noqa: ASYNC109
        """Good if the status is the one expected, and the text is in the page."""
        transport = self._hastened if is_hastened else self._at_rest
        return await self._target.ask(
            lambda address: self._ask(transport, address), timeout, is_hastened=is_hastened
        )

    async def close(self) -> None:
        """Close what is open."""
        await self._at_rest.aclose()
        await self._hastened.aclose()

    async def _ask(self, transport: httpx.AsyncBaseTransport, address: Address) -> Outcome:
        import httpx

        began = asyncio.get_running_loop().time()
        try:
            is_good, words, flow = await self._get(transport, address[1])
        except httpx.HTTPError as error:
            return self._failed(error)
        took = (asyncio.get_running_loop().time() - began) * 1000
        return Outcome(is_good, f"{self._where}: {words} ({took:.0f} ms)", flow)

    async def _get(
        self, transport: httpx.AsyncBaseTransport, address: tuple[Any, ...]
    ) -> tuple[bool, str, Flow]:
        import httpx

        lines = _Lines()
        host = f"[{address[0]}]" if ":" in address[0] else address[0]
        request = httpx.Request(
            "GET",
            f"{self._scheme}://{host}:{address[1]}{self._path}",
            headers=self._headers,
            # The certificate is the name's, not the address's.
            extensions={"sni_hostname": self._host, "trace": lines.heard},
        )
        async with lines:
            # Not through httpx's client: it would keep cookies, and follow what the page says.
            response = await transport.handle_async_request(request)
            lines.push_async_callback(response.aclose)
            stream = response.extensions["network_stream"]
            flow = Flow(
                "tcp",
                endpoint(stream.get_extra_info("client_addr")),
                endpoint(stream.get_extra_info("server_addr")),
            )
            body = b""
            if self._service.contains is not None:
                async for piece in response.aiter_raw():
                    body += piece
                    if len(body) >= _MOST:
                        break
            is_good, words = self._judge(response.status_code, body[:_MOST], _charset(response))
            return is_good, words, flow

    def _judge(self, status: int, body: bytes, charset: str) -> tuple[bool, str]:
        if status != self._service.status:
            return False, f"status {status}, not {self._service.status}"
        wanted = self._service.contains
        if wanted is None:
            return True, f"status {status}"
        try:
            text = body.decode(charset, "replace")
        except LookupError:  # the server names an encoding that there is not
            text = body.decode("utf-8", "replace")
        if wanted not in text:
            return False, f"status {status}, without {wanted!r}"
        return True, f"status {status}, with {wanted!r}"

    def _failed(self, error: Exception) -> Outcome:
        # httpx wraps the system's own error, which says whether this machine could try at all.
        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, OSError) and cause.errno and not isinstance(cause, ssl.SSLError):
                return failed(self._where, cause)
            cause = cause.__cause__ or cause.__context__
        words = str(error) or type(error).__name__
        return Outcome(is_good=False, detail=f"{self._where}: {words}")


class _Lines(contextlib.AsyncExitStack):
    """Closes what was opened for a request, whatever becomes of it.

    httpcore forgets a connection whose TLS handshake is cancelled (1.0.9 cleans up after an
    ``Exception`` only): a hundred a second, the process would soon have no files left.
    """

    async def heard(self, event: str, details: dict[str, Any]) -> None:
        """For httpcore's extension ``trace``: something was done."""
        if event == "connection.connect_tcp.complete":
            self.push_async_callback(details["return_value"].aclose)


def _charset(response: httpx.Response) -> str:
    return response.charset_encoding or "utf-8"


@functools.cache
def _trusted() -> ssl.SSLContext:
    """This machine's trust store; reading it takes a while, so it is read once."""
    return ssl.create_default_context()


def _transport(*options: tuple[int, int, bytes]) -> httpx.AsyncHTTPTransport:
    import httpx

    return httpx.AsyncHTTPTransport(
        verify=_trusted(),
        trust_env=False,
        limits=httpx.Limits(max_connections=None, max_keepalive_connections=0),
        socket_options=options,
    )

"""A page answers with a status, and if asked with a text."""

from __future__ import annotations

import asyncio
import ssl
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

from nornir_haupgrade.model import Flow
from nornir_haupgrade.probes.outcome import Outcome, endpoint, failed, silent
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

    Redirects are not followed, proxies are not used. A certificate is verified against this
    machine's own trust store, where a site's own authority is found too.
    """

    is_exclusive = False

    def __init__(self, service: HttpService) -> None:
        parts = urlsplit(service.url)
        self._service = service
        self._host = parts.hostname or ""
        port = parts.port or _PORTS[parts.scheme]
        self._target = Target(self._host, port)
        self._headers = {"Host": parts.netloc, "Connection": "close"}
        # The query may hold a key: results are kept as evidence, so only the path is told.
        self._where = urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))
        self._rest = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
        self._scheme = parts.scheme
        context = ssl.create_default_context() if parts.scheme == "https" else None
        self._at_rest = _client(context, options=())
        self._hastened = _client(context, options=(RESET_ON_CLOSE,))

    async def ask(self, timeout: float, *, is_hastened: bool) -> Outcome:  # noqa: ASYNC109
        """Good if the status is the one expected, and the text is in the page."""
        import httpx

        found = await self._target.addresses(is_hastened=is_hastened)
        if isinstance(found, Outcome):
            return found
        client = self._hastened if is_hastened else self._at_rest
        loop = asyncio.get_running_loop()
        ends = loop.time() + timeout
        outcome = silent(self._where, timeout)
        for at, (_, address) in enumerate(found):
            left = max(ends - loop.time(), 0.001) / (len(found) - at)
            try:
                async with asyncio.timeout(left):
                    return await self._get(client, address)
            except TimeoutError:
                outcome = silent(self._where, timeout)
            except httpx.HTTPError as error:
                outcome = self._failed(error)
        return outcome

    async def close(self) -> None:
        """Close what is open."""
        await self._at_rest.aclose()
        await self._hastened.aclose()

    async def _get(self, client: httpx.AsyncClient, address: tuple[Any, ...]) -> Outcome:
        host = f"[{address[0]}]" if ":" in address[0] else address[0]
        began = asyncio.get_running_loop().time()
        async with client.stream(
            "GET",
            f"{self._scheme}://{host}:{address[1]}{self._rest}",
            headers=self._headers,
            # The certificate is the name's, not the address's.
            extensions={"sni_hostname": self._host},
        ) as response:
            stream = response.extensions["network_stream"]
            flow = Flow(
                "tcp",
                endpoint(stream.get_extra_info("client_addr")),
                endpoint(stream.get_extra_info("server_addr")),
            )
            body = b""
            if self._service.contains is not None:
                async for piece in response.aiter_bytes():
                    body += piece
                    if len(body) >= _MOST:
                        break
            charset = response.charset_encoding
            status = response.status_code
        took = (asyncio.get_running_loop().time() - began) * 1000
        is_good, words = self._judge(status, body[:_MOST], charset)
        return Outcome(is_good, f"{self._where}: {words} ({took:.0f} ms)", flow)

    def _judge(self, status: int, body: bytes, charset: str | None) -> tuple[bool, str]:
        if status != self._service.status:
            return False, f"status {status}, not {self._service.status}"
        wanted = self._service.contains
        if wanted is None:
            return True, f"status {status}"
        try:
            text = body.decode(charset or "utf-8", "replace")
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


def _client(
    context: ssl.SSLContext | None, *, options: tuple[tuple[int, int, bytes], ...]
) -> httpx.AsyncClient:
    import httpx

    transport = httpx.AsyncHTTPTransport(
        verify=context if context is not None else False,
        trust_env=False,
        limits=httpx.Limits(max_connections=None, max_keepalive_connections=0),
        socket_options=options,
    )
    # Each probe has its own deadline around the whole of it.
    return httpx.AsyncClient(transport=transport, timeout=None, trust_env=False)  # noqa: S113

"""One TCP connect: is a service there?"""

from __future__ import annotations

import socket
import time

from nornir_haupgrade.model import ServiceResult
from nornir_haupgrade.probes.addresses import NO_ANSWER, Address, resolve


def check_tcp(name: str, address: str, port: int, *, timeout: float = 2.0) -> ServiceResult:
    """Good if a connection is accepted; None if this machine could not even try.

    Args:
        name: What the service is called.
        address: Its IP address or host name; several addresses of a name share the time.
        port: Its TCP port.
        timeout: Seconds for connecting. Looking up a name comes on top, in the resolver's own time.
    """
    where = f"{address}:{port}"
    try:
        found = resolve(address, port)
    except socket.gaierror as error:
        # No name server is no word about the service; an unknown name is.
        is_good = None if error.errno == socket.EAI_AGAIN else False
        return ServiceResult(name, is_good, f"{where}: {error.strerror}")
    except (OSError, ValueError, OverflowError) as error:
        return ServiceResult(name, is_good=False, detail=f"{where}: {error}")
    started = time.monotonic()
    outcomes: list[tuple[bool | None, str]] = []
    for at, one in enumerate(found):
        left = timeout - (time.monotonic() - started)
        outcome = _try(one, max(left, 0.001) / (len(found) - at))
        if outcome[0]:
            took = (time.monotonic() - started) * 1000
            return ServiceResult(name, is_good=True, detail=f"{where} accepts ({took:.0f} ms)")
        outcomes.append(outcome)
    # An address that this machine cannot use is no matter where another one gave an answer.
    is_good, words = next((one for one in outcomes if one[0] is False), outcomes[0])
    return ServiceResult(name, is_good, f"{where}: {words}")


def _try(address: Address, timeout: float) -> tuple[bool | None, str]:
    family, target = address
    try:
        with socket.socket(family, socket.SOCK_STREAM) as sock:
            sock.settimeout(timeout)
            sock.connect(target)
    except TimeoutError:
        return False, f"no answer in {timeout:.1f} s"
    except OSError as error:
        return None if error.errno in NO_ANSWER else False, error.strerror or str(error)
    return True, ""

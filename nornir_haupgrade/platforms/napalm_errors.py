"""What NAPALM and the libraries below it raise, in our words and without secrets."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator, Sequence

from nornir_haupgrade.errors import (
    BadInput,
    CommandFailed,
    ConnectFailed,
    HAUpgradeError,
    HostKeyChanged,
    HostKeyUnknown,
    LoginRefused,
    Unreachable,
)

_REFUSED = re.compile(
    r"authenti|unauthori[sz]ed|permission denied|\b401\b|login (?:failed|incorrect|invalid)",
    re.IGNORECASE,
)
_LATE = re.compile(r"time[d ]*out", re.IGNORECASE)
_LONGEST = 200


def not_connected(error: BaseException, where: str, secrets: Sequence[str]) -> HAUpgradeError:
    """Why there is no session.

    Args:
        error: What was raised; libraries wrap each other's errors, so those below it count, too.
        where: "NAPALM's ios at 10.0.0.1 port 22".
        secrets: What must not be said.
    """
    below = list(_chain(error))
    for one in below:
        if isinstance(one, HAUpgradeError):
            return one
    if found := _host_key(below, where):
        return found
    names = {name for one in below for name in _kinds(one)}
    said = _said(error, secrets)
    if names & {"ModuleImportError", "ModuleNotFoundError"}:
        return BadInput(
            f"{where}: there is no such driver: {said}",
            advice="correct platform in connection_options: napalm:, or install the driver",
        )
    if names & {"AuthenticationException", "ConnectAuthError", "NetmikoAuthenticationException"}:
        return _refused(where)
    if "no acceptable" in str(below) or "can't match" in str(below):
        return ConnectFailed(
            f"{where}: it and this host share no SSH algorithm",
            advice="old images need the extra `legacy-ssh`: "
            "pip install 'nornir-haupgrade[legacy-ssh]'",
        )
    if _is_late(names, below):
        return Unreachable(f"{where}: timed out", advice="check the device and the path to it")
    if any(_REFUSED.search(str(one)) for one in below):
        return _refused(where)
    if any(_is_broken(one) for one in below):
        return Unreachable(f"{where}: {said}", advice="check the device and the path to it")
    return ConnectFailed(
        f"{where}: {said}", advice="check connection_options: napalm: in the inventory"
    )


def no_line(error: OSError, where: str) -> Unreachable:
    """Why there is not even a TCP connection."""
    if isinstance(error, TimeoutError):
        why = "timed out while waiting for the TCP connection"
    elif isinstance(error, ConnectionRefusedError):
        why = "the port refuses the connection"
    elif isinstance(error, socket.gaierror):
        why = "the name does not resolve to an address"
    else:
        why = error.strerror or type(error).__name__
    return Unreachable(f"{where}: {why}", advice="check the address, the port and the device")


def not_read(
    error: BaseException, where: str, command: str, secrets: Sequence[str]
) -> tuple[CommandFailed, bool]:
    """Why a getter gave no answer, and whether the session can still be used."""
    below = list(_chain(error))
    names = {name for one in below for name in _kinds(one)}
    said = _said(error, secrets)
    if isinstance(error, NotImplementedError):
        what = f"{where} has no {command.split()[1]}"
        return CommandFailed(what, command=command, advice="leave it out of ha.getters"), True
    if _is_late(names, below):
        what = f"{where}: no complete answer in time; the session was closed: {command!r}"
        return CommandFailed(what, command=command, advice="look at the device"), False
    if any(_is_broken(one) for one in below):
        what = f"{where}: the session broke under {command!r}: {said}"
        return CommandFailed(what, command=command, advice="look at the device"), False
    what = f"{where}: {command!r} failed: {said}"
    return CommandFailed(
        what, command=command, advice="leave it out of ha.getters, or mend it"
    ), True


def _host_key(below: Sequence[BaseException], where: str) -> HAUpgradeError | None:
    for one in below:
        if "BadHostKeyException" in _kinds(one) or "SshHostKeyMismatch" in _kinds(one):
            return HostKeyChanged(
                f"{where}: it offers another host key than the known one",
                advice="another device may have taken the address: find out why before anything "
                "else",
            )
        # paramiko's RejectPolicy, and napalm-linux in its place.
        if "not found in known_hosts" in str(one) or "is not the one expected" in str(one):
            return HostKeyUnknown(
                f"{where}: it offers a host key that is not known",
                advice="compare the fingerprint that ssh-keyscan shows with the device's own, "
                "then add the key to the file of known hosts",
            )
    return None


def _refused(where: str) -> LoginRefused:
    return LoginRefused(
        f"{where}: the login is refused",
        advice="check user and password in the inventory; mind the lockout limit",
    )


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and all that it was raised from or upon."""
    waiting: list[BaseException | None] = [error]
    seen: set[int] = set()
    while waiting:
        one = waiting.pop(0)
        if one is not None and id(one) not in seen:
            seen.add(id(one))
            yield one
            waiting += [one.__cause__, one.__context__]


def _kinds(error: BaseException) -> set[str]:
    """The names of its classes: to know them by import would cost a second."""
    return {kind.__name__ for kind in type(error).__mro__}


def _is_late(names: set[str], below: Sequence[BaseException]) -> bool:
    kinds = {"TimeoutError", "ReadTimeout", "ConnectTimeoutError", "CommandTimeoutException"}
    return bool(names & kinds) or any(
        "NetmikoTimeoutException" in _kinds(one) and _LATE.search(str(one)) for one in below
    )


def _is_broken(error: BaseException) -> bool:
    kinds = {"EOFError", "ConnectionClosedException", "SSHException", "NetmikoTimeoutException"}
    return bool(_kinds(error) & kinds) or isinstance(error, ConnectionError)


def _said(error: BaseException, secrets: Sequence[str]) -> str:
    """Its first line, short, printable, without secrets."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    text = lines[0] if lines else ""
    for secret in secrets:
        text = text.replace(secret, "***")
    text = "".join(sign if sign.isprintable() else "?" for sign in text)[:_LONGEST]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__

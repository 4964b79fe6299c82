"""What libraries raise, as they raise it, in our words."""

from __future__ import annotations

import socket

import paramiko
import pytest
from napalm.base.exceptions import ConnectionException, ModuleImportError
from netmiko.exceptions import NetmikoAuthenticationException, NetmikoTimeoutException

from nornir_haupgrade.errors import (
    BadInput,
    ConnectFailed,
    HAUpgradeError,
    HostKeyChanged,
    HostKeyUnknown,
    LoginRefused,
    Unreachable,
)
from nornir_haupgrade.platforms.napalm_errors import no_line, not_connected

WHERE = "NAPALM's ios at 10.0.0.1 port 22"


def upon(raised: Exception, below: Exception) -> Exception:
    """As Netmiko and NAPALM do it: each raises its own upon the other's."""
    raised.__context__ = below
    return raised


def said(error: BaseException) -> HAUpgradeError:
    return not_connected(error, WHERE, ("s3cret",))


KEY = paramiko.ECDSAKey.generate()


@pytest.mark.parametrize(
    ("raised", "kind"),
    [
        (paramiko.SSHException("Server '10.0.0.1' not found in known_hosts"), HostKeyUnknown),
        (paramiko.BadHostKeyException("10.0.0.1", KEY, KEY), HostKeyChanged),
        (paramiko.AuthenticationException("Authentication failed."), LoginRefused),
        (paramiko.SSHException("Error reading SSH protocol banner"), Unreachable),
        (paramiko.SSHException("Incompatible ssh peer (no acceptable kex algorithm)"), None),
        (TimeoutError("timed out"), Unreachable),
        (ConnectionResetError(104, "Connection reset by peer"), Unreachable),
        (EOFError(), Unreachable),
        (Unreachable("the port refuses the connection"), Unreachable),
    ],
)
def test_what_lies_below_decides(raised: Exception, kind: type[HAUpgradeError] | None) -> None:
    found = said(upon(ConnectionException("Cannot connect to 10.0.0.1"), raised))
    assert type(found) is (kind or ConnectFailed)
    if kind is None:
        assert "legacy-ssh" in str(found)


@pytest.mark.parametrize(
    ("raised", "kind"),
    [
        (NetmikoAuthenticationException("Authentication to device failed."), LoginRefused),
        (NetmikoTimeoutException("Paramiko: 'No existing session': conn_timeout"), Unreachable),
        (ModuleImportError('Cannot import "napalm_nothing"'), BadInput),
        (ValueError("Failed to enter enable mode with s3cret"), ConnectFailed),
        (ConnectionException("401 Client Error: Unauthorized for url"), LoginRefused),
    ],
)
def test_what_is_raised_itself_is_known(raised: Exception, kind: type[HAUpgradeError]) -> None:
    found = said(raised)
    assert type(found) is kind
    assert "s3cret" not in str(found)
    assert str(found).startswith(WHERE)


def test_it_is_followed_down_to_its_beginning_once() -> None:
    refused = ConnectionRefusedError(111, "Connection refused")
    netmiko = upon(NetmikoTimeoutException("TCP connection to device failed."), refused)
    error = upon(ConnectionException("Cannot connect to 10.0.0.1"), netmiko)
    refused.__context__ = error  # a circle
    assert type(said(error)) is Unreachable


@pytest.mark.parametrize(
    ("raised", "why"),
    [
        (TimeoutError(), "timed out while waiting for the TCP connection"),
        (ConnectionRefusedError(111, "Connection refused"), "the port refuses the connection"),
        (socket.gaierror(-2, "Name or service not known"), "the name does not resolve"),
        (OSError(113, "No route to host"), "No route to host"),
        (OSError(), "OSError"),
    ],
)
def test_why_there_is_not_even_a_line(raised: OSError, why: str) -> None:
    assert f"{WHERE}: {why}" in str(no_line(raised, WHERE))


def test_a_long_message_of_many_lines_is_cut_to_its_first() -> None:
    found = str(said(ValueError("\n\nfirst \x1b line " + "x" * 500 + "\nsecond")))
    assert "ValueError: first ? line xxx" in found
    assert "second" not in found
    assert len(found) < 400


def test_an_error_without_words_is_named() -> None:
    assert "ValueError" in str(said(ValueError()))

"""Waiting for a port: while it is down nobody logs in, since failed logins lock accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nornir_haupgrade.probes.ports import PortWatch
from nornir_haupgrade.procedure.actions.context import Context, Deadline

if TYPE_CHECKING:
    from collections.abc import Callable

    from nornir_haupgrade.model import MemberId
    from nornir_haupgrade.probes.ports import Watch


def watch_port(ctx: Context, member: MemberId) -> Watch:
    """Begin to watch the port that a member is logged in to on."""
    options = ctx.pair.host(member).get_connection_parameters("netmiko")
    return PortWatch.shared().watch(str(options.hostname), options.port or 22)


def wait_until(ctx: Context, until: Callable[[float], bool], seconds: float) -> bool:
    """Wait in pieces, so that a person can stop it."""
    deadline = Deadline(seconds)
    while not deadline.is_over:
        if until(min(1.0, deadline.left)):
            return True
        ctx.wait(0)
    return False

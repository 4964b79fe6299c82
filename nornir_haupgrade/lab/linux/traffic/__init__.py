"""Live TCP connections through a pair: what a switchover costs them, measured from outside.

``server`` and ``client`` are programs; ``Traffic`` asks a running client.
"""

from __future__ import annotations

from nornir_haupgrade.lab.linux.traffic.control import NoClientError, Traffic, TrafficError
from nornir_haupgrade.lab.linux.traffic.report import (
    CheckReport,
    ConnectionReport,
    DeadConnection,
    FailedConnection,
    Gap,
    Instant,
    LostConnection,
    NewConnections,
    Reason,
    TrafficReport,
)

__all__ = [
    "CheckReport",
    "ConnectionReport",
    "DeadConnection",
    "FailedConnection",
    "Gap",
    "Instant",
    "LostConnection",
    "NewConnections",
    "NoClientError",
    "Reason",
    "Traffic",
    "TrafficError",
    "TrafficReport",
]

"""The lab's device seconds as dates: the same lab prints the same texts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
"""When every lab begins."""


def moment(now: float) -> datetime:
    """Device seconds as a date."""
    return START + timedelta(seconds=now)

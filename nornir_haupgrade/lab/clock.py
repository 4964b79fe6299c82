"""The lab's device seconds as dates: every lab begins at the same instant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
"""The same lab prints the same texts."""


def moment(now: float) -> datetime:
    """Device seconds as a date."""
    return _START + timedelta(seconds=now)

"""Processors for any Nornir: watching a run, and keeping a record of it."""

from __future__ import annotations

from nornir_haupgrade.processors.json_lines import JsonLines
from nornir_haupgrade.processors.progress import Progress

__all__ = ["JsonLines", "Progress"]

"""The same labs and pauses as the whole runs from the command line."""

from __future__ import annotations

from tests.end_to_end.conftest import compressed, make_rig

__all__ = ["compressed", "make_rig"]

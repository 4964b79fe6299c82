"""Sources of truth on loopback, which answer as NetBox and Nautobot document it.

What they answer is written after the shape that their API documents, since no instance can be
reached from a test: NetBox 4's and Nautobot 3's list of devices (``depth=1``).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from tests.site.web import Asked

TOKEN: Final = "0123456789abcdef0123456789abcdef01234567"
ANSWERS: Final = Path(__file__).parent / "answers"
_ROLE: Final = {"netbox": "slug", "nautobot": "name"}
"""By what the parameter ``role`` knows a role."""


def source(name: str, **ha: Any) -> Callable[[Asked], tuple[int, Any]]:  # noqa: ANN401
    """A source of truth with these devices behind its token; ``ha``: more for the pair's rule."""
    devices = json.loads((ANSWERS / f"{name}_devices.json").read_text())
    for device in devices["results"]:
        if "ha" in device["config_context"]:
            device["config_context"]["ha"] |= ha

    def answer(asked: Asked) -> tuple[int, Any]:
        if TOKEN not in asked.headers.get("authorization", ""):
            return 403, {"detail": "Invalid token"}
        parts = urlsplit(asked.path)
        if parts.path != "/api/dcim/devices/":
            return 404, {"detail": "Not found."}
        found = json.loads(json.dumps(devices))
        query = parse_qs(parts.query)
        if roles := query.get("role"):
            named = [device for device in found["results"] if device["role"][_ROLE[name]] in roles]
            found |= {"results": named, "count": len(named)}
        if name == "nautobot" and "config_context" not in query.get("include", []):
            for device in found["results"]:
                del device["config_context"]  # left out unless it is asked for
        return 200, found

    return answer

"""``request license info``."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.personalities.paloalto_panos.context import (
    At,
    answer,
    branch,
    text_at,
)
from nornir_haupgrade.lab.terminal.answers import text_of

if TYPE_CHECKING:
    from nornir_haupgrade.lab.command import Outcome


def licences(at: At, _: tuple[str, ...]) -> Outcome:
    """``request license info``."""
    own = at.firewall
    is_valid = own.has("licence_invalid") is None
    year = at.time.year + (1 if is_valid else -1)
    entries = [
        _licence(own.node_id, feature_name, text, f"January 09, {year}", is_valid=is_valid)
        for feature_name, text in (
            ("PA-VM", "Standard VM-100"),
            ("Threat Prevention", "Threat Prevention"),
            ("Premium", "24 x 7 phone support; advanced replacement hardware service"),
        )
    ]

    def render(result: ET.Element) -> str:
        lines = ["", f"Current GMT Date: {at.time:%B %d, %Y}"]
        for entry in result.iter("entry"):
            lines += ["", "License entry:"]
            lines += [f"{title}: {text_at(entry, tag)}" for title, tag in _LICENCE_LINES]
        return text_of(*lines, "")

    return answer(at, branch("result", branch("licenses", *entries)), render)


_LICENCE_LINES = (
    ("Feature", "feature"),
    ("Description", "description"),
    ("Serial", "serial"),
    ("Issued", "issued"),
    ("Expires", "expires"),
    ("Expired?", "expired"),
    ("Base license", "base-license-name"),
)


def _licence(serial: str, name: str, text: str, expires: str, *, is_valid: bool) -> ET.Element:
    return branch(
        "entry",
        feature=name,
        description=text,
        serial=serial,
        issued="January 13, 2025",
        expires=expires,
        expired="no" if is_valid else "yes",
        base_license_name="PA-VM",
        authcode="",
    )

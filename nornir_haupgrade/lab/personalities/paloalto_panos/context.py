"""What a firewall's command is given, and the two ways in which its result is printed."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from nornir_haupgrade.lab.clock import moment
from nornir_haupgrade.lab.command import Act, Effect, Outcome, Reply
from nornir_haupgrade.lab.device import Phase

if TYPE_CHECKING:
    from datetime import datetime

    from nornir_haupgrade.lab.command import Terminal
    from nornir_haupgrade.lab.pair import Pair
    from nornir_haupgrade.lab.personalities.paloalto_panos.firewall import Firewall

XML, SCRIPTING, CONFIRMATION, FORMAT = "xml", "scripting", "confirmation", "format"
"""What ``set cli`` keeps for a terminal."""
ON, OFF = "on", "off"


def settings_of(terminal: Terminal) -> dict[str, str]:
    """What ``set cli`` keeps for a terminal; a terminal that was never asked keeps nothing yet."""
    if terminal.own is None:
        terminal.own = {}
    kept: dict[str, str] = terminal.own
    return kept


@dataclass(frozen=True, slots=True)
class At:
    """A firewall, its pair, the terminal, and the answers to what the command asked."""

    pair: Pair
    firewall: Firewall
    terminal: Terminal
    answers: tuple[str, ...]
    user: str
    words: tuple[str, ...]
    """Of the line, written out."""

    @property
    def now(self) -> float:
        """Device seconds."""
        return self.pair.timeline.now()

    @property
    def time(self) -> datetime:
        """The same as a date."""
        return moment(self.now)

    @property
    def peer(self) -> Firewall:
        """The other member."""
        return self.firewall.other

    @property
    def sees_peer(self) -> bool:
        """Whether HA1 reaches a peer whose HA runs."""
        is_reached = self.pair.hears_adverts and not self.firewall.is_cut_off
        return is_reached and self.peer.phase is Phase.RUNNING and self.peer.has_ha_running

    @property
    def is_xml(self) -> bool:
        """Whether results are printed as XML."""
        return settings_of(self.terminal).get(XML) == ON


Handler: TypeAlias = "Callable[[At, tuple[str, ...]], Outcome]"
Render: TypeAlias = "Callable[[ET.Element], str]"


def branch(tag: str, /, *children: ET.Element, **leaves: object) -> ET.Element:
    """An element with children: leaves first, ``_`` in their names for ``-``."""
    made = ET.Element(tag)
    for name, value in leaves.items():
        ET.SubElement(made, name.replace("_", "-")).text = str(value)
    made.extend(children)
    return made


def leaf(tag: str, text: object = "") -> ET.Element:
    """An element that only holds text."""
    made = ET.Element(tag)
    made.text = str(text)
    return made


def text_at(element: ET.Element, path: str) -> str:
    """The text of a descendant; empty if it is not there."""
    return (element.findtext(path) or "").strip()


def _document(response: ET.Element) -> str:
    ET.indent(response)
    return ET.tostring(response, encoding="unicode") + "\n"


def answer(
    at: At,
    result: ET.Element,
    render: Render,
    effect: Effect = Effect.NONE,
    act: Act | None = None,
) -> Outcome:
    """A result, in the rendering that the terminal is set to."""
    if at.is_xml:
        response = ET.Element("response", status="success")
        response.append(result)
        text = _document(response)
    else:
        text = render(result)
    return Outcome(Reply(stdout=text), effect, act=act)


def told(
    at: At, message: str, effect: Effect = Effect.NONE, act: Act | None = None, *, job: int = 0
) -> Outcome:
    """A success that says one thing; one that enqueued a job names it in XML as the API does."""
    if job:
        result = branch("result", branch("msg", leaf("line", message)), leaf("job", job))
    else:
        result = leaf("result", message)
    return answer(at, result, lambda _: f"\n{message}\n\n", effect, act)


def refused(at: At, message: str) -> Outcome:
    """What the management server refuses."""
    if at.is_xml:
        response = ET.Element("response", status="error")
        response.append(branch("msg", leaf("line", message)))
        return Outcome(Reply(stdout=_document(response), status=1))
    return wrong(f"Server error : {message}")


def wrong(line: str) -> Outcome:
    """What the command line itself refuses; never XML."""
    return Outcome(Reply(stdout=f"\n{line}\n\n", status=1))


def span(seconds: float) -> str:
    """As in ``(last 45 days)``: the largest unit alone; ``1 days`` is in the vendor's texts."""
    rest = max(0, int(seconds))
    for unit, size in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if rest >= size:
            return f"{rest // size} {unit}"
    return f"{rest} seconds"

"""What happened to a member's role, how often, and which paths it watches."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.clock import moment
from nornir_haupgrade.lab.personalities.paloalto_panos.context import (
    At,
    answer,
    branch,
    leaf,
    text_at,
)
from nornir_haupgrade.lab.personalities.paloalto_panos.ha_report import MODE
from nornir_haupgrade.lab.terminal.answers import text_of

if TYPE_CHECKING:
    from nornir_haupgrade.lab.command import Outcome


def transitions(at: At, _: tuple[str, ...]) -> Outcome:
    """``show high-availability transitions``: no capture was found, the layout is the lab's."""
    entries = [
        branch(
            "entry",
            time=f"{moment(item.at):%Y/%m/%d %H:%M:%S}",
            from_state=item.before,
            to_state=item.after,
            reason=item.reason,
        )
        for item in at.firewall.history.entries
    ]

    def render(result: ET.Element) -> str:
        rows = [
            f"{text_at(entry, 'time')}  {text_at(entry, 'from-state'):<15} "
            f"{text_at(entry, 'to-state'):<15} {text_at(entry, 'reason')}".rstrip()
            for entry in result.iter("entry")
        ]
        return text_of(f"{'Time':<21}{'From':<16}{'To':<16}Reason", "-" * 80, *rows, "")

    return answer(at, branch("result", branch("transitions", *entries)), render)


def flaps(at: At, _: tuple[str, ...]) -> Outcome:
    """``show high-availability flap-statistics``, in the layout of nwtechshare.com.

    The lab counts none: its firewalls never suspend themselves for flapping.
    """

    def render(_: ET.Element) -> str:
        return text_of(
            "Group 1:",
            f"  Mode: {MODE}",
            "  Flap Statistics:",
            "    Preemptions since flap counter reset : 0",
            "    Non-functional states since flap counter reset : 0",
            "    Maximum flaps allowed before suspending device : 3",
            "",
        )

    counts = branch("group", preempt_flap_cnt=0, nonfunc_flap_cnt=0, max_flaps=3)
    return answer(at, branch("result", counts), render)


def paths(at: At, _: tuple[str, ...]) -> Outcome:
    """``show high-availability path-monitoring``, as captured; the lab's firewalls watch none."""

    def render(result: ET.Element) -> str:
        ruler = "-" * 80
        return text_of(
            ruler,
            f"total paths monitored :                         {text_at(result, 'total')}",
            "hold time to send probe packets :               1000 ms",
            "  (after device becomes active)",
            ruler,
            "grp/name/type             destination     suc/total rtt min/max/avg (ms) "
            "probe cnt/interval(ms)",
            ruler,
            ruler,
        )

    return answer(at, branch("result", leaf("total", 0)), render)

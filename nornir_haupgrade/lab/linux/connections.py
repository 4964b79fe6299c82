"""Live connections through a pair of the lab: its own server and client, started and asked."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from nornir_haupgrade.errors import HAUpgradeError
from nornir_haupgrade.lab.linux.spec import SERVICE_PORT
from nornir_haupgrade.lab.linux.traffic import Traffic

if TYPE_CHECKING:
    from pathlib import Path

    from nornir_haupgrade.lab.linux.lab import LinuxLab
    from nornir_haupgrade.lab.linux.spec import PairNet
    from nornir_haupgrade.lab.linux.traffic import TrafficReport

NEW_PER_SECOND = 20
_READY_WITHIN = 30.0
_ESTABLISHED_WITHIN = 60.0
_PROGRAMS = "nornir_haupgrade.lab.linux.traffic"


def open_connections(
    lab: LinuxLab,
    pair: PairNet,
    *,
    long: int = 200,
    new_per_second: float = NEW_PER_SECOND,
    answer_timeout: float = 30.0,
) -> Traffic:
    """Open long-lived connections, a tenth idle and a tenth behind source NAT, and short ones.

    Returns when all the long-lived ones stand; they end with the lab.

    Args:
        lab: The lab, which runs.
        pair: The pair that they run through.
        long: How many are held.
        new_per_second: How many more are opened each second, used once, and closed.
        answer_timeout: Seconds of silence after which a connection is lost.

    Raises:
        HAUpgradeError: They do not come about.
    """
    place = f"{pair.server}:{SERVICE_PORT}"
    control = control_of(lab.state, pair)
    control.parent.mkdir(exist_ok=True)
    _start(lab, "server", pair, "server", "--listen", place)
    _start(
        *(lab, "client", pair, "client", "--connect", place, "--control", str(control)),
        *("--bind", pair.client, "--nat-bind", pair.natted_client),
        *("--long", str(long), "--idle", str(long // 10), "--nat", str(long // 10)),
        *("--new-per-second", str(new_per_second), "--answer-timeout", str(answer_timeout)),
    )
    traffic = Traffic(control)
    traffic.wait_established(_ESTABLISHED_WITHIN)
    return traffic


def control_of(state: Path, pair: PairNet) -> Path:
    """Where the client of a pair is asked, if one runs."""
    return state / "traffic" / pair.name


def _start(lab: LinuxLab, host: str, pair: PairNet, program: str, *arguments: str) -> None:
    command = [sys.executable, "-m", f"{_PROGRAMS}.{program}", *arguments]
    started = lab.popen_in(host, pair.name, command)
    lab.wait_until(
        lambda: "ready" in started.log.read_text().split() or started.poll() is not None,
        _READY_WITHIN,
        what=f"the {program} of {pair.name} is ready",
    )
    if started.poll() is not None:
        said = started.log.read_text(errors="replace").strip()
        raise HAUpgradeError(f"the {program} of {pair.name} ended: {said}", pair=pair.name)


def summary(report: TrafficReport) -> str:
    """What became of the connections, in one line; times in milliseconds."""
    new, gap = report.new, report.longest_gap
    longest = "none" if gap is None else f"{gap.ms:.0f} ms"
    slowest = "none" if new.slowest_ms is None else f"{new.slowest_ms:.0f} ms"
    return (
        f"{report.alive} of {report.established} connections alive, "
        f"{len(report.lost) + report.lost_earlier} lost, longest gap {longest}; "
        f"new ones: {new.ok} ok, {new.failed} failed, slowest {slowest}"
    )

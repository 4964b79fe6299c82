"""Real Linux pairs with live connections through them, and the command line as a person runs it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from nornir_haupgrade.engines.store import Campaign, Store
from nornir_haupgrade.lab.linux import LinuxLab, LinuxSpec, PairNet
from nornir_haupgrade.lab.linux.connections import open_connections
from nornir_haupgrade.lab.linux.traffic import Traffic, TrafficReport
from nornir_haupgrade.procedure.records import Result

ROOT: Final = Path(__file__).parents[2]
LONG: Final = 200
"""Live connections of a pair; a tenth idle, a tenth behind source NAT."""
PATIENCE: Final = 300.0
"""Seconds for one command line, at most."""
_SOFTWARE: Final = ("fwctl image install", "fwctl image boot", "fwctl reboot")
_SETTINGS: Final[dict[str, Any]] = {
    "store": "campaigns",
    "reload_timeout": 90,
    "reload_notice": 5,
    "settle_timeout": 30,
    "sessions_timeout": 30,
}


@dataclass(frozen=True)
class Ended:
    """What a command line said and left behind."""

    code: int
    events: list[dict[str, Any]]
    err: str

    def story(self) -> str:
        """For the message of a test that fails."""
        lines = [
            f"{one['run']['step']} {one['run']['action']} {one['run']['members']}"
            f" {one['verdict']['status']}: {one['verdict']['reason']}"
            for one in self.of("run-ended")
        ]
        return "\n".join([f"exit {self.code}", *lines, self.err])

    def of(self, name: str) -> list[dict[str, Any]]:
        """The events of one kind."""
        return [event for event in self.events if event["event"] == name]

    @property
    def said(self) -> str:
        """All reasons, for a look whether something was said."""
        reasons = [one["verdict"]["reason"] for one in self.of("run-ended")]
        return "\n".join([*reasons, *(end["reason"] for end in self.of("pair-end")), self.err])

    def end(self, pair: str = "p1") -> dict[str, Any]:
        """How a pair ended."""
        (found,) = (event for event in self.of("pair-end") if event["pair"] == pair)
        return found


@dataclass
class Live:
    """A running lab, a project that points at it, and the traffic through its pairs."""

    lab: LinuxLab
    folder: Path
    version: str
    """What all members ran at first."""
    ha: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    long: int = LONG
    """Live connections of each pair."""
    settle: float = 5.0
    """Seconds that a service may be bad after a switchover."""
    is_through_pair: bool = False
    """Whether the members are reached through the pair itself."""
    traffic: dict[str, Traffic] = field(default_factory=dict)

    # --- doing something --------------------------------------------------------------------------

    def write(self, *images: str) -> None:
        """Write config.yaml and the inventory; YAML takes JSON.

        Args:
            images: Names of the lab's images; the first one with a version wins.
        """
        held: dict[str, dict[str, str]] = {}
        for name in images:
            image = self.lab.image(name)
            row = {"platform": "linux_ha", "version": image.version, "sha256": image.sha256}
            held.setdefault(image.version, row | {"file": str(image.path)})
        own = {**_SETTINGS, "images": [*held.values()], **self.settings}
        own["known_hosts"] = str(self.lab.known_hosts)
        hosts, groups = {}, {}
        for net in LinuxSpec(pairs=self.pairs).networks:
            groups[net.name] = self._group(net)
            for member in net.members:
                address = member.inner if self.is_through_pair else member.address
                hosts[member.name] = {"hostname": address, "groups": [net.name]}
        files = {"hosts": hosts, "groups": groups, "defaults": {}}
        options = {f"{name[:-1] if name != 'defaults' else name}_file": name for name in files}
        options = {key: f"{name}.yaml" for key, name in options.items()}
        config = {
            "inventory": {"plugin": "SimpleInventory", "options": options},
            "logging": {"enabled": False},
            "user_defined": {"haupgrade": own},
        }
        for name, content in {**files, "config": config}.items():
            (self.folder / f"{name}.yaml").write_text(json.dumps(content))

    def _group(self, net: PairNet) -> dict[str, Any]:
        service = {"name": "shop", "type": "tcp", "address": net.server, "port": 7001}
        critical = {"name": "shop", "protocol": "tcp", "destination_port": 7000}
        ha = {
            "pair": net.name,
            "platform": "linux_ha",
            "services": [service | {"settle": self.settle, "stable_for": 1}],
            "canaries": [{"name": "till", "type": "tcp", "address": net.server, "port": 7001}],
            "critical_sessions": [critical | {"at_least": self.long, "min_age": 5}],
            "tolerance": {"sessions": "10%"},
        }
        if self.is_through_pair:
            ha["management_path"] = "through_pair"
        return {
            "username": "admin",
            "password": LinuxSpec().password,
            "connection_options": {"netmiko": {"platform": "linux"}},
            "data": {"ha": ha | self.ha},
        }

    @property
    def pairs(self) -> int:
        """How many pairs the lab has."""
        return len(self.lab.states) // 2

    def start_traffic(self, *, answer_timeout: float = 30.0) -> None:
        """Open the live connections of every pair, and wait until all stand."""
        for net in LinuxSpec(pairs=self.pairs).networks:
            self.traffic[net.name] = open_connections(
                self.lab, net, long=self.long, answer_timeout=answer_timeout
            )
        time.sleep(6)  # until every one is old enough to count as critical

    def by_nornir(self, *arguments: str) -> dict[str, Any]:
        """Run a script that uses Nornir in the project's folder; what it prints last."""
        with self.started(*arguments, module="tests.live.script") as process, _Watchdog(process):
            said = process.communicate()[0]
        assert process.returncode == 0, (self.folder / "controller.err").read_text()
        result: dict[str, Any] = json.loads(said.splitlines()[-1])
        return result

    @contextmanager
    def started(
        self, *arguments: str, module: str = "nornir_haupgrade"
    ) -> Iterator[subprocess.Popen[str]]:
        """A command line in the lab's network; gone when this ends."""
        command = [sys.executable, "-m", module]
        command += ["--config", str(self.folder / "config.yaml"), *arguments]
        with (self.folder / "controller.err").open("a") as err:
            with self.lab.inside():
                process = subprocess.Popen(
                    command,
                    cwd=self.folder,
                    env={**os.environ, "PYTHONPATH": str(ROOT)},
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=err,
                    text=True,
                )
            with process:
                try:
                    yield process
                finally:
                    process.kill()

    def haupgrade(
        self, *arguments: str, at: Callable[[dict[str, Any]], None] | None = None
    ) -> Ended:
        """Run a command line to its end; ``at`` hears each event as it comes."""
        begin = self._err_length()
        is_json = arguments[0] not in {"check", "decide"}
        with self.started(*arguments, *(["--json"] if is_json else [])) as process:
            events: list[dict[str, Any]] = []
            said = ""
            with _Watchdog(process):
                if is_json:
                    events = [*self._heard(process, at)]
                else:
                    said = process.communicate()[0]
            code = process.wait(PATIENCE)
        err = (self.folder / "controller.err").read_text()[begin:]
        return Ended(code, events, said + err)

    def killed(
        self, is_it: Callable[[dict[str, Any]], bool], delay: float, *arguments: str
    ) -> bool:
        """Run a command line and kill it so long after an event; whether it died of that."""
        with self.started(*arguments, "--json") as process, _Watchdog(process):
            for event in self._heard(process, None):
                if is_it(event):
                    time.sleep(delay)
                    process.kill()
                    break
            return process.wait(PATIENCE) == -signal.SIGKILL

    def _heard(
        self, process: subprocess.Popen[str], at: Callable[[dict[str, Any]], None] | None
    ) -> Iterator[dict[str, Any]]:
        assert process.stdout is not None
        for line in process.stdout:
            event = json.loads(line)
            if at is not None:
                at(event)
            yield event

    def _err_length(self) -> int:
        path = self.folder / "controller.err"
        return len(path.read_text()) if path.exists() else 0

    def by_hand(self, member: str, line: str) -> str:
        """Somebody else types a command on a member."""
        return self.lab.run(member, line)

    # --- what is left behind ----------------------------------------------------------------------

    @property
    def campaign(self) -> Campaign:
        """The newest campaign, opened afresh."""
        store = Store(self.folder / "campaigns")
        return store.open(store.campaigns()[-1])

    def results(self, pair: str = "p1") -> list[Result]:
        """Every result of a pair's newest campaign."""
        records = (entry.record for entry in self.campaign.history.entries(pair))
        return [record for record in records if isinstance(record, Result)]

    def versions(self, pair: str = "p1") -> tuple[str, str]:
        """What both members really run."""
        states = self.lab.states
        return states[f"{pair}a"]["version"], states[f"{pair}b"]["version"]

    def roles(self, pair: str = "p1") -> tuple[str, str]:
        """What both members really are."""
        states = self.lab.states
        return states[f"{pair}a"]["role"], states[f"{pair}b"]["role"]

    def report(self, pair: str = "p1") -> TrafficReport:
        """What became of a pair's connections."""
        return self.traffic[pair].report()

    def nothing_lost(self, pair: str = "p1") -> TrafficReport:
        """Prove that all live connections of a pair still live, the idle ones too."""
        checked = self.traffic[pair].check()
        assert (checked.alive, checked.dead) == (checked.idle, ()), checked
        report = self.report(pair)
        wanted = (self.long, self.long, ())
        assert (report.established, report.alive, report.lost) == wanted, report.lost
        return report

    def commands(self, member: str, beginning: str) -> list[dict[str, Any]]:
        """What took effect on a member, by its own log."""
        return [
            entry
            for entry in self.lab.audit("command")
            if entry["member"] == member
            and entry["status"] == 0
            and entry["command"].startswith(beginning)
        ]

    def touched_while_active(self) -> list[dict[str, Any]]:
        """Installations, activations and reboots of a member that was active, by its own log."""
        return [
            entry
            for entry in self.lab.audit()
            if entry["kind"] in {"begin", "command"}
            and entry["command"].startswith(_SOFTWARE)
            and entry["state"] == "MASTER"
            and entry.get("status", 0) == 0
        ]

    def role_changes(self) -> list[tuple[str, str]]:
        """(member, role) of all that changed, by the members' own log."""
        return [(entry["member"], entry["state"]) for entry in self.lab.audit("role")]


class _Watchdog:
    """Ends a command line that takes too long, so that a test fails instead of hanging."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        from threading import Timer

        self._timer = Timer(PATIENCE, process.kill)

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()


@contextmanager
def live(folder: Path, spec: LinuxSpec | None = None, **settings: Any) -> Iterator[Live]:  # noqa: ANN401
    """A running lab with a project that points at it; ``settings`` are Live's."""
    with LinuxLab(spec or LinuxSpec(), folder / "lab") as lab:
        version = lab.states["p1a"]["version"]
        project = folder / "project"
        project.mkdir(mode=0o700)
        yield Live(lab, project, version, **settings)


def milliseconds(seconds: float | None) -> str:
    """For a proof's figures."""
    return "not measured" if seconds is None else f"{seconds * 1000:.0f} ms"


def outages_of(end: dict[str, Any]) -> list[str]:
    """``trial -> p1b: shop 31 ms (resolution 10 ms)`` of each switchover of a pair's end."""
    lines = []
    for one in end["switchovers"]:
        costs = ", ".join(
            f"{gap['name']} {milliseconds(gap['seconds'])} "
            f"(resolution {milliseconds(gap['resolution'])})"
            for gap in one["outages"]
        )
        lines.append(f"{one['step']} -> {one['to'] or '-'}: {costs}")
    return lines

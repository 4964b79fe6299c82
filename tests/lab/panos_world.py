"""Two PAN-OS firewalls: on a clock of the test's own, or over real SSH."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from nornir_haupgrade.lab import LabSpec, LabThread, panos_pair
from nornir_haupgrade.lab.command import Line, Terminal
from nornir_haupgrade.lab.personalities.paloalto_panos.firewall import Firewall, firewall_of
from tests.lab.conftest import Clockwork

SUSPEND = "request high-availability state suspend"
FUNCTIONAL = "request high-availability state functional"
PREEMPTIVE = "deviceconfig high-availability group election-option preemptive"
OLD, NEW = "10.1.9", "10.2.4"
OFFERS = ("10.2.4", "10.2.0")


class PanosWorld(Clockwork):
    """p1a (preferred and active) and p1b, without any network."""

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401  # PairSpec's
        super().__init__(panos_pair("p1", **settings))
        self.a, self.b = (firewall_of(device) for device in self.pair.devices)

    def ask(self, device: Firewall, line: str, terminal: Terminal | None = None) -> str:
        """What a line that is accepted prints."""
        reply = self.answer(device, Line(line, terminal or Terminal(length=0)))
        assert reply.status == 0, reply
        return reply.stdout

    def refused(self, device: Firewall, line: str, terminal: Terminal | None = None) -> str:
        """What a line that is refused prints; it has no effect."""
        before = len(self.entries("command"))
        reply = self.answer(device, Line(line, terminal or Terminal(length=0)))
        assert reply.status == 1, reply
        assert [entry["effect"] for entry in self.entries("command")[before:]] == ["none"]
        return reply.stdout.strip()

    def xml(self, device: Firewall, line: str, status: str = "success") -> ET.Element:
        """The response to a line, printed as XML."""
        reply = self.answer(device, Line(line, Terminal(length=0, own={"xml": "on"})))
        response = ET.fromstring(reply.stdout)  # noqa: S314  # the lab's own
        assert (response.tag, response.get("status")) == ("response", status)
        return response

    def configure(self, device: Firewall, *lines: str) -> list[str]:
        """Enter lines in one session in configuration mode; what each of them prints."""
        terminal = Terminal(length=0)
        said = []
        for text in ("configure", *lines, "exit"):
            reply = self.answer(device, Line(text, terminal))
            said.append(reply.stdout)
        return said[1:-1]

    def commit(self, device: Firewall, *lines: str) -> str:
        """Enter lines and commit them; what the commit ends with."""
        return self.configure(device, *lines, "commit")[-1]

    def word(self, device: Firewall) -> str:
        """A member's state in its own words."""
        prompt = self.rig.executor.command_line.prompt(device, Terminal())
        return prompt.partition("(")[2].partition(")")[0]

    @property
    def words(self) -> tuple[str, str]:
        return self.word(self.a), self.word(self.b)

    def job(self, device: Firewall, number: int) -> ET.Element:
        """A job as it is listed."""
        job = self.xml(device, f"show jobs id {number}").find("result/job")
        assert job is not None
        return job

    def load(self, device: Firewall, *versions: str) -> None:
        """Have releases downloaded."""
        self.ask(device, "request system software check")
        for version in versions:
            self.ask(device, f"request system software download version {version}")
            self.wait(1)

    def install(self, device: Firewall, version: str = NEW) -> None:
        """Have a release and its base installed, to run after the next boot."""
        self.load(device, "10.2.0", version)
        self.ask(device, f"request system software install version {version}")
        self.wait(1)

    def restart(self, device: Firewall, seconds: float = 20.0) -> None:
        """Restart, and wait until everything about it is over."""
        self.ask(device, "request restart system")
        self.wait(seconds)

    def effects(self, device: Firewall) -> list[str]:
        """Of the commands so far, without those that changed nothing."""
        return [
            entry["effect"]
            for entry in self.entries("command")
            if entry["member"] == device.name and entry["effect"] != "none"
        ]


@contextmanager
def panos_lab(speed: float = 1.0, **settings: Any) -> Iterator[LabThread]:  # noqa: ANN401
    """The pair p1 over real SSH; settings are PairSpec's fields."""
    with LabThread(LabSpec((panos_pair("p1", **settings),), speed=speed)) as lab:
        yield lab

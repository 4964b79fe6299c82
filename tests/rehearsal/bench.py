"""A pair in memory with an image to go to, and what was kept of its runs."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from nornir_haupgrade.engines.answers import Person, Policy
from nornir_haupgrade.engines.errand import Errand
from nornir_haupgrade.engines.events import Event, PairEnd, RunEnded
from nornir_haupgrade.lab import Fault, Moment, PairSpec, Platform, When, build_image
from nornir_haupgrade.procedure.records import Action, Goal, Record, Step
from nornir_haupgrade.rehearsal.memory.bench import Bench, Pace
from nornir_haupgrade.rehearsal.memory.controller import Controller, project_of
from nornir_haupgrade.rehearsal.memory.store import MemoryStore
from nornir_haupgrade.settings import Canary, Settings, TcpService

OLD: Final[Mapping[Platform, str]] = {
    Platform.LINUX_HA: "12.15",
    Platform.CISCO_IOSXE: "17.06.03a",
}
NEW: Final[Mapping[Platform, str]] = {
    Platform.LINUX_HA: "13.8",
    Platform.CISCO_IOSXE: "17.09.01a",
}
BETWEEN: Final[Mapping[Platform, str]] = {
    Platform.LINUX_HA: "12.20",
    Platform.CISCO_IOSXE: "17.07.01a",
}
"""By way of which the new one is reached, where it is said to require it."""
SMALL: Final = 2048
"""Bytes of an image: its size proves nothing here."""
SECONDS: Final[Mapping[str, float]] = {
    "connect_timeout": 4,
    "command_timeout": 5,
    "install_timeout": 20,
    "reload_timeout": 30,
    "reload_notice": 2,
    "settle_timeout": 8,
    "sessions_timeout": 6,
    "switch_back_after": 3,
}
SHOP: Final = TcpService(
    name="shop", type="tcp", address="198.51.100.80", port=80, settle=2, stable_for=0.2
)
TILL: Final = Canary(name="till", type="tcp", address="198.51.100.80", port=80)


@dataclass
class Play:
    """The pair p1 in memory, and the controllers that work on it."""

    spec: PairSpec
    folder: Path
    settings: Mapping[str, Any] = field(default_factory=dict)
    has_hops: bool = False
    """Whether the new version requires the one between."""
    ha: Mapping[str, Any] = field(default_factory=dict)
    pace: Pace = field(default_factory=Pace)
    events: list[Event] = field(default_factory=list)
    ends: list[PairEnd] = field(default_factory=list)
    make: Callable[[PairSpec, Pace], Bench] = Bench
    keep: Callable[[Bench], MemoryStore] = lambda bench: MemoryStore(bench.clock)

    def __post_init__(self) -> None:
        self.bench = self.make(self.spec, self.pace)
        self.new = NEW[self.spec.platform]
        self.store = self.keep(self.bench)
        self.first = self.bench.states
        platform = self.spec.platform
        images = [image(self.folder, platform, self.new)]
        if self.has_hops:
            between = image(self.folder, platform, BETWEEN[platform])
            images = [between, {**images[0], "requires": between["version"]}]
        project_settings = Settings.model_validate({**SECONDS, "images": images, **self.settings})
        ha = {"services": (SHOP,), "canaries": (TILL,), **self.ha}
        self.project = project_of(self.bench, project_settings, ha)

    def controller(self, *, person: Person | None = None, **policy: Any) -> Controller:  # noqa: ANN401
        """A controller; another one goes on where the last one stopped."""
        return Controller(
            self.bench,
            self.project,
            store=self.store,
            policy=Policy(**{"is_yes": True, "who": "tester", **policy}),
            listener=self.events.append,
            person=person,
        )

    def run(self, *, until: Step | None = None, person: Person | None = None) -> PairEnd:
        """Upgrade, or go on with it."""
        controller = self.controller(person=person)
        (end,) = controller.run(Errand(to=self.new, until=until))
        self.ends.append(end)
        return end

    def command(self, goal: Goal, *, person: Person | None = None) -> PairEnd:
        """Roll back, or give back."""
        (end,) = self.controller(person=person).command(goal, "asked by the test")
        self.ends.append(end)
        return end

    def fault(
        self,
        name: str,
        member: str | None = None,
        *,
        on: str | None = None,
        by: str | None = None,
        nth: int = 1,
        after: float = 0.0,
        is_after_effect: bool = False,
        **params: Any,  # noqa: ANN401
    ) -> None:
        """Arm a fault: at once, or at a command that begins with ``on``."""
        moment = Moment.AFTER if is_after_effect else Moment.BEFORE
        when = When(after=after, on=on, by=by, nth=nth, moment=moment)
        self.bench.rig.faults.arm(Fault(name, member, when, params))

    @property
    def records(self) -> tuple[Record, ...]:
        """The newest campaign's history."""
        campaign = self.store.latest_for("p1")
        return () if campaign is None else campaign.history.records("p1")

    @property
    def done(self) -> list[tuple[Step, Action]]:
        """The runs, in order."""
        return [(e.run.step, e.run.action) for e in self.events if isinstance(e, RunEnded)]

    @property
    def versions(self) -> tuple[str, ...]:
        """What the members really run."""
        return tuple(state.version for state in self.bench.states.values())

    @property
    def roles(self) -> tuple[str, ...]:
        """What the members really are."""
        return tuple(str(state.role) for state in self.bench.states.values())

    @property
    def story(self) -> str:
        """What happened, for the message of a test that fails."""
        lines = [
            f"{event.run.step.name} {event.run.action} {event.run.members} {event.run.to}"
            f" {event.verdict.status}: {event.verdict.reason}"
            for event in self.events
            if isinstance(event, RunEnded)
        ]
        return "\n".join([*lines, *(f"{end.end}: {end.reason} {end.owed}" for end in self.ends)])


def image(folder: Path, platform: Platform, version: str) -> dict[str, Any]:
    """The image of a version, as the settings name it."""
    file = folder / f"image-{version}.bin"
    content = build_image(version, size=SMALL)
    if not file.exists():
        file.write_bytes(content)
    return {
        "platform": str(platform),
        "version": version,
        "sha256": hashlib.sha256(content).hexdigest(),
        "file": str(file),
    }

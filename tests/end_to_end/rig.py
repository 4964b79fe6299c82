"""A lab, a project that points at it, and the proof that nothing forbidden was done to it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Final, TypeAlias

from nornir.core import Nornir
from nornir.core.task import AggregatedResult

from nornir_haupgrade import HAPairs, give_back, roll_back_pair, upgrade_pair
from nornir_haupgrade.engines.answers import Person, Policy
from nornir_haupgrade.engines.errand import Errand
from nornir_haupgrade.engines.events import Event, PairEnd, RunEnded
from nornir_haupgrade.engines.local import LocalEngine
from nornir_haupgrade.engines.store import Campaign, Store
from nornir_haupgrade.lab import (
    Fault,
    LabSpec,
    LabThread,
    Moment,
    PairSpec,
    When,
    simple_pair,
    write_image,
)
from nornir_haupgrade.model import Status
from nornir_haupgrade.platforms import known_platforms
from nornir_haupgrade.procedure.plan import Purpose
from nornir_haupgrade.procedure.records import Action, Asked, Choice, Goal, Record, Result, Step
from nornir_haupgrade.settings import Project, init_nornir, open_project
from nornir_haupgrade.tasks.pair_task import PairTask
from tests.end_to_end.audit import Proof
from tests.end_to_end.compress import SPEED

OLD: Final = "12.15"
NEW: Final = "13.8"
PASSWORD: Final = "dE9-gZ2!kept+nowhere"
"""Every lab's, so that every test proves that it is kept nowhere."""

SETTINGS: Final[Mapping[str, Any]] = {
    "known_hosts": "known_hosts",
    "connect_timeout": 4,
    "command_timeout": 2.5,
    "install_timeout": 10,
    "reload_timeout": 12,
    "reload_notice": 1.5,
    "settle_timeout": 3,
    "sessions_timeout": 5,
    "switch_back_after": 1,
}


@dataclass
class Rig:
    """The pair p1: p1a (preferred) and p1b, and how to work on it."""

    PLATFORM: ClassVar[str] = "linux_ha"
    NEW: ClassVar[str] = NEW
    IMAGE: ClassVar[str] = "fw-13.img"
    CONNECTIONS: ClassVar[Mapping[str, Any]] = {"netmiko": {"platform": "linux"}}
    HA: ClassVar[Mapping[str, Any]] = {
        "critical_sessions": [{"name": "shop", "protocol": "tcp", "destination_port": 7000}]
    }
    SETTINGS: ClassVar[Mapping[str, Any]] = SETTINGS
    IS_YES: ClassVar[bool] = False
    """Whether the platform raises named questions, which are answered with yes."""
    PROOF: ClassVar[type[Proof]] = Proof

    lab: LabThread
    folder: Path
    settings: dict[str, Any] = field(default_factory=dict)
    ha: dict[str, Any] = field(default_factory=dict)
    members: dict[str, dict[str, Any]] = field(default_factory=dict)
    connections: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Connection options besides those of the platform."""
    events: list[Event] = field(default_factory=list)
    ends: list[PairEnd] = field(default_factory=list)
    is_through_nornir: bool = False
    """Whether ``run`` and ``command`` go by ``nr.run(task=...)``."""
    result: AggregatedResult | None = None
    """What Nornir handed back last."""

    def __post_init__(self) -> None:
        self.was_on = {name: state.preempts for name, state in self.lab.states().items()}
        self.first = {name: state.version for name, state in self.lab.states().items()}
        self.image = self.folder / self.IMAGE
        self.sha256 = write_image(self.image, self.NEW)
        (self.folder / "known_hosts").write_text(self.lab.known_hosts)
        self.write()

    @property
    def config(self) -> Path:
        """The project's configuration file."""
        return self.folder / "config.yaml"

    @property
    def services(self) -> list[dict[str, Any]]:
        """What is measured through the pair, as the inventory says it."""
        port = self.lab.service_ports["p1"]
        shop = {"name": "shop", "type": "tcp", "address": "127.0.0.1", "port": port}
        return [shop | {"settle": 1.5, "stable_for": 0.1}]

    def write(self, *, password: str = PASSWORD) -> None:
        """Write config.yaml and the inventory; YAML takes JSON."""
        ha = {
            "pair": "p1",
            "platform": self.PLATFORM,
            "services": self.services,
            **self.HA,
        }
        image = {"platform": self.PLATFORM, "version": self.NEW, "sha256": self.sha256}
        # Nornir does not say where its configuration was read from: paths that hold from anywhere.
        places = {name: str(self.folder / name) for name in ("campaigns", "known_hosts")}
        image["file"] = str(self.image)
        own = {
            **self.SETTINGS,
            "store": places["campaigns"],
            "known_hosts": places["known_hosts"],
            "images": [image],
            **self.settings,
        }
        hosts = {
            name: {"hostname": "127.0.0.1", "port": port, "groups": ["p1"]}
            | {"data": {"ha": self.members.get(name, {})}}
            for name, port in self.lab.ports.items()
        }
        group = {
            "username": "admin",
            "password": password,
            "connection_options": {**self.CONNECTIONS, **self.connections},
            "data": {"ha": ha | self.ha},
        }
        files = {
            "config.yaml": {
                "inventory": {
                    "plugin": "SimpleInventory",
                    "options": {
                        "host_file": "hosts.yaml",
                        "group_file": "groups.yaml",
                        "defaults_file": "defaults.yaml",
                    },
                },
                "user_defined": {"haupgrade": own},
            },
            "hosts.yaml": hosts,
            "groups.yaml": {"p1": group},
            "defaults.yaml": {"data": {}},
        }
        for name, content in files.items():
            (self.folder / name).write_text(json.dumps(content))

    # --- doing something --------------------------------------------------------------------------

    def project(self, *, is_upgrade: bool = True) -> Project:
        """The project as it stands on the disk."""
        to = self.NEW if is_upgrade else None
        return open_project(self.config, platforms=known_platforms(), to=to)

    def engine(
        self,
        *,
        on_hold: Choice | None = None,
        is_yes: bool | None = None,
        person: Person | None = None,
        listener: Callable[[Event], None] | None = None,
    ) -> LocalEngine:
        """A controller."""

        def hear(event: Event) -> None:
            self.events.append(event)
            if listener is not None:
                listener(event)

        is_yes = self.IS_YES if is_yes is None else is_yes
        policy = Policy(on_hold=on_hold, is_yes=is_yes, who="tester")
        return LocalEngine(self.project(), policy=policy, listener=hear, person=person)

    def nornir(self) -> Nornir:
        """Nornir, as the project's configuration makes it."""
        return init_nornir(self.config)

    def by_nornir(self, task: PairTask, *, runner: HAPairs | None = None, **params: Any) -> PairEnd:  # noqa: ANN401
        """Run a task for whole pairs; ``result`` is what Nornir hands back."""
        ends: list[PairEnd] = []

        def hear(event: Event) -> None:
            self.events.append(event)
            if isinstance(event, PairEnd):
                ends.append(event)

        runner = runner or HAPairs()
        listener, runner.listener = runner.listener, hear
        try:
            self.result = self.nornir().with_runner(runner).run(task=task, **params)
        finally:
            runner.listener = listener
        assert ends, {name: str(one[0]) for name, one in self.result.items()}
        return self.ended(ends[-1:])

    def run(self, *, until: Step | None = None, is_new: bool = False, **policy: Any) -> PairEnd:  # noqa: ANN401
        """Upgrade, or go on with it, until it ends or is held."""
        if self.is_through_nornir:
            choice, person = policy.get("on_hold"), policy.get("person")
            if choice is Choice.CONTINUE:  # only a person may
                choice, person = None, lambda _, asked: (Choice.CONTINUE, "asked by the test")
            runner = HAPairs(
                on_hold=str(choice or "wait"),
                yes=policy.get("is_yes", self.IS_YES),
                person=person,
            )
            stop = None if until is None else int(until)
            return self.by_nornir(upgrade_pair, runner=runner, to=self.NEW, until=stop, new=is_new)
        errand = Errand(to=self.NEW, until=until)
        return self.ended(self.engine(**policy).run(errand, is_new=is_new))

    def without_software(self, purpose: Purpose, **policy: Any) -> PairEnd:  # noqa: ANN401
        """Reboot or drill, or go on with it."""
        return self.ended(self.engine(**policy).run(Errand(purpose)))

    def command(self, goal: Goal, **policy: Any) -> PairEnd:  # noqa: ANN401
        """Take the pair's campaign to another goal."""
        if self.is_through_nornir:
            tasks = {Goal.BACK: roll_back_pair, Goal.CLOSE: give_back}
            return self.by_nornir(tasks[goal], reason="asked by the test")
        return self.ended(self.engine(**policy).command(goal, "asked by the test"))

    def ended(self, ends: list[PairEnd]) -> PairEnd:
        """The pair's end, kept for the proof."""
        (end,) = ends
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
        self.lab.inject(Fault(name, member, when, params))

    # --- what is left behind ----------------------------------------------------------------------

    @property
    def campaign(self) -> Campaign:
        """The pair's newest campaign, opened afresh."""
        campaign = Store(self.folder / "campaigns").latest_for("p1")
        assert campaign is not None
        return campaign

    @property
    def records(self) -> tuple[Record, ...]:
        """The pair's history."""
        return self.campaign.history.records("p1")

    def results(self, action: Action | None = None) -> list[Result]:
        """What runs came to, in order."""
        return [
            record
            for record in self.records
            if isinstance(record, Result) and action in (None, record.run.action)
        ]

    @property
    def held(self) -> list[Asked]:
        """The holds, in order."""
        return [record for record in self.records if isinstance(record, Asked)]

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

    @property
    def versions(self) -> tuple[str, str]:
        """What p1a and p1b really run."""
        states = self.lab.states()
        return states["p1a"].version, states["p1b"].version

    @property
    def roles(self) -> tuple[str, str]:
        """What p1a and p1b really are."""
        states = self.lab.states()
        return str(states["p1a"].role), str(states["p1b"].role)

    @property
    def failures(self) -> list[str]:
        """The reasons of what was not good, in order."""
        return [
            found.verdict.reason
            for found in self.results()
            if found.verdict.status in {Status.FAIL, Status.ERROR}
        ]

    # --- the proof --------------------------------------------------------------------------------

    def audit_proof(self, **allowed: Any) -> Proof:  # noqa: ANN401
        """Prove by the lab's own log that nothing forbidden was done; see ``Proof``."""
        owed = frozenset(
            (str(owed.lease.kind), owed.lease.member)
            for owed in (self.ends[-1].owed if self.ends else ())
        )
        if allowed.get("fault_gaps"):
            # What a fault began may be under way still: a role that goes home by preemption.
            with suppress(TimeoutError):
                self.lab.wait_until(lambda it: any(one.forwards for one in it.states.values()))
        proof = self.PROOF(
            self.lab.audit(), self.lab.states(), self.was_on, self.first, owed, **allowed
        )
        wrong = proof.wrong()
        assert not wrong, "\n".join([*wrong, "", self.story])
        self.evidence_proof()
        return proof

    def kept(self) -> Iterator[tuple[Path, bytes]]:
        """Every file of the campaigns, none of them open to others.

        The write-ahead log comes before its history, into which it goes when it is closed.
        """
        for path in sorted((self.folder / "campaigns").rglob("*"), reverse=True):
            with suppress(FileNotFoundError):
                assert path.stat().st_mode & 0o077 == 0, f"{path} is open to others"
                if path.is_file():
                    yield path, path.read_bytes()

    def evidence_proof(self) -> None:
        """What was kept is whole, its owner's alone, and holds no password."""
        store = self.folder / "campaigns"
        for path, content in self.kept():
            assert PASSWORD.encode() not in content, f"{path} holds the password"
        for name in Store(store).campaigns() if store.exists() else ():
            history = Store(store).open(name).history
            for pair in history.pairs():
                history.verify(pair)


@contextmanager
def started(
    folder: Path,
    *,
    preempt: bool = True,
    pair: PairSpec | None = None,
    rig: type[Rig] = Rig,
    **settings: Any,  # noqa: ANN401
) -> Iterator[Rig]:
    """A running lab with the pair p1, and a project that points at it; ``settings`` are Rig's."""
    spec = pair or simple_pair("p1", preempt=preempt, sessions=40)
    with LabThread(LabSpec((spec,), speed=SPEED, password=PASSWORD), folder / "lab") as lab:
        yield rig(lab, folder, **settings)


Scenario: TypeAlias = Callable[[Rig], None]


def together(folder: Path, scenarios: Mapping[str, tuple[Scenario, dict[str, Any]]]) -> None:
    """Play several scenarios at once, each in a lab of its own; all that failed are told.

    Most of a scenario is waiting for devices.
    """

    def play(name: str) -> str | None:
        scenario, settings = scenarios[name]
        own = folder / name
        own.mkdir()
        with started(own, **settings) as rig:
            try:
                scenario(rig)
            except AssertionError as error:
                return f"--- {name} ---\n{error}\n{rig.story}"
        return None

    with ThreadPoolExecutor(len(scenarios)) as threads:
        wrong = [text for text in threads.map(play, scenarios) if text is not None]
    assert not wrong, "\n".join(wrong)

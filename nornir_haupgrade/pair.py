"""Two members as one Nornir object, with a driver for each and evidence of all that they say."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar, cast

from nornir_haupgrade.errors import CommandTimeout, HAUpgradeError, LineDropped
from nornir_haupgrade.model import Flow, MemberId, PairFacts, ServiceResult
from nornir_haupgrade.platforms import driver_class
from nornir_haupgrade.platforms.logins import OwnLogins, Refusals
from nornir_haupgrade.platforms.napalm import Napalm
from nornir_haupgrade.platforms.wrapped import Heard, Nowhere, Told
from nornir_haupgrade.settings import ManagementPath
from nornir_haupgrade.site import Asking, Said, run_task
from nornir_haupgrade.world import REAL, World

if TYPE_CHECKING:
    from nornir.core import Nornir
    from nornir.core.inventory import Host
    from nornir.core.task import MultiResult, Result, Task

    from nornir_haupgrade.model import MemberFacts
    from nornir_haupgrade.platforms.base import Driver, Getters, Order, Transport
    from nornir_haupgrade.settings import PairConfig, Settings, SiteGate, TaskService

T = TypeVar("T")


class Pair:
    """One pair: its own inventory of two hosts, its own failed-hosts list, one session a member.

    A host that failed once is skipped silently by every later run of the same Nornir object; here
    each run begins with nobody marked, and each member's answer or error is handed back by name.
    """

    def __init__(
        self,
        nr: Nornir,
        config: PairConfig,
        settings: Settings,
        *,
        is_read_only: bool,
        heard: Heard | None = None,
        world: World = REAL,
    ) -> None:
        from nornir.core.state import GlobalState

        names = {member.name for member in config.members}
        own = nr.filter(filter_func=lambda host: host.name in names)
        own.data = GlobalState(dry_run=is_read_only)
        # Without the caller's processors: they are shown steps, not every single read.
        self.nr = own.with_runner(world.make_runner()).with_processors([])
        self.world = world
        self.config = config
        self.settings = settings
        self.is_read_only = is_read_only
        self.names: tuple[MemberId, MemberId] = (config.members[0].name, config.members[1].name)
        self.heard = heard
        self._drivers: dict[MemberId, tuple[Transport, Driver]] = {}
        self._own = {name: OwnLogins() for name in self.names}
        self._refusals = {name: Refusals() for name in self.names}
        self._napalm: dict[MemberId, Napalm | None] = {}
        self._boots: dict[MemberId, str] = {}
        """The boot id under which each member's boot became known."""
        self._lock = threading.Lock()

    @property
    def is_managed_through_pair(self) -> bool:
        """Whether our own sessions run through the active, by the site's word."""
        return self.config.management_path is ManagementPath.THROUGH_PAIR

    @property
    def kind(self) -> type[Driver]:
        """The driver of the pair's platform."""
        return driver_class(self.config.platform)

    @property
    def reload_notice(self) -> float:
        """Seconds that a member may go on answering after it was told to reload."""
        told = self.settings.reload_notice
        return self.kind.RELOAD_NOTICE if told is None else told

    def host(self, member: MemberId) -> Host:
        """The Nornir host of a member."""
        return self.nr.inventory.hosts[member]

    def getters_of(self, member: MemberId) -> Getters | None:
        """NAPALM, for as long as one `each`; None where nothing says how a member is reached."""
        with self._lock:
            if member not in self._napalm:
                self._napalm[member] = self.world.napalm_for(
                    self.nr,
                    self.host(member),
                    pair=self.config.name,
                    usual=self.kind.NAPALM,
                    settings=self.settings,
                    own=self._own[member],
                    peer=self.host(next(name for name in self.names if name != member)),
                    tell=self._said,
                )
            return self._napalm[member]

    def each(
        self,
        work: Callable[[MemberId, Driver], T],
        members: Sequence[MemberId] | None = None,
    ) -> dict[MemberId, T | HAUpgradeError]:
        """Do something on members in parallel; every member asked for has an answer or an error."""
        from nornir.core.task import Result

        wanted = tuple(members or self.names)

        def on_member(task: Task) -> Result:
            return Result(host=task.host, result=self._guarded(task.host.name, work))

        self.nr.data.reset_failed_hosts()
        chosen = self.nr.filter(filter_func=lambda host: host.name in wanted)
        answers = chosen.run(task=on_member, name=getattr(work, "__name__", "read"), on_failed=True)
        return {name: cast("T", self._answer(name, answers.get(name))) for name in wanted}

    def one(self, member: MemberId, work: Callable[[MemberId, Driver], T]) -> T:
        """The same on one member; its error is raised."""
        answer = self.each(work, (member,))[member]
        if isinstance(answer, HAUpgradeError):
            raise answer
        return answer

    def look(
        self, members: Sequence[MemberId] | None = None
    ) -> tuple[PairFacts, dict[MemberId, HAUpgradeError]]:
        """Both members' facts, read now; None and the reason for one that could not be read.

        Args:
            members: Who is asked, if not both; nothing is known of the other one then.
        """
        asked = self.world.monotonic()
        facts: dict[MemberId, MemberFacts | None] = dict.fromkeys(self.names)
        errors: dict[MemberId, HAUpgradeError] = {}
        open_before = set(self._drivers)
        answers = self.each(lambda _, driver: driver.facts(), members)
        dropped = [
            name
            for name, answer in answers.items()
            if isinstance(answer, LineDropped) and name in open_before
        ]
        if dropped:
            # A session that died says so only when it is used, and reading again changes nothing.
            answers = {**answers, **self.each(lambda _, driver: driver.facts(), dropped)}
        for name, answer in answers.items():
            if isinstance(answer, HAUpgradeError):
                errors[name] = answer
            else:
                facts[name] = self._steady(name, self._without_our_own(name, answer, asked))
        return PairFacts(tuple(facts.items())), errors

    def _without_our_own(self, name: MemberId, facts: MemberFacts, asked: float) -> MemberFacts:
        """A session of ours that the device still lists is nobody else's login."""
        ours = self._own[name].among(facts.others, asked=asked, now=self.world.monotonic())
        return replace(facts, others=facts.others - ours) if facts.others else facts

    def recall(self, known: PairFacts | None) -> None:
        """Go on from what was known of the members before this process began."""
        for name, facts in known.members if known is not None else ():
            if facts is not None:
                self._boots[name] = facts.boot_id

    def _steady(self, name: MemberId, facts: MemberFacts) -> MemberFacts:
        """One boot has one id, also where the device reckons it anew at each reading."""
        known = self._boots.get(name)
        if known is None or not self.kind.is_same_boot(known, facts.boot_id):
            self._boots[name] = facts.boot_id
            return facts
        return replace(facts, boot_id=known)

    def flow(self, member: MemberId) -> Flow | None:
        """The five-tuple of our open session to a member; None when there is none to tell."""
        with self._lock:
            held = self._drivers.get(member)
        return held[0].flow if held is not None else None

    def run_site_task(self, service: TaskService) -> ServiceResult:
        """A service that a task of the site's own measures; for the thread that probes."""
        said = self._site_says(service.name, service.task)
        return ServiceResult(service.name, said.is_good, said.text)

    def ask(self, gate: SiteGate) -> Asking:
        """A gate of the site's own, asked from now on."""
        return Asking(lambda: self._site_says(gate.name, gate.task), gate.task)

    def commands(self, member: MemberId, order: Order, facts: MemberFacts) -> tuple[str, ...]:
        """The exact commands of a change, without a session and without sending anything."""
        return self.kind(
            Nowhere(self.config.name, member), command_timeout=0, install_timeout=0
        ).commands(order, facts)

    def close(self, member: MemberId | None = None) -> None:
        """End the sessions, or one member's; tolerates whatever they are in."""
        for name in self.names if member is None else (member,):
            held = self._drivers.pop(name, None)
            if held is not None:
                held[0].close()

    def log_in_anew(self) -> None:
        """The way of our sessions has moved, and nobody would tell us that they are dead."""
        for name in self._drivers:
            self._own[name].broke(self.world.monotonic())
        self.close()

    def _guarded(self, name: MemberId, work: Callable[[MemberId, Driver], T]) -> T | HAUpgradeError:
        # Errors travel as data: a task that raises would mark its host failed for the caller as
        # well.
        try:
            return work(name, self._driver(name))
        except (CommandTimeout, LineDropped) as error:
            if name in self._drivers:
                self._own[name].broke(self.world.monotonic())
            self.close(name)
            return _named(error, self.config.name, name)
        except HAUpgradeError as error:
            return _named(error, self.config.name, name)
        except Exception as error:  # noqa: BLE001 - a defect of ours must not end the other pairs
            self._said(name, "internal error", traceback.format_exc())
            what = f"internal error, kept with the raw texts: {type(error).__name__}: {error}"
            return HAUpgradeError(what, pair=self.config.name, member=name)
        finally:
            if (napalm := self._napalm.get(name)) is not None:
                napalm.close()

    def _answer(self, name: MemberId, result: MultiResult | None) -> object:
        if not result:
            return HAUpgradeError("did not run", pair=self.config.name, member=name)
        if result[0].exception is not None:
            # Not from the work itself: a processor of the caller, or the runner.
            what = f"{type(result[0].exception).__name__}: {result[0].exception}"
            return HAUpgradeError(what, pair=self.config.name, member=name)
        return result[0].result

    def _driver(self, name: MemberId) -> Driver:
        with self._lock:
            held = self._drivers.get(name)
        if held is not None:
            return held[1]
        kind = self.kind
        with self._refusals[name].care(self.world.monotonic):
            transport = self.world.open_transport(
                self.host(name),
                pair=self.config.name,
                login_and_read_only=kind.READ_ONLY,
                read_only=self.is_read_only,
                needs_privilege=kind.NEEDS_PRIVILEGE,
                files=kind.FILES,
                connect_timeout=self.settings.connect_timeout,
                known_hosts=self.settings.known_hosts,
            )
        driver = kind(
            Told(transport, self._said),
            command_timeout=self.settings.command_timeout,
            install_timeout=self.settings.install_timeout,
            getters=self.getters_of(name),
            clock=self.world.monotonic,
        )
        with self._lock:
            self._drivers[name] = (transport, driver)
        return driver

    def _site_says(self, name: str, task: str) -> Said:
        first = self.names[0]

        def kept(trace: str) -> None:
            self._said(first, f"task {task}", trace)

        return run_task(self.nr, first, name=name, task=task, kept=kept)

    def _said(self, member: MemberId, command: str, text: str) -> None:
        if self.heard is not None:
            self.heard(member, command, text)


def _named(error: HAUpgradeError, pair: str, member: MemberId) -> HAUpgradeError:
    error.pair = error.pair or pair
    error.member = error.member or member
    return error

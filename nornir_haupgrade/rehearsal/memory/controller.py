"""The local engine on a pair in memory: one thread, no file, no lock."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, TypeVar

from nornir.core import Nornir
from nornir.core.inventory import ConnectionOptions, Defaults, Groups, Host, Hosts, Inventory
from nornir.plugins.runners import SerialRunner

from nornir_haupgrade.engines.local import LocalEngine
from nornir_haupgrade.rehearsal.memory.connection import NAME
from nornir_haupgrade.rehearsal.memory.store import MemoryStore
from nornir_haupgrade.settings import MemberConfig, PairConfig, Project, Settings

if TYPE_CHECKING:
    from nornir_haupgrade.engines.answers import Person, Policy
    from nornir_haupgrade.engines.events import Listener
    from nornir_haupgrade.rehearsal.memory.bench import Bench

T = TypeVar("T")
U = TypeVar("U")


def project_of(bench: Bench, settings: Settings, ha: Mapping[str, Any] | None = None) -> Project:
    """A project of the one pair; ``ha`` are fields of its ``PairConfig``."""
    platform = str(bench.spec.platform)
    names = [member.name for member in bench.spec.members]
    options = {NAME: ConnectionOptions(extras={"bench": bench})}
    hosts = Hosts(
        {name: Host(name, hostname=name, connection_options=dict(options)) for name in names}
    )
    first, second = (MemberConfig(name, None, platform) for name in names)
    pair = PairConfig(bench.spec.name, (first, second), platform, **(ha or {}))
    nr = Nornir(Inventory(hosts, Groups(), Defaults()), runner=SerialRunner())
    return Project(nr, settings, (pair,))


class Controller(LocalEngine):
    """Works on a pair in memory; another one on the same store goes on where this one stopped."""

    def __init__(
        self,
        bench: Bench,
        project: Project,
        *,
        store: MemoryStore | None = None,
        policy: Policy | None = None,
        listener: Listener = lambda _: None,
        person: Person | None = None,
    ) -> None:
        super().__init__(
            project,
            policy=policy,
            listener=listener,
            person=person,
            world=bench.world,
            store=store or MemoryStore(bench.clock),
        )

    def _lock(self, locks: ExitStack) -> None:
        """Nobody else is there."""

    def _all(self, work: Callable[[T], U], items: Sequence[T]) -> list[U]:
        """One after the other: there is one clock."""
        return [work(item) for item in items]

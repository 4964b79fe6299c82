"""A pair of simulated IOS-XE routers instead of firewalls, and what is proven of them besides."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

from nornir_haupgrade.engines.store import Store
from nornir_haupgrade.lab import Lab, RouterSpec, router_pair
from nornir_haupgrade.lab.personalities.cisco_iosxe.router import Router
from nornir_haupgrade.platforms.cisco_iosxe import CiscoIosXe
from nornir_haupgrade.procedure.records import Action, Record, Started, Step
from tests.end_to_end.audit import Entry, Proof
from tests.end_to_end.rig import Rig

OLD: Final = "17.06.03a"
NEW: Final = "17.09.01a"
TAKE: Final = "priority 254"
_PREEMPTS: Final = re.compile(r": (?:standby|vrrp) \d+ preempt\b.* \(by ssh\)$")
_DECLARED: Final = re.compile("|".join((*CiscoIosXe.READ_ONLY, *CiscoIosXe.NAPALM_READ_ONLY)))

ORDER: Final = (
    (Step.PREPARE, Action.LOOK),
    (Step.PREPARE, Action.READINESS),
    (Step.PREPARE, Action.BASELINE),
    (Step.PREPARE, Action.SAVE_ORIGINAL),
    (Step.PREPARE, Action.STAGE),
    (Step.PREPARE, Action.BORROW_PREEMPTION),
    (Step.TRIAL, Action.REPORT),
    (Step.TRIAL, Action.SESSIONS),
    (Step.TRIAL, Action.SERVICES),
    (Step.TRIAL, Action.ENTRY),
    (Step.TRIAL, Action.SWITCH),
    (Step.TRIAL, Action.RELEASE),
    (Step.TRIAL, Action.SERVICES),
    (Step.REPORT, Action.REPORT),
    (Step.BACK_UP, Action.BACK_UP),
    (Step.PREEMPTION_OFF, Action.PREEMPTION_IS_OFF),
    (Step.UPGRADE_STANDBY, Action.INSTALL),
    (Step.UPGRADE_STANDBY, Action.RESTORE_POINT),
    (Step.UPGRADE_STANDBY, Action.RELOAD),
    (Step.UPGRADE_STANDBY, Action.WHOLE),
    (Step.UPGRADE_STANDBY, Action.COMMIT),
    (Step.SWITCH_OVER, Action.SESSIONS),
    (Step.SWITCH_OVER, Action.SERVICES),
    (Step.SWITCH_OVER, Action.ENTRY),
    (Step.SWITCH_OVER, Action.SWITCH),
    (Step.SWITCH_OVER, Action.RELEASE),
    (Step.SWITCH_OVER, Action.SERVICES),
    (Step.UPGRADE_OTHER, Action.INSTALL),
    (Step.UPGRADE_OTHER, Action.RESTORE_POINT),
    (Step.UPGRADE_OTHER, Action.RELOAD),
    (Step.UPGRADE_OTHER, Action.WHOLE),
    (Step.UPGRADE_OTHER, Action.COMMIT),
    (Step.AGREE, Action.REPORT),
    (Step.SERVICES, Action.SERVICES),
    (Step.GIVE_BACK, Action.SESSIONS),
    (Step.GIVE_BACK, Action.ENTRY),
    (Step.GIVE_BACK, Action.RETURN_PREEMPTION),
    (Step.SERVICES, Action.SERVICES),
)
"""The runs of an upgrade in install mode with preemption on."""

ADVERT: Final = 0.3
"""HSRP's hold time is ten of it: who lost the role speaks for so long."""


def routers(
    *,
    preempt: bool = True,
    setup: RouterSpec | None = None,
    **settings: Any,  # noqa: ANN401
) -> dict[str, Any]:
    """Settings of ``started``: the pair p1 of routers."""
    spec = router_pair("p1", preempt=preempt, setup=setup, advert_seconds=ADVERT)
    return {"pair": spec, "rig": RouterRig, **settings}


class RouterProof(Proof):
    """The role is taken by several lines, group by group."""

    ONCE: ClassVar[tuple[str, ...]] = ("install", "reboot", "commit", "take")
    PREEMPTION: ClassVar[frozenset[str]] = frozenset({"preemption", "latch"})

    def what(self, entry: Entry) -> str:
        """One group's line stands for a whole switchover."""
        is_take = entry["command"] == f"standby 10 {TAKE}"
        return "take" if is_take else super().what(entry)

    def may_be_sent_then(self, entry: Entry) -> bool:
        """Between the first group's move and the last one's, and to give the claim back."""
        return entry["effect"] in {"priority", "preempt", "save"}

    def is_move(self, cause: str) -> bool:
        """A group takes the role when it preempts."""
        return _PREEMPTS.search(cause) is not None


@dataclass
class RouterRig(Rig):
    """The pair p1: p1a (preferred) and p1b."""

    PLATFORM: ClassVar[str] = "cisco_iosxe"
    OLD: ClassVar[str] = OLD
    NEW: ClassVar[str] = NEW
    IMAGE: ClassVar[str] = f"c8000v-universalk9.{NEW}.SPA.bin"
    CONNECTIONS: ClassVar[Mapping[str, Any]] = {"netmiko": {"platform": "cisco_xe"}}
    HA: ClassVar[Mapping[str, Any]] = {}
    SETTINGS: ClassVar[Mapping[str, Any]] = {
        **Rig.SETTINGS,
        "connect_timeout": 8,
        "command_timeout": 5,
        "install_timeout": 20,
        "reload_timeout": 15,
        "reload_notice": 2,
    }
    IS_YES: ClassVar[bool] = True
    PROOF: ClassVar[type[Proof]] = RouterProof

    before: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """The lines of the groups before we came."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.before = self.group_lines

    def configurations(self, which: str = "running") -> dict[str, dict[str, list[str]]]:
        """Each member's configuration as it really is, section by section."""

        def read(lab: Lab) -> dict[str, dict[str, list[str]]]:
            return {
                name: {
                    header: list(lines)
                    for header, lines in getattr(router.configuration, which).items()
                }
                for name, router in _routers(lab).items()
            }

        return self.lab.call(read)

    @property
    def group_lines(self) -> dict[str, tuple[str, ...]]:
        """What each member's running configuration says of its groups, in order."""
        return {name: _of_groups(found) for name, found in self.configurations().items()}

    @property
    def is_saved(self) -> bool:
        """Whether both members' startup configurations are what runs."""
        return self.configurations() == self.configurations("startup")

    def home_proof(self, *, runs: tuple[str, str]) -> None:
        """All is as it was, but for the software."""
        assert self.versions == runs, self.story
        assert self.roles == ("MASTER", "BACKUP")
        assert self.group_lines == self.before
        assert self.is_saved
        assert not any(state.is_on_trial for state in self.lab.states().values())

    def router(self, name: str, act: Any) -> Any:  # noqa: ANN401
        """Look at a member, or do something to it, on the lab's own loop."""
        return self.lab.call(lambda lab: act(_routers(lab)[name]))

    # --- the proof --------------------------------------------------------------------------------

    def audit_proof(self, **allowed: Any) -> Proof:  # noqa: ANN401
        """Besides: groups and startup configurations are as they were, or what is not is owed."""
        is_touched = allowed.get("is_touched", False)
        proof = super().audit_proof(**allowed)
        owed = {member for _, member in proof.owed}
        for name, lines in self.group_lines.items():
            if name not in owed and not is_touched:
                assert lines == self.before[name], f"{name}\n{self.story}"
        if not owed and not is_touched:
            assert self.is_saved, self.story
        self.commands_proof()
        return proof

    def commands_proof(self) -> None:
        """Whatever reached a device only reads, or was on the disk as an intent before."""
        named: dict[str, list[str]] = {}
        for record in self.history:
            if isinstance(record, Started):
                for intent in record.intents:
                    named.setdefault(intent.member, []).extend(_may_follow(intent.commands))
        for name, lines in self.sent().items():
            left = iter(named.get(name, ()))
            for line in lines:
                assert line in left, f"{name} got {line!r}, which no intent names\n{self.story}"

    def order_proof(self) -> None:
        """Exactly what the intents named was sent, in order, an upload aside."""
        intents = [
            intent
            for record in self.history
            if isinstance(record, Started)
            for intent in record.intents
        ]
        named = [(one.member, line) for one in intents for line in one.commands]
        assert self.sent() == self.but_uploads_and_reads(named), self.story

    @staticmethod
    def but_uploads_and_reads(named: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
        """Lines by member, in order, without those that travel otherwise or change nothing."""
        found: dict[str, list[str]] = {}
        for member, line in named:
            if not _DECLARED.fullmatch(line) and not line.startswith("scp put "):
                found.setdefault(member, []).append(line)
        return found

    def installs(self, member: str) -> list[str]:
        """What a member was told about packages, in order."""
        return [line for line in self.sent().get(member, []) if line.startswith("install ")]

    @property
    def history(self) -> list[Record]:
        """All that was written down about the pair, in all of its campaigns."""
        store = Store(self.folder / "campaigns")
        names = store.campaigns() if (self.folder / "campaigns").exists() else ()
        return [record for name in names for record in store.open(name).history.records("p1")]

    def sent(self) -> dict[str, list[str]]:
        """What reached each member over SSH and is not declared to read only, in order."""
        found: dict[str, list[str]] = {}
        for entry in self.lab.audit("command"):
            if entry["by"] == "ssh" and not _DECLARED.fullmatch(entry["command"]):
                found.setdefault(entry["member"], []).append(entry["command"])
        return found


def _may_follow(commands: tuple[str, ...]) -> Iterator[str]:
    """What an upload leaves damaged is taken away again."""
    for line in commands:
        yield line
        if line.startswith("scp put "):
            yield f"delete /force {line.split()[-1]}"


def routers_of(rig: Rig) -> RouterRig:
    """What ``started`` made of the settings of ``routers``."""
    assert isinstance(rig, RouterRig)
    return rig


def _routers(lab: Lab) -> dict[str, Router]:
    devices = lab.rig_of("p1").pair.devices
    return {device.name: device for device in devices if isinstance(device, Router)}


def _of_groups(configuration: Mapping[str, list[str]]) -> tuple[str, ...]:
    return tuple(
        f"{header} | {line}"
        for header in sorted(configuration)
        for line in configuration[header]
        if re.match(r"(no )?(standby|vrrp) ", line)
    )

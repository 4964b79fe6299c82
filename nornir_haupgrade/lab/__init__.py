"""Simulated active/standby pairs over real SSH, to rehearse on and to test against.

``LabThread(LabSpec((simple_pair("p1"),)))`` is a running lab; ``python -m nornir_haupgrade.lab`` is
one as a process of its own.
"""

from __future__ import annotations

from nornir_haupgrade.lab.command import Effect, Reply
from nornir_haupgrade.lab.control import ControlError, control
from nornir_haupgrade.lab.device import Phase
from nornir_haupgrade.lab.images import build_image, write_image
from nornir_haupgrade.lab.lab import Lab, MemberState, PairRig
from nornir_haupgrade.lab.personalities.cisco_asa.spec import AsaSpec
from nornir_haupgrade.lab.personalities.cisco_iosxe.spec import (
    GroupProtocol,
    GroupSpec,
    RouterSpec,
    SoftwareMode,
)
from nornir_haupgrade.lab.personalities.fortinet.spec import FortigateSpec, UpgradeMode
from nornir_haupgrade.lab.personalities.paloalto_panos.spec import PanosSpec
from nornir_haupgrade.lab.plain import SpecError
from nornir_haupgrade.lab.roles import HaState
from nornir_haupgrade.lab.spec import (
    Fault,
    LabSpec,
    MemberSpec,
    Moment,
    PairSpec,
    Platform,
    When,
    asa_pair,
    fault_from,
    fortigate_pair,
    lab_from,
    pair_from,
    panos_pair,
    router_pair,
    simple_pair,
)
from nornir_haupgrade.lab.thread import LabThread

__all__ = [
    "AsaSpec",
    "ControlError",
    "Effect",
    "Fault",
    "FortigateSpec",
    "GroupProtocol",
    "GroupSpec",
    "HaState",
    "Lab",
    "LabSpec",
    "LabThread",
    "MemberSpec",
    "MemberState",
    "Moment",
    "PairRig",
    "PairSpec",
    "PanosSpec",
    "Phase",
    "Platform",
    "Reply",
    "RouterSpec",
    "SoftwareMode",
    "SpecError",
    "UpgradeMode",
    "When",
    "asa_pair",
    "build_image",
    "control",
    "fault_from",
    "fortigate_pair",
    "lab_from",
    "pair_from",
    "panos_pair",
    "router_pair",
    "simple_pair",
    "write_image",
]

"""A real active/standby pair: Debian firewalls with keepalived, conntrackd and nftables.

``LinuxLab(LinuxSpec(pairs=2), Path("lab"))`` is a running lab on a Debian machine, as root;
``missing()`` says what stands in its way.
"""

from __future__ import annotations

from nornir_haupgrade.lab.linux.images import Image, image
from nornir_haupgrade.lab.linux.lab import LinuxLab, Program
from nornir_haupgrade.lab.linux.requirements import missing
from nornir_haupgrade.lab.linux.spec import LinuxSpec, PairNet
from nornir_haupgrade.lab.spec import Moment

__all__ = ["Image", "LinuxLab", "LinuxSpec", "Moment", "PairNet", "Program", "image", "missing"]

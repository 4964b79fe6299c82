"""What the lab needs of a machine, and what of it is missing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

_TOOLS = {
    "apt-get": "apt",
    "ip": "iproute2",
    "losetup": "mount",
    "mkfs.ext4": "e2fsprogs",
    "mksquashfs": "squashfs-tools",
    "mmdebstrap": "mmdebstrap",
    "nsenter": "util-linux",
    "ssh-keygen": "openssh-client",
    "sysctl": "procps",
    "unshare": "util-linux",
}
_TRIES = {
    "network namespaces with veth and bridges": (
        "ip link add one type veth peer name two && ip link add three type bridge"
    ),
    "connection tracking in a network namespace (nf_conntrack)": (
        "test -e /proc/sys/net/netfilter/nf_conntrack_tcp_loose"
    ),
}
SETUP = "make setup-linux installs what Debian has"


def missing() -> tuple[str, ...]:
    """What stands in the lab's way on this machine, a plain sentence each; none if it can run."""
    found = [
        f"the program {tool} is not there (Debian: {package})"
        for tool, package in _TOOLS.items()
        if shutil.which(tool, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin") is None
    ]
    if not sys.platform.startswith("linux"):
        return ("the lab needs Linux",)
    if not Path("/etc/debian_version").exists():
        found.append("this machine is not Debian, whose mirrors the firewalls are built from")
    if os.geteuid() != 0:
        return ("the lab needs root: namespaces, mounts and loop devices", *found)
    known = _filesystems()
    found += [f"the kernel has no {name}" for name in ("overlay", "squashfs") if name not in known]
    if not Path("/dev/loop-control").exists() and not _does("modprobe loop"):
        found.append("the kernel has no loop devices")
    found += [f"the kernel has no {what}" for what, try_ in _TRIES.items() if not _works(try_)]
    return tuple(found)


def _filesystems() -> set[str]:
    for name in ("overlay", "squashfs"):
        _does(f"grep -qw {name} /proc/filesystems || modprobe {name}")
    try:
        return {line.split()[-1] for line in Path("/proc/filesystems").read_text().splitlines()}
    except OSError:
        return set()


def _works(command: str) -> bool:
    """Whether a command succeeds in a network namespace of its own."""
    return _does(f"exec unshare --net sh -c '{command}'")


def _does(command: str) -> bool:
    try:
        done = subprocess.run(  # noqa: S603 - our own fixed commands
            ["/bin/sh", "-c", command], capture_output=True, check=False, timeout=20
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0

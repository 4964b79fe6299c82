"""What goes into a firewall image, and the names of the images. Pure, but for our own files."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from nornir_haupgrade.lab.plain import SpecError

NODE = Path(__file__).parent / "node"
"""The vendor's layer: what makes a Debian system this firewall, as it lies in its root folder."""

PACKAGES = (
    "conntrack",
    "conntrackd",
    "iproute2",
    "iputils-ping",
    "keepalived",
    "netbase",
    "nftables",
    "openssh-client",
    "openssh-server",
    "procps",
    "rsync",
    "sudo",
)
EXCLUDED = ("/usr/share/doc/*", "/usr/share/info/*", "/usr/share/locale/*", "/usr/share/man/*")
_HOOKS = (
    'chroot "$1" useradd --create-home --shell /bin/bash admin',
    'mkdir -p "$1/flash"',
    # Made at the first boot, or the site's own; and whatever names the mirror.
    'rm -rf "$1"/etc/ssh/ssh_host_* "$1"/etc/apt/sources.list*',
    'rm -f "$1"/etc/apt/apt.conf.d/99mmdebstrap',
    'rm -rf "$1"/var/cache/apt/* "$1"/var/lib/apt/lists/* "$1"/var/log/*',
)
_EXECUTABLE = frozenset({"fwctl", "ha-notify", "pid1", "start", "load", "down", "sessions"})


@dataclass(frozen=True, slots=True)
class Recipe:
    """One image: a Debian release, and what is done to it."""

    name: str
    suite: str
    without: tuple[str, ...] = ()
    """Paths that are left out."""
    is_truncated: bool = False

    @property
    def file(self) -> str:
        """What its file is called."""
        return f"fw-{self.name}.img"


RECIPES = {
    recipe.name: recipe
    for recipe in (
        Recipe("12", "bookworm"),
        Recipe("13", "trixie"),
        Recipe("12-no-ha", "bookworm", without=("usr/sbin/keepalived",)),
        Recipe("13-no-ha", "trixie", without=("usr/sbin/keepalived",)),
        Recipe("13-truncated", "trixie", is_truncated=True),
    )
}


def recipe_of(name: str) -> Recipe:
    """The recipe of an image.

    Raises:
        SpecError: There is none of that name.
    """
    if name not in RECIPES:
        msg = f"there is no image {name}; known are {', '.join(sorted(RECIPES))}"
        raise SpecError(msg)
    return RECIPES[name]


def bootstrap_command(suite: str, target: str, sources: tuple[str, ...]) -> tuple[str, ...]:
    """How mmdebstrap builds a release's plain tree."""
    return (
        "mmdebstrap",
        "--mode=root",
        "--variant=minbase",
        "--format=directory",
        f"--include={','.join(PACKAGES)}",
        *(f"--dpkgopt=path-exclude={path}" for path in EXCLUDED),
        *(f"--customize-hook={hook}" for hook in _HOOKS),
        suite,
        target,
        *sources,
    )


def tree_key(suite: str) -> str:
    """What identifies a plain tree: all that it is made by, but for the mirror."""
    return _hash(repr(bootstrap_command(suite, "", ())))


def image_key(recipe: Recipe) -> str:
    """What identifies an image: its tree, the vendor's layer and what is left out."""
    layer = [(path, mode_of(path), content) for path, content in layer_files()]
    return _hash(repr((tree_key(recipe.suite), recipe, layer)))


def layer_files() -> list[tuple[str, bytes]]:
    """(path below the root, content) of the vendor's layer."""
    found = sorted(path for path in NODE.rglob("*") if path.is_file())
    return [(path.relative_to(NODE).as_posix(), path.read_bytes()) for path in found]


def mode_of(path: str) -> int:
    """The permissions of a file of the layer: a wheel need not have kept them."""
    if path.startswith("etc/sudoers.d/"):
        return 0o440
    return 0o755 if path.rpartition("/")[2] in _EXECUTABLE else 0o644


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]

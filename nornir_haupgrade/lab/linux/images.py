"""Firewall images, built when they are first asked for and kept.

A release's plain Debian tree takes a mirror and half a minute; it is kept apart, so that a change
of the vendor's layer costs seconds.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import stat
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nornir_haupgrade.errors import BadInput, HAUpgradeError
from nornir_haupgrade.lab.linux.recipe import (
    Recipe,
    bootstrap_command,
    image_key,
    layer_files,
    mode_of,
    recipe_of,
    tree_key,
)
from nornir_haupgrade.lab.linux.shell import run
from nornir_haupgrade.lab.linux.sources import apt_options, sources_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CACHE_VARIABLE = "HAUPGRADE_LAB_CACHE"
_NEEDED = 2 << 30
"""Bytes that a build may take at its widest."""
_UNUSED = 7 * 24 * 3600
"""Seconds after which what another recipe made is dropped."""
_SQUASH = (
    *("-comp", "zstd", "-Xcompression-level", "4"),
    *("-noappend", "-no-progress", "-quiet", "-mkfs-time", "0"),
)
# A folder of a mount namespace of its own: whatever ends the build, nothing stays mounted.
_ALONE = ("unshare", "--mount", "--propagation", "private")
_MERGE = 'mount -t squashfs -o loop,ro "$1" "$2" && mount -t overlay -o lowerdir="$3:$2" lab "$4"'


@dataclass(frozen=True, slots=True)
class Image:
    """A firewall image as a file; ``size`` in bytes."""

    path: Path
    version: str
    sha256: str
    size: int


def cache_folder(cache: Path | None = None) -> Path:
    """Where images are kept: as given, as HAUPGRADE_LAB_CACHE says, or below the user's cache."""
    if cache is not None:
        return cache.absolute()
    if named := os.environ.get(CACHE_VARIABLE):
        return Path(named).absolute()
    base = os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()
    return Path(base) / "haupgrade" / "linux-lab"


def image(name: str, cache: Path | None = None, *, say: Callable[[str], object] = str) -> Image:
    """An image by its name, built now if it is not there.

    Args:
        name: As in ``recipe.RECIPES``: 12, 13, 13-no-ha, 13-truncated.
        cache: Where images are kept; see ``cache_folder``.
        say: Told what takes long.

    Raises:
        SpecError: There is no such image.
        BadInput: The cache cannot be written, or there is no mirror to build from.
        HAUpgradeError: It could not be built.
    """
    recipe = recipe_of(name)
    folder = cache_folder(cache)
    if (found := _kept(folder, recipe)) is not None:
        return found
    with _alone(folder):
        if (found := _kept(folder, recipe)) is not None:
            return found
        return _cut(recipe, folder, say) if recipe.is_truncated else _build(recipe, folder, say)


def by_checksum(sha256: str, cache: Path | None = None) -> Path | None:
    """The kept file with a checksum, so that members with equal images share one mount."""
    for facts in cache_folder(cache).glob("images/*/facts.json"):
        with contextlib.suppress(OSError, ValueError):
            if json.loads(facts.read_text())["sha256"] == sha256:
                return next(facts.parent.glob("*.img"), None)
    return None


def _place(folder: Path, recipe: Recipe) -> Path:
    return folder / "images" / f"{recipe.name}_{image_key(recipe)}"


def _kept(folder: Path, recipe: Recipe) -> Image | None:
    place = _place(folder, recipe)
    try:
        facts = json.loads((place / "facts.json").read_text())
        path = place / recipe.file
        if path.stat().st_size != facts["size"]:
            return None
        os.utime(place)
        return Image(path, facts["version"], facts["sha256"], facts["size"])
    except (OSError, ValueError, KeyError):
        return None


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the cache against other builders, and see that there is room."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "lock").open("w")
    except OSError as error:
        raise BadInput(
            f"images cannot be kept in {folder}: {error.strerror}",
            advice=f"name another folder with --cache or {CACHE_VARIABLE}",
        ) from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        free = shutil.disk_usage(folder).free
        if free < _NEEDED:
            raise BadInput(
                f"{folder} has {free >> 20} MiB free, building images takes {_NEEDED >> 20}",
                advice=f"make room, or name another folder with --cache or {CACHE_VARIABLE}",
            )
        yield


@contextlib.contextmanager
def _workshop(folder: Path) -> Iterator[Path]:
    """A folder that vanishes, on the same disk as the result; what an earlier crash left, too."""
    for old in folder.glob("build-*"):
        shutil.rmtree(old, ignore_errors=True)  # we hold the lock: nobody builds there
    with tempfile.TemporaryDirectory(prefix="build-", dir=folder) as work:
        # apt's own user has to reach what mmdebstrap unpacks.
        Path(work).chmod(0o755)
        yield Path(work)


def _tree(recipe: Recipe, folder: Path, say: Callable[[str], object]) -> Path:
    """A release's plain Debian tree as a squashfs."""
    kept = folder / "trees" / f"{recipe.suite}_{tree_key(recipe.suite)}.squashfs"
    if kept.exists():
        os.utime(kept)
        return kept
    say(f"building Debian {recipe.suite}; this takes half a minute")
    with _workshop(folder) as work:
        root = work / "root"
        command = bootstrap_command(recipe.suite, str(root), sources_for(recipe.suite))
        options = (f"--aptopt={option}" for option in apt_options())
        run(
            *_ALONE,
            command[0],
            *options,
            *command[1:],
            advice="see that this machine reaches its Debian mirror (apt-get update) and has room",
        )
        made = work / "tree.squashfs"
        run("mksquashfs", str(root), str(made), *_SQUASH)
        _keep(made, kept, f"{recipe.suite}_*")
    return kept


def _build(recipe: Recipe, folder: Path, say: Callable[[str], object]) -> Image:
    tree = _tree(recipe, folder, say)
    say(f"building the image {recipe.name}")
    with _workshop(folder) as work:
        layer, plain, merged = (work / name for name in ("layer", "plain", "merged"))
        for path in (layer, plain, merged):
            path.mkdir()
        _lay(recipe, layer)
        made = work / "made"
        made.mkdir()
        squash = " ".join(("mksquashfs", '"$4"', '"$5"', *_SQUASH))
        paths = (str(path) for path in (tree, plain, layer, merged, made / recipe.file))
        shell = ("sh", "-c", f'{_MERGE} && {squash} && cat "$4/etc/debian_version"', "sh")
        version = run(*_ALONE, *shell, *paths).strip()
        return _finish(recipe, folder, made, version)


def _lay(recipe: Recipe, layer: Path) -> None:
    """The vendor's layer, owned by root; a path to be left out is a whiteout of overlayfs."""
    for path, content in layer_files():
        target = layer / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        target.chmod(mode_of(path))
    for path in recipe.without:
        hidden = layer / path
        hidden.parent.mkdir(parents=True, exist_ok=True)
        os.mknod(hidden, stat.S_IFCHR, os.makedev(0, 0))


def _cut(recipe: Recipe, folder: Path, say: Callable[[str], object]) -> Image:
    """The first half of the whole image, with a checksum of its own that is right."""
    whole_recipe = recipe_of(recipe.name.partition("-")[0])
    whole = _kept(folder, whole_recipe) or _build(whole_recipe, folder, say)
    with _workshop(folder) as work:
        with whole.path.open("rb") as source, (work / recipe.file).open("wb") as target:
            target.write(source.read(whole.size // 2))
        made = work / "made"
        made.mkdir()
        (work / recipe.file).rename(made / recipe.file)
        return _finish(recipe, folder, made, whole.version)


def _finish(recipe: Recipe, folder: Path, made: Path, version: str) -> Image:
    path = made / recipe.file
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    place = _place(folder, recipe)
    found = Image(place / recipe.file, version, digest, path.stat().st_size)
    facts = {name: value for name, value in asdict(found).items() if name != "path"}
    (made / "facts.json").write_text(json.dumps(facts) + "\n")
    _keep(made, place, f"{recipe.name}_*")
    return found


def _keep(made: Path, place: Path, siblings: str) -> None:
    """Put what was made in its place in one go, and drop its like that nobody used for long."""
    place.parent.mkdir(parents=True, exist_ok=True)
    long_ago = time.time() - _UNUSED
    for old in place.parent.glob(siblings):
        # Not at once: another checkout on this machine may have another recipe.
        if old.stat().st_mtime < long_ago:
            if old.is_dir():
                shutil.rmtree(old, ignore_errors=True)
            else:
                old.unlink(missing_ok=True)
    try:
        made.rename(place)
    except OSError as error:
        raise HAUpgradeError(f"{place} cannot be written: {error.strerror}") from error

"""SSH host keys, checked against a known_hosts file the way OpenSSH reads it.

paramiko's own reader decodes every key of the file at every login (100 ms for a thousand
members), knows no wildcards and no revoked keys, and prefers only the first known key type, which
lets a host with two known types look changed. Comparing the lines' bytes needs none of that.
Format: sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"; certificate authorities are not supported.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import shlex
from dataclasses import dataclass
from pathlib import Path

from nornir_haupgrade.errors import HostKeyChanged, HostKeyUnknown

_SSH_PORT = 22
_SCAN_TYPES = {"ssh-ed25519": "ed25519", "ssh-rsa": "rsa", "ssh-dss": "dsa"}
_RSA_SIGNATURES = ("rsa-sha2-512", "rsa-sha2-256", "ssh-rsa")


@dataclass(frozen=True, slots=True)
class HostKey:
    """A public host key: its type and its bytes on the wire."""

    type: str
    blob: bytes

    @property
    def fingerprint(self) -> str:
        """As ``ssh-keygen -l`` prints it."""
        digest = base64.b64encode(hashlib.sha256(self.blob).digest()).decode()
        return f"SHA256:{digest.rstrip('=')}"


@dataclass(frozen=True, slots=True)
class KnownKeys:
    """What a known_hosts file says about one address."""

    address: str
    port: int
    file: Path
    trusted: tuple[HostKey, ...]
    revoked: frozenset[bytes]

    @classmethod
    def read(cls, address: str, port: int, file: Path | None) -> KnownKeys:
        """Read a file, by default the user's own; a file that is not there knows nobody.

        Raises:
            HostKeyUnknown: The file is there, but cannot be read.
        """
        file = file or Path.home() / ".ssh" / "known_hosts"
        try:
            lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
        except FileNotFoundError:
            lines = []
        except OSError as error:
            raise HostKeyUnknown(
                f"the known host keys in {file} cannot be read: {error.strerror}"
            ) from error
        name = (address if port == _SSH_PORT else f"[{address}]:{port}").lower()
        found = [(marker, key) for marker, key in (_parse(line, name) for line in lines) if key]
        return cls(
            address,
            port,
            file,
            tuple(key for marker, key in found if not marker),
            frozenset(key.blob for marker, key in found if marker == "@revoked"),
        )

    def signatures(self) -> tuple[str, ...]:
        """The host key algorithms to ask for first, so that the known key is what is offered."""
        types = dict.fromkeys(key.type for key in self.trusted)
        return tuple(
            name
            for known in types
            for name in (_RSA_SIGNATURES if known == "ssh-rsa" else (known,))
        )

    def check(self, offered: HostKey, *, pair: str, member: str) -> None:
        """Accept a known key and nothing else.

        Raises:
            HostKeyUnknown: Nothing is known for this address.
            HostKeyChanged: Another key is known, or this one is revoked.
        """
        is_revoked = offered.blob in self.revoked
        if offered in self.trusted and not is_revoked:
            return
        where = f"{self.address} port {self.port}"
        said = f"{offered.type} key with the fingerprint {offered.fingerprint}"
        if not self.trusted and not is_revoked:
            raise HostKeyUnknown(
                f"{where} offers an {said}, and {self.file} knows no key for it",
                pair=pair,
                member=member,
                advice="compare the fingerprint with the device's own, then accept it: "
                + self._scan(offered),
            )
        known = ", ".join(f"{key.type} {key.fingerprint}" for key in self.trusted)
        why = "which is revoked there" if is_revoked else f"but it is known with {known}"
        raise HostKeyChanged(
            f"{where} offers an {said} (checked with {self.file}), {why}",
            pair=pair,
            member=member,
            advice="another device may have taken the address: find out why before anything else; "
            "only if the device was reinstalled, remove its lines from the file, then: "
            + self._scan(offered),
        )

    def _scan(self, offered: HostKey) -> str:
        kind = _SCAN_TYPES.get(offered.type) or offered.type.split("-")[0]
        port = () if self.port == _SSH_PORT else ("-p", str(self.port))
        scan = shlex.join(("ssh-keyscan", "-t", kind, *port, self.address))
        return f"{scan} >> {shlex.quote(str(self.file))}"


def _parse(line: str, name: str) -> tuple[str, HostKey | None]:
    """A line's marker, and its key if the line is about this name (revoked: about anybody)."""
    fields = line.split()
    marker = fields.pop(0) if line.startswith("@") else ""
    if len(fields) < 3 or line.startswith("#"):  # noqa: PLR2004 - names, type, key
        return marker, None
    names, kind, encoded = fields[:3]
    if marker != "@revoked" and not _is_about(names, name):
        return marker, None
    try:
        return marker, HostKey(kind, base64.b64decode(encoded, validate=True))
    except (binascii.Error, ValueError):
        return marker, None


def _is_about(names: str, name: str) -> bool:
    if names.startswith("|1|"):
        return _is_hash_of(names, name)
    patterns = names.lower().split(",")
    if any(pattern.startswith("!") and _matches(pattern[1:], name) for pattern in patterns):
        return False
    return any(_matches(pattern, name) for pattern in patterns)


def _is_hash_of(hashed: str, name: str) -> bool:
    try:
        _, _, salt, digest = hashed.split("|")
        expected = base64.b64decode(digest)
        # HMAC-SHA1 is what OpenSSH's HashKnownHosts writes; it hides names, it does not
        # authenticate.
        found = hmac.new(base64.b64decode(salt), name.encode(), hashlib.sha1).digest()
    except (binascii.Error, ValueError):
        return False
    return hmac.compare_digest(expected, found)


def _matches(pattern: str, name: str) -> bool:
    # Not fnmatch: the brackets of "[host]:port" are no character class here.
    if "*" not in pattern and "?" not in pattern:
        return pattern == name
    glob = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(glob, name) is not None

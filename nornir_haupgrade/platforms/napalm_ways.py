"""How each of NAPALM's drivers reaches a device, and how it is told which SSH host keys are good.

A driver that is told nothing takes any key. So a driver is used only where its source shows how it
is told (NAPALM 5.2, napalm-linux 0.15, napalm-huawei-vrp 1.2), or that it speaks no SSH.
"""

from __future__ import annotations

import base64
import os
import tempfile
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from nornir_haupgrade.errors import BadInput, HostKeyUnknown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nornir_haupgrade.platforms.hostkeys import HostKey, KnownKeys


class Way(StrEnum):
    """What lies between a driver and the device."""

    NETMIKO = "netmiko"
    """SSH by Netmiko, whose arguments it takes from the optional ones (`netmiko_args`)."""
    KEY_BY_PORT = "key-by-port"
    """SSH by Netmiko with host keys of its own: those arguments are dropped without a word."""
    API = "api"
    """No SSH: HTTPS, or nothing at all."""


_WAYS: Final = {
    "napalm.base.mock.MockDriver": Way.API,
    "napalm.eos.eos.EOSDriver": Way.API,  # or SSH, see below
    "napalm.ios.ios.IOSDriver": Way.NETMIKO,
    "napalm.iosxr.iosxr.IOSXRDriver": Way.NETMIKO,
    "napalm.nxos.nxos.NXOSDriver": Way.API,
    "napalm.nxos_ssh.nxos_ssh.NXOSSSHDriver": Way.NETMIKO,
    "napalm_asa.asa.ASADriver": Way.API,
    "napalm_fortigate.fortigate.FortiGateDriver": Way.API,
    "napalm_huawei_vrp.huawei_vrp.VRPDriver": Way.NETMIKO,
    "napalm_linux.linux.LinuxDriver": Way.KEY_BY_PORT,
    # Its SSH, which no getter uses, would be told by the same arguments.
    "napalm_panos.panos.PANOSDriver": Way.API,
}
"""Not among them: `junos` and `iosxr_netconf`, which cannot be given a file of known keys."""

# As OpenSSH prefers them, and without what paramiko refuses by now.
_PREFERRED = ("ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521")

OURS: Final = frozenset(
    # Either set here or would weaken what is set here; a session log would hold secrets, and
    # `config_lock` locks the device's configuration as soon as it is connected.
    {
        *("ssh_strict", "system_host_keys", "alt_host_keys", "alt_key_file"),
        *("ssh_host_keys", "ssh_host_key_observer"),
        *("session_log", "session_log_record_writes", "session_log_file_mode", "verbose"),
        *("auto_connect", "sock", "sock_telnet", "config_lock"),
    }
)
"""Optional arguments of NAPALM that the inventory has no say in."""


def way_of(driver: type, platform: str, arguments: Mapping[str, Any]) -> Way:
    """How a driver reaches a device.

    Args:
        driver: The driver's class.
        platform: Its name, for messages.
        arguments: The optional arguments that the inventory gives it.

    Raises:
        BadInput: It cannot be told which host keys are good, or speaks Telnet.
    """
    names = [f"{kind.__module__}.{kind.__qualname__}" for kind in driver.__mro__]
    way = next((_WAYS[name] for name in names if name in _WAYS), None)
    transport = str(arguments.get("transport") or arguments.get("eos_transport") or "")
    if way is None:
        raise BadInput(
            f"NAPALM's driver {platform!r} is not known to check SSH host keys, so it is not used",
            advice="leave connection_options: napalm: out for this host: the platform's own "
            "driver reads all that is needed",
        )
    if "telnet" in transport:
        raise BadInput(
            f"NAPALM's driver {platform!r} is told to use Telnet, which is not spoken here",
            advice="remove transport from the optional_args of connection_options: napalm:",
        )
    return Way.NETMIKO if way is Way.API and transport == "ssh" else way


def known_or_refused(keys: KnownKeys) -> tuple[HostKey, ...]:
    """The keys that are good for an address.

    Raises:
        HostKeyUnknown: There is none; nothing was contacted.
    """
    good = tuple(key for key in keys.trusted if key.blob not in keys.revoked)
    if not good:
        raise HostKeyUnknown(
            f"{keys.file} knows no key for {keys.address} port {keys.port}, so NAPALM does not "
            "log in there",
            advice="compare the fingerprint that ssh-keyscan shows with the device's own, then "
            "add the key to the file",
        )
    return good


def key_arguments(way: Way, port: int, good: tuple[HostKey, ...], file: Path) -> dict[str, Any]:
    """What a driver is told of host keys.

    Args:
        way: How it reaches the device.
        port: The port that it is given.
        good: The keys that are good; none where it speaks no SSH.
        file: Holds just these, as `write_keys` wrote them.
    """
    arguments: dict[str, Any] = {
        "ssh_strict": True,
        "system_host_keys": False,
        "alt_host_keys": True,
        "alt_key_file": str(file),
    }
    if way is Way.KEY_BY_PORT:
        # It takes one key. A device has one of each kind, and this one is asked for.
        kinds = {key.type: key for key in reversed(good)}
        key = next((kinds[kind] for kind in _PREFERRED if kind in kinds), good[0])
        arguments["ssh_host_keys"] = {
            str(port): {"key_type": key.type, "key": base64.b64encode(key.blob).decode()}
        }
    return arguments


def write_keys(hostname: str, port: int, good: tuple[HostKey, ...]) -> Path:
    """A file of just these keys, under the very name that paramiko looks them up by.

    paramiko knows no wildcards and no revoked keys: given the whole file, it would judge otherwise.
    """
    name = hostname if port == 22 else f"[{hostname}]:{port}"  # noqa: PLR2004 - SSH's own
    lines = [f"{name} {key.type} {base64.b64encode(key.blob).decode()}\n" for key in good]
    handle, path = tempfile.mkstemp(prefix="known_hosts-")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.writelines(lines)
    return Path(path)

"""The platforms, by name. A driver is imported only when a pair of its platform is worked on."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

from nornir_haupgrade.errors import BadInput

if TYPE_CHECKING:
    from nornir_haupgrade.platforms.base import Driver

_DRIVERS = {
    "cisco_iosxe": ("nornir_haupgrade.platforms.cisco_iosxe", "CiscoIosXe"),
    "linux_ha": ("nornir_haupgrade.platforms.linux_ha", "LinuxHA"),
}


def known_platforms() -> tuple[str, ...]:
    """The names that may stand under ``ha: platform:``, sorted."""
    return tuple(sorted(_DRIVERS))


def driver_class(name: str) -> type[Driver]:
    """The driver of a platform.

    Raises:
        BadInput: There is no such platform.
    """
    if name not in _DRIVERS:
        known = ", ".join(known_platforms())
        raise BadInput(f"There is no platform {name!r}", advice=f"Use one of: {known}.")
    module, attribute = _DRIVERS[name]
    return cast("type[Driver]", getattr(import_module(module), attribute))


__all__ = ["driver_class", "known_platforms"]

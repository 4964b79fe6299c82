"""What an inventory holds that must not be shown or kept."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from nornir.core.inventory import BaseAttributes, Host

_SECRET: Final = re.compile(r"(?i)(pass(word|wd|phrase)?|secret|token|community|api_?key)$")
"""What a key of extras or data ends in when its value is a secret."""
_DEEPEST: Final = 6


def secrets_of(hosts: Iterable[Host]) -> Iterator[str]:
    """Every secret that the inventory holds for these hosts, their groups and the defaults.

    Read where it stands: ``get_connection_parameters`` copies a group's options into the host.
    """
    elements: dict[int, BaseAttributes] = {}
    for host in hosts:
        for element in (host, *host.extended_groups(), host.defaults):
            elements[id(element)] = element
    for element in elements.values():
        yield from _login(element)
        yield from _named(getattr(element, "data", None), _DEEPEST)
        for options in [*getattr(element, "connection_options", {}).values()]:
            yield from _login(options)
            yield from _named(options.extras, _DEEPEST)


def _login(element: BaseAttributes) -> Iterator[str]:
    if isinstance(element.password, str) and element.password:
        yield element.password


def _named(value: object, depth: int) -> Iterator[str]:
    """The texts below keys such as ``secret`` or ``enable_password``."""
    if depth and isinstance(value, Mapping):
        for key, item in [*value.items()]:
            if isinstance(item, str) and isinstance(key, str) and _SECRET.search(key):
                yield item
            yield from _named(item, depth - 1)
    elif depth and isinstance(value, (list, tuple)):
        for item in [*value]:
            yield from _named(item, depth - 1)

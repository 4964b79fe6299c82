"""An inventory of one's own: pairs from a CSV file, a line for each member.

::

    name,hostname,port,pair,identity
    muc-fw1a,10.0.0.1,22,muc-fw1,8d1c0a
    muc-fw1b,10.0.0.2,22,muc-fw1,8d1c0b

Any inventory plugin of Nornir will do like this one: all that matters is the key ``ha`` in the
hosts' data. `python examples/csv_inventory.py pairs.csv` shows the pairs, and contacts nobody.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from nornir import InitNornir
from nornir.core.inventory import (
    ConnectionOptions,
    Defaults,
    Group,
    Groups,
    Host,
    Hosts,
    Inventory,
    ParentGroups,
)
from nornir.core.plugins.inventory import InventoryPluginRegister

from nornir_haupgrade.platforms import known_platforms
from nornir_haupgrade.settings import load_pairs


class CSVInventory:
    """What is alike for all members stands in the group, the rest in the file."""

    def __init__(self, file: str) -> None:
        self._file = Path(file)

    def load(self) -> Inventory:
        """Read the file."""
        defaults = Defaults()
        firewalls = Group(
            "firewalls",
            connection_options={"netmiko": ConnectionOptions(platform="linux")},
            data={"ha": {"platform": "linux_ha", "tolerance": {"sessions": "5%"}}},
            defaults=defaults,
        )
        hosts = Hosts()
        with self._file.open(newline="", encoding="utf-8") as lines:
            for row in csv.DictReader(lines):
                hosts[row["name"]] = Host(
                    row["name"],
                    hostname=row["hostname"],
                    port=int(row["port"]),
                    groups=ParentGroups([firewalls]),
                    data={"ha": {"pair": row["pair"], "identity": row["identity"]}},
                    defaults=defaults,
                )
        return Inventory(hosts, Groups({"firewalls": firewalls}), defaults)


InventoryPluginRegister.register("CSVInventory", CSVInventory)


def main(file: str) -> None:
    """Show the pairs of a file."""
    inventory = {"plugin": "CSVInventory", "options": {"file": file}}
    nr = InitNornir(inventory=inventory, logging={"enabled": False})
    for pair in load_pairs(nr, platforms=known_platforms(), names=None):
        members = ", ".join(f"{member.name} ({member.identity})" for member in pair.members)
        print(f"{pair.name}: {members}, {pair.platform}")


if __name__ == "__main__":
    main(sys.argv[1])

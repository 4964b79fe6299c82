"""Nornir tasks: for whole pairs (with the runner ``ha_pairs``), and for one member alone."""

from nornir_haupgrade.tasks.drill_pair import drill_pair
from nornir_haupgrade.tasks.give_back import give_back
from nornir_haupgrade.tasks.reboot_pair import reboot_pair
from nornir_haupgrade.tasks.roll_back_pair import roll_back_pair
from nornir_haupgrade.tasks.upgrade_pair import upgrade_pair

__all__ = [
    "drill_pair",
    "give_back",
    "reboot_pair",
    "roll_back_pair",
    "upgrade_pair",
]

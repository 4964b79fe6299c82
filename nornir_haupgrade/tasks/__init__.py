"""Nornir tasks: for whole pairs (with the runner ``ha_pairs``), and for one member by itself."""

from nornir_haupgrade.tasks.back_up_config import back_up_config
from nornir_haupgrade.tasks.check_services import check_services
from nornir_haupgrade.tasks.config_diff import config_diff
from nornir_haupgrade.tasks.drill_pair import drill_pair
from nornir_haupgrade.tasks.give_back import give_back
from nornir_haupgrade.tasks.ha_status import ha_status
from nornir_haupgrade.tasks.reboot_pair import reboot_pair
from nornir_haupgrade.tasks.roll_back_member import roll_back_member
from nornir_haupgrade.tasks.roll_back_pair import roll_back_pair
from nornir_haupgrade.tasks.session_summary import session_summary
from nornir_haupgrade.tasks.set_preemption import set_preemption
from nornir_haupgrade.tasks.stage_image import stage_image
from nornir_haupgrade.tasks.switch_over import switch_over
from nornir_haupgrade.tasks.sync_config import sync_config
from nornir_haupgrade.tasks.sync_report import sync_report
from nornir_haupgrade.tasks.upgrade_member import upgrade_member
from nornir_haupgrade.tasks.upgrade_pair import upgrade_pair

__all__ = [
    "back_up_config",
    "check_services",
    "config_diff",
    "drill_pair",
    "give_back",
    "ha_status",
    "reboot_pair",
    "roll_back_member",
    "roll_back_pair",
    "session_summary",
    "set_preemption",
    "stage_image",
    "switch_over",
    "sync_config",
    "sync_report",
    "upgrade_member",
    "upgrade_pair",
]

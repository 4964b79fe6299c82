"""The commands of each mode: pattern to handler, and what some of them ask first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nornir_haupgrade.lab.personalities.paloalto_panos import (
    change_ha,
    change_software,
    commit,
    config,
    settings,
    show_config,
    show_ha,
    show_ha_history,
    show_interfaces,
    show_jobs,
    show_licences,
    show_routing,
    show_sessions,
    show_software,
    show_system,
    show_vpn,
    transfer,
)
from nornir_haupgrade.lab.personalities.paloalto_panos.context import CONFIRMATION, OFF, settings_of
from nornir_haupgrade.lab.terminal.question import Answering, Question

if TYPE_CHECKING:
    from nornir_haupgrade.lab.personalities.paloalto_panos.context import At, Handler

OPERATIONAL: dict[str, Handler] = {
    "show system info": show_system.info,
    "show system resources": show_system.resources,
    "show system disk-space": show_system.disk_space,
    "show clock": show_system.clock,
    "show admins": show_system.admins,
    "show jobs all": show_jobs.jobs,
    "show jobs processed": show_jobs.jobs,
    "show jobs pending": show_jobs.jobs,
    "show jobs id NUMBER": show_jobs.job,
    "show high-availability all": show_ha.whole,
    "show high-availability state": show_ha.state,
    "show high-availability transitions": show_ha_history.transitions,
    "show high-availability flap-statistics": show_ha_history.flaps,
    "show high-availability path-monitoring": show_ha_history.paths,
    "show session info": show_sessions.info,
    "show session all": show_sessions.sessions,
    "show session all filter LINE": show_sessions.sessions,
    "show interface all": show_interfaces.interfaces,
    "show interface hardware": show_interfaces.interfaces,
    "show interface logical": show_interfaces.interfaces,
    "show interface management": show_interfaces.management,
    "show routing route": show_routing.routes,
    "show routing protocol bgp summary": show_routing.bgp_summary,
    "show vpn ipsec-sa": show_vpn.ipsec_sa,
    "show running tunnel flow all": show_vpn.tunnels,
    "show config running": show_config.running,
    "show config candidate": show_config.candidate,
    "show config diff": show_config.diff,
    "show config-locks": show_config.config_locks,
    "show commit-locks": show_config.commit_locks,
    "check pending-changes": show_config.pending,
    "request license info": show_licences.licences,
    "request system software info": show_software.info,
    "request system software check": change_software.check,
    "request system software download version VERSION": change_software.download,
    "request system software download version VERSION sync-to-peer ANSWER": (
        change_software.download
    ),
    "request system software install version VERSION": change_software.install,
    "delete software version VERSION": change_software.delete,
    "scp import software from PLACE": transfer.scp_import,
    "scp export configuration from NAME to PLACE": transfer.scp_export,
    "tftp export configuration from NAME to PLACE": transfer.tftp_export,
    "debug swm status": show_software.swm_status,
    "debug swm list": show_software.swm_list,
    "debug swm revert": change_software.revert,
    "request high-availability state suspend": change_ha.suspend,
    "request high-availability state functional": change_ha.functional,
    "request high-availability sync-to-remote running-config": change_ha.sync_config,
    "request high-availability sync-to-remote candidate-config": change_ha.sync_candidate,
    "request high-availability sync-to-remote runtime-state": change_ha.sync_runtime,
    "request restart system": change_ha.restart,
    "request shutdown system": change_ha.shutdown,
    "configure": config.enter,
    "set cli scripting-mode STATE": settings.scripting,
    "set cli pager STATE": settings.pager,
    "set cli op-command-xml-output STATE": settings.xml,
    "set cli confirmation-prompt STATE": settings.confirmation,
    "set cli config-output-format FORMAT": settings.config_format,
    "set cli terminal width NUMBER": settings.width,
    "set cli terminal height NUMBER": settings.height,
}

CONFIGURATION: dict[str, Handler] = {
    "set LINE": config.set_leaf,
    "delete LINE": config.delete,
    "show": config.show,
    "show LINE": config.show,
    "commit": commit.commit,
    "commit LINE": commit.commit,
    "revert config": config.revert,
    "save config to NAME": config.save,
    "load config from NAME": config.load,
    "top": config.stay,
    "up": config.stay,
    "exit": config.leave,
    "quit": config.leave,
}

NEEDS_AUTO_COMMIT = {
    config.enter,
    change_software.install,
    change_ha.suspend,
    change_ha.functional,
    change_ha.sync_config,
    change_ha.sync_candidate,
}
"""What is refused until the commit that every boot makes has ended."""

_GO_ON = "Do you want to continue? (y or n) "
_INSTALL = (
    "Executing this command will install a new version of software. It will not take effect until "
    f"system is restarted. {_GO_ON}"
)
_DISCONNECT = f"Executing this command will disconnect the current session. {_GO_ON}"
_OVERWRITE = (
    "Executing this command will overwrite the candidate configuration on the peer and trigger a "
    f"commit on the peer. {_GO_ON}"
)
CONFIRMED: dict[Handler, Question] = {
    handler: Question(text, Answering.CHOICE)
    for handler, text in (
        (change_software.install, _INSTALL),
        (change_ha.restart, _DISCONNECT),
        (change_ha.shutdown, _DISCONNECT),
        (change_ha.sync_config, _OVERWRITE),
        (change_ha.sync_candidate, _OVERWRITE),
    )
}
"""As in public transcripts of these dialogues."""
_UNSYNCED = Question(
    "\nThe running configuration of the HA peers is not synchronized.\n"
    "Please synchronize the peers by running 'request high-availability sync-to-remote "
    "running-config' first.\nWould you like to proceed with commit? (y or n) ",
    Answering.CHOICE,
)
"""From its second line on as a public script waits for it; the first line is the lab's."""


def question(at: At, handler: Handler, arguments: tuple[str, ...]) -> Question | None:
    """What a command asks after its answers so far."""
    asked = len(at.answers)
    if handler in {transfer.scp_import, transfer.scp_export}:
        return _scp_question(arguments[-1], asked)
    if asked or settings_of(at.terminal).get(CONFIRMATION) == OFF:
        return None
    if handler is commit.commit:
        return _UNSYNCED if commit.asks_about_sync(at) else None
    return CONFIRMED.get(handler)


def _scp_question(where: str, asked: int) -> Question | None:
    """As OpenSSH asks a stranger's key and a password."""
    host = transfer.host_of(where)
    if not host:
        return None
    questions = (
        Question(
            f"The authenticity of host '{host} ({host})' can't be established.\n"
            "Are you sure you want to continue connecting (yes/no)? ",
            among=("yes", "no"),
            again="Please type 'yes' or 'no': ",
        ),
        Question(f"{where.partition(':')[0]}'s password: ", Answering.SECRET),
    )
    return questions[asked] if asked < len(questions) else None

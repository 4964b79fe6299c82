"""Strict settings and inventory data, validated before anything connects.

`open_project` does everything for a configuration file; the other functions are its parts. Whatever
is wrong comes out as one `BadInput` with every finding: where, what, and what to do.
"""

from __future__ import annotations

from nornir_haupgrade.settings.config import (
    Algorithm,
    Image,
    ImageKind,
    Settings,
    absent_image_files,
    config_schema,
)
from nornir_haupgrade.settings.files import check_config_file
from nornir_haupgrade.settings.getters import Getter
from nornir_haupgrade.settings.ha import (
    Canary,
    CriticalSession,
    DnsService,
    GateMoment,
    HttpService,
    IcmpService,
    ManagementPath,
    Service,
    SiteGate,
    TaskService,
    TcpService,
    Tolerance,
)
from nornir_haupgrade.settings.hosts import critical_sessions_of, findings_on, pair_name_of
from nornir_haupgrade.settings.logins import lacks_password, lacks_username, missing_logins
from nornir_haupgrade.settings.pairs import MemberConfig, PairConfig, load_pairs, read_member
from nornir_haupgrade.settings.start import (
    Project,
    init_nornir,
    load_settings,
    open_project,
    validate,
)
from nornir_haupgrade.settings.support import check_supported

__all__ = [
    "Algorithm",
    "Canary",
    "CriticalSession",
    "DnsService",
    "GateMoment",
    "Getter",
    "HttpService",
    "IcmpService",
    "Image",
    "ImageKind",
    "ManagementPath",
    "MemberConfig",
    "PairConfig",
    "Project",
    "Service",
    "Settings",
    "SiteGate",
    "TaskService",
    "TcpService",
    "Tolerance",
    "absent_image_files",
    "check_config_file",
    "check_supported",
    "config_schema",
    "critical_sessions_of",
    "findings_on",
    "init_nornir",
    "lacks_password",
    "lacks_username",
    "load_pairs",
    "load_settings",
    "missing_logins",
    "open_project",
    "pair_name_of",
    "read_member",
    "validate",
]

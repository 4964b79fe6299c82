"""From a configured service to what asks it."""

from __future__ import annotations

from typing import assert_never

from nornir_haupgrade.probes.dns_query import DnsAsker
from nornir_haupgrade.probes.http_page import HttpAsker
from nornir_haupgrade.probes.icmp_echo import Echoes, IcmpAsker
from nornir_haupgrade.probes.outcome import Asker, Unmeasurable
from nornir_haupgrade.probes.site_task import RunTask, TaskAsker
from nornir_haupgrade.probes.tcp_connect import TcpAsker
from nornir_haupgrade.settings import (
    DnsService,
    HttpService,
    IcmpService,
    Service,
    TaskService,
    TcpService,
)


def asker_of(service: Service, *, run_task: RunTask | None, echoes: Echoes) -> Asker:
    """What asks a service; where this machine cannot, one that says so each time."""
    try:
        return _asker_of(service, run_task, echoes)
    except ImportError as error:
        return Unmeasurable(f"{error}; run pip install 'nornir-haupgrade[probes]'")
    except Exception as error:  # noqa: BLE001 - one service's defect is nobody else's
        return Unmeasurable(f"{type(error).__name__}: {error}")


def _asker_of(service: Service, run_task: RunTask | None, echoes: Echoes) -> Asker:
    match service:
        case TcpService():
            return TcpAsker(service)
        case HttpService():
            return HttpAsker(service)
        case DnsService():
            return DnsAsker(service)
        case IcmpService():
            import icmplib  # noqa: F401 - missing, it is said here once and for all

            return IcmpAsker(service, echoes)
        case TaskService():
            if run_task is None:
                return Unmeasurable(f"{service.task}: nobody here can run tasks")
            return TaskAsker(service, run_task)
        case _:
            assert_never(service)

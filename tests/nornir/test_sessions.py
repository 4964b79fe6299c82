"""Sessions: Nornir keeps one for ever, whatever became of its other end; ours are opened anew."""

from __future__ import annotations

import pytest
from nornir.core.task import Result, Task

from nornir_haupgrade.tasks import ha_status, upgrade_member
from tests.end_to_end.conftest import MakeRig
from tests.end_to_end.rig import NEW


def own_connection(task: Task) -> Result:
    """What a user's own code does with nornir-netmiko."""
    connection = task.host.get_connection("netmiko", task.nornir.config)
    return Result(task.host, result=connection.send_command("fwctl show version"))


@pytest.mark.ssh
def test_a_session_that_died_with_a_reload_is_not_used_again(make_rig: MakeRig) -> None:
    """Nornir hands the dead one out again; a task of ours after the reload logs in anew."""
    rig = make_rig(preempt=False)
    nr = rig.nornir().filter(name="p1b")
    # This test is about sessions: nornir-netmiko's own is opened without our care for host keys.
    assert not nr.run(task=own_connection).failed
    done = nr.run(task=upgrade_member, to=NEW)
    assert not done.failed, done["p1b"][0].result
    dead = nr.run(task=own_connection)
    assert dead.failed, "the trap: the same session as before the reload"
    nr.data.reset_failed_hosts()
    found = nr.run(task=ha_status)
    assert found["p1b"][0].result["version"] == NEW
    nr.close_connections()


def test_no_task_leaves_a_session_open(make_rig: MakeRig) -> None:
    rig = make_rig(preempt=False)
    nr = rig.nornir()
    for _ in range(3):
        nr.run(task=ha_status)
    nr.filter(name="p1b").run(task=upgrade_member, to=NEW)
    assert {name: state.logins for name, state in rig.lab.states().items()} == {"p1a": 0, "p1b": 0}
    assert all(not host.connections for host in nr.inventory.hosts.values())

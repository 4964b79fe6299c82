"""The driver against real Debian systems: what the members say, and what they refuse."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import tarfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from nornir_haupgrade.errors import CommandRefused, CommandTimeout, HAUpgradeError
from nornir_haupgrade.lab.linux import LinuxLab
from nornir_haupgrade.model import Change, ImageFile, Preemption, Role
from nornir_haupgrade.platforms.base import Order, Transport
from tests.linux.conftest import Drive, active, image_file, standby, until_roles

pytestmark = [pytest.mark.linux, pytest.mark.timeout(600)]

HOLD = """
import socket, time
held = []
for source in ("10.1.1.100", "10.1.1.101"):
    one = socket.create_connection(("10.2.1.100", 7001), 5, (source, 0))
    assert one.recv(16) == b"ok p1\\n"
    held.append(one)
print("held", flush=True)
time.sleep(60)
"""


def test_facts_of_both_members(lab: LinuxLab, drive: Drive) -> None:
    first, second = active(lab), standby(lab)
    a, b = drive(first, read_only=True).facts(), drive(second, read_only=True).facts()
    assert (a.role, b.role) == (Role.ACTIVE, Role.STANDBY)
    assert (a.is_forwarding, b.is_forwarding) == (True, False)
    assert a.identity != b.identity
    assert a.boot_id != b.boot_id
    assert a.version == lab.states[first]["version"]
    assert (a.preemption, a.is_latched, a.is_peer_link_up) == (Preemption.OFF, False, True)
    assert (a.others, b.others) == (0, 0)
    assert a.failovers is not None
    assert b.failovers is not None


def test_facts_stay_equal_while_nothing_happens(lab: LinuxLab, drive: Drive) -> None:
    driver = drive(standby(lab), read_only=True)
    assert driver.facts() == driver.facts()


def test_every_read_is_answered_in_a_read_only_session(lab: LinuxLab, drive: Drive) -> None:
    driver = drive(active(lab), read_only=True)
    assert driver.interfaces() == (("mgmt", True), ("out", True), ("in", True), ("ha", True))
    assert driver.session_count().own is not None
    never = ImageFile("13.8", "never-uploaded.img", "0" * 64, 1)
    assert driver.staged(never) is None
    free = driver.free_space()
    assert free is not None
    assert 100 << 20 < free < 512 << 20
    assert len(driver.sync_report().items) == 3


def test_logins_are_counted_with_and_without_a_terminal(
    lab: LinuxLab, drive: Drive, connect: Callable[..., Transport]
) -> None:
    member = standby(lab)
    driver = drive(member)
    other = connect(member)
    assert driver.facts().others == 1
    other.close()
    lab.wait_until(lambda: driver.facts().others == 0, 5, what="it is logged out")


def test_the_preemption_is_turned_off_and_on_without_a_role_change(
    lab: LinuxLab, drive: Drive
) -> None:
    driver = drive(active(lab))
    before = driver.facts()
    driver.perform(Order(Change.PREEMPTION_ON), before)
    on = driver.facts()
    assert (on.preemption, on.config != before.config) == (Preemption.ON, True)
    driver.perform(Order(Change.PREEMPTION_OFF), on)
    # All as before: roles, failovers, and the configuration to the byte.
    assert driver.facts() == before


@pytest.mark.parametrize("change", [Change.INSTALL, Change.ACTIVATE, Change.RELOAD])
def test_a_condition_is_refused_on_the_active(lab: LinuxLab, drive: Drive, change: Change) -> None:
    member = active(lab)
    driver = drive(member)
    facts = driver.facts()
    order = Order(change, facts.version, image_file(lab.image("13")), only_if=Role.STANDBY)
    with pytest.raises(CommandRefused, match="state is MASTER"):
        driver.perform(order, facts)
    assert driver.facts() == facts
    refused = lab.audit("command")[-6:]
    assert any((own["status"], own["state"]) == (1, "MASTER") for own in refused)


def test_a_command_that_dies_with_its_line_is_not_logged_as_a_success(
    lab: LinuxLab, connect: Callable[..., Transport]
) -> None:
    member, line = standby(lab), "fwctl image boot A --if-state BACKUP"
    transport, before = connect(member), len(lab.audit("command"))

    def is_held() -> bool:
        try:
            lab.run(member, "flock --nonblock /run/ha/lock true")
        except HAUpgradeError:
            return True
        return False

    def statuses() -> list[int]:
        entries = lab.audit("command")[before:]
        return [own["status"] for own in entries if own["command"] == line]

    with ThreadPoolExecutor(1) as pool:
        # No condition is decided meanwhile, so that the command waits.
        holding = pool.submit(lab.run, member, "flock /run/ha/lock sleep 3")
        lab.wait_until(is_held, 3, what="the lock is held")
        with pytest.raises(CommandTimeout):
            transport.command(line, timeout=1)
        holding.result()
    lab.wait_until(statuses, 10, what=f"{line} has ended")
    assert statuses() == [129]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("fwctl", "unknown command"),
        ("fwctl show", "unknown command"),
        ("fwctl image verify ../../etc/shadow", "no such file"),
        ("fwctl image verify nothing.img", "no such file: nothing.img"),
        ("fwctl image boot B --if-state BACKUP", "slot B is empty"),
        ("fwctl image boot C", "no such slot: C"),
        ("fwctl image install nothing.img 00 1", "no such file"),
        ("fwctl show ha --if-state BACKUP", "wrong arguments"),
        ("fwctl backup ../x", "bad name"),
        ("fwctl ha preempt maybe", "usage"),
        ("fwctl reboot now", "usage"),
    ],
)
def test_what_cannot_be_done_is_refused_with_a_reason(
    lab: LinuxLab, connect: Callable[..., Transport], line: str, said: str
) -> None:
    answer = connect(standby(lab, "p1")).command(line, timeout=10)
    assert answer.startswith("% ")
    assert said in answer


def test_the_configuration_is_pushed_and_reported_alike(lab: LinuxLab, drive: Drive) -> None:
    first, second = active(lab), standby(lab)
    one, other = drive(first), drive(second)
    lab.fault("touch-config", first)
    assert one.sync_report() != other.sync_report()
    assert "synced" in one.perform(Order(Change.SYNC_CONFIG), one.facts())
    assert one.sync_report() == other.sync_report()


def test_a_backup_holds_the_configuration_and_is_always_the_same(
    lab: LinuxLab, drive: Drive
) -> None:
    driver = drive(active(lab))
    facts = driver.facts()
    sha256, content = driver.back_up("one", facts)
    assert hashlib.sha256(content).hexdigest() == sha256
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        names = [member.name for member in tar.getmembers() if member.isfile()]
    assert "config/local/preempt.conf" in names
    assert "config/shared/ruleset.nft" in names
    assert driver.back_up("two", facts) == (sha256, content)
    assert driver.facts() == facts


def test_sessions_are_on_both_members_and_live_through_a_switchover(
    lab: LinuxLab, drive: Drive
) -> None:
    first, second = active(lab), standby(lab)
    one, other = drive(first), drive(second)
    client = lab.popen_in("client", "p1", [sys.executable, "-c", HOLD])
    lab.wait_until(lambda: "held" in client.log.read_text(), 10, what="the client's connections")
    lab.wait_until(lambda: len(other.sessions()) >= 2, 5, what="their copies")
    plain, hidden = (
        next(s for s in one.sessions() if s.original[0].startswith(source))
        for source in ("10.1.1.100:", "10.1.1.101:")
    )
    assert plain.reply == plain.original[::-1]
    assert hidden.reply is not None
    assert hidden.reply[1].startswith("10.2.1.1:")
    copies = {s.original: s.reply for s in other.sessions()}
    assert copies[plain.original] is None
    assert copies[hidden.original] is None
    before = one.facts().failovers
    one.perform(Order(Change.RELINQUISH), one.facts())
    lab.wait_until(lambda: lab.states[second]["role"] == "MASTER", 5, what="the takeover")
    lab.wait_until(lambda: one.facts().role is Role.SUSPENDED, 5, what="the latch")
    one.perform(Order(Change.RELEASE), one.facts())
    until_roles(lab, "p1")
    after = one.facts()
    assert (after.role, after.is_latched) == (Role.STANDBY, False)
    assert before is not None
    assert after.failovers == before + 2
    served = {s.original: s.reply for s in other.sessions()}
    assert served[hidden.original] == hidden.reply
    assert client.poll() is None
    client.terminate()
    client.wait(5)


@pytest.mark.parametrize("role", ["MASTER", "BACKUP"])
def test_members_are_managed_through_the_pair_as_well(
    lab: LinuxLab, drive: Drive, role: str
) -> None:
    member = lab.member_in("p1", role)
    facts = drive(member, inner=True, read_only=True).facts()
    assert facts.identity == drive(member, read_only=True).facts().identity


def test_a_key_file_is_no_way_in_without_being_given(lab: LinuxLab) -> None:
    command = ["ssh", "-o", "BatchMode=yes", "-o", f"UserKnownHostsFile={lab.known_hosts}"]
    address = lab.states["p1a"]["address"]
    done = subprocess.run(
        [*command, f"root@{address}", "true"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 255
    assert "denied" in done.stderr.lower()

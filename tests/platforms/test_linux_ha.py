"""The driver against a simulated pair over real SSH; the lab's own log is the witness."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from nornir_haupgrade.errors import (
    CommandRefused,
    CommandTimeout,
    ImageError,
    LineDropped,
    NotReadOnly,
    StaleFacts,
)
from nornir_haupgrade.lab import Fault, LabThread
from nornir_haupgrade.model import Change, ImageFile, Preemption, Role
from nornir_haupgrade.platforms.base import Order
from nornir_haupgrade.platforms.linux_ha import LinuxHA

pytestmark = pytest.mark.ssh
Drive = Callable[..., LinuxHA]


def until(lab: LabThread, member: str, role: str) -> None:
    lab.wait_until(lambda it: str(it.state(member).role) == role, 10, what=f"{member} {role}")


def sent(lab: LabThread) -> list[str]:
    return [e["command"] for e in lab.audit("command") if not e["command"].startswith("fwctl show")]


def test_facts_of_both_members(lab: LabThread, drive: Drive) -> None:
    a, b = drive("p1a", read_only=True).facts(), drive("p1b", read_only=True).facts()
    assert (a.role, b.role) == (Role.ACTIVE, Role.STANDBY)
    assert (a.is_forwarding, b.is_forwarding) == (True, False)
    assert a.identity != b.identity
    assert a.boot_id != b.boot_id
    assert (a.version, a.next_version, a.installed) == ("12.15", "12.15", (("A", "12.15"),))
    assert (a.preemption, a.is_latched, a.is_peer_link_up) == (Preemption.OFF, False, True)
    assert (a.others, b.others) == (0, 0)
    assert a.failovers is not None
    assert a.config


def test_facts_stay_equal_while_nothing_happens(drive: Drive) -> None:
    driver = drive(read_only=True)
    assert driver.facts() == driver.facts()


def test_another_login_is_counted(lab: LabThread, drive: Drive) -> None:
    driver = drive(read_only=True)
    lab.inject(Fault("another_login", "p1a"))
    assert driver.facts().others == 1


def test_every_read_is_allowed_in_a_read_only_session(
    drive: Drive, image: ImageFile, lab: LabThread
) -> None:
    for member in ("p1a", "p1b"):
        driver = drive(member, read_only=True)
        facts = driver.facts()
        assert driver.capabilities().has_conditional_commands
        assert driver.sync_report().items[-1][0] == "running-nft"
        assert driver.interfaces()
        assert all(up for _, up in driver.interfaces())
        assert (driver.free_space() or 0) > 0
        assert driver.staged(image) is None
        assert not driver.is_installed(facts, image)
    assert {entry["effect"] for entry in lab.audit("command")} == {"none"}


def test_sessions_of_both_members(lab: LabThread, drive: Drive) -> None:
    active, standby = drive("p1a", read_only=True), drive("p1b", read_only=True)
    count = active.session_count()
    assert count.own == 200
    assert standby.session_count().replicated == len(standby.sessions())
    (first, *_) = active.sessions()
    assert first.protocol == "tcp"
    assert first.reply == (first.original[1], first.original[0])
    assert first.age is not None


@pytest.mark.parametrize(
    "order",
    [
        Order(change)
        for change in Change
        if change not in {Change.STAGE, Change.INSTALL, Change.COMMIT}
    ]
    + [Order(Change.ACTIVATE, version="12.15")],
)
def test_a_read_only_session_refuses_every_change(
    lab: LabThread, drive: Drive, order: Order
) -> None:
    driver = drive("p1b", read_only=True)
    order = replace(order, name="x", version="12.15")
    facts = driver.facts()
    with pytest.raises(NotReadOnly):
        driver.perform(order, facts)
    assert sent(lab) == []


def test_a_read_only_session_stages_and_installs_nothing(
    lab: LabThread, drive: Drive, image: ImageFile
) -> None:
    driver = drive("p1b", read_only=True)
    facts = driver.facts()
    for change in (Change.STAGE, Change.INSTALL):
        with pytest.raises(NotReadOnly):
            driver.perform(Order(change, image=image), facts)
    assert driver.staged(image) is None


def test_an_image_is_staged_installed_and_activated(
    lab: LabThread, drive: Drive, image: ImageFile
) -> None:
    driver = drive("p1b")
    seen: list[tuple[int, int]] = []
    facts = driver.facts()
    said = driver.perform(Order(Change.STAGE, image=image), facts, lambda *at: seen.append(at))
    assert said == f"{image.size} {image.sha256}"
    assert seen[-1] == (image.size, image.size)
    staged = driver.staged(image)
    assert staged is not None
    assert (staged.size, staged.sha256) == (image.size, image.sha256)

    driver.perform(Order(Change.INSTALL, image=image, only_if=Role.STANDBY), facts)
    facts = driver.facts()
    assert driver.is_installed(facts, image)
    assert facts.installed == (("A", "12.15"), ("B", "13.8"))
    assert facts.next_version == "12.15"

    driver.perform(Order(Change.ACTIVATE, version="13.8", only_if=Role.STANDBY), facts)
    assert driver.facts().next_version == "13.8"
    assert sent(lab)[-1] == "fwctl image boot B --if-state BACKUP"


def test_a_reload_boots_the_activated_version(
    lab: LabThread, drive: Drive, image: ImageFile
) -> None:
    driver = drive("p1b")
    before = driver.facts()
    driver.perform(Order(Change.STAGE, image=image), before)
    driver.perform(Order(Change.INSTALL, image=image), before)
    driver.perform(Order(Change.ACTIVATE, version="13.8"), driver.facts())
    driver.perform(Order(Change.RELOAD, only_if=Role.STANDBY), driver.facts())
    lab.wait_until(lambda it: str(it.state("p1b").phase).lower() != "running", 5)
    until(lab, "p1b", "BACKUP")
    after = drive("p1b").facts()
    assert after.version == "13.8"
    assert after.boot_id != before.boot_id
    assert after.identity == before.identity


@pytest.mark.parametrize("change", [Change.INSTALL, Change.ACTIVATE, Change.RELOAD])
def test_the_device_refuses_a_conditional_change_while_it_forwards(
    lab: LabThread, drive: Drive, image: ImageFile, change: Change
) -> None:
    driver = drive("p1a")
    order = Order(change, version="12.15", image=image, only_if=Role.STANDBY)
    with pytest.raises(CommandRefused, match="state is MASTER") as caught:
        driver.perform(order, driver.facts())
    assert (caught.value.pair, caught.value.member) == ("p1", "p1a")
    assert "% state is MASTER" in (caught.value.device_text or "")
    assert str(lab.state("p1a").role) == "MASTER"


def test_the_role_is_given_away_and_the_latch_released(lab: LabThread, drive: Drive) -> None:
    driver = drive("p1a")
    driver.perform(Order(Change.RELINQUISH), driver.facts())
    until(lab, "p1b", "MASTER")
    facts = driver.facts()
    assert (facts.role, facts.is_latched) == (Role.SUSPENDED, True)
    driver.perform(Order(Change.RELEASE), facts)
    until(lab, "p1a", "BACKUP")
    facts = driver.facts()
    assert (facts.role, facts.is_latched) == (Role.STANDBY, False)


def test_a_suspended_member_may_be_worked_on(lab: LabThread, drive: Drive) -> None:
    driver = drive("p1a")
    driver.perform(Order(Change.RELINQUISH), driver.facts())
    until(lab, "p1b", "MASTER")
    order = Order(Change.ACTIVATE, version="12.15", only_if=Role.SUSPENDED)
    driver.perform(order, driver.facts())
    assert sent(lab)[-1] == "fwctl image boot A --if-state FAULT"


def test_preemption_is_switched(drive: Drive) -> None:
    driver = drive("p1b")
    driver.perform(Order(Change.PREEMPTION_ON), driver.facts())
    assert driver.facts().preemption is Preemption.ON
    driver.perform(Order(Change.PREEMPTION_OFF), driver.facts())
    assert driver.facts().preemption is Preemption.OFF


def test_the_configuration_is_pushed(lab: LabThread, drive: Drive) -> None:
    lab.inject(Fault("report_differs", "p1b"))
    active, standby = drive("p1a"), drive("p1b")
    assert active.sync_report() != standby.sync_report()
    assert "synced" in active.perform(Order(Change.SYNC_CONFIG), active.facts())
    assert active.sync_report() == standby.sync_report()
    lab.inject(Fault("sync_stuck", "p1a"))
    with pytest.raises(CommandRefused, match="peer does not answer"):
        active.perform(Order(Change.SYNC_CONFIG), active.facts())


def test_a_member_without_its_ha_software_is_failed_and_can_be_rolled_back(
    lab: LabThread, drive: Drive
) -> None:
    driver = drive("p1b")
    lab.inject(Fault("boot_without_ha", "p1b"))
    driver.perform(Order(Change.RELOAD, only_if=Role.STANDBY), driver.facts())
    lab.wait_until(lambda it: str(it.state("p1b").phase).lower() != "running", 5)
    lab.wait_until(lambda it: str(it.state("p1b").phase).lower() == "running", 10)
    driver = drive("p1b")
    facts = driver.facts()
    assert facts.role is Role.FAILED
    order = Order(Change.ACTIVATE, version="12.15", only_if=Role.FAILED)
    assert driver.commands(order, facts) == ("fwctl image boot A --if-state INIT|FAULT",)
    driver.perform(order, facts)
    assert sent(lab)[-1] == "fwctl image boot A --if-state INIT"


def test_a_member_that_is_failed_no_more_is_left_alone(lab: LabThread, drive: Drive) -> None:
    driver = drive("p1a")
    with pytest.raises(StaleFacts, match="is active now") as caught:
        driver.perform(Order(Change.RELOAD, only_if=Role.FAILED), driver.facts())
    assert caught.value.member == "p1a"
    assert sent(lab) == []


def test_a_backup_is_fetched_and_its_checksum_proven(
    lab: LabThread, drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver = drive("p1a")
    facts = driver.facts()
    sha256, content = driver.back_up("before", facts)
    assert len(sha256) == 64
    assert len(content) > 0
    monkeypatch.setattr(driver._transport, "download", lambda *_, **__: content[:-1])
    with pytest.raises(ImageError, match="checksum"):
        driver.back_up("again", facts)


def test_too_little_space_is_said_before_anything_travels(
    lab: LabThread, drive: Drive, image: ImageFile
) -> None:
    lab.inject(Fault("disk_full", "p1b", params={"free": 1000}))
    driver = drive("p1b")
    with pytest.raises(ImageError, match=rf"needs {image.size} bytes, free are \d+") as caught:
        driver.perform(Order(Change.STAGE, image=image), driver.facts())
    assert (caught.value.pair, caught.value.member) == ("p1", "p1b")
    assert driver.staged(image) is None


def test_space_that_vanishes_meanwhile_is_said_with_the_figures(
    lab: LabThread, drive: Drive, image: ImageFile
) -> None:
    driver = drive("p1b")

    def fill(*_: int) -> None:
        lab.inject(Fault("disk_full", "p1b", params={"free": 1000}))

    with pytest.raises(ImageError, match=rf"needs {image.size} bytes, free are \d+"):
        driver.perform(Order(Change.STAGE, image=image), driver.facts(), fill)
    assert driver.staged(image) is None


def test_a_file_that_was_damaged_on_its_way_is_not_accepted(
    lab: LabThread, drive: Drive, image: ImageFile
) -> None:
    lab.inject(Fault("corrupt_upload", "p1b"))
    driver = drive("p1b")
    with pytest.raises(ImageError, match=r"not what was sent: .* found \d+ bytes with \w+"):
        driver.perform(Order(Change.STAGE, image=image), driver.facts())


def test_a_wrong_local_checksum_is_not_accepted(drive: Drive, image: ImageFile) -> None:
    driver = drive("p1b")
    order = Order(Change.STAGE, image=replace(image, sha256="0" * 64))
    with pytest.raises(ImageError, match="is not what was sent"):
        driver.perform(order, driver.facts())


def test_the_device_refuses_a_wrong_checksum(drive: Drive, image: ImageFile) -> None:
    driver = drive("p1b")
    facts = driver.facts()
    driver.perform(Order(Change.STAGE, image=image), facts)
    order = Order(Change.INSTALL, image=replace(image, sha256="0" * 64))
    with pytest.raises(CommandRefused, match="checksum"):
        driver.perform(order, facts)


def test_a_lost_reply_and_a_hanging_device_are_not_a_refusal(lab: LabThread, drive: Drive) -> None:
    driver = drive("p1a")
    facts = driver.facts()
    lab.inject(Fault("reply_lost", "p1a"))
    with pytest.raises(LineDropped):
        driver.perform(Order(Change.PREEMPTION_ON), facts)
    driver = drive("p1a")
    driver._command_timeout = 0.3
    lab.inject(Fault("suspend_hangs", "p1a"))
    with pytest.raises(CommandTimeout):
        driver.perform(Order(Change.RELINQUISH), facts)


def test_a_member_without_fwctl_is_refused_and_not_taken_for_done() -> None:
    class Bare:
        pair, member = "p1", "p1a"

        def command(self, text: str, **_: object) -> str:
            return "-bash: fwctl: command not found"

    driver = LinuxHA(Bare(), command_timeout=1, install_timeout=1)  # type: ignore[arg-type]
    with pytest.raises(CommandRefused, match="command not found"):
        driver.facts()
    with pytest.raises(CommandRefused):
        driver.staged(ImageFile("1", str(Path("x.img")), "0" * 64, 1))

"""The driver over a transport that answers what a test dictates.

What a device shows is captured where a capture exists, with the few words changed that a case is
about. Dialogues, `install` and configuration are synthetic: the forms are those of the vendor's
guides that docs/cisco_iosxe.md names.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from nornir.core.inventory import ConnectionOptions, Host

from nornir_haupgrade.errors import (
    CommandRefused,
    CommandTimeout,
    HAUpgradeError,
    ImageError,
    LineDropped,
    NotReadOnly,
    StaleFacts,
    UnexpectedOutput,
)
from nornir_haupgrade.model import (
    Activation,
    Change,
    Flow,
    ImageFile,
    MemberFacts,
    Preemption,
    Role,
    SessionCount,
    Switching,
    SyncModel,
    SyncReport,
)
from nornir_haupgrade.platforms.base import Dialogue, Files, Order, Progress
from nornir_haupgrade.platforms.cisco_iosxe import CiscoIosXe
from nornir_haupgrade.platforms.guard import Guard
from nornir_haupgrade.platforms.transport import open_transport
from tests.platforms.captured import captured
from tests.platforms.router import PASSWORD, SECRET, Router, running

INVALID = "         ^\n% Invalid input detected at '^' marker.\n"
BEGUN = "Enter configuration commands, one per line.  End with CNTL/Z."
SAVED = "Building configuration...\n[OK]"
STANDBY = captured("show_standby_ntc0")
ACTIVE = captured("show_standby_genie4").partition("BDI3147 - Group 32")[0]
SECTION = """\
interface Vlan50
 standby 50 ip 10.0.52.161
 standby 50 priority 90
 standby 50 preempt delay minimum 120
"""
KEPT = (
    "interface Vlan50|standby 50 priority 90",
    "interface Vlan50|standby 50 preempt delay minimum 120",
)
SUMMARY = captured("show_install_summary_3").replace("17.17.01.0.207190", "16.09.03.0.3500")
CHANGED = "! Last configuration change at 14:02:11 UTC Thu Sep 24 2026 by netops"
SHOW_CHANGED = "show running-config | include configuration change|NVRAM config last"
SAVED_AT = "! NVRAM config last updated at 14:02:11 UTC Thu Sep 24 2026 by netops"
RUNNING = f"Building configuration...\n!\n{CHANGED}\nversion 16.9\nhostname R1\n{SECTION}!\nend\n"
CONTENT = b"new software"
NAME = "cat9k_iosxe.17.09.04a.SPA.bin"

Answer = str | Exception | list[str | Exception]


@dataclass
class Script:
    """A transport: answers by line, what was sent, what was uploaded."""

    answers: dict[str, Answer] = field(default_factory=dict)
    sent: list[str] = field(default_factory=list)
    asked: dict[str, Sequence[Dialogue]] = field(default_factory=dict)
    ended: list[str] = field(default_factory=list)
    uploads: list[tuple[str, str, float]] = field(default_factory=list)
    upload_fails: BaseException | None = None
    slow: dict[str, float] = field(default_factory=dict)
    pair: str = "edge"
    member: str = "r1"
    flow: Flow | None = None
    files: Files = Files.SCP

    def command(self, text: str, *, timeout: float, dialogues: Sequence[Dialogue] = ()) -> str:
        self.sent.append(text)
        self.asked[text] = dialogues
        time.sleep(self.slow.get(text, 0))
        answer = self.answers.get(text, "")
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def command_ending_session(
        self, text: str, *, timeout: float, dialogues: Sequence[Dialogue] = ()
    ) -> str:
        self.ended.append(text)
        return self.command(text, timeout=timeout, dialogues=dialogues)

    def upload(self, local: str, remote: str, *, timeout: float, progress: Progress | None) -> None:
        self.uploads.append((local, remote, timeout))
        if progress is not None:
            progress(len(CONTENT), len(CONTENT))
        if self.upload_fails is not None:
            raise self.upload_fails

    def download(self, remote: str, *, timeout: float) -> bytes:
        raise AssertionError(remote)

    def close(self) -> None: ...

    @property
    def changes(self) -> list[str]:
        """What was sent besides reads."""
        return [line for line in self.sent if line.split(maxsplit=1)[0] not in {"show", "dir"}]


@pytest.fixture
def script() -> Script:
    """A standby router in install mode, as captured, with one HSRP group."""
    return Script(
        {
            "show version": captured("show_version_c9500"),
            "show users": captured("show_users"),
            "show standby": STANDBY,
            "show vrrp all": "",
            "show boot": captured("show_boot_cat9300"),
            "show install summary": SUMMARY,
            "show ip interface brief": "Interface IP-Address OK? Method Status Protocol\n"
            "Vlan50  10.0.52.162  YES NVRAM  up  up\n",
            SHOW_CHANGED: f"{CHANGED}\n{SAVED_AT}",
            "show running-config | section ^interface": SECTION,
            "show running-config | include ip scp server enable": "ip scp server enable",
            "show running-config": RUNNING,
            "show startup-config": RUNNING.replace(
                "Building", "Using 99 out of 100 bytes\nBuilding"
            ),
            "dir flash:": captured("dir_csr").replace("bootflash", "flash"),
            "configure terminal": BEGUN,
            "write memory": SAVED,
        }
    )


@pytest.fixture
def driver(script: Script) -> CiscoIosXe:
    return CiscoIosXe(script, command_timeout=30, install_timeout=900)


@pytest.fixture
def facts(driver: CiscoIosXe, script: Script) -> MemberFacts:
    found = driver.facts()
    script.sent.clear()
    return found


@pytest.fixture
def image(tmp_path: Path) -> ImageFile:
    file = tmp_path / NAME
    file.write_bytes(CONTENT)
    return ImageFile("17.09.04a", str(file), hashlib.sha256(CONTENT).hexdigest(), len(CONTENT))


def with_file(listing: str, size: int = len(CONTENT)) -> str:
    """A folder that holds the image as well."""
    line = f"   20  -rw-  {size}  Apr 22 2026 12:36:24 +00:00  {NAME}"
    return listing.replace("\n\n7835619328", f"\n{line}\n\n7835619328")


def measured(content: bytes = CONTENT) -> str:
    return f"..Done!\nverify /sha512 (flash:{NAME}) = {hashlib.sha512(content).hexdigest()}\n"


VERIFY = f"verify /sha512 flash:{NAME}"


# Reads


def test_facts_of_a_standby_router_in_install_mode(driver: CiscoIosXe) -> None:
    facts = driver.facts()
    assert facts == MemberFacts(
        identity="FCW2233FFG3",
        role=Role.STANDBY,
        version="16.09.03",
        boot_id="22:16:13 NZST Wed May 1 2019",
        next_version="16.09.03",
        installed=(("flash: committed", "16.09.03"),),
        preemption=Preemption.ON,
        is_latched=False,
        is_on_trial=False,
        is_forwarding=False,
        is_peer_link_up=True,
        failovers=1,
        config=hashlib.sha256(CHANGED.removeprefix("! ").encode()).hexdigest()[:16],
        others=0,
        ha_lines=KEPT,
        preempting=KEPT[1:],
        is_saved=True,
    )


def test_the_roles_are_read_last(driver: CiscoIosXe, script: Script) -> None:
    driver.facts()
    assert script.sent[-2:] == ["show standby", "show vrrp all"]


def test_every_read_is_declared(driver: CiscoIosXe, script: Script, image: ImageFile) -> None:
    script.answers["dir flash:"] = with_file(captured("dir_csr"))
    script.answers[VERIFY] = measured()
    facts = driver.facts()
    driver.capabilities()
    driver.interfaces()
    driver.free_space()
    driver.staged(image)
    driver.is_installed(facts, image)
    driver.back_up("x", facts)
    driver.unsaved()
    assert {"show version", "show standby", "dir flash:", VERIFY} <= set(script.sent)
    guard = Guard(CiscoIosXe.READ_ONLY, read_only=True, pair="edge", member="r1")
    for line in script.sent:
        guard.check_command(line)


def test_an_active_router(driver: CiscoIosXe, script: Script) -> None:
    script.answers["show standby"] = ACTIVE
    script.answers["show running-config | section ^interface"] = (
        "interface BDI3147\n standby 31 ip 10.190.99.49\n standby 31 priority 110\n"
    )
    facts = driver.facts()
    assert (facts.role, facts.is_forwarding, facts.is_peer_link_up) == (Role.ACTIVE, True, True)
    assert facts.failovers == 17


@pytest.mark.parametrize("missing", ["", "\n", INVALID])
def test_a_protocol_that_the_router_does_not_know_or_use_has_no_groups(
    driver: CiscoIosXe, script: Script, missing: str
) -> None:
    script.answers["show vrrp all"] = missing
    assert driver.facts().role is Role.STANDBY
    script.answers["show standby"] = missing
    facts = driver.facts()
    assert (facts.role, facts.is_forwarding, facts.is_peer_link_up) == (Role.UNKNOWN, None, None)
    assert (facts.preemption, facts.ha_lines) == (Preemption.UNKNOWN, ())


def test_both_protocols_make_one_role(driver: CiscoIosXe, script: Script) -> None:
    script.answers["show vrrp all"] = captured("show_vrrp_genie4")
    script.answers["show running-config | section ^interface"] = (
        SECTION + "interface GigabitEthernet0/0/3.129\n vrrp 4 address-family ipv4\n"
        "  priority 90\n  track 55 decrement 20\n  exit-vrrp\n"
    )
    facts = driver.facts()
    assert (facts.role, facts.failovers) == (Role.STANDBY, None)
    assert facts.ha_lines[2:] == (
        "interface GigabitEthernet0/0/3.129|vrrp 4 address-family ipv4|priority 90",
        "interface GigabitEthernet0/0/3.129|vrrp 4 address-family ipv4|preempt",
    )


def test_a_role_that_was_taken_is_a_latch_and_its_preemption_is_ours(
    driver: CiscoIosXe, script: Script
) -> None:
    script.answers["show standby"] = STANDBY.replace("90 (configured 90)", "254 (configured 254)")
    script.answers["show running-config | section ^interface"] = SECTION.replace(
        "priority 90", "priority 254"
    )
    facts = driver.facts()
    assert (facts.is_latched, facts.preemption) == (True, Preemption.OFF)


def test_software_on_trial(driver: CiscoIosXe, script: Script) -> None:
    # synthetic: the committed image beside the one on trial, as the states' legend allows.
    script.answers["show install summary"] = SUMMARY.replace(
        "IMG   C    16.09.03.0.3500", "IMG   C    16.06.04.0.5\nIMG   U    16.09.03.0.3500"
    )
    facts = driver.facts()
    assert facts.is_on_trial
    assert facts.installed == (("flash: committed", "16.06.04"), ("flash: on trial", "16.09.03"))
    assert facts.next_version == "16.09.03"


def test_a_summary_that_shows_the_trial_alone_is_asked_for_what_is_committed(
    driver: CiscoIosXe, script: Script
) -> None:
    script.answers["show install summary"] = SUMMARY.replace("IMG   C ", "IMG   U ")
    script.answers["show install committed"] = captured("show_install_committed")
    assert driver.facts().installed == (
        ("flash: committed", "17.06.03"),
        ("flash: on trial", "16.09.03"),
    )


def test_a_patch_that_is_not_committed_is_on_trial_as_well(
    driver: CiscoIosXe, script: Script
) -> None:
    script.answers["show install summary"] = captured("show_install_summary_1")
    assert driver.facts().is_on_trial


def test_a_router_that_runs_one_file(driver: CiscoIosXe, script: Script) -> None:
    script.answers["show version"] = captured("show_version_isr4k").replace(
        "isr4400-universalk10.115.6.5", "isr4400-universalk9.16.06.05"
    )
    script.answers["show boot"] = captured("show_boot_asr1k").replace(
        "asr1000rpx.bin", "isr4400-universalk9.16.06.05.SPA.bin"
    )
    script.answers["dir bootflash:"] = captured("dir_csr").replace(
        "tracelogs.394", "isr4400-universalk9.16.06.05.SPA.bin"
    )
    facts = driver.facts()
    assert facts.installed == (("bootflash:isr4400-universalk9.16.06.05.SPA.bin", "16.06.05"),)
    assert (facts.next_version, facts.is_on_trial) == ("16.06.05", False)
    assert "show install summary" not in script.sent
    capable = driver.capabilities()
    assert (capable.activation, capable.needs_commit) == (Activation.SELECT, False)


def test_what_the_platform_can_do_in_install_mode(driver: CiscoIosXe) -> None:
    capable = driver.capabilities()
    assert (capable.activation, capable.needs_commit) == (Activation.RELOAD, True)
    assert (capable.switching, capable.needs_release) == (Switching.TAKE, True)
    assert capable.sync_model is SyncModel.NONE
    assert not capable.has_sessions
    assert not capable.replicates_sessions
    assert not capable.has_conditional_commands


def test_what_it_does_not_keep_is_not_zero(driver: CiscoIosXe, script: Script) -> None:
    assert driver.session_count() == SessionCount(None, None, None)
    assert driver.sessions() == ()
    assert driver.sync_report() == SyncReport(())
    assert script.sent == []


def test_interfaces_are_those_that_carry_a_group(driver: CiscoIosXe, script: Script) -> None:
    assert driver.interfaces() == (("Vlan50", True),)
    script.answers["show ip interface brief"] = (
        "Interface IP-Address OK? Method Status Protocol\nVlan51  unassigned  YES NVRAM  up  up\n"
    )
    with pytest.raises(UnexpectedOutput, match="Vlan50") as caught:
        driver.interfaces()
    assert (caught.value.pair, caught.value.member) == ("edge", "r1")


def test_free_space_is_where_it_was_booted_from(driver: CiscoIosXe, script: Script) -> None:
    assert driver.free_space() == 6612774912
    assert script.sent[-1] == "dir flash:"


def test_what_is_slow_to_read_is_not_read_again_at_once(driver: CiscoIosXe, script: Script) -> None:
    slow = "show running-config | section ^interface"
    script.slow[slow] = 0.2
    driver.facts()
    script.sent.clear()
    assert driver.facts().role is Role.STANDBY
    assert slow not in script.sent
    assert script.sent[-2:] == ["show standby", "show vrrp all"]
    time.sleep(0.7)
    driver.facts()
    assert slow in script.sent


def test_a_change_of_ours_is_seen_at_once(
    driver: CiscoIosXe, script: Script, facts: MemberFacts
) -> None:
    slow = "show running-config | section ^interface"
    script.slow[slow] = 0.2
    driver.facts()
    script.sent.clear()
    driver.perform(Order(Change.PREEMPTION_OFF), facts)
    driver.facts()
    assert slow in script.sent


@pytest.mark.parametrize(
    "said",
    [
        INVALID,
        "% Incomplete command.",
        "Command authorization failed.",
        "% Authorization failed.",
        "%Error opening flash:/ (No such device)",
    ],
)
def test_a_read_that_is_refused_is_said_with_the_devices_words(
    driver: CiscoIosXe, script: Script, said: str
) -> None:
    script.answers["show users"] = said
    with pytest.raises(CommandRefused, match="refuses 'show users'") as caught:
        driver.facts()
    assert caught.value.device_text == said
    assert (caught.value.pair, caught.value.member) == ("edge", "r1")


@pytest.mark.ssh
def test_facts_over_real_ssh_in_a_session_that_only_reads(
    driver: CiscoIosXe, script: Script, tmp_path: Path
) -> None:
    expected = driver.facts()
    answers = {line: text for line, text in script.answers.items() if isinstance(text, str)}
    with running(Router(tmp_path, name="R1", is_privileged=False, answers=answers)) as router:
        known = tmp_path / "known_hosts"
        known.write_text(router.known_hosts)
        options = ConnectionOptions(platform="cisco_xe", extras={"secret": SECRET})
        host = Host(
            name="r1",
            hostname="127.0.0.1",
            port=router.port,
            username="ops",
            password=PASSWORD,
            connection_options={"netmiko": options},
        )
        transport = open_transport(
            host,
            pair="edge",
            login_and_read_only=CiscoIosXe.READ_ONLY,
            read_only=True,
            connect_timeout=9,
            known_hosts=known,
            needs_privilege=CiscoIosXe.NEEDS_PRIVILEGE,
            files=CiscoIosXe.FILES,
        )
        real = CiscoIosXe(transport, command_timeout=9, install_timeout=9)
        assert real.facts() == expected
        assert real.unsaved() == ()
        with pytest.raises(NotReadOnly):
            real.perform(Order(Change.PREEMPTION_OFF), expected)
        transport.close()
    allowed = {"", "enable", SECRET, "terminal width 511", "terminal length 0"}
    assert {line for line in router.lines if not line.startswith(("show ", "dir "))} <= allowed


# Images


def test_an_image_that_is_not_there(driver: CiscoIosXe, image: ImageFile) -> None:
    assert driver.staged(image) is None


def test_an_image_is_proven_by_the_checksum_that_the_device_has(
    driver: CiscoIosXe, script: Script, image: ImageFile
) -> None:
    script.answers["dir flash:"] = with_file(captured("dir_csr"))
    script.answers[VERIFY] = measured()
    found = driver.staged(image)
    assert found is not None
    assert (found.name, found.size, found.sha256) == (NAME, len(CONTENT), image.sha256)


def test_another_file_of_that_name_is_not_the_image(
    driver: CiscoIosXe, script: Script, image: ImageFile
) -> None:
    script.answers["dir flash:"] = with_file(captured("dir_csr"), size=7)
    script.answers[VERIFY] = measured(b"another")
    found = driver.staged(image)
    assert found is not None
    assert found.size == 7
    assert found.sha256 == f"unknown, sha512 {hashlib.sha512(b'another').hexdigest()}"


def test_software_that_knows_no_sha512_measures_md5(
    driver: CiscoIosXe, script: Script, image: ImageFile
) -> None:
    script.answers["dir flash:"] = with_file(captured("dir_csr"))
    script.answers[VERIFY] = INVALID
    digest = hashlib.md5(CONTENT).hexdigest()  # noqa: S324 - what old software has
    script.answers[f"verify /md5 flash:{NAME}"] = f"..Done!\nverify /md5 (flash:{NAME}) = {digest}"
    found = driver.staged(image)
    assert found is not None
    assert found.sha256 == image.sha256
    script.answers[VERIFY] = "%Error opening flash:x (Bad file number)"
    with pytest.raises(CommandRefused, match="Bad file number"):
        driver.staged(image)


def test_a_file_of_ours_that_is_another_one_proves_nothing(
    driver: CiscoIosXe, script: Script, image: ImageFile
) -> None:
    script.answers["dir flash:"] = with_file(captured("dir_csr"))
    with pytest.raises(ImageError, match="has sha256"):
        driver.staged(replace(image, sha256="0" * 64))
    with pytest.raises(ImageError, match="cannot be read"):
        driver.staged(replace(image, path=f"/none/{NAME}"))
    assert not [line for line in script.sent if line.startswith("verify")]


def test_packages_are_installed_by_version_and_a_file_by_its_checksum(
    driver: CiscoIosXe, script: Script, facts: MemberFacts, image: ImageFile
) -> None:
    assert not driver.is_installed(facts, image)
    assert driver.is_installed(facts, replace(image, version="16.09.03"))
    bundle = replace(facts, installed=((f"flash:{NAME}", "17.09.04a"),))
    assert not driver.is_installed(bundle, image)
    script.answers["dir flash:"] = with_file(captured("dir_csr"))
    script.answers[VERIFY] = measured()
    assert driver.is_installed(bundle, image)
    script.answers[VERIFY] = measured(b"another")
    assert not driver.is_installed(bundle, image)


def test_an_image_is_staged_and_measured(
    driver: CiscoIosXe, script: Script, facts: MemberFacts, image: ImageFile
) -> None:
    before = captured("dir_csr")
    script.answers["dir flash:"] = [before, with_file(before)]
    script.answers[VERIFY] = measured()
    seen: list[tuple[int, int]] = []
    said = driver.perform(Order(Change.STAGE, image=image), facts, lambda *at: seen.append(at))
    assert said == f"{len(CONTENT)} {image.sha256}"
    assert script.uploads == [(image.path, f"flash:{NAME}", 900)]
    assert seen == [(len(CONTENT), len(CONTENT))]
    assert script.changes == [VERIFY]


def test_a_device_that_takes_no_files_is_not_logged_in_to_again(
    driver: CiscoIosXe, script: Script, facts: MemberFacts, image: ImageFile
) -> None:
    for said in ("", "no ip scp server enable"):
        script.answers["show running-config | include ip scp server enable"] = said
        with pytest.raises(ImageError, match="SCP server is off") as caught:
            driver.perform(Order(Change.STAGE, image=image), facts)
        assert "ip scp server enable" in (caught.value.advice or "")
    assert script.uploads == []


def test_too_little_space_is_said_before_anything_travels(
    driver: CiscoIosXe, script: Script, facts: MemberFacts, image: ImageFile
) -> None:
    script.answers["dir flash:"] = captured("dir_csr").replace("6612774912", "11")
    with pytest.raises(ImageError, match="needs 12 bytes, free are 11"):
        driver.perform(Order(Change.STAGE, image=image), facts)
    assert script.uploads == []


def test_what_runs_is_never_written_over(
    driver: CiscoIosXe, script: Script, facts: MemberFacts, image: ImageFile
) -> None:
    script.answers["show version"] = captured("show_version_c9500").replace(
        "packages.conf", f"/{NAME}"
    )
    with pytest.raises(ImageError, match="is what runs"):
        driver.perform(Order(Change.STAGE, image=image), facts)
    assert script.uploads == []


def test_a_file_that_was_damaged_on_its_way_is_taken_away(
    driver: CiscoIosXe, script: Script, facts: MemberFacts, image: ImageFile
) -> None:
    before = captured("dir_csr")
    script.answers["dir flash:"] = [before, with_file(before)]
    script.answers[VERIFY] = measured(b"damaged")
    with pytest.raises(ImageError, match="is not what was sent"):
        driver.perform(Order(Change.STAGE, image=image), facts)
    assert script.changes == [VERIFY, f"delete /force flash:{NAME}"]


@pytest.mark.parametrize("error", [LineDropped("cut"), CommandTimeout("late"), KeyboardInterrupt()])
def test_a_rest_of_an_upload_is_taken_away(
    driver: CiscoIosXe,
    script: Script,
    *,
    facts: MemberFacts,
    image: ImageFile,
    error: BaseException,
) -> None:
    script.upload_fails = error
    script.answers[f"delete /force flash:{NAME}"] = LineDropped("the session is gone as well")
    with pytest.raises(type(error)):
        driver.perform(Order(Change.STAGE, image=image), facts)
    assert script.changes == [f"delete /force flash:{NAME}"]


def test_what_lay_there_stays_if_nothing_was_sent(
    driver: CiscoIosXe, script: Script, facts: MemberFacts, image: ImageFile
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise ImageError("Privilege denied")

    script.upload = refuse  # type: ignore[method-assign]
    with pytest.raises(ImageError, match="Privilege denied"):
        driver.perform(Order(Change.STAGE, image=image), facts)
    assert script.changes == []


ADD = f"install add file flash:{NAME}"
ADDED = """\
install_add: START Mon Jun 02 21:57:01 UTC 2025
install_add: Adding IMG
--- Starting Add ---
Performing Add on all members
  [1] Finished Add on R0
Add: Passed on [R0]
Image added. Version: 17.09.04a.0.6
SUCCESS: install_add /flash/x.bin Mon Jun 02 21:58:18 UTC 2025
"""
ALREADY = """\
install_add: START Mon Jun  2 21:57:01 UTC 2025
install_add: Checking whether new add is allowed ....
FAILED: install_add : Super package already added. Add operation not allowed. \
'install remove inactive' can be used to discard added packages
"""


def test_packages_are_added(
    driver: CiscoIosXe, script: Script, facts: MemberFacts, image: ImageFile
) -> None:
    script.answers[ADD] = ADDED
    driver.perform(Order(Change.INSTALL, image=image, only_if=Role.STANDBY), facts)
    assert script.changes == [ADD]


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (ALREADY, "Super package already added"),
        (" [1]  R0 FAILED: Booted in bundle mode.", "Booted in bundle mode"),
        (INVALID, "Invalid input"),
        ("install_add: START\n", "no SUCCESS: install_add"),
        ("", "no SUCCESS"),
    ],
)
def test_packages_that_are_not_added_are_refused(
    driver: CiscoIosXe,
    script: Script,
    *,
    facts: MemberFacts,
    image: ImageFile,
    said: str,
    reason: str,
) -> None:
    script.answers[ADD] = said
    with pytest.raises(CommandRefused, match=reason):
        driver.perform(Order(Change.INSTALL, image=image), facts)


def test_what_runs_on_trial_is_committed(
    driver: CiscoIosXe, script: Script, facts: MemberFacts
) -> None:
    script.answers["install commit"] = "install_commit: START\nSUCCESS: install_commit Mon Jun 02"
    driver.perform(Order(Change.COMMIT, version="16.09.03"), facts)
    script.answers["install commit"] = "FAILED: install_commit nothing to commit"
    with pytest.raises(CommandRefused, match="nothing to commit"):
        driver.perform(Order(Change.COMMIT, version="16.09.03"), facts)


# Reloads


@pytest.fixture
def added(facts: MemberFacts) -> MemberFacts:
    return replace(facts, installed=(*facts.installed, ("flash: inactive", "17.09.04a")))


ACTIVATE = "install activate auto-abort-timer 120 prompt-level none"


@pytest.mark.parametrize(
    "said",
    [
        "install_activate: START\nSUCCESS: install_activate  Mon Jun  2 22:00:53 UTC 2025",
        "install_activate: START Mon Jun  2 21:58:24 UTC 2025\n--- Starting Activate ---",
        "",
    ],
)
def test_activating_ends_the_session_before_or_behind_its_word(
    driver: CiscoIosXe, script: Script, added: MemberFacts, said: str
) -> None:
    script.answers[ACTIVATE] = said
    order = Order(Change.RELOAD, version="17.09.04a", only_if=Role.STANDBY)
    assert driver.perform(order, added) == said
    assert script.ended == [ACTIVATE]


def test_activating_that_is_refused_says_so(
    driver: CiscoIosXe, script: Script, added: MemberFacts
) -> None:
    for said in ("FAILED: install_activate  Configuration is not saved", INVALID):
        script.answers[ACTIVATE] = said
        with pytest.raises(CommandRefused, match=r"FAILED|Invalid"):
            driver.perform(Order(Change.RELOAD, version="17.09.04a"), added)


def test_a_reload_is_confirmed_and_a_question_about_saving_is_not_answered(
    driver: CiscoIosXe, script: Script, facts: MemberFacts
) -> None:
    driver.perform(Order(Change.RELOAD, only_if=Role.STANDBY), facts)
    assert script.ended == ["reload"]
    answers = dict(script.asked["reload"])
    assert [answer for pattern, answer in answers.items() if "confirm" in pattern] == [""]
    assert [answer for pattern, answer in answers.items() if "yes/no" in pattern] == [None]


def test_going_back_from_a_trial_answers_that_it_may_reload(
    driver: CiscoIosXe, script: Script, facts: MemberFacts
) -> None:
    trial = replace(
        facts,
        version="17.09.04a",
        is_on_trial=True,
        installed=(("flash: committed", "16.09.03"), ("flash: on trial", "17.09.04a")),
    )
    script.answers["install abort"] = "install_abort: START\nSUCCESS: install_abort Tue May 03"
    driver.perform(Order(Change.RELOAD, version="16.09.03", only_if=Role.STANDBY), trial)
    assert script.ended == ["install abort"]
    assert "y" in dict(script.asked["install abort"]).values()


@pytest.mark.parametrize(
    ("standby", "match"),
    [(ACTIVE, "is active now and forwards"), ("", "is unknown now and may forward")],
)
@pytest.mark.parametrize("change", [Change.INSTALL, Change.RELOAD])
def test_a_member_that_is_no_longer_as_it_was_is_left_alone(
    driver: CiscoIosXe,
    script: Script,
    *,
    added: MemberFacts,
    image: ImageFile,
    change: Change,
    standby: str,
    match: str,
) -> None:
    script.answers["show standby"] = standby
    order = Order(change, version="17.09.04a", image=image, only_if=Role.STANDBY)
    with pytest.raises(StaleFacts, match=match):
        driver.perform(order, added)
    assert script.changes == []


# Roles


def test_preemption_is_switched_off_and_on_again_as_it_was(
    driver: CiscoIosXe, script: Script, facts: MemberFacts
) -> None:
    driver.perform(Order(Change.PREEMPTION_OFF), facts)
    assert script.changes == [
        "configure terminal",
        "interface Vlan50",
        "no standby 50 preempt",
        "end",
        "write memory",
    ]
    script.sent.clear()
    driver.perform(Order(Change.PREEMPTION_ON, lines=facts.ha_lines), facts)
    assert script.changes == [
        "configure terminal",
        "interface Vlan50",
        "standby 50 preempt delay minimum 120",
        "end",
        "write memory",
    ]


def test_where_there_is_nothing_to_change_nothing_is_sent(
    driver: CiscoIosXe, script: Script, facts: MemberFacts
) -> None:
    assert driver.perform(Order(Change.RELEASE, lines=KEPT), facts) == ""
    assert script.sent == []


def test_the_role_is_taken_and_nothing_is_saved(
    driver: CiscoIosXe, script: Script, facts: MemberFacts
) -> None:
    driver.perform(Order(Change.RELINQUISH), facts)
    assert script.changes == [
        "configure terminal",
        "interface Vlan50",
        "standby 50 priority 254",
        "no standby 50 preempt",
        "standby 50 preempt",
        "end",
    ]


def test_the_latch_is_released_and_saved(
    driver: CiscoIosXe, script: Script, facts: MemberFacts
) -> None:
    latched = replace(
        facts,
        ha_lines=(
            "interface Vlan50|standby 50 priority 254",
            "interface Vlan50|standby 50 preempt",
        ),
    )
    driver.perform(Order(Change.RELEASE, lines=KEPT), latched)
    assert script.changes == [
        "configure terminal",
        "interface Vlan50",
        "no standby 50 preempt",
        "standby 50 priority 90",
        "end",
        "write memory",
    ]


@pytest.mark.parametrize("priority", ["254", "255"])
def test_a_role_that_is_held_with_as_much_cannot_be_taken(
    driver: CiscoIosXe, script: Script, facts: MemberFacts, priority: str
) -> None:
    script.answers["show standby"] = STANDBY.replace("priority 110", f"priority {priority}")
    with pytest.raises(HAUpgradeError, match=f"holds it with priority {priority}") as caught:
        driver.perform(Order(Change.RELINQUISH), facts)
    assert "lower priority" in str(caught.value)
    assert script.changes == []


def test_what_a_group_tracks_counts_against_its_claim(
    driver: CiscoIosXe, script: Script, facts: MemberFacts
) -> None:
    lowered = STANDBY.replace("Priority 90 (configured 90)", "Priority 30 (configured 190)")
    script.answers["show standby"] = lowered
    with pytest.raises(HAUpgradeError, match="priority 110, and 94 would be claimed"):
        driver.perform(Order(Change.RELINQUISH), facts)
    assert script.changes == []


def test_a_holder_that_is_not_heard_is_no_holder_to_take_from(
    driver: CiscoIosXe, script: Script, facts: MemberFacts
) -> None:
    unknown = STANDBY.replace("10.0.52.163, priority 110 (expires in 10.464 sec)", "unknown")
    script.answers["show standby"] = unknown
    with pytest.raises(HAUpgradeError, match="unknown holds it with priority unknown"):
        driver.perform(Order(Change.RELINQUISH), facts)
    script.answers["show standby"] = ACTIVE
    with pytest.raises(StaleFacts, match="is Active now"):
        driver.perform(Order(Change.RELINQUISH), facts)
    assert script.changes == []


@pytest.mark.parametrize(
    "said",
    [
        INVALID,
        "% Incomplete command.",
        "Command authorization failed.",
        "% This command is not allowed in this mode",
    ],
)
def test_a_line_that_is_refused_ends_it_and_configuring_is_left(
    driver: CiscoIosXe, script: Script, facts: MemberFacts, said: str
) -> None:
    script.answers["standby 50 priority 254"] = said
    with pytest.raises(CommandRefused, match="what came before it is set, and not saved"):
        driver.perform(Order(Change.RELINQUISH), facts)
    assert script.changes == [
        "configure terminal",
        "interface Vlan50",
        "standby 50 priority 254",
        "end",
    ]


def test_a_warning_is_no_refusal(driver: CiscoIosXe, script: Script, facts: MemberFacts) -> None:
    script.answers["standby 50 priority 254"] = "% Warning: it is as it is"
    driver.perform(Order(Change.RELINQUISH), facts)
    assert script.changes[-1] == "end"


@pytest.mark.parametrize(
    "said",
    [
        "Configuration mode is locked by process '3' user 'ops' from terminal '2'.",
        "% Invalid input detected at '^' marker.",
        "",
    ],
)
def test_a_configuration_that_is_locked_is_a_refusal(
    driver: CiscoIosXe, script: Script, facts: MemberFacts, said: str
) -> None:
    script.answers["configure terminal"] = said
    with pytest.raises(CommandRefused, match="refuses 'configure terminal'"):
        driver.perform(Order(Change.PREEMPTION_OFF), facts)
    assert script.changes == ["configure terminal"]


def test_what_could_not_be_saved_is_a_refusal(
    driver: CiscoIosXe, script: Script, facts: MemberFacts
) -> None:
    script.answers["write memory"] = "startup-config file open failed (Device or resource busy)"
    with pytest.raises(CommandRefused, match="resource busy"):
        driver.perform(Order(Change.PREEMPTION_OFF), facts)


def test_the_first_save_after_a_change_of_version_is_confirmed(
    driver: CiscoIosXe, script: Script, facts: MemberFacts
) -> None:
    driver.perform(Order(Change.PREEMPTION_OFF), facts)
    ((pattern, answer),) = script.asked["write memory"]
    assert "Overwrite the previous NVRAM configuration" in pattern
    assert answer == ""


@pytest.mark.parametrize("error", [LineDropped("cut"), CommandTimeout("late")])
def test_a_lost_reply_is_not_a_refusal(
    driver: CiscoIosXe, script: Script, facts: MemberFacts, error: Exception
) -> None:
    script.answers["standby 50 preempt"] = error
    with pytest.raises(type(error)):
        driver.perform(Order(Change.RELINQUISH), facts)


def test_one_file_is_chosen_for_the_next_boot(
    driver: CiscoIosXe, script: Script, facts: MemberFacts
) -> None:
    bundle = replace(
        facts, installed=(("flash:old.16.09.03.bin", "16.09.03"), (f"flash:{NAME}", "17.09.04a"))
    )
    driver.perform(Order(Change.ACTIVATE, version="17.09.04a", only_if=Role.STANDBY), bundle)
    assert script.changes == [
        "configure terminal",
        "no boot system",
        f"boot system flash:{NAME}",
        "boot system flash:old.16.09.03.bin",
        "end",
        "write memory",
    ]


# Configuration


def test_a_backup_is_the_running_configuration_and_whole(
    driver: CiscoIosXe, script: Script, facts: MemberFacts
) -> None:
    sha256, content = driver.back_up("original", facts)
    assert content.decode() == RUNNING.strip() + "\n"
    assert sha256 == hashlib.sha256(content).hexdigest()
    assert driver.files_of(content)["running-config"].startswith("hostname R1\ninterface Vlan50\n")
    assert driver.perform(Order(Change.BACK_UP, name="x"), facts) == RUNNING
    script.answers["show running-config"] = RUNNING[:-5]
    with pytest.raises(UnexpectedOutput, match="does not end"):
        driver.back_up("original", facts)
    assert script.changes == []


def test_a_backup_comes_by_napalm_where_it_reaches_the_member(
    script: Script, facts: MemberFacts
) -> None:
    class Getters:
        def __init__(self) -> None:
            self.asked: list[tuple[str, dict[str, object]]] = []

        def get(self, getter: str, **options: object) -> object:
            self.asked.append((getter, options))
            return {"startup": "", "running": "hostname R1\nend", "candidate": ""}

    getters = Getters()
    driver = CiscoIosXe(script, command_timeout=1, install_timeout=1, getters=getters)
    _, content = driver.back_up("original", facts)
    assert content == b"hostname R1\nend\n"
    assert getters.asked == [("get_config", {"retrieve": "running"})]
    assert script.sent == []


def test_changes_that_nobody_saved_are_told(driver: CiscoIosXe, script: Script) -> None:
    assert driver.unsaved() == ()
    script.answers["show running-config"] = RUNNING.replace("priority 90", "priority 91")
    assert driver.unsaved() == (
        "+ interface Vlan50 | standby 50 priority 91",
        "- interface Vlan50 | standby 50 priority 90",
    )


def test_the_commands_of_an_order_are_said_without_a_device(
    script: Script, driver: CiscoIosXe, facts: MemberFacts
) -> None:
    assert driver.commands(Order(Change.RELOAD, only_if=Role.STANDBY), facts) == ("reload",)
    with pytest.raises(HAUpgradeError) as caught:
        driver.commands(Order(Change.SYNC_CONFIG), facts)
    assert (caught.value.pair, caught.value.member) == ("edge", "r1")
    assert script.sent == []


Driven = Callable[[CiscoIosXe], object]


@pytest.mark.parametrize(
    "read",
    [
        CiscoIosXe.facts,
        CiscoIosXe.capabilities,
        CiscoIosXe.interfaces,
        CiscoIosXe.licences,
        CiscoIosXe.free_space,
        CiscoIosXe.unsaved,
    ],
)
@pytest.mark.parametrize("said", ["", "hello", "% Invalid input detected at '^' marker."])
def test_a_device_that_is_something_else_is_never_understood(
    script: Script, read: Driven, said: str
) -> None:
    script.answers = dict.fromkeys(script.answers, said)
    driver = CiscoIosXe(script, command_timeout=1, install_timeout=1)
    if read is CiscoIosXe.interfaces and not said:
        assert read(driver) == ()  # no group, no interface: what asks takes that for an error
        return
    with pytest.raises((UnexpectedOutput, CommandRefused)):
        read(driver)

"""Software on the routers: installed on trial, committed or not; or one file that is named."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace

import pytest

from nornir_haupgrade.lab import RouterSpec, SoftwareMode, build_image, router_pair
from tests.lab.conftest import Clockwork, MakeRouters, RouterWorld

OLD, NEW = "17.06.03a", "17.09.04a"
BUNDLE = RouterSpec(mode=SoftwareMode.BUNDLE)
ACTIVATE = "install activate auto-abort-timer 30 prompt-level none"


def states(world: RouterWorld) -> list[tuple[str, str]]:
    """(state, version without its build) of each image on the second router."""
    said = world.ask(world.b, "show install summary")
    return re.findall(r"^IMG   (.)    ([0-9a-z.]+?)\.0\.\d+$", said, re.MULTILINE)


def timer(world: RouterWorld) -> str:
    [found] = re.findall(
        r"^Auto abort timer: (.*)$", world.ask(world.b, "show install summary"), re.MULTILINE
    )
    return str(found)


def version(world: RouterWorld) -> str:
    return world.ask(world.b, "show version").splitlines()[0].rpartition(" ")[2]


def on_trial(world: RouterWorld) -> None:
    name = world.upload(world.b, NEW)
    world.ask(world.b, f"install add file flash:{name}")
    world.ask(world.b, ACTIVATE)
    world.wait(3)


def test_an_image_is_added_without_touching_what_runs(routers: RouterWorld) -> None:
    name = routers.upload(routers.b, NEW)
    before = routers.state(routers.b).boot_id
    said = routers.ask(routers.b, f"install add file bootflash:{name}")
    assert f"Image added. Version: {NEW}." in said
    assert re.search(rf"^SUCCESS: install_add /bootflash/{name} \w+ \w+ \d\d ", said, re.MULTILINE)
    assert states(routers) == [("I", NEW), ("C", OLD)]
    assert version(routers) == OLD
    assert routers.state(routers.b).boot_id == before


def test_activating_reloads_into_it_on_trial(routers: RouterWorld) -> None:
    on_trial(routers)
    assert version(routers) == NEW
    assert states(routers) == [("U", NEW)]
    assert re.fullmatch(
        r"active on install_activate, time before rollback - 00:29:5\d", timer(routers)
    )
    said = routers.ask(routers.b, "show version")
    assert 'System image file is "bootflash:packages.conf"' in said
    assert "Last reload reason: Install" in said
    assert routers.roles == ("MASTER", "BACKUP")


def test_a_commit_stops_the_timer_and_keeps_the_old_one_inactive(routers: RouterWorld) -> None:
    on_trial(routers)
    assert "SUCCESS: install_commit " in routers.ask(routers.b, "install commit")
    assert states(routers) == [("I", OLD), ("C", NEW)]
    assert timer(routers) == "inactive"
    routers.wait(2000)
    assert (version(routers), routers.state(routers.b).boots) == (NEW, 1)


def test_without_a_commit_it_goes_back_when_the_timer_is_over(routers: RouterWorld) -> None:
    on_trial(routers)
    routers.wait(29 * 60)
    assert version(routers) == NEW
    routers.wait(70)
    assert (version(routers), routers.state(routers.b).boots) == (OLD, 2)
    assert states(routers) == [("I", NEW), ("C", OLD)]


def test_abort_goes_back_at_once(routers: RouterWorld) -> None:
    on_trial(routers)
    assert "SUCCESS: install_abort " in routers.ask(routers.b, "install abort prompt-level none")
    routers.wait(3)
    assert (version(routers), states(routers)) == (OLD, [("I", NEW), ("C", OLD)])
    assert timer(routers) == "inactive"
    routers.wait(2000)
    assert routers.state(routers.b).boots == 2


@pytest.mark.parametrize("lists", [True, False])
def test_on_trial_the_committed_version_is_listed_or_not(
    make_routers: MakeRouters, lists: bool
) -> None:
    routers = make_routers(setup=RouterSpec(lists_committed=lists))
    on_trial(routers)
    said = routers.ask(routers.b, "show install committed")
    assert (f"IMG   C    {OLD}" in said) is lists
    assert ("No Committed Packages" in said) is not lists
    routers.ask(routers.b, "install commit")
    assert f"IMG   C    {NEW}" in routers.ask(routers.b, "show install committed")


def test_a_reload_on_trial_goes_back_too(routers: RouterWorld) -> None:
    on_trial(routers)
    routers.type(routers.b, "reload")
    routers.wait(3)
    assert (version(routers), timer(routers)) == (OLD, "inactive")


def test_the_old_one_is_activated_again_from_the_list(routers: RouterWorld) -> None:
    on_trial(routers)
    routers.ask(routers.b, "install commit")
    routers.ask(routers.b, "install activate prompt-level none")
    assert timer(routers).endswith("- 01:59:59")  # of 7200 seconds, where none are given
    routers.wait(3)
    assert (version(routers), states(routers)) == (OLD, [("U", OLD)])
    routers.ask(routers.b, "install commit")
    assert states(routers) == [("I", NEW), ("C", OLD)]


def test_what_is_to_be_activated_can_be_named_by_its_file(routers: RouterWorld) -> None:
    names = [routers.upload(routers.b, version) for version in (NEW, "17.12.04")]
    for name in names:
        routers.ask(routers.b, f"install add file flash:{name}")
    line = f"install activate file flash:{names[0]} prompt-level none"
    assert "SUCCESS" in routers.ask(routers.b, line)
    routers.wait(3)
    assert version(routers) == NEW


def test_inactive_packages_can_be_removed_for_room(routers: RouterWorld) -> None:
    on_trial(routers)
    routers.ask(routers.b, "install commit")
    free = routers.b.disk.free
    routers.ask(routers.b, "install remove inactive prompt-level none")
    assert states(routers) == [("C", NEW)]
    assert routers.b.disk.free == free + len(build_image(OLD))
    assert "FAILED" in routers.ask(routers.b, ACTIVATE)


def test_an_installed_release_from_the_start(make_routers: MakeRouters) -> None:
    routers = make_routers(versions=(NEW, NEW))
    assert states(routers) == [("C", NEW)]
    said = routers.ask(routers.b, "show version").splitlines()
    assert said[0] == f"Cisco IOS XE Software, Version {NEW}"
    assert said[1].startswith("Cisco IOS Software [Cupertino], ")
    assert "Version 17.9.4a, RELEASE SOFTWARE" in said[1]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("install add file flash:none.bin", "not accessible"),
        ("install activate prompt-level none", "no inactive"),
        ("install commit", "nothing to commit"),
        ("install abort prompt-level none", "nothing to abort"),
    ],
)
def test_what_cannot_be_done_fails_and_says_so(routers: RouterWorld, line: str, why: str) -> None:
    reply = routers.answer(routers.b, line)
    assert re.search(rf"^FAILED: install_\w+ : .*{why}", reply.stdout, re.MULTILINE)
    assert reply.status == 1
    routers.wait(60)
    assert routers.state(routers.b).boots == 0


@pytest.mark.parametrize("minutes", [29, 1201])
def test_a_timer_is_between_30_and_1200_minutes(routers: RouterWorld, minutes: int) -> None:
    name = routers.upload(routers.b, NEW)
    routers.ask(routers.b, f"install add file flash:{name}")
    line = f"install activate auto-abort-timer {minutes} prompt-level none"
    assert "% Invalid input" in routers.ask(routers.b, line)
    assert routers.state(routers.b).boots == 0


@pytest.mark.parametrize("line", [ACTIVATE, "install abort prompt-level none"])
def test_an_unsaved_configuration_refuses_a_reload_into_other_software(
    routers: RouterWorld, line: str
) -> None:
    if line != ACTIVATE:
        on_trial(routers)
    else:
        routers.ask(routers.b, f"install add file flash:{routers.upload(routers.b, NEW)}")
    boots = routers.state(routers.b).boots
    routers.configure(routers.b, "logging buffered 9000")
    assert "System configuration has been modified. Please save configuration" in (
        routers.ask(routers.b, line)
    )
    routers.ask(routers.b, "write memory")
    assert "SUCCESS" in routers.ask(routers.b, line)
    routers.wait(3)
    assert routers.state(routers.b).boots == boots + 1


def test_a_truncated_image_is_not_added(routers: RouterWorld) -> None:
    name = routers.upload(routers.b, NEW, truncated=True)
    assert "FAILED: install_add" in routers.ask(routers.b, f"install add file flash:{name}")
    assert states(routers) == [("C", OLD)]


def test_checksums_of_a_file(routers: RouterWorld) -> None:
    name, image = routers.upload(routers.b, NEW), build_image(NEW)
    md5 = hashlib.md5(image, usedforsecurity=False).hexdigest()
    said = routers.ask(routers.b, f"verify /md5 flash:{name}")
    assert said.endswith(f"Done!\nverify /md5 (flash:{name}) = {md5}\n")
    said = routers.ask(routers.b, f"verify /sha512 flash:{name}")
    assert said.endswith(f"(flash:{name}) = {hashlib.sha512(image).hexdigest()}\n")
    said = routers.ask(routers.b, f"verify /md5 flash:{name} {md5.upper()}")
    assert said.endswith(f"Verified (flash:{name}) = {md5}\n")
    said = routers.ask(routers.b, f"verify /md5 flash:{name} {'0' * 32}")
    assert f"%Error verifying flash:{name}\nComputed signature = {md5}\n" in said
    assert "%Error opening flash:x " in routers.ask(routers.b, "verify /md5 flash:x")


def test_the_flash_lists_the_packages_that_an_image_was_unpacked_to(routers: RouterWorld) -> None:
    name = routers.upload(routers.b, NEW)
    routers.ask(routers.b, f"install add file flash:{name}")
    assert f"c8000v-rpboot.{NEW}.SPA.pkg\n" in routers.ask(routers.b, "dir")
    routers.strike("restore_image_deleted", "p1b")
    said = routers.ask(routers.b, "dir")
    assert f"c8000v-rpboot.{OLD}.SPA.pkg\n" in said
    assert f"rpboot.{NEW}" not in said


def test_the_flash_lists_files_and_room(routers: RouterWorld) -> None:
    name = routers.upload(routers.b, NEW)
    said = routers.ask(routers.b, "dir flash:")
    assert said.startswith("Directory of flash:/\n")
    assert re.search(rf"-rw- +{len(build_image(NEW))} .* \+00:00  {name}$", said, re.MULTILINE)
    assert said.endswith(f"268435456 bytes total ({routers.b.disk.free} bytes free)\n")
    assert routers.ask(routers.b, "dir").startswith("Directory of bootflash:/\n")
    assert f"  {name}\n" in routers.ask(routers.b, f"dir flash:/{name}")
    assert "No such file" in routers.ask(routers.b, "dir flash:/other")
    routers.type(routers.b, f"delete /force flash:{name}")
    assert "No such file" in routers.ask(routers.b, f"dir flash:{name}")


# One file that is named


@pytest.fixture
def bundle(make_routers: MakeRouters) -> RouterWorld:
    return make_routers(setup=BUNDLE)


def choose(world: RouterWorld, *names: str) -> None:
    world.configure(world.b, "no boot system", *(f"boot system flash:{name}" for name in names))


def test_the_image_file_tells_the_mode(bundle: RouterWorld) -> None:
    said = bundle.ask(bundle.b, "show version")
    assert f'System image file is "bootflash:c8000v-universalk9.{OLD}.SPA.bin"' in said
    assert "FAILED: install_commit : " in bundle.ask(bundle.b, "install commit")
    assert bundle.answer(bundle.b, "show install summary").status == 1


def test_the_next_boot_follows_the_saved_configuration_only(bundle: RouterWorld) -> None:
    name, old = bundle.upload(bundle.b, NEW), f"c8000v-universalk9.{OLD}.SPA.bin"
    choose(bundle, name, old)
    assert bundle.state(bundle.b).next_slot == old
    assert "BOOT variable = bootflash:c8000v" in bundle.ask(bundle.b, "show boot")
    bundle.ask(bundle.b, "write memory")
    assert bundle.state(bundle.b).next_slot == name
    assert f"BOOT variable = flash:{name},12;flash:{old},12;\n" in bundle.ask(bundle.b, "show boot")
    bundle.type(bundle.b, "reload")
    bundle.wait(5)
    assert version(bundle) == NEW
    assert f'"bootflash:{name}"' in bundle.ask(bundle.b, "show version")


def test_a_boot_line_that_was_not_saved_is_lost(bundle: RouterWorld) -> None:
    choose(bundle, bundle.upload(bundle.b, NEW))
    bundle.answer(bundle.b, "reload")
    bundle.wait(5)
    assert version(bundle) == OLD
    assert f"boot system bootflash:c8000v-universalk9.{OLD}" in (
        bundle.ask(bundle.b, "show running-config")
    )


def test_an_image_that_does_not_boot_leaves_it_to_the_next_line(bundle: RouterWorld) -> None:
    name = bundle.upload(bundle.b, NEW, truncated=True)
    choose(bundle, name, f"c8000v-universalk9.{OLD}.SPA.bin")
    bundle.ask(bundle.b, "write memory")
    bundle.type(bundle.b, "reload")
    bundle.wait(5)
    assert (version(bundle), bundle.state(bundle.b).boots) == (OLD, 1)


def test_a_second_image_on_the_flash() -> None:
    pair = router_pair("p1", setup=BUNDLE)
    first, second = (replace(member, other_version=NEW) for member in pair.members)
    world = Clockwork(replace(pair, members=(first, second)))
    said = world.answer(world.pair.devices[1], "dir flash:").stdout
    assert f"c8000v-universalk9.{NEW}.SPA.bin" in said

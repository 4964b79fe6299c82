"""Software, files and logins as real devices show them; expected values were read by a person."""

import hashlib
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from nornir_haupgrade.errors import UnexpectedOutput
from nornir_haupgrade.platforms import cisco_iosxe_texts as texts
from tests.platforms.captured import captured, names, spoilt

COMMITTED, INACTIVE, ON_TRIAL = texts.COMMITTED, texts.INACTIVE, texts.ON_TRIAL


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "show_version_isr4k",
            (
                "16.06.05",
                "FGL273610NK",
                "07:19:15 UTC Fri Feb 1 2019",
                "bootflash:isr4400-universalk10.115.6.5.SPA.bin",
                0x2102,
            ),
        ),
        (
            "show_version_asr1k",
            (
                "BLD_V163_MR_THROTTLE_LATEST_20170410_093453_V16_3_3_24",
                "FOX1444GPXU",
                "09:08:57 PDT Mon Apr 10 2017",
                "harddisk:test-image-PE1-13113029",
                0x2002,
            ),
        ),
        (
            "show_version_c9500",
            (
                "16.09.03",
                "FCW2233FFG3",
                "22:16:13 NZST Wed May 1 2019",
                "flash:packages.conf",
                0x102,
            ),
        ),
    ],
)
def test_what_runs(name: str, expected: tuple[object, ...]) -> None:
    shown = texts.parse_version(captured(name))
    found = (shown.version, shown.serial, shown.restarted, shown.image, shown.register)
    assert found == expected


def test_the_mode_and_the_file_system_are_those_of_the_image() -> None:
    packaged = texts.parse_version(captured("show_version_c9500"))
    assert (packaged.is_install_mode, packaged.file_system) == (True, "flash:")
    single = texts.parse_version(captured("show_version_isr4k"))
    assert (single.is_install_mode, single.file_system) == (False, "bootflash:")


def test_a_device_whose_clock_was_never_set_cannot_prove_a_reboot() -> None:
    with pytest.raises(UnexpectedOutput, match="System restarted at") as caught:
        texts.parse_version(captured("show_version_c8000v"))
    assert "set its clock" in str(caught.value)


def test_another_system_is_not_this_one() -> None:
    with pytest.raises(UnexpectedOutput, match="Cisco IOS XE Software, Version"):
        texts.parse_version(captured("show_version_iosv"))


@pytest.mark.parametrize(
    ("register", "keeps"),
    [("0x2102", True), ("0x102", True), ("0x0", True), ("0x2142", False), ("0x142", False)],
)
def test_a_register_that_would_boot_without_a_configuration(register: str, *, keeps: bool) -> None:
    text = captured("show_version_isr4k").replace("0x2102", register)
    assert texts.parse_version(text).keeps_configuration is keeps
    later = f"0x2102 (will be {register} at next reload)"
    text = captured("show_version_isr4k").replace("0x2102", later)
    assert texts.parse_version(text).keeps_configuration is keeps


@pytest.mark.parametrize(
    ("name", "licences"),
    [
        ("show_version_asr1k", ("license level advipservices",)),
        ("show_version_c8000v", ("throughput 2000 kbps",)),
        ("show_version_c9500", ("package network-advantage", "package dna-advantage")),
        ("show_version_isr4k", ("package appxk9", "package securityk9", "package ipbasek9")),
        ("show_version_iosv", ()),
    ],
)
def test_what_counts_as_licensed_now(name: str, licences: tuple[str, ...]) -> None:
    assert texts.parse_licences(captured(name)) == licences


@pytest.mark.parametrize("name", ["show_version_isr4k", "show_version_c9500"])
def test_a_package_in_another_form_is_not_left_out(name: str) -> None:
    before, title, table = captured(name).partition("Technology Package License Information:")
    package = texts.parse_licences(captured(name))[0].removeprefix("package ")
    row = next(line for line in table.splitlines() if line.startswith(package))
    for other in (package, f"{package} {package}", f"{package}  ?  RightToUse  {package} x"):
        with pytest.raises(UnexpectedOutput, match="a licence in another form"):
            texts.parse_licences(f"{before}{title}{table.replace(row, other)}")


def test_levels_of_which_two_are_held() -> None:
    text = captured("show_version_c8000v")
    for what, level in (("License Level:", "network-advantage"), ("Addon License Level:", "dna")):
        text = text.replace(f"\n{what}", f"\n{what} {level}", 1)
    assert texts.parse_licences(text)[:2] == (
        "license level network-advantage",
        "addon license level dna",
    )


def test_logins_besides_ours() -> None:
    assert texts.parse_users(captured("show_users")) == 0
    assert texts.parse_users(captured("show_users_all")) == 4
    another = captured("show_users").replace(
        "\n\n", "\n  11 vty 1     ops        idle                 00:00:07   10.0.0.9\n\n", 1
    )
    assert texts.parse_users(another) == 1


@pytest.mark.parametrize("text", ["", "    Line       User       Host(s)   Idle       Location\n"])
def test_a_list_without_us_is_not_understood(text: str) -> None:
    with pytest.raises(UnexpectedOutput):
        texts.parse_users(text)
    with pytest.raises(UnexpectedOutput, match="no login of ours"):
        texts.parse_users(captured("show_users").replace("*", " "))


@pytest.mark.parametrize(
    ("name", "images", "is_pending"),
    [
        ("show_install_summary_1", ((COMMITTED, "10.69.1.0.66982"),), True),
        (
            "show_install_summary_2",
            ((INACTIVE, "10.106.1.0.277"), (COMMITTED, "10.106.1.0.277")),
            False,
        ),
        ("show_install_summary_3", ((COMMITTED, "17.17.01.0.207190"),), False),
        (
            "show_install_summary_5",
            ((COMMITTED, "17.15.03.0.5371"), (ON_TRIAL, "17.15.03.0.5371")),
            True,
        ),
        ("show_install_committed", ((COMMITTED, "17.06.03.0.3629"),), False),
    ],
)
def test_installed_images(
    name: str, images: tuple[tuple[str, str], ...], *, is_pending: bool
) -> None:
    shown = texts.parse_install(captured(name))
    assert (shown.images, shown.is_pending) == (images, is_pending)


def test_a_summary_that_was_cut_is_not_understood() -> None:
    text = captured("show_install_summary_3")
    with pytest.raises(UnexpectedOutput, match="Auto abort timer"):
        texts.parse_install(text[: text.index("Auto abort")])
    with pytest.raises(UnexpectedOutput, match="no image"):
        texts.parse_install(text.replace("IMG", "SMU"))


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("show_boot_asr1k", "bootflash:/asr1000rpx.bin"),
        ("show_boot_cat9300", "flash:packages.conf"),
        ("show_boot_gibraltar", "flash:packages.conf"),
        ("show_boot_c3850", "flash:ISSUCleanGolden"),
        ("show_boot_2900", "flash:/c2960x-universalk9-mz.152-4.E8.bin"),
        ("show_boot_ios", "flash:c3750e-ipbasek9-mz.150-2.SE11.bin"),
        ("show_bootvar1", "harddisk:/ISSUCleanGolden"),
        ("show_bootvar2", None),
    ],
)
def test_what_boots_next(name: str, file: str | None) -> None:
    assert texts.parse_boot(captured(name)) == file


def test_a_variable_that_does_not_exist_is_an_answer() -> None:
    assert texts.parse_boot("BOOT variable does not exist\nCONFIG_FILE variable =\n") is None
    with pytest.raises(UnexpectedOutput, match="no BOOT variable"):
        texts.parse_boot("Standby BOOT variable = bootflash:x.bin,12;\n")


def version(image: str, register: str = "0x2102") -> texts.ShownVersion:
    return texts.ShownVersion("17.06.03a", "S", "now", image, int(register, 16))


@pytest.mark.parametrize(
    ("image", "boot", "expected"),
    [
        ("bootflash:packages.conf", "bootflash:packages.conf", "17.06.03a"),
        ("bootflash:packages.conf", "bootflash:/packages.conf", "17.06.03a"),
        ("bootflash:packages.conf", None, "17.06.03a"),
        ("bootflash:packages.conf", "bootflash:c8000v-universalk9.17.03.04.SPA.bin", "17.03.04"),
        ("bootflash:packages.conf", "harddisk:/golden", None),
        ("bootflash:golden.bin", "bootflash:/golden.bin", "17.06.03a"),
        ("bootflash:golden.bin", "bootflash:isr4300-universalk9.17.09.04a.SPA.bin", "17.09.04a"),
        ("bootflash:golden.bin", "bootflash:packages.conf", None),
        ("bootflash:golden.bin", None, None),
    ],
)
def test_the_version_of_the_next_boot(image: str, boot: str | None, expected: str | None) -> None:
    assert texts.version_of_next_boot(version(image), boot) == expected
    assert texts.version_of_next_boot(version(image, "0x2142"), boot) is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("isr4300-universalk9.17.06.03a.SPA.bin", "17.06.03a"),
        ("c8000v-universalk9.16.12.08.SPA.bin", "16.12.08"),
        ("asr1001-universalk9.03.09.01.S.153-2.S1.bin", "03.09.01.S"),
        ("isr4400-universalk9.03.16.05.S.155-3.S5-ext.SPA.bin", "03.16.05.S"),
        ("packages.conf", None),
        ("c3750-ipservicesk9-mz.150-2.SE11.bin", None),
    ],
)
def test_the_version_in_a_name(name: str, expected: str | None) -> None:
    assert texts.version_in(name) == expected


def test_files_and_what_is_free() -> None:
    shown = texts.parse_dir(captured("dir_csr"))
    assert shown.free == 6612774912
    assert shown.sizes["csr1000v-mono-universalk9.03.14.01.S.155-1.S1-std.SPA.pkg"] == 250578048
    assert shown.sizes["packages.conf"] == 5681
    assert len(shown.sizes) == 12
    shown = texts.parse_dir(captured("dir_asr1k"))
    assert (shown.free, shown.sizes["testimage"]) == (1036210176, 794609595)
    assert texts.parse_dir(captured("dir_no_files")) == texts.ShownFiles({}, 16626160)


def test_a_folder_whose_end_is_missing_is_not_understood() -> None:
    text = captured("dir_csr")
    for broken in (text[: text.index("7835619328")], "", "%Error opening bootflash: (No device)"):
        with pytest.raises(UnexpectedOutput, match="bytes free"):
            texts.parse_dir(broken)


SHA512 = hashlib.sha512(b"image").hexdigest()
# synthetic: the forms of the vendor's "MD5 File Validation" and "Forensic Data Collection" guides.
VERIFIED = f"....................Done!\nverify /sha512 (bootflash:x-1.bin) = {SHA512}\n"


def test_a_checksum_that_the_device_measured() -> None:
    assert texts.parse_verified(VERIFIED, algorithm="sha512", name="x-1.bin") == SHA512
    folder = VERIFIED.replace("bootflash:", "flash:/")
    assert texts.parse_verified(folder, algorithm="sha512", name="x-1.bin") == SHA512
    old = "..Done!\nverify /md5 (flash:x-1.bin) = E1588A2BDA3583FEB9188933D265BA11"
    found = texts.parse_verified(old, algorithm="md5", name="x-1.bin")
    assert found == "e1588a2bda3583feb9188933d265ba11"


@pytest.mark.parametrize(
    "text",
    [
        "",
        VERIFIED.replace("x-1.bin", "y.bin"),
        VERIFIED.replace("/sha512", "/md5"),
        VERIFIED[:-3],
        VERIFIED.replace(SHA512, SHA512[:-1]),
        "%Error verifying bootflash:x-1.bin (No such file or directory)",
    ],
)
def test_another_checksum_is_not_this_one(text: str) -> None:
    with pytest.raises(UnexpectedOutput, match=r"no checksum of x-1\.bin"):
        texts.parse_verified(text, algorithm="sha512", name="x-1.bin")


def test_interfaces_are_found_under_their_abbreviations() -> None:
    text = captured("show_ip_interface_brief")
    wanted = ["GigabitEthernet0/0/1", "TenGigabitEthernet0/0/4", "TenGigabitEthernet0/0/5"]
    assert texts.parse_interfaces(text, [*wanted, "GigabitEthernet0/0/1", "Loopback65528"]) == (
        ("GigabitEthernet0/0/1", True),
        ("TenGigabitEthernet0/0/4", True),
        ("TenGigabitEthernet0/0/5", False),
        ("Loopback65528", True),
    )
    text = captured("show_ip_interface_brief_ios")
    assert texts.parse_interfaces(text, ["Ethernet0/0.11", "Ethernet0/2", "Ethernet0/0.100"]) == (
        ("Ethernet0/0.11", True),
        ("Ethernet0/2", False),
        ("Ethernet0/0.100", False),
    )


@pytest.mark.parametrize(
    "name", ["GigabitEthernet0/0/9", "Vlan0/0/1", "", "0/0/1", "Port-channel1"]
)
def test_an_interface_that_is_not_listed_is_no_interface_that_is_up(name: str) -> None:
    with pytest.raises(UnexpectedOutput, match="no line"):
        texts.parse_interfaces(captured("show_ip_interface_brief"), [name])


@pytest.mark.parametrize(
    ("listed", "running", "files", "expected"),
    [
        # Listed with its letter; a real upgrade of a C8000V listed 17.12.04a.01.79.
        ((INACTIVE, "17.12.04a.01.79"), "17.06.03a", (), "17.12.04a"),
        ((COMMITTED, "17.09.04a.0.6"), "17.09.04a", (), "17.09.04a"),
        # Listed without it, as the vendor's example of 17.08.01a is.
        ((COMMITTED, "17.08.01.0.1526"), "17.08.01a", (), "17.08.01a"),
        (
            (INACTIVE, "17.08.01.0.1526"),
            "17.06.03",
            ("vg400-rpboot.17.08.01a.SPA.pkg",),
            "17.08.01a",
        ),
        ((INACTIVE, "17.08.01.0.1526"), "17.06.03", ("vg400-rpboot.17.08.01.SPA.pkg",), "17.08.01"),
        ((INACTIVE, "17.08.01.0.1526"), "17.06.03", (), "17.08.01"),
        # Both lie there: what is listed is not made more precise than it is.
        (
            (INACTIVE, "17.08.01.0.1526"),
            "17.06.03",
            ("c8000v-rpboot.17.08.01.SPA.pkg", "c8000v-rpboot.17.08.01a.SPA.pkg"),
            "17.08.01",
        ),
        # Another image of the same number does not become what runs.
        ((INACTIVE, "17.08.01.0.1526"), "17.08.01a", (), "17.08.01"),
        ((COMMITTED, "17.03.04.0.5557"), "17.06.03a", (), "17.03.04"),
        ((INACTIVE, "BLD_POLARIS"), "17.06.03a", (), "BLD_POLARIS"),
    ],
)
def test_a_listed_version_has_the_form_of_the_first_line(
    listed: tuple[str, str], running: str, files: tuple[str, ...], expected: str
) -> None:
    shown = texts.ShownInstall((listed,), is_pending=False)
    assert texts.installed_versions(shown, running, files) == ((listed[0], expected),)


@pytest.mark.parametrize(
    ("other", "is_same"),
    [
        ("16:23:49 UTC Sun Jul 19 2020", True),
        ("16:23:48 UTC Sun Jul 19 2020", True),
        ("16:23:50 UTC Sun Jul 19 2020", True),
        ("16:23:51 UTC Sun Jul 19 2020", False),
        ("16:23:49 CET Sun Jul 19 2020", False),
        ("16:23:50 UTC Mon Jul 20 2020", False),
        ("unknown", False),
    ],
)
def test_a_time_of_restart_is_the_same_to_a_second(other: str, is_same: bool) -> None:
    assert texts.is_same_time("16:23:49 UTC Sun Jul 19 2020", other) is is_same


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param(
            ("rpboot.17.06.03a", "rpboot.17.09.01a"), ("17.06.03a", "17.09.01a"), id="all"
        ),
        pytest.param(
            ("rpboot.17.09.01a",), ("17.09.01a",), id="what runs is there, the other gone"
        ),
        pytest.param(("mono.17.09.01a",), ("17.06.03a", "17.09.01a"), id="names that nobody knows"),
    ],
)
def test_what_is_listed_and_was_deleted_is_not_there(
    files: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    images = ((COMMITTED, "17.06.03a"), (ON_TRIAL, "17.09.01a"))
    names = [f"c8000v-{name}.SPA.pkg" for name in files]
    shown = texts.ShownInstall(images, is_pending=True)
    found = texts.installed_versions(shown, "17.09.01a", names)
    assert tuple(version for _, version in found) == expected


def test_bundles_are_told_by_their_names_and_what_runs_is_known() -> None:
    files = {
        "isr4300-universalk9.16.12.08.SPA.bin": 1,
        "isr4300-universalk9.17.06.03a.SPA.bin": 1,
        "golden.bin": 1,
        "other.bin": 1,
        "isr4300-rpboot.17.03.04.SPA.pkg": 1,
    }
    assert texts.bundles(files, version("bootflash:/golden.bin")) == (
        ("bootflash:golden.bin", "17.06.03a"),
        ("bootflash:isr4300-universalk9.16.12.08.SPA.bin", "16.12.08"),
        ("bootflash:isr4300-universalk9.17.06.03a.SPA.bin", "17.06.03a"),
    )
    assert texts.bundles({}, version("bootflash:/golden.bin")) == ()


def is_version(found: texts.ShownVersion) -> bool:
    said = (found.version, found.serial, found.restarted, found.image)
    return all(word.strip() for word in said) and found.register >= 0


def is_install(found: texts.ShownInstall) -> bool:
    states = {state for state, _ in found.images}
    return bool(states) and states <= {COMMITTED, INACTIVE, ON_TRIAL}


def is_dir(found: texts.ShownFiles) -> bool:
    return found.free >= 0 and all(name and size >= 0 for name, size in found.sizes.items())


PARSERS: list[tuple[str, Callable[[str], Any], Callable[[Any], bool]]] = [
    ("show_version", texts.parse_version, is_version),
    ("show_version", texts.parse_licences, lambda found: all(one.strip() for one in found)),
    ("show_users", texts.parse_users, lambda found: found >= 0),
    ("show_install", texts.parse_install, is_install),
    ("show_boot", texts.parse_boot, lambda found: found is None or bool(found.strip())),
    ("dir", texts.parse_dir, is_dir),
    (
        "show_ip_interface_brief",
        lambda text: texts.parse_interfaces(text, ["Ethernet0/0"]),
        lambda found: [name for name, _ in found] == ["Ethernet0/0"],
    ),
]


@pytest.mark.parametrize(("start", "parse", "is_whole"), PARSERS)
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_a_spoilt_text_is_unexpected_or_gives_a_whole_answer(
    start: str,
    parse: Callable[[str], Any],
    is_whole: Callable[[Any], bool],
    data: st.DataObject,
) -> None:
    text = data.draw(spoilt([captured(name) for name in names(start)]) | st.text())
    try:
        found = parse(text)
    except UnexpectedOutput:
        return
    assert is_whole(found), found


@given(st.text(), st.sampled_from(["md5", "sha512"]))
def test_any_text_is_a_checksum_or_unexpected(text: str, algorithm: str) -> None:
    try:
        found = texts.parse_verified(text, algorithm=algorithm, name="x")
    except UnexpectedOutput:
        return
    assert re.fullmatch(r"[0-9a-f]{32}|[0-9a-f]{128}", found)

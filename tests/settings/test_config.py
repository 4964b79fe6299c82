from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from nornir_haupgrade.errors import BadInput
from nornir_haupgrade.settings import (
    Algorithm,
    ImageKind,
    Settings,
    absent_image_files,
    config_schema,
    load_settings,
    validate,
)

if TYPE_CHECKING:
    from tests.settings.conftest import Site

SHA256 = "0f" * 32
IMAGE = {"platform": "linux_ha", "version": "13.8", "file": "fw-13.img", "sha256": SHA256}


def test_paths_are_relative_to_the_configuration_file(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir("/")
    settings = site.open().settings
    assert settings.store == site.folder / "campaigns"
    assert settings.images[0].file == site.folder / "fw-13.img"
    assert settings.known_hosts == Path(os.path.expanduser("~/.ssh/known_hosts"))  # noqa: PTH111


def test_absolute_paths_stay(site: Site) -> None:
    site.ours["store"] = "/var/lib/campaigns"
    assert site.open().settings.store == Path("/var/lib/campaigns")


@pytest.mark.parametrize("ours", [None, {}])
def test_no_settings_are_the_defaults(site: Site, ours: object) -> None:
    site.ours = ours
    settings = site.open().settings
    assert (settings.switch_back_after, settings.decision_deadline) == (60, None)
    assert (settings.reload_timeout, settings.role_age, settings.images) == (1200, 2, ())


def test_load_settings_without_a_file_is_relative_to_the_current_folder(site: Site) -> None:
    nr = site.open().nr
    assert load_settings(nr).store == site.folder / "campaigns"
    assert load_settings(nr, site.folder / "x" / "config.yaml").store.parent.name == "x"


def test_an_unknown_key_names_the_nearest_and_the_file(site: Site) -> None:
    site.ours = {"switch_back_afer": 60}
    finding = site.finding()
    assert finding.startswith(
        "config.yaml:9: user_defined.haupgrade.switch_back_afer: unknown key 'switch_back_afer'."
        " Next: Did you mean 'switch_back_after'? Known keys: store,"
    )


def test_without_a_file_the_message_names_the_section(site: Site) -> None:
    nr = site.open().nr
    nr.config.user_defined["haupgrade"] = {"stroe": "x"}
    with pytest.raises(BadInput) as caught:
        load_settings(nr)
    assert str(caught.value).startswith("user_defined.haupgrade.stroe: unknown key 'stroe'.")


def test_without_a_file_a_misspelt_section_is_told_as_well(site: Site) -> None:
    nr = site.open().nr
    nr.config.user_defined["ha_upgrade"] = nr.config.user_defined.pop("haupgrade")
    for ask in (load_settings, lambda nr: validate(nr, platforms=["linux_ha"])):
        with pytest.raises(BadInput) as caught:
            ask(nr)
        assert str(caught.value) == (
            "user_defined.ha_upgrade: 'ha_upgrade' looks like a misspelt 'haupgrade', and nothing"
            " reads it. Next: Did you mean 'haupgrade'?"
        )


@pytest.mark.parametrize(
    ("ours", "where", "what", "advice"),
    [
        ([], "user_defined.haupgrade", "a mapping is expected here, not a list", "key: value"),
        ("x", "user_defined.haupgrade", "a mapping is expected here, not 'x'", "key: value"),
        ({"store": 5}, ".store", "this is not a path", "relative to the configuration file"),
        ({"store": ""}, ".store", "this is not a path", "relative to the configuration file"),
        ({"store": None}, ".store", "this is not a path", "relative to"),
        ({"switch_back_after": True}, ".switch_back_after", "not true", "Seconds that services"),
        ({"switch_back_after": "60"}, ".switch_back_after", "not '60'", "Correct 'switch_back"),
        ({"connect_timeout": 0}, ".connect_timeout", "0 should be greater than 0", "Seconds"),
        ({"connect_timeout": float("inf")}, ".connect_timeout", "a number is", "Seconds"),
        ({"connect_timeout": 10**400}, ".connect_timeout", "a number is expected", "Seconds"),
        ({"reload_timeout": 10**9}, ".reload_timeout", "should be less than", "Seconds"),
        ({"role_age": 3}, ".role_age", "3 should be less than or equal to 2", "at most 2"),
        ({"images": None}, ".images", "a list is expected here, not nothing", "software images"),
        ({"images": [None]}, ".images[0]", "a mapping is expected here, not nothing", "images"),
        ({"images": [{**IMAGE, "kind": "relese"}]}, "[0].kind", "'relese'", "mean 'release'?"),
        ({"images": [{**IMAGE, "file": []}]}, "[0].file", "this is not a path", "Write a path"),
        (
            {"images": [{**IMAGE, "version": 13.8}]},
            "user_defined.haupgrade.images[0].version",
            "13.8 is a number to YAML, which would turn 13.10 into 13.1",
            'Quote the version as the device prints it, as in "13.8".',
        ),
        ({"images": [{**IMAGE, "requires": 13}]}, "[0].requires", "13 is a number to", '"13".'),
        ({"images": [{**IMAGE, "version": True}]}, "[0].version", "true is not a text", "Quote"),
        ({"images": [{**IMAGE, "version": "1 2"}]}, "[0].version", "not a version", "blanks"),
        (
            {"images": [{**IMAGE, "sha256": "0f"}]},
            "user_defined.haupgrade.images[0].sha256",
            "'0f' is not a sha256 checksum, which has 64 hexadecimal digits",
            "Copy the sha256 that the vendor publishes for this image",
        ),
        ({"images": [{**IMAGE, "sha256": "0g" * 32}]}, "[0].sha256", "is not a sha256", "Copy"),
        ({"images": [{**IMAGE, "sha256": 10**63}]}, "[0].sha256", "not a text to YAML", "Quote"),
        (
            {"images": [{**IMAGE, "algorithm": "md5"}]},
            "[0].sha256",
            "is not a md5 checksum, which has 32 hexadecimal digits",
            "name another kind of checksum with `algorithm`",
        ),
        ({"images": [{**IMAGE, "algorithm": "md4"}]}, "[0].algorithm", "'md4'", "'md5'?"),
        (
            {"images": [{**IMAGE, "platform": "linux"}]},
            "user_defined.haupgrade.images[0].platform",
            "unknown platform 'linux'",
            "Did you mean 'linux_ha'?",
        ),
        (
            {"images": [IMAGE, IMAGE]},
            "user_defined.haupgrade.images[1]",
            "linux_ha 13.8 is there twice",
            "Keep one image per platform, version, kind and model.",
        ),
    ],
)
def test_each_wrong_value_is_one_finding(
    site: Site, ours: object, where: str, what: str, advice: str
) -> None:
    site.ours = ours
    (finding,) = site.findings()
    assert finding.where.startswith("config.yaml:")
    assert finding.where.endswith(where)
    assert what in finding.what
    assert advice in finding.advice


def test_checksums_of_other_kinds(site: Site) -> None:
    digits = {"md5": 32, "sha1": 40, "sha256": 64, "sha512": 128}
    site.ours["images"] = [
        {**IMAGE, "version": name, "algorithm": name, "sha256": "A" * length, "kind": "hotfix"}
        for name, length in digits.items()
    ]
    images = site.open().settings.images
    assert [image.algorithm.digits for image in images] == list(digits.values())
    assert images[0].sha256 == "a" * 32
    assert images[0].kind is ImageKind.HOTFIX
    assert images[0].algorithm is Algorithm.MD5


def test_a_missing_image_names_the_versions_that_there_are(site: Site) -> None:
    site.ours["images"].append({**IMAGE, "version": "14.1"})
    site.ours["images"].append({**IMAGE, "version": "14.2", "kind": "content"})
    assert site.finding(to="14.11") == (
        "config.yaml:9: user_defined.haupgrade.images: there is no image for linux_ha 14.11. Next:"
        " Did you mean '14.1'? Known versions: 13.8, 14.1. Add the image to"
        " user_defined.haupgrade.images, or choose another version."
    )


def test_no_images_at_all(site: Site) -> None:
    site.ours = {}
    assert "linux_ha 13.8. Next: There is no known version yet. Add the" in site.finding(to="13.8")


def test_a_spoilt_image_is_not_also_missing(site: Site) -> None:
    site.ours["images"][0]["sha256"] = "..."
    assert "is not a sha256 checksum" in site.finding(to="13.8")


def test_an_absent_image_file(site: Site) -> None:
    (site.folder / "fw-13.img").unlink()
    settings = site.open().settings
    expected = (
        "user_defined.haupgrade.images: the image fw-13.img does not exist. Next: Put the file"
        " there, or correct `file`: it is relative to the configuration file, and to the current"
        " folder in Nornir code."
    )
    assert site.finding(to="13.8") == f"config.yaml:9: {expected}"
    assert [str(finding) for finding in absent_image_files(settings.images)] == [expected]


def test_require_image(site: Site) -> None:
    site.ours["images"] += [
        {**IMAGE, "model": "a"},
        {**IMAGE, "version": "14", "model": "a"},
        {**IMAGE, "version": "14", "model": "b"},
    ]
    settings = site.open(to="14").settings
    assert settings.require_image("linux_ha", "13.8", model="a").model == "a"
    assert settings.require_image("linux_ha", "13.8", model="z").model is None
    assert settings.require_image("linux_ha", "13.8").model is None
    assert settings.require_image("linux_ha", "14", model="b").model == "b"
    with pytest.raises(BadInput, match="several images bring linux_ha 14: a, b"):
        settings.require_image("linux_ha", "14")
    with pytest.raises(BadInput, match="there is no image for linux_ha 14"):
        settings.require_image("linux_ha", "14", model="c")
    with pytest.raises(BadInput, match="there is no image for cisco_asa 14"):
        settings.require_image("cisco_asa", "14")


def test_the_schema_is_json_and_knows_every_key() -> None:
    schema = json.loads(json.dumps(config_schema()))
    assert schema["additionalProperties"] is False
    assert list(schema["properties"]) == list(Settings.model_fields)
    assert all(field.description for field in Settings.model_fields.values())

"""The tool's own waits follow the twins' clock, but never below what a login takes here."""

from __future__ import annotations

from pathlib import Path
from threading import Event, Thread
from time import monotonic

from nornir_haupgrade.rehearsal.pace import Hurried, in_real_time, paced
from nornir_haupgrade.settings import Settings

SITE = Settings.model_validate({"reload_notice": 60, "switch_back_after": 90}, context={})


def test_long_waits_shrink_and_short_ones_do_not_grow() -> None:
    assert in_real_time(1200, speed=30, floor=12) == 40
    assert in_real_time(60, speed=30, floor=12) == 12
    assert in_real_time(5, speed=30, floor=12) == 5


def test_at_speed_one_every_wait_is_the_site_s_own() -> None:
    found = paced(SITE, speed=1, pairs=1)
    assert found == {name: getattr(SITE, name) for name in found}
    assert set(found) >= {"reload_timeout", "install_timeout", "reload_notice"}


def test_many_pairs_get_more_time() -> None:
    few, many = (paced(SITE, speed=100, pairs=pairs) for pairs in (2, 200))
    assert many["command_timeout"] > few["command_timeout"]
    assert all(value <= getattr(SITE, name) for name, value in many.items())


def test_a_person_who_is_asked_thinks_no_faster() -> None:
    assert paced(SITE, speed=30, pairs=1)["switch_back_after"] == 3
    assert paced(SITE, speed=30, pairs=1, is_asked=True)["switch_back_after"] == 90


def test_what_the_platform_decides_is_left_to_it() -> None:
    assert "reload_notice" not in paced(Settings.model_validate({}, context={}), speed=30, pairs=1)


def test_an_event_is_waited_for_in_device_seconds_and_each_thread_knows_its_own() -> None:
    clock = Hurried(100)
    began = monotonic()
    assert clock.wait(10) is False
    assert 0.09 < monotonic() - began < 1
    other, told = Event(), []

    def look() -> None:
        told.append(clock.take_waited())
        other.set()

    Thread(target=look).start()
    other.wait(5)
    assert told == [0.0]
    assert 0.09 < clock.take_waited() < 1
    assert clock.take_waited() == 0.0
    clock.set()
    assert clock.wait(1000) is True


def test_paths_of_the_settings_play_no_part(tmp_path: Path) -> None:
    site = Settings.model_validate({"store": "here"}, context={"folder": tmp_path})
    assert all(isinstance(value, float | int) for value in paced(site, speed=2, pairs=1).values())

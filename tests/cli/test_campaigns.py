from __future__ import annotations

import pytest

from nornir_haupgrade.engines.store import Campaign
from nornir_haupgrade.procedure.records import By, Choice, Decided
from tests.cli.conftest import Call, Site

WHY = ("--reason", "looked at it")


def test_a_decision_is_only_appended(campaign: Campaign, call: Call) -> None:
    code, out, err = call("decide", campaign.id, "p1", "park", *WHY)
    assert (code, err) == (0, "")
    last = campaign.history.records("p1")[-1]
    assert isinstance(last, Decided)
    assert (last.number, last.choice, last.by, last.why) == (4, Choice.PARK, By.PERSON, WHY[1])
    assert last.who
    assert campaign.history.head("p1") in out


def test_a_second_decision_finds_no_hold(campaign: Campaign, call: Call) -> None:
    call("decide", campaign.id, "p1", "retry", *WHY)
    code, _, err = call("decide", campaign.id, "p1", "park", *WHY)
    assert code == 2
    assert "p1" in err
    assert "is not held: unfinished" in err


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (("p1", "continue", "--reason", "x"), "retry; park"),
        (("p1", "dance", "--reason", "x"), "retry; park"),
        (("p1", "park", "--reason", " "), "the reason is empty"),
        (("p9", "park", "--reason", "x"), "it has: p1"),
    ],
)
def test_what_is_not_offered_says_what_is(
    campaign: Campaign, call: Call, said: tuple[str, ...], words: str
) -> None:
    before = campaign.history.head("p1")
    code, _, err = call("decide", campaign.id, *said)
    assert code == 2
    assert words in err
    assert campaign.history.head("p1") == before


def test_a_reason_is_required(campaign: Campaign, call: Call) -> None:
    assert call("decide", campaign.id, "p1", "park")[0] == 2


def test_status_shows_a_hold_with_its_choices(campaign: Campaign, call: Call) -> None:
    code, out, _ = call("status")
    assert code == 0
    assert "held at 5 upgrade standby" in out
    assert "p1a active 12.15, p1b standby 12.15" in out
    assert "park (safe)" in out
    assert f"haupgrade decide {campaign.id} p1 CHOICE" in out
    assert "\x1b" not in out
    assert "[bold red]markup[/]" in out


def test_status_without_campaigns(site: Site, call: Call) -> None:
    site.write()
    code, out, _ = call("status")
    assert (code, "there are no campaigns" in out) == (0, True)


def test_verify(campaign: Campaign, call: Call) -> None:
    head = campaign.history.head("p1")
    code, out, _ = call("verify", campaign.id, "--head", head)
    assert (code, f"6 records, head {head}" in out) == (0, True)
    code, _, err = call("verify", campaign.id, "--head", "0" * 64, "--pair", "p1")
    assert (code, "cut off" in err or "none has the hash" in err) == (1, True)


def test_owed_contacts_nothing(campaign: Campaign, call: Call) -> None:
    code, out, _ = call("owed")
    assert (code, out) == (0, "p1  nothing is owed\n")

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from nornir_haupgrade.engines.store import Campaign
from nornir_haupgrade.procedure.plan import Plan, Purpose
from nornir_haupgrade.procedure.records import By, Choice, Decided, Goal, Opened
from tests.cli.conftest import PLAN, Call, Site

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


@pytest.mark.parametrize(
    ("plan", "goal", "said"),
    [
        (replace(PLAN, purpose=Purpose.UPGRADE), Goal.UP, "upgrade"),
        (replace(PLAN, purpose=Purpose.UPGRADE), Goal.BACK, "roll back"),
        (replace(PLAN, purpose=Purpose.REBOOT), Goal.UP, "reboot"),
        (replace(PLAN, purpose=Purpose.DRILL), Goal.UP, "drill"),
        (replace(PLAN, purpose=Purpose.SYNC_CONFIG, member="p1a"), Goal.UP, "synchronise from p1a"),
        (replace(PLAN, purpose=Purpose.BACK_UP, member="p1b"), Goal.UP, "back up p1b"),
        (replace(PLAN, purpose=Purpose.STAGE, member="p1b"), Goal.UP, "stage an image on p1b"),
        (
            replace(PLAN, purpose=Purpose.PREEMPTION_OFF, member="p1b"),
            Goal.UP,
            "preemption off, on p1b",
        ),
        (
            replace(PLAN, purpose=Purpose.PREEMPTION_ON, member="p1b"),
            Goal.UP,
            "preemption back on, on p1b",
        ),
        (replace(PLAN, purpose=Purpose.SWITCH_OVER, member="p1b"), Goal.UP, "switch over to p1b"),
        (replace(PLAN, purpose=Purpose.UPGRADE_MEMBER, member="p1b"), Goal.UP, "upgrade only p1b"),
        (
            replace(PLAN, purpose=Purpose.ROLL_BACK_MEMBER, member="p1b"),
            Goal.UP,
            "roll back only p1b",
        ),
    ],
)
def test_status_says_what_a_campaign_is_for(
    site: Site, call: Call, plan: Plan, goal: Goal, said: str
) -> None:
    site.write()
    site.store.create().history.append("p1", Opened(plan, goal))
    (campaign,) = site.store.campaigns()
    lines = [re.split(r"\s{2,}", line.strip()) for line in call("status")[1].splitlines()]
    (titles,) = (line for line in lines if "campaign" in line)
    (row,) = (line for line in lines if line[0] == campaign)
    assert row[titles.index("for")] == said


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

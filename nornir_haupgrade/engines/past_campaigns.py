"""What a pair's campaigns so far mean for the next one: gone on with, taken back, or begun anew."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from nornir_haupgrade.engines.evidence import plan_and_state
from nornir_haupgrade.engines.past import Past, gone_on_with, left_half_done
from nornir_haupgrade.engines.unfinished import (
    another_errand,
    before_us,
    is_half_done,
    is_unfinished,
)
from nornir_haupgrade.engines.way_back import way_back
from nornir_haupgrade.errors import BadInput, Finding
from nornir_haupgrade.procedure.records import Goal, Opened

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from nornir_haupgrade.engines.errand import Errand
    from nornir_haupgrade.engines.store import Campaign, Store
    from nornir_haupgrade.procedure.plan import Plan
    from nornir_haupgrade.procedure.records import Record
    from nornir_haupgrade.settings import PairConfig


@dataclass(frozen=True, slots=True)
class PastCampaigns:
    """What the store holds of each pair; nothing is written."""

    store: Store

    def unfinished(
        self, pairs: Iterable[PairConfig], errand: Errand, *, is_new: bool
    ) -> dict[str, Campaign]:
        """The campaigns that an errand goes on with, by pair.

        Raises:
            BadInput: One is in its way, or a new one was asked for and there is one to go on with.
        """
        found: dict[str, Campaign] = {}
        findings = []
        for config in pairs:
            campaign = self.store.latest_for(config.name)
            if campaign is None:
                continue
            plan, state = plan_and_state(campaign.history.records(config.name))
            wrong = another_errand(plan, errand)
            is_same = wrong is None and is_half_done(plan, state)
            if not is_unfinished(plan, state) and not is_same:
                continue
            where = f"{config.name} ({campaign.id})"
            if is_new:
                advice = "run without --new to go on with it, or end it with rollback or give-back"
                findings.append(
                    Finding(where, "an unfinished campaign of this pair exists", advice)
                )
            elif wrong is not None:
                findings.append(Finding(where, *wrong))
            found[config.name] = campaign
        if findings:
            raise BadInput.from_findings(findings)
        return found

    def begun(self, pairs: Iterable[PairConfig]) -> dict[str, str]:
        """The campaigns that any run of a pair has to go on with, by pair: their names."""
        newest = [(config.name, self.store.latest_for(config.name)) for config in pairs]
        return {
            name: campaign.id
            for name, campaign in newest
            if campaign is not None
            and is_unfinished(*plan_and_state(campaign.history.records(name)))
        }

    def commanded(self, config: PairConfig, goal: Goal) -> Campaign | Opened:
        """The campaign that is to go to another goal, or how the one begins that does.

        Raises:
            BadInput: There is none, it was for other members, or there is no way back.
        """
        campaign = self.store.latest_for(config.name)
        if campaign is None:
            message = "there is no campaign of this pair in the store"
            raise BadInput(message, pair=config.name, advice="haupgrade run --to VERSION")
        back = (
            way_back(config.name, self._newest_first(campaign, config.name))
            if goal is Goal.BACK
            else None
        )
        opened = back or campaign.history.records(config.name)[0]
        if isinstance(opened, Opened):
            refuse_other_members(opened.plan, config)
        return back or campaign

    def opening(self, plan: Plan, errand: Errand) -> tuple[Opened, Past | None]:
        """How a new campaign begins, and what it goes on with that was left half done.

        What the newest campaign of the pair still owes is taken over: it ended, and it owes.
        """
        earlier = self.store.latest_for(plan.pair)
        opened = Opened(plan, Goal.UP, errand.until)
        if earlier is None:
            return opened, None
        _, state = plan_and_state(earlier.history.records(plan.pair))
        opened = replace(opened, owed=state.leases, before=before_us(state), earlier=earlier.id)
        half = left_half_done(errand, self._newest_first(earlier, plan.pair))
        return (opened if half is None else gone_on_with(opened, half)), half

    def earlier(self, campaign: Campaign, pair: str) -> Iterator[Campaign]:
        """The campaigns that one took over from, the newest first."""
        opened = campaign.history.records(pair)[0]
        yield from (found for found, _ in self._before(opened, pair))

    def _newest_first(self, campaign: Campaign, pair: str) -> Iterator[Past]:
        """A campaign and those before it."""
        records = campaign.history.records(pair)
        yield Past.of(campaign.id, records)
        yield from (Past.of(one.id, earlier) for one, earlier in self._before(records[0], pair))

    def _before(self, opened: Record, pair: str) -> Iterator[tuple[Campaign, tuple[Record, ...]]]:
        """Each campaign before one, with its records; there may be thousands.

        One after the other: their histories are not kept open.
        """
        unseen = set(self.store.campaigns())
        while isinstance(opened, Opened) and opened.earlier in unseen:
            unseen.remove(opened.earlier)
            with self.store.beside() as store:
                found = store.open(opened.earlier)
                records = found.history.records(pair)
            opened = records[0]
            yield found, records


def refuse_other_members(plan: Plan, config: PairConfig) -> None:
    """A campaign is for the members that it was opened for.

    Raises:
        BadInput: The inventory names others now.
    """
    if set(plan.members) != {member.name for member in config.members}:
        message = f"the campaign was opened for {' and '.join(plan.members)}"
        raise BadInput(message, pair=config.name, advice="restore the inventory of that time")

"""One pair's part of a campaign: its evidence, and where its history stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain
from typing import TYPE_CHECKING

from nornir_haupgrade.errors import HAUpgradeError
from nornir_haupgrade.procedure.apply import replay
from nornir_haupgrade.procedure.records import Opened, Record

if TYPE_CHECKING:
    from nornir_haupgrade.engines.store import Campaign
    from nornir_haupgrade.model import Sha256
    from nornir_haupgrade.procedure.plan import Plan
    from nornir_haupgrade.procedure.state import State


class PairEvidence:
    """One pair's part of a campaign's evidence; older backups are found in the earlier ones."""

    def __init__(
        self, campaign: Campaign, pair: str, earlier: Callable[[], Iterable[Campaign]] = tuple
    ) -> None:
        self._campaign = campaign
        self._pair = pair
        self._earlier = earlier

    def put_raw(self, text: str) -> Sha256:
        """Keep what a device said, without secrets."""
        return self._campaign.put_raw(text)

    def get_raw(self, digest: Sha256) -> str:
        """A kept text, its hash checked; a baseline's may be an earlier campaign's."""
        for campaign in chain((self._campaign,), self._earlier()):
            if campaign.has_raw(digest):
                return campaign.get_raw(digest)
        return self._campaign.get_raw(digest)

    def put_backup(self, member: str, name: str, content: bytes) -> str:
        """Keep a configuration; returns its place in the campaign's folder."""
        return str(self._campaign.put_backup(self._pair, member, name, content))

    def get_backup(self, member: str, *names: str) -> bytes | None:
        """A kept configuration, its hash checked; of several names the first in a campaign."""
        for campaign in chain((self._campaign,), self._earlier()):
            for name in names:
                content = campaign.get_backup(self._pair, member, name)
                if content is not None:
                    return content
        return None


def plan_and_state(records: tuple[Record, ...]) -> tuple[Plan, State]:
    """The plan that a history was opened with, and where it stands."""
    opened = records[0]
    if not isinstance(opened, Opened):
        message = "the history does not begin with the opening of the pair"
        raise HAUpgradeError(message)
    return opened.plan, replay(opened.plan, records)

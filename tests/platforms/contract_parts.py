"""Platforms that take a thread post by post, and those that take money for what they are asked."""

import pytest

from platforms.errors import NotSent, Rejected
from platforms.parts import deletion_step
from tests.platforms.contract_base import ContractBase
from tests.platforms.journal import MemoryJournal
from tests.platforms.replies import Reply, ReplyServer

PLACES = (1, 2, 3)


class PartsContract(ContractBase):
    @property
    def part_ids(self) -> list[str]:
        return [f"{self.post_id[:-1]}{place}" for place in PLACES]

    def path_of(self, place: int) -> str:
        return self.delete_path.replace(self.post_id, self.part_ids[place - 1])

    def play_deletions(self, server: ReplyServer, *replies: Reply) -> None:
        """Answer the deletion of the first, the second and the third post."""
        for place, reply in zip(PLACES, replies, strict=True):
            server.on("DELETE", self.path_of(place), reply)

    def asked(self, server: ReplyServer) -> list[str]:
        return [request.path for request in server.sent("DELETE")]

    def test_the_posts_of_a_thread_are_deleted_the_last_first(self, adapter_here, server):
        self.play_deletions(server, *[self.deleted] * 3)
        journal = MemoryJournal()
        adapter_here.delete_parts(self.part_ids, journal)
        assert self.asked(server) == [self.path_of(place) for place in (3, 2, 1)]
        assert set(journal.steps) == {deletion_step(place) for place in PLACES}

    def test_after_a_stop_only_what_is_left_is_deleted(self, adapter_here, server):
        self.play_deletions(server, self.deleted, Reply(500), self.deleted)
        journal = MemoryJournal()
        with pytest.raises(NotSent):
            adapter_here.delete_parts(self.part_ids, journal)
        server.on("DELETE", self.path_of(2), self.gone)
        adapter_here.delete_parts(self.part_ids, journal.reborn())
        assert self.asked(server) == [self.path_of(place) for place in (3, 2, 2, 1)]

    def test_what_is_kept_is_named_once_all_were_tried(self, adapter_here, server):
        refused = next(reply for reply, kind in self.refusals.values() if kind is Rejected)
        self.play_deletions(server, refused, self.deleted, refused)
        with pytest.raises(Rejected, match=r"Posts 1 and 3 of 3 could not be deleted\. The others"):
            adapter_here.delete_parts(self.part_ids, MemoryJournal())
        assert len(self.asked(server)) == 3


class ChargingContract(ContractBase):
    def test_each_step_that_costs_is_one_of_the_journal(self, adapter_here, server):
        server.on("POST", self.create_path, self.created)
        self.play_pictures(server)
        for rendition in (self.text_post, self.picture_post):
            journal = MemoryJournal()
            adapter_here.publish(rendition, journal)
            bill = self.adapter.bill(rendition)
            assert bill
            assert set(bill) <= set(journal.steps)

    def test_each_price_that_is_charged_is_declared(self):
        prices = {price.name for price in self.adapter.prices()}
        billed = self.adapter.bill(self.picture_post, "A comment")
        gone = self.adapter.bill_of_deletion(2)
        assert "comment" in billed
        assert set(gone) == {deletion_step(1), deletion_step(2)}
        assert {*billed.values(), *gone.values()} <= prices

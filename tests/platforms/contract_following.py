"""What may follow a post: a comment, its deletion; and asking whose token it is."""

import pytest

from platforms.errors import NotSent, OutcomeUnknown, Unclear
from tests.platforms.contract_base import UNCLEAR, ContractBase
from tests.platforms.journal import MemoryJournal
from tests.platforms.replies import Reply


class DeletingContract(ContractBase):
    def test_deleting_twice_is_fine(self, adapter_here, server):
        server.on("DELETE", self.delete_path, self.deleted, self.gone)
        for _ in range(2):
            adapter_here.delete(self.post_id, MemoryJournal())
        assert len(server.sent("DELETE")) == 2

    @pytest.mark.parametrize("what", sorted(set(UNCLEAR) - {"no id"}))
    def test_a_deletion_without_a_clear_answer_may_be_repeated(
        self, adapter_here, client, server, what
    ):
        self.play(server, client, "DELETE", self.delete_path, what)
        with pytest.raises(NotSent):
            adapter_here.delete(self.post_id, MemoryJournal())


class CommentingContract(ContractBase):
    def test_a_comment_goes_out_once(self, adapter_here, server):
        server.on("POST", self.comment_path, self.commented)
        journal = MemoryJournal()
        receipt = adapter_here.comment(self.post_id, "First.", journal)
        assert adapter_here.comment(self.post_id, "First.", journal.reborn()) == receipt
        assert len(server.sent("POST")) == 1
        assert receipt.remote_id

    def test_a_comment_without_a_clear_answer_is_not_repeated(self, adapter_here, server):
        server.on("POST", self.comment_path, Reply(500, "<html>"))
        with pytest.raises(OutcomeUnknown):
            adapter_here.comment(self.post_id, "First.", MemoryJournal())
        assert len(server.sent("POST")) == 1


class IdentifyingContract(ContractBase):
    def test_asking_who_it_is_raises_what_went_wrong(self, make):
        with pytest.raises((NotSent, Unclear)):
            make(base_url="http://127.0.0.1:9").identify()

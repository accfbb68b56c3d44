"""Publishing: once, resumed without a second request, refused with nothing left open."""

from datetime import UTC, datetime, timedelta

import pytest

from platforms.errors import NotSent, OutcomeUnknown, PlatformError, RateLimited
from tests.platforms.contract_base import (
    TOKEN,
    UNCLEAR,
    ContractBase,
    left_open,
    unreachable,
    unreadable,
)
from tests.platforms.journal import MemoryJournal
from tests.platforms.replies import Reply


class PublishingContract(ContractBase):
    def test_a_text_goes_out_once_and_gives_a_receipt(self, adapter_here, server):
        server.on("POST", self.create_path, self.created)
        receipt = adapter_here.publish(self.text_post, MemoryJournal())
        assert receipt.remote_id == self.post_id
        assert receipt.url.startswith("http")
        assert len(server.sent("POST", self.create_path)) == 1

    def test_pictures_go_out_and_give_a_receipt(self, adapter_here, server):
        self.play_pictures(server)
        assert adapter_here.publish(self.picture_post, MemoryJournal()).remote_id == self.post_id

    def test_the_journal_is_given_the_content_and_nothing_that_changes(self, adapter_here, server):
        server.on("POST", self.create_path, self.created)
        journal = MemoryJournal()
        adapter_here.publish(self.text_post, journal)
        assert journal.steps["post"].request == self.text_post.request

    @pytest.mark.parametrize("what", UNCLEAR)
    def test_without_a_clear_answer_the_outcome_is_unknown(
        self, adapter_here, client, server, what
    ):
        self.play(server, client, "POST", self.create_path, what)
        journal = MemoryJournal()
        with pytest.raises(OutcomeUnknown):
            adapter_here.publish(self.text_post, journal)
        assert left_open(journal) == ["post"]
        assert len(server.sent("POST", self.create_path)) == 1

    def test_a_connection_that_was_refused_is_no_risk(self, make):
        journal = MemoryJournal()
        with pytest.raises(NotSent):
            make(base_url="http://127.0.0.1:9").publish(self.text_post, journal)
        assert left_open(journal) == []

    def test_an_unknown_outcome_is_sent_again_only_with_its_key(self, adapter_here, server):
        server.on("POST", self.create_path, Reply(ending="reset"), self.created)
        journal = MemoryJournal()
        with pytest.raises(OutcomeUnknown):
            adapter_here.publish(self.text_post, journal)
        if not self.has_key:
            with pytest.raises(OutcomeUnknown):
                adapter_here.publish(self.text_post, journal.reborn())
            assert len(server.sent("POST", self.create_path)) == 1
            return
        adapter_here.publish(self.text_post, journal.reborn())
        first, second = server.sent("POST", self.create_path)
        assert first.headers["idempotency-key"] == second.headers["idempotency-key"]
        assert first.form == second.form

    def test_after_each_step_the_rest_is_done_and_no_more(self, adapter_here, server):
        self.play_pictures(server)
        journal = MemoryJournal()
        receipt = adapter_here.publish(self.picture_post, journal)
        total = len(server.received)
        for done in range(len(journal.steps) + 1):
            server.received.clear()
            self.play_pictures(server)
            again = adapter_here.publish(self.picture_post, journal.reborn(keep=done))
            assert again == receipt
            assert len(server.received) <= total - done + self.looks_again
        assert server.sent("POST") == []
        assert len(server.received) <= self.looks_again

    def test_pictures_that_cannot_be_read_here_are_not_sent(self, make, server):
        journal = MemoryJournal()
        adapter = make(open_media=unreadable, address_of=unreachable)
        with pytest.raises(NotSent, match="Picture 1"):
            adapter.publish(self.picture_post, journal)
        assert left_open(journal) == []
        assert server.sent("POST") == []

    def test_each_refusal_has_its_class_and_leaves_nothing_open(self, adapter_here, server):
        for name, (reply, kind) in self.refusals.items():
            server.on("POST", self.create_path, reply)
            journal = MemoryJournal()
            with pytest.raises(PlatformError) as caught:
                adapter_here.publish(self.text_post, journal)
            assert type(caught.value) is kind, f"{name}: {caught.value!r}"
            assert left_open(journal) == [], name

    def test_each_refusal_is_a_sentence_that_names_the_platform(self, adapter_here, server):
        for name, (reply, _) in self.refusals.items():
            server.on("POST", self.create_path, reply)
            with pytest.raises(PlatformError) as caught:
                adapter_here.publish(self.text_post, MemoryJournal())
            sentence = caught.value.sentence
            assert self.adapter.name in sentence, name
            assert sentence.endswith("."), name
            assert "!" not in sentence, name
            assert "  " not in sentence, name

    def test_a_pause_says_until_when(self, adapter_here, server):
        limited = [reply for reply, kind in self.refusals.values() if kind is RateLimited]
        assert limited
        for reply in limited:
            server.on("POST", self.create_path, reply)
            with pytest.raises(RateLimited) as caught:
                adapter_here.publish(self.text_post, MemoryJournal())
            assert caught.value.until is not None
            assert timedelta() < caught.value.until - datetime.now(UTC) <= timedelta(hours=24)

    def test_no_secret_is_in_anything_that_is_kept_or_shown(self, adapter_here, client, server):
        server.on("POST", self.create_path, self.refusal_with_token)
        with pytest.raises(PlatformError) as caught:
            adapter_here.publish(self.text_post, MemoryJournal())
        shown = [caught.value.sentence, str(caught.value), repr(caught.value)]
        shown += [repr(adapter_here.connection), repr(client), repr(client.exchanges)]
        for secret in (*self.credentials.values(), *self.derived_secrets()):
            for text in shown:
                assert secret not in text
        assert client.exchanges

    def test_secrets_travel_in_no_address(self, adapter_here, server):
        server.on("POST", self.create_path, self.created)
        adapter_here.publish(self.text_post, MemoryJournal())
        for request in server.received:
            assert TOKEN not in str(request.query)
            assert TOKEN in request.headers["authorization"]

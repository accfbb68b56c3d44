"""Finding: whether a post is out, or nobody can tell."""

from dataclasses import replace
from datetime import timedelta

import pytest

from platforms.values import CannotTell, Found
from tests.platforms.contract_base import STARTED, TOKEN, UNCLEAR, ContractBase


class FindingContract(ContractBase):
    def test_a_post_that_is_there_is_found(self, adapter_here, server):
        posts = (("9", STARTED, "Another"), ("7", STARTED, self.text_post.text))
        server.on("GET", self.list_path, self.listing(*posts))
        sighting = adapter_here.find(self.text_post, self.open_step())
        assert isinstance(sighting, Found)
        assert sighting.remote_id == "7"
        assert sighting.created_at == STARTED
        assert sighting.evidence

    def test_a_post_that_is_not_there_is_absent(self, adapter_here, server):
        server.on("GET", self.list_path, self.listing(("9", STARTED, "Another")))
        assert isinstance(adapter_here.find(self.text_post, self.open_step()), self.not_listed)

    @pytest.mark.parametrize(("seconds", "counts"), [(61, False), (60, True), (-3600, True)])
    def test_what_was_there_before_does_not_count(self, adapter_here, server, seconds, counts):
        created = STARTED - timedelta(seconds=seconds)
        server.on("GET", self.list_path, self.listing(("7", created, self.text_post.text)))
        sighting = adapter_here.find(self.text_post, self.open_step())
        assert isinstance(sighting, Found if counts else self.not_listed)

    def test_another_post_of_ours_does_not_count(self, adapter_here, server):
        twins = (("8", STARTED, self.text_post.text), ("7", STARTED, self.text_post.text))
        server.on("GET", self.list_path, self.listing(*twins))
        find = adapter_here.find
        one = find(self.text_post, self.open_step(), frozenset({"7"}))
        assert isinstance(one, Found)
        assert one.remote_id == "8"
        neither = find(self.text_post, self.open_step(), frozenset({"7", "8"}))
        assert isinstance(neither, self.not_listed)

    def test_of_two_the_older_is_taken(self, adapter_here, server):
        later = STARTED + timedelta(seconds=5)
        twins = (("8", later, self.text_post.text), ("7", STARTED, self.text_post.text))
        server.on("GET", self.list_path, self.listing(*twins))
        found = adapter_here.find(self.text_post, self.open_step())
        assert isinstance(found, Found)
        assert found.remote_id == "7"

    def test_when_the_list_does_not_reach_back_nobody_can_tell(self, adapter_here, server):
        full = self.listing(("9", STARTED, "Another"), more=True)
        server.on("GET", self.list_path, full)
        sighting = adapter_here.find(self.text_post, self.open_step())
        assert isinstance(sighting, CannotTell)
        assert sighting.evidence.endswith("and this one may be older.")

    def test_a_full_list_that_reaches_back_is_enough(self, adapter_here, server):
        before = STARTED - timedelta(hours=1)
        full = self.listing(("9", STARTED, "Another"), ("8", before, "Old"), more=True)
        server.on("GET", self.list_path, full)
        assert isinstance(adapter_here.find(self.text_post, self.open_step()), self.not_listed)

    def test_blank_space_and_composed_letters_do_not_matter(self, adapter_here, server):
        sent = replace(self.text_post, text="Cafe\u0301 on\r\nthe  pier \n")
        server.on("GET", self.list_path, self.listing(("7", STARTED, "Café on\nthe pier")))
        assert isinstance(adapter_here.find(sent, self.open_step()), Found)

    def test_a_post_without_text_cannot_be_told_from_others(self, adapter_here, server):
        silent = replace(self.picture_post, text="")
        twins = (("8", STARTED, ""), ("7", STARTED, ""))
        server.on("GET", self.list_path, self.listing(*twins))
        assert isinstance(adapter_here.find(silent, self.open_step()), CannotTell)

    def test_without_a_request_there_is_nothing_to_find(self, adapter_here):
        assert isinstance(adapter_here.find(self.text_post, []), CannotTell)

    @pytest.mark.parametrize("what", sorted(set(UNCLEAR) - {"no id", "a list"}))
    def test_a_list_that_cannot_be_read_tells_nothing(self, adapter_here, client, server, what):
        self.play(server, client, "GET", self.list_path, what)
        sighting = adapter_here.find(self.text_post, self.open_step())
        assert isinstance(sighting, CannotTell)
        assert sighting.evidence

    def test_a_refusal_to_show_the_list_tells_nothing(self, adapter_here, server):
        for reply, _ in self.refusals.values():
            server.on("GET", self.list_path, reply)
            assert isinstance(adapter_here.find(self.text_post, self.open_step()), CannotTell)

    def test_looking_sends_no_secret_in_an_address(self, adapter_here, server):
        server.on("GET", self.list_path, self.listing())
        adapter_here.find(self.text_post, self.open_step())
        assert server.received
        for request in server.received:
            assert TOKEN not in str(request.query)
            assert TOKEN in request.headers["authorization"]

"""Golden pairs: what leaves for a post, byte for byte as far as platforms can tell."""

from typing import ClassVar

import pytest

from tests.platforms.contract_base import ContractBase
from tests.platforms.golden import recorded
from tests.platforms.journal import MemoryJournal


class GoldenContract(ContractBase):
    golden: ClassVar[str] = ""  # the folder of the recordings; the adapter's slug where it is empty

    @pytest.mark.golden
    @pytest.mark.parametrize("kind", ["text", "pictures"])
    def test_what_is_sent_is_as_recorded(self, make, server, kind):
        server.on("POST", self.create_path, self.created)
        if kind == "pictures":
            self.play_pictures(server)
        post = self.picture_post if kind == "pictures" else self.text_post
        name = f"{self.golden or self.adapter.slug}/contract-{kind}"
        with recorded(name, server.url, self.credentials) as base_url:
            receipt = make(base_url=base_url).publish(post, MemoryJournal())
        assert receipt.remote_id == self.post_id

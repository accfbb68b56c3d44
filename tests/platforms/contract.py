"""What every adapter promises. Its test class inherits this and fills in the platform's replies.

`BasicContract` is for every platform. Each protocol beyond publishing has a contract of its own,
to be inherited by those that implement it; `AdapterContract` is for those that do all of it.
"""

from typing import ClassVar

from platforms.contract import (
    Adapter,
    Charges,
    Comments,
    Deletes,
    FindsPosts,
    Identifies,
    PublishesInParts,
)
from platforms.registry import ADAPTERS, adapter_for
from tests.platforms.contract_base import ContractBase
from tests.platforms.contract_finding import FindingContract
from tests.platforms.contract_following import (
    CommentingContract,
    DeletingContract,
    IdentifyingContract,
)
from tests.platforms.contract_golden import GoldenContract
from tests.platforms.contract_limits import LimitsContract
from tests.platforms.contract_parts import ChargingContract, PartsContract
from tests.platforms.contract_publishing import PublishingContract

CONTRACTS: dict[type, type[ContractBase]] = {
    Adapter: PublishingContract,
    FindsPosts: FindingContract,
    Deletes: DeletingContract,
    Comments: CommentingContract,
    Identifies: IdentifyingContract,
    PublishesInParts: PartsContract,
    Charges: ChargingContract,
}


class BasicContract(PublishingContract, LimitsContract, GoldenContract):
    """Inherit, fill in, and add what only this platform does.

    `otherwise`: what a platform does so differently that its own tests hold it to the same promise;
    each with the reason.
    """

    otherwise: ClassVar[dict[type, str]] = {}

    def test_it_is_registered(self):
        assert self.adapter in ADAPTERS
        assert adapter_for(self.adapter.slug) is self.adapter

    def test_each_thing_it_can_do_has_its_contract(self, adapter_here):
        for protocol, contract in CONTRACTS.items():
            if protocol in self.otherwise:
                continue
            assert isinstance(adapter_here, protocol) == isinstance(self, contract), protocol

    def test_it_names_itself_and_its_channels(self):
        assert self.adapter.name
        assert self.adapter.glyph
        assert self.adapter.channels
        assert self.adapter.credential_types


class AdapterContract(
    BasicContract, FindingContract, CommentingContract, DeletingContract, IdentifyingContract
):
    """For an adapter that finds, comments, deletes and identifies, too."""

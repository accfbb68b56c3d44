"""Every adapter of the registry is held to the contract."""

import importlib
import pkgutil
from collections.abc import Iterator

import pytest

from platforms.registry import ADAPTERS
from tests import platforms
from tests.platforms.contract import BasicContract


def heirs(of: type[object]) -> Iterator[type[object]]:
    heir: type[object]
    for heir in of.__subclasses__():
        yield heir
        yield from heirs(heir)


@pytest.mark.parametrize("adapter", ADAPTERS, ids=lambda adapter: adapter.slug)
def test_every_adapter_inherits_the_contract_in_a_test(adapter):
    for module in pkgutil.iter_modules(platforms.__path__, "tests.platforms."):
        importlib.import_module(module.name)
    held = {
        getattr(heir, "adapter", None)
        for heir in heirs(BasicContract)
        if heir.__name__.startswith("Test")
    }
    assert adapter in held

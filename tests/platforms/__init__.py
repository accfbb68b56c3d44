"""Tests of the adapters and of what they stand on."""

import pytest

# Their asserts explain themselves as those of a test module do.
for part in ("", "_publishing", "_limits", "_finding"):
    pytest.register_assert_rewrite(f"tests.platforms.contract{part}")

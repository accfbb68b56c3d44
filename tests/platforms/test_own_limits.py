"""Staff's own limits of a channel: they only tighten, and nonsense is refused where it is typed."""

import pytest
from django.core.exceptions import ValidationError

from platforms.adapters.facebook import Facebook
from platforms.checking import limits_for
from platforms.models.platform import validate_lower_limits


def test_an_own_limit_tightens_and_never_loosens() -> None:
    assert limits_for(Facebook, "feed-post", {}, {"text_max": 400}).text_max == 400
    assert limits_for(Facebook, "feed-post", {}, {"text_max": 9_999_999}).text_max == 63_206


@pytest.mark.parametrize("stored", [{"text_max": "400"}, {"text_max": -1}, {"unit": 5}])
def test_what_cannot_be_a_limit_changes_nothing_about_sending(stored: dict[str, object]) -> None:
    assert limits_for(Facebook, "feed-post", {}, stored) == limits_for(Facebook, "feed-post", {})


@pytest.mark.parametrize("typed", [{"text_max": "400"}, {"text_max": True}, {"nonsense": 5}, [1]])
def test_what_cannot_be_a_limit_is_refused_in_the_admin(typed: object) -> None:
    with pytest.raises(ValidationError):
        validate_lower_limits(typed)

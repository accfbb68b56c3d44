"""What would become of many posts, told before any of it is done."""

from collections.abc import Sequence
from typing import Generic, Protocol, TypeVar

from posting.models import Post


class Foreseen(Protocol):
    """One post, and why it stays as it is; empty where it does not."""

    @property
    def post(self) -> Post: ...

    @property
    def why_not(self) -> str: ...


One = TypeVar("One", bound=Foreseen)


class Outlook(Generic[One]):
    """Posts of which some can be done as was wished, and some cannot. A base for dataclasses."""

    proposals: Sequence[One]

    @property
    def going(self) -> list[One]:
        """Those that can be done, in their order."""
        return [one for one in self.proposals if not one.why_not]

    @property
    def staying(self) -> dict[str, list[Post]]:
        """Those that stay as they are, by the reason."""
        found: dict[str, list[Post]] = {}
        for one in self.proposals:
            if one.why_not:
                found.setdefault(one.why_not, []).append(one.post)
        return found

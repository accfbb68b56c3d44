"""Who is mailed about a notice: those of its brand who can act on it, and the author.

A notice for one person goes to that person alone.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from organisation.models import Brand, Membership, Notice, User
from organisation.notice_kinds import kind_of
from organisation.rights import RIGHTS


class Audience:
    """The people of one brand (None: of all), read once for many notices."""

    def __init__(self, brand: Brand | int | None) -> None:
        members = Membership.objects.filter(user__is_active=True).select_related("user")
        self._members = list(members.filter(brand=brand) if brand else members)
        self._superusers = list(User.objects.filter(is_active=True, is_superuser=True))
        self._is_everything = not brand

    def of(self, notice: Notice) -> list[User]:
        """The people to mail about this notice, each once."""
        return [one for one in _each_once(self._concerned(notice)) if wants_mail(one)]

    def _concerned(self, notice: Notice) -> Iterator[User]:
        there = {one.pk: one for one in (*self._superusers, *(m.user for m in self._members))}
        if notice.user_id:  # for that person alone
            yield from _found(there, notice.user_id)
            return
        right = kind_of(notice.fault).right
        able = [one.user for one in self._members if right in RIGHTS[one.role]]
        yield from able
        if self._is_everything or (right and not able):  # or nobody would hear of it
            yield from self._superusers
        yield from _found(there, notice.author_id)


def wants_mail(person: User) -> bool:
    return bool(person.is_active and person.notice_mail and person.email)


def still_belongs(person: User, brand_id: int | None) -> bool:
    """Whether the person may still read about the brand: they may have left meanwhile."""
    if brand_id is None or person.is_superuser:
        return True
    return Membership.objects.filter(user=person, brand=brand_id).exists()


def _found(there: dict[int, User], pk: int | None) -> Iterator[User]:
    if pk in there:
        yield there[pk]


def _each_once(people: Iterable[User]) -> Iterator[Any]:
    return iter({person.pk: person for person in people}.values())

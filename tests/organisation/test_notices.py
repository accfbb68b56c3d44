"""A fault is told once, and once that it is over."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from organisation.models import Notice
from organisation.notices import open_notice, resolve_notice
from tests.factories import BrandFactory, MembershipFactory, NoticeFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_a_fault_that_is_open_is_not_told_again():
    open_notice("disk", "The disk is full.")
    open_notice("disk", "The disk is still full.")
    assert Notice.objects.get().sentence == "The disk is full."


def test_a_fault_that_comes_back_is_told_again():
    open_notice("disk", "Full.")
    resolve_notice("disk", timezone.now())
    open_notice("disk", "Full again.")
    assert [notice.sentence for notice in Notice.objects.open()] == ["Full again."]
    assert Notice.objects.count() == 2


def test_closing_closes_one_fault_once():
    now = timezone.now()
    open_notice("disk", "Full.")
    open_notice("clock", "Slow.")
    resolve_notice("disk", now)
    resolve_notice("disk", timezone.now())
    assert Notice.objects.get(fault="disk").resolved_at == now
    assert Notice.objects.open().get().fault == "clock"


def test_a_notice_is_seen_by_those_it_concerns():
    brand = BrandFactory()
    member, stranger = MembershipFactory(brand=brand).user, UserFactory()
    of_brand = NoticeFactory(brand=brand)
    of_all = NoticeFactory(brand=None)
    own = NoticeFactory(brand=None, user=stranger)
    NoticeFactory(brand=brand, user=UserFactory())  # of somebody else in the brand
    assert set(Notice.objects.visible_to(member)) == {of_brand, of_all}
    assert set(Notice.objects.visible_to(stranger)) == {of_all, own}
    assert set(Notice.objects.visible_to(UserFactory(boss=True))) == set(Notice.objects.all())
    assert not Notice.objects.visible_to(AnonymousUser()).exists()

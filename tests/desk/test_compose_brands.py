"""A form belongs to one brand: the one that pages show, and never to two."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from content.models import Draft, MediaAsset
from organisation.models import Role
from posting.models import Post
from tests.content.pictures import picture
from tests.desk.composing import CHECK, COMPOSE, form, place_of
from tests.factories import AccountFactory, BrandFactory, MembershipFactory, PieceFactory

CHOOSE = reverse("desk:choose_brand")


@pytest.fixture
def shop(people):
    """A second brand in which Mairi publishes, on the other side of the sea."""
    brand = BrandFactory(name="Aran Shop", timezone="America/New_York")
    MembershipFactory(brand=brand, user=people.mairi, role=Role.PUBLISHER)
    return brand


@pytest.fixture
def mairi(client, people):
    client.force_login(people.mairi)
    return client


def choose_brand(client, brand):
    client.post(CHOOSE, {"brand": brand.pk})


def opened(client, **asked):
    return client.get(COMPOSE, asked, follow=True)


def test_a_new_form_is_for_the_brand_that_pages_show(mairi, people, shop):
    for brand in (people.brand, shop):
        mine = AccountFactory(brand=brand)
        choose_brand(mairi, brand)
        context = opened(mairi).context
        assert context["filled"].brand == brand.pk
        assert context["filled"].zone == brand.timezone
        assert {place.account for place in context["c"].places} == {mine}


def test_an_untouched_form_follows_the_choice(mairi, people, shop):
    choose_brand(mairi, people.brand)
    address = opened(mairi).redirect_chain[-1][0]
    choose_brand(mairi, shop)
    assert mairi.get(address).context["filled"].brand == shop.pk


def test_a_form_with_words_stays_with_its_brand_and_says_so(mairi, people, shop):
    account = AccountFactory(brand=people.brand)
    filled = form(account)
    mairi.post(CHECK, filled)
    choose_brand(mairi, shop)
    answer = mairi.get(COMPOSE, {"draft": filled["key"]})
    assert answer.context["filled"].brand == people.brand.pk
    assert "The other pages show Aran Shop now" in answer.content.decode()


def test_what_the_address_names_decides_the_brand(mairi, people, shop):
    choose_brand(mairi, shop)
    account, piece = AccountFactory(brand=people.brand), PieceFactory(brand=people.brand)
    for asked in ({"account": account.pk}, {"piece": piece.pk}, {"brand": people.brand.pk}):
        assert opened(mairi, **asked).context["filled"].brand == people.brand.pk


def test_drafts_of_another_brand_are_not_offered(mairi, people, shop):
    mairi.post(CHECK, form(AccountFactory(brand=people.brand)))
    assert Draft.objects.count() == 1
    choose_brand(mairi, shop)
    assert opened(mairi).context["left_open"] == []


def test_a_brand_in_which_one_may_only_read_is_named(client, people):
    brand = BrandFactory(name="Readers")
    MembershipFactory(brand=brand, user=people.ewan, role=Role.AUDITOR)
    client.force_login(people.ewan)
    choose_brand(client, brand)
    answer = opened(client)
    assert answer.status_code == 403
    assert "Your role at Readers does not include writing" in answer.content.decode()


def test_another_brand_takes_the_words_along_and_says_what_stays(mairi, people, shop, data_dir):
    account, other = AccountFactory(brand=people.brand), AccountFactory(brand=shop)
    upload = picture_of(mairi, people.brand)
    answer = mairi.post(COMPOSE, form(account, fix=f"brand:{shop.pk}", picture=[upload.pk]))
    filled = answer.context["filled"]
    assert (filled.text, filled.to, filled.pictures) == ("The kettle is on.", [], [])
    assert (filled.brand, filled.zone) == (shop.pk, "America/New_York")
    page = answer.content.decode()
    assert "This post is for Aran Shop now" in page
    assert place_of(other) in page
    assert place_of(account) not in page


def picture_of(client, brand):
    upload = SimpleUploadedFile("loom.jpg", picture(size=(40, 30)), "image/jpeg")
    client.post(reverse("desk:compose_picture"), {"brand": brand.pk, "upload": upload})
    return MediaAsset.objects.get()


def test_the_brand_it_has_already_changes_nothing(mairi, people, shop):
    account = AccountFactory(brand=people.brand)
    answer = mairi.post(COMPOSE, form(account, fix=f"brand:{people.brand.pk}"))
    assert answer.context["filled"].to == [place_of(account)]


def test_accounts_of_two_brands_are_never_in_one_form(mairi, people, shop):
    accounts = [AccountFactory(brand=brand) for brand in (people.brand, shop)]
    for brand in (people.brand, shop):
        assert mairi.post(COMPOSE, form(*accounts, brand=brand)).status_code == 404
        assert mairi.post(CHECK, form(*accounts, brand=brand)).status_code == 404
    assert not Post.objects.exists()

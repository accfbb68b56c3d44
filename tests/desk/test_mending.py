"""The check of a batch puts right what it can with one press, for the channel that asked only."""

import pytest
from django.urls import reverse

from organisation.models import Role
from platforms.models import Account
from posting.models import Post
from tests.desk.test_many import form_of, keys
from tests.factories import (
    AccountFactory,
    MembershipFactory,
    PieceFactory,
    PostFactory,
    UserFactory,
)

REVIEW, FIX = reverse("desk:review"), reverse("desk:review_fix")
LONG = "The loom stands by the window. " * 20


@pytest.fixture
def page(people):
    return AccountFactory(brand=people.brand)


@pytest.fixture
def toot(people):
    return AccountFactory(brand=people.brand, platform="mastodon")


@pytest.fixture
def pieces(people):
    brand = people.brand
    return [PieceFactory(brand=brand, title="A long story", text=LONG), PieceFactory(brand=brand)]


def to(*accounts):
    return [key for account in accounts for key in keys(account)]


def test_what_is_too_long_is_shortened_for_its_channel_only(client, people, pieces, page, toot):
    before = PostFactory(piece=pieces[0], account=AccountFactory(brand=people.brand))
    client.force_login(people.mairi)
    form = form_of(client, pieces, to(page, toot))
    answer = client.post(FIX, form | {"fix": "text_too_long"}, follow=True)
    grid = answer.context["grid"]
    assert grid.to_fix == 0
    assert len(grid.going) == 4
    texts = {
        cell.channel.account.platform.slug: cell.preview.rendition.text
        for cell in grid.cells
        if cell.piece == pieces[0]
    }
    assert texts["facebook"] == LONG.strip()
    assert len(texts["mastodon"]) <= 500
    assert LONG.startswith(texts["mastodon"].rstrip("…"))
    assert Post.objects.get(pk=before.pk).piece_version.text == LONG.strip()
    assert Post.objects.get(pk=before.pk).piece_version_id == before.piece_version_id


def test_an_account_that_cannot_send_is_left_out_and_what_was_unticked_stays_so(
    client, people, pieces, page, toot
):
    lost = AccountFactory(brand=people.brand, state=Account.State.NEEDS_RECONNECT)
    client.force_login(people.mairi)
    form = form_of(client, pieces, to(page, lost))
    form["take"] = form["take"][:1]
    answer = client.post(FIX, form | {"fix": "account"}, follow=True)
    assert [channel.account for channel in answer.context["grid"].channels] == [page]
    assert answer.context["taken"] == set(form["take"])


def test_all_that_can_be_fixed_is_fixed_at_once(client, people, pieces, page, toot):
    lost = AccountFactory(brand=people.brand, state=Account.State.NEEDS_RECONNECT)
    client.force_login(people.mairi)
    form = form_of(client, pieces, to(page, toot, lost))
    text = client.get(REVIEW, {"piece": form["piece"], "to": form["to"]}).content.decode()
    assert "Fix all that can be fixed" in text
    answer = client.post(FIX, form | {"fix": "all"}, follow=True)
    assert answer.context["grid"].to_fix == 0
    assert len(answer.context["grid"].going) == 4


def test_words_that_somebody_changed_meanwhile_are_not_mended(client, people, pieces, toot):
    from content.writing import save_version

    client.force_login(people.mairi)
    form = form_of(client, pieces, to(toot))
    save_version(pieces[0], text=LONG + "New.", by=people.ewan, expected_edits=1)
    answer = client.post(FIX, form | {"fix": "text_too_long"}, follow=True)
    assert "changed a moment ago" in answer.content.decode()
    assert pieces[0].versions.count() == 2


def test_a_fix_that_is_none_changes_nothing(client, people, pieces, toot):
    client.force_login(people.mairi)
    form = form_of(client, pieces, to(toot))
    assert client.post(FIX, form | {"fix": "explode"}).url.startswith(REVIEW)
    assert pieces[0].versions.count() == 1


def test_three_people_and_a_fix(client, people, pieces, toot):
    client.force_login(people.mairi)
    form = form_of(client, pieces, to(toot)) | {"fix": "text_too_long"}
    assert client.get(FIX).status_code == 405
    auditor = UserFactory()
    MembershipFactory(brand=people.brand, user=auditor, role=Role.AUDITOR)
    client.force_login(auditor)
    assert client.post(FIX, form).status_code == 403
    client.force_login(people.isla)
    assert client.post(FIX, form).url == reverse("desk:ready_pieces")
    client.logout()
    assert client.post(FIX, form).url.startswith(reverse("desk:sign_in"))
    assert pieces[0].versions.count() == 1
    client.force_login(people.ewan)
    client.post(FIX, form)
    assert pieces[0].versions.count() == 2


def test_problems_are_shown_first_and_what_is_fine_once_for_each_channel(
    client, people, pieces, page, toot
):
    client.force_login(people.mairi)
    more = PieceFactory.create_batch(2, brand=people.brand)
    answer = client.get(REVIEW, {"piece": [p.pk for p in (*pieces, *more)], "to": to(page, toot)})
    samples = answer.context["grid"].samples
    assert [(sample.cell.goes, sample.alike) for sample in samples] == [
        (False, 0),
        (True, 3),
        (True, 2),
    ]

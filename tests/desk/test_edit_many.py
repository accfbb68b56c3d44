"""Pages on which many posts are changed: asked, shown, done once, undone."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from posting.models import Post
from scheduling.models import ManyEdit
from tests.factories import AccountFactory, PieceFactory, PostFactory

EDIT = reverse("desk:edit_many")
WORDS = {"what": "text", "find": "Peat", "instead": "Turf"}


@pytest.fixture
def posts(client, people):
    client.force_login(people.mairi)
    account = AccountFactory(brand=people.brand)
    due = timezone.now() + timedelta(days=3)
    return [
        PostFactory(account=account, scheduled=True, due=due + timedelta(hours=n),
                    piece=PieceFactory(brand=people.brand, text=f"Peat smoke {'x' * n}"))
        for n in range(3)
    ]  # fmt: skip


def asked(posts, **said):
    return {"list": "queue", "post": [post.pk for post in posts], **said}


def pressed(client, posts, **said):
    """The form as the preview sends it."""
    shown = client.post(EDIT, asked(posts, **WORDS))
    hidden = {"sure": "yes", "key": shown.context["key"], "tokens": shown.context["tokens"]}
    return asked(posts, **WORDS, **hidden, **said)


def test_many_posts_are_changed_after_a_preview_and_put_back(client, posts):
    page = client.post(EDIT, asked(posts)).content.decode()
    assert "Change 3 posts" in page
    page = client.post(EDIT, asked(posts, **WORDS)).content.decode()
    assert "<del>" in page
    assert "“Peat” replaced by “Turf”" in page
    assert "Change 3 posts</button>" in page
    assert not ManyEdit.objects.exists()
    form = pressed(client, posts)
    page = client.post(EDIT, form, follow=True).content.decode()
    assert "Changed: 3 posts." in page
    assert "Undo all of it" in page
    assert {p.piece_version.text[:4] for p in Post.objects.all()} == {"Turf"}
    assert "This was done already" in client.post(EDIT, form, follow=True).content.decode()
    edit = ManyEdit.objects.get()
    page = client.post(reverse("desk:edited_undo", args=[edit.pk]), follow=True).content.decode()
    assert "Taken back: 3 posts." in page
    assert {p.piece_version.text[:4] for p in Post.objects.all()} == {"Peat"}


def test_a_post_that_changed_since_the_preview_is_left_alone(client, posts):
    form = pressed(client, posts)
    Post.objects.filter(pk=posts[0].pk).update(version=9)
    page = client.post(EDIT, form, follow=True).content.decode()
    assert "changed by somebody meanwhile" in page
    assert "Changed: 2 posts." in page


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"what": "shift"}, "Say by how much"),
        ({"what": "text", "find": ""}, "Say what is to be replaced"),
        ({"what": "link", "find": "https://a.example", "instead": "nowhere"}, "not a web address"),
        ({"what": "magic"}, "valid choice"),
        ({"what": "shift", "days": "99999"}, "less than or equal to 366"),
    ],
)
def test_what_makes_no_sense_is_said_beside_the_form(client, posts, said, words):
    answer = client.post(EDIT, asked(posts, **said))
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_hostile_words_are_only_words(client, posts):
    answer = client.post(EDIT, asked(posts, what="text", find="Peat", instead="<script>x</script>"))
    assert "<script>x" not in answer.content.decode()
    assert "&lt;script&gt;x" in answer.content.decode()


def test_posts_of_other_brands_are_not_touched(client, people, posts):
    other = PostFactory(scheduled=True)
    page = client.post(EDIT, asked([other], **WORDS), follow=True).content.decode()
    assert "No post was chosen" in page
    client.force_login(people.ewan)
    assert client.post(EDIT, asked(posts, **WORDS)).status_code == 403


def test_the_hub_offers_it_and_the_preview_asks_the_same_for_many(client, people, posts):
    assert EDIT in client.get(reverse("desk:posting_hub")).content.decode()

    def queries(some):
        with CaptureQueriesContext(connection) as caught:
            assert client.post(EDIT, asked(some, **WORDS)).status_code == 200
        return len(caught)

    queries(posts[:1])
    assert queries(posts[:1]) == queries(posts)

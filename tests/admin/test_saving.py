"""What is saved in the back office goes through the verbs, and what they refuse stands there."""

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from content.models import MediaAsset, Piece
from organisation.models import AuditEntry
from platforms.models import Account, ChannelType, Platform, PlatformCredential
from posting.drafting import first_channel
from posting.models import Post
from posting.states import Hold, Status
from tests.factories import (
    AccountFactory,
    LabelFactory,
    MediaAssetFactory,
    PieceFactory,
    PostFactory,
)

SECRET = "EAAB-a-token-nobody-may-see-9c1e"


def add(client, model, **fields):
    return client.post(reverse(f"admin:{model}_add"), fields)


def change(client, model, row, **fields):
    return client.post(reverse(f"admin:{model}_change", args=[row.pk]), fields)


def act(client, action, *rows, **beside):
    name = f"{rows[0]._meta.app_label}_{rows[0]._meta.model_name}"
    chosen = {"action": action, "_selected_action": [row.pk for row in rows], **beside}
    return client.post(reverse(f"admin:{name}_changelist"), chosen, follow=True)


def said(answer):
    return " ".join(str(message) for message in answer.context["messages"])


def png(name="loom.png"):
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(out, "PNG")
    return SimpleUploadedFile(name, out.getvalue(), "image/png")


# Pieces


def test_a_piece_is_written_with_its_picture(client, staff, data_dir):
    client.force_login(staff["ewan"])
    answer = add(
        client, "content_piece", brand=staff["brand"].pk, title="Dyes", status="ready",
        text="Crottle.", link="https://glenandloom.scot", picture=png(), alt="A green square",
    )  # fmt: skip
    assert answer.status_code == 302
    piece = Piece.objects.get(title="Dyes")
    assert (piece.current.text, piece.current.link) == ("Crottle.", "https://glenandloom.scot")
    assert piece.current.media.get().alt == "A green square"
    assert piece.author == staff["ewan"]


@pytest.mark.parametrize(
    ("field", "wrong", "sentence"),
    [
        ("text", "half \ud83d a pair".encode("utf-8", "surrogatepass"), ""),
        ("link", "javascript:alert(1)", "is not a web address"),
        ("picture", SimpleUploadedFile("a.jpg", b"<html>no picture</html>"), "a.jpg is not a"),
        ("text", "x" * 100_001, "100,000 is the most kept"),
    ],
)
def test_what_cannot_be_kept_is_said_on_the_form(client, staff, data_dir, field, wrong, sentence):
    client.force_login(staff["ewan"])
    good = {"brand": staff["brand"].pk, "title": "Dyes", "status": "ready", "text": "Crottle."}
    answer = add(client, "content_piece", **{**good, field: wrong})
    if sentence:
        assert answer.status_code == 200
        assert sentence in answer.content.decode()
        assert not Piece.objects.exists()
    assert answer.status_code in (200, 302)


def test_a_changed_text_is_a_new_version(client, staff):
    piece = PieceFactory(brand=staff["brand"], text="First.")
    client.force_login(staff["ewan"])
    change(client, "content_piece", piece, title="New", status="draft", text="Second.", edits=1)
    piece.refresh_from_db()
    assert (piece.title, piece.status, piece.current.text) == ("New", "draft", "Second.")
    assert piece.versions.count() == 2


def test_a_changed_title_is_no_new_version_and_keeps_the_pictures(client, staff):
    picture = MediaAssetFactory(brand=staff["brand"])
    piece = PieceFactory(brand=staff["brand"], text="First.", media=[picture])
    client.force_login(staff["ewan"])
    change(
        client, "content_piece", piece, title="New", status="ready", text="First.", edits=1,
        keep_pictures="on",
    )  # fmt: skip
    piece.refresh_from_db()
    assert (piece.title, piece.versions.count()) == ("New", 1)
    assert piece.current.media.get().asset == picture


def test_a_second_editor_overwrites_nothing(client, staff):
    piece = PieceFactory(brand=staff["brand"], text="First.")
    client.force_login(staff["ewan"])
    fields = {"title": piece.title, "status": "ready", "edits": 1}
    change(client, "content_piece", piece, text="Of the first editor.", **fields)
    late = change(client, "content_piece", piece, text="Of the second.", **fields)
    assert "saved by someone else a moment ago" in late.content.decode()
    piece.refresh_from_db()
    assert piece.current.text == "Of the first editor."


def test_nobody_writes_for_another_brand(client, staff):
    client.force_login(staff["isla"])
    answer = add(
        client, "content_piece", brand=staff["brand"].pk, title="Dyes", status="ready", text="x"
    )
    assert answer.status_code == 200
    assert not Piece.objects.exists()


def test_a_picture_is_kept_by_what_is_in_it(client, staff, data_dir):
    client.force_login(staff["ewan"])
    add(client, "content_mediaasset", brand=staff["brand"].pk, picture=png("x.jpg"), alt="Green")
    assert MediaAsset.objects.get().mime == "image/png"
    wrong = SimpleUploadedFile("b.png", b"GIF89a, it says")
    answer = add(client, "content_mediaasset", brand=staff["brand"].pk, picture=wrong)
    assert "b.png is not a picture" in answer.content.decode()


# Posts


@pytest.fixture
def making(staff):
    account = AccountFactory(brand=staff["brand"])
    return {
        "piece": PieceFactory(brand=staff["brand"]).pk,
        "account": account.pk,
        "channel_type": first_channel(account).pk,
    }


def test_a_post_is_made_ready(client, staff, making):
    client.force_login(staff["mairi"])
    assert add(client, "posting_post", **making).status_code == 302
    assert Post.objects.get().status == Status.READY


def test_a_post_is_made_and_scheduled_in_the_accounts_zone(client, staff, making):
    client.force_login(staff["mairi"])
    year = timezone.now().year + 1
    assert add(client, "posting_post", day=f"{year}-07-01", at="09:30", **making).status_code == 302
    post = Post.objects.get()
    assert (post.status, post.zone) == (Status.SCHEDULED, "Europe/London")
    assert f"{post.due_at:%H:%M}" == "08:30"


@pytest.mark.parametrize(
    ("when", "sentence"),
    [
        ({"day": "2020-01-01", "at": "09:00"}, "is in the past"),
        ({"day": "2027-03-28", "at": "01:30"}, "does not exist"),
        ({"day": "2027-03-01", "at": "01:30", "zone": "Mars/Olympus"}, "is not a time zone"),
        ({"day": "2027-03-01"}, "needs both"),
        ({"day": "soon", "at": "01:30"}, "Enter a valid date"),
    ],
)
def test_a_time_that_cannot_be_is_refused_and_no_post_is_made(
    client, staff, making, when, sentence
):
    client.force_login(staff["mairi"])
    answer = add(client, "posting_post", **making, **when)
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert not Post.objects.exists()


def test_a_post_to_an_account_that_cannot_send_is_refused(client, staff, making):
    Account.objects.update(state=Account.State.PAUSED)
    client.force_login(staff["mairi"])
    assert "cannot send: paused" in add(client, "posting_post", **making).content.decode()
    assert not Post.objects.exists()


def test_nobody_posts_with_another_brands_account_or_piece(client, staff, making):
    client.force_login(staff["isla"])
    assert add(client, "posting_post", **making).status_code == 200
    assert not Post.objects.exists()


@pytest.mark.parametrize(
    ("action", "state", "leads_to"),
    [
        ("retry", "failed", Status.SCHEDULED),
        ("publish_now", "missed", Status.SCHEDULED),
        ("cancel", "failed", Status.CANCELLED),
    ],
)
def test_actions_call_the_verbs_for_those_with_the_right(client, staff, action, state, leads_to):
    post = PostFactory(account=AccountFactory(brand=staff["brand"]), **{state: True})
    for person in ("ewan", "isla"):
        client.force_login(staff[person])
        act(client, action, post)
        assert Post.objects.get(pk=post.pk).status == state
    client.logout()
    assert act(client, action, post).redirect_chain[0][0].startswith(reverse("admin:login"))
    client.force_login(staff["mairi"])
    act(client, action, post)
    assert Post.objects.get(pk=post.pk).status == leads_to


def test_no_action_sends_an_unconfirmed_post_again(client, staff):
    post = PostFactory(account=AccountFactory(brand=staff["brand"]), unconfirmed=True)
    client.force_login(staff["boss"])
    page = client.get(reverse("admin:posting_post_changelist")).content.decode()
    assert "send_again" not in page
    for action in ("retry", "publish_now", "cancel"):
        act(client, action, post)
    assert Post.objects.get(pk=post.pk).status == Status.UNCONFIRMED


# Accounts and secrets


def account_fields(**more):
    return {
        "server": "", "remote_id": "4711", "name": "Oban shop", "timezone": "Europe/London",
        "minimum_gap": "00:05:00", "late_limit": "06:00:00", "late_policy": "ask",
        "approval_rule": "none", "max_in_flight": "4", **more,
    }  # fmt: skip


def test_an_account_is_added_with_a_token_that_is_never_shown(client, staff):
    facebook = Platform.objects.get(slug="facebook")
    client.force_login(staff["una"])
    fields = account_fields(brand=staff["brand"].pk, platform=facebook.pk, access_token=SECRET)
    assert add(client, "platforms_account", **fields).status_code == 302
    account = Account.objects.get()
    credential = account.credentials.get()
    assert credential.credential_value == SECRET
    for row, name in (
        (account, "platforms_account"),
        (credential, "platforms_platformcredential"),
    ):
        page = client.get(reverse(f"admin:{name}_change", args=[row.pk])).content.decode()
        assert SECRET not in page
        assert SECRET not in client.get(reverse(f"admin:{name}_changelist")).content.decode()
    assert "••••9c1e" in page
    assert credential.key_id in page
    assert AuditEntry.objects.filter(subject_id=account.pk, user=staff["una"]).exists()


def test_a_new_token_takes_the_place_of_the_old_and_no_token_leaves_it(client, staff):
    account = AccountFactory(brand=staff["brand"], state=Account.State.NEEDS_RECONNECT)
    client.force_login(staff["una"])
    change(client, "platforms_account", account, **account_fields())
    assert account.credentials.filter(is_active=True).get().version == 1
    change(client, "platforms_account", account, **account_fields(access_token=SECRET))
    active = account.credentials.get(is_active=True)
    assert (active.credential_value, active.version) == (SECRET, 2)
    account.refresh_from_db()
    assert account.state == Account.State.CONNECTED


@pytest.mark.parametrize(
    ("slug", "server", "sentence"),
    [("mastodon", "", "Say which"), ("mastodon", "ftp://x", "It begins with https://")],
)
def test_a_server_that_cannot_be_is_refused(client, staff, slug, server, sentence):
    platform = Platform.objects.get(slug=slug)
    client.force_login(staff["una"])
    fields = account_fields(brand=staff["brand"].pk, platform=platform.pk, server=server)
    assert sentence in add(client, "platforms_account", **fields).content.decode()


def test_an_account_is_never_pointed_at_another_server(client, staff):
    account = AccountFactory(brand=staff["brand"], platform="mastodon")
    client.force_login(staff["una"])
    elsewhere = account_fields(server="https://elsewhere.example", remote_id="1")
    assert change(client, "platforms_account", account, **elsewhere).status_code == 302
    kept = Account.objects.get(pk=account.pk)
    assert (kept.server, kept.remote_id) == (account.server, account.remote_id)


@pytest.mark.parametrize(
    ("other", "taken"),
    [
        ({}, True),
        ({"platform": "mastodon"}, False),
        ({"server": "sandbox"}, False),
    ],
    ids=["its like", "another platform", "the sandbox"],
)
def test_an_account_stands_in_for_one_of_its_kind_only(client, staff, other, taken):
    account = AccountFactory(brand=staff["brand"])
    spare = AccountFactory(brand=staff["brand"], **other)
    client.force_login(staff["una"])
    answer = change(client, "platforms_account", account, **account_fields(fallback=spare.pk))
    assert (Account.objects.get(pk=account.pk).fallback == spare) is taken
    assert ("can stand in" in answer.content.decode()) is not taken


def test_no_account_stands_in_for_itself_or_for_another_brands(client, staff):
    account, foreign = AccountFactory(brand=staff["brand"]), AccountFactory()
    client.force_login(staff["una"])
    for other in (account, foreign):
        change(client, "platforms_account", account, **account_fields(fallback=other.pk))
        assert Account.objects.get(pk=account.pk).fallback is None
    facebook = Platform.objects.get(slug="facebook").pk
    fields = account_fields(brand=staff["brand"].pk, platform=facebook, fallback=account.pk)
    assert add(client, "platforms_account", **fields).status_code == 302
    assert Account.objects.get(name=fields["name"]).fallback == account


def test_an_account_is_paused_until_the_time_beside_the_action(client, staff):
    account = AccountFactory(brand=staff["brand"])
    client.force_login(staff["una"])
    past = act(client, "pause", account, until="2020-01-01T09:00")
    account.refresh_from_db()
    assert (account.state, "passed" in said(past)) == ("connected", True)
    day = timezone.now() + timedelta(days=3)
    act(client, "pause", account, until=f"{day:%Y-%m-%d}T09:00")
    account.refresh_from_db()
    assert account.state == "paused"
    assert account.paused_until.date() == day.date()


def test_labels_are_held_until_a_time_and_released_by_those_who_publish(client, staff):
    post = PostFactory(account=AccountFactory(brand=staff["brand"]), scheduled=True)
    label, day = LabelFactory(brand=staff["brand"]), timezone.now() + timedelta(days=3)
    post.piece.labels.add(label)
    client.force_login(staff["ewan"])
    act(client, "hold", label)
    assert Post.objects.get(pk=post.pk).held_by == Hold.NONE
    client.force_login(staff["mairi"])
    act(client, "hold", label, until=f"{day:%Y-%m-%d}T09:00")
    label.refresh_from_db()
    assert (label.held, label.held_until.date()) == (True, day.date())
    assert Post.objects.get(pk=post.pk).held_by == Hold.LABEL
    assert "1 released" in said(act(client, "release", label))
    assert Post.objects.get(pk=post.pk).held_by == Hold.NONE


def test_another_brands_label_is_neither_held_nor_taken(client, staff):
    label = LabelFactory()
    client.force_login(staff["mairi"])
    act(client, "hold", label)
    label.refresh_from_db()
    assert not label.held
    piece = PieceFactory(brand=staff["brand"])
    answer = change(client, "content_piece", piece, title="Dyes", status="ready", text="Crottle.",
                    link="", edits=1, labels=[label.pk])  # fmt: skip
    assert answer.status_code == 200  # refused
    client.force_login(staff["boss"])
    answer = change(client, "content_piece", piece, title="Dyes", status="ready", text="Crottle.",
                    link="", edits=1, labels=[label.pk])  # fmt: skip
    assert "Nothing was saved." in answer.content.decode()
    assert not piece.labels.exists()


@pytest.mark.parametrize("held_before", [True, False])
def test_a_label_on_hold_is_given_and_taken_by_those_who_publish(client, staff, held_before):
    post = PostFactory(account=AccountFactory(brand=staff["brand"]), scheduled=True)
    label = LabelFactory(brand=staff["brand"], held=True)
    post.piece.labels.set([label] if held_before else [])
    before = Post.objects.get(pk=post.pk).holds
    said = {"title": "Dyes", "status": "ready", "text": "Crottle.", "link": "", "edits": 1,
            "labels": [] if held_before else [label.pk]}  # fmt: skip
    client.force_login(staff["ewan"])
    refused = change(client, "content_piece", post.piece, **said)
    assert "your role does not include holding posts" in refused.content.decode()
    assert Post.objects.get(pk=post.pk).holds == before
    client.force_login(staff["mairi"])
    assert change(client, "content_piece", post.piece, **said).status_code == 302
    assert Post.objects.get(pk=post.pk).holds != before


def test_a_piece_gets_its_labels(client, staff):
    piece, label = PieceFactory(brand=staff["brand"]), LabelFactory(brand=staff["brand"])
    client.force_login(staff["ewan"])
    change(client, "content_piece", piece, title="Dyes", status="ready", text="Crottle.",
           link="", edits=1, keep_pictures="on", labels=[label.pk])  # fmt: skip
    assert list(piece.labels.all()) == [label]


def test_accounts_are_paused_and_resumed_by_verbs(client, staff):
    account = AccountFactory(brand=staff["brand"])
    for person in ("mairi", "isla"):
        client.force_login(staff[person])
        act(client, "pause", account)
        assert Account.objects.get(pk=account.pk).state == Account.State.CONNECTED
    client.force_login(staff["una"])
    assert "paused" in said(act(client, "pause", account))
    assert Account.objects.get(pk=account.pk).state == Account.State.PAUSED
    act(client, "resume", account)
    assert Account.objects.get(pk=account.pk).state == Account.State.CONNECTED


def test_a_secret_can_be_switched_off_and_replaced_but_not_read(client, staff):
    account = AccountFactory(brand=staff["brand"])
    credential = account.credentials.get()
    client.force_login(staff["una"])
    fields = {
        "scopes": "[]",
        "value": "another-secret-value",
        "expires_at_0": "",
        "expires_at_1": "",
    }
    assert change(client, "platforms_platformcredential", credential, **fields).status_code == 302
    stored = PlatformCredential.objects.get(pk=credential.pk)
    assert (stored.is_active, stored.credential_value) == (False, "another-secret-value")
    page = client.get(reverse("admin:platforms_platformcredential_change", args=[credential.pk]))
    assert "another-secret-value" not in page.content.decode()


def test_a_secret_that_is_added_takes_the_place_of_the_one_before(client, staff):
    client.force_login(staff["una"])
    fields = {
        "platform": Platform.objects.get(slug="facebook").pk, "brand": staff["brand"].pk,
        "credential_type": "app_secret", "scopes": "[]", "is_active": "on",
    }  # fmt: skip
    for value in (SECRET, "a-second-secret-of-it"):
        answer = add(client, "platforms_platformcredential", value=value, **fields)
        assert answer.status_code == 302
    kept = PlatformCredential.objects.order_by("pk")
    assert [(row.is_active, row.credential_value) for row in kept] == [
        (False, ""),
        (True, "a-second-secret-of-it"),
    ]


def test_an_apps_secret_is_stored_without_an_account(client, staff):
    client.force_login(staff["una"])
    fields = {
        "platform": Platform.objects.get(slug="facebook").pk, "brand": staff["brand"].pk,
        "credential_type": "app_secret", "value": SECRET, "scopes": "[]", "is_active": "on",
    }  # fmt: skip
    assert add(client, "platforms_platformcredential", **fields).status_code == 302
    assert PlatformCredential.objects.get().credential_value == SECRET


@pytest.mark.parametrize("wrong", ['{"text_max": -1}', '{"moon": 4}', "[1]", '{"text_max": true}'])
def test_limits_are_numbers_with_known_names(client, staff, wrong):
    channel = ChannelType.objects.first()
    client.force_login(staff["boss"])
    assert change(client, "platforms_channeltype", channel, limits=wrong).status_code == 200
    assert (
        change(client, "platforms_channeltype", channel, limits='{"text_max": 400}').status_code
        == 302
    )
    channel.refresh_from_db()
    assert channel.limits == {"text_max": 400}


def test_what_a_platform_is_cannot_be_edited(client, staff):
    platform = Platform.objects.get(slug="facebook")
    client.force_login(staff["una"])
    assert change(client, "platforms_platform", platform, slug="x").status_code == 403
    client.force_login(staff["boss"])
    change(client, "platforms_platform", platform, slug="x", name="X", settings="{}")
    platform.refresh_from_db()
    assert (platform.slug, platform.enabled) == ("facebook", False)
    assert client.get(reverse("admin:platforms_platform_add")).status_code == 403

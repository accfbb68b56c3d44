"""One button takes the demo away: all of it, and nothing else."""

import pytest
from django.apps import apps
from django.core.files.storage import default_storage
from django.db import models
from django.urls import reverse
from django.utils import timezone

from desk.demo.loading import USERNAME, load
from desk.demo.removing import REMOVED, TABLES
from organisation.models import AuditEntry, Brand, Role, User
from platforms.models import Account
from posting.models import Post, PublishStep
from tests import factories
from tests.factories import AccountFactory, MembershipFactory, PostFactory, UserFactory
from tests.sandbox.conftest import running

REMOVE = reverse("desk:remove_demo")
KEPT = {"organisation.AuditEntry"}  # without the brand they were about
pytestmark = pytest.mark.usefixtures("data_dir")


@pytest.fixture
def demo(transactional_db, settings):
    """The demo as it is after a while: posts out, one unconfirmed, a follow-up, a stop."""
    with running() as client:
        settings.SANDBOX_URL = client.address
        keeper = load(timezone.now())
    brand = Brand.objects.get(slug="harbour-books")
    account = Account.objects.filter(brand=brand).first()
    out = PostFactory(account=account, published=True)
    factories.PublishStepFactory(post=out, state=PublishStep.State.DONE, lease_token=1)
    factories.PostAttemptFactory(post=PostFactory(account=account, unconfirmed=True))
    factories.PostEventFactory(post=out)
    factories.FollowUpFactory(post=out)
    factories.ApprovalFactory(post=out)
    factories.NoticeFactory(brand=brand)
    factories.SwitchFactory(brand=brand)
    return keeper


@pytest.fixture
def neighbour(demo):
    """A brand of one's own beside the demo, with a bit of everything."""
    account = AccountFactory()
    post = PostFactory(account=account, published=True)
    factories.PublishStepFactory(post=post, state=PublishStep.State.DONE, lease_token=1)
    factories.PostEventFactory(post=post)
    factories.MediaAssetFactory(brand=account.brand)
    return account.brand


def counted():
    ours = (app.get_models() for app in apps.get_app_configs() if app.name in OURS)
    return {model._meta.label: model.objects.count() for models in ours for model in models}


OURS = ("organisation", "platforms", "content", "posting", "analytics", "scheduling")


def test_all_of_the_demo_goes_and_nothing_of_others(client, demo, neighbour):
    client.force_login(demo)
    assert client.get(REMOVE).status_code == 200
    files = list(neighbour.media.values_list("file", flat=True))
    demo_files = default_storage.listdir("media")[0]
    assert demo_files
    assert client.post(REMOVE).url == reverse("desk:home")
    assert list(Brand.objects.all()) == [neighbour]
    assert Post.objects.count() == 1
    assert PublishStep.objects.count() == 1
    assert list(neighbour.media.values_list("file", flat=True)) == files
    left = [default_storage.listdir(f"media/{folder}")[1] for folder in demo_files]
    assert not any(left)


def test_audit_entries_stay_and_one_says_who_did_it(client, demo, neighbour):
    before = AuditEntry.objects.count()
    client.force_login(demo)
    client.post(REMOVE)
    assert AuditEntry.objects.count() == before + 1
    assert AuditEntry.objects.get(verb=REMOVED).user == demo


def test_every_model_that_belongs_to_a_brand_is_in_the_list():
    """A model that is added later and holds on to a brand's rows must be named, or cascade."""
    listed = {model for model, _ in TABLES} | {Brand}
    holding = {
        model._meta.label
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey)
        and field.related_model in listed
        and field.remote_field.on_delete is models.PROTECT
        and model not in listed
    }
    assert holding == KEPT


def test_the_keepers_known_password_opens_no_door_once_another_removed_it(client, demo):
    boss = UserFactory(boss=True)
    client.force_login(boss)
    client.post(REMOVE)
    assert not User.objects.get(username=USERNAME).is_active


def test_the_keeper_who_removes_it_is_not_locked_out(client, demo):
    client.force_login(demo)
    client.post(REMOVE)
    assert client.get(reverse("desk:home")).status_code == 200


def test_a_brand_that_posts_to_a_real_platform_is_not_taken_for_the_demo(client, demo):
    AccountFactory(brand=Brand.objects.get(), name="Real page")
    client.force_login(demo)
    before = counted()
    answer = client.post(REMOVE, follow=True)
    assert "Real page" in answer.content.decode()
    assert counted() == before


def test_while_a_post_is_going_out_nothing_is_removed(client, demo):
    PostFactory(account=Account.objects.first(), publishing=True)
    client.force_login(demo)
    client.post(REMOVE)
    assert Brand.objects.exists()


def test_it_is_for_administrators_of_the_demo(client, demo):
    publisher = MembershipFactory(brand=Brand.objects.get(), role=Role.PUBLISHER).user
    client.force_login(publisher)
    assert client.get(REMOVE).status_code == 403
    assert client.post(REMOVE).status_code == 403
    client.force_login(MembershipFactory().user)
    assert client.post(REMOVE).status_code == 404
    client.logout()
    assert client.post(REMOVE).url.startswith(reverse("desk:sign_in"))
    assert Brand.objects.filter(slug="harbour-books").exists()


def test_without_a_demo_there_is_nothing_to_remove(client, db):
    client.force_login(UserFactory(boss=True))
    assert client.get(REMOVE).status_code == 404

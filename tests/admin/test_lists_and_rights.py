"""Every list of the back office: one number of queries, and only for whom it is meant."""

from datetime import UTC, datetime, time

import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone

from analytics.learning import learn
from content.models import Feed, FeedTarget, LlmInteraction, PromptTemplate
from organisation.models import AuditEntry, Instance, Role
from platforms.models import ChannelType, RateBudget
from posting.models import PolicyOverride
from scheduling.models import Blackout, IgnoredConflict, Slot, TimeRules
from tests import factories
from tests.factories import (
    AccountFactory,
    ApprovalFactory,
    BannedHashtagFactory,
    CredentialFactory,
    DayNoteFactory,
    EditedPostFactory,
    ErasureFactory,
    FollowUpFactory,
    HashtagGroupFactory,
    HeartbeatFactory,
    ImportedPieceFactory,
    ImportFactory,
    LabelFactory,
    MailFactory,
    ManyEditFactory,
    MediaAssetFactory,
    MediaFolderFactory,
    MediaTagFactory,
    MembershipFactory,
    NoticeFactory,
    OAuthFlowFactory,
    OccurrenceFactory,
    PieceFactory,
    PostAttemptFactory,
    PostEventFactory,
    PostFactory,
    ProposalFactory,
    PublishStepFactory,
    ReadingFactory,
    ScheduleFactory,
    ScheduleTemplateFactory,
    SwitchFactory,
    UserFactory,
    WatchFactory,
)
from tests.writing.made import run_of, source_with, target

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def account_of(brand):
    return AccountFactory(brand=brand)


def post_of(brand, **state):
    return PostFactory(account=account_of(brand), **state)


def step_of(brand):
    post = post_of(brand, published=True)
    return PublishStepFactory(post=post, state="done", lease_token=1)


def budget_of(brand):
    account = account_of(brand)
    return RateBudget.objects.create(
        platform=account.platform, account=account, name="calls", read_at=account.created_at
    )


def override_of(brand):
    post, by = post_of(brand), UserFactory()
    return PolicyOverride.objects.create(post=post, words="x", note="A reply", by=by, at=NOW)


def ignored_of(brand):
    post, by = post_of(brand), UserFactory()
    return IgnoredConflict.objects.create(
        post=post, kind="gap", facts="x", sentence="Too close.", note="On purpose", by=by, at=NOW
    )


def interaction_of(brand):
    return LlmInteraction.objects.create(
        brand=brand, host="localhost", model="llama3.1:8b", messages=[], started_at=NOW, seconds=1
    )


def prompt_of(brand):
    kind = ChannelType.objects.get(platform__slug="facebook", slug="feed-post")
    number = PromptTemplate.objects.filter(brand=brand, channel_type=kind).count() + 1
    return PromptTemplate.objects.create(brand=brand, channel_type=kind, number=number)


def feed_of(brand):
    number = Feed.objects.count()
    return Feed.objects.create(
        brand=brand, address=f"https://example.org/{number}.xml", next_poll_at=NOW
    )


def feed_target_of(brand):
    account, kind = target(source_with(brand=brand))
    return FeedTarget.objects.create(feed=feed_of(brand), account=account, channel_type=kind)


def slot_of(brand):
    return Slot.objects.create(account=account_of(brand), days=31, at=time(9))


def rules_of(brand):
    return TimeRules.objects.create(brand=brand, account=account_of(brand), country="GB")


def blackout_of(brand):
    day = NOW.date()
    return Blackout.objects.create(brand=brand, first=day, last=day, why="Stocktaking")


def audit_of(brand):
    return AuditEntry.objects.create(
        actor="Mairi", verb="retry", sentence="She did it.", brand=brand
    )


def switch_of(brand):
    return SwitchFactory(brand=brand if not hasattr(brand, "switch") else factories.BrandFactory())


# the list, and how to make one row of it in a brand
LISTS = {
    "content_feed": feed_of,
    "content_feedtarget": feed_target_of,
    "content_llminteraction": interaction_of,
    "content_prompttemplate": prompt_of,
    "content_section": lambda brand: source_with(brand=brand).sections.first(),
    "content_source": lambda brand: source_with(brand=brand),
    "content_writingitem": lambda brand: run_of(source_with(brand=brand)).items.first(),
    "content_writingrun": lambda brand: run_of(source_with(brand=brand)),
    "content_label": lambda brand: LabelFactory(brand=brand),
    "content_mediaasset": lambda brand: MediaAssetFactory(brand=brand),
    "content_mediafolder": lambda brand: MediaFolderFactory(brand=brand),
    "content_mediatag": lambda brand: MediaTagFactory(brand=brand),
    "content_piece": lambda brand: PieceFactory(brand=brand),
    "content_pieceversion": lambda brand: PieceFactory(brand=brand).current,
    "organisation_auditentry": audit_of,
    "organisation_brand": lambda brand: brand,
    "organisation_membership": lambda brand: MembershipFactory(brand=brand, role=Role.AUDITOR),
    "organisation_mail": lambda brand: MailFactory(brand=brand),
    "organisation_notice": lambda brand: NoticeFactory(brand=brand),
    "organisation_switch": switch_of,
    "platforms_account": account_of,
    "posting_policyoverride": override_of,
    "scheduling_blackout": blackout_of,
    "scheduling_ignoredconflict": ignored_of,
    "scheduling_slot": slot_of,
    "scheduling_timerules": rules_of,
    "platforms_oauthflow": lambda brand: OAuthFlowFactory(brand=brand),
    "platforms_platformcredential": lambda brand: CredentialFactory(
        account=AccountFactory(brand=brand, token=False)
    ),
    "platforms_ratebudget": budget_of,
    "analytics_reading": lambda brand: ReadingFactory(account=account_of(brand)),
    "analytics_accounthours": lambda brand: learn(account_of(brand), timezone.now()),
    "analytics_watch": lambda brand: WatchFactory(account=account_of(brand)),
    "posting_approval": lambda brand: ApprovalFactory(post=post_of(brand)),
    "posting_followup": lambda brand: FollowUpFactory(post=post_of(brand, published=True)),
    "posting_post": lambda brand: post_of(brand, scheduled=True),
    "posting_postattempt": lambda brand: PostAttemptFactory(post=post_of(brand, failed=True)),
    "posting_postevent": lambda brand: PostEventFactory(post=post_of(brand)),
    "posting_publishstep": step_of,
    "scheduling_daynote": lambda brand: DayNoteFactory(brand=brand),
    "content_hashtaggroup": lambda brand: HashtagGroupFactory(brand=brand),
    "content_bannedhashtag": lambda brand: BannedHashtagFactory(brand=brand),
    "scheduling_import": lambda brand: ImportFactory(brand=brand),
    "scheduling_importedpiece": lambda brand: ImportedPieceFactory(imported__brand=brand),
    "scheduling_manyedit": lambda brand: ManyEditFactory(brand=brand),
    "scheduling_editedpost": lambda brand: EditedPostFactory(
        edit__brand=brand, post__account=account_of(brand)
    ),
    "scheduling_proposal": lambda brand: ProposalFactory(account=account_of(brand)),
    "scheduling_proposedpost": lambda brand: ProposalFactory(account=account_of(brand)).items.get(),
    "scheduling_schedule": lambda brand: ScheduleFactory(account=account_of(brand)),
    "scheduling_scheduletemplate": lambda brand: ScheduleTemplateFactory(account=account_of(brand)),
    "scheduling_occurrence": lambda brand: OccurrenceFactory(
        target=ScheduleFactory(account=account_of(brand)).targets.get()
    ),
}
OF_ALL = (
    "organisation_apitoken",  # one's own only: test_api_tokens
    "scheduling_calendarfeed",  # one's own only: tests/scheduling/test_feeds
    "organisation_heartbeat",
    "organisation_instance",
    "organisation_user",
    "platforms_channeltype",
    "platforms_erasure",
    "platforms_platform",
)
READ_ONLY = (
    "organisation_auditentry",
    "organisation_heartbeat",
    "organisation_instance",
    "organisation_mail",
    "organisation_notice",
    "organisation_switch",
    "content_feed",
    "content_feedtarget",
    "content_llminteraction",
    "content_pieceversion",
    "content_prompttemplate",
    "content_section",
    "content_source",
    "content_writingitem",
    "content_writingrun",
    "platforms_erasure",
    "platforms_oauthflow",
    "platforms_ratebudget",
    "analytics_reading",
    "analytics_accounthours",
    "analytics_watch",
    "posting_approval",
    "posting_followup",
    "posting_policyoverride",
    "scheduling_ignoredconflict",
    "posting_postattempt",
    "posting_postevent",
    "posting_publishstep",
    "scheduling_daynote",
    "scheduling_occurrence",
    "scheduling_proposal",
    "scheduling_proposedpost",
    "scheduling_schedule",
    "scheduling_scheduletemplate",
)
OF_NO_BRAND = {
    "organisation_heartbeat": HeartbeatFactory,
    "organisation_instance": Instance.objects.get,
    "platforms_erasure": ErasureFactory,
}
lists = pytest.mark.parametrize("name", LISTS)


def change_list(name):
    return reverse(f"admin:{name}_changelist")


def change_page(name, row):
    return reverse(f"admin:{name}_change", args=[row.pk])


def test_every_model_of_ours_has_its_list():
    apps = ("organisation", "platforms", "content", "posting", "analytics", "scheduling")
    ours = {
        f"{model._meta.app_label}_{model._meta.model_name}"
        for model in admin.site._registry
        if model._meta.app_label in apps
    }
    assert ours == {*LISTS, *OF_ALL}


def test_the_clocks_own_models_stay(client, staff):
    client.force_login(staff["boss"])
    assert (
        client.get(reverse("admin:django_celery_beat_periodictask_changelist")).status_code == 200
    )


def boss_asks(client, name, django_assert_max_num_queries):
    with django_assert_max_num_queries(40) as seen:
        assert client.get(change_list(name)).status_code == 200
    return len(seen)


def make_one(name):
    if name in LISTS:
        LISTS[name](factories.BrandFactory())
    else:
        {"organisation_heartbeat": HeartbeatFactory, "organisation_user": UserFactory}[name]()


@pytest.mark.parametrize("name", [*LISTS, "organisation_heartbeat", "organisation_user"])
def test_a_list_asks_as_often_for_25_rows_as_for_5(
    client, staff, name, django_assert_max_num_queries
):
    client.force_login(staff["boss"])
    counts = []
    for rows in (5, 20):
        for _ in range(rows):
            make_one(name)
        counts.append(boss_asks(client, name, django_assert_max_num_queries))
    assert counts[0] == counts[1]


@lists
def test_a_stranger_is_asked_to_sign_in(client, staff, name):
    row = LISTS[name](staff["brand"])
    for address in (change_list(name), change_page(name, row)):
        answer = client.get(address)
        assert (answer.status_code, answer.url.partition("?")[0]) == (302, reverse("admin:login"))


@lists
def test_a_member_without_the_key_stays_outside(client, staff, name):
    staff["mairi"].is_staff = False
    staff["mairi"].save()
    row = LISTS[name](staff["brand"])
    client.force_login(staff["mairi"])
    for address in (change_list(name), change_page(name, row)):
        assert client.get(address).status_code == 302


@lists
def test_the_administrator_of_a_brand_sees_its_rows(client, staff, name):
    row = LISTS[name](staff["brand"])
    client.force_login(staff["una"])
    assert client.get(change_page(name, row)).status_code == 200
    assert change_page(name, row) in client.get(change_list(name)).content.decode()


@lists
def test_another_brands_row_is_not_found(client, staff, name):
    row = LISTS[name](staff["brand"])
    client.force_login(staff["isla"])
    assert client.get(change_page(name, row)).status_code == 404
    assert client.post(change_page(name, row), {"name": "Mine"}).status_code == 404
    assert change_page(name, row) not in client.get(change_list(name)).content.decode()


@pytest.mark.parametrize("name", [*READ_ONLY, "posting_post"])
def test_what_only_verbs_change_cannot_be_edited_even_by_a_superuser(client, staff, name):
    row = LISTS[name](staff["brand"]) if name in LISTS else OF_NO_BRAND[name]()
    client.force_login(staff["boss"])
    assert client.get(change_page(name, row)).status_code == 200
    assert client.post(change_page(name, row), {}).status_code == 403
    assert client.get(reverse(f"admin:{name}_delete", args=[row.pk])).status_code == 403
    if name != "posting_post":
        assert client.get(reverse(f"admin:{name}_add")).status_code == 403


@pytest.mark.parametrize("name", ["organisation_user"])
def test_people_are_kept_by_superusers(client, staff, name):
    for person, status in (("una", 403), ("boss", 200)):
        client.force_login(staff[person])
        assert client.get(change_list(name)).status_code == status


@pytest.mark.parametrize(
    ("name", "person", "status"),
    [
        ("content_piece", "ewan", 200),
        ("content_mediaasset", "ewan", 200),
        ("posting_post", "ewan", 403),
        ("posting_post", "mairi", 200),
        ("platforms_account", "mairi", 403),
        ("platforms_account", "una", 200),
        ("platforms_platformcredential", "mairi", 403),
        ("platforms_platformcredential", "una", 200),
        ("organisation_membership", "mairi", 403),
        ("organisation_membership", "una", 200),
        ("organisation_brand", "una", 403),
        ("organisation_brand", "boss", 200),
    ],
)
def test_adding_takes_the_right_of_the_thing(client, staff, name, person, status):
    client.force_login(staff[person])
    assert client.get(reverse(f"admin:{name}_add")).status_code == status


def test_the_audit_log_and_the_secrets_are_not_for_every_member(client, staff):
    entry, secret = audit_of(staff["brand"]), LISTS["platforms_platformcredential"](staff["brand"])
    client.force_login(staff["mairi"])
    assert client.get(change_page("organisation_auditentry", entry)).status_code == 404
    assert client.get(change_page("platforms_platformcredential", secret)).status_code == 404


def test_the_index_leads_to_the_staff_pages_and_the_queue(client, staff):
    client.force_login(staff["mairi"])
    text = client.get(reverse("admin:index")).content.decode()
    assert f'href="{reverse("desk:home")}"' in text
    assert "status__exact=scheduled" in text


def test_a_post_leads_to_its_staff_page_and_back(client, staff):
    post = post_of(staff["brand"])
    client.force_login(staff["mairi"])
    page, row = reverse("desk:post", args=[post.pk]), change_page("posting_post", post)
    assert f'href="{page}"' in client.get(row).content.decode()
    assert f'href="{row}"' in client.get(page).content.decode()


def test_the_filters_of_the_home_page_hold(client, staff):
    today, old = post_of(staff["brand"], published=True), post_of(staff["brand"], failed=True)
    client.force_login(staff["mairi"])
    for query, there, gone in (("published=today", today, old), ("needs=person", old, today)):
        text = client.get(f"{change_list('posting_post')}?{query}").content.decode()
        assert change_page("posting_post", there) in text
        assert change_page("posting_post", gone) not in text

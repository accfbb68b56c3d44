"""Rows for tests. Each factory gives a row that the product itself could have made.

A post in a state takes a trait: `PostFactory(scheduled=True)`. Channels and platforms are found by
slug, since every migrate makes those rows.
"""

import json
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from analytics.models import Reading, Watch
from content.models import (
    BannedHashtag,
    Feed,
    FeedTarget,
    HashtagGroup,
    Label,
    MediaAsset,
    MediaFolder,
    MediaTag,
    Piece,
    Source,
)
from content.rendering import channel_content, render
from content.sources.keeping import make_source
from content.sources.reading import read_text
from content.writing import write_piece
from organisation.models import Brand, Heartbeat, Mail, Membership, Notice, Role, Switch, User
from platforms.checking import limits_for
from platforms.models import (
    Account,
    ChannelType,
    Erasure,
    OAuthFlow,
    Platform,
    PlatformCredential,
)
from posting.drafting import first_channel
from posting.models import Approval, FollowUp, Post, PostAttempt, PostEvent, PublishStep
from posting.states import Status
from scheduling.models import (
    CalendarFeed,
    DayNote,
    EditedPost,
    Import,
    ImportedPiece,
    ManyEdit,
    Occurrence,
    Proposal,
    ProposedPost,
    Schedule,
    ScheduleTarget,
    ScheduleTemplate,
    TemplateStep,
)
from scheduling.models.proposal import LASTS

PASSWORD = "a long sentence nobody guesses"


class UserFactory(DjangoModelFactory):
    """A person who may sign in with PASSWORD. `boss=True` makes a superuser."""

    class Meta:
        model = User

    class Params:
        boss = factory.Trait(is_staff=True, is_superuser=True)

    username = factory.Sequence(lambda n: f"person{n}")
    first_name = "Mairi"
    last_name = factory.Sequence(lambda n: f"Fraser {n}")
    email = factory.LazyAttribute(lambda user: f"{user.username}@example.org")
    timezone = "Europe/London"

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> User:
        user: User = User.objects.create_user(**{"password": PASSWORD} | kwargs)
        return user


class BrandFactory(DjangoModelFactory):
    class Meta:
        model = Brand

    name = factory.Sequence(lambda n: f"Glen & Loom {n}")
    slug = factory.Sequence(lambda n: f"glen-and-loom-{n}")
    timezone = "Europe/London"


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    brand = factory.SubFactory(BrandFactory)
    role = Role.PUBLISHER


class AccountFactory(DjangoModelFactory):
    """An account by its platform's slug, with a token unless `token=False`."""

    class Meta:
        model = Account
        skip_postgeneration_save = True

    brand = factory.SubFactory(BrandFactory)
    platform = "facebook"
    server = factory.LazyAttribute(
        lambda account: "" if account.platform == "facebook" else "https://social.example.org"
    )
    remote_id = factory.Sequence(lambda n: f"{1000 + n}")
    name = factory.Sequence(lambda n: f"Glen & Loom {n}")
    timezone = "Europe/London"

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> Account:
        if isinstance(kwargs["platform"], str):
            kwargs["platform"] = Platform.objects.get(slug=kwargs["platform"])
        account: Account = super()._create(model_class, *args, **kwargs)
        return account

    @factory.post_generation
    def token(account: Account, create: bool, token: str | bool | None, **_: Any) -> None:  # noqa: N805
        if create and token is not False:
            CredentialFactory(account=account, credential_value=token or "token-for-tests-4f2a")


class CredentialFactory(DjangoModelFactory):
    class Meta:
        model = PlatformCredential

    account = factory.SubFactory(AccountFactory, token=False)
    platform = factory.SelfAttribute("account.platform")
    brand = factory.SelfAttribute("account.brand")
    server = factory.SelfAttribute("account.server")
    credential_type = PlatformCredential.Type.ACCESS_TOKEN
    credential_value = "token-for-tests-4f2a"


class OAuthFlowFactory(DjangoModelFactory):
    """A walk that has come back from Facebook, with a choice of one Page."""

    class Meta:
        model = OAuthFlow

    state_hash = factory.Sequence(lambda n: f"{n:064x}")
    browser_hash = "0" * 64
    user = factory.SubFactory(UserFactory)
    brand = factory.SubFactory(BrandFactory)
    platform = factory.LazyFunction(lambda: Platform.objects.get(slug="facebook"))
    login_path = "facebook-login"
    redirect_uri = "http://testserver/syndication/connect/return"
    begun_at = factory.LazyFunction(timezone.now)
    answered_at = factory.SelfAttribute("begun_at")
    expires_at = factory.LazyAttribute(lambda flow: flow.begun_at + timedelta(minutes=30))
    secret = factory.LazyFunction(
        lambda: json.dumps(
            [
                {
                    "facts": ["1", "Glen & Loom", "", ""],
                    "server_facts": {},
                    "tokens": ["token-for-tests-4f2a", ""],
                    "ends": None,
                    "scopes": None,
                    "by": "",
                    "obstacle": "",
                }
            ]
        )
    )


class ErasureFactory(DjangoModelFactory):
    class Meta:
        model = Erasure

    platform = factory.LazyFunction(lambda: Platform.objects.get(slug="facebook"))
    kind = Erasure.Kind.DATA
    code = factory.Sequence(lambda n: f"code-{n}")
    request_hash = factory.Sequence(lambda n: f"{n:064x}")
    accounts = 1
    done_at = factory.LazyFunction(timezone.now)


class MediaAssetFactory(DjangoModelFactory):
    """A picture's row, without its bytes. Use `content.media.keep_picture` for those."""

    class Meta:
        model = MediaAsset

    brand = factory.SubFactory(BrandFactory)
    sha256 = factory.Sequence(lambda n: f"{n:064x}")
    file = factory.LazyAttribute(lambda asset: f"media/{asset.sha256[:2]}/{asset.sha256}.jpeg")
    mime = "image/jpeg"
    size = 120_000
    width = 1200
    height = 800
    alt = "A loom with a half-woven tweed"
    original_name = "loom.jpg"


class SourceFactory(DjangoModelFactory):
    """A text with two sections, unless `text` says otherwise."""

    class Meta:
        model = Source

    brand = factory.SubFactory(BrandFactory)
    kind = Source.Kind.TEXT
    title = factory.Sequence(lambda n: f"Why Hogmanay beat Christmas {n}")
    text = factory.LazyAttribute(
        lambda s: f"# A feast\n\n{s.title}: the Kirk could not stop it.\n\n# Redding\n\nAshes out."
    )
    by = None
    feed = None
    entry_id = ""
    state = Source.State.OPEN
    address = ""

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> Source:
        reading = replace(read_text(kwargs.pop("text"), kwargs.pop("title")),
                          address=kwargs.pop("address"))  # fmt: skip
        return make_source(reading, kwargs.pop("kind"), **kwargs)


class FeedFactory(DjangoModelFactory):
    class Meta:
        model = Feed

    brand = factory.SubFactory(BrandFactory)
    address = factory.Sequence(lambda n: f"https://example.org/feed-{n}.xml")
    title = factory.Sequence(lambda n: f"Loom news {n}")
    next_poll_at = factory.LazyFunction(timezone.now)


class FeedTargetFactory(DjangoModelFactory):
    class Meta:
        model = FeedTarget

    account = factory.SubFactory(AccountFactory)
    feed = factory.SubFactory(FeedFactory, brand=factory.SelfAttribute("..account.brand"))
    channel_type = factory.LazyAttribute(lambda target: first_channel(target.account))


class LabelFactory(DjangoModelFactory):
    class Meta:
        model = Label

    brand = factory.SubFactory(BrandFactory)
    name = factory.Sequence(lambda n: f"Winter sale {n}")


class MediaFolderFactory(DjangoModelFactory):
    class Meta:
        model = MediaFolder

    brand = factory.SubFactory(BrandFactory)
    name = factory.Sequence(lambda n: f"Looms {n}")


class MediaTagFactory(DjangoModelFactory):
    class Meta:
        model = MediaTag

    brand = factory.SubFactory(BrandFactory)
    name = factory.Sequence(lambda n: f"tweed {n}")


class HashtagGroupFactory(DjangoModelFactory):
    class Meta:
        model = HashtagGroup

    brand = factory.SubFactory(BrandFactory)
    name = factory.Sequence(lambda n: f"Harris {n}")
    tags = "#HarrisTweed #wool"


class BannedHashtagFactory(DjangoModelFactory):
    class Meta:
        model = BannedHashtag

    brand = factory.SubFactory(BrandFactory)
    tag = factory.Sequence(lambda n: f"cheap{n}")


class DayNoteFactory(DjangoModelFactory):
    class Meta:
        model = DayNote

    brand = factory.SubFactory(BrandFactory)
    day = factory.LazyFunction(timezone.localdate)
    text = factory.Sequence(lambda n: f"St Andrew’s Day {n}")


class PieceFactory(DjangoModelFactory):
    """A ready piece with its first version, written by `content.writing`."""

    class Meta:
        model = Piece

    brand = factory.SubFactory(BrandFactory)
    title = factory.Sequence(lambda n: f"How Harris Tweed gets its smell of peat, part {n}")
    text = "Harris Tweed smells of peat for a reason: crottle, the lichen of Hebridean rocks."
    link = ""
    media = ()
    variants = None
    by = None

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> Piece:
        return write_piece(**kwargs)


class PostFactory(DjangoModelFactory):
    """A ready post; traits put it into any other state, as the engine would have left it."""

    class Meta:
        model = Post

    class Params:
        due = factory.LazyFunction(timezone.now)
        timed = factory.Trait(
            due_at=factory.SelfAttribute("due"),
            wake_at=factory.SelfAttribute("due"),
            wall_time=factory.LazyAttribute(lambda p: p.due.strftime("%Y-%m-%dT%H:%M:%S")),
            zone="UTC",
        )
        scheduled = factory.Trait(status=Status.SCHEDULED, timed=True)
        claimed = factory.Trait(
            timed=True,
            lease_token=1,
            first_claimed_at=factory.SelfAttribute("due"),
            attempts=1,
            snapshot=factory.LazyAttribute(lambda p: _snapshot(p)),
        )
        publishing = factory.Trait(
            status=Status.PUBLISHING,
            claimed=True,
            unanswered_claims=1,
            lease_until=factory.LazyFunction(lambda: timezone.now() + timedelta(seconds=120)),
        )
        published = factory.Trait(
            status=Status.PUBLISHED,
            claimed=True,
            irrevocable=True,
            remote_id=factory.Sequence(lambda n: f"777{n}"),
            remote_url=factory.LazyAttribute(lambda p: f"https://example.org/{p.remote_id}"),
            published_at=factory.LazyAttribute(lambda p: p.due + timedelta(seconds=1)),
        )
        failed = factory.Trait(
            status=Status.FAILED,
            claimed=True,
            error_class="Rejected",
            error_sentence="Facebook refused the text. The post is not out.",
        )
        unconfirmed = factory.Trait(
            status=Status.UNCONFIRMED,
            claimed=True,
            error_class="OutcomeUnknown",
            error_sentence="Facebook took the request and gave no answer. It may be out.",
        )
        missed = factory.Trait(status=Status.MISSED, timed=True)
        cancelled = factory.Trait(status=Status.CANCELLED)
        removed = factory.Trait(published=True, status=Status.REMOVED)

    account = factory.SubFactory(AccountFactory)
    brand = factory.SelfAttribute("account.brand")
    platform = factory.SelfAttribute("account.platform")
    channel_type = factory.LazyAttribute(
        lambda post: ChannelType.objects.filter(platform=post.platform).first()
    )
    piece = factory.SubFactory(PieceFactory, brand=factory.SelfAttribute("..brand"))
    piece_version = factory.SelfAttribute("piece.current")
    status = Status.READY


def _snapshot(post: Any) -> dict[str, Any]:
    """What a claim would have rendered and kept."""
    platform, channel = post.platform, post.channel_type.slug
    limits = limits_for(platform.adapter, channel, post.account.server_facts)
    content = channel_content(post.piece_version, platform.slug, channel)
    return render(content, channel, limits).as_snapshot()


class PublishStepFactory(DjangoModelFactory):
    class Meta:
        model = PublishStep

    post = factory.SubFactory(PostFactory, publishing=True)
    key = "post"
    kind = PublishStep.Kind.ONCE
    state = PublishStep.State.STARTED
    lease_token = factory.SelfAttribute("post.lease_token")
    started_at = factory.LazyFunction(timezone.now)


class PostAttemptFactory(DjangoModelFactory):
    class Meta:
        model = PostAttempt

    post = factory.SubFactory(PostFactory, unconfirmed=True)
    piece = factory.SelfAttribute("post.piece")
    platform = factory.SelfAttribute("post.platform")
    status = PostAttempt.Outcome.UNKNOWN
    error_class = "OutcomeUnknown"
    error_message = "Facebook took the request and gave no answer (it timed out)."
    started_at = factory.LazyFunction(timezone.now)
    ended_at = factory.LazyAttribute(lambda attempt: attempt.started_at + timedelta(seconds=6))
    worker = "host:1:sender"
    exchanges = factory.LazyFunction(
        lambda: [
            {
                "request": "POST https://graph.example.org/v26.0/1000/feed\naccess_token: ••••4f2a",
                "response": "(no answer)\nReadTimeout",
                "bytes_written": 1184,
                "seconds": 6.2,
            }
        ]
    )


class PostEventFactory(DjangoModelFactory):
    class Meta:
        model = PostEvent

    post = factory.SubFactory(PostFactory)
    at = factory.LazyFunction(timezone.now)
    old = Status.READY
    new = Status.SCHEDULED
    actor = "Callum Reid"
    sentence = "Callum Reid scheduled the post."


class FollowUpFactory(DjangoModelFactory):
    class Meta:
        model = FollowUp

    post = factory.SubFactory(PostFactory, published=True)
    account = factory.SelfAttribute("post.account")
    kind = FollowUp.Kind.COMMENT
    wake_at = factory.LazyFunction(timezone.now)
    text = "More in the shop."


class ReadingFactory(DjangoModelFactory):
    """An account's figures of one day; with `post` a post's."""

    class Meta:
        model = Reading

    account = factory.SubFactory(AccountFactory)
    read_at = factory.LazyFunction(timezone.now)
    views = 120
    figures = factory.LazyAttribute(lambda reading: {"page_media_view": reading.views})


class WatchFactory(DjangoModelFactory):
    class Meta:
        model = Watch

    account = factory.SubFactory(AccountFactory)
    next_read_at = factory.LazyFunction(timezone.now)


class ApprovalFactory(DjangoModelFactory):
    class Meta:
        model = Approval

    post = factory.SubFactory(PostFactory)
    by = factory.SubFactory(UserFactory)
    content_hash = "0" * 64


class HeartbeatFactory(DjangoModelFactory):
    """A sending worker that was seen a moment ago."""

    class Meta:
        model = Heartbeat

    process = factory.Sequence(lambda n: f"host:{n}:sender")
    kind = Heartbeat.Kind.SENDER
    slots = 16
    started_at = factory.LazyFunction(timezone.now)
    seen_at = factory.LazyFunction(timezone.now)


class NoticeFactory(DjangoModelFactory):
    class Meta:
        model = Notice

    brand = factory.SubFactory(BrandFactory)
    fault = factory.Sequence(lambda n: f"account:{n}")
    sentence = "Meta ended the permission. Four posts wait. Reconnect the account."


class MailFactory(DjangoModelFactory):
    """A mail that waits and has no lines yet."""

    class Meta:
        model = Mail

    person = factory.SubFactory(UserFactory)
    brand = factory.SubFactory(BrandFactory)
    next_try_at = factory.LazyFunction(timezone.now)


class SwitchFactory(DjangoModelFactory):
    """Publishing stopped for everything, or for the given brand."""

    class Meta:
        model = Switch

    brand = None
    stopped = True
    stopped_by = factory.SubFactory(UserFactory)
    stopped_at = factory.LazyFunction(timezone.now)


def without_method(adapter: type, name: str) -> type:
    """Return an adapter that lacks a method. A new class, for Python remembers what one can do."""
    methods = {key: value for key, value in vars(adapter).items() if key != name}
    return type(adapter.__name__, (), methods)


class ScheduleFactory(DjangoModelFactory):
    """A plan for each day at 09:00 from tomorrow on, to the first channel of one account."""

    class Meta:
        model = Schedule
        skip_postgeneration_save = True

    account = factory.SubFactory(AccountFactory)
    brand = factory.SelfAttribute("account.brand")
    piece = factory.SubFactory(PieceFactory, brand=factory.SelfAttribute("..brand"))
    rule = "FREQ=DAILY"
    start = factory.LazyFunction(
        lambda: f"{timezone.localdate() + timedelta(days=1):%Y-%m-%d}T09:00:00"
    )
    created_by = factory.SubFactory(UserFactory)

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> Schedule:
        account = kwargs.pop("account")
        plan: Schedule = super()._create(model_class, *args, **kwargs)
        ScheduleTargetFactory(schedule=plan, account=account)
        return plan


class ScheduleTargetFactory(DjangoModelFactory):
    class Meta:
        model = ScheduleTarget

    schedule = factory.SubFactory(ScheduleFactory)
    account = factory.SubFactory(AccountFactory, brand=factory.SelfAttribute("..schedule.brand"))
    channel_type = factory.LazyAttribute(
        lambda target: ChannelType.objects.filter(platform=target.account.platform).first()
    )


class OccurrenceFactory(DjangoModelFactory):
    """A time of a plan that could not be made yet."""

    class Meta:
        model = Occurrence

    target = factory.LazyFunction(lambda: ScheduleFactory().targets.get())
    nominal = factory.LazyAttribute(lambda row: row.target.schedule.start)
    instant = factory.LazyAttribute(
        lambda row: datetime.fromisoformat(row.nominal).replace(tzinfo=UTC)
    )
    reason = "The account is paused."


class CalendarFeedFactory(DjangoModelFactory):
    """A link whose secret word nobody knows."""

    class Meta:
        model = CalendarFeed

    user = factory.SubFactory(UserFactory)
    name = "my phone"
    hash = factory.Sequence(lambda n: f"{n:064x}")


class ScheduleTemplateFactory(DjangoModelFactory):
    """A template of one step: the start itself at 09:00, to the first channel of one account."""

    class Meta:
        model = ScheduleTemplate
        skip_postgeneration_save = True

    account = factory.SubFactory(AccountFactory)
    brand = factory.SelfAttribute("account.brand")
    name = factory.Sequence(lambda n: f"Launch {n}")

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> ScheduleTemplate:
        account = kwargs.pop("account")
        template: ScheduleTemplate = super()._create(model_class, *args, **kwargs)
        TemplateStepFactory(template=template, account=account)
        return template


class TemplateStepFactory(DjangoModelFactory):
    class Meta:
        model = TemplateStep

    template = factory.SubFactory(ScheduleTemplateFactory)
    place = factory.LazyAttribute(lambda step: step.template.steps.count())
    day = 0
    at = time(9)
    account = factory.SubFactory(AccountFactory, brand=factory.SelfAttribute("..template.brand"))
    channel_type = factory.LazyAttribute(
        lambda step: ChannelType.objects.filter(platform=step.account.platform).first()
    )


class ImportFactory(DjangoModelFactory):
    """A table whose columns are still to be named, without its file."""

    class Meta:
        model = Import

    brand = factory.SubFactory(BrandFactory)
    by = factory.SubFactory(UserFactory)
    at = factory.LazyFunction(timezone.now)
    expires_at = factory.LazyAttribute(lambda one: one.at + timedelta(hours=48))
    name = factory.Sequence(lambda n: f"posts-{n}.csv")
    size = 40
    sha256 = factory.Sequence(lambda n: f"{n:064x}")
    written = factory.LazyFunction(lambda: {"encoding": "utf-8", "delimiter": ",", "skips": 0})
    head = factory.LazyFunction(lambda: ["text", "time"])
    reading = factory.LazyFunction(lambda: {"columns": ["text", "time"], "headless": False})


class ImportedPieceFactory(DjangoModelFactory):
    class Meta:
        model = ImportedPiece

    imported = factory.SubFactory(ImportFactory)
    piece = factory.SubFactory(PieceFactory, brand=factory.SelfAttribute("..imported.brand"))
    row = 2


class ManyEditFactory(DjangoModelFactory):
    class Meta:
        model = ManyEdit

    brand = factory.SubFactory(BrandFactory)
    words = "Times moved 1 day later"
    by = factory.SubFactory(UserFactory)
    at = factory.LazyFunction(timezone.now)


class EditedPostFactory(DjangoModelFactory):
    """A scheduled post as it was before such a change."""

    class Meta:
        model = EditedPost

    edit = factory.SubFactory(ManyEditFactory)
    post = factory.SubFactory(PostFactory, scheduled=True)
    version = 2
    status = Status.SCHEDULED
    words = factory.SelfAttribute("post.piece_version")


class ProposalFactory(DjangoModelFactory):
    """An open proposal of one post that would be made, tomorrow at this time."""

    class Meta:
        model = Proposal
        skip_postgeneration_save = True

    account = factory.SubFactory(AccountFactory)
    brand = factory.SelfAttribute("account.brand")
    by = factory.SubFactory(UserFactory)
    at = factory.LazyFunction(timezone.now)
    expires_at = factory.LazyAttribute(lambda proposal: proposal.at + LASTS)
    way = "even"
    words = "Evenly spaced, from 24 Nov 2026 to 25 Nov 2026, between 09:00 and 18:00"

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> Proposal:
        account = kwargs.pop("account")
        proposal: Proposal = super()._create(model_class, *args, **kwargs)
        ProposedPostFactory(proposal=proposal, account=account)
        return proposal


class ProposedPostFactory(DjangoModelFactory):
    class Meta:
        model = ProposedPost

    proposal = factory.SubFactory(ProposalFactory)
    place = factory.LazyAttribute(lambda item: item.proposal.items.count())
    account = factory.SubFactory(AccountFactory, brand=factory.SelfAttribute("..proposal.brand"))
    channel_type = factory.LazyAttribute(
        lambda item: ChannelType.objects.filter(platform=item.account.platform).first()
    )
    piece_version = factory.LazyAttribute(
        lambda item: PieceFactory(brand=item.account.brand).current
    )
    due_at = factory.LazyAttribute(
        lambda item: item.proposal.at.replace(second=0, microsecond=0) + timedelta(days=1)
    )
    wall_time = factory.LazyAttribute(lambda item: f"{item.due_at:%Y-%m-%dT%H:%M:%S}")
    zone = "UTC"
    reason = "Evenly spaced"

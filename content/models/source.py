"""Where pieces come from: texts that were pasted, uploaded, read at an address or out of a feed."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q

from organisation.models import Brand
from organisation.models.brand import Person
from platforms.models import Account, ChannelType

LONGEST_ADDRESS = 2000  # characters


class FeedQuerySet(models.QuerySet["Feed"]):
    def visible_to(self, user: Person) -> "FeedQuerySet":
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def going(self) -> "FeedQuerySet":
        return self.filter(paused_at=None)

    def due(self, now: datetime) -> "FeedQuerySet":
        """Those whose time has come, the longest waiting first: so no feed starves another."""
        return self.going().filter(next_poll_at__lte=now).order_by("next_poll_at", "pk")


class Feed(models.Model):
    """A subscription to an RSS or Atom feed: each of its entries becomes a source, once.

    Polled only by `content.sources.polling`. `claims` and `next_poll_at` are its claim: whoever
    raises `claims` from the value they read, and moves `next_poll_at` on, polls alone, and what
    they report counts only while `claims` is still theirs.
    """

    class Rule(models.TextChoices):
        KEEP = "keep", "Keep new entries as sources"
        DRAFT = "draft", "Also write a draft for each channel"

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="feeds")
    address = models.URLField(max_length=LONGEST_ADDRESS)
    title = models.CharField(max_length=200, blank=True)
    interval = models.DurationField(
        default=timedelta(hours=1), help_text="How long to wait between two looks."
    )
    reads_articles = models.BooleanField(
        default=False, help_text="Read the page of each entry, where the feed has only a summary."
    )
    rule = models.CharField(max_length=10, choices=Rule, default=Rule.KEEP)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    paused_at = models.DateTimeField(null=True, blank=True)
    next_poll_at = models.DateTimeField()
    claims = models.PositiveIntegerField(default=0, editable=False)
    claimed_until = models.DateTimeField(null=True, blank=True, editable=False)
    etag = models.CharField(max_length=500, blank=True, editable=False)
    last_modified = models.CharField(max_length=200, blank=True, editable=False)
    polled_at = models.DateTimeField(null=True, blank=True, editable=False)
    read_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="The last look that went well."
    )
    failures = models.PositiveIntegerField(
        default=0, editable=False, help_text="Looks that failed in a row."
    )
    last_error = models.TextField(blank=True, editable=False)
    last_said = models.TextField(
        blank=True, editable=False, help_text="What the last look that went well brought."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = FeedQuerySet.as_manager()

    class Meta:
        ordering = ("title", "pk")
        indexes = (
            models.Index(
                fields=("next_poll_at",), condition=Q(paused_at=None), name="feed_by_next_poll"
            ),
        )
        constraints = (
            models.UniqueConstraint(fields=("brand", "address"), name="feed_once_per_brand"),
        )

    def __str__(self) -> str:
        return self.title or self.address

    @property
    def is_paused(self) -> bool:
        return self.paused_at is not None

    def is_claimed(self, now: datetime) -> bool:
        """Whether a process is looking at it, or died while it did."""
        return self.claimed_until is not None and self.claimed_until > now


class FeedTarget(models.Model):
    """One channel of one account that a feed's automatic drafts are written for."""

    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="targets")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    channel_type = models.ForeignKey(ChannelType, on_delete=models.CASCADE, related_name="+")

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("feed", "account", "channel_type"), name="feed_target_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.account}, {self.channel_type.name}"


class SourceQuerySet(models.QuerySet["Source"]):
    def visible_to(self, user: Person) -> "SourceQuerySet":
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def open(self) -> "SourceQuerySet":
        return self.filter(state=Source.State.OPEN)

    def aside(self) -> "SourceQuerySet":
        return self.filter(state=Source.State.ASIDE)

    def with_counts(self) -> "SourceQuerySet":
        """Add `section_count` and `piece_count` to each, for lists."""
        sections = Section.objects.filter(source=models.OuterRef("pk")).order_by()
        counted = sections.values("source").annotate(n=models.Count("pk")).values("n")
        made = sections.filter(pieces__isnull=False).values("source")
        pieces = made.annotate(n=models.Count("pieces")).values("n")
        zero = models.Value(0)
        return self.annotate(
            section_count=models.functions.Coalesce(models.Subquery(counted), zero),
            piece_count=models.functions.Coalesce(models.Subquery(pieces), zero),
        )


class Source(models.Model):
    """A text that pieces are made from, as it was when it was read. Its text never changes.

    Made only by `content.sources.keeping`, which splits it into sections in the same transaction.
    Reading an address again makes another source, unless the text is still the same. An entry of
    a feed becomes a source once: (feed, entry_id) is unique. Those that a feed already had when it
    was subscribed to are kept aside, so that they can be taken and are not new later.
    """

    class Kind(models.TextChoices):
        TEXT = "text", "Text"
        FILE = "file", "File"
        URL = "url", "Link"
        FEED = "feed", "Feed"

    class State(models.TextChoices):
        OPEN = "open", "Open"
        ASIDE = "aside", "Set aside"

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="sources")
    kind = models.CharField(max_length=10, choices=Kind)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    title = models.CharField(max_length=200)
    address = models.URLField(
        max_length=LONGEST_ADDRESS, blank=True, help_text="Where it can be read; what posts link."
    )
    file_name = models.CharField(max_length=200, blank=True)
    text = models.TextField(help_text="Plain text; lines that begin with # are headings.")
    words = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64, help_text="Of the text.")
    note = models.TextField(blank=True, help_text="What reading it has to say.")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Empty: it came by a feed.",
    )
    feed = models.ForeignKey(
        Feed, null=True, blank=True, on_delete=models.SET_NULL, related_name="sources"
    )
    entry_id = models.CharField(max_length=300, blank=True, help_text="The feed's own name for it.")
    published_at = models.DateTimeField(
        null=True, blank=True, help_text="When it says that it appeared."
    )
    fetched_at = models.DateTimeField(null=True, blank=True, help_text="Empty: it was not fetched.")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SourceQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("brand", "state", "-id"), name="source_by_brand"),
            models.Index(fields=("brand", "sha256"), name="source_by_text"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("feed", "entry_id"), condition=~Q(entry_id=""), name="source_once_per_entry"
            ),
        )

    def __str__(self) -> str:
        return self.title


class SectionQuerySet(models.QuerySet["Section"]):
    def visible_to(self, user: Person) -> "SectionQuerySet":
        return self.filter(source__brand__in=Brand.objects.visible_to(user))


class Section(models.Model):
    """A part of a source: what one piece is made from.

    A section is *processed for a channel* when a piece of the brand exists that was made from the
    same words (`Piece.section`, whose section has the same `sha256`) and for this channel, or for
    all of them (`Piece.channel` empty). That is the whole memory: no flag is kept beside the
    pieces, so it cannot disagree with them. It holds by words, not by rows, so an article that
    is read again, or comes by a feed under a new id, is known; and a piece that was archived
    counts, since it may be out. Pieces protect their sections from being deleted.

    `content.sources.memory` tells it. It is not enforced: somebody may write a second piece from
    a section on purpose. What happens by itself (a feed's rule) leaves out what is processed.
    """

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="sections")
    position = models.PositiveIntegerField(help_text="From 1.")
    heading = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    words = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64, help_text="Of its heading and text.")

    objects = SectionQuerySet.as_manager()

    class Meta:
        ordering = ("source", "position")
        indexes = (models.Index(fields=("sha256",), name="section_by_text"),)
        constraints = (
            models.UniqueConstraint(fields=("source", "position"), name="section_place_once"),
        )

    def __str__(self) -> str:
        return self.heading or f"{self.source}, section {self.position}"

"""What the pages of sources show: the list, one source with its sections, the feeds."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db.models import Count, Q, QuerySet

from content.models import Feed, Section, Source
from content.models.source import SourceQuerySet
from content.sources.memory import Made, made_from
from organisation.models import Brand
from organisation.models.brand import Person

SIZE = 50
NEWEST = 8  # sources beside the form, and entries of a feed
MADE_SHOWN = 4  # pieces of one section


class SourceList:
    """Sources of these brands, the newest first, from below the row `before`."""

    def __init__(
        self, brands: Iterable[Brand], *, aside: bool = False, feed: int = 0, before: int = 0
    ) -> None:
        self.brands, self.aside, self.before = list(brands), aside, before
        self.feed = feed

    @property
    def _sources(self) -> SourceQuerySet:
        sources = Source.objects.aside() if self.aside else Source.objects.open()
        sources = sources.filter(brand__in=self.brands)
        return sources.filter(feed=self.feed) if self.feed else sources

    @cached_property
    def _page(self) -> list[Source]:
        sources = self._sources.with_counts().select_related("brand", "by", "feed").defer("text")
        if self.before:
            sources = sources.filter(pk__lt=self.before)
        return list(sources[: SIZE + 1])

    @property
    def rows(self) -> list[Source]:
        return self._page[:SIZE]

    @property
    def older(self) -> int:
        """Below which row the next page begins; 0 when this is the last."""
        return self.rows[-1].pk if len(self._page) > SIZE else 0


def newest_sources(brands: Iterable[Brand]) -> list[Source]:
    """Return the newest sources, to go on with."""
    sources = Source.objects.open().filter(brand__in=list(brands)).defer("text")
    return list(sources.with_counts().select_related("brand")[:NEWEST])


@dataclass(frozen=True)
class SectionRow:
    """One section, what was made of its words, and whether it is ticked."""

    section: Section
    made: list[Made]
    chosen: bool

    @property
    def called(self) -> str:
        """Its heading, or its first words."""
        return self.section.heading or f"{self.section.text[:70].strip()}…"

    @property
    def shown(self) -> list[Made]:
        return self.made[:MADE_SHOWN]

    @property
    def more(self) -> int:
        return max(len(self.made) - MADE_SHOWN, 0)


class SourcePage:
    """One source. `asked` says which sections are ticked: ids, `next`, `rest`, `none`, or nothing
    for the next one."""

    def __init__(self, source: Source, choose: str = "", ids: Iterable[int] = ()) -> None:
        self.source, self.choose, self.ids = source, choose, set(ids)

    @cached_property
    def rows(self) -> list[SectionRow]:
        sections = list(self.source.sections.all())
        made = made_from(self.source, sections)
        chosen = self._chosen(sections, made)
        return [SectionRow(one, made[one.pk], one.pk in chosen) for one in sections]

    def _chosen(self, sections: list[Section], made: dict[int, list[Made]]) -> set[int]:
        if self.ids or self.choose == "none":
            return self.ids
        fresh = [section.pk for section in sections if not made[section.pk]]
        return set(fresh if self.choose == "rest" else fresh[:1])

    @property
    def chosen(self) -> int:
        return sum(row.chosen for row in self.rows)

    @property
    def unprocessed(self) -> int:
        return sum(not row.made for row in self.rows)

    @cached_property
    def next(self) -> SectionRow | None:
        """The first section of whose words nothing was made."""
        return next((row for row in self.rows if not row.made), None)


def visible_sources(user: Person) -> QuerySet[Source]:
    return Source.objects.visible_to(user).select_related("brand", "by", "feed")


class FeedList:
    """The feeds of these brands, those with faults first."""

    def __init__(self, brands: Iterable[Brand]) -> None:
        self.brands = list(brands)

    @cached_property
    def rows(self) -> list[Feed]:
        feeds = Feed.objects.filter(brand__in=self.brands).select_related("brand")
        feeds = feeds.prefetch_related("targets__account__platform", "targets__channel_type")
        taken = Count("sources", filter=Q(sources__state=Source.State.OPEN))
        return list(feeds.annotate(taken=taken).order_by("-failures", "title", "pk"))


@dataclass
class FeedPage:
    """One feed and what it brought, from below the source `before`."""

    feed: Feed
    now: datetime
    aside: bool = False
    before: int = 0

    @cached_property
    def sources(self) -> SourceList:
        return SourceList(
            [self.feed.brand], aside=self.aside, feed=self.feed.pk, before=self.before
        )

    @property
    def is_claimed(self) -> bool:
        return self.feed.is_claimed(self.now)


def newest_of_feeds(brands: Iterable[Brand]) -> list[tuple[Feed, list[Source]]]:
    """Return each feed with its newest entries, in two queries."""
    brands = list(brands)
    feeds = list(Feed.objects.filter(brand__in=brands).order_by("title", "pk"))
    of_feeds = Source.objects.open().filter(feed__in=feeds).defer("text").with_counts()
    by_feed: dict[int, list[Source]] = {}
    for source in of_feeds[: NEWEST * 10]:
        if source.feed_id is not None:
            by_feed.setdefault(source.feed_id, []).append(source)
    return [(feed, by_feed.get(feed.pk, [])[:NEWEST]) for feed in feeds]

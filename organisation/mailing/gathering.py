"""Making mails of notices: one mail for many notices, one person and one brand.

A notice waits half a minute before it is mailed, and longer while others of its brand still follow,
so that five hundred posts that fail together are one mail and what mends itself at once is none.
While a mail waits (because one about the same brand
went out a moment ago, or because the mail server is away) further notices join it.

Each step is one transaction that writes the mails and marks the notices. Killed half way it has
done nothing; two at once take different notices.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max, Min

from organisation.mailing.audience import Audience
from organisation.models import Mail, MailLine, Notice, User
from organisation.models.notice import NoticeQuerySet
from organisation.notice_kinds import kind_of

GATHERED_FOR = timedelta(seconds=30)
QUIET = timedelta(seconds=15)  # without a further one; then nothing more is waited for
LONGEST = timedelta(minutes=5)  # that the first one waits while others follow
APART = timedelta(minutes=5)  # between two mails to one person about one brand
BATCH = 1_000
KEPT = timedelta(days=90)

Told = Callable[[int | None, list[Notice]], dict[User, list[Notice]]]


def gather(now: datetime) -> int:
    """Write the mails that are due to be written; return how many notices they tell of."""
    if Notice.objects.never_told().exists():
        Notice.objects.never_told().update(told_at=now, cleared_at=now)
    return _tell_of_beginnings(now) + _tell_of_ends(now)


def forget_old_mail(now: datetime) -> None:
    """Remove mails that are done with. The notices stay."""
    done = Mail.objects.exclude(state__in=(Mail.State.WAITING, Mail.State.SENDING))
    done.filter(created_at__lt=now - KEPT).delete()


def _tell_of_beginnings(now: datetime) -> int:
    brands = Notice.objects.untold().order_by().values("brand")
    spans = brands.annotate(first=Min("opened_at"), last=Max("opened_at"))
    ripe = [row["brand"] for row in spans if _is_ripe(row["first"], row["last"], now)]
    return sum(
        _write(Notice.objects.untold().filter(brand=brand), _concerned, now, is_over=False)
        for brand in ripe
    )


def _is_ripe(first: datetime, last: datetime, now: datetime) -> bool:
    gathered = now - first >= GATHERED_FOR and now - last >= QUIET
    return gathered or now - first >= LONGEST


def _tell_of_ends(now: datetime) -> int:
    return _write(Notice.objects.to_clear(), _who_was_told, now, is_over=True)


def _write(ripe: NoticeQuerySet, told: Told, now: datetime, *, is_over: bool) -> int:
    """Write them all, some at a time. A look alone takes no lock."""
    written = 0
    while ripe.exists() and (some := _write_some(ripe, told, now, is_over=is_over)):
        written += some
    return written


def _write_some(ripe: NoticeQuerySet, told: Told, now: datetime, *, is_over: bool) -> int:
    with transaction.atomic():
        rows = ripe.order_by("pk").select_for_update(skip_locked=True, of=("self",))[:BATCH]
        by_brand = defaultdict(list)
        for notice in rows:
            by_brand[notice.brand_id].append(notice)
        for brand_id, notices in by_brand.items():
            for person, theirs in told(brand_id, notices).items():
                _add_lines(_mail_to(person, brand_id, now), theirs, is_over=is_over)
        done = [notice.pk for notices in by_brand.values() for notice in notices]
        marked = Notice.objects.filter(pk__in=done)
        marked.update(**{"cleared_at" if is_over else "told_at": now})
    return len(done)


def _concerned(brand_id: int | None, notices: list[Notice]) -> dict[User, list[Notice]]:
    audience = Audience(brand_id)
    return _turned((notice, person) for notice in notices for person in audience.of(notice))


def _who_was_told(brand_id: int | None, notices: list[Notice]) -> dict[User, list[Notice]]:
    faults = [notice for notice in notices if kind_of(notice.fault).is_fault]
    lines = MailLine.objects.filter(notice__in=faults, is_over=False)
    lines = lines.exclude(mail__state=Mail.State.DROPPED)
    return _turned((line.notice, line.person) for line in lines.select_related("notice", "person"))


def _turned(pairs: Iterable[tuple[Notice, User]]) -> dict[User, list[Notice]]:
    found = defaultdict(list)
    for notice, person in pairs:
        found[person].append(notice)
    return found


def _mail_to(person: User, brand_id: int | None, now: datetime) -> Mail:
    """The mail that waits already, locked so that no worker takes it meanwhile, or a new one."""
    theirs = Mail.objects.filter(person=person, brand=brand_id)
    waiting = theirs.waiting().select_for_update(of=("self",)).first()
    if waiting is not None:
        return waiting
    last = theirs.aggregate(last=Max("sent_at"))["last"]
    earliest = max(now, last + APART) if last else now
    return Mail.objects.create(person=person, brand_id=brand_id, next_try_at=earliest)


def _add_lines(mail: Mail, notices: list[Notice], *, is_over: bool) -> None:
    MailLine.objects.bulk_create(
        [MailLine(mail=mail, notice=one, person=mail.person, is_over=is_over) for one in notices],
        ignore_conflicts=True,
    )

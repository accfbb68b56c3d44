"""What a mail about notices says."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse

from organisation.models import Mail, MailLine, Notice
from organisation.notice_kinds import NoticeKind, kind_of

NAMED = 10  # notices of one kind that a mail names; the others are counted
SUBJECT_MAX = 150  # characters


def message(mail: Mail, lines: Sequence[MailLine], now: datetime) -> EmailMessage:
    """Return the mail as it is sent now."""
    begun = [line.notice for line in lines if not line.is_over]
    over = [line.notice for line in lines if line.is_over]
    return EmailMessage(
        subject=_subject(mail, begun, over),
        body="\n".join(_body(mail, begun, over, now)),
        to=[mail.person.email],
        headers={
            # The same lines have the same id, by which mail programs know a second copy.
            "Message-ID": f"<notices-{mail.pk}-{len(lines)}@{_host()}>",
            "Auto-Submitted": "auto-generated",
        },
    )


def _subject(mail: Mail, begun: list[Notice], over: list[Notice]) -> str:
    about = mail.brand.name if mail.brand else "Syndication"
    words = ", ".join(_counted(begun)) if begun else f"over: {', '.join(_counted(over))}"
    return " ".join(f"{about}: {words}".split())[:SUBJECT_MAX]


def _counted(notices: list[Notice]) -> Iterator[str]:
    for kind, count in Counter(kind_of(one.fault) for one in notices).items():
        yield kind.one if count == 1 else f"{count:,} {kind.many}"


def _body(mail: Mail, begun: list[Notice], over: list[Notice], now: datetime) -> Iterator[str]:
    for kind, notices in _by_kind(begun).items():
        yield from _part(kind.label, notices)
    if over:
        yield from _part("Over", over)
    yield f"All notices: {_address(reverse('desk:notices'))}"
    yield ""
    yield (
        f"Written at {now.astimezone(UTC):%d %B %Y %H:%M} UTC. You get these mails because you can "
        "act on such faults or wrote the post. The page of notices has the switch for them."
    )


def _by_kind(notices: list[Notice]) -> dict[NoticeKind, list[Notice]]:
    found = defaultdict(list)
    for notice in notices:
        found[kind_of(notice.fault)].append(notice)
    return found


def _part(heading: str, notices: list[Notice]) -> Iterator[str]:
    yield f"{heading} ({len(notices):,})"
    yield ""
    for notice in notices[:NAMED]:
        yield f"- {notice.sentence}"
        if notice.ending:
            yield f"  How it ended: {notice.ending}"
        yield f"  {_address(reverse('desk:notice', args=[notice.pk]))}"
    if len(notices) > NAMED:
        yield f"- and {len(notices) - NAMED:,} more"
    yield ""


def _host() -> str:
    return urlsplit(settings.SITE_URL).hostname or "localhost"


def _address(path: str) -> str:
    return f"{settings.SITE_URL}{path}"

"""Handing mails to the mail server.

A mail is taken by a conditional UPDATE, so two workers never send the same one. No transaction is
open while the server is spoken to. A worker that dies after the server took a mail and before that
was written down leaves it to be sent again: one mail twice is better than one that is lost.
"""

import logging
import smtplib
import threading
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet

from organisation.clock import database_now
from organisation.mailing.audience import still_belongs, wants_mail
from organisation.mailing.wording import message
from organisation.models import Mail, MailLine

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)  # after it, the worker that took a mail counts as gone
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 30, 60))  # the last repeats
# About this mail and not about the server: the others need not wait.
OF_THIS_MAIL = (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError, ValueError)
ERROR_MAX = 500  # characters
PERMANENT = 500  # SMTP: from here on the answer stays the same

stopping = threading.Event()  # set when this worker is told to stop: it finishes the mail it has


def mail_is_set_up() -> bool:
    return bool(settings.MAIL_IS_SET_UP)


def deliver() -> int:
    """Send what is due, until nothing is or the server is away; return how many left."""
    sent = 0
    while mail_is_set_up() and not stopping.is_set():
        mail = take(database_now())
        if mail is None or not _send(mail):
            break
        sent += mail.state == Mail.State.SENT
    return sent


def take(now: datetime) -> Mail | None:
    """Take one due mail; None when there is none. Others waiting for the same person join it."""
    for candidate in _due(now):
        mine = Mail.objects.filter(
            pk=candidate.pk, state=candidate.state, lease_token=candidate.lease_token
        )
        with transaction.atomic():
            won = mine.update(
                state=Mail.State.SENDING,
                lease_until=now + LEASE,
                lease_token=candidate.lease_token + 1,
                attempts=F("attempts") + 1,
            )
            if won:
                _join_others(candidate)
        if won:
            candidate.refresh_from_db()
            return candidate
    return None


def _due(now: datetime) -> QuerySet[Mail]:
    # Fewest attempts first: one mail that cannot leave does not keep the others.
    due = Mail.objects.due(now).select_related("person", "brand")
    return due.order_by("attempts", "next_try_at", "pk")[:20]


def _join_others(mail: Mail) -> None:
    others = Mail.objects.waiting().filter(person=mail.person, brand=mail.brand)
    locked = list(
        others.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True)
    )
    MailLine.objects.filter(mail__in=locked).update(mail=mail)
    Mail.objects.filter(pk__in=locked).delete()


def _send(mail: Mail) -> bool:
    """Hand the mail over and write down how that went; say whether to go on with others."""
    if not (wants_mail(mail.person) and still_belongs(mail.person, mail.brand_id)):
        _settle(mail, Mail.State.DROPPED)
        return True
    lines = list(mail.lines.select_related("notice").order_by("notice_id", "is_over"))
    try:
        message(mail, lines, database_now()).send()
    except OF_THIS_MAIL as error:
        _not_taken(mail, error)
        return True
    except (smtplib.SMTPException, OSError) as error:
        _server_away(mail, error)
        return False
    _settle(mail, Mail.State.SENT, sent_at=database_now())
    log.info("A mail about %s notices left for %s.", len(lines), mail.person)
    return True


def _not_taken(mail: Mail, error: Exception) -> None:
    """The server does not want this mail: for good when it says so of the address."""
    if isinstance(error, smtplib.SMTPRecipientsRefused) and _is_permanent(error):
        _settle(mail, Mail.State.REFUSED, error=_words(error))
        log.warning("The mail server refused the address of %s: %s", mail.person, _words(error))
        return
    _wait(mail, error)


def _is_permanent(error: smtplib.SMTPRecipientsRefused) -> bool:
    return all(code >= PERMANENT for code, _ in error.recipients.values())


def _server_away(mail: Mail, error: Exception) -> None:
    """All waiting mails wait with this one: each would only find the same."""
    again = _wait(mail, error)
    Mail.objects.waiting().filter(next_try_at__lt=again).update(next_try_at=again)


def _wait(mail: Mail, error: Exception) -> datetime:
    again = database_now() + PAUSES[min(mail.attempts, len(PAUSES)) - 1]
    _settle(mail, Mail.State.WAITING, next_try_at=again, error=_words(error))
    log.warning("A mail waits until %s UTC: %s", f"{again:%H:%M:%S}", _words(error))
    return again


def _settle(mail: Mail, state: Mail.State, **values: object) -> None:
    """Write how it went, unless another worker has taken the mail over."""
    mine = Mail.objects.filter(pk=mail.pk, state=Mail.State.SENDING, lease_token=mail.lease_token)
    if mine.update(**{"state": state, "lease_until": None, "error": "", **values}):
        mail.state = state


def _words(error: Exception) -> str:
    return (" ".join(str(error).split()) or type(error).__name__)[:ERROR_MAX]

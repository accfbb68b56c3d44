"""Do notices reach people who are not looking at a page?"""

import smtplib

from django.conf import settings
from django.core.mail import get_connection

from monitoring.doctor.findings import Finding, Findings, fail, ok, warn
from organisation.mailing.delivering import mail_is_set_up
from organisation.models import Mail, User

ABOUT = "mail"
PATIENCE = 5  # seconds


def check_mail() -> Findings:
    """The mail server answers, nothing is held up, and somebody has an address."""
    if not mail_is_set_up():
        yield ok(ABOUT, "No mail server is set up, so notices are shown on the pages only. "
                 "EMAIL_URL and DEFAULT_FROM_EMAIL have them mailed.")  # fmt: skip
        return
    yield _server()
    if not User.objects.filter(is_active=True, notice_mail=True).exclude(email="").exists():
        yield warn(ABOUT, "Nobody has an e-mail address and wants mails. Add addresses to people.")
    if held := Mail.objects.held_up().first():
        count = Mail.objects.held_up().count()
        yield warn(ABOUT, f"Mails that could not leave: {count}. They are tried again. The mail "
                   f"server said: {held.error}")  # fmt: skip
    if refused := Mail.objects.filter(state=Mail.State.REFUSED).select_related("person").first():
        yield warn(ABOUT, f"The address of {refused.person} was refused: {refused.error} "
                   "Correct it in the back office.")  # fmt: skip


def _server() -> Finding:
    where = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    connection = get_connection(timeout=PATIENCE)
    try:
        connection.open()
        connection.close()
    except (smtplib.SMTPException, OSError) as error:
        words = " ".join(str(error).split()) or type(error).__name__
        return fail(ABOUT, f"The mail server {where} cannot be used: {words}. Mails wait in the "
                    "database. Check EMAIL_URL and that the server runs.")  # fmt: skip
    return ok(ABOUT, f"The mail server {where} answers.")

"""The checks in their order. One that breaks is a finding too, and the others go on."""

from collections.abc import Callable

from django.db import DatabaseError

from monitoring.doctor.database import check_database
from monitoring.doctor.findings import Finding, Findings, Level, fail, ok
from monitoring.doctor.machine import (
    check_address,
    check_clock,
    check_disk,
    check_media,
    check_sandbox,
    check_zones,
)
from monitoring.doctor.mail import check_mail
from monitoring.doctor.model import check_model
from monitoring.doctor.posts import check_posts
from monitoring.doctor.processes import check_beat, check_broker, check_workers
from monitoring.doctor.secrets import check_keys, check_tokens, check_tokens_online
from monitoring.preflight import setting_faults

Check = Callable[[], Findings]


def check_settings() -> Findings:
    found = setting_faults()
    yield from (fail("settings", sentence) for sentence in found)
    if not found:
        yield ok("settings", "Every setting can be meant.")


WITHOUT_DATABASE: tuple[Check, ...] = (
    check_broker,
    check_zones,
    check_media,
    check_disk,
    check_model,
)
WITH_DATABASE: tuple[Check, ...] = (
    check_workers,
    check_beat,
    check_clock,
    check_keys,
    check_tokens,
    check_address,
    check_sandbox,
    check_posts,
    check_mail,
)


def examine(*, online: bool = False) -> list[Finding]:
    """Run every check. Without a usable database, those that need it are left out."""
    findings = [*_done(check_settings), *_done(check_database)]
    answers = any(one.about == "database" and one.level == Level.OK for one in findings)
    for check in (*WITHOUT_DATABASE, *(WITH_DATABASE if answers else ())):
        findings += _done(check)
    if online and answers:
        findings += _done(check_tokens_online)
    return findings


def _done(check: Check) -> list[Finding]:
    about = check.__name__.removeprefix("check_").removeprefix("tokens_")
    try:
        return list(check())
    except (DatabaseError, OSError, LookupError, ValueError) as error:
        words = str(error).splitlines()[0] if str(error) else type(error).__name__
        return [fail(about, f"This could not be checked: {words}.")]

"""This machine: its clock, zones, disk and address, and the sandbox if accounts go there."""

import re
import shutil
import zoneinfo
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection

from monitoring.doctor.findings import Finding, Findings, fail, ok, warn
from organisation.clock import database_now
from platforms.clock import boottime
from platforms.errors import PlatformError
from platforms.http import Client
from platforms.limiting import limits_of
from platforms.models import Account
from platforms.models.account import SANDBOX
from platforms.public_address import media_base, why_unreachable
from platforms.redaction import Redactor

CLOCKS_APART = 2.0  # seconds
CLOCKS_FAR_APART = 30.0  # seconds
GIGABYTE = 1_000_000_000  # bytes
DISK_FULL = 0.2 * GIGABYTE
SANDBOX_PATIENCE = 5.0  # seconds


def check_clock() -> Findings:
    """Leases and due times follow the database's clock; people read this machine's."""
    if connection.vendor == "sqlite":
        yield ok("clock", "The database runs in this process, so there is one clock.")
        return
    before = datetime.now(UTC)
    there = database_now()
    after = datetime.now(UTC)
    apart = max((before - there).total_seconds(), (there - after).total_seconds(), 0.0)
    sentence = f"This machine's clock and the database's are {apart:.1f} s apart."
    if apart > CLOCKS_FAR_APART:
        yield fail("clock", f"{sentence} Set both by NTP.")
    elif apart > CLOCKS_APART:
        yield warn("clock", f"{sentence} Set both by NTP.")
    else:
        yield ok("clock", sentence)


def check_zones() -> Findings:
    """The pinned tzdata package must be the only source, or machines disagree about 09:00."""
    try:
        installed = version("tzdata")
    except PackageNotFoundError:
        yield fail("zones", "The tzdata package is missing. Install requirements.txt.")
        return
    if zoneinfo.TZPATH:
        paths = ", ".join(zoneinfo.TZPATH)
        yield fail(
            "zones",
            f"Time zones come from {paths}, not from the tzdata package. Remove what calls "
            "zoneinfo.reset_tzpath after the settings.",
        )
        return
    pinned = _pinned("tzdata")
    if pinned and pinned != installed:
        yield warn(
            "zones",
            f"tzdata {installed} is installed and {pinned} is pinned. Install requirements.txt "
            "on every machine, so that all agree.",
        )
        return
    yield ok("zones", f"Time zones come from the tzdata package, version {installed}.")


def _pinned(package: str) -> str:
    path = settings.BASE_DIR / "requirements.txt"
    text = path.read_text() if path.exists() else ""
    found = re.search(rf"^{package}==([\w.]+)", text, re.MULTILINE)
    return found[1] if found else ""


def check_media() -> Findings:
    """Pictures are written here by web processes and read by every sending worker."""
    try:
        name = default_storage.save("doctor/trial.txt", ContentFile(b"may be deleted"))
        default_storage.delete(name)
    except OSError as error:
        if settings.MEDIA_STORAGE:
            yield fail("media", f"{error} Look at MEDIA_STORAGE. Nothing is uploaded or sent.")
            return
        yield fail(
            "media",
            f"{settings.MEDIA_ROOT} cannot be written to: {error.strerror}. Give this user the "
            "right to, or set DATA_DIR to another folder.",
        )
    else:
        where = "The bucket of MEDIA_STORAGE" if settings.MEDIA_STORAGE else settings.MEDIA_ROOT
        yield ok("media", f"{where} can be written to.")


def check_disk() -> Findings:
    """A database that cannot grow cannot record what left."""
    space = shutil.disk_usage(settings.DATA_DIR)
    sentence = f"{space.free / GIGABYTE:.1f} GB are free in {settings.DATA_DIR}."
    if space.free < DISK_FULL:
        yield fail("disk", f"{sentence} Make room: soon nothing can be recorded, so nothing sent.")
    elif space.free < GIGABYTE:
        yield warn("disk", f"{sentence} Make room before it is full.")
    else:
        yield ok("disk", sentence)


def check_address() -> Findings:
    """Accounts whose platform fetches media from here: could it, by the address alone?"""
    real = Account.objects.exclude(server=SANDBOX).select_related("platform")
    accounts = real.prefetch_related("platform__channel_types")
    fetching = [account for account in accounts if _fetches(account)]
    if not fetching:
        yield ok("address", "No account needs a public address of this server.")
    elif why := why_unreachable(fetching[0].platform.name):
        yield warn("address", why)
    else:
        yield ok("address", f"Platforms fetch media from {media_base()}.")


def _fetches(account: Account) -> bool:
    kinds = account.platform.channel_types.all()
    return any(limits.fetches_images for limits in (limits_of(account, kind) for kind in kinds))


def check_sandbox() -> Findings:
    """Accounts whose posts go to the sandbox: is it there, and does it know them?"""
    accounts = list(Account.objects.sandboxed().select_related("platform"))
    if not accounts:
        yield ok("sandbox", "No account sends to the sandbox.")
    elif not settings.SANDBOX_URL:
        yield warn(
            "sandbox",
            f"{len(accounts)} accounts send to the sandbox and SANDBOX_URL is not set. Their posts "
            "wait. Start it with `manage.py sandbox` and set SANDBOX_URL, or disconnect them.",
        )
    else:
        yield _known_there(accounts)


def _known_there(accounts: list[Account]) -> Finding:
    client = Client(Redactor(), boottime() + SANDBOX_PATIENCE, SANDBOX_PATIENCE, SANDBOX_PATIENCE)
    try:
        answer = client.request("GET", f"{settings.SANDBOX_URL}/_sandbox/accounts").json()
    except PlatformError as error:
        return fail("sandbox", f"{error.sentence} Start it with `manage.py sandbox`.")
    known = {(one["platform"], one["id"]) for one in answer.get("accounts", [])}
    strangers = [a for a in accounts if (a.platform.slug, a.remote_id) not in known]
    if strangers:
        names = ", ".join(map(str, strangers[:5]))
        return fail("sandbox", f"The sandbox does not know {names}. Run `manage.py load_demo`.")
    return ok("sandbox", f"{len(accounts)} accounts send to the sandbox and not to a platform.")

"""When figures are read: often while a post is fresh, rarely later, and then never again.

Pure, so that it can be read as a table. Most of a post's views come in its first day, and platforms
themselves count some figures only once a day.
"""

from datetime import datetime, timedelta

# Up to this age of the post, it is read every so often. That is 23 readings of each post.
TIMETABLE = (
    (timedelta(hours=1), timedelta(minutes=15)),
    (timedelta(hours=6), timedelta(hours=1)),
    (timedelta(days=1), timedelta(hours=4)),
    (timedelta(days=7), timedelta(days=1)),
    (timedelta(days=28), timedelta(days=7)),
)
# Where each reading costs money: 4 readings.
COSTLY = (
    (timedelta(days=2), timedelta(days=1)),
    (timedelta(days=20), timedelta(days=9)),
)
WATCHED = TIMETABLE[-1][0]  # how long a post is read after it is out
BEFORE_ITS_END = timedelta(minutes=30)  # the last reading of what is shown for a while only
OF_ACCOUNTS = timedelta(days=1)
FIRST_PAUSE = timedelta(minutes=15)  # after a reading that failed; then twice as long each time
LONGEST_PAUSE = timedelta(days=1)


def first_reading(published_at: datetime, *, costs: bool = False) -> datetime:
    """Return when a post is read for the first time. `costs`: the platform charges for it."""
    return published_at + (COSTLY if costs else TIMETABLE)[0][1]


def next_reading(
    published_at: datetime, now: datetime, lasts: timedelta | None = None, *, costs: bool = False
) -> datetime | None:
    """Return when a post that was just read is read again; None: never.

    `lasts`: how long readers see such a post, where that is not for good.
    """
    for age, pause in COSTLY if costs else TIMETABLE:
        if now < published_at + age:
            return _in_time(published_at, now, now + pause, lasts)
    return None


def _in_time(
    published_at: datetime, now: datetime, at: datetime, lasts: timedelta | None
) -> datetime | None:
    """A story is read once more just before it goes, and not after."""
    if lasts is None:
        return at
    last = published_at + lasts - BEFORE_ITS_END
    return min(at, last) if now < last else None


def after_failure(failures: int, now: datetime) -> datetime:
    """Return when to try again after so many failures in a row."""
    return now + min(FIRST_PAUSE * 2 ** min(failures - 1, 10), LONGEST_PAUSE)

"""Rules of RFC 5545: what is taken, what is refused and why, and what they say in words."""

from datetime import datetime

import pytest
from django.core.exceptions import ValidationError

from scheduling.recurring.rules import parse_rule
from scheduling.recurring.wording import in_words

START = datetime(2026, 11, 24, 9, 30)
FAR = datetime(2030, 1, 1)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("FREQ=DAILY", "Every day at 09:30."),
        ("FREQ=DAILY;INTERVAL=3;COUNT=5", "Every 3 days at 09:30, 5 times in all."),
        ("FREQ=WEEKLY", "Every week on Tuesday at 09:30."),
        ("FREQ=WEEKLY;BYDAY=MO,TH", "Every week on Monday and Thursday at 09:30."),
        ("FREQ=WEEKLY;BYDAY=FR,TH,WE,TU,MO", "Every week on Monday to Friday at 09:30."),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=SU;UNTIL=20261231",
         "Every 2 weeks on Sunday at 09:30, until 31 December 2026."),
        ("FREQ=MONTHLY", "Every month on the 24th at 09:30."),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "Every month on the last day at 09:30."),
        ("FREQ=MONTHLY;BYMONTHDAY=31",
         "Every month on the 31st at 09:30. Months without a 31st are skipped; choose “last day” "
         "to have one in each."),
        ("FREQ=MONTHLY;BYDAY=2TU", "Every month on the 2nd Tuesday at 09:30."),
        ("FREQ=MONTHLY;BYDAY=-1FR", "Every month on the last Friday at 09:30."),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
         "Every month on the last of the working days, Monday to Friday, at 09:30."),
        ("FREQ=YEARLY", "Every year on 24 November at 09:30."),
        ("FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", "Every year on the last Sunday in March at 09:30."),
        ("FREQ=DAILY;BYHOUR=9,17;BYMINUTE=0", "Every day at 09:00 and 17:00."),
        ("FREQ=DAILY;COUNT=1", "Every day at 09:30, once."),
    ],
)  # fmt: skip
def test_a_rule_is_said_back_in_words(text, words):
    assert in_words(parse_rule(text), START) == words


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is not a part of a rule"),
        ("every monday", "is not a part of a rule"),
        ("FREQ=HOURLY", "Use FREQ=DAILY, WEEKLY, MONTHLY or YEARLY"),
        ("INTERVAL=2", "No frequency cannot be planned"),
        ("FREQ=DAILY;FREQ=WEEKLY", "FREQ stands there twice"),
        ("FREQ=DAILY;BYEASTER=1", "BYEASTER is not supported"),
        ("FREQ=WEEKLY;BYMONTHDAY=3", "BYMONTHDAY is not possible with FREQ=WEEKLY"),
        ("FREQ=WEEKLY;BYDAY=2MO", "each weekday stands without a number"),
        ("FREQ=WEEKLY;BYDAY=XX", "“XX” is not a day"),
        ("FREQ=DAILY;INTERVAL=0", "from 1 to 999, not 0"),
        ("FREQ=DAILY;INTERVAL=1,2", "INTERVAL takes one number"),
        ("FREQ=DAILY;INTERVAL=x", "INTERVAL takes numbers, and X is none"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "from -31 to 31, not 0"),
        ("FREQ=DAILY;COUNT=2;UNTIL=20270101", "by COUNT or by UNTIL, not by both"),
        ("FREQ=DAILY;UNTIL=20270101T000000Z", "a time of the plan's own zone"),
        ("FREQ=DAILY;UNTIL=20270231", "UNTIL takes a date"),
        ("FREQ=YEARLY;BYMONTHDAY=5", "BYMONTH is missing"),
        ("FREQ=YEARLY;BYDAY=1MO", "BYMONTH is missing"),
        ("FREQ=MONTHLY;BYSETPOS=1", "BYDAY or BYMONTHDAY is missing"),
        ("FREQ=MONTHLY;BYDAY=MO;BYMONTHDAY=13", "not both"),
        ("FREQ=DAILY;BYMINUTE=5", "BYMINUTE needs BYHOUR"),
        ("FREQ=DAILY;BYHOUR=1,2,3,4,5,6;BYMINUTE=0,10,20,30,40", "At most 24 times a day"),
        ("FREQ=DAILY;" + "X" * 300, "longer than 300 characters"),
    ],
)
def test_what_cannot_be_planned_is_refused_with_its_reason(text, why):
    with pytest.raises(ValidationError) as refused:
        parse_rule(text)
    assert why in refused.value.messages[0]


def test_a_rule_reads_back_as_it_was_written():
    text = (
        "FREQ=MONTHLY;INTERVAL=2;BYMONTH=1,7;BYDAY=-1FR;BYHOUR=9,17;BYMINUTE=0,30;WKST=SU;COUNT=9"
    )
    assert parse_rule(text).text == text
    assert parse_rule(f"RRULE:{text.lower()};") == parse_rule(text)


def test_an_end_without_a_time_includes_its_day():
    times = list(parse_rule("FREQ=DAILY;UNTIL=20261125").times(START, through=FAR))
    assert [time.day for time in times] == [24, 25]


def test_the_thirty_first_skips_short_months_and_the_last_day_does_not():
    start = datetime(2027, 1, 31, 9)
    own = parse_rule("FREQ=MONTHLY;COUNT=3").times(start, through=FAR)
    last = parse_rule("FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=3").times(start, through=FAR)
    assert [f"{time:%m-%d}" for time in own] == ["01-31", "03-31", "05-31"]
    assert [f"{time:%m-%d}" for time in last] == ["01-31", "02-28", "03-31"]


def test_a_day_that_never_comes_ends_the_search():
    rule = parse_rule("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30")
    assert rule.first_after(START, START) == []

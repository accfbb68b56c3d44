"""Our recurrence beside implementations of others: ical.js for the rules, dateutil for the zones.

ical.js (Mozilla) shares no code with dateutil, which we use for rules. For instants we use the
standard library and the pinned tzdata; dateutil reads a database of its own by code of its own.
"""

import json
import shutil
import subprocess
import zoneinfo
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

import pytest
from dateutil import tz
from dateutil.zoneinfo import get_zonefile_instance
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduling.recurring.instants import moment_of
from scheduling.recurring.rules import DAYS, parse_rule

ROOT = Path(__file__).resolve().parents[2]
ZONES = (
    "Australia/Lord_Howe",  # by half an hour
    "Pacific/Apia",  # 30 December 2011 did not happen
    "Africa/Casablanca",  # back for Ramadan
    "America/Santiago",  # at midnight
    "Asia/Kathmandu",  # a quarter of an hour off
    "Europe/London",
    "America/St_Johns",
)
FIRST = 25  # times compared of each rule
RULES_AT_ONCE = 40
SCRIPT = """
const ICAL = require("ical.js").default || require("ical.js");
const asked = JSON.parse(require("fs").readFileSync(0, "utf8"));
const told = asked.map(([rule, start, most]) => {
  const times = [], from = ICAL.Time.fromDateTimeString(start);
  const going = ICAL.Recur.fromString(rule).iterator(from);
  for (let next = going.next(); next && times.length < most; next = going.next())
    times.push(next.toString());
  return times;
});
console.log(JSON.stringify(told));
"""

starts = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)).map(
    lambda moment: moment.replace(second=0, microsecond=0)
)
some_days = st.sets(st.sampled_from(DAYS), min_size=1).map(lambda days: ",".join(sorted(days)))
intervals = st.integers(1, 4)
daily = st.builds("FREQ=DAILY;INTERVAL={}".format, intervals)
weekly = st.builds("FREQ=WEEKLY;INTERVAL={};BYDAY={}".format, intervals, some_days)
monthly = st.builds(
    "FREQ=MONTHLY;INTERVAL={};{}".format,
    intervals,
    st.one_of(
        st.builds("BYMONTHDAY={}".format, st.sampled_from([1, 15, 28, 29, 30, 31, -1])),
        st.builds("BYDAY={}{}".format, st.sampled_from([1, 2, 4, -1]), st.sampled_from(DAYS)),
        st.builds("BYDAY=MO,TU,WE,TH,FR;BYSETPOS={}".format, st.sampled_from([1, -1])),
    ),
)
yearly = st.builds(
    "FREQ=YEARLY;BYMONTH={};BYMONTHDAY={}".format, st.integers(1, 12), st.integers(1, 28)
)
endings = st.one_of(
    st.just(""),
    st.builds(";COUNT={}".format, st.integers(1, 12)),
    st.builds(";UNTIL={:%Y%m%dT%H%M%S}".format, starts),
)
rules = st.builds("{}{}".format, st.one_of(daily, weekly, monthly, yearly), endings)


def ical_js(asked: list[tuple[str, str, int]]) -> list[list[str]]:
    done = subprocess.run(
        ["node", "-e", SCRIPT], input=json.dumps(asked), text=True, capture_output=True, cwd=ROOT,
        timeout=60, check=True,
    )  # fmt: skip
    return json.loads(done.stdout)


@pytest.mark.node
@pytest.mark.skipif(not shutil.which("node"), reason="needs Node")
@pytest.mark.skipif(
    not (ROOT / "node_modules/ical.js").exists(), reason="needs `npm ci`, as in `make services`"
)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(rules, starts), min_size=RULES_AT_ONCE, max_size=RULES_AT_ONCE))
def test_rules_name_the_times_that_ical_js_names(pairs):
    far = datetime(2060, 1, 1)
    ours, asked = [], []
    for text, start in pairs:
        # RFC 5545 leaves open what a start that is none of the rule's times means: begin with one.
        first = parse_rule(text).ending().first_after(start, start - timedelta(seconds=1))[0]
        times = islice(parse_rule(text).times(first, through=far), FIRST)
        ours.append([f"{time:%Y-%m-%dT%H:%M:%S}" for time in times])
        asked.append((text, f"{first:%Y-%m-%dT%H:%M:%S}", FIRST))
    for (text, _), mine, theirs in zip(pairs, ours, ical_js(asked), strict=True):
        assert mine == theirs, text


@pytest.mark.parametrize("name", ZONES)
@given(
    st.datetimes(datetime(2008, 1, 1), datetime(2023, 12, 31)).map(
        lambda moment: moment.replace(second=0, microsecond=0)
    )
)
@settings(deadline=None)
def test_an_instant_is_the_one_that_dateutil_finds(name, nominal):
    theirs = get_zonefile_instance().get(name)
    there = tz.resolve_imaginary(nominal.replace(tzinfo=theirs, fold=0))
    moment = moment_of(nominal, zoneinfo.ZoneInfo(name))
    assert moment.instant == there.astimezone(UTC)
    assert moment.wall == there.replace(tzinfo=None)


@pytest.mark.parametrize(
    ("name", "nominal", "instant"),
    [
        # Around each change of the clocks, where a random time seldom falls.
        ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:45"),  # the gap: 02:00 to 02:30
        ("Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-04T14:45"),  # twice; the first
        ("Pacific/Apia", "2011-12-30T09:00", "2011-12-30T19:00"),  # a day later, at 09:00
        ("America/Santiago", "2026-09-06T00:30", "2026-09-06T04:30"),  # midnight does not exist
        ("Africa/Casablanca", "2026-02-15T02:30", "2026-02-15T01:30"),  # twice; the first
        ("Asia/Kathmandu", "2026-06-01T09:00", "2026-06-01T03:15"),
    ],
)
def test_at_the_changes_of_odd_zones(name, nominal, instant):
    moment = moment_of(datetime.fromisoformat(nominal), zoneinfo.ZoneInfo(name))
    assert f"{moment.instant:%Y-%m-%dT%H:%M}" == instant

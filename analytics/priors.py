"""What is believed of an hour before an account has results of its own, and where that comes from.

The studies named here say which hours stood out among many accounts. They do not say by how much,
and they are about platforms as they were then. So the sizes below are a convention, and small: a
few dozen posts of an account outweigh them (see `analytics.hours`).
"""

import math
from dataclasses import dataclass

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(7)

# By what an hour differs from an average one, as a logarithm. All three sizes are a convention.
NAMED = math.log(1.15)
WORST_DAY = math.log(0.85)
NIGHT = math.log(0.70)
NIGHT_ENDS = 6  # o'clock. That few people read at night is a convention, too, and from no study.

# Sprout Social's study of 2023, in the local time of the accounts, as reported on 10 May 2023.
SOCIAL_MEDIA_TODAY = (
    "https://www.socialmediatoday.com/news/report-best-times-to-post-social-platforms-"
    "twitter-instagram-tiktok-facebook-pintrist-linkedin/650006/"
)
# The same study, with its best hours over all platforms and on Twitter, as reported on 17 May 2023.
CAMPAIGN_ASIA = (
    "https://www.campaignasia.com/article/"
    "whats-the-best-time-to-post-on-social-media-the-answer-has-changed-since-just-l/484494"
)


@dataclass(frozen=True)
class Prior:
    """The hours that a source names for a platform; of each day from one full hour to another."""

    says: str  # who, and of what
    url: str
    hours: dict[int, tuple[int, int]]  # by weekday, Monday being 0; the second is not included
    worst: tuple[int, ...] = ()  # days

    def names(self, weekday: int, hour: int) -> bool:
        """Whether the source names this hour."""
        first, end = self.hours.get(weekday, (0, 0))
        return first <= hour < end

    def mean(self, weekday: int, hour: int) -> float:
        """By what the hour is believed to differ from an average one, as a logarithm."""
        if hour < NIGHT_ENDS:
            return NIGHT
        if self.names(weekday, hour):
            return NAMED
        return WORST_DAY if weekday in self.worst else 0.0

    def reason(self, weekday: int, hour: int) -> str:
        """Say in one sentence what is believed, and on whose word."""
        if hour < NIGHT_ENDS:
            return "That few people read at night is only a convention."
        if self.names(weekday, hour):
            first, end = self.hours[weekday]
            return f"{self.says} names {DAYS[weekday]}s from {first}:00 to {end}:00."
        if weekday in self.worst:
            return f"{self.says} calls {DAYS[weekday]} the worst day."
        return f"{self.says} says nothing of this hour; it counts as an average one."


DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

FACEBOOK = Prior(
    "A study of Facebook (Sprout Social, 2023)",
    SOCIAL_MEDIA_TODAY,
    {MONDAY: (8, 13), TUESDAY: (8, 14), WEDNESDAY: (8, 13), THURSDAY: (8, 12)},
    (SUNDAY,),
)
INSTAGRAM = Prior(
    "A study of Instagram (Sprout Social, 2023)",
    SOCIAL_MEDIA_TODAY,
    {MONDAY: (10, 12), TUESDAY: (9, 13), WEDNESDAY: (10, 13), FRIDAY: (9, 11)},
    (SUNDAY,),
)
TWITTER = Prior(
    "A study of Twitter (Sprout Social, 2023)",
    CAMPAIGN_ASIA,
    {TUESDAY: (9, 12), WEDNESDAY: (9, 12), THURSDAY: (9, 12), FRIDAY: (9, 12)},
    (SUNDAY,),
)
# No study of Mastodon, Bluesky or other platforms was found. That what holds elsewhere holds there
# is only a convention, and the sentence says so.
ELSEWHERE = Prior(
    "A study of other platforms (Sprout Social, 2023; that it holds here is a convention)",
    CAMPAIGN_ASIA,
    {TUESDAY: (9, 12), WEDNESDAY: (9, 12), THURSDAY: (9, 12)},
    (SUNDAY,),
)
_OF_PLATFORMS = {"facebook": FACEBOOK, "instagram": INSTAGRAM, "twitter": TWITTER}


def prior_for(platform: str) -> Prior:
    """Return what is believed of the hours of a platform, by its slug."""
    return _OF_PLATFORMS.get(platform, ELSEWHERE)

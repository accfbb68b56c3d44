"""The words of a decision about many posts, where a decision's own words speak of one."""

from dataclasses import dataclass

from desk.decisions import BY_SLUG, Decision


@dataclass(frozen=True)
class Many:
    """`{}` stands for "1 post" or "12 posts"."""

    slug: str
    words: str  # on the button of the selection bar
    question: str
    meaning: str
    act: str
    done: str

    @property
    def decision(self) -> Decision:
        return BY_SLUG[self.slug]

    def meaning_for(self, number: int) -> str:
        return self.decision.meaning if number == 1 else self.meaning


def posts(number: int) -> str:
    return "1 post" if number == 1 else f"{number:,} posts"


MANY = (
    Many(
        slug="publish-now",
        words="Publish now",
        question="Publish {} now?",
        meaning=(
            "Workers send them as soon as they are free. Their planned times no longer count."
        ),
        act="Publish {} now",
        done="Going out as soon as a worker is free: {}.",
    ),
    Many(
        slug="schedule",
        words="Give a time",
        question="When do {} go out?",
        meaning="All of them at this time by the clock of the zone, summer or winter.",
        act="Schedule {}",
        done="Going out at the new time: {}.",
    ),
    Many(
        slug="next-slot",
        words="Next free slots",
        question="Let {} go out in the next free slots?",
        meaning="Each takes the next free slot of its account, the oldest post first.",
        act="Schedule {}",
        done="Going out in their next free slots: {}.",
    ),
    Many(
        slug="send-first",
        words="Send first",
        question="Let {} go first?",
        meaning="Once their times have come they go before what else is due on their accounts.",
        act="Send {} first",
        done="Going before what else is due on their accounts: {}.",
    ),
    Many(
        slug="in-turn",
        words="Send in turn",
        question="Let {} take their turn again?",
        meaning="They go by their times, among the others of their accounts.",
        act="Send {} in turn",
        done="Taking their turn by their times again: {}.",
    ),
    Many(
        slug="hold",
        words="Hold",
        question="Hold {} back?",
        meaning="They keep their times and do not go out until somebody releases them.",
        act="Hold {}",
        done="On hold until somebody releases them: {}.",
    ),
    Many(
        slug="hold-until",
        words="Hold until…",
        question="Until when are {} held back?",
        meaning="They keep their times and do not go out before then. The hold ends by itself.",
        act="Hold {} until then",
        done="On hold, which ends by itself: {}.",
    ),
    Many(
        slug="release",
        words="Release",
        question="Release {}?",
        meaning=(
            "They go out at their times again. One whose time has passed goes out at once, "
            "or asks first where that is later than its account allows."
        ),
        act="Release {}",
        done="No longer on hold: {}.",
    ),
    Many(
        slug="retry",
        words="Retry",
        question="Try {} again now?",
        meaning="None of them is out. Workers send them as soon as they are free.",
        act="Retry {}",
        done="Going out again as soon as a worker is free: {}.",
    ),
    Many(
        slug="approve",
        words="Approve",
        question="Approve {} as they stand?",
        meaning="Your approval holds for exactly these texts, pictures and accounts.",
        act="Approve {}",
        done="Approved as they stand: {}.",
    ),
    Many(
        slug="unschedule",
        words="Unschedule",
        question="Take the time from {}?",
        meaning="They stay ready and do not go out by themselves.",
        act="Unschedule {}",
        done="Ready, without a time now: {}.",
    ),
    Many(
        slug="cancel",
        words="Cancel posts",
        question="Cancel {}?",
        meaning="They do not go out. Their pieces are kept.",
        act="Cancel {}",
        done="Cancelled: {}.",
    ),
)
BY_NAME = {many.slug: many for many in MANY}

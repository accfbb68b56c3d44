"""The referee's words. Pure: what was said by rows and ledger goes in, figures come out."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

IN_LINE = frozenset({"ready", "scheduled", "publishing", "waiting", "sending"})
SAYS_OUT = frozenset({"published", "done"})


@dataclass(frozen=True)
class Strike:
    """Something that was done to the product or its platforms. Times are seconds since 1970."""

    kind: str
    at: float
    until: float
    pid: int = 0  # of the process it struck; 0 = all of them
    text: str = ""  # of the one thing whose request it spoilt


@dataclass(frozen=True)
class Held:
    """A time in which a worker held a post. `pid` 0 = nobody wrote down which worker."""

    pid: int
    since: float
    until: float


@dataclass(frozen=True)
class Thing:
    """A post or a comment as the database has it. Its text tells it from all others."""

    text: str
    state: str
    started: float | None = None  # when its step began that is `started` and has no answer
    held: tuple[Held, ...] = ()


@dataclass
class Verdict:
    """What became of everything."""

    posts: int = 0
    kills: int = 0
    states: Counter[str] = field(default_factory=Counter)
    duplicates: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    unconfirmed: list[Thing] = field(default_factory=list)
    unexplained: list[Thing] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether the promise was kept: never twice, never lost, and said so when not known."""
        return not (self.duplicates or self.lost or self.unexplained)

    @property
    def line(self) -> str:
        explained = len(self.unconfirmed) - len(self.unexplained)
        return (
            f"posts={self.posts} kills={self.kills} duplicates={len(self.duplicates)} "
            f"lost={len(self.lost)} unconfirmed={len(self.unconfirmed)} explained={explained}"
        )


def judge(
    things: Iterable[Thing],
    accepted: Iterable[str],
    copies: Mapping[str, int],
    strikes: Iterable[Strike],
) -> Verdict:
    """Compare what the database says with what is live.

    `accepted`: texts whose scheduling was confirmed to whoever asked for it. `copies`: how often
    each text is live at the platforms.
    """
    things, strikes = list(things), list(strikes)
    verdict = Verdict(posts=len(things), kills=sum(strike.kind == "kill" for strike in strikes))
    verdict.lost = sorted(set(accepted) - {thing.text for thing in things})
    for thing in things:
        verdict.states[thing.state] += 1
        live = copies.get(thing.text, 0)
        verdict.duplicates += [thing.text] * (live - 1)
        if is_lost(thing, live):
            verdict.lost.append(thing.text)
        if thing.state == "unconfirmed":
            verdict.unconfirmed.append(thing)
            if not any(explains(strike, thing) for strike in strikes):
                verdict.unexplained.append(thing)
    return verdict


def is_lost(thing: Thing, live: int) -> bool:
    """Whether nobody will send it any more, or the database says the opposite of what is so."""
    if thing.state in IN_LINE:
        return True
    if thing.state == "unconfirmed":
        return False
    return (thing.state in SAYS_OUT) != (live > 0)


def explains(strike: Strike, thing: Thing) -> bool:
    """Whether the strike fell between the `started` of this thing and its answer."""
    if thing.started is None:
        return False
    if strike.text:
        return strike.text == thing.text
    return any(
        strike.pid in (0, held.pid) or held.pid == 0
        for held in thing.held
        if held.until >= thing.started
        and strike.at <= held.until
        and strike.until >= max(held.since, thing.started)
    )

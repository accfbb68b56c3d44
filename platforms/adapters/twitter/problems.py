"""What X's refusals mean: tables, by the problem's type, X's old codes, its words, the status.

X has answered in three shapes: a problem (RFC 9457) with a `type`, a list of `errors`, and its old
`code` and `message`. Sources: X's "Response codes and errors"; rows marked (3p) by others' code.
"""

from dataclasses import dataclass

from platforms.errors import (
    AccountBlocked,
    CredentialsExpired,
    DuplicateContent,
    PermissionMissing,
    PlatformError,
    RateLimited,
    Rejected,
    Unclear,
    VideoRefused,
)
from platforms.http import Answer
from platforms.values import Json

Kind = type[PlatformError]

# By the last part of the problem's `type`; its host was api.twitter.com before.
BY_TYPE: dict[str, Kind] = {
    "rate-limit-exceeded": RateLimited,
    "usage-capped": AccountBlocked,
    "credits-depleted": AccountBlocked,  # (3p)
    "unsupported-authentication": CredentialsExpired,
    "client-forbidden": PermissionMissing,
    "client-not-enrolled": PermissionMissing,
    "oauth1-permissions": PermissionMissing,
    "not-authorized-for-resource": PermissionMissing,
    "user-suspended": AccountBlocked,
    "invalid-request": Rejected,
    "resource-not-found": Rejected,
    "disallowed-resource": Rejected,
}
BY_CODE: dict[int, Kind] = {
    32: CredentialsExpired,
    64: AccountBlocked,  # suspended
    88: RateLimited,
    89: CredentialsExpired,
    185: RateLimited,  # posts of a day
    186: Rejected,  # too long
    187: DuplicateContent,
    226: AccountBlocked,  # taken for a machine
    261: PermissionMissing,  # the app may only read
    326: AccountBlocked,  # locked until its owner signs in there (unsure)
}
# Found in the words of a 403, before what the status says by itself.
BY_WORDS: tuple[tuple[str, Kind], ...] = (
    ("duplicate content", DuplicateContent),
    ("not permitted to perform this action", Rejected),  # such as a reply to a stranger (3p)
    ("video longer than", VideoRefused),  # (3p)
    ("suspended", AccountBlocked),
    ("locked", AccountBlocked),
)
BY_STATUS: dict[int, Kind] = {
    401: CredentialsExpired,
    402: AccountBlocked,  # "CreditsDepleted": no credit is left (3p)
    403: PermissionMissing,
}
# These mean the same without a readable body: a proxy sends them too, and passed nothing on.
BY_STATUS_ALONE: dict[int, Kind] = {413: Rejected, 429: RateLimited}
CREDIT_GONE = "no credit is left for this app. Buy more in X’s developer console"


@dataclass(frozen=True)
class Problem:
    """A refusal, whichever shape it had."""

    kind: str = ""  # the last part of its type
    code: int = 0
    words: str = ""


def problem_in(answer: Answer) -> Problem | None:
    """Read what is wrong; None when the answer does not say."""
    try:
        said = answer.json()
    except Unclear:
        return None
    return problem_of(said) or next(iter(problems_of(said)), None)


def problems_of(said: Json) -> list[Problem]:
    """Return what stands in the list of errors, which may come beside data that is good."""
    errors = said.get("errors")
    listed = errors if isinstance(errors, list) else []
    return [found for one in listed if isinstance(one, dict) and (found := problem_of(one))]


def problem_of(said: Json) -> Problem | None:
    """Read one problem; None for an object that is none."""
    words = next((said[n] for n in ("detail", "message", "title") if _text(said.get(n))), "")
    kind = str(said.get("type") or "").rstrip("/").rpartition("/")[2]
    code = said.get("code")
    code = code if type(code) is int else 0
    if said.get("title") == "CreditsDepleted":
        kind = "credits-depleted"
    return Problem(kind, code, words) if words or code else None


def _text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def kind_of(status: int, problem: Problem | None) -> Kind:
    """Return which of our errors an answer is that is not a 2xx."""
    if status in BY_STATUS_ALONE and (problem is None or status == 413):
        return BY_STATUS_ALONE[status]
    if not 400 <= status < 500 or problem is None:
        return Unclear
    if problem.code in BY_CODE:
        return BY_CODE[problem.code]
    if status == 403:
        for words, kind in BY_WORDS:
            if words in problem.words.lower():
                return kind
    return BY_TYPE.get(problem.kind) or BY_STATUS_ALONE.get(status) or _by_status(status)


def _by_status(status: int) -> Kind:
    return BY_STATUS.get(status, Rejected)


def words_of(status: int, problem: Problem | None) -> str:
    """Return why, for people."""
    if problem is None:
        return f"it answered {status} and nothing readable"
    if status == 402 or problem.kind == "credits-depleted":
        return CREDIT_GONE
    return problem.words or f"code {problem.code}"

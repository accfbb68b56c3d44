"""The closed vocabulary of what can go wrong with a language model.

`content.llm.client` raises these and nothing else. The docstring of each is the sentence a person
reads; no sentence holds the key. Nothing that was written before is touched by any of them.
"""

from typing import ClassVar


class ModelError(Exception):
    """The language model gave no text. Only the subclasses are raised."""

    # Whether the next question would meet the same fault, so that asking on is no use.
    of_endpoint: ClassVar[bool] = False

    def __init__(self, sentence: str = "", *, wait: float | None = None) -> None:
        """`sentence`: what happened, for people. `wait`: seconds until it makes sense to ask."""
        self.sentence = sentence or " ".join((self.__doc__ or "").split())
        self.wait = wait
        super().__init__(self.sentence)

    @property
    def kind(self) -> str:
        return type(self).__name__


class NotSetUp(ModelError):
    """No language model is set up. Set LLM_BASE_URL and LLM_MODEL, or take the offline writer."""

    of_endpoint = True


class Unreachable(ModelError):
    """The language model's server cannot be reached. Check that it runs, and LLM_BASE_URL."""

    of_endpoint = True


class KeyRefused(ModelError):
    """The language model's server refused the key. Check LLM_API_KEY."""

    of_endpoint = True


class UsedUp(ModelError):
    """The allowance at the language model's server is used up. Ask again later."""

    of_endpoint = True


class NoSuchModel(ModelError):
    """The language model's server does not know the model or the address.

    Check LLM_MODEL, and that LLM_BASE_URL ends as its documentation says, mostly with /v1.
    """

    of_endpoint = True


class NotAnApi(ModelError):
    """What answered is no language model: it sent a web page or a redirect. Check LLM_BASE_URL."""

    of_endpoint = True


class Busy(ModelError):
    """The language model's server asks for a pause. The piece is written after it."""


class Faulty(ModelError):
    """The language model's server had a fault of its own. Nothing was written; try again."""


class Refused(ModelError):
    """The language model's server refused the question. Nothing was written."""


class Filtered(ModelError):
    """The language model's server withheld its answer as unsuitable. Write this piece by hand."""


class TooSlow(ModelError):
    """The language model took too long, so we stopped waiting.

    Try again; where it always does, raise LLM_FIRST_SECONDS and LLM_SECONDS.
    """


class TooMuch(ModelError):
    """The language model did not stop writing, so we stopped reading. Nothing was kept as a piece.

    Try again; where it happens again, use another model.
    """


class BrokenOff(ModelError):
    """The answer broke off in the middle, so nothing was kept as a piece. Try again."""


class NothingSaid(ModelError):
    """The language model answered without any text.

    Try again; a model that thinks first may need more LLM_MAX_TOKENS.
    """

"""What a platform said, in a form every database takes.

Platforms cut texts in the middle of an emoji and answer with binary rubbish. PostgreSQL refuses NUL
and neither database takes half a surrogate pair; a refusal would lose the outcome with the words.
"""

import re
from typing import Any

_UNUSABLE = re.compile("[\x00\ud800-\udfff]")


def storable(value: Any) -> Any:
    """Return the text, or the JSON value, with unusable characters replaced."""
    if isinstance(value, str):
        return _UNUSABLE.sub("\ufffd", value)
    if isinstance(value, dict):
        return {storable(key): storable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [storable(item) for item in value]
    return value

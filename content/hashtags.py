"""Hashtags: found in a text, put into one in groups, and those that a brand does not use."""

import re
from collections.abc import Iterable, Sequence

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from content.models import BannedHashtag, HashtagGroup
from content.writing import clean_text
from organisation.audit import record
from organisation.models import Brand, User

TAGS_MAX = 60  # of a group: twice what Instagram takes in a post
TAG_MAX = 100  # characters
# A sign that begins a word, and letters, digits and underscores behind it, not digits alone.
_TAG = re.compile(r"(?<![\w#&/])[#＃](\w+)")
_GIVEN = re.compile(r"[#＃]?(\w+)")


def tags_in(text: str) -> list[str]:
    """Return the tags of a text in their order, without their signs."""
    return [tag for tag in _TAG.findall(text) if not tag.isdecimal()]


def clean_tags(given: str) -> list[str]:
    """Return the tags somebody typed, with or without signs, each once.

    Raises ValidationError for none, too many, and for what is no tag.
    """
    words = clean_text(given, "tags").replace(",", " ").split()
    tags: dict[str, str] = {}
    for word in words:
        found = _GIVEN.fullmatch(word)
        if not found or found[1].isdecimal() or len(found[1]) > TAG_MAX:
            raise ValidationError(
                {"tags": f"“{word[:60]}” is no hashtag: letters, digits and underscores, not "
                         "digits alone. Nothing was saved."}
            )  # fmt: skip
        tags.setdefault(found[1].casefold(), found[1])
    if not tags:
        raise ValidationError({"tags": "Write at least one hashtag. Nothing was saved."})
    if len(tags) > TAGS_MAX:
        raise ValidationError({"tags": f"{TAGS_MAX} hashtags are the most of a group."})
    return list(tags.values())


def with_tags(text: str, tags: Sequence[str]) -> str:
    """Return the text with those of the tags at its end that it does not have yet."""
    there = {tag.casefold() for tag in tags_in(text)}
    missing = " ".join(f"#{tag}" for tag in tags if tag.casefold() not in there)
    if not missing:
        return text
    return f"{text.rstrip()}\n\n{missing}" if text.strip() else missing


def save_group(brand: Brand, name: str, tags: str, *, by: User, pk: int = 0) -> HashtagGroup:
    """Make a group of a brand, or change that one. Raises ValidationError, by field."""
    name = clean_text(" ".join(name.split()), "name")
    if not 0 < len(name) <= 60:
        raise ValidationError({"name": "Give it a name of 1 to 60 characters."})
    words = " ".join(f"#{tag}" for tag in clean_tags(tags))
    group = HashtagGroup.objects.filter(brand=brand, pk=pk).first() if pk else None
    if pk and group is None:
        raise ValidationError({"name": "Somebody removed this group meanwhile."})
    group = group or HashtagGroup(brand=brand)
    group.name, group.tags = name, words
    try:
        with transaction.atomic():
            group.save()
            record("save hashtags", f"{by} saved the hashtags “{name}”: {words[:200]}", by=by,
                   subject=group, brand=brand)  # fmt: skip
    except IntegrityError as error:
        raise ValidationError({"name": f"{brand} has a group “{name}” already."}) from error
    return group


def remove_group(group: HashtagGroup, *, by: User) -> None:
    """Take a group away. Texts keep what was put into them."""
    with transaction.atomic():
        record("remove hashtags", f"{by} removed the hashtags “{group}”.", by=by, subject=group,
               brand=group.brand)  # fmt: skip
        group.delete()


def ban(brand: Brand, tag: str, *, stops: bool, why: str, by: User) -> BannedHashtag:
    """Keep a tag out of what a brand sends, or have its writers warned. Raises ValidationError.

    Posts that are made already go out as they are.
    """
    tags = clean_tags(tag)
    if len(tags) > 1:
        raise ValidationError({"tags": "One hashtag at a time. Nothing was saved."})
    why = clean_text(" ".join(why.split()), "why")[:120]
    with transaction.atomic():
        rule, _ = BannedHashtag.objects.update_or_create(
            brand=brand, tag=tags[0].casefold(), defaults={"stops": stops, "why": why}
        )
        way = "is not used" if stops else "is warned of"
        record("ban hashtag", f"{by}: {rule} {way} by {brand}. {why}".strip(), by=by,
               subject=rule, brand=brand)  # fmt: skip
    return rule


def allow(rule: BannedHashtag, *, by: User) -> None:
    """Let the tag be used again."""
    with transaction.atomic():
        record("allow hashtag", f"{by} lets {rule.brand} use {rule} again.", by=by, subject=rule,
               brand=rule.brand)  # fmt: skip
        rule.delete()


def banned_in(text: str, rules: Iterable[BannedHashtag]) -> list[BannedHashtag]:
    """Return the rules that a text breaks."""
    there = {tag.casefold() for tag in tags_in(text)}
    return [rule for rule in rules if rule.tag in there]


def told(rule: BannedHashtag) -> str:
    """Return what is said of a text that has the tag."""
    why = f" {rule.why.rstrip('.')}." if rule.why else ""
    if rule.stops:
        return f"{rule.brand} does not use {rule}.{why} Take it out."
    return f"{rule.brand} rather does not use {rule}.{why}"

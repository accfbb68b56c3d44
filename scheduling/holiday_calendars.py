"""Public holidays by country, and by part of it where that has its own. From `holidays`."""

from datetime import date
from functools import lru_cache

import holidays
from django.core.exceptions import ValidationError

NONE = "none"  # no country, also where the brand has one
YEARS_KEPT = 200  # calendars of a country and a year that stay in memory


def split(country: str) -> tuple[str, str]:
    """Return country and part: ("GB", "SCT") for "GB-SCT", ("GB", "") for "GB"."""
    code, _, part = country.partition("-")
    return code, part


def validate_country(country: str) -> None:
    """Raise ValidationError for a country or part whose holidays are not known."""
    if country in ("", NONE):
        return
    code, part = split(country)
    known = known_countries()
    if code not in known:
        raise ValidationError(
            f"The holidays of {country} are not known. Write a country's two letters, such as GB."
        )
    if part and part not in known[code]:
        raise ValidationError(
            f"{code} has no part {part} with holidays of its own. Known are: "
            f"{', '.join(known[code]) or 'none'}."
        )


@lru_cache(maxsize=1)
def known_countries() -> dict[str, list[str]]:
    """Return the parts with holidays of their own by each country's two letters."""
    return dict(holidays.list_supported_countries(include_aliases=False))


def holiday_on(country: str, day: date) -> str:
    """Return the name of the holiday there, in English where the library has it; else empty."""
    if country in ("", NONE):
        return ""
    return _of_year(country, day.year).get(day, "")


@lru_cache(maxsize=YEARS_KEPT)
def _of_year(country: str, year: int) -> dict[date, str]:
    code, part = split(country)
    try:
        found = holidays.country_holidays(code, part or None, years=year, language="en_US")
    except NotImplementedError:
        return {}  # a newer release has dropped what was chosen; its page says so
    return {day: str(name) for day, name in found.items() if day.year == year}

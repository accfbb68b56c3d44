"""What sending costs where a platform takes money for its requests.

Prices change without notice, so they are settings of the platform: what its adapter says is only
where they begin. Amounts are whole millionths of a dollar, which add up without rounding.
"""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from platforms.contract import Adapter, Charges
from platforms.models import Account, Platform
from platforms.values import Price, Rendition

MICROS = 1_000_000  # of a dollar
DEAREST = Decimal(1_000)  # dollars for one request


def list_of_prices(adapter: type[Adapter]) -> tuple[Price, ...]:
    """Return what the platform takes money for; nothing for one that takes none."""
    return adapter.prices() if issubclass(adapter, Charges) else ()


def prices_of(platform: Platform) -> dict[str, int]:
    """Return each price by its name, in millionths of a dollar: staff's own where they set one."""
    own = platform.settings.get("prices", {})
    return {
        price.name: micros_of(own.get(price.name, price.dollars))
        for price in list_of_prices(platform.adapter)
    }


def bill_for(account: Account, rendition: Rendition, comment: str = "") -> dict[str, int]:
    """Return what each step of sending costs, in millionths of a dollar; empty where it is free.

    `comment`: the first comment that follows the post.
    """
    adapter = account.platform.adapter
    if not (account.pays_per_use and issubclass(adapter, Charges)):
        return {}
    return _priced(account, adapter.bill(rendition, comment))


def bill_for_comment(account: Account, text: str) -> dict[str, int]:
    """Return what a comment costs."""
    priced = bill_for(account, Rendition("", ""), text)
    return {step: micros for step, micros in priced.items() if step == "comment"}


def bill_for_deletion(account: Account, posts: int) -> dict[str, int]:
    """Return what it costs to delete so many posts of a thread, by step."""
    adapter = account.platform.adapter
    if not (account.pays_per_use and issubclass(adapter, Charges)):
        return {}
    return _priced(account, adapter.bill_of_deletion(posts))


def _priced(account: Account, bill: Mapping[str, str]) -> dict[str, int]:
    prices = prices_of(account.platform)
    return {step: prices[name] for step, name in bill.items() if prices[name]}


def micros_of(dollars: Any) -> int:
    """Return an amount of dollars in millionths. Raises ValueError for what is no such amount."""
    if isinstance(dollars, bool) or not isinstance(dollars, int | float | str | Decimal):
        raise ValueError(f"{dollars!r} is no amount of money.")
    try:
        amount = Decimal(str(dollars))
    except InvalidOperation as error:
        raise ValueError(f"{dollars!r} is no amount of money.") from error
    if not (amount.is_finite() and 0 <= amount <= DEAREST):
        raise ValueError(f"{dollars!r} is not from 0 to {DEAREST:,} dollars.")
    return int(amount * MICROS)


def dollars(micros: int) -> str:
    """Return an amount as people read it: $0.20, $0.015, $12.00."""
    whole = f"{Decimal(micros) / MICROS:,.6f}"
    head, _, cents = whole.partition(".")
    return f"${head}.{cents.rstrip('0'):0<2}"

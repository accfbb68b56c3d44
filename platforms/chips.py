"""What accounts and platforms look like in lists."""

from django.utils.html import format_html
from django.utils.safestring import SafeString

from organisation.chips import chip
from platforms.models import Account, Platform
from platforms.registry import UnknownPlatform

LOOKS = {
    Account.State.CONNECTED: ("published", "fa-solid fa-check"),
    Account.State.EXPIRING: ("unconfirmed", "fa-solid fa-hourglass-half"),
    Account.State.NEEDS_RECONNECT: ("failed", "fa-solid fa-link-slash"),
    Account.State.PAUSED: ("off", "fa-solid fa-pause"),
}


def account_chip(account: Account) -> SafeString:
    look, icon = LOOKS[Account.State(account.state)]
    return chip(look, icon, account.get_state_display())


def platform_badge(platform: Platform, size: str = "") -> SafeString:
    """Return the platform's badge; its name is for screen readers. `size`: "xs", "lg" or ""."""
    return format_html(
        '<span class="pf pf-{} {}" role="img" aria-label="{}">'
        '<i class="{}" aria-hidden="true"></i></span>',
        platform.slug,
        size,
        platform.name,
        glyph(platform),
    )


def glyph(platform: Platform) -> str:
    try:
        return f"fa-brands fa-{platform.adapter.glyph}"
    except UnknownPlatform:
        return "fa-solid fa-plug"

"""State chips: colour, icon and word. The admin's lists and the staff pages show the same ones."""

from django.utils.html import format_html
from django.utils.safestring import SafeString


def chip(look: str, icon: str, word: str) -> SafeString:
    """Return a chip. `look` names the colours (`.s-…` in chips.css), `icon` a Font Awesome icon."""
    return format_html(
        '<span class="chip s-{}"><i class="{}" aria-hidden="true"></i><span>{}</span></span>',
        look,
        icon,
        word,
    )

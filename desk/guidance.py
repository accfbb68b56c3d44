"""Help on each page: a few plain sentences, in a template named after the page's address name."""

import re

from django.template import TemplateDoesNotExist
from django.template.loader import get_template


def help_template(name: str) -> str:
    """Return the template with the help of the page of that address name; empty without one."""
    template = f"syndication/help/{name}.html"
    if not re.fullmatch(r"[a-z_]+", name):
        return ""
    try:
        get_template(template)
    except TemplateDoesNotExist:
        return ""
    return template

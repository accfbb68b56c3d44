"""What templates say over and over: chips, badges, times, spans of time."""

from django import template
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from content.chips import piece_chip
from content.fitting import sign_recipe, thumbnail_recipe
from content.models import MediaAsset
from desk import words
from desk.compose.options import offered
from desk.figures import Figure, figures
from desk.home import Home
from desk.pieces.saying import called
from desk.reach import chosen_brand, reach_of
from organisation.models import User
from platforms.chips import account_chip, platform_badge
from platforms.looks import Aside, aside_of
from platforms.models import Platform
from platforms.values import MediaItem, Rendition
from posting.chips import ICONS, follow_up_chip, status_chip, step_chip
from posting.states import Status

register = template.Library()
register.simple_tag(status_chip, name="chip")
register.simple_tag(step_chip)
register.simple_tag(follow_up_chip)
register.simple_tag(account_chip)
register.simple_tag(piece_chip)
register.filter("channel_called", called)
for told in (
    words.when,
    words.moment,
    words.zoned,
    words.span,
    words.until,
    words.held_words,
    words.place,
    words.spelled,
):
    register.filter(told.__name__, told)


@register.simple_tag
def home_of(request: HttpRequest) -> Home:
    """What the home page knows, for the admin's index."""
    return Home(reach_of(request), timezone.now(), chosen_brand(request))


@register.simple_tag
def figures_of(home: Home) -> list[Figure]:
    return list(figures(home))


@register.simple_tag
def badge(platform: Platform, size: str = "") -> SafeString:
    return platform_badge(platform, size)


@register.simple_tag
def picture_url(item: MediaItem) -> str:
    """Where a picture or video of a rendition is seen, as its channel will show it."""
    if item.fitting:
        return reverse("desk:fitted_picture", args=[item.sha256, sign_recipe(item)])
    return reverse("desk:picture", args=[item.sha256])


@register.simple_tag
def thumb_url(asset: MediaAsset) -> str:
    """Where a small copy of an asset is seen; a video's still; empty for a video without one."""
    if asset.is_video:
        return reverse("desk:poster", args=[asset.sha256]) if asset.poster else ""
    recipe = thumbnail_recipe(asset)
    if recipe:
        return reverse("desk:fitted_picture", args=[asset.sha256, recipe])
    return reverse("desk:picture", args=[asset.sha256])


@register.simple_tag
def disclosed(platform: Platform, rendition: Rendition) -> list[str]:
    """The labels by which readers are told of a post that was paid for, or made with AI."""
    chosen = rendition.options
    options = offered(platform.adapter, rendition.channel)
    return [option.discloses for option in options if option.discloses and chosen.get(option.name)]


@register.simple_tag
def aside(platform: Platform, rendition: Rendition) -> Aside:
    """What readers see around the text: a content warning, a poll, who it is for."""
    return aside_of(platform.adapter, rendition)


@register.filter
def icon(status: str) -> str:
    return ICONS[Status(status)]


@register.filter
def initials(person: User) -> str:
    names = str(person).split() or ["?"]
    return "".join(name[0] for name in (names[0], names[-1])[: len(names)]).upper()

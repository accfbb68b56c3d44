"""What the states of posts and steps look like."""

from django.utils.safestring import SafeString

from organisation.chips import chip
from posting.models import FollowUp, PublishStep
from posting.states import Status

ICONS = {
    Status.READY: "fa-regular fa-circle",
    Status.SCHEDULED: "fa-regular fa-clock",
    Status.PUBLISHING: "fa-solid fa-arrows-rotate",
    Status.PUBLISHED: "fa-solid fa-check",
    Status.FAILED: "fa-solid fa-xmark",
    Status.UNCONFIRMED: "fa-solid fa-question",
    Status.MISSED: "fa-solid fa-calendar-xmark",
    Status.CANCELLED: "fa-solid fa-ban",
    Status.REMOVED: "fa-regular fa-trash-can",
}

STEP_LOOKS = {
    PublishStep.State.STARTED: Status.UNCONFIRMED,
    PublishStep.State.DONE: Status.PUBLISHED,
    PublishStep.State.VOID: Status.CANCELLED,
}

FOLLOW_UP_LOOKS = {
    FollowUp.State.WAITING: Status.SCHEDULED,
    FollowUp.State.SENDING: Status.PUBLISHING,
    FollowUp.State.DONE: Status.PUBLISHED,
    FollowUp.State.FAILED: Status.FAILED,
    FollowUp.State.UNCONFIRMED: Status.UNCONFIRMED,
    FollowUp.State.CANCELLED: Status.CANCELLED,
}


def status_chip(status: str) -> SafeString:
    known = Status(status)
    return chip(known, ICONS[known], known.label)


def step_chip(step: PublishStep) -> SafeString:
    look = STEP_LOOKS[PublishStep.State(step.state)]
    return chip("off" if look == Status.CANCELLED else look, ICONS[look], step.get_state_display())


def follow_up_chip(follow_up: FollowUp) -> SafeString:
    look = FOLLOW_UP_LOOKS[FollowUp.State(follow_up.state)]
    return chip(look, ICONS[look], follow_up.get_state_display())

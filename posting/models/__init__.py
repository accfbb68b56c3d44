"""Rows about getting it out."""

from posting.models.approval import Approval
from posting.models.batch import Batch
from posting.models.followup import FollowUp
from posting.models.journal import PostAttempt, PostEvent, PublishStep
from posting.models.late_decision import LateDecided, LateDecision
from posting.models.override import PolicyOverride
from posting.models.post import Post
from posting.models.saved_view import SavedView
from posting.models.sendable import Sendable

__all__ = [
    "Approval",
    "Batch",
    "FollowUp",
    "LateDecided",
    "LateDecision",
    "PolicyOverride",
    "Post",
    "PostAttempt",
    "PostEvent",
    "PublishStep",
    "SavedView",
    "Sendable",
]

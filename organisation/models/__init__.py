"""Rows about the organisation itself."""

from organisation.models.api import ApiToken, IdempotencyKey, Scope
from organisation.models.audit import AuditEntry
from organisation.models.brand import Brand, Membership, Role
from organisation.models.heartbeat import Heartbeat
from organisation.models.instance import Instance
from organisation.models.mail import Mail, MailLine
from organisation.models.notice import Notice
from organisation.models.switch import Switch
from organisation.models.user import User

__all__ = [
    "ApiToken",
    "AuditEntry",
    "Brand",
    "Heartbeat",
    "IdempotencyKey",
    "Instance",
    "Mail",
    "MailLine",
    "Membership",
    "Notice",
    "Role",
    "Scope",
    "Switch",
    "User",
]

"""Rows about platforms and the accounts there."""

from platforms.models.account import Account
from platforms.models.credential import PlatformCredential
from platforms.models.platform import ChannelType, Platform, RateBudget

__all__ = ["Account", "ChannelType", "Platform", "PlatformCredential", "RateBudget"]

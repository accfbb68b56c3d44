"""Rows about platforms and the accounts there."""

from platforms.models.account import Account
from platforms.models.credential import PlatformCredential
from platforms.models.erasure import Erasure
from platforms.models.oauth_flow import OAuthFlow
from platforms.models.platform import ChannelType, Platform, RateBudget

__all__ = [
    "Account",
    "ChannelType",
    "Erasure",
    "OAuthFlow",
    "Platform",
    "PlatformCredential",
    "RateBudget",
]

"""Connecting an account: go there and choose what, or give an app password, or paste a token."""

from desk.views.connecting.app import connect_app
from desk.views.connecting.choosing import connect_choose
from desk.views.connecting.going import connect, connect_return, connect_start
from desk.views.connecting.password import connect_password
from desk.views.connecting.pasting import connect_token
from desk.views.connecting.server import connect_server

__all__ = (
    "connect",
    "connect_app",
    "connect_choose",
    "connect_password",
    "connect_return",
    "connect_server",
    "connect_start",
    "connect_token",
)

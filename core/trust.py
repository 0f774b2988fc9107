"""Whom this process trusts when it calls others by https."""

import ssl
from functools import cache

import httpx


@cache
def trusted() -> ssl.SSLContext:
    """For `verify` of an httpx client. Reading the authorities takes 40 ms, too long for each call anew."""
    return httpx.create_ssl_context()

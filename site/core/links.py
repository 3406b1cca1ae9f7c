"""Signed links: single-purpose, expiring, for what needs no account."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core import signing


class LinkExpired(Exception):
    """The link was ours, but its time is over."""


class LinkInvalid(Exception):
    """The link was not made by us for this purpose."""


def make_token(purpose: str, payload: Any) -> str:
    """Return a URL-safe token of a JSON-serialisable ``payload``, valid for ``purpose`` only."""
    return signing.dumps(payload, salt=f"campus.link.{purpose}")


def read_token(purpose: str, token: str, *, max_age: timedelta) -> Any:
    """Return the payload of a token.

    Raises ``LinkExpired`` when older than ``max_age``, ``LinkInvalid`` when forged, damaged or
    made for another purpose.
    """
    try:
        return signing.loads(token, salt=f"campus.link.{purpose}", max_age=max_age)
    except signing.SignatureExpired as exc:
        raise LinkExpired from exc
    except signing.BadSignature as exc:
        raise LinkInvalid from exc

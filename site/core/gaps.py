"""Pages rendered once for nobody in particular, with gaps that are filled for each reader.

The template sees an imaginary request and reader, so that nothing of the present one can get into what is cached:
neither today nor when somebody adds to the layout.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

GAP = re.compile("(\ue000[a-z]+\ue001)")


def gap(name: str) -> str:
    """Return a gap, in characters that no text uses."""
    return f"\ue000{name}\ue001"


NAME, ACCOUNT, TOKEN = map(gap, ("name", "account", "token"))
"""What the layout leaves open: the reader's name and key, and the token against forged requests."""


def split(html: str) -> list[str]:
    """Return the parts of a rendered page, every second one a gap."""
    return GAP.split(html)


def fill(parts: Sequence[str], values: Mapping[str, str]) -> str:
    """Return the page with its gaps filled. ``values`` are safe HTML."""
    return "".join([values[part] if place % 2 else part for place, part in enumerate(parts)])


def nobody(request: HttpRequest, path: str, language: str, *, account: bool) -> HttpRequest:
    """Return an imaginary request for a path of this site, by a visitor or by somebody signed in without any role."""
    imaginary = HttpRequest()
    imaginary.method, imaginary.path, imaginary.path_info = "GET", path, path
    imaginary.META = {"HTTP_HOST": request.get_host(), "QUERY_STRING": ""}
    imaginary.LANGUAGE_CODE = language  # type: ignore[attr-defined]
    user: Any = get_user_model()(name=NAME, key=ACCOUNT) if account else AnonymousUser()
    imaginary.user = user
    return imaginary

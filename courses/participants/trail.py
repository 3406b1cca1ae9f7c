"""Who saw whose data: written down for the person concerned (docs/privacy.md)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from core import audit

from .models import Participant


def saw(viewer: Any, people: Iterable[Participant], action: str) -> None:
    """Write that ``viewer`` saw (``"room.view"``) or took out (``"room.export"``) these people's data.

    Once per person, viewer and day; one's own record is nobody's business. One query for 500 people.
    """
    audit.seen(actor=viewer, action=action, people=[person for person in people if person.user_id != viewer.pk])

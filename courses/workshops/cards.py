"""Workshops and sessions as pages show them: in words, in the venue's time and the viewer's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from core.moments import own_zone_words, zone_words
from core.wording import language_names

from .models import Mode, Session, Workshop
from .services.messages import place_of
from .wording import day_range

State = Workshop.State


@dataclass(frozen=True)
class Status:
    """Where a workshop stands, in a word, with the tone of its tag."""

    word: str
    tone: str = ""


def status_of(workshop: Workshop, taken: int) -> Status:
    """Say where a workshop stands for somebody who thinks of taking part; ``taken`` places are given or kept."""
    if workshop.state == State.CANCELLED:
        return Status(pgettext("workshop", "Cancelled"), "wrong")
    if workshop.is_over:
        return Status(_("Held"))
    if workshop.state == State.PROPOSED:
        return Status(_("Draft"), "mind")
    if workshop.is_open:
        if workshop.capacity is not None and taken >= workshop.capacity:
            return Status(_("Full"), "mind")
        return Status(_("Registration open"), "good")
    if workshop.today >= workshop.starts_on:
        return Status(_("Taking place now"), "good")
    if workshop.state == State.ANNOUNCED:
        return Status(_("Announced"))
    return Status(_("Registration closed"))


@dataclass(frozen=True)
class Card:
    """A workshop in a list. Needs ``texts`` prefetched, ``course`` and ``country`` selected, ``with_people``."""

    workshop: Workshop
    people: int
    taken: int

    @property
    def title(self) -> str:
        return self.workshop.title

    @property
    def title_language(self) -> str:
        """The title's language when it is not the reader's, for ``lang``."""
        return foreign_language(self.workshop)

    @property
    def summary(self) -> str:
        text = self.workshop.text_in()
        return text.summary if text else ""

    @property
    def days(self) -> str:
        return day_range(self.workshop.starts_on, self.workshop.ends_on)

    @property
    def place(self) -> str:
        return place_of(self.workshop)

    @property
    def online(self) -> bool:
        return self.workshop.mode == Mode.ONLINE

    @property
    def languages(self) -> str:
        return language_names(self.workshop.languages)

    @property
    def status(self) -> Status:
        return status_of(self.workshop, self.taken)

    @property
    def field(self) -> str:
        return self.workshop.course.field if self.workshop.course else ""

    @property
    def left(self) -> int | None:
        """Places left, when they are counted."""
        return None if self.workshop.capacity is None else max(0, self.workshop.capacity - self.taken)


def foreign_language(workshop: Workshop) -> str:
    """Return the language the words are shown in when it is not the active one, else empty."""
    text = workshop.text_in()
    return text.language if text and text.language != get_language() else ""


def session_cards(
    sessions: Sequence[Session], workshop: Workshop, *, viewer_zone: str, joining: bool
) -> list[dict[str, Any]]:
    """Return what ``session_card`` shows of each session; the room's link only to those who take part."""
    venue = ZoneInfo(workshop.time_zone)
    own = ZoneInfo(viewer_zone) if viewer_zone else None
    cards = []
    for session in sessions:
        starts, ends = session.starts_at.astimezone(venue), session.ends_at.astimezone(venue)
        card: dict[str, Any] = {
            "session": session,
            "title": session.title,
            "starts_venue": starts,
            "ends_venue": ends,
            "venue_zone": zone_words(workshop.time_zone, session.starts_at),
            "place": "" if session.link else session.place,
            "link": session.link if joining else "",
            "hidden_link": bool(session.link) and not joining,
            "online": workshop.mode == Mode.ONLINE,
        }
        if own is not None and _differs(starts, own):
            card |= {
                "starts_own": starts.astimezone(own),
                "ends_own": ends.astimezone(own),
                "own_zone": own_zone_words(viewer_zone, session.starts_at),
            }
        cards.append(card)
    return cards


def _differs(moment: Any, zone: ZoneInfo) -> bool:
    return (moment.utcoffset() or timedelta()) != (moment.astimezone(zone).utcoffset() or timedelta())

"""What the home and topic pages list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import get_language

from courses.catalogue.search import courses
from courses.catalogue.syllabus import module_pages
from courses.workshops.models import Workshop
from modules.lessons.models import ModulePage

from .navigation import topics

if TYPE_CHECKING:
    from .models import TopicPage

DRAWING = {"abs": "leaf", "customs": "container", "lmo": "helix"}
NEXT_WORKSHOPS = 3


def home_context() -> dict[str, Any]:
    """Return topics, courses and the next public workshops."""
    language = get_language() or "en"
    coming = (
        Workshop.objects.public().exclude(state=Workshop.State.CANCELLED).filter(ends_on__gte=timezone.now().date())
    )
    return {
        "topics": [{**topic, "drawing": DRAWING[topic["field"]]} for topic in topics(language)],
        "courses": courses(language),
        "workshops": list(
            coming.select_related("country").prefetch_related("texts").order_by("starts_on")[:NEXT_WORKSHOPS]
        ),
    }


def topic_context(page: TopicPage) -> dict[str, Any]:
    """Return courses and modules of the topic's field, each in the reader's language or its fallback."""
    language = get_language() or "en"
    keys = ModulePage.objects.live().filter(field=page.field).order_by("path").values_list("translation_key", flat=True)
    cards = module_pages(list(keys), language)
    return {
        "courses": [card for card in courses(language) if card.field == page.field],
        "modules": [cards[key] for key in dict.fromkeys(keys) if key in cards],
    }

"""What this room holds of people: how far they have read."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from core.personal import Person, Record, fact
from modules.records.personal import part

from .models import LessonProgress


def export(person: Person) -> Iterator[Record]:
    """Every lesson somebody opened."""
    if person.user is None:
        return
    rows = LessonProgress.objects.filter(learner_key=person.user.key).select_related("item")
    for row in rows.iterator(chunk_size=2000):
        yield [
            fact("lesson", _("Lesson"), row.item.title),
            fact("started_at", _("Started"), row.started_at),
            fact("seen_at", _("Last read"), row.seen_at),
            fact("done_at", _("Done"), row.done_at),
        ]


def erase(person: Person) -> int:
    """Reading stays for the counts, without the person."""
    return part(LessonProgress.objects.all(), person)

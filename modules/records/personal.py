"""What this room holds of people: learning events; and how rows about a learner lose the person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core.personal import Person, Record, fact

from .models import Event


def export(person: Person) -> Iterator[Record]:
    """What happened while learning."""
    if person.user is None:
        return
    events = Event.objects.filter(actor_key=person.user.key).select_related("item")
    for event in events.iterator(chunk_size=2000):
        percent = event.result.get("percent")
        yield [
            fact("verb", _("What"), event.verb, capfirst(event.get_verb_display())),
            fact("item", _("Of"), event.item.title),
            fact("result", _("Result"), event.result, f"{float(percent):g} %" if percent is not None else ""),
            fact("at", _("Date"), event.at),
        ]


def erase(person: Person) -> int:
    """Events stay for the counts, under a pseudonym that leads nowhere."""
    if person.user is None:
        return 0
    return Event.objects.filter(actor_key=person.user.key).update(actor=None, actor_key=person.pseudonym)


def part(rows: Any, person: Person) -> int:
    """Give a learner's rows of a ``LearnerRecord`` model to the pseudonym; returns how many."""
    if person.user is None:
        return 0
    return rows.filter(learner_key=person.user.key).update(learner=None, learner_key=person.pseudonym)

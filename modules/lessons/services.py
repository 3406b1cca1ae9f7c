"""What a learner does with lessons. Each act is written into the learning record (``records.Event``)."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import DomainError
from modules.records.models import Event, Item
from modules.records.services import log_event

from .models import LessonProgress
from .signals import lesson_done

SEEN_EVERY = timedelta(minutes=1)
"""How often reading one lesson is written down at most."""
PLACE = re.compile(r"[0-9a-f-]{1,40}")


class LessonRetired(DomainError):
    """A lesson that is out of use cannot be done any more."""

    def __init__(self) -> None:
        super().__init__(_("This lesson is no longer in use. What you had done of it is kept."))


class UnknownPlace(DomainError):
    """The place is not the id of a block."""

    def __init__(self) -> None:
        super().__init__(_("This place in the lesson is not known."))


@transaction.atomic
def mark_done(*, actor: Any, item: Item, revision: int | None = None, language: str = "") -> LessonProgress:
    """Mark a lesson done for the actor; done again changes nothing. Raises ``LessonRetired``.

    Keeps the page revision and the item's version, so that it can be told later what was read. Sends
    ``lesson_done`` after the commit.
    """
    if item.retired_at is not None:
        raise LessonRetired
    progress, _new = _progress(actor, item, language)
    if progress.done_at is not None:
        return progress
    progress.done_at = progress.seen_at = timezone.now()
    progress.revision, progress.version, progress.language = revision, item.version, language
    progress.save(update_fields=["done_at", "seen_at", "revision", "version", "language"])
    log_event(user=actor, verb=Event.Verb.COMPLETED, item=item, language=language, revision=revision)
    transaction.on_commit(partial(lesson_done.send, sender=LessonProgress, user=actor, item=item))
    return progress


@transaction.atomic
def unmark(*, actor: Any, item: Item) -> None:
    """Take the mark away. That it was done once stays in the learning record."""
    LessonProgress.objects.visible_to(actor).done().filter(item=item).update(done_at=None, revision=None)


def note_seen(*, actor: Any, item_id: int, seen_at: Any = None, language: str = "") -> bool:
    """Note that the actor reads a lesson; at most one write a minute. Returns whether anything was written.

    ``seen_at`` is what the caller already knows of the last time, to spare a query: ``None`` for never.
    The first time is also written into the learning record.
    """
    now = timezone.now()
    if seen_at is not None:
        if now - seen_at < SEEN_EVERY:
            return False
        rows = LessonProgress.objects.filter(learner_key=actor.key, item_id=item_id)
        return bool(rows.update(seen_at=now, language=language))
    with transaction.atomic():
        item = Item.objects.get(pk=item_id)
        __, new = _progress(actor, item, language)
        if new:
            log_event(user=actor, verb=Event.Verb.EXPERIENCED, item=item, language=language)
    return new


@transaction.atomic
def note_place(*, actor: Any, item: Item, place: str, language: str = "") -> None:
    """Remember the block at which the actor stopped reading. Raises ``UnknownPlace`` for what is no block id."""
    if not PLACE.fullmatch(place):
        raise UnknownPlace
    progress, __ = _progress(actor, item, language)
    progress.place, progress.seen_at = place, timezone.now()
    progress.save(update_fields=["place", "seen_at"])


def _progress(user: Any, item: Item, language: str) -> tuple[LessonProgress, bool]:
    """The one row of a learner and a lesson, made at need, even when two requests make it at once."""
    mine = LessonProgress.objects.filter(learner_key=user.key, item=item)
    if found := mine.first():
        return found, False
    try:
        with transaction.atomic():
            return (
                LessonProgress.objects.create(
                    learner=user,
                    learner_key=user.key,
                    item=item,
                    seen_at=timezone.now(),
                    version=item.version,
                    language=language,
                ),
                True,
            )
    except IntegrityError:
        return mine.get(), False

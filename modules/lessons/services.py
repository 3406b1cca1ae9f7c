"""What a learner does with lessons. Each act is written into the learning record (``records.Event``)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
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
from .versions import version_in

SEEN_EVERY = timedelta(minutes=1)
"""How often reading one lesson is written down at most."""
PLACE = re.compile(r"(?=.{0,40}$)([0-9a-f-]+(\.[0-9]{1,3})?)?")
"""A block's id, and the paragraph in it; or nothing: read to the end."""


class LessonRetired(DomainError):
    """A lesson that is out of use cannot be done any more."""

    def __init__(self) -> None:
        super().__init__(_("This lesson is no longer in use. What you had done of it is kept."))


class UnknownPlace(DomainError):
    """The place is not that of a block or of a paragraph in it."""

    def __init__(self) -> None:
        super().__init__(_("This place in the lesson is not known."))


@transaction.atomic
def mark_done(
    *,
    actor: Any,
    item: Item,
    revision: int | None = None,
    language: str = "",
    version: int | None = None,
    at: datetime | None = None,
) -> LessonProgress:
    """Mark a lesson done for the actor; done again changes nothing. Raises ``LessonRetired``.

    Keeps what was read, so that it can be told later: the page revision and the version (``version``; never above that
    of the text in ``language``, and just that if not said; the original, if no language is said). ``at``: when it was
    done, if that was before now; never before the lesson was first opened, which our own clock says. Sends
    ``lesson_done`` after the commit.
    """
    if item.retired_at is not None:
        raise LessonRetired
    mine, _new = _progress(actor, item, language)
    progress = LessonProgress.objects.select_for_update().get(pk=mine.pk)  # two at once: one event
    if progress.done_at is not None:
        return progress
    progress.done_at = max(at or timezone.now(), progress.started_at)
    progress.seen_at = max(progress.seen_at, progress.done_at)
    if progress.place_at is None or progress.place_at <= progress.done_at:
        progress.place, progress.place_at = "", progress.done_at  # from here on: where reading it again stopped
    _keep_version(actor, progress, item, revision, version, language)
    transaction.on_commit(partial(lesson_done.send, sender=LessonProgress, user=actor, item=item))
    return progress


@transaction.atomic
def read_again(
    *, actor: Any, item: Item, revision: int | None = None, language: str = "", version: int | None = None
) -> None:
    """Note that the actor, who had done a lesson, has read what it has become. When it was done stays.

    Does nothing where the lesson is not done, or was done in this version. Raises ``LessonRetired``.
    """
    if item.retired_at is not None:
        raise LessonRetired
    progress = LessonProgress.objects.visible_to(actor).done().filter(item=item).first()
    if progress is not None and progress.version < min(version or item.version, _present(item, language)):
        _keep_version(actor, progress, item, revision, version, language)


def _present(item: Item, language: str) -> int:
    return version_in(item, language or item.source_language)


def _keep_version(
    actor: Any, progress: LessonProgress, item: Item, revision: int | None, version: int | None, language: str
) -> None:
    present = _present(item, language)
    progress.version, progress.language = max(1, min(version or present, present)), language  # whatever a browser says
    progress.revision = revision if progress.version == present else None  # of an earlier one it is not known
    progress.save(update_fields=["done_at", "seen_at", "place", "place_at", "revision", "version", "language"])
    log_event(
        user=actor,
        verb=Event.Verb.COMPLETED,
        item=item,
        version=progress.version,
        language=language,
        revision=progress.revision,
    )


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
def note_place(*, actor: Any, item: Item, place: str, language: str = "", at: datetime | None = None) -> None:
    """Remember where the actor stopped reading: a block (``ID``) or a paragraph in it (``ID.3``), ``at`` a time (now,
    if not said). An empty place: read to the end.

    An earlier place that arrives late, from a device that was offline, changes nothing. Raises ``UnknownPlace``
    for what is no place.
    """
    if not PLACE.fullmatch(place):
        raise UnknownPlace
    now = timezone.now()
    progress, __ = _progress(actor, item, language)
    if progress.place_at is not None and at is not None and at < progress.place_at:
        return
    progress.place, progress.place_at, progress.seen_at = place, at or now, now
    progress.save(update_fields=["place", "place_at", "seen_at"])


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

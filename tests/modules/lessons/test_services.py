"""Marking done, unmarking, being seen, stopping at a place."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from modules.lessons.models import LessonProgress, LessonVersion
from modules.lessons.services import LessonRetired, UnknownPlace, mark_done, note_place, note_seen, unmark
from modules.lessons.signals import lesson_done
from modules.records.models import Event
from tests.factories import ItemFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def item():
    item = ItemFactory(version=3)
    for number in (2, 3):
        LessonVersion.objects.create(item=item, number=number, notes={"en": "Changed.", "fr": "Changée."})
    return item


def test_a_lesson_done_keeps_no_place_but_one_of_reading_it_again(cast, item):
    note_place(actor=cast.learner, item=item, place="ab")
    mark_done(actor=cast.learner, item=item)
    assert LessonProgress.objects.get().place == ""
    note_place(actor=cast.learner, item=item, place="cd", at=timezone.now() - timedelta(minutes=5))  # arrives late
    assert LessonProgress.objects.get().place == ""
    note_place(actor=cast.learner, item=item, place="ef")
    mark_done(actor=cast.learner, item=item)
    assert LessonProgress.objects.get().place == "ef"


def test_a_place_reached_after_it_was_done_without_a_line_stays(cast, item):
    with time_machine.travel(timezone.now() - timedelta(minutes=10)):
        note_seen(actor=cast.learner, item_id=item.pk)
    note_place(actor=cast.learner, item=item, place="ef")
    mark_done(actor=cast.learner, item=item, at=timezone.now() - timedelta(minutes=5))
    assert LessonProgress.objects.get().place == "ef"


def test_nothing_is_done_before_the_lesson_was_opened(cast, item):
    opened = timezone.now() - timedelta(days=2)
    with time_machine.travel(opened, tick=False):
        note_seen(actor=cast.learner, item_id=item.pk)
    assert mark_done(actor=cast.learner, item=item, at=opened - timedelta(days=3)).done_at == opened


def test_what_was_never_opened_is_done_now(cast, item):
    progress = mark_done(actor=cast.learner, item=item, at=timezone.now() - timedelta(days=3))
    assert progress.done_at == progress.started_at


def test_done_is_written_once_with_revision_version_and_language(cast, item):
    first = mark_done(actor=cast.learner, item=item, revision=12, language="fr")
    again = mark_done(actor=cast.learner, item=item, revision=13, language="en")
    assert (again.pk, again.done_at, again.revision, again.version, again.language) == (
        first.pk,
        first.done_at,
        12,
        3,
        "fr",
    )
    assert Event.objects.filter(verb="completed", item=item, actor_key=cast.learner.key).count() == 1


def test_done_is_told_once_after_the_commit(cast, item, django_capture_on_commit_callbacks):
    heard = []

    def listener(sender, user, item, **kwargs):
        heard.append((user, item))

    lesson_done.connect(listener)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            mark_done(actor=cast.learner, item=item)
            assert heard == []
            mark_done(actor=cast.learner, item=item)
    finally:
        lesson_done.disconnect(listener)
    assert heard == [(cast.learner, item)]


def test_a_retired_lesson_cannot_be_done(cast):
    with pytest.raises(LessonRetired):
        mark_done(actor=cast.learner, item=ItemFactory(retired_at=timezone.now()))


def test_what_one_does_is_not_done_for_another(cast, item):
    mark_done(actor=cast.learner, item=item)
    assert not LessonProgress.objects.visible_to(cast.outsider).exists()
    unmark(actor=cast.outsider, item=item)
    assert LessonProgress.objects.visible_to(cast.learner).done().count() == 1


def test_unmarking_keeps_the_event(cast, item):
    mark_done(actor=cast.learner, item=item, revision=1)
    unmark(actor=cast.learner, item=item)
    assert not LessonProgress.objects.done().exists()
    assert Event.objects.filter(verb="completed", item=item).exists()


def test_progress_outlives_the_account(cast, item):
    key = cast.learner.key
    mark_done(actor=cast.learner, item=item)
    cast.learner.participant.delete()
    cast.learner.delete()
    assert LessonProgress.objects.get(learner_key=key).learner is None


def test_seen_writes_at_most_once_a_minute(cast, item):
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        assert note_seen(actor=cast.learner, item_id=item.pk)
        seen = LessonProgress.objects.get().seen_at
        clock.shift(timedelta(seconds=59))
        assert not note_seen(actor=cast.learner, item_id=item.pk, seen_at=seen)
        clock.shift(timedelta(seconds=2))
        assert note_seen(actor=cast.learner, item_id=item.pk, seen_at=seen)
    assert LessonProgress.objects.get().seen_at == start + timedelta(seconds=61)
    assert Event.objects.filter(verb="experienced").count() == 1


@pytest.mark.parametrize("paragraph", ["", ".1", ".123"])
def test_the_place_is_kept(cast, item, paragraph):
    place = f"0b5b4d3c-8a52-4a10-9a39-08b0a9e4a001{paragraph}"
    note_place(actor=cast.learner, item=item, place=place)
    assert LessonProgress.objects.get().place == place


@pytest.mark.parametrize(
    "place", ["x" * 41, "a" * 41, "<script>", "../..", "Ünïcode", "ab.", "ab.1234", ".1", "ab.1.2", "ab.1\n"]
)
def test_a_place_that_is_none_is_refused(cast, item, place):
    with pytest.raises(UnknownPlace):
        note_place(actor=cast.learner, item=item, place=place)
    assert not LessonProgress.objects.exists()

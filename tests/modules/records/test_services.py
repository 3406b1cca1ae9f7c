"""Items are frozen and retired; events are appended."""

import uuid

import pytest
from django.utils import translation

from modules.records.models import Event, Item
from modules.records.services import freeze_item, log_event, retire_item
from tests.factories import ItemFactory

pytestmark = pytest.mark.django_db

KEY = uuid.uuid4()


def freeze(**fields):
    return freeze_item(**{"key": KEY, "kind": Item.Kind.LESSON, "language": "en", "title": "A lesson", **fields})


def test_freezing_twice_is_one_item():
    assert freeze().pk == freeze().pk
    assert Item.objects.count() == 1


def test_a_translation_adds_its_title_only():
    first, second = ItemFactory(kind="module"), ItemFactory(kind="module")
    freeze(parent=first, order=3, minutes=10)
    item = freeze(language="fr", title="Une leçon", parent=second, order=9, minutes=99)
    assert (item.parent, item.order, item.minutes) == (first, 3, 10)
    assert item.titles == {"en": "A lesson", "fr": "Une leçon"}
    with translation.override("fr"):
        assert item.title == "Une leçon"
    with translation.override("ru"):
        assert item.title == "A lesson"


def test_the_source_language_changes_everything():
    parent = ItemFactory(kind="module")
    freeze()
    item = freeze(title="New", parent=parent, order=2)
    item.refresh_from_db()
    assert (item.titles, item.parent, item.order) == ({"en": "New"}, parent, 2)


def test_another_source_language_takes_over():
    freeze()
    item = freeze(language="fr", title="Une leçon", source_language="fr", order=5)
    assert (item.source_language, item.order) == ("fr", 5)


def test_a_change_is_told_to_the_parent_whose_outline_shows_it():
    old, new = ItemFactory(kind="module"), ItemFactory(kind="module")
    freeze(parent=old)
    before = {item.pk: item.changed_at for item in Item.objects.all()}
    freeze(parent=new)
    for item in (old, new):
        item.refresh_from_db()
        assert item.changed_at > before[item.pk]


def test_nothing_new_changes_nothing():
    parent = ItemFactory(kind="module")
    freeze(parent=parent)
    parent.refresh_from_db()
    before = parent.changed_at
    freeze(parent=parent)
    parent.refresh_from_db()
    assert parent.changed_at == before


def test_a_retired_item_stays_and_comes_back():
    item = freeze()
    retire_item(key=KEY)
    retire_item(key=KEY)
    item.refresh_from_db()
    assert item.retired_at is not None
    assert not Item.objects.live().filter(key=KEY).exists()
    assert freeze().retired_at is None


def test_retiring_what_nobody_knows_does_nothing():
    retire_item(key=uuid.uuid4())
    assert not Item.objects.exists()


def test_an_event_names_the_person_for_ever(cast):
    item = ItemFactory(version=4)
    event = log_event(user=cast.outsider, verb=Event.Verb.EXPERIENCED, item=item, language="fr", seconds=3)
    assert (event.actor_key, event.item_version, event.result) == (cast.outsider.key, 4, {"seconds": 3})
    cast.outsider.participant.delete()
    cast.outsider.delete()
    event.refresh_from_db()
    assert event.actor is None
    assert event.actor_key is not None


def test_events_are_never_changed(cast):
    event = log_event(user=cast.learner, verb=Event.Verb.EXPERIENCED, item=ItemFactory())
    with pytest.raises(TypeError):
        event.save()

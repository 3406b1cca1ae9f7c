"""Generations: what was kept under an old one is not asked for any more."""

from __future__ import annotations

import pytest

from core.caching import generation, renew
from modules.records.models import Item
from modules.records.querysets import ITEMS
from tests import factories

pytestmark = pytest.mark.django_db


def test_a_generation_stays_until_it_is_renewed():
    assert generation("one", "other") == generation("one", "other")
    assert generation("one") != generation("other")


@pytest.mark.parametrize("which", ["one", "other"])
def test_any_of_several_begins_a_new_one(which):
    before = generation("one", "other")
    renew(which)
    assert generation("one", "other") != before


def test_an_item_that_is_touched_begins_a_new_one():
    item = factories.ItemFactory()
    before = generation(ITEMS)
    Item.objects.filter(pk=item.pk).touch()
    assert generation(ITEMS) != before

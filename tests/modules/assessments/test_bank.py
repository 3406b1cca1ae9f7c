"""The question bank in order: categories in a tree, tags."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.models import AuditEntry
from modules.assessments.categories import path_of, within
from modules.assessments.models import QuestionCategory
from modules.assessments.services import bank
from tests import factories

TREE = {1: None, 2: 1, 3: 1, 4: 3, 5: None}


@pytest.mark.parametrize(("root", "below"), [(1, {1, 2, 3, 4}), (3, {3, 4}), (4, {4}), (5, {5}), (9, {9})])
def test_a_category_holds_what_is_below_it(root, below):
    assert within(TREE, root) == below


def test_the_way_to_a_category_leads_from_the_top():
    assert path_of(TREE, 4) == [1, 3, 4]


@given(st.dictionaries(st.integers(1, 8), st.none() | st.integers(1, 8)), st.integers(1, 8))
def test_a_broken_tree_ends_nothing(tree, one):
    assert one in within(tree, one)
    assert len(path_of(tree, one)) == len(set(path_of(tree, one)))


@pytest.mark.django_db
def test_a_path_of_categories_is_made_once():
    first = bank.put_category(actor=None, path=["ABS", " Access "], language="en")
    again = bank.put_category(actor=None, path=["abs", "access"], language="en")
    assert first == again and first.parent.titles == {"en": "ABS"}
    assert QuestionCategory.objects.count() == 2
    assert dict(bank.category_paths("en"))[first.pk] == "ABS › Access"


@pytest.mark.django_db
def test_a_category_is_found_by_its_title_in_any_language():
    category = bank.put_category(actor=None, path=["Access"], language="en")
    bank.change_category(actor=None, category=category, titles={"en": "Access", "fr": "Accès"}, parent=None)
    assert bank.category_at(["accès"]) == category
    assert bank.category_at(["Customs"]) is None


@pytest.mark.django_db
def test_a_category_never_stands_within_itself():
    below = bank.put_category(actor=None, path=["ABS", "Access"], language="en")
    with pytest.raises(bank.InvalidCategory):
        bank.change_category(actor=None, category=below.parent, titles={"en": "ABS"}, parent=below)


@pytest.mark.django_db
@pytest.mark.parametrize("path", [[], ["  "]])
def test_a_category_has_a_title(path):
    with pytest.raises(bank.InvalidCategory):
        bank.put_category(actor=None, path=path, language="en")


@pytest.mark.django_db
def test_filing_a_question_alike_changes_nothing():
    question = factories.make_question()
    category = bank.put_category(actor=None, path=["ABS"], language="en")
    for _turn in range(2):
        bank.file_question(actor=None, question=question, category=category, tags=["access", " prior  consent "])
    question.refresh_from_db()
    assert question.category == category
    assert sorted(tag.name for tag in question.tags.all()) == ["access", "prior consent"]
    assert AuditEntry.objects.filter(action="assessments.file_question").count() == 1
    bank.file_question(actor=None, question=question, category=None)
    assert question.category is None and question.tags.count() == 2

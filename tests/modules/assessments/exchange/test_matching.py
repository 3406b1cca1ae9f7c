"""Which question here is the one that comes in, and where it stays."""

from __future__ import annotations

import pytest

from modules.assessments.models import Question, QuestionCategory
from modules.assessments.services.exporting import Export

LAWS = "$CATEGORY: Laws/Access\n\n::One::Which?{=right ~wrong}\n\n::Two::Which second?{=right ~wrong}\n\n"


def texts() -> list[str]:
    rows = [question.versions.first().texts.first().text for question in Question.objects.all()]
    return sorted(row.removeprefix("<p>").removesuffix("</p>") for row in rows)


def states(report) -> list[str]:
    return [row.state for row in report.rows]


@pytest.mark.parametrize("format", ["moodle-xml", "gift", "csv"])
def test_our_own_export_brought_into_a_category_moves_nothing(bring, format):
    bring(LAWS)
    before = dict(Question.objects.values_list("key", "category"))
    text = "".join(Export(Question.objects.all(), format, "en").parts())
    report = bring(text, format=format, category="From 2025")
    assert states(report) == ["same", "same"]
    assert {row.category for row in report.rows} == {"Laws › Access"}, "the report says where they are"
    assert dict(Question.objects.values_list("key", "category")) == before
    assert not QuestionCategory.objects.filter(titles__en="From 2025").exists()


def test_a_changed_question_stays_in_its_category(bring):
    bring(LAWS)
    text = "".join(Export(Question.objects.all(), "gift", "en").parts()).replace("second", "other")
    report = bring(text, category="From 2025")
    assert sorted(states(report)) == ["changed", "same"]
    assert set(Question.objects.values_list("category__titles__en", flat=True)) == {"Access"}


def test_a_question_without_a_category_gets_that_of_the_file(bring):
    bring("// [id:Q-1]\n::One::Which?{=right ~wrong}\n\n")
    text = "".join(Export(Question.objects.all(), "gift", "en").parts())
    assert states(bring(text, category="Laws")) == ["same"]
    assert Question.objects.get().category.title == "Laws"


def test_another_question_of_the_same_name_is_another_question(bring):
    bring("::Q1::Capital of France?{=Paris ~Rome}\n\n")
    report = bring("::Q1::Who drafts MAT?{=Provider ~Bank}\n\n")
    assert states(report) == ["new"]
    assert texts() == ["Capital of France?", "Who drafts MAT?"]
    assert states(bring("::Q1::Who drafts MAT?{=Provider ~Bank}\n\n")) == ["same"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Is Paris in France?{T}", "May a user share what was agreed?{T}"),
        ("Is Paris in France?{=Yes ~No}", "May a user share what was agreed?{=Yes ~No}"),
        ("How many Parties?{#3}", "In which month did it begin?{#3}"),
        ("Discuss the Protocol.{}", "Tell what a focal point does.{}"),
    ],
)
def test_answers_that_every_bank_has_prove_nothing(bring, one, other):
    bring(f"::Q1::{one}\n\n")
    assert states(bring(f"::Q1::{other}\n\n")) == ["new"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Who drafts MAT?{=Provider ~Bank}", "Who drafts MAT?{=Provider and user ~Nobody}"),
        ("Who?{=a ~b ~c}", "Which of these people drafts it?{~a =b ~c}"),
        ("Is teh Protocol in force?{T}", "Is the Protocol in force?{T}"),
        ("Since when?{#2013}", "Since when?{#2014}"),
    ],
)
def test_a_corrected_question_of_the_same_name_is_changed(bring, before, after):
    bring(f"::Q1::{before}\n\n")
    assert states(bring(f"::Q1::{after}\n\n")) == ["changed"]
    assert Question.objects.count() == 1


def test_one_question_less_in_the_file_shifts_none_of_its_name(bring):
    a, b, c = (f"::Q::{letter} is which?{{=1 ~2}}\n\n" for letter in "ABC")
    bring(a + b + c)
    assert states(bring(b + c)) == ["same", "same"]
    assert texts() == ["A is which?", "B is which?", "C is which?"]


def test_many_questions_of_one_name_find_themselves_across_chunks(bring, monkeypatch):
    from modules.assessments.services import importing

    monkeypatch.setattr(importing, "CHUNK", 3)
    many = [f"::Q::{word} {place}?{{=1 ~2}}\n\n" for place, word in enumerate(["When", "Who", "Why"] * 7)]
    assert set(states(bring("".join(many), dry_run=True))) == {"new"}
    assert set(states(bring("".join(many)))) == {"new"}
    assert set(states(bring("".join(many[5:])))) == {"same"}
    assert set(states(bring("".join(reversed(many)), dry_run=True))) == {"same"}
    assert Question.objects.count() == 21


def test_another_number_in_words_is_a_correction(bring):
    bring("::N::Which is written right?{=1.50 ~1.05}\n\n")
    assert states(bring("::N::Which is written right?{=1.5 ~1.05}\n\n")) == ["changed"]
    words = Question.objects.get().versions.first().texts.get()
    assert [part["text"] for part in words.parts.values()] == ["1.5", "1.05"]


def test_a_fraction_and_a_decimal_in_words_are_two_answers(bring):
    bring("::E::How much?{=1/2 ~0.25 ~3}\n\n")
    report = bring("::E::How much?{~0.5 ~0.25 =3}\n\n")
    assert states(report) == ["changed"]
    words = Question.objects.get().versions.first().texts.get()
    assert [part["text"] for part in words.parts.values()] == ["0.5", "0.25", "3"]


def test_a_number_written_otherwise_is_the_same_number(bring):
    bring("::N::How much?{#1.50:0.5}\n\n")
    assert states(bring("::N::How much?{#1.5:0.50}\n\n")) == ["same"]

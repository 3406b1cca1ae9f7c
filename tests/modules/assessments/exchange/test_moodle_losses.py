"""What Moodle says and this platform has not, or takes otherwise, is named."""

from __future__ import annotations

from fractions import Fraction

import pytest

from modules.assessments.models import Question
from modules.assessments.services.exporting import Export
from modules.assessments.words import content_of

from .test_losses import answers, found, only, xml

TRUE = xml("truefalse", "Is it?", answers(("true", 100), ("false", 0)))
CATEGORY = (
    '<question type="category"><category><text>$course$/top/Laws</text></category>{more}</question><question type="tr'
)


def with_category(more: str) -> str:
    return TRUE.replace('<question type="tr', CATEGORY.format(more=more))


def test_description_and_id_of_a_category_are_named_with_their_line(bring):
    more = '<info format="html"><text>&lt;p&gt;Only for customs&lt;/p&gt;</text></info><idnumber>L-1</idnumber>'
    text = "\n".join(["<quiz>", with_category(more).removeprefix("<quiz>")])
    remark, _question = found(text, "moodle-xml")
    assert (remark.line, remark.name, remark.is_remark) == (2, "Laws", True)
    assert remark.why == "The category is used without its description, its id “L-1”."
    report = bring(text, "moodle-xml")
    assert (report.questions, report.imported, len(report.errors)) == (1, 1, 1)


def test_a_category_without_them_says_nothing():
    more = '<info format="moodle_auto_format"><text></text></info><idnumber></idnumber>'
    assert len(found(with_category(more), "moodle-xml")) == 1


# --- Weights --------------------------------------------------------------------------------------


def test_three_times_33_per_cent_can_earn_everything_and_it_is_said(bring, newest):
    report = bring("::W::Which?{~%33%a ~%33%b ~%33%c ~%-100%d}\n\n")
    version = newest()
    assert [Fraction(each["weight"]) for each in version.body["choices"]] == [Fraction(1, 3)] * 3 + [-1]
    assert version.kind.grade(content_of(version), ["a", "b", "c"]) == 1
    (lost,) = report.unsupported
    assert "they add up to 99%, and count as 100%" in lost.why


def test_what_a_wrong_choice_takes_away_goes_with_it():
    draft = only("Which?{~%33%a ~%33%b ~%33%c ~%-33%d}\n", "gift")
    assert "marking" not in draft.body, "right minus wrong"


@pytest.mark.parametrize("weight", ["33.33333", "33.333"])
def test_thirds_as_moodle_writes_them_are_no_news(weight):
    draft = only(f"Which?{{~%{weight}%a ~%{weight}%b ~%{weight}%c ~%-100%d}}\n", "gift")
    assert draft.lost == []


def test_our_own_weights_come_back_as_they_are(bring, newest):
    bring("::W::Which?{~%50%a ~%50%b ~%-100%d}\n\n")
    version = newest()
    for choice, weight in zip(version.body["choices"], ("0.5", "0.495", "-1"), strict=True):
        choice["weight"] = weight
    version.save()
    text = "".join(Export(Question.objects.all(), "gift", "en").parts())
    assert bring(text).rows[0].state == "same"


# --- Uploads --------------------------------------------------------------------------------------


def upload(kinds: str = "", size: int = 0, count: str = "1") -> list[str]:
    body = (
        f"<responseformat>noinline</responseformat><attachments>{count}</attachments>"
        f"<filetypeslist>{kinds}</filetypeslist><maxbytes>{size}</maxbytes>"
    )
    return only(xml("essay", "Hand in.", body), "moodle-xml").lost


@pytest.mark.parametrize("kinds", ["", "document", "image", ".xlsx,.csv", "document,.pdf"])
def test_kinds_of_files_that_are_ours_are_no_news(kinds):
    assert upload(kinds, size=5 * 1024 * 1024) == []


def test_kinds_of_files_that_come_in_wider_are_named():
    assert upload(".pdf") == ["that only .pdf are taken: .docx, .odt, .txt are taken too"]


def test_a_size_that_is_rounded_is_named():
    assert upload(size=512_000) == ["the limit of 512000 bytes for a file: it is 1 MB"]
    assert upload(size=500 * 1024 * 1024) == ["the limit of 524288000 bytes for a file: it is 100 MB"]


def test_any_number_of_files_is_named():
    assert upload(count="-1") == ["any number of files: 10 at most"]

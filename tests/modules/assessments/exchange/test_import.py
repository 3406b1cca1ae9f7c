"""Bringing questions in: nothing twice, nothing lost in silence, nothing changed by a dry run."""

from __future__ import annotations

import base64
import io
import json
import uuid

import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from core.models import AuditEntry
from media.models import CampusImage
from modules.assessments.exchange.problems import Unreadable
from modules.assessments.models import Question, QuestionCategory, QuestionText, QuestionVersion
from modules.assessments.services import save_answers, start_attempt, submit_attempt
from tests import factories

ONE = "$CATEGORY: Laws/Access\n\n// [tag:ABS] [tag:law]\n::One::Which?{=right#Yes ~wrong#No}\n\n"
TWO = "::Two::And this?{~%50%a ~%50%b ~%-50%c ~%-50%d}\n\n"


def counts() -> list[int]:
    models = (Question, QuestionVersion, QuestionText, QuestionCategory, AuditEntry, CampusImage)
    return [model.objects.count() for model in models]


def png(colour: str = "green") -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(target, "PNG")
    return target.getvalue()


def moodle(text: str, files: dict[str, bytes] | None = None, name: str = "One", more: str = "") -> str:
    held = "".join(
        f'<file name="{file}" path="/" encoding="base64">{base64.b64encode(content).decode()}</file>'
        for file, content in (files or {}).items()
    )
    return (
        f'<quiz><question type="multichoice"><name><text>{name}</text></name><questiontext format="html"><text>'
        f"<![CDATA[{text}]]></text>{held}</questiontext>{more}<single>true</single>"
        '<answer fraction="100" format="html"><text>a</text></answer>'
        '<answer fraction="0" format="html"><text>b</text></answer></question></quiz>'
    )


def test_questions_come_with_category_tags_words_and_feedback(bring, newest):
    report = bring(ONE)
    assert (report.questions, report.imported, report.unsupported, report.errors) == (1, 1, [], [])
    version = newest()
    assert version.type == "single"
    assert [choice["correct"] for choice in version.body["choices"]] == [True, False]
    words = version.texts.get()
    assert (words.language, words.text) == ("en", "<p>Which?</p>")
    assert list(words.parts.values()) == [
        {"text": "right", "feedback": "Yes"},
        {"text": "wrong", "feedback": "No"},
    ]
    assert version.question.category.title == "Access"
    assert version.question.category.parent.title == "Laws"
    assert sorted(version.question.tags.names()) == ["ABS", "law"]
    assert AuditEntry.objects.filter(action="assessments.create_question").count() == 1


def test_the_same_file_again_changes_nothing(bring):
    bring(ONE + TWO)
    before = counts()
    report = bring(ONE + TWO)
    assert report.imported == 2
    assert [row.state for row in report.rows] == ["same", "same"]
    assert counts() == before


def test_a_dry_run_changes_nothing_and_tells_the_same(bring):
    before = counts()
    dry = bring(ONE + TWO + "Broken{\n\ndesc\n\n", dry_run=True)
    assert counts() == before
    assert dry.as_json() == bring(ONE + TWO + "Broken{\n\ndesc\n\n").as_json()


def hotspot(file: str, content: bytes) -> str:
    return (
        '<quiz><question type="ddmarker"><name><text>One</text></name><questiontext format="html"><text>Where?</text>'
        f'</questiontext><file name="{file}" path="/" encoding="base64">{base64.b64encode(content).decode()}</file>'
        "<drag><no>1</no><text>Port</text></drag>"
        "<drop><no>1</no><shape>circle</shape><coords>5,5;4</coords><choice>1</choice></drop>"
        "<drop><no>2</no><shape>rectangle</shape><coords>20,5;6,8</coords><choice>1</choice></drop></question></quiz>"
    )


def in_text(file: str, content: bytes) -> str:
    return moodle(f'<p>See <img src="@@PLUGINFILE@@/{file}" alt="A leaf"></p>', {file: content})


@pytest.mark.parametrize("written", [hotspot, in_text])
@pytest.mark.parametrize("content", [png(), b"<?php evil"], ids=["a picture", "no picture"])
def test_a_dry_run_with_a_picture_tells_what_the_import_does_and_stores_none(bring, written, content):
    text, before = written("a.png", content), counts()
    for _time in ("new", "here already"):
        dry = bring(text, "moodle-xml", dry_run=True)
        assert counts() == before
        assert dry.in_full() == bring(text, "moodle-xml").in_full()
        before = counts()
    assert dry.imported == (written is in_text or content == png())


def test_a_change_of_what_nobody_was_asked_replaces_it(bring, newest):
    bring(ONE)
    report = bring(ONE.replace("Which?", "Which one?"))
    assert [row.state for row in report.rows] == ["changed"]
    version = newest()
    assert (version.number, version.texts.get().text) == (1, "<p>Which one?</p>")


def test_a_change_of_what_somebody_was_asked_makes_a_version(bring, newest):
    bring(ONE)
    learner, question = factories.UserFactory(), Question.objects.get(key__startswith="one")
    quiz = factories.QuizFactory()
    quiz.slots.all().delete()
    quiz.slots.create(question=question)
    attempt = start_attempt(actor=learner, quiz=quiz, language="en")
    save_answers(actor=learner, attempt=attempt, answers={attempt.questions.get().pk: ["a"]})
    submit_attempt(actor=learner, attempt=attempt, submission_key=uuid.uuid4())
    bring(ONE.replace("Which?", "Which one?"))
    assert newest("one").number == 2
    assert newest("one").texts.get().text == "<p>Which one?</p>"
    assert attempt.questions.get().version.texts.get().text == "<p>Which?</p>"


def test_another_language_joins_the_question(bring, newest):
    bring(ONE)
    bring(ONE.replace("Which?", "Laquelle ?").replace("right", "juste"), language="fr")
    version = newest()
    assert version.number == 1
    assert {row.language: row.text for row in version.texts.all()} == {
        "en": "<p>Which?</p>",
        "fr": "<p>Laquelle ?</p>",
    }


def test_another_right_answer_makes_a_version_that_keeps_the_other_languages(bring, newest):
    bring(ONE)
    bring(ONE.replace("Which?", "Laquelle ?"), language="fr")
    bring(ONE.replace("=right", "~right").replace("~wrong", "=wrong"))
    version = newest()
    assert version.number == 2
    assert {row.language for row in version.texts.all()} == {"en", "fr"}


def test_two_questions_of_one_name_stay_two(bring):
    text = "::Q::One{T}\n\n::Q::Two{F}\n\n"
    bring(text)
    bring(text)
    assert Question.objects.count() == 2


def test_one_name_in_two_categories_is_two_questions(bring):
    bring("$CATEGORY: A\n\n::Q::One{T}\n\n$CATEGORY: B\n\n::Q::Two{F}\n\n")
    bring("::Q::Three{F}\n\n", category="C")
    assert Question.objects.count() == 3


def test_the_category_that_is_asked_for_holds_those_of_the_file(bring, newest):
    bring(ONE, category="Imports/2026")
    category = newest().question.category
    titles = []
    while category:
        titles.append(category.title)
        category = category.parent
    assert titles == ["Access", "Laws", "2026", "Imports"]


def test_what_cannot_be_asked_is_an_error_with_its_line(bring):
    report = bring("::Good::One{T}\n\n::Bad::Two{~a ~b}\n\n::Alone::Three{=a ~}\n\n")
    assert report.imported == 1
    assert [(fault.line, fault.name) for fault in report.errors] == [(3, "Bad"), (5, "Alone")]


def test_a_file_that_ends_in_the_middle_is_not_half_imported(bring):
    whole = moodle("<p>One</p>")
    broken = whole.replace("</quiz>", "<question type='essay'><name>")
    with pytest.raises(Unreadable, match="Line 1"):
        bring(broken, "moodle-xml")
    assert not Question.objects.exists()


def test_a_picture_is_stored_once_and_shown_from_here(bring, newest):
    text = moodle('<p>See <img src="@@PLUGINFILE@@/a%20b.png" alt="A leaf" onerror="x"></p>', {"a b.png": png()})
    assert bring(text, "moodle-xml").unsupported == []
    image = CampusImage.objects.get()
    html = newest().texts.get().text
    assert f'data-picture="{image.pk}"' in html
    assert 'alt="A leaf"' in html
    assert 'src="/uploads/' in html
    assert "onerror" not in html
    assert [row.state for row in bring(text, "moodle-xml").rows] == ["same"]
    assert [row.state for row in bring(text, "moodle-xml", dry_run=True).rows] == ["same"]
    assert CampusImage.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.png", b"<?php evil"),
        ("a.png", b"GIF89a but no more"),
        ("a.exe", png()),
        ("a.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
        ("a.svg", b'<!DOCTYPE svg [<!ENTITY a "b">]><svg xmlns="http://www.w3.org/2000/svg">&a;</svg>'),
        ("a.jpg", png()),
    ],
)
def test_what_is_no_picture_is_not_stored_and_named(bring, newest, name, content):
    report = bring(moodle(f'<p>See <img src="@@PLUGINFILE@@/{name}" alt="A leaf"></p>', {name: content}), "moodle-xml")
    assert not CampusImage.objects.exists()
    assert report.imported == 1
    assert name in report.unsupported[0].why
    assert newest().texts.get().text == "<p>See A leaf</p>"


def test_what_is_lost_is_named_with_the_line(bring):
    text = "\n\n" + moodle(
        '<p>See <img src="http://elsewhere.example/x.png"> and <audio src="a.mp3"></audio></p>',
        more="<hint><text>Think</text></hint><penalty>0.25</penalty><defaultgrade>2</defaultgrade>",
    )
    report = bring(text.strip("\n"), "moodle-xml")
    (lost,) = report.unsupported
    assert (lost.name, lost.line, report.imported) == ("One", 1, 1)
    for word in ("elsewhere.example", "audio", "hints", "0.25", "mark of 2"):
        assert word in lost.why


@pytest.mark.parametrize("number", [2, 60])
def test_a_chunk_costs_the_same_whatever_it_holds(bring, number, django_assert_max_num_queries):
    bring(ONE)  # categories and tags are there
    text = "$CATEGORY: Laws/Access\n\n" + "".join(
        f"// [tag:ABS]\n::Q{place}::Which {place}?{{=a ~b}}\n\n" for place in range(number)
    )
    with django_assert_max_num_queries(22):
        bring(text)
    with django_assert_max_num_queries(22):
        bring(text.replace("Which", "What"))


def test_progress_is_told_outside_any_transaction(bring, monkeypatch):
    from modules.assessments.services import importing

    monkeypatch.setattr(importing, "CHUNK", 2)
    told = []
    bring("".join(f"::Q{place}::T{{T}}\n\n" for place in range(5)), progress=lambda *numbers: told.append(numbers))
    assert told == [(0, 2), (0, 4), (2, 5), (4, 5), (5, 5)]


# --- The command ----------------------------------------------------------------------------------


def run(path, *options) -> dict:
    out = io.StringIO()
    call_command("import_questions", str(path), "--json", *options, stdout=out)
    return json.loads(out.getvalue())


def test_the_command_prints_exactly_the_report(tmp_path, db):
    path = tmp_path / "q.gift"
    path.write_text(ONE + "::Read this:: Only text.\n\n::Broken:: What{=a\n\n")
    report = run(path)
    assert list(report) == ["questions", "imported", "unsupported", "errors", "new", "changed", "same"]
    assert (report["questions"], report["imported"]) == (3, 1)
    assert (report["new"], report["changed"], report["same"]) == (1, 0, 0)
    (unsupported,) = report["unsupported"]
    assert list(unsupported) == ["name", "type", "line", "why"]
    assert (unsupported["name"], unsupported["type"], unsupported["line"]) == ("Read this", "description", 6)
    assert report["errors"][0]["line"] == 8


def test_the_command_says_in_words_what_is_new_changed_and_the_same(tmp_path, db):
    path = tmp_path / "q.gift"
    path.write_text(ONE)
    run(path)
    path.write_text(ONE + TWO)
    out = io.StringIO()
    call_command("import_questions", str(path), stdout=out)
    assert "2 questions, 2 imported: 1 new, 0 changed, 1 the same as here." in out.getvalue()


def test_the_command_finds_out_the_format(tmp_path, db):
    for name, text in {
        "a.xml": moodle("<p>One</p>"),
        "b.txt": ONE,
        "c.csv": "type,question,right\ntruefalse,Is it?,true\n",
        "d": "type;question;right\ntruefalse;Is it?;false\n",
    }.items():
        (tmp_path / name).write_text(text)
        assert run(tmp_path / name)["imported"] == 1


def test_the_command_dry_runs(tmp_path, db):
    path = tmp_path / "q.gift"
    path.write_text(ONE)
    before = counts()
    assert run(path, "--dry-run")["imported"] == 1
    assert counts() == before


@pytest.mark.parametrize(
    "content", [b"", b"\x00\x01\x02\x03" * 100, b"<quiz><question", b"<html></html>", b"PK\x03\x04"]
)
def test_the_command_fails_only_for_a_file_that_cannot_be_read(tmp_path, db, content):
    path = tmp_path / "q"
    path.write_bytes(content)
    with pytest.raises(CommandError):
        call_command("import_questions", str(path), stdout=io.StringIO())


def test_a_missing_file_is_an_error_in_words_and_in_json(tmp_path, db):
    out = io.StringIO()
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_questions", str(tmp_path / "none.xml"), "--json", stdout=out)
    assert json.loads(out.getvalue())["errors"]


YEAR = "::Year::When?{=2014}\n\n"


@pytest.mark.parametrize("was_asked", [True, False])
def test_what_the_file_accepts_no_more_goes_out_of_translations_too(bring, newest, was_asked):
    bring(YEAR)
    version = newest("year")
    QuestionText.objects.create(
        record=version, language="fr", text="<p>Quand ?</p>", parts={"a": {"text": "2014\ndeux mille quatorze"}}
    )
    if was_asked:
        quiz = factories.QuizFactory()
        quiz.slots.create(question=version.question, order=9)
        start_attempt(actor=factories.UserFactory(), quiz=quiz, language="en")
    again = YEAR.replace("2014", "2010")
    assert "français" in bring(again, dry_run=True).rows[0].why
    assert newest("year").text_in("fr").parts["a"]["text"].startswith("2014")
    assert "français" in bring(again).rows[0].why
    assert (newest("year").number, newest("year").text_in("en").parts["a"]["text"]) == (2 if was_asked else 1, "2010")
    assert newest("year").text_in("fr").parts["a"]["text"] == "deux mille quatorze"
    assert not bring(again).rows[0].why


def test_a_translated_file_takes_nothing_out_of_the_original(bring, newest):
    bring(YEAR)
    QuestionText.objects.create(
        record=newest("year"), language="fr", text="<p>Quand ?</p>", parts={"a": {"text": "2014"}}
    )
    bring(YEAR.replace("2014", "2010").replace("When?", "Quand ?"), language="fr")
    assert newest("year").text_in("en").parts["a"]["text"] == "2014"

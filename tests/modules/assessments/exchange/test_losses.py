"""What a file says comes in as it is meant, or is named as lost; nothing is dropped or turned round in silence."""

from __future__ import annotations

import base64
import io
from html import escape

import pytest

from modules.assessments.exchange import reading
from modules.assessments.exchange.draft import Draft
from modules.assessments.exchange.markup import clean, to_html, to_plain
from modules.assessments.models import Question

from .test_qti import CHOICES, declared, item, package


def found(text: str, format: str) -> list[reading.Found]:
    return list(reading.read(io.BytesIO(text.encode()), format))


def only(text: str, format: str) -> Draft:
    (draft,) = found(text, format)
    assert isinstance(draft, Draft), draft
    return draft


def xml(kind: str, text: str, body: str = "", format: str = ' format="html"') -> str:
    return (
        f'<quiz><question type="{kind}"><name><text>One</text></name><questiontext{format}>'
        f"<text>{escape(text)}</text></questiontext>{body}</question></quiz>"
    )


def answers(*given: tuple[str, int], format: str = "") -> str:
    return "<single>true</single>" + "".join(
        f'<answer fraction="{share}"{format}><text>{escape(text)}</text></answer>' for text, share in given
    )


# --- Gaps -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "gap",
    ['{1:MC:=<img src="a.png">~y~z}', "{1:MC:a~b~c}", "{1:MC:%-50%a~b}", "{1:MC:=a~b~%0%#note}", "{1:MC:}"],
)
def test_a_gap_whose_right_choice_cannot_be_told_is_not_imported(gap):
    (told,) = found(xml("cloze", f"<p>a {gap} b</p>"), "moodle-xml")
    assert isinstance(told, reading.Unsupported)


@pytest.mark.parametrize("gap", ["{1:SA:=<b>x</b>}", "{1:SA:=x#<i>note</i>}", "{1:MC:=<b>x</b>~y}"])
def test_formatting_of_what_fills_a_gap_is_named(gap):
    draft = only(xml("cloze", f"<p>a {gap} b</p>"), "moodle-xml")
    assert draft.lost == ["the formatting of an answer"]
    assert "x" in draft.part("1") + draft.part("1.a")


def test_a_brace_written_as_an_entity_begins_no_gap():
    draft = only(xml("cloze", "<p>&#123;1:SA:=x} &#x7B;2:SA:=x} &lbrace;1:SA:=x} {1:SA:=y}</p>"), "moodle-xml")
    assert draft.text == "<p>{1:SA:=x} {2:SA:=x} {1:SA:=x} [[1]]</p>"


# --- Formulas and entities ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("html", "kept"),
    [
        (
            r"<p>Is \(a<b\)? And more.</p><p>Second $$x<y$$ end.</p>",
            r"<p>Is \(a&lt;b\)? And more.</p><p>Second $$x&lt;y$$ end.</p>",
        ),
        (r"<p>\[a<b \text{ or } b>c\] <b>x</b></p>", r"<p>\[a&lt;b \text{ or } b&gt;c\] <b>x</b></p>"),
        (r"<p>\(a &lt; b &amp; c<d\)</p>", r"<p>\(a &lt; b &amp; c&lt;d\)</p>"),
        ("<p>It costs $$ here.</p><p>And $$ there.</p>", "<p>It costs $$ here.</p><p>And $$ there.</p>"),
        (r"<p>\(x<i>y</i>\)</p>", r"<p>\(x<i>y</i>\)</p>"),
        (r"<p>\(<script>alert(1)</script>\)</p>", r"<p>\(\)</p>"),
        (r"<p>\(a<b\) <math><mi>x</mi></math></p>", r"<p>\(a&lt;b\) <math><mi>x</mi></math></p>"),
    ],
)
def test_a_sign_in_a_formula_swallows_nothing(html, kept):
    assert clean(html) == kept
    assert clean(kept) == kept


def test_answers_that_are_formulas_stay_apart():
    draft = only(xml("multichoice", "<p>?</p>", answers((r"\(a<b\)", 100), (r"\(a<c\)", 0))), "moodle-xml")
    assert [draft.part("a"), draft.part("b"), draft.lost] == [r"\(a<b\)", r"\(a<c\)", []]


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("R&eacute;sum&eacute; &ndash; ok?", "<p>Résumé – ok?</p>"),
        ("a &lt; b &amp; c", "<p>a &lt; b &amp; c</p>"),
        ("AT&T & co", "<p>AT&amp;T &amp; co</p>"),
        ("&copy=1", "<p>&amp;copy=1</p>"),
        (r"Is \(a<b\)?", r"<p>Is \(a&lt;b\)?</p>"),
    ],
)
def test_moodles_own_format_knows_entities(text, html):
    assert to_html(text, "moodle") == html
    assert to_plain(text, "moodle") == to_plain(html)
    assert only(xml("essay", text, format=' format="moodle_auto_format"'), "moodle-xml").text == html


def test_what_says_no_format_has_that_of_its_question():
    body = answers(("<p>caf&eacute;&nbsp;1</p>", 100), ("b &lt; c", 0))
    draft = only(xml("multichoice", "a&nbsp;b", body, format=""), "moodle-xml")
    assert [draft.text, draft.part("a"), draft.part("b")] == [
        "<p>a\u00a0b</p>".replace("\u00a0", "&nbsp;"),
        "café 1",
        "b < c",
    ]
    plain = only(
        xml("multichoice", "a", answers(("x &lt; <b>y</b>", 100), ("z", 0)), ' format="plain_text"'), "moodle-xml"
    )
    assert plain.part("a") == "x &lt; <b>y</b>"


def test_gift_shows_the_characters_that_entities_mean():
    draft = only("Caf&eacute;?{=a&nbsp;b &lt; c#caf&eacute; ~d}", "gift")
    assert (draft.text, draft.part("a"), draft.part("a", "feedback")) == ("<p>Café?</p>", "a b < c", "café")


# --- What an answer cannot hold -------------------------------------------------------------------


@pytest.mark.parametrize(
    "answers",
    ["{=<i>c</i> ~d}", "{=c#<b>well</b> ~d}", "{T#no#<b>yes</b>}", "{=<b>a</b> -> x =b -> y}", "{#3#<b>yes</b>}"],
)
def test_gift_names_the_formatting_that_an_answer_loses(answers):
    assert only(f"Which?{answers}", "gift").lost == ["the formatting of an answer"]


def test_gift_names_the_picture_that_an_answer_loses():
    assert only(r'Which?{=<img src\="a.png"> x ~d}', "gift").lost == ["the picture in an answer"]


# --- Pictures -------------------------------------------------------------------------------------


def test_pictures_of_one_name_in_two_folders_are_two():
    files = "".join(
        f'<file name="a.png" path="/{folder}/" encoding="base64">{base64.b64encode(folder.encode()).decode()}</file>'
        for folder in "xy"
    )
    text = '<p><img src="@@PLUGINFILE@@/x/a.png" alt="1"><img src="@@PLUGINFILE@@/y/a.png" alt="2"></p>'
    quiz = xml("essay", text).replace("</questiontext>", f"{files}</questiontext>")
    draft = only(quiz, "moodle-xml")
    assert sorted(picture.content for picture in draft.pictures.values()) == [b"x", b"y"]
    assert draft.lost == []


def test_a_picture_is_found_by_its_bare_name_if_only_one_has_it():
    file = '<file name="a.png" path="/x/" encoding="base64">eA==</file>'
    quiz = xml("essay", '<p><img src="@@PLUGINFILE@@/a.png" alt="1"></p>')
    draft = only(quiz.replace("</questiontext>", f"{file}</questiontext>"), "moodle-xml")
    assert len(draft.pictures) == 1
    two = file + file.replace("/x/", "/y/").replace("eA==", "eQ==")
    draft = only(quiz.replace("</questiontext>", f"{two}</questiontext>"), "moodle-xml")
    assert (len(draft.pictures), len(draft.lost)) == (0, 1)


# --- Order, use, control signs, tables ------------------------------------------------------------

FIXED = "the fixed order of the answers: a quiz shuffles all or none"


@pytest.mark.parametrize(
    ("attributes", "choices", "lost"),
    [
        (' shuffle="false"', CHOICES, [FIXED]),
        (' shuffle="true"', CHOICES, []),
        ("", CHOICES, []),
        (' shuffle="true"', CHOICES.replace('identifier="C"', 'identifier="C" fixed="true"'), [FIXED]),
    ],
)
def test_qti_that_keeps_an_order_is_told(attributes, choices, lost):
    body = f'<choiceInteraction responseIdentifier="R"{attributes}>{choices}<prompt>Which?</prompt></choiceInteraction>'
    (draft,) = reading.read(package(item(body, declared(["A"]))), "qti")
    assert draft.lost == lost


def test_what_moodle_hides_comes_in_out_of_use(bring):
    quiz = xml("truefalse", "a", answers(("true", 100), ("false", 0)) + "<hidden>1</hidden>")
    report = bring(quiz, "moodle-xml")
    assert Question.objects.get().retired_at is not None
    assert "out of use" in report.unsupported[0].why
    assert bring(quiz, "moodle-xml").rows[0].state == "same"
    Question.objects.update(retired_at=None)
    assert "stays in use" in bring(quiz, "moodle-xml").unsupported[0].why
    assert Question.objects.get().retired_at is None
    bring(quiz.replace("<hidden>1", "<hidden>0").replace("One", "Two"), "moodle-xml")
    assert Question.objects.filter(retired_at=None).count() == 2


@pytest.mark.parametrize(
    ("text", "format"),
    [
        ("One?{T}\n\nTw\x08o?{T}\n", "gift"),
        ("type,question,right\ntruefalse,One?,true\ntruefalse,Tw\x08o?,true\n", "csv"),
    ],
)
def test_one_control_sign_costs_no_file(text, format):
    one, two, remark = found(text, format)
    assert (one.text, two.text) == ("<p>One?</p>", "<p>Tw\ufffdo?</p>")
    assert (remark.line, remark.is_remark) == (3, True)


@pytest.mark.parametrize("text", ["One?{T}\n\n" * 40 + "\0", "One?{T}\n\n" + "\x08a\n" * 101, "\x01\x02\x03\x04abc"])
def test_what_is_no_text_is_refused(text):
    with pytest.raises(reading.Unreadable):
        found(text, "gift")


@pytest.mark.parametrize(("answers", "first"), [(("true", "false"), "if true"), (("false", "true"), "if false")])
def test_feedback_goes_to_the_answer_that_its_cell_names(answers, first):
    header = "type,question,right,answer 1,feedback 1,answer 2,feedback 2\n"
    draft = only(f"{header}truefalse,Is it?,true,{answers[0]},if {answers[0]},{answers[1]},if {answers[1]}\n", "csv")
    notes = {part["text"]: part["feedback"] for part in draft.parts.values()}
    assert notes == {"True": "if true", "False": "if false"}
    one = only(f"type,question,right,answer 1,feedback 1\ntruefalse,Is it?,true,{answers[0]},{first}\n", "csv")
    assert {part["text"]: part["feedback"] for part in one.parts.values()}[answers[0].title()] == first

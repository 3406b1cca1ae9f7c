"""Reading GIFT: every form of a question, every escape, and the line of what is wrong."""

from __future__ import annotations

from decimal import Decimal

import pytest

from modules.assessments.exchange import gift
from modules.assessments.exchange.markup import words
from modules.assessments.exchange.problems import Fault


def read(text: str) -> list:
    return list(gift.read(text.split("\n")))


def only(text: str) -> gift.Record:
    (record,) = read(text)
    assert isinstance(record, gift.Record), record
    return record


def answers(text: str) -> list[tuple]:
    return [(words(answer.text.html), answer.weight, words(answer.feedback.html)) for answer in only(text).answers]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Read this first.", "description"),
        ("Discuss. {}", "essay"),
        ("Discuss. {\n}", "essay"),
        ("Which?{=a ~b}", "multichoice"),
        ("Which?{~%50%a ~%50%b ~c}", "multichoice"),
        ("True?{T}", "truefalse"),
        ("True?{ false }", "truefalse"),
        ("Name it{=a =b}", "shortanswer"),
        ("Name it{a}", "shortanswer"),
        ("Pair{=a -> b =c -> d}", "matching"),
        ("How many?{#3}", "numerical"),
        ("How many?{ #=3 =%50%4:1}", "numerical"),
    ],
)
def test_the_answers_tell_the_kind(text, kind):
    assert only(text).kind == kind


def test_a_name_and_a_format_stand_before_the_text():
    record = only("::Parties\\: how many:: [html]<b>How</b> many?{#5}")
    assert record.name == "Parties: how many"
    assert record.html == "<p><b>How</b> many?</p>"


@pytest.mark.parametrize(
    ("written", "html"),
    [
        ("[plain]1 < 2 <b>", "<p>1 &lt; 2 &lt;b&gt;</p>"),
        ("[markdown]a **b**", "<p>a <strong>b</strong></p>"),
        ("[moodle]a\nb", "<p>a<br>b</p>"),
        ("a <em>b</em>", "<p>a <em>b</em></p>"),
        ("[HTML]<p>a<script>x</script></p>", "<p>a</p>"),
        ("is 1 < 2?", "<p>is 1 &lt; 2?</p>"),
    ],
)
def test_each_format_becomes_clean_html(written, html):
    assert only(written + "{}").html == html


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (r"a \~ b", "a ~ b"),
        (r"a \= b", "a = b"),
        (r"a \# b", "a # b"),
        (r"\{a\}", "{a}"),
        (r"a\: b", "a: b"),
        (r"a \\ b", "a \\ b"),
        (r"\\= b", "\\"),
        (r"\\\= b", "\\= b"),
        (r"\\(x \\neq y\\)", r"\(x \neq y\)"),
        (r"\(x \neq \nu\)", r"\(x \neq \nu\)"),
        (r"\(\frac\{a\}\{b\}\)", r"\(\frac{a}{b}\)"),
    ],
)
def test_a_backslash_takes_the_meaning_from_a_sign(written, text):
    assert words(only("[plain]Which?{=" + written + " ~z}").answers[0].text.html) == text


def test_a_written_line_end_is_a_line_end():
    assert only(r"[plain]one\ntwo{}").html == "<p>one<br>two</p>"


def test_weights_and_feedback_belong_to_their_answer():
    assert answers("Which?{=right#Yes ~%50%half#Partly ~%-33.333%wrong# ~none}") == [
        ("right", Decimal(100), "Yes"),
        ("half", Decimal(50), "Partly"),
        ("wrong", Decimal("-33.333"), ""),
        ("none", Decimal(0), ""),
    ]
    assert only("Which?{=a ~b}").single
    assert not only("Which?{~%50%a ~%50%b ~c}").single


def test_general_feedback_follows_four_signs():
    record = only("Which?{=a#one ~b#two\n####Read article 5.}")
    assert words(record.feedback.html) == "Read article 5."
    assert [words(answer.feedback.html) for answer in record.answers] == ["one", "two"]
    assert words(only("Discuss{####Model answer}").feedback.html) == "Model answer"


@pytest.mark.parametrize(
    ("written", "number", "tolerance"),
    [
        ("#3", "3", "0"),
        ("#3:0.5", "3", "0.5"),
        ("#1..5", "3", "2"),
        ("#-5..-1", "-3", "2"),
        ("#-2.5:0.1", "-2.5", "0.1"),
        ("#1e3", "1000", "0"),
        ("#3,5:0,1", "3.5", "0.1"),
    ],
)
def test_a_number_has_a_tolerance_or_a_range(written, number, tolerance):
    (answer,) = only("How many?{" + written + "}").answers
    assert (answer.number, answer.tolerance) == (Decimal(number), Decimal(tolerance))


def test_several_numbers_have_weights_and_the_rest_has_feedback():
    record = only("How many?{#\n=4:0#Right\n=%50%4:1#Nearly\n~#Count again}")
    assert [(answer.number, answer.weight, words(answer.feedback.html)) for answer in record.answers] == [
        (Decimal(4), Decimal(100), "Right"),
        (Decimal(4), Decimal(50), "Nearly"),
        (None, Decimal(0), "Count again"),
    ]


@pytest.mark.parametrize(("word", "true"), [("T", 100), ("TRUE", 100), ("f", 0), ("False", 0)])
def test_true_or_false_says_what_to_whom(word, true):
    yes, no = only("True?{" + word + "#You erred#You knew}").answers
    assert (yes.weight, no.weight) == (true, 100 - true)
    right, wrong = (yes, no) if true else (no, yes)
    assert (words(wrong.feedback.html), words(right.feedback.html)) == ("You erred", "You knew")


def test_pairs_keep_their_sides():
    record = only("Pair{=<b>ABS</b> -> Nagoya =LMO -> Cartagena = -> Rotterdam}")
    assert [(words(answer.text.html), answer.pair) for answer in record.answers] == [
        ("ABS", "Nagoya"),
        ("LMO", "Cartagena"),
        ("", "Rotterdam"),
    ]


def test_a_missing_word_leaves_a_line():
    assert only("The Nagoya {=Protocol ~Treaty} is of 2010.").html == "<p>The Nagoya _____ is of 2010.</p>"


def test_categories_nest_and_comments_carry_ids_and_tags():
    first, second = read(
        "// a comment\n$CATEGORY: $course$/top/Laws/Access//sharing\n\n"
        "// question: 7  name: A\n// [id:abs-1] [tag:ABS] [tag:a \\] b]\n::A::One{T}\n\n// another\nTwo{F}"
    )
    assert first.category == second.category == ("Laws", "Access/sharing")
    assert (first.idnumber, first.tags) == ("abs-1", ["ABS", "a ] b"])
    assert (second.idnumber, second.tags) == ("", [])


def test_comments_stand_anywhere_in_a_question():
    assert answers("Which?{\n// the right one\n=a\n // not\n~b\n}") == [("a", 100, ""), ("b", 0, "")]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("One{T}\n\nTwo {=a\n\nThree{F}", 3),
        ("One{T}\n\nTwo\nlines } here\n\nThree{F}", 4),
        ("One{T}\n\nTwo{=a}\nand {=b}\n\nThree{F}", 4),
        ("One{T}\n\nTwo{=a -> b\n=c}\n\nThree{F}", 4),
        ("One{T}\n\nTwo{\nx =a ~b}\n\nThree{F}", 3),
        ("One{T}\n\nTwo{#\n=5\n=many}\n\nThree{F}", 5),
        ("One{T}\n\nTwo{=a\n~%500%b}\n\nThree{F}", 4),
        ("One{T}\n\n// remark\n{=a ~b}\n\nThree{F}", 4),
        ("One{T}\n\nTwo{=a\n~ #nothing}\n\nThree{F}", 4),
        ("One{T}\n\nTwo{=a ->\n=b -> c}\n\nThree{F}", 3),
        ("One{T}\n\nTwo{T#a#b#c}\n\nThree{F}", 3),
    ],
)
def test_what_is_wrong_has_its_line_and_the_others_are_read(text, line):
    first, fault, last = read(text)
    assert isinstance(fault, Fault), fault
    assert fault.line == line
    assert first.html == "<p>One</p>"
    assert last.html == "<p>Three</p>"


def test_a_fault_names_its_question():
    (fault,) = read("::Broken::What{=a")
    assert fault.name == "Broken"


def test_nothing_in_a_file_is_nothing():
    assert read("") == read("\n\n// only words\n") == []


@pytest.mark.parametrize(
    "text",
    [
        "// [id:x] [tag:t]\n::N::[html]<p>a</p>{\n\t=b#c\n\t~%50%d\n\n}",
        "[html]a{~%60%b ~%40%c ~%-100%d####e}",
        "[markdown]a *b* \\{c\\}{=[html]<b>x</b> =%50%y#z}",
        "a{#=3:0.5#ok =%50%1..9 ~#no}",
        "a{T#no#yes}",
        "a{F}",
        "a{=b -> c\\=d = -> e}",
        "a{}",
        "a",
        "a {=b} c",
    ],
)
def test_what_was_read_can_be_written_and_read_again(text):
    record = only(text.replace("\n\n}", "}"))
    (again,) = read("".join(gift.write([record])))
    assert again.line >= 1
    for name in ("kind", "html", "name", "idnumber", "tags", "category", "single"):
        assert getattr(again, name) == getattr(record, name)
    assert [told(answer, record.kind) for answer in again.answers] == [
        told(answer, record.kind) for answer in record.answers
    ]
    assert again.feedback.html == record.feedback.html


def told(answer: gift.Answer, kind: str) -> tuple:
    text = answer.number if kind == "numerical" else answer.text.html
    return text, answer.tolerance, answer.weight, answer.feedback.html, answer.pair


@pytest.mark.parametrize("text", ["uno\ne dos", "uno\nu otro", "a\nmid b", "a\neq b", "$$a\ne b$$", "\\(a\n\ne b\\)"])
def test_a_line_end_before_a_word_stays_a_line_end(text):
    assert only(gift.escaped(text) + "{T}").text.raw == text


def test_a_line_end_of_a_stranger_before_a_word_is_a_line_end():
    assert only(r"[plain]uno\ne dos $$x \ne y$${}").text.raw == "uno\ne dos $$x \\ne y$$"

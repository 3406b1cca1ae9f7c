"""Moodle XML as Moodle writes it: each of its types, in our own examples."""

from __future__ import annotations

import base64
import io
import re
from html import unescape

import pytest
from defusedxml.ElementTree import fromstring
from PIL import Image

from modules.assessments.exchange import reading
from modules.assessments.exchange.draft import Draft
from modules.assessments.types import type_of
from modules.assessments.types.base import Words


def png(size: tuple[int, int] = (400, 300)) -> str:
    target = io.BytesIO()
    Image.new("RGB", size, "white").save(target, "PNG")
    return base64.b64encode(target.getvalue()).decode()


def read(body: str, kind: str, text: str = "<p>Which?</p>", encoding: str = "utf-8", head: str = "") -> Draft:
    quiz = (
        f'{head}<quiz>\n<question type="category"><category><text>$course$/top/Laws/A//B</text></category></question>\n'
        f'<question type="{kind}"><name><text>One</text></name><questiontext format="html"><text>'
        f"<![CDATA[{text}]]></text>"
        "</questiontext><generalfeedback format='html'><text>&lt;p&gt;See article 5.&lt;/p&gt;</text></generalfeedback>"
        "<defaultgrade>1.0000000</defaultgrade><penalty>0.3333333</penalty><hidden>0</hidden><idnumber>x1</idnumber>"
        f"<tags><tag><text>ABS</text></tag></tags>{body}</question></quiz>"
    )
    (found,) = reading.read(io.BytesIO(quiz.encode(encoding)), "moodle-xml")
    assert isinstance(found, Draft), found
    if not found.pictures:
        type_of(found.type).check(found.body, Words("en", found.text, parts=found.parts))
    return found


def answer(text: str, fraction: float, note: str = "", more: str = "", format: str = "html") -> str:
    return (
        f'<answer fraction="{fraction}" format="{format}"><text>{text}</text>'
        f'<feedback format="html"><text>{note}</text></feedback>{more}</answer>'
    )


def test_what_all_questions_have():
    draft = read(answer("true", 100) + answer("false", 0), "truefalse")
    assert (draft.name, draft.idnumber, draft.category, draft.tags) == ("One", "x1", ("Laws", "A/B"), ["ABS"])
    assert (draft.text, draft.feedback, draft.line) == ("<p>Which?</p>", "<p>See article 5.</p>", 3)
    assert draft.lost == []


def test_multichoice_with_one_answer():
    body = "<single>true</single>" + answer("&lt;p&gt;a&lt;/p&gt;", 100, "yes") + answer("b", 0, "no")
    draft = read(body, "multichoice")
    assert (draft.type, draft.body) == (
        "single",
        {"choices": [{"id": "a", "correct": True}, {"id": "b", "correct": False}]},
    )
    assert draft.parts == {"a": {"text": "a", "feedback": "yes"}, "b": {"text": "b", "feedback": "no"}}


def test_multichoice_with_weights_keeps_them_as_fractions():
    body = "<single>false</single>" + "".join(answer(text, 33.33333) for text in "abc") + answer("d", -50)
    draft = read(body, "multichoice")
    assert draft.type == "multiple"
    assert [choice["weight"] for choice in draft.body["choices"]] == ["1/3", "1/3", "1/3", "-1/2"]


def test_multichoice_whose_weights_are_our_rule():
    body = "<single>false</single>" + answer("a", 50) + answer("b", 50) + answer("c", -50)
    assert "marking" not in read(body, "multichoice").body


def test_combined_feedback_and_a_fixed_order_are_named():
    body = (
        "<single>true</single><shuffleanswers>0</shuffleanswers>"
        "<correctfeedback format='html'><text>Well done, reader.</text></correctfeedback>"
        "<incorrectfeedback format='html'><text>Your answer is incorrect.</text></incorrectfeedback>"
    )
    draft = read(body + answer("a", 100) + answer("b", 0), "multichoice")
    assert len(draft.lost) == 2


def test_shortanswer_with_case_and_stars():
    body = "<usecase>1</usecase>" + answer("ABS*", 100, "yes", format="plain") + answer("MAT", 50, format="plain")
    draft = read(body, "shortanswer")
    assert draft.body["answers"] == [{"id": "a", "weight": "1"}, {"id": "b", "weight": "1/2"}]
    assert (draft.body["case"], draft.body["wildcard"]) == (True, True)


def test_numerical_with_units():
    body = (
        answer("5500", 100, "yes", "<tolerance>10</tolerance>")
        + answer("*", 0, "other")
        + "<units><unit><multiplier>1</multiplier><unit_name>W</unit_name></unit>"
        "<unit><multiplier>0.001</multiplier><unit_name>kW</unit_name></unit></units>"
        "<unitgradingtype>1</unitgradingtype><unitpenalty>0.1</unitpenalty><showunits>0</showunits>"
    )
    draft = read(body, "numerical")
    assert (draft.body["answers"][0]["value"], draft.body["answers"][0]["tolerance"]) == ("5500", "10")
    assert [(unit["factor"], draft.part(unit["id"])) for unit in draft.body["units"]] == [("1", "W"), ("1000", "kW")]
    assert draft.body["unit"] == "required"
    assert len(draft.lost) == 2  # what is said to any other number, the penalty for a wrong unit


@pytest.mark.parametrize("kind", ["matching", "ddmatch"])
def test_matching_with_a_spare_answer(kind):
    format = ' format="html"' if kind == "ddmatch" else ""
    body = "".join(
        f'<subquestion format="html"><text>{left}</text><answer{format}><text>{right}</text></answer></subquestion>'
        for left, right in (("&lt;p&gt;ABS&lt;/p&gt;", "Nagoya"), ("LMO", "Cartagena"), ("", "Rotterdam"))
    )
    draft = read(body, kind)
    assert draft.type == "matching"
    assert [draft.part(target) for target in draft.body["targets"]] == ["Nagoya", "Cartagena", "Rotterdam"]


def test_matching_whose_answers_are_shared_is_categorising():
    body = "".join(
        f"<subquestion><text>{left}</text><answer><text>{right}</text></answer></subquestion>"
        for left, right in (("a", "x"), ("b", "y"), ("c", "x"))
    )
    assert read(body, "matching").type == "categorising"


def test_ordering():
    body = (
        "<gradingtype>ABSOLUTE_POSITION</gradingtype>" + answer("first", 1) + answer("third", 3) + answer("second", 2)
    )
    draft = read(body, "ordering")
    assert [draft.part(id) for id in draft.body["items"]] == ["first", "second", "third"]
    assert draft.body["marking"] == "places"


def test_essay_and_upload():
    essay = read(
        "<responseformat>editor</responseformat><minwordlimit>50</minwordlimit>"
        "<graderinfo format='html'><text>Look for article 6.</text></graderinfo>",
        "essay",
    )
    assert (essay.type, essay.body) == ("essay", {"min_words": 50})
    assert len(essay.lost) == 1
    upload = read(
        "<responseformat>noinline</responseformat><attachments>2</attachments>"
        "<filetypeslist>.pdf,image</filetypeslist><maxbytes>5242880</maxbytes>",
        "essay",
    )
    assert upload.body == {"kinds": ["document", "picture"], "count": 2, "megabytes": 5}


def test_cloze():
    text = (
        "<p>The protocol of {1:SHORTANSWER:=Nagoya#Yes~%100%Nagoya-ken~*#No} is of {2:NUMERICAL:=2010:0}; "
        "it needs {:MULTICHOICE_S:PIC only~=PIC and MAT#Both~neither \\} nor}.</p>"
    )
    draft = read("", "cloze", text)
    assert draft.type == "gaps"
    assert draft.text == "<p>The protocol of [[1]] is of [[2]]; it needs [[3]].</p>"
    assert draft.part("1") == "Nagoya\nNagoya-ken"
    assert (draft.body["gaps"][1], draft.part("2")) == ({"id": "2", "weight": 2}, "2010")
    chosen = draft.body["gaps"][2]
    assert [draft.part(f"3.{name}") for name in chosen["choices"]] == ["PIC only", "PIC and MAT", "neither } nor"]
    assert chosen["right"] == "b"
    assert draft.part("3.b", "feedback") == "Both"
    assert len(draft.lost) == 1  # the feedback to wrong answers


@pytest.mark.parametrize("written", ["and/or", 'a "b"', "2 = 2", "~5 %", "#1", "a}b", "C:\\x", "=x", "%50%", "*"])
def test_signs_of_cloze_reach_moodle_and_come_back(written):
    """Moodle decodes entities, then takes the backslash from ``\\}`` and ``\\#`` and from no other sign."""
    gaps = {"gaps": [{"id": "1", "choices": ["a", "b"], "right": "a"}], "diacritics": True}
    parts = {"1.a": {"text": "right", "feedback": written}, "1.b": {"text": written, "feedback": ""}}
    sent = Draft("gaps", "<p>It is [[1]].</p>", gaps, parts, name="One")
    out = fromstring(type_of("gaps").exchange.to_moodle(sent, lambda number: None).finished())
    text = out.findtext("questiontext/text")
    first, second = re.search(r"MULTICHOICE_S:=(.*)\}", text)[1].split("~")
    assert unescape(second).replace("\\}", "}").replace("\\#", "#") == written
    assert unescape(first.split("#", 1)[1]) == written
    back = read("", "cloze", text)
    assert (back.part("1.b"), back.part("1.a", "feedback"), back.part("1.a")) == (written, written, "right")


@pytest.mark.parametrize(("kind", "tag"), [("gapselect", "selectoption"), ("ddwtos", "dragbox")])
def test_missing_words(kind, tag):
    options = "".join(
        f"<{tag}><text>{text}</text><group>{group}</group></{tag}>"
        for text, group in (("Nagoya", 1), ("Cartagena", 1), ("2010", 2), ("2000", 2))
    )
    draft = read(options, kind, "<p>[[2]] is of [[4]].</p>")
    assert draft.text == "<p>[[1]] is of [[2]].</p>"
    assert [[draft.part(f"{gap['id']}.{name}") for name in gap["choices"]] for gap in draft.body["gaps"]] == [
        ["Nagoya", "Cartagena"],
        ["2010", "2000"],
    ]
    assert [gap["right"] for gap in draft.body["gaps"]] == ["b", "b"]


MARKERS = (
    f'<file name="map.png" encoding="base64">{png()}</file>'
    "<drag><no>1</no><text>Port</text><noofdrags>1</noofdrags></drag>"
    "<drop><no>1</no><shape>rectangle</shape><coords>10,20;30,40</coords><choice>1</choice></drop>"
    "<drop><no>2</no><shape>circle</shape><coords>100,120;30</coords><choice>1</choice></drop>"
)


def test_one_marker_with_zones_is_a_hotspot():
    draft = read(MARKERS, "ddmarker")
    assert draft.type == "hotspot"
    assert [(each["shape"], each["coords"]) for each in draft.body["choices"]] == [
        ("rect", [10, 20, 30, 40]),
        ("circle", [100, 120, 30]),
    ]
    assert draft.body["picture"] in draft.pictures


def test_a_hotspot_comes_into_the_bank_with_its_picture_and_back(bring, newest):
    from media.models import CampusImage
    from modules.assessments.models import Question
    from modules.assessments.services.exporting import Export

    quiz = (
        '<quiz><question type="ddmarker"><name><text>One</text></name><questiontext format="html"><text>Where?</text>'
        f"</questiontext>{MARKERS}</question></quiz>"
    )
    report = bring(quiz, "moodle-xml")
    assert (report.imported, report.errors) == (1, [])
    assert newest().body["picture"] == CampusImage.objects.get().pk
    text = "".join(Export(Question.objects.all(), "moodle-xml", "en").parts())
    assert [row.state for row in bring(text, "moodle-xml").rows] == ["same"]


def written_zones(text: str) -> tuple[Image.Image, list[str], int]:
    """The picture of a written question, its zones, and how many pictures the file holds."""
    question = fromstring(text).findall("question")[-1]
    content = base64.b64decode(question.findtext("file"))
    return (
        Image.open(io.BytesIO(content)),
        [drop.findtext("coords") for drop in question.findall("drop")],
        text.count("iVBOR"),
    )


def test_a_picture_larger_than_moodle_keeps_is_written_small_with_its_zones(bring, newest):
    """Moodle would make it 600 pixels wide and leave the zones where they were."""
    from modules.assessments.models import Question
    from modules.assessments.services.exporting import Export

    large = MARKERS.replace(png(), png((1200, 600)))
    bring(
        '<quiz><question type="ddmarker"><name><text>One</text></name><questiontext format="html"><text>Where?</text>'
        f"</questiontext>{large}</question></quiz>",
        "moodle-xml",
    )
    assert newest().body["choices"][0]["coords"] == [10, 20, 30, 40]
    text = "".join(Export(Question.objects.all(), "moodle-xml", "en").parts())
    picture, zones, pictures = written_zones(text)
    assert picture.size == (600, 300)
    assert zones == ["5,10;15,20", "50,60;15"]
    assert pictures == 2, "the whole picture travels along"
    assert [row.state for row in bring(text, "moodle-xml").rows] == ["same"]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("calculated", ""),
        ("ddimageortext", ""),
        ("coderunner", ""),
        ("ddmarker", MARKERS.replace("<choice>1</choice></drop>", "<choice>2</choice></drop>", 1)),
        ("ddmarker", ""),
        ("cloze", ""),
        ("description", ""),
        ("random", ""),
    ],
)
def test_what_cannot_be_asked_here_is_named_with_its_line(kind, body):
    quiz = (
        f'<quiz>\n\n<question type="{kind}"><name><text>One</text></name><questiontext format="html">'
        f"<text>Where?</text></questiontext>{body}</question></quiz>"
    )
    (found,) = reading.read(io.BytesIO(quiz.encode()), "moodle-xml")
    assert isinstance(found, reading.Unsupported), found
    assert (found.name, found.type, found.line) == ("One", kind, 3)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "windows-1252"])
def test_every_encoding_keeps_the_letters(encoding):
    head = "" if encoding in ("utf-16", "utf-8-sig") else f'<?xml version="1.0" encoding="{encoding}"?>\n'
    body = answer("true", 100) + answer("false", 0)
    assert read(body, "truefalse", "<p>Élan é ü?</p>", encoding, head).text == "<p>Élan é ü?</p>"


@pytest.mark.parametrize(
    ("format", "text", "html"),
    [
        ("html", "&lt;p&gt;$$x \\lt y$$ &amp;amp; \\(a_1\\)&lt;/p&gt;", "<p>$$x \\lt y$$ &amp; \\(a_1\\)</p>"),
        ("markdown", "a **b** \\(x_1 y_1\\)", "<p>a <strong>b</strong> \\(x_1 y_1\\)</p>"),
        ("plain_text", "1 &lt; 2\n3", "<p>1 &lt; 2<br>3</p>"),
        ("moodle_auto_format", "a\nb", "<p>a<br>b</p>"),
        (
            "html",
            "&lt;math&gt;&lt;mfrac&gt;&lt;mi&gt;a&lt;/mi&gt;&lt;mn&gt;2&lt;/mn&gt;&lt;/mfrac&gt;&lt;/math&gt;",
            "<p><math><mfrac><mi>a</mi><mn>2</mn></mfrac></math></p>",
        ),
    ],
)
def test_formulas_and_formats_stay_readable(format, text, html):
    quiz = (
        f'<quiz><question type="essay"><name><text>N</text></name><questiontext format="{format}"><text>{text}</text>'
        "</questiontext></question></quiz>"
    )
    (draft,) = reading.read(io.BytesIO(quiz.encode()), "moodle-xml")
    assert draft.text == html


def test_formulas_in_answers_are_written_out():
    math = "&lt;math&gt;&lt;msup&gt;&lt;mi&gt;x&lt;/mi&gt;&lt;mn&gt;2&lt;/mn&gt;&lt;/msup&gt;&lt;/math&gt;"
    body = "<single>true</single>" + answer(math, 100) + answer("H&lt;sub&gt;2&lt;/sub&gt;O", 0)
    draft = read(body, "multichoice")
    assert [draft.part("a"), draft.part("b"), draft.lost] == ["x^2", "H₂O", []]

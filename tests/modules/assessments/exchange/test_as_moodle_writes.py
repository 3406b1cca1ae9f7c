"""A file as Moodle 4.5 writes it, with our own questions: nothing is lost but what is named."""

from __future__ import annotations

import base64
import io

import pytest
from PIL import Image

pytestmark = pytest.mark.django_db

COMBINED = """
    <correctfeedback format="html"><text><![CDATA[<p>Your answer is correct.</p>]]></text></correctfeedback>
    <partiallycorrectfeedback format="html"><text>Your answer is partially correct.</text></partiallycorrectfeedback>
    <incorrectfeedback format="html"><text>Your answer is incorrect.</text></incorrectfeedback>
    <shownumcorrect/>"""


def png() -> str:
    target = io.BytesIO()
    Image.new("RGB", (400, 300), "white").save(target, "PNG")
    return base64.b64encode(target.getvalue()).decode()


def answer(share: str, text: str, note: str = "", format: str = "html", more: str = "") -> str:
    return f"""
    <answer fraction="{share}" format="{format}">
      <text>{text}</text>
      <feedback format="html"><text>{note}</text></feedback>{more}
    </answer>"""


def question(number: int, kind: str, name: str, text: str, body: str, penalty: str = "0.3333333") -> str:
    return f"""
<!-- question: {number}  -->
  <question type="{kind}">
    <name><text>{name}</text></name>
    <questiontext format="html"><text><![CDATA[{text}]]></text></questiontext>
    <generalfeedback format="html"><text></text></generalfeedback>
    <defaultgrade>1.0000000</defaultgrade>
    <penalty>{penalty}</penalty>
    <hidden>0</hidden>
    <idnumber></idnumber>{body}
    <tags><tag><text>ABS</text></tag></tags>
  </question>"""


CHOICES = "<single>{single}</single><shuffleanswers>true</shuffleanswers><answernumbering>abc</answernumbering>"
CHOICES += "<showstandardinstruction>0</showstandardinstruction>"
CHOOSABLE = "".join(
    f"<{{0}}><text>{text}</text><group>{group}</group>{{1}}</{{0}}>"
    for text, group in (("Nagoya", 1), ("Cartagena", 1), ("2010", 2), ("2000", 2))
)
QUESTIONS = [
    (
        "single",
        "multichoice",
        "<p>Who grants access?</p>",
        CHOICES.format(single="true")
        + COMBINED
        + answer("100", "<![CDATA[<p>The provider</p>]]>", "Yes")
        + answer("0", "<p>The user</p>".replace("<", "&lt;")),
    ),
    (
        "multiple",
        "multichoice",
        "<p>Which are Parties?</p>",
        CHOICES.format(single="false")
        + COMBINED
        + answer("50", "Peru")
        + answer("50", "Kenya")
        + answer("-50", "Mars")
        + answer("-50", "Venus"),
    ),
    (
        "truefalse",
        "truefalse",
        "<p>It is in force.</p>",
        answer("100", "true", "", "moodle_auto_format") + answer("0", "false", "Since 2014.", "moodle_auto_format"),
    ),
    (
        "short_answer",
        "shortanswer",
        "<p>Which city?</p>",
        "<usecase>0</usecase>" + answer("100", "Nagoya", "", "moodle_auto_format"),
    ),
    (
        "numeric",
        "numerical",
        "<p>How long is it?</p>",
        answer("100", "1.5", "", "moodle_auto_format", "<tolerance>0.1</tolerance>")
        + "<units><unit><multiplier>1</multiplier><unit_name>m</unit_name></unit>"
        "<unit><multiplier>100</multiplier><unit_name>cm</unit_name></unit></units>"
        "<unitgradingtype>1</unitgradingtype><unitpenalty>1.0000000</unitpenalty><showunits>2</showunits>"
        "<unitsleft>0</unitsleft>",
    ),
    (
        "matching",
        "matching",
        "<p>What belongs together?</p>",
        "<shuffleanswers>true</shuffleanswers>"
        + COMBINED
        + "".join(
            f'<subquestion format="html"><text>{left}</text><answer><text>{right}</text></answer></subquestion>'
            for left, right in (("Nagoya", "ABS"), ("Cartagena", "LMO"), ("", "CITES"))
        ),
    ),
    (
        "ordering",
        "ordering",
        "<p>What comes first?</p>",
        "<layouttype>VERTICAL</layouttype><selecttype>ALL</selecttype><selectcount>2</selectcount>"
        "<gradingtype>ABSOLUTE_POSITION</gradingtype><showgrading>SHOW</showgrading>"
        "<numberingstyle>none</numberingstyle>"
        + COMBINED
        + answer("1.0000000", "PIC")
        + answer("2.0000000", "MAT")
        + answer("3.0000000", "Use"),
    ),
    (
        "essay",
        "essay",
        "<p>Explain.</p>",
        "<responseformat>editor</responseformat><responserequired>1</responserequired>"
        "<responsefieldlines>10</responsefieldlines><minwordlimit>20</minwordlimit><maxwordlimit></maxwordlimit>"
        "<attachments>0</attachments><attachmentsrequired>0</attachmentsrequired><maxbytes>0</maxbytes>"
        "<filetypeslist></filetypeslist><graderinfo format='html'><text></text></graderinfo>"
        "<responsetemplate format='html'><text></text></responsetemplate>",
    ),
    (
        "gaps",
        "cloze",
        "<p>The {1:SHORTANSWER:=Nagoya~=nagoya} Protocol of {1:MULTICHOICE_S:=2010~2000#Cartagena &#38; others}.</p>",
        "",
    ),
    (
        "gaps",
        "gapselect",
        "<p>[[1]] is of [[3]].</p>",
        "<shuffleanswers>1</shuffleanswers>" + COMBINED + CHOOSABLE.format("selectoption", ""),
    ),
    (
        "gaps",
        "ddwtos",
        "<p>[[2]] is of [[4]].</p>",
        "<shuffleanswers>1</shuffleanswers>" + COMBINED + CHOOSABLE.format("dragbox", "<infinite/>"),
    ),
    (
        "hotspot",
        "ddmarker",
        "<p>Where is the port?</p>",
        "<shuffleanswers/>"
        + COMBINED
        + f'<file name="map.png" encoding="base64">{png()}</file>'
        + "<drag><no>1</no><text>Port</text><noofdrags>2</noofdrags></drag>"
        "<drop><no>1</no><shape>rectangle</shape><coords>10,20;30,40</coords><choice>1</choice></drop>"
        "<drop><no>2</no><shape>circle</shape><coords>100,120;30</coords><choice>1</choice></drop>",
    ),
]


def test_every_type_of_moodle_comes_in_and_goes_out_and_in_again(bring):
    from modules.assessments.models import Question
    from modules.assessments.services.exporting import Export

    head = """
<!-- question: 0  -->
  <question type="category">
    <category><text>$course$/top/Default for ABS/Access</text></category>
    <info format="moodle_auto_format"><text>The default category.</text></info>
    <idnumber></idnumber>
  </question>"""
    written = "".join(
        question(place, kind, f"{place} {kind}", text, body, "1.0000000" if kind == "truefalse" else "0.3333333")
        for place, (_type, kind, text, body) in enumerate(QUESTIONS, start=1)
    )
    report = bring(f'<?xml version="1.0" encoding="UTF-8"?>\n<quiz>{head}{written}\n</quiz>', "moodle-xml")
    (remark,) = report.errors
    assert remark.why == "The category is used without its description."
    rows = [row for row in report.rows if row.type]
    assert [row.type for row in rows] == [type for type, *_rest in QUESTIONS]
    assert {row.category for row in rows} == {"Default for ABS › Access"}
    assert {each.name: each.why for each in report.unsupported} == {
        "12 ddmarker": "Imported without: the free placing of markers: the zones can be seen and are chosen from.",
    }
    again = "".join(Export(Question.objects.all(), "moodle-xml", "en").parts())
    assert {row.state for row in bring(again, "moodle-xml").rows} == {"same"}

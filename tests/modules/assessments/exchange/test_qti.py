"""QTI items of versions 2 and 3 become our questions."""

from __future__ import annotations

import io
import re
import zipfile

import pytest

from modules.assessments.exchange import qti, reading
from modules.assessments.exchange.draft import Draft
from modules.assessments.types import type_of
from modules.assessments.types.base import Words

CHOICES = (
    '<simpleChoice identifier="A">Yes<feedbackInline identifier="A" outcomeIdentifier="F" showHide="show">Well'
    '</feedbackInline></simpleChoice><simpleChoice identifier="B">No</simpleChoice>'
    '<simpleChoice identifier="C">Perhaps</simpleChoice>'
)


def declared(values: list[str], cardinality: str = "single", base: str = "identifier", name: str = "R", more="") -> str:
    inside = "".join(f"<value>{value}</value>" for value in values)
    return (
        f'<responseDeclaration identifier="{name}" cardinality="{cardinality}" baseType="{base}">'
        f"<correctResponse>{inside}</correctResponse>{more}</responseDeclaration>"
    )


def item(body: str, declarations: str) -> str:
    return (
        '<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="i1" title="One">'
        f"{declarations}<itemBody>{body}</itemBody></assessmentItem>"
    )


def as_qti_3(xml: str) -> str:
    """The same item with the names of QTI 3."""

    def kebab(name: str) -> str:
        return re.sub(r"([A-Z])", lambda sign: f"-{sign[1].lower()}", name)

    own = (
        "assessmentItem|responseDeclaration|correctResponse|value|mapping|mapEntry|itemBody|prompt|feedbackInline|"
        "\\w+Interaction|simple\\w+|inlineChoice"
    )
    xml = re.sub(rf"<(/?)({own})\b", lambda tag: f"<{tag[1]}qti-{kebab(tag[2])}", xml)
    return re.sub(r' (\w+)="', lambda found: f' {kebab(found[1])}="', xml)


def package(*items: str) -> io.BytesIO:
    target = io.BytesIO()
    resources = "".join(
        f'<resource identifier="r{n}" type="imsqti_item_xmlv2p1" href="items/{n}.xml"/>' for n in range(len(items))
    )
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("imsmanifest.xml", f"<manifest><resources>{resources}</resources></manifest>")
        for number, xml in enumerate(items):
            archive.writestr(f"items/{number}.xml", xml)
    return target


ITEMS = {
    "single": item(
        f'<p>Read.</p><choiceInteraction responseIdentifier="R" maxChoices="1"><prompt>Is it?</prompt>'
        f"{CHOICES}</choiceInteraction>",
        declared(["A"]),
    ),
    "multiple": item(
        f'<choiceInteraction responseIdentifier="R" maxChoices="0"><prompt>Which?</prompt>'
        f"{CHOICES}</choiceInteraction>",
        declared(["A", "C"], "multiple"),
    ),
    "ordering": item(
        f'<orderInteraction responseIdentifier="R"><prompt>Order?</prompt>{CHOICES}</orderInteraction>',
        declared(["C", "A", "B"], "ordered"),
    ),
    "matching": item(
        '<matchInteraction responseIdentifier="R"><prompt>Pair</prompt><simpleMatchSet>'
        '<simpleAssociableChoice identifier="A">ABS</simpleAssociableChoice><simpleAssociableChoice identifier="L">LMO'
        '</simpleAssociableChoice></simpleMatchSet><simpleMatchSet><simpleAssociableChoice identifier="N">Nagoya'
        '</simpleAssociableChoice><simpleAssociableChoice identifier="C">Cartagena</simpleAssociableChoice>'
        "</simpleMatchSet></matchInteraction>",
        declared(["A N", "L C"], "multiple", "directedPair"),
    ),
    "short_answer": item(
        '<p>Protocol of <textEntryInteraction responseIdentifier="R"/>?</p>', declared(["Nagoya"], base="string")
    ),
    "numeric": item('<p>Year? <textEntryInteraction responseIdentifier="R"/></p>', declared(["2010"], base="integer")),
    "gaps": item(
        '<p>In <textEntryInteraction responseIdentifier="R"/> by <inlineChoiceInteraction responseIdentifier="S">'
        '<inlineChoice identifier="a">PIC</inlineChoice><inlineChoice identifier="b">MAT</inlineChoice>'
        "</inlineChoiceInteraction>.</p>",
        declared(["2010"], base="string") + declared(["b"], name="S"),
    ),
    "essay": item('<p>Discuss.</p><extendedTextInteraction responseIdentifier="R"/>', declared([], base="string")),
}


@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize("type", list(ITEMS))
def test_each_interaction_becomes_its_type(type, version):
    xml = ITEMS[type] if version == 2 else as_qti_3(ITEMS[type])
    (draft,) = reading.read(package(xml), "qti")
    assert isinstance(draft, Draft), draft
    assert (draft.type, draft.name, draft.idnumber, draft.lost) == (type, "One", "i1", [])
    type_of(type).check(draft.body, Words("en", draft.text, parts=draft.parts))


def one(type: str) -> Draft:
    (draft,) = reading.read(package(ITEMS[type]), "qti")
    return draft


def test_what_is_right_stays_right():
    single = one("single")
    assert single.text == "<p>Read.</p><p>Is it?</p>"
    assert [(single.part(each["id"]), each["correct"]) for each in single.body["choices"]] == [
        ("Yes", True),
        ("No", False),
        ("Perhaps", False),
    ]
    assert single.part("a", "feedback") == "Well"
    assert [one("ordering").part(id) for id in one("ordering").body["items"]] == ["Perhaps", "Yes", "No"]
    assert [each["correct"] for each in one("multiple").body["choices"]] == [True, False, True]
    gaps = one("gaps")
    assert gaps.text == "<p>In [[1]] by [[2]].</p>"
    assert gaps.body["gaps"][1]["right"] == "b"


@pytest.mark.parametrize(
    ("name", "written"), [("a b.png", "a%20b.png"), ("a&b.png", "a&amp;b.png"), ("a.png", "./pictures/../a.png")]
)
def test_a_picture_is_found_however_its_address_is_written(name, written):
    target = package(item(f'<p>See <img src="{written}" alt="A leaf"/></p>', ""))
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr(f"items/{name}", b"a picture")
    records = qti.read(target)
    record = next(records)
    assert 'alt="A leaf"' in record.asked()
    assert [picture.content for picture in record.draft.pictures.values()] == [b"a picture"]
    assert not record.draft.lost


def test_an_interaction_that_is_unknown_is_named():
    found = list(
        reading.read(
            package(item('<p>x</p><sliderInteraction responseIdentifier="R"/>', declared(["1"])), ITEMS["essay"]), "qti"
        )
    )
    assert isinstance(found[0], reading.Unsupported)
    assert (found[0].type, found[0].name) == ("sliderInteraction", "One")
    assert isinstance(found[1], Draft)


def test_a_package_comes_into_the_bank(bring):
    xml = [text.replace('identifier="i1"', f'identifier="{name}"', 1) for name, text in ITEMS.items()]
    report = bring(package(*xml).getvalue(), "qti")
    assert (report.questions, report.imported, report.errors) == (len(ITEMS), len(ITEMS), [])
    assert {row.state for row in bring(package(*xml).getvalue(), "qti").rows} == {"same"}

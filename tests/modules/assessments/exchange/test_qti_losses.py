"""Nothing of a QTI item is dropped or scored otherwise in silence."""

from __future__ import annotations

import io
import zipfile
from fractions import Fraction

import pytest

from modules.assessments.exchange import reading
from modules.assessments.exchange.draft import Draft

from .test_qti import CHOICES, ITEMS, as_qti_3, declared, item, package

TEMPLATES = "http://www.imsglobal.org/question/qti_v2p1/rptemplates"


def mapping(more: str = "", **points: str) -> str:
    entries = "".join(f'<mapEntry mapKey="{key}" mappedValue="{value}"/>' for key, value in points.items())
    return f'<mapping defaultValue="0" {more}>{entries}</mapping>'


def one(xml: str, template: str = "") -> Draft:
    if template:
        xml = xml.replace(
            "</assessmentItem>", f'<responseProcessing template="{TEMPLATES}/{template}"/></assessmentItem>'
        )
    (draft,) = reading.read(package(xml), "qti")
    assert isinstance(draft, Draft), draft
    return draft


def choice(right: list[str], points: str, most: int = 1) -> str:
    kind = "single" if most == 1 else "multiple"
    return item(
        f'<choiceInteraction responseIdentifier="R" maxChoices="{most}"><prompt>Which?</prompt>{CHOICES}'
        "</choiceInteraction>",
        declared(right, kind, more=points),
    )


def weights(draft: Draft) -> list[Fraction]:
    return [Fraction(each["weight"]) for each in draft.body["choices"]]


# --- Content --------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize(
    "variable", ['<printedVariable identifier="V"/>', '<templateBlock templateIdentifier="T"><p>x</p></templateBlock>']
)
def test_an_item_with_variables_is_refused_and_named(version, variable):
    xml = ITEMS["single"].replace("<p>Read.</p>", f"<p>Read.</p>{variable}")
    if version == 3:
        xml = (
            as_qti_3(xml)
            .replace("printedVariable", "qti-printed-variable")
            .replace("templateBlock", "qti-template-block")
        )
    (told,) = reading.read(package(xml), "qti")
    assert isinstance(told, reading.Unsupported)
    assert "variables" in told.why


def test_feedback_within_the_text_is_named():
    block = (
        '<feedbackBlock identifier="x" outcomeIdentifier="F" showHide="show"><p>The law of 2014.</p></feedbackBlock>'
    )
    draft = one(ITEMS["single"].replace("<p>Read.</p>", f"<p>Read.</p>{block}"))
    assert draft.lost == ["the feedback within the text"]


def test_a_text_of_another_file_is_named():
    xml = ITEMS["single"].replace("<itemBody>", '<assessmentStimulusRef identifier="s" href="stim.xml"/><itemBody>')
    (what,) = one(xml).lost
    assert "stim.xml" in what


def bundle(**types: str) -> io.BytesIO:
    target = io.BytesIO()
    resources = "".join(
        f'<resource identifier="{name}" type="{type}" href="{name}.xml"/>' for name, type in types.items()
    )
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("imsmanifest.xml", f"<manifest><resources>{resources}</resources></manifest>")
        for name in types:
            archive.writestr(f"{name}.xml", ITEMS["single"])
    return target


def test_a_package_without_items_is_refused_and_says_what_it_holds(bring):
    with pytest.raises(reading.Unreadable, match=r"no items of QTI 2 or 3.*bank.xml \(imsqti_xmlv1p1\)"):
        bring(bundle(test="imsqti_test_xmlv2p1", bank="imsqti_xmlv1p1").getvalue(), "qti")
    with pytest.raises(reading.Unreadable, match="no items"):
        bring(bundle(picture="webcontent").getvalue(), "qti")


def test_what_is_not_read_beside_items_is_named(bring):
    file = bundle(i="imsqti_item_xmlv2p1", t="imsqti_test_xmlv2p1", p="webcontent")
    report = bring(file.getvalue(), "qti")
    assert (report.questions, report.imported) == (1, 1)
    (remark,) = report.errors
    assert remark.why == "Not read: t.xml (imsqti_test_xmlv2p1)."


# --- Scoring --------------------------------------------------------------------------------------


@pytest.mark.parametrize("template", ["", "map_response", "map_response.xml", "CC2_map_response"])
def test_points_of_a_single_choice_become_weights(template):
    draft = one(choice(["A"], mapping(A="2", B="1")), template)
    assert (draft.type, weights(draft), draft.lost) == ("single", [1, Fraction(1, 2), 0], [])


@pytest.mark.parametrize("template", ["match_correct", "CC2_match"])
def test_match_correct_takes_no_points_of_a_mapping(template):
    draft = one(choice(["A", "B"], mapping(A="1", B="1"), most=0), template)
    assert (draft.body["marking"], draft.lost) == ("all_or_nothing", [])
    single = one(choice(["A"], mapping(A="2", B="1")), template)
    assert "marking" not in single.body


def test_map_response_of_a_multiple_choice_becomes_weights():
    draft = one(choice(["A", "B"], mapping(A="2", B="1", C="-1"), most=0), "map_response")
    assert (weights(draft), draft.lost) == ([Fraction(2, 3), Fraction(1, 3), Fraction(-1, 3)], [])


def test_bounds_of_points_are_named():
    draft = one(choice(["A", "B"], mapping('upperBound="1"', A="1", B="1"), most=0), "map_response")
    assert draft.lost == ["the bounds of its points"]


def test_a_program_of_another_house_is_named():
    assert "its own program" in one(ITEMS["single"], "of_our_house").lost[0]


def test_half_points_of_an_inline_choice_are_named():
    body = (
        '<p>x <inlineChoiceInteraction responseIdentifier="R"><inlineChoice identifier="A">aa</inlineChoice>'
        '<inlineChoice identifier="B">bb</inlineChoice></inlineChoiceInteraction></p>'
    )
    draft = one(item(body, declared(["A"], more=mapping(A="2", B="1"))))
    assert (draft.body["gaps"][0]["right"], draft.lost) == ("a", ["the points for a choice that is half right"])
    assert one(item(body, declared(["A"], more=mapping(A="2", B="0")))).lost == []


def matching(points: str) -> str:
    return ITEMS["matching"].replace("</correctResponse>", f"</correctResponse>{points}")


def pairs(**points: str) -> str:
    return mapping(**points).replace("_", " ")


def test_unequal_points_of_pairs_are_named():
    assert one(matching(pairs(A_N="1", L_C="1"))).lost == []
    (what,) = one(matching(pairs(A_N="2", L_C="1"))).lost
    assert "each item earns the same" in what
    (what,) = one(matching(pairs(A_N="1", L_C="1", A_C="-1"))).lost
    assert what == "that wrong answers take away points"
    (what,) = one(ITEMS["matching"], "match_correct").lost
    assert "only all of it together" in what

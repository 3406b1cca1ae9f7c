"""Gaps: how they are written and what they earn. Hotspots: where the regions are."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from modules.assessments.types import type_of
from modules.assessments.types.base import Content, InvalidQuestion, UnknownAnswer, Words
from modules.assessments.types.gaps.writing import Before, pieces, put_together, taken_apart
from modules.assessments.types.hotspot import drawn

from .samples import BY_TYPE


@pytest.mark.parametrize(
    ("written", "kept", "gaps", "parts"),
    [
        (
            "In [[2014|two thousand fourteen]].",
            "In [[1]].",
            [{"id": "1"}],
            {"1": {"text": "2014\ntwo thousand fourteen", "feedback": ""}},
        ),
        (
            "The [[=MAT|PIC#Comes first.]] follow.",
            "The [[1]] follow.",
            [{"id": "1", "choices": ["a", "b"], "right": "a"}],
            {"1.a": {"text": "MAT", "feedback": ""}, "1.b": {"text": "PIC", "feedback": "Comes first."}},
        ),
        (
            "[[2: b]] before [[a#See Article 6.]]",
            "[[2]] before [[1]]",
            [{"id": "1"}, {"id": "2"}],
            {"1": {"text": "a", "feedback": "See Article 6."}, "2": {"text": "b", "feedback": ""}},
        ),
        ("At [[12:30]]", "At [[1]]", [{"id": "1"}], {"1": {"text": "12:30", "feedback": ""}}),
        ("No gap", "No gap", [], {}),
        (
            r"[[C\#|A\|B|\=x|a\]]b|\(x\)|a\\]] and [\[no gap]]",
            "[[1]] and [[no gap]]",
            [{"id": "1"}],
            {"1": {"text": "C#\nA|B\n=x\na]]b\n\\(x\\)\na\\", "feedback": ""}},
        ),
        ("[[ ]]", "[[1]]", [{"id": "1"}], {"1": {"text": "", "feedback": ""}}),
    ],
)
def test_gaps_are_written_into_the_text(written, kept, gaps, parts):
    assert taken_apart(written) == (kept, gaps, parts)


@pytest.mark.parametrize("written", ["[[1: a]] [[1: b]]", "[[=a|=b]]"])
def test_gaps_that_cannot_be_told_apart_are_refused(written):
    with pytest.raises(InvalidQuestion):
        taken_apart(written)


WORDING = st.text(alphabet="abc é٢ن=", min_size=1, max_size=8).map(str.strip).filter(lambda text: text.strip("= "))
TYPED = st.lists(WORDING.filter(lambda text: not text.startswith("=")), min_size=1, max_size=3).map("|".join)
CHOSEN = st.tuples(WORDING, st.lists(WORDING, min_size=1, max_size=3)).map(
    lambda pair: "|".join([f"={pair[0].lstrip('= ')}", *(text.lstrip("= ") for text in pair[1])])
)


@given(st.lists(TYPED | CHOSEN, min_size=1, max_size=5))
def test_what_was_written_is_edited_as_the_same(contents):
    kept, gaps, parts = taken_apart(" and ".join(f"[[{content}]]" for content in contents))
    again = put_together(kept, gaps, Words("en", kept, parts=parts))
    assert taken_apart(again) == (kept, gaps, parts)


SIGN_OF_NOTATION = st.text(alphabet="a[]|#=\\ 1:(", max_size=8).map(str.strip)
WORD = SIGN_OF_NOTATION.filter(bool)


@given(
    st.lists(
        st.tuples(WORD, SIGN_OF_NOTATION) | st.lists(st.tuples(WORD, SIGN_OF_NOTATION), min_size=2, max_size=4),
        min_size=1,
        max_size=3,
    ),
    SIGN_OF_NOTATION.filter(lambda text: "[[1]]" not in text),
)
@example([("1", ""), (":", "")], "[[")
def test_opening_and_saving_damages_nothing(contents, between):
    gaps, parts = [], {}
    for id, content in enumerate(contents, start=1):
        if isinstance(content, tuple):
            gaps.append({"id": str(id)})
            parts[str(id)] = {"text": content[0], "feedback": content[1]}
        else:
            ids = [f"x{place}" for place in range(len(content))][::-1]
            gaps.append({"id": str(id), "choices": ids, "right": ids[-1]})
            parts |= {
                f"{id}.{name}": {"text": text, "feedback": note}
                for name, (text, note) in zip(ids, content, strict=True)
            }
    text = f"{between} ".join(f"[[{gap['id']}]]" for gap in gaps)
    words = Words("en", text, parts=parts)
    written = put_together(text, gaps, words)
    texts = [part["text"] for part in parts.values()]
    if len({*texts}) == len(texts):
        assert taken_apart(written, Before(gaps, words, parts)) == (text, gaps, parts), written


def test_choices_keep_their_ids_wherever_they_stand():
    kept, gaps, parts = taken_apart("[[=MAT|PIC]]")
    before = Before(gaps, Words("en", kept, parts=parts), parts)
    swapped = taken_apart("[[1: PIC|=MAT]]", before)[1]
    assert swapped == [{"id": "1", "choices": ["b", "a"], "right": "a"}]
    other_right = taken_apart("[[1: MAT|=PIC]]", before)[1]
    assert other_right == [{"id": "1", "choices": ["a", "b"], "right": "b"}]
    reworded = taken_apart("[[1: PIC|=Mutually agreed terms]]", before)[1]
    assert reworded == [{"id": "1", "choices": ["b", "a"], "right": "a"}]
    longer = taken_apart("[[1: =CNA|MAT|PIC]]", before)[1]
    assert longer == [{"id": "1", "choices": ["c", "a", "b"], "right": "c"}]
    others = taken_apart("[[1: =CNA|NFP]]", before)[1]
    assert others == [{"id": "1", "choices": ["c", "d"], "right": "c"}]


def test_the_number_of_a_gap_that_is_gone_does_not_come_back():
    kept, gaps, parts = taken_apart("[[2014]] and [[1993]]")
    before = Before(gaps[1:], Words("en", kept, parts=parts), parts)
    assert [gap["id"] for gap in taken_apart("[[2010]] and [[2: 1993]]", before)[1]] == ["2", "3"]


def test_a_translation_takes_the_ids_of_the_original():
    gaps = [{"id": "1", "choices": ["b", "a"], "right": "a"}]
    before = Before(gaps, Words("fr"), {"1.a", "1.b", "1"}, is_translation=True)
    assert taken_apart("[[CPCC|=CCA]]", before)[1:] == (
        gaps,
        {"1.b": {"text": "CPCC", "feedback": ""}, "1.a": {"text": "CCA", "feedback": ""}},
    )


def test_a_gap_within_a_tag_is_none():
    assert pieces('<p>a <a href="[[1]]">b</a> [[2]] c</p>') == [('<p>a <a href="[[1]]">b</a> ', "2"), (" c</p>", "")]


GAPS = BY_TYPE["gaps"].content


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"1": "2014", "2": "a"}, 1),
        ({"1": "Two Thousand fourteen"}, Fraction(1, 2)),
        ({"1": "٢٠١٤"}, Fraction(1, 2)),  # as the Arabic words have it
        ({"2": "a"}, Fraction(1, 2)),
        ({"1": "a", "2": "b"}, 0),
        ({}, 0),
        (None, 0),
    ],
)
def test_each_gap_earns_its_share(answer, expected):
    assert type_of("gaps").grade(GAPS, answer) == expected


def test_gaps_may_weigh_differently():
    body = {"gaps": [{"id": "1", "weight": 3}, {"id": "2", "choices": ["a", "b"], "right": "a"}]}
    assert type_of("gaps").grade(Content(body, GAPS.words), {"1": "2014"}) == Fraction(3, 4)


@pytest.mark.parametrize("policy", [{"case": True}, {"diacritics": True}])
def test_the_author_says_what_matters_in_gaps(policy):
    words = {"en": Words("en", "[[1]]", parts={"1": {"text": "Genève"}})}
    typed = {"1": "genève" if "case" in policy else "Geneve"}
    assert type_of("gaps").grade(Content({"gaps": [{"id": "1"}]}, words), typed) == 1
    assert type_of("gaps").grade(Content({"gaps": [{"id": "1"}], **policy}, words), typed) == 0


@given(st.dictionaries(st.sampled_from(["1", "2"]), st.sampled_from(["2014", "1993", "a", "b"])))
def test_one_more_gap_filled_rightly_never_lowers_the_grade(answer):
    kind = type_of("gaps")
    before = kind.grade(GAPS, answer)
    for id, right in {"1": "2014", "2": "a"}.items():
        assert 0 <= before <= kind.grade(GAPS, answer | {id: right}) <= 1


@pytest.mark.parametrize("wrong", [{"2": "c"}, {"3": "x"}, {"1": "x" * 201}, ["a"], {"1": 5}])
def test_what_no_gap_offers_is_refused(wrong):
    with pytest.raises(UnknownAnswer):
        type_of("gaps").clean(GAPS, wrong)


@pytest.mark.parametrize(
    ("body", "text", "parts", "said"),
    [
        ({"gaps": []}, "No gap", {}, "Write a gap"),
        ({"gaps": [{"id": "1"}]}, "No gap", {"1": {"text": "x"}}, "stands in the text once"),
        ({"gaps": [{"id": "1"}]}, "[[1]] [[1]]", {"1": {"text": "x"}}, "stands in the text once"),
        ({"gaps": [{"id": "1"}]}, "[[1]]", {"1": {"text": " "}}, "accepted in every gap"),
        ({"gaps": [{"id": "1", "choices": ["a"], "right": "a"}]}, "[[1]]", {"1.a": {"text": "x"}}, "two choices"),
        ({"gaps": [{"id": "1", "weight": 0}]}, "[[1]]", {"1": {"text": "x"}}, "weight"),
    ],
)
def test_gaps_that_cannot_be_asked_are_refused(body, text, parts, said):
    with pytest.raises(InvalidQuestion, match=said):
        type_of("gaps").check(body, Words("en", text, parts=parts))


HOTSPOT = BY_TYPE["hotspot"]


@pytest.mark.parametrize(
    "region",
    [
        {"shape": "rect", "coords": [1, 2, 3]},
        {"shape": "circle", "coords": [1, 2, 3, 4]},
        {"shape": "polygon", "coords": [1, 2, 3, 4]},
        {"shape": "polygon", "coords": [1, 2, 3, 4, 5, 6, 7]},
        {"shape": "star", "coords": [1, 2, 3]},
        {"shape": "rect", "coords": [1, -2, 3, 4]},
        {"shape": "rect", "coords": [1, 2, 3, "x"]},
        {},
    ],
)
def test_a_region_without_a_place_is_refused(region):
    choices = [HOTSPOT.body["choices"][0], {"id": "b", "correct": False, **region}]
    with pytest.raises(InvalidQuestion, match="where each region is"):
        HOTSPOT.kind.check({"picture": 1, "choices": choices}, HOTSPOT.content.words["en"])


def test_a_picture_needs_words():
    words = Words("en", "<p>Where?</p>", parts={id: {"text": id} for id in "abc"})
    with pytest.raises(InvalidQuestion, match="do not see it"):
        HOTSPOT.kind.check(HOTSPOT.body, words)


def test_the_number_of_a_region_stands_in_its_middle():
    assert drawn({"shape": "rect", "coords": [10, 20, 30, 40]})["at"] == {"x": "25.0", "y": "40.0"}
    assert drawn({"shape": "circle", "coords": [10, 20, 5]})["at"] == {"x": "10", "y": "20"}
    assert drawn({"shape": "polygon", "coords": [0, 0, 9, 0, 0, 9]}) == {
        "shape": "polygon",
        "points": "0,0 9,0 0,9",
        "at": {"x": "3.0", "y": "3.0"},
    }


@pytest.mark.parametrize(
    ("several", "taken", "expected"), [(False, ["a"], 1), (False, ["b"], 0), (True, ["a"], 1), (True, ["a", "b"], 0)]
)
def test_a_hotspot_is_marked_like_a_choice(several, taken, expected):
    content = Content({**HOTSPOT.body, "several": several}, HOTSPOT.content.words)
    assert HOTSPOT.kind.grade(content, HOTSPOT.kind.clean(content, taken)) == expected
    if not several:
        with pytest.raises(UnknownAnswer):
            HOTSPOT.kind.clean(content, ["a", "b"])


def test_without_its_picture_a_hotspot_is_asked_in_words():
    card = HOTSPOT.kind.card(HOTSPOT.content, [], language="en", seed=1, graded=False)
    assert "picture" not in card and card["description"] == "A sack with a label"
    assert [choice["number"] for choice in card["choices"]] == [1, 2, 3]

"""A later version that asks more, or other things, than was asked."""

from __future__ import annotations

import pytest

from modules.assessments import services
from modules.assessments.regrading import with_right_answers_of
from modules.assessments.words import content_of

pytestmark = pytest.mark.django_db


def versions_of(type: str, asked: tuple, key: tuple, text: str = "Which?", later: str = ""):
    """Two versions of a question, each of a body and the words of its parts."""
    found = [
        services.put_question(
            actor=None,
            key="two-versions",
            type=type,
            language="en",
            text=said,
            body=body,
            parts={id: {"text": word} for id, word in parts.items()},
        )
        for (body, parts), said in ((asked, text), (key, later or text))
    ]
    assert [one.number for one in found] == [1, 2]
    return found


def share(versions, answer):
    asked, key = map(content_of, versions)
    kind = versions[0].kind
    return kind.grade(with_right_answers_of(kind, asked, key), kind.clean(asked, answer))


def choices(*ids, right="a"):
    return {"choices": [{"id": id, "correct": id in right} for id in ids]}, {id: f"Choice {id}" for id in ids}


def pairs(*ids, targets="xy"):
    items = [{"id": id, "target": target} for id, target in zip(ids, "xyxy", strict=False)]
    return {"items": items, "targets": list(targets)}, {id: f"Part {id}" for id in [*ids, *targets]}


def number(unit="none", **units):
    body = {"answers": [{"id": "a", "value": "5"}], "unit": unit}
    return body | {"units": [{"id": id, "factor": factor} for id, factor in units.items()]}, dict.fromkeys(units, "kg")


GAP, OTHER = {"id": "1"}, {"id": "2", "choices": ["a", "b"], "right": "a"}
WORDS = {"1": "MAT", "2.a": "yes", "2.b": "no", "2.c": "perhaps"}


TYPED, THREE = {"id": "2"}, {**OTHER, "choices": ["a", "b", "c"]}


@pytest.mark.parametrize(
    ("type", "asked", "key", "answer"),
    [
        ("multiple", choices(*"abc"), choices(*"abcd", right="ad"), ["a"]),
        ("multiple", choices(*"abc"), ({**choices(*"abcd")[0], "marking": "per_option"}, choices(*"abcd")[1]), ["a"]),
        ("single", choices(*"abc"), choices(*"abcd"), ["a"]),
        ("matching", pairs("1", "2"), pairs("1", "2", "3"), {"1": "x", "2": "y"}),
        ("categorising", pairs("1", "2"), pairs("1", "2", "3", targets="xyz"), {"1": "x", "2": "y"}),
        ("ordering", ({"items": ["a", "b"]}, dict.fromkeys("ab", "Step")), None, {"a": 1, "b": 2}),
        ("gaps", ({"gaps": [OTHER]}, WORDS), ({"gaps": [THREE]}, WORDS), {"2": "a"}),
        ("numeric", number(), number("required", u1="1"), {"number": "5"}),
        ("numeric", number("optional", u1="1"), number("required", u1="1"), {"number": "5"}),
    ],
)
def test_nobody_loses_points_by_what_they_were_not_asked(db, cast, type, asked, key, answer):
    key = key or ({"items": ["c", "a", "d", "b"], "marking": "places"}, dict.fromkeys("abcd", "Step"))
    versions = versions_of(type, asked, key, text="[[2]]")
    assert share(versions, answer) == 1
    assert services.preview_regrade(actor=cast.organiser, version=versions[0], key=versions[1]).attempts == 0


def test_a_gap_that_is_new_counts_for_nobody_who_did_not_have_it(db, cast):
    asked, key = ({"gaps": [GAP]}, WORDS), ({"gaps": [GAP, OTHER]}, WORDS)
    versions = versions_of("gaps", asked, key, text="[[1]]", later="[[1]] [[2]]")
    assert share(versions, {"1": "MAT"}) == 1
    assert services.preview_regrade(actor=cast.organiser, version=versions[0], key=versions[1]).attempts == 0


@pytest.mark.parametrize(
    ("type", "asked", "key"),
    [
        ("single", choices(*"abc"), choices(*"abcd", right="d")),
        ("multiple", choices(*"abc"), choices(*"abcd", right="d")),
        ("matching", pairs("1", "2", targets="xw"), None),
        (
            "ordering",
            ({"items": ["a", "b"]}, dict.fromkeys("ab", "Step")),
            ({"items": ["c", "a"]}, dict.fromkeys("ac", "Step")),
        ),
        ("gaps", ({"gaps": [OTHER]}, WORDS), ({"gaps": [{**THREE, "right": "c"}]}, WORDS)),
        ("gaps", ({"gaps": [OTHER]}, WORDS), ({"gaps": [TYPED]}, WORDS | {"2": "yes"})),
    ],
)
def test_a_key_by_which_nobody_could_be_right_is_refused_with_a_sentence(db, cast, type, asked, key):
    if type == "matching":
        asked = ({"items": [{"id": "1", "target": "x"}, {"id": "2", "target": "w"}], "targets": ["x", "w"]}, asked[1])
        key = pairs("1", "2", targets="xyw")
    versions = versions_of(type, asked, key, text="[[2]]")
    with pytest.raises(services.CannotRegrade, match="only what version 1 asked too counts"):
        services.preview_regrade(actor=cast.organiser, version=versions[0], key=versions[1])


def test_a_wording_that_is_accepted_now_counts_for_who_typed_it_then(db):
    answers = [{"id": "a"}, {"id": "b"}]
    versions = versions_of(
        "short_answer", ({"answers": answers[:1]}, {"a": "MAT"}), ({"answers": answers}, {"a": "MAT", "b": "PIC"})
    )
    assert share(versions, "PIC") == 1

"""What is exported and imported again is the same question, whatever it holds."""

from __future__ import annotations

import io
from copy import deepcopy

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modules.assessments.exchange import gift, moodle_xml, reading, table
from modules.assessments.exchange.draft import Draft
from modules.assessments.exchange.identity import same
from modules.assessments.exchange.markup import from_plain
from modules.assessments.exchange.problems import CannotCarry
from modules.assessments.types import type_of
from modules.assessments.types.base import Words
from modules.assessments.words import to_html

SIGNS = st.characters(exclude_categories=("Cc", "Cs", "Cn", "Zl", "Zp"))
HARD = [
    "~",
    "=",
    "#",
    "{",
    "}",
    ":",
    "\\",
    "->",
    "%50%",
    "::",
    "\\n",
    "<b>",
    "&amp;",
    "&",
    "//",
    "*",
    "[html]",
    "$CATEGORY:",
    "{=a}",
    "####",
    "@@PLUGINFILE@@/x.png",
    "]]>",
    "\\(x \\neq y\\)",
    "$$\\frac{a}{b}$$",
    "<!--",
    '"',
    "'",
    ";",
    ",",
    "e ",
    "mid ",
    "$$",
]
LINE = st.lists(st.one_of(st.text(SIGNS, max_size=8), st.sampled_from(HARD)), min_size=1, max_size=5).map(
    lambda parts: " ".join("".join(parts).split())
)
LABEL = LINE.filter(bool)
NOTE = st.one_of(st.just(""), LINE, st.just("uno\ne dos"), st.lists(LABEL, min_size=2, max_size=2).map("\n".join))
HTML = st.one_of(
    LABEL.map(from_plain),
    st.sampled_from(
        [
            "<p>Which <strong>law</strong>?</p>",
            "<p>a</p><p>b<br>c</p>",
            "<ul><li>one</li><li>two</li></ul>",
            "<table><tbody><tr><th>a</th><td>b</td></tr></tbody></table>",
            '<p>See <a href="https://example.org/?a=1&amp;b=2">this</a></p>',
            "<p><math><mfrac><mi>a</mi><mn>2</mn></mfrac></math></p>",
            "<pre>a\n\n  b</pre>",
            "<p>uno\ne dos\nu otro</p>",
            "<p>$$x\nmid y$$ \\(a\ne b\\)</p>",
            "<p>H<sub>2</sub>O &lt; 3</p>",
        ]
    ).map(to_html),
)
WEIGHT = st.sampled_from(["1", "0.5", "1/3", "2/3", "0.25", "0", "1/7", "5/6"])
NUMBER = st.decimals(-10_000, 10_000, places=4).map(lambda number: f"{number:f}")
AMOUNT = st.decimals(0, 100, places=3).map(lambda number: f"{number:f}")


def named(draw, number: int, prefix: str = "") -> list[str]:
    """Ids as our forms give them, or any others."""
    usual = [f"{prefix}{letter}" for letter in "abcdefghij"][:number]
    return draw(st.sampled_from([usual, usual[::-1], [f"x{prefix}{place}.{place}" for place in range(number)]]))


def texts(draw, ids: list[str], *, unique: bool = False) -> dict[str, dict[str, str]]:
    labels = draw(
        st.lists(
            LABEL, min_size=len(ids), max_size=len(ids), unique_by=(lambda label: label.casefold()) if unique else None
        )
    )
    return {id: {"text": label, "feedback": draw(NOTE)} for id, label in zip(ids, labels, strict=True)}


@st.composite
def questions(draw, types) -> Draft:
    kind = draw(st.sampled_from(types))
    body, parts = BODIES[kind](draw)
    text = draw(HTML)
    if kind == "gaps":
        text = "".join(f"<p>a {{ b {{1:SA:x}} [[{gap['id']}]] c</p>" for gap in body["gaps"])
    return Draft(
        kind,
        text,
        body,
        parts,
        feedback=draw(st.one_of(st.just(""), HTML)),
        name=draw(LABEL),
        idnumber=draw(st.sampled_from(["key:", "", "ABS-"]))
        + draw(st.from_regex(r"[a-z0-9][-a-z0-9]{0,20}", fullmatch=True)),
        category=tuple(
            draw(
                st.lists(
                    LABEL.filter(
                        lambda name: not name.startswith(("$", "/")) and not name.endswith("/") and name != "top"
                    ),
                    max_size=3,
                )
            )
        ),
        tags=sorted(set(draw(st.lists(LABEL.filter(lambda tag: "," not in tag and ";" not in tag), max_size=2)))),
    )


def single(draw):
    ids = named(draw, draw(st.integers(2, 5)))
    right = draw(st.sampled_from(ids))
    body = {"choices": [{"id": id, "correct": id == right} for id in ids]}
    if draw(st.booleans()):
        body["marking"] = "weights"
        for choice in body["choices"]:
            choice["weight"] = "1" if choice["correct"] else draw(st.sampled_from(["0", "-1/2", "1/3", "0.5"]))
    return body, texts(draw, ids)


def multiple(draw):
    ids = named(draw, draw(st.integers(2, 5)))
    right = draw(st.sets(st.sampled_from(ids), min_size=1))
    body = {"choices": [{"id": id, "correct": id in right} for id in ids]}
    marking = draw(st.sampled_from(["", "weights", "all_or_nothing", "per_option"]))
    if marking:
        body["marking"] = marking
    if marking == "weights":
        for choice in body["choices"]:
            choice["weight"] = f"1/{len(right)}" if choice["correct"] else draw(st.sampled_from(["0", "-1/7", "-0.2"]))
    return body, texts(draw, ids)


def truefalse(draw):
    ids = draw(st.sampled_from([["true", "false"], ["a", "b"], ["x", "y"]]))
    right = draw(st.sampled_from(ids))
    parts = {id: {"text": text, "feedback": draw(NOTE)} for id, text in zip(ids, ("True", "False"), strict=True)}
    return {"choices": [{"id": id, "correct": id == right} for id in ids]}, parts


def pairing(shared: bool):
    def made(draw):
        items, targets = named(draw, draw(st.integers(2, 4)), "i"), named(draw, draw(st.integers(2, 4)), "t")
        usual = [str(number) for number in range(1, len(items) + 1)]
        items = draw(st.sampled_from([items, usual]))
        body = {"items": [{"id": id, "target": draw(st.sampled_from(targets))} for id in items], "targets": targets}
        return body, texts(draw, items) | {
            id: {"text": part["text"]} for id, part in texts(draw, targets, unique=True).items()
        }

    return made


def ordering(draw):
    ids = named(draw, draw(st.integers(2, 5)))
    marking = draw(st.sampled_from(["", "places", "all_or_nothing"]))
    return {"items": ids, **({"marking": marking} if marking else {})}, texts(draw, ids)


def short_answer(draw):
    ids = named(draw, draw(st.integers(1, 4)))
    answers = [{"id": id, "weight": "1" if place == 0 else draw(WEIGHT)} for place, id in enumerate(ids)]
    wildcard = draw(st.booleans())
    lines = st.lists(LABEL, min_size=1, max_size=3).map("\n".join)
    parts = {id: {"text": draw(lines), "feedback": draw(NOTE)} for id in ids}
    if wildcard:
        parts[ids[0]]["text"] = "a*\n" + parts[ids[0]]["text"].replace("\\", "")
    body = {"answers": answers, "case": draw(st.booleans()), "diacritics": draw(st.booleans()), "wildcard": wildcard}
    if not wildcard:
        parts = {id: {**part, "text": part["text"].replace("\\", "/")} for id, part in parts.items()}
    return body, parts


def numeric(draw):
    ids = named(draw, draw(st.integers(1, 3)))
    answers = [
        {
            "id": id,
            "value": draw(st.one_of(NUMBER, st.just("1/3"))),
            "tolerance": draw(st.one_of(AMOUNT, st.just("1/7"))),
            "relative": draw(st.booleans()),
            "weight": "1" if place == 0 else draw(WEIGHT),
        }
        for place, id in enumerate(ids)
    ]
    units = draw(st.sampled_from([[], [("u1", "1")], [("u1", "1"), ("u2", "1/1000")], [("kg", "1"), ("t", "7")]]))
    names = draw(st.lists(LABEL, min_size=2, max_size=2, unique=True))
    body = {
        "answers": answers,
        "unit": draw(st.sampled_from(["optional", "required"])) if units else "none",
        "units": [{"id": id, "factor": factor} for id, factor in units],
    }
    parts = {id: {"feedback": draw(NOTE)} for id in ids}
    return body, parts | {id: {"text": name} for (id, _factor), name in zip(units, names, strict=False)}


def rubric(draw):
    if draw(st.booleans()):
        return {}, {}
    labels = [draw(LABEL) for _place in range(3)]
    return {"criteria": [{"id": "c1", "levels": [{"id": "c1.1", "points": "2"}, {"id": "c1.2", "points": "0"}]}]}, {
        id: {"text": label} for id, label in zip(("c1", "c1.1", "c1.2"), labels, strict=True)
    }


def essay(draw):
    body, parts = rubric(draw)
    return {**body, **draw(st.sampled_from([{}, {"min_words": 50}, {"min_words": 50, "max_words": 200}]))}, parts


def upload(draw):
    body, parts = rubric(draw)
    kinds = draw(
        st.lists(st.sampled_from(["document", "table", "slides", "picture", "recording"]), min_size=1, unique=True)
    )
    kinds.sort(key=["document", "table", "slides", "picture", "recording"].index)
    return {**body, "kinds": kinds, "count": draw(st.integers(1, 10)), "megabytes": draw(st.integers(1, 100))}, parts


def gaps(draw):
    """Sets ``draft.text`` by ``questions``: the text holds the gaps."""
    number = draw(st.integers(1, 3))
    held, parts = [], {}
    for id in (str(place) for place in range(1, number + 1)):
        gap = {"id": id}
        if draw(st.booleans()):
            names = named(draw, draw(st.integers(2, 3)))
            names = [name.replace(".", "") for name in names]
            gap |= {"choices": names, "right": draw(st.sampled_from(names))}
            for name in names:
                parts[f"{id}.{name}"] = {"text": draw(LABEL), "feedback": draw(NOTE)}
        else:
            lines = st.lists(LABEL, min_size=1, max_size=2).map("\n".join)
            parts[id] = {"text": draw(lines), "feedback": draw(NOTE)}
        if draw(st.booleans()):
            gap["weight"] = 3
        held.append(gap)
    typed = any("choices" not in gap for gap in held)
    policy = {name: True for name in ("case", "diacritics") if typed and draw(st.booleans())}
    return {"gaps": held, **policy}, parts


BODIES = {
    "gaps": gaps,
    "single": single,
    "multiple": multiple,
    "truefalse": truefalse,
    "matching": pairing(shared=False),
    "categorising": pairing(shared=True),
    "ordering": ordering,
    "short_answer": short_answer,
    "numeric": numeric,
    "essay": essay,
    "upload": upload,
}
IN_GIFT = sorted(set(BODIES) - {"gaps", "ordering", "upload"})
OFTEN = settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))


def out(draft: Draft, format: str) -> str:
    hook, sent = type_of(draft.type).exchange, deepcopy(draft)
    if format == "gift":
        return "".join(gift.write([hook.to_gift(sent)]))
    if format == "csv":
        return "".join(table.write([hook.to_row(sent)]))
    return "".join(moodle_xml.write([hook.to_moodle(sent, lambda pk: None)]))


def back(text: str, format: str) -> Draft:
    (draft,) = reading.read(io.BytesIO(text.encode()), format)
    assert isinstance(draft, Draft), (draft, text)
    return draft


def assert_same(draft: Draft, format: str) -> None:
    type_of(draft.type).check(draft.body, Words("en", draft.text, parts=draft.parts))
    text = out(draft, format)
    again = back(text, format)
    assert again.type == draft.type, text
    assert same(again.body, draft.body), (again.body, draft.body, text)
    assert same(again.parts, draft.parts), (again.parts, draft.parts, text)
    assert to_html(again.text) == to_html(draft.text), text
    assert to_html(again.feedback) == to_html(draft.feedback), text
    for name in ("name", "idnumber", "category", "tags"):
        assert getattr(again, name) == getattr(draft, name), text


def fit(draft: Draft) -> bool:
    from modules.assessments.types.base import InvalidQuestion

    try:
        type_of(draft.type).check(draft.body, Words("en", draft.text, parts=draft.parts))
    except InvalidQuestion:
        return False
    return True


@OFTEN
@given(questions(sorted(BODIES)).filter(fit))
def test_moodle_xml_carries_every_type_there_and_back(draft):
    assert_same(draft, "moodle-xml")


@OFTEN
@given(questions(IN_GIFT).filter(fit))
def test_gift_carries_its_types_there_and_back(draft):
    try:
        out(draft, "gift")
    except CannotCarry:
        assert draft.type == "short_answer"
        assert any("->" in part["text"] for part in draft.parts.values())
        return
    assert_same(draft, "gift")


@OFTEN
@given(questions(["single", "truefalse", "essay"]).filter(fit))
def test_a_table_carries_there_and_back_by_what_a_question_is_known(draft):
    again = back(out(draft, "csv"), "csv")
    for name in ("name", "idnumber", "category", "tags"):
        assert getattr(again, name) == getattr(draft, name)


@pytest.mark.parametrize("kind", ["ordering", "upload"])
def test_gift_says_which_types_it_cannot_carry(kind):
    draft = Draft(kind, "<p>a</p>", {"items": ["a", "b"]}, {"a": {"text": "x"}, "b": {"text": "y"}})
    with pytest.raises(CannotCarry):
        out(draft, "gift")

"""One question of every type, as an author writes it, with a right and a wrong answer as a form sends them."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from django.http import QueryDict

from modules.assessments.services import put_question
from modules.assessments.types import type_of
from modules.assessments.types.base import Content, Fields, Words
from modules.assessments.words import to_html

Form = dict[str, str | list[str]]


@dataclass(frozen=True)
class Sample:
    """``right`` and ``wrong`` are fields by part (``""``: the question itself); ``arabic`` are words by part."""

    type: str
    body: dict[str, Any]
    parts: dict[str, dict[str, str]]
    right: Form
    wrong: Form
    text: str = "Which?"
    arabic: dict[str, str] = field(default_factory=dict)
    arabic_text: str = "أيّ؟"
    files: dict[str, Any] = field(default_factory=dict)

    @property
    def kind(self) -> Any:
        return type_of(self.type)

    @property
    def content(self) -> Content:
        words = {"en": Words("en", to_html(self.text), "<p>In general.</p>", self.parts)}
        arabic = {id: {"text": text} for id, text in self.arabic.items()}
        return Content(
            self.body, words | {"ar": Words("ar", to_html(self.arabic_text), "", arabic)}, salt="7", files=self.files
        )

    def put(self, key: str = "", language: str = "en") -> Any:
        english = language == "en"
        return put_question(
            actor=None,
            key=key or f"sample-{self.type.replace('_', '-')}",
            type=self.type,
            language=language,
            text=self.text if english else self.arabic_text,
            feedback="In general.",
            body=self.body,
            parts=self.parts if english else {id: {"text": text} for id, text in self.arabic.items()},
        )

    def parse(self, form: Form) -> Any:
        return self.kind.parse(self.content, Fields(sent(form, "q5"), "q5"))

    def grade(self, form: Form) -> Any:
        return self.kind.grade(self.content, self.parse(form))


def names(form: Form, name: str) -> dict[str, Any]:
    """The fields of one question by their names in the page."""
    return {f"{name}-{part}" if part else name: value for part, value in form.items()}


def sent(form: Form, name: str) -> QueryDict:
    """Those fields as a posted form."""
    data = QueryDict(mutable=True)
    for key, value in names(form, name).items():
        data.setlist(key, value if isinstance(value, list) else [value])
    return data


def choices(right: str) -> dict[str, Any]:
    return {"choices": [{"id": id, "correct": id in right} for id in "abc"]}


CHOICES = {id: {"text": f"Choice {id}", "feedback": f"About {id}"} for id in "abc"}
ARABIC_CHOICES = {id: f"جواب {id}" for id in "abc"}

RUBRIC = {
    "c1": {"text": "Names the articles"},
    "c1.1": {"text": "None"},
    "c1.2": {"text": "All"},
    "c2": {"text": "Is well written"},
    "c2.1": {"text": "No"},
    "c2.2": {"text": "Yes"},
}
ARABIC_RUBRIC = {"c1": "المواد", "c1.1": "لا شيء", "c1.2": "كلها", "c2": "الأسلوب", "c2.1": "لا", "c2.2": "نعم"}

SAMPLES = [
    Sample("single", choices("a"), CHOICES, {"": "a"}, {"": "b"}, arabic=ARABIC_CHOICES),
    Sample("multiple", choices("ab"), CHOICES, {"": ["a", "b"]}, {"": ["c"]}, arabic=ARABIC_CHOICES),
    Sample(
        "truefalse",
        {"choices": [{"id": "a", "correct": True}, {"id": "b", "correct": False}]},
        {"a": {"text": "True", "feedback": "Article 6."}, "b": {"text": "False", "feedback": "Look again."}},
        {"": "a"},
        {"": "b"},
        arabic={"a": "صحيح", "b": "خطأ"},
    ),
    Sample(
        "matching",
        {"items": [{"id": "a", "target": "x"}, {"id": "b", "target": "y"}], "targets": ["x", "y", "z"]},
        {
            "a": {"text": "Nagoya", "feedback": "2010"},
            "b": {"text": "Cartagena"},
            "x": {"text": "Benefit-sharing"},
            "y": {"text": "Biosafety"},
            "z": {"text": "Trade in species"},
        },
        {"a": "x", "b": "y"},
        {"a": "y", "b": "z"},
        arabic={"a": "ناغويا", "b": "قرطاجنة", "x": "تقاسم المنافع", "y": "السلامة الأحيائية", "z": "الاتجار"},
    ),
    Sample(
        "ordering",
        {"items": ["a", "b", "c"]},
        {"a": {"text": "Consent", "feedback": "Comes first."}, "b": {"text": "Terms"}, "c": {"text": "Permit"}},
        {"a": "1", "b": "2", "c": "3"},
        {"a": "3", "b": "2", "c": "1"},
        arabic={"a": "الموافقة", "b": "الشروط", "c": "التصريح"},
    ),
    Sample(
        "categorising",
        {"items": [{"id": "a", "target": "c1"}, {"id": "b", "target": "c2"}], "targets": ["c1", "c2"]},
        {
            "a": {"text": "Royalties", "feedback": "Money."},
            "b": {"text": "Joint publications"},
            "c1": {"text": "Monetary"},
            "c2": {"text": "Non-monetary"},
        },
        {"a": "c1", "b": "c2"},
        {"a": "c2", "b": "c1"},
        arabic={"a": "الإتاوات", "b": "منشورات مشتركة", "c1": "نقدية", "c2": "غير نقدية"},
    ),
    Sample(
        "short_answer",
        {"answers": [{"id": "a", "weight": "1"}, {"id": "b", "weight": "0.5"}], "wildcard": True},
        {"a": {"text": "prior informed consent\nPIC", "feedback": "Yes."}, "b": {"text": "*consent*"}},
        {"": "Prior  Informed CONSENT"},
        {"": "a permit"},
        arabic={"a": "الموافقة المسبقة عن علم"},
    ),
    Sample(
        "numeric",
        {
            "answers": [{"id": "a", "value": "0.9", "tolerance": "0.05", "relative": False, "weight": "1"}],
            "unit": "required",
            "units": [{"id": "u1", "factor": "1"}, {"id": "u2", "factor": "0.001"}],
        },
        {"a": {"feedback": "As labelled."}, "u1": {"text": "g\ngrams"}, "u2": {"text": "mg"}},
        {"": "0,9", "unit": "u1"},
        {"": "9", "unit": "u1"},
        arabic={"u1": "غ", "u2": "مغ"},
    ),
    Sample(
        "gaps",
        {"gaps": [{"id": "1"}, {"id": "2", "choices": ["a", "b"], "right": "a"}]},
        {
            "1": {"text": "2014\ntwo thousand fourteen", "feedback": "On 12 October."},
            "2.a": {"text": "MAT", "feedback": "Yes."},
            "2.b": {"text": "PIC", "feedback": "That comes first."},
        },
        {"1": "2014", "2": "a"},
        {"1": "1993", "2": "b"},
        text="In force since [[1]]; terms are [[2]].",
        arabic={"1": "٢٠١٤", "2.a": "شروط", "2.b": "موافقة"},
        arabic_text="الشروط [[2]] منذ [[1]].",
    ),
    Sample(
        "hotspot",
        {
            "picture": 1,
            "choices": [
                {"id": "a", "correct": True, "shape": "rect", "coords": [10, 10, 30, 20]},
                {"id": "b", "correct": False, "shape": "circle", "coords": [70, 30, 12]},
                {"id": "c", "correct": False, "shape": "polygon", "coords": [10, 80, 40, 80, 25.5, 60]},
            ],
        },
        {**CHOICES, "picture": {"text": "A sack with a label"}},
        {"": "a"},
        {"": "b"},
        arabic={**ARABIC_CHOICES, "picture": "كيس عليه بطاقة"},
    ),
    Sample(
        "essay",
        {
            "criteria": [
                {"id": "c1", "levels": [{"id": "c1.1", "points": "0"}, {"id": "c1.2", "points": "3"}]},
                {"id": "c2", "levels": [{"id": "c2.1", "points": "0"}, {"id": "c2.2", "points": "1"}]},
            ],
            "min_words": 20,
            "max_words": 200,
        },
        RUBRIC,
        {"": "Consent comes first,\nthen the terms."},
        {"": "I do not know."},
        arabic=ARABIC_RUBRIC,
    ),
    Sample(
        "upload",
        {
            "criteria": [{"id": "c1", "levels": [{"id": "c1.1", "points": "0"}, {"id": "c1.2", "points": "3"}]}],
            "kinds": ["document", "picture"],
            "count": 2,
            "megabytes": 1,
        },
        {id: RUBRIC[id] for id in ("c1", "c1.1", "c1.2")},
        {"": ["one", "two"]},
        {"": "one"},
        arabic={id: ARABIC_RUBRIC[id] for id in ("c1", "c1.1", "c1.2")},
        files={"one": SimpleNamespace(name="terms.pdf"), "two": SimpleNamespace(name="map.png")},
    ),
]
BY_TYPE = {sample.type: sample for sample in SAMPLES}

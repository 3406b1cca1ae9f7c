"""Choice questions in other systems' formats.

Moodle gives every answer its own share of the points. Equal shares for what is right and the same taken away for what
is wrong are our ``right_minus_wrong``; any others are ``weights``.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from ...exchange import gift, moodle_xml, table
from ...exchange.contract import Exchange
from ...exchange.draft import Draft
from ...exchange.identity import is_ours
from ...exchange.problems import CannotCarry
from ...exchange.shares import fraction_of, percent_of

if TYPE_CHECKING:
    from ...exchange import qti

ALL_OR_NOTHING, PER_OPTION, RIGHT_MINUS_WRONG, WEIGHTS = "all_or_nothing", "per_option", "right_minus_wrong", "weights"
LITTLE = Fraction(1, 100)
ONLY_HERE = (ALL_OR_NOTHING, PER_OPTION)


class ChoiceExchange(Exchange):
    def from_gift(self, record: gift.Record) -> Draft | None:
        if record.kind not in ("multichoice", "truefalse"):
            return None
        kind = "truefalse" if record.kind == "truefalse" else "single" if record.single else "multiple"
        draft = record.draft(kind)
        if kind == "truefalse":
            return true_false(
                draft, record.answers[0].weight > 0, *(record.words(answer.feedback) for answer in record.answers)
            )
        return weighed(
            draft,
            [
                (record.words(answer.text), record.words(answer.feedback), fraction_of(answer.weight))
                for answer in record.answers
            ],
        )

    def from_moodle(self, record: moodle_xml.Record) -> Draft | None:
        if record.kind not in ("multichoice", "multichoiceset", "truefalse"):
            return None
        element, draft = record.element, record.draft
        answers = [
            (record.words(answer), record.words(answer.find("feedback")), fraction_of(moodle_xml.fraction_of(answer)))
            for answer in element.findall("answer")
        ]
        if record.kind == "truefalse":
            sides = {
                moodle_xml.text_of(answer).lower(): each
                for answer, each in zip(element.findall("answer"), answers, strict=True)
            }
            if set(sides) != {"true", "false"}:
                raise CannotCarry(_("A true-or-false question has the answers “true” and “false”."))
            draft.type = "truefalse"
            return true_false(draft, sides["true"][2] > 0, sides["true"][1], sides["false"][1])
        draft.type = "multiple" if record.kind == "multichoiceset" else "single"
        if draft.type == "single" and not moodle_xml.flag(element, "single", default=True):
            draft.type = "multiple"
        if record.kind == "multichoiceset":
            draft.extra["marking"] = ALL_OR_NOTHING
        return weighed(draft, answers)

    def from_qti(self, record: qti.Record) -> Draft | None:
        if record.kind != "choiceInteraction" or len(record.interactions) != 1:
            return None
        (interaction,) = record.interactions
        draft, declared = record.draft, record.declared(interaction)
        draft.text = record.asked()
        draft.type = "single" if declared.cardinality == "single" else "multiple"
        choices = []
        for choice in interaction.findall("simpleChoice"):
            name = choice.get("identifier", "")
            note = " ".join(record.words(each) for each in choice.findall("feedbackInline"))
            choices.append((name, record.words(choice), note))
        if not declared.right and declared.earned:
            declared.right = [name for name, points in declared.earned.items() if points > 0]
        if declared.earned:
            most = declared.most
            mapped = [
                Fraction(declared.earned.get(name, declared.default)) / most if most else Fraction(0)
                for name, _text, _note in choices
            ]
            shares = [min(max(share, Fraction(-1)), Fraction(1)) for share in mapped]
            if shares != mapped:
                draft.lose(_("that a wrong choice takes away more than all points"))
            return weighed(
                draft, [(text, note, share) for (_name, text, note), share in zip(choices, shares, strict=True)]
            )
        if draft.type == "multiple":
            draft.extra["marking"] = ALL_OR_NOTHING  # what match_correct does
        right = set(declared.right)
        each = Fraction(1, len(right)) if right else Fraction(0)
        return weighed(draft, [(text, note, each if name in right else Fraction(0)) for name, text, note in choices])

    def from_row(self, row: table.Row) -> Draft | None:
        if row.type not in ("single", "multiple", "truefalse"):
            return None
        draft = row.draft(row.type)
        if row.type == "truefalse":
            called = [cell.text.strip().lower() for cell in row.answers]
            sides = [*(cell.feedback for cell in row.answers), "", ""][:2]
            if called[:1] in (["false"], ["f"]) or called[1:2] in (["true"], ["t"]):
                sides.reverse()
            word = row.right.strip().lower()
            if word not in ("true", "false", "t", "f"):
                raise CannotCarry(_("Write “true” or “false” into the column “right”."))
            return true_false(draft, word.startswith("t"), *sides)
        if any(cell.weight for cell in row.answers):
            return weighed(
                draft, [(cell.text, cell.feedback, table.share_in(cell.weight or "0")) for cell in row.answers]
            )
        numbers = {number.strip() for number in row.right.replace(";", ",").split(",") if number.strip()}
        if unknown := numbers - {str(number) for number in range(1, len(row.answers) + 1)}:
            raise CannotCarry(_("There is no answer %(number)s.") % {"number": ", ".join(sorted(unknown))})
        parts = dict(zip(draft.ids(), row.answers))  # noqa: B905
        draft.body["choices"] = [
            {"id": id, "correct": str(number) in numbers} for number, id in enumerate(parts, start=1)
        ]
        draft.parts = {id: {"text": cell.text, "feedback": cell.feedback} for id, cell in parts.items()}
        if (marking := row.options.get("marking", RIGHT_MINUS_WRONG)) != RIGHT_MINUS_WRONG:
            draft.body["marking"] = marking
        return draft

    def to_gift(self, draft: Draft) -> gift.Record:
        choices = draft.body["choices"]
        if draft.type == "truefalse":
            true, false = by_side(draft)
            return gift.record_of(
                draft,
                "truefalse",
                [
                    gift.Answer(gift.Text(word, "plain"), Decimal(100 * right), gift.words_of(note))
                    for word, right, note in (("true", *true), ("false", *false))
                ],
            )
        keep_marking(draft)
        return gift.record_of(
            draft,
            "multichoice",
            [
                gift.Answer(gift.words_of(draft.part(choice["id"])), percent_of(share), gift.words_of(note))
                for choice, share in zip(choices, shares_of(draft), strict=True)
                for note in [draft.part(choice["id"], "feedback")]
            ],
            single=draft.type == "single",
        )

    def to_moodle(self, draft: Draft, load: moodle_xml.Load) -> moodle_xml.Written:
        if draft.type == "truefalse":
            written = moodle_xml.Written("truefalse", draft, load)
            for word, (right, note) in zip(("true", "false"), by_side(draft), strict=True):
                written.answer(word, 100 * right, note)
            return written
        keep_marking(draft)
        written = moodle_xml.Written("multichoice", draft, load)
        written.add("single", "true" if draft.type == "single" else "false")
        written.add("shuffleanswers", "true")
        written.add("answernumbering", "abc")
        written.combined()
        for choice, share in zip(draft.body["choices"], shares_of(draft), strict=True):
            id = choice["id"]
            written.answer(draft.part(id), percent_of(share), draft.part(id, "feedback"), is_html=True)
        return written

    def to_row(self, draft: Draft) -> table.Row:
        choices = draft.body["choices"]
        if draft.type == "truefalse":
            true, false = by_side(draft)
            cells = [table.Cell("true", true[1]), table.Cell("false", false[1])]
            return table.row_of(draft, cells, right="true" if true[0] else "false")
        draft.keep_ids(choice["id"] for choice in choices)
        marking = draft.body.get("marking", RIGHT_MINUS_WRONG)
        cells = [
            table.Cell(
                draft.part(choice["id"]),
                draft.part(choice["id"], "feedback"),
                str(choice["weight"]) if marking == WEIGHTS else "",
            )
            for choice in choices
        ]
        right = ", ".join(str(number) for number, choice in enumerate(choices, start=1) if choice["correct"])
        return table.row_of(draft, cells, right=right, marking=marking if marking in ONLY_HERE else "")


def true_false(draft: Draft, is_true: bool, if_true: str, if_false: str) -> Draft:
    """Fill a true-or-false question; the two notes are for who answers so. Statement and names are in its language."""
    true, false = islice(draft.ids(), 2)
    names = draft.extra.pop("names", "").split(" / ")
    if len(names) != 2:
        names = names_in(draft.language)
    sides = [(true, is_true, names[0], if_true), (false, not is_true, names[1], if_false)]
    if draft.extra.pop("first", "") == "false":
        sides.reverse()
    draft.body = {"choices": [{"id": id, "correct": right} for id, right, _name, _note in sides]}
    draft.parts = {id: {"text": name, "feedback": note} for id, _right, name, note in sides}
    return draft


def names_in(language: str) -> list[str]:
    """What the two answers are called in a language."""
    with translation.override(language):
        return [pgettext("answer", "True"), pgettext("answer", "False")]


def by_side(draft: Draft) -> list[tuple[bool, str]]:
    """Whether it is right to answer “true” and “false”, and what is said then. The first choice means true,
    unless its name says otherwise.
    """
    names = names_in(draft.language)
    choices = list(draft.body["choices"])
    if draft.part(choices[0]["id"]).strip().casefold() in ("false", names[1].casefold()):
        choices.reverse()
        draft.extra["first"] = "false"
    draft.keep_ids(choice["id"] for choice in choices)
    called = [draft.part(choice["id"]) for choice in choices]
    if called != names:
        draft.extra["names"] = " / ".join(called)
        if [name.casefold() for name in called] != ["true", "false"]:
            draft.lose(_("what the answers are called: “%(names)s”") % {"names": draft.extra["names"]})
    return [(bool(choice["correct"]), draft.part(choice["id"], "feedback")) for choice in choices]


def weighed(draft: Draft, answers: Sequence[tuple[str, str, Fraction]]) -> Draft:
    """Fill a choice question from text, feedback and share of each answer."""
    shares = [share for _text, _note, share in answers] if is_ours(draft) else whole(draft, answers)
    positive = [share for share in shares if share > 0]
    marking = draft.extra.pop("marking", "")
    if marking not in (*ONLY_HERE, WEIGHTS):
        marking = marking_of(draft.type, shares)
    right = [share > 0 for share in shares]
    if draft.type == "single" and positive:
        best = shares.index(max(shares))
        right = [place == best for place in range(len(shares))]
        if sum(share >= 1 for share in shares) > 1:
            draft.lose(_("that several answers are wholly right: the first is shown as right, all earn the points"))
    draft.body = {"choices": []}
    if marking != RIGHT_MINUS_WRONG:
        draft.body["marking"] = marking
    for id, (text, note, _share), share, correct in zip(draft.ids(), answers, shares, right):  # noqa: B905
        choice: dict[str, Any] = {"id": id, "correct": correct}
        if marking == WEIGHTS:
            choice["weight"] = str(share)
        draft.body["choices"].append(choice)
        draft.parts[id] = {"text": text, "feedback": note}
    return draft


def whole(draft: Draft, answers: Sequence[tuple[str, str, Fraction]]) -> list[Fraction]:
    """Return the shares of the answers; where the right ones (or the best of a single choice) miss the whole by one per
    cent at most, as three times 33 does, they are stretched to it: else nobody ever answers rightly. It is noted.
    """
    shares = [share for _text, _note, share in answers]
    positive = [share for share in shares if share > 0]
    most = max(positive, default=Fraction(0)) if draft.type == "single" else sum(positive, Fraction(0))
    if most == 1 or abs(most - 1) > LITTLE:
        return shares
    draft.lose(
        _("the weights as they are written: they add up to %(sum)s%%, and count as 100%%")
        % {"sum": f"{percent_of(most):f}"}
    )
    # what a wrong choice takes away goes with what a right one earns
    return [share / most if share > 0 or -share in positive else share for share in shares]


def marking_of(type: str, shares: Sequence[Fraction]) -> str:
    """Return which of our rules of marking says the same as these shares."""
    if type == "single":
        return RIGHT_MINUS_WRONG if sorted(shares) == [*[0] * (len(shares) - 1), 1] else WEIGHTS
    right = [share for share in shares if share > 0]
    rest = [share for share in shares if share <= 0]
    each = Fraction(1, len(right)) if right else Fraction(0)
    return RIGHT_MINUS_WRONG if {*right} == {each} and {*rest} <= {-each} else WEIGHTS


def shares_of(draft: Draft) -> list[Fraction]:
    """Return what each answer earns alone."""
    choices = draft.body["choices"]
    if draft.body.get("marking") == WEIGHTS:
        return [Fraction(str(choice["weight"])) for choice in choices]
    right = sum(bool(choice["correct"]) for choice in choices)
    each = Fraction(1, max(right, 1))
    wrong = Fraction(0) if draft.type == "single" else -each
    return [each if choice["correct"] else wrong for choice in choices]


def keep_marking(draft: Draft) -> None:
    """Note a rule of marking that only this platform has, and let it travel beside the shares, like unusual ids."""
    draft.keep_ids(choice["id"] for choice in draft.body["choices"])
    if draft.type == "multiple" and draft.body.get("marking") in ONLY_HERE:
        draft.extra["marking"] = draft.body["marking"]
        draft.lose(_("the rule of marking: elsewhere wrong answers take away what right ones earn"))
    if draft.body.get("marking") == WEIGHTS and marking_of(draft.type, shares_of(draft)) != WEIGHTS:
        draft.extra["marking"] = WEIGHTS  # they say what is the rule anyway

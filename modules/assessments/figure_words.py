"""What the pages of statistics say: figures in words, remarks with their explanation, charts, tables to take along."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from core.charts import Column, columns

from .figures import Asked, QuizFigures, Which
from .gain import CohortGain
from .item_analysis import BINS, LEAST_PEOPLE, LEAST_RELATION, Summary
from .models import Quiz


@dataclass(frozen=True)
class Remark:
    """What an author should look at, and why."""

    name: str
    label: Any
    why: Any


_REMARKS = {
    "against": (
        gettext_lazy("Separates the wrong way"),
        gettext_lazy(
            "Who does well in the rest of the quiz gets this question wrong more often than others. Check whether the"
            " right answer is the one marked as right, and whether the wording misleads."
        ),
    ),
    "flat": (
        gettext_lazy("Does not separate"),
        gettext_lazy(
            "Who does well in the rest of the quiz is hardly more often right here than others. The question may be"
            " unclear, or be about something else than the quiz."
        ),
    ),
    "easy": (
        gettext_lazy("Too easy"),
        gettext_lazy(
            "Nearly everybody is right, so the question does not show who knows more. Keep it if everybody must know"
            " this; else make the wrong answers more likely."
        ),
    ),
    "hard": (
        gettext_lazy("Too hard"),
        gettext_lazy(
            "Hardly anybody is right. Check the right answer, the wording, and whether a lesson says what is asked for."
        ),
    ),
}
REMARKS = {name: Remark(name, *words) for name, words in _REMARKS.items()}
NO_CONSISTENCY = {
    "few": gettext_lazy("Too few to tell: it takes %(least)d people who were asked the same questions."),
    "one": gettext_lazy("There is none for a single question."),
    "same": gettext_lazy("There is none where everybody has the same score."),
    "drawn": gettext_lazy("There is none where everybody is asked other questions."),
}


@dataclass(frozen=True)
class Fact:
    """A figure, what it is called, and a sentence on what it means."""

    label: str
    value: str
    hint: str = ""


def share(value: float | None) -> str:
    """A share of one as per cent; a dash where there is none."""
    return "–" if value is None else f"{number_format(round(value * 100))}\u00a0%"


def score(value: float | None) -> str:
    """A score in per cent."""
    return "–" if value is None else f"{number_format(round(value, 1), 1)}\u00a0%"


def two(value: float | None) -> str:
    """A coefficient with two decimals, with a true minus sign."""
    return "–" if value is None else number_format(round(value, 2) + 0.0, 2).replace("-", "\u2212")


def clock(seconds: int | None) -> str:
    """Minutes and seconds."""
    return "–" if seconds is None else f"{seconds // 60}:{seconds % 60:02}"


def choices_of_attempts(chosen: Which) -> list[dict[str, Any]]:
    """The links that choose which attempts count."""
    return [{"value": value, "label": label, "current": value == chosen} for value, label in Which.choices]


def too_few() -> str:
    """Why there are no figures yet."""
    return _(
        "Too few to tell: figures appear from %(least)d people on, so that they are about nobody in particular."
    ) % {"least": LEAST_PEOPLE}


# --- a quiz -------------------------------------------------------------------------------

QUESTION_HEAD = (
    gettext_lazy("Question"),
    gettext_lazy("Version"),
    gettext_lazy("People"),
    gettext_lazy("Share correct"),
    gettext_lazy("Separation"),
    gettext_lazy("Spread"),
    gettext_lazy("Time (min:s)"),
    gettext_lazy("Remarks"),
)


def quiz_page(quiz: Quiz, figures: QuizFigures, address: Callable[[Asked], str]) -> dict[str, Any]:
    """Return what ``assessments/figures/quiz.html`` shows; ``address`` says where the page of a question is."""
    summary = figures.summary
    return {
        "told": summary.told,
        "too_few": too_few(),
        "facts": quiz_facts(figures),
        "chart": _scores_chart(quiz, figures) if summary.told else "",
        "bins": _bins(figures),
        "head": [str(word) for word in QUESTION_HEAD],
        "rows": [_row(one, address(one)) for one in figures.questions],
        "explained": [
            remark for remark in REMARKS.values() if any(remark in remarks(one) for one in figures.questions)
        ],
        "least": LEAST_RELATION,
    }


def remarks(one: Asked) -> list[Remark]:
    """What an author should look at in a version of a question; nothing where there are too few people."""
    return [REMARKS[name] for name in one.item.remarks()] if one.told else []


def _row(one: Asked, url: str) -> dict[str, Any]:
    text, *cells = question_cells(one)
    return {
        "text": text,
        "url": url,
        "cells": list(zip(QUESTION_HEAD[1:], cells, strict=False)),
        "remarks": remarks(one),
    }


def quiz_facts(figures: QuizFigures) -> list[Fact]:
    """The figures of the whole quiz, those that need more people left out until there are enough."""
    summary, consistency = figures.summary, figures.consistency
    found = [
        Fact(_("People"), number_format(summary.people)),
        Fact(pgettext("of a quiz", "Attempts"), number_format(summary.attempts)),
    ]
    if not summary.told:
        return found
    low, high = summary.quartiles or (0.0, 0.0)
    why = NO_CONSISTENCY.get(consistency.why, "")
    return [
        *found,
        Fact(_("Passed"), share(summary.passed)),
        Fact(_("Mean score"), score(summary.mean)),
        Fact(_("Median"), score(summary.median), _("Half of the scores are above it, half below.")),
        Fact(_("Middle half"), f"{score(low)} – {score(high)}", _("Half of the scores lie between these.")),
        Fact(_("Standard deviation"), score(summary.deviation), _("How far scores usually lie from the mean.")),
        Fact(
            _("Consistency (Cronbach’s alpha)"),
            two(consistency.alpha),
            str(why) % {"least": LEAST_RELATION}
            if why
            else _("Up to 1. Above 0.7 the questions measure the same thing well enough to compare people."),
        ),
        Fact(
            _("Standard error of a score"),
            score(summary.error),
            "" if summary.error is None else _("Two scores closer than that are not really different."),
        ),
    ]


def gain_facts(gain: CohortGain | None, people: int) -> list[Fact]:
    """What those gained who took the pre-test, too, of so many people who took the quiz.

    Nothing where they, or the others, are so few that single people could be told by it or by subtraction.
    """
    if gain is None or gain.learners < LEAST_PEOPLE or 0 < people - gain.learners < LEAST_PEOPLE:
        return []
    return [
        Fact(
            _("Mean before and after"),
            f"{score(float(gain.before))} – {score(float(gain.after))}",
            _("Of those who took the pre-test, too: %(number)s.") % {"number": number_format(gain.learners)},
        ),
        Fact(
            _("Normalised gain"),
            two(None if gain.normalised is None else float(gain.normalised)),
            _("The part that was gained of what there was to gain. Under 0.3 is called low, from 0.7 on high."),
        ),
    ]


def quiz_row(summary: Summary | None) -> list[tuple[str, str]]:
    """A quiz in a list: ``(label, value)``."""
    few = _("too few to tell")
    told = summary is not None and summary.told
    return [
        (_("People"), number_format(summary.people if summary else 0)),
        (_("Mean score"), score(summary.mean) if summary and told else few),
        (_("Passed"), share(summary.passed) if summary and told else few),
    ]


def question_cells(one: Asked) -> list[str]:
    """A row of the table of questions, without the remarks."""
    few = _("too few to tell")
    return [
        one.text or str(one.version.question),
        version_name(one),
        number_format(one.people),
        share(one.item.facility) if one.told else few,
        (two(one.item.separation) if one.item.related >= LEAST_RELATION else few) if one.told else "–",
        two(one.item.spread) if one.told else "–",
        clock(one.item.time) if one.told else "–",
    ]


def version_name(one: Asked) -> str:
    """The number of a version and, where it was regraded, of the one whose right answers were applied."""
    number = number_format(one.version.number)
    if one.key is None:
        return number
    return _("%(number)s, graded by %(key)s") % {"number": number, "key": number_format(one.key.number)}


def question_table(figures: QuizFigures) -> tuple[list[str], Iterator[list[str]]]:
    """Return head and rows of the table of questions to take along, with the name of each question in the bank."""
    head = [_("Name"), *(str(word) for word in QUESTION_HEAD)]
    rows = (
        [
            str(one.version.question),
            *question_cells(one),
            "; ".join(str(remark.label) for remark in remarks(one)),
        ]
        for one in figures.questions
    )
    return head, rows


def _bins(figures: QuizFigures) -> list[tuple[str, str, str]]:
    step, summary = 100 // BINS, figures.summary
    ends = [*range(step - 1, 100 - step, step), 100]
    return [
        (
            f"{number_format(place * step)}–{number_format(end)}\u00a0%",
            number_format(number),
            share(number / summary.attempts),
        )
        for place, (number, end) in enumerate(zip(summary.bins, ends, strict=False))
    ]


def _scores_chart(quiz: Quiz, figures: QuizFigures) -> str:
    step = 100 // BINS
    points = [
        Column(
            number_format(place * step), number, marked=(passes := place * step >= quiz.pass_mark), sign="✓" * passes
        )
        for place, number in enumerate(figures.summary.bins)
    ]
    name = _("How many attempts have which score, in steps of ten per cent. The table has the same figures.")
    return columns(name, points, shown=lambda value: number_format(round(value)))


STATISTICS = pgettext_lazy("of quizzes", "Statistics")

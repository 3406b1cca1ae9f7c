"""What the page of a question's statistics says: each version with its answers, by language too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from core.charts import Column, columns
from core.languages import native_name

from .figure_words import Fact, clock, remarks, share, too_few, two, version_name
from .figures import VersionFigures
from .item_analysis import LEAST_RELATION

MOST_COLUMNS = 12
"""A chart with more than that cannot be read; the table can."""


def question_page(versions: Sequence[VersionFigures]) -> dict[str, Any]:
    """Return what ``assessments/figures/question.html`` shows."""
    return {"versions": [_version(one) for one in versions], "too_few": too_few()}


def _version(one: VersionFigures) -> dict[str, Any]:
    told = one.languages_told
    return {
        "version": one.version,
        "key": one.key,
        "anchor": one.anchor,
        "text": one.text,
        "told": one.told,
        "facts": _version_facts(one),
        "remarks": remarks(one),
        "chart": _answers_chart(one) if 1 < len(one.answers) <= MOST_COLUMNS else "",
        "codes": [native_name(language.language) for language in told] if len(told) > 1 else [],
        "rows": [
            {
                "label": line.row.label,
                "right": line.row.right,
                "count": number_format(line.row.count),
                "share": share(float(line.row.share)),
                "languages": [
                    (native_name(language.language), share(value))
                    for language, value in zip(told, line.languages, strict=True)
                    if len(told) > 1
                ],
            }
            for line in one.answers
        ],
        "once": one.once
        and ngettext(
            "%(number)d wrong answer that one person typed is not shown.",
            "%(number)d wrong answers that one person each typed are not shown.",
            one.once,
        )
        % {"number": one.once},
        "left": one.left,
        "rare": one.rare,
        "languages": [
            {
                "name": native_name(language.language) if language.language else "–",
                "code": language.language,
                "people": number_format(language.people),
                "share": share(language.facility) if language.told else _("too few to tell"),
                "stands_out": language.stands_out,
            }
            for language in one.languages
        ],
        "by_person": one.version.kind.marked_by_person,
    }


def _version_facts(one: VersionFigures) -> list[Fact]:
    people = Fact(_("People"), number_format(one.people))
    if not one.told:
        return [people]
    enough = one.item.related >= LEAST_RELATION
    return [
        people,
        Fact(_("Share correct"), share(one.item.facility), _("Of the points of the question, what was earned.")),
        Fact(
            _("Separation"),
            two(one.item.separation),
            _("From −1 to 1: how well it agrees with the rest of the quiz. Above 0.2 is good.")
            if enough
            else _("Too few to tell: it takes %(least)d people.") % {"least": LEAST_RELATION},
        ),
        Fact(_("Spread"), two(one.item.spread), _("From 0, when all earn the same, to 0.5.")),
        Fact(_("Time (min:s)"), clock(one.item.time), _("The median, where each answer was saved as it was given.")),
        Fact(pgettext("answers", "Left empty"), share(one.empty / one.item.asked)),
    ]


def _answers_chart(one: VersionFigures) -> str:
    points = [
        Column(
            number_format(place), float(line.row.share), marked=bool(line.row.right), sign="✓" * bool(line.row.right)
        )
        for place, line in enumerate(one.answers, start=1)
    ]
    name = _("Which share of the answers each one is, by its number in the table. Right answers have a tick.")
    return columns(name, points, shown=share, top=1)


def answer_table(versions: Sequence[VersionFigures]) -> tuple[list[str], Iterator[list[str]]]:
    """Return head and rows of the answers to take along: of every version told, of everybody and of each language."""
    head = [_("Version"), _("Language"), _("Answer"), pgettext("answer", "Right"), _("Number"), _("Share")]

    def rows() -> Iterator[list[str]]:
        for one in versions:
            for line in one.answers:
                row = line.row
                right = "–" if row.right is None else _("yes") if row.right else _("no")
                number = version_name(one)
                every = pgettext("languages", "all")
                yield [number, every, row.label, right, number_format(row.count), share(float(row.share))]
                for language, value in zip(one.languages_told, line.languages, strict=True):
                    yield [number, native_name(language.language), row.label, right, "", share(value)]

    return head, rows()

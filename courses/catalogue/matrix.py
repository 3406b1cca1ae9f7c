"""People × requirements of a cohort: filtered, ordered, paged, exported.

What the database knows (name, country, day of enrolment) it filters and orders itself, and only the page is judged.
Where progress or a requirement decides who is shown, everybody is judged (``services.snapshots``); the page says from
when that is, and what it shows of each person is always worked out now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from courses.participants.models import Participant
from institutions.models import Country

from .completion import Outcome
from .models import Cohort, Enrolment
from .services.snapshots import Judged, judged_in, kept_of, portions
from .services.standing import Completion, Explained, Standings, refresh_completion

PEOPLE_PER_PAGE = 50
ORDERS = {
    "name": ("participant__name", "pk"),
    "country": ("country__name", "participant__name", "pk"),
    "-enrolled": ("-enrolled_at", "-pk"),
}


@dataclass(frozen=True)
class Row:
    """One person of the matrix."""

    enrolment: Enrolment
    completion: Completion
    cells: list[tuple[str, str, str, str]] = field(default_factory=list)


class Matrix:
    """A cohort's matrix; ``chosen`` is what ``MatrixForm.chosen`` returns."""

    def __init__(self, cohort: Cohort, chosen: Mapping[str, str] | None = None) -> None:
        self.cohort = cohort
        self.chosen: Mapping[str, str] = chosen or {}
        self.standings = Standings(cohort.course)
        self.as_of: datetime | None = None

    @cached_property
    def headings(self) -> list[Explained]:
        return self.standings.headings()

    def requirements(self) -> list[tuple[str, str]]:
        """Return the requirements one can filter by, as choices."""
        return list({f"{h.outcome.kind}:{h.outcome.ref}": h.title for h in self.headings}.items())

    def people(self) -> models.QuerySet[Enrolment]:
        """Everybody whom the database's own filters let through, in order."""
        rows = self.cohort.enrolments.active()
        for word in self.chosen.get("q", "").split():
            rows = rows.filter(
                models.Q(participant__name__icontains=word)
                | models.Q(participant__name_latin__icontains=word)
                | models.Q(organisation__icontains=word)
            )
        if country := self.chosen.get("country"):
            rows = rows.filter(country=country)
        return rows.order_by(*ORDERS.get(self.chosen.get("sort", ""), ORDERS["name"]))

    def page(self, number: Any) -> tuple[Page, list[Row]]:
        """Return a page of the list, and its rows."""
        ids: Any = self._chosen_ids() if self.must_judge else self.people().values_list("pk", flat=True)
        page = Paginator(ids, PEOPLE_PER_PAGE).get_page(number)
        return page, self._rows(list(page.object_list))

    def _rows(self, ids: list[int]) -> list[Row]:
        rows = self.cohort.enrolments.filter(pk__in=ids)
        held = rows.select_related("participant__user", "country", "cohort").in_bulk()
        enrolments = [held[pk] for pk in ids if pk in held]
        found = refresh_completion(self.cohort.course, enrolments, self.standings)
        return [Row(each, found[each.pk], self._cells(found[each.pk])) for each in enrolments]

    def _cells(self, completion: Completion) -> list[tuple[str, str, str, str]]:
        """The cells of a person with their headings; that of the requirement asked for is marked."""
        wanted, made = self.chosen.get("requirement"), []
        for outcome, heading in zip(completion.verdict.outcomes, self.headings, strict=True):
            kind, word, figure = cell(outcome)
            asked = wanted == f"{heading.outcome.kind}:{heading.outcome.ref}"
            made.append((f"{kind} is-asked" if asked else kind, word, figure, heading.title))
        return made

    @property
    def must_judge(self) -> bool:
        """Whether everybody must be judged to know who is shown, and in which order."""
        return bool(
            self.chosen.get("state") or self.chosen.get("requirement") or "progress" in self.chosen.get("sort", "")
        )

    def _chosen_ids(self) -> list[int]:
        """Return the ids of everybody whom the filter lets through, in order."""
        kept = kept_of(self.cohort, self.standings)
        self.as_of = kept.made_at if kept else None
        judged = judged_in(self.cohort, self.standings, kept)
        sort = self.chosen.get("sort", "")
        found = [pk for pk in self.people().values_list("pk", flat=True) if pk in judged and self._lets(judged[pk])]
        if "progress" in sort:
            found.sort(key=lambda pk: judged[pk].percent, reverse=sort.startswith("-"))  # stable: by name among equals
        return found

    def _lets(self, one: Judged) -> bool:
        """Whether the filter lets somebody through, by what they have met."""
        state = self.chosen.get("state")
        if (state == "complete" and not one.complete) or (state == "open" and one.complete):
            return False
        if state == "none" and "1" in one.met:
            return False
        if wanted := self.chosen.get("requirement"):
            leaves = self.standings.rule.leaves
            met = all(held == "1" for leaf, held in zip(leaves, one.met, strict=True) if ":".join(leaf.key) == wanted)
            return met == (self.chosen.get("held") == "met")
        return True

    def head(self) -> list[str]:
        """Return the head of the sheet: who, then a requirement to a column."""
        return [
            _("Participant"),
            _("Country"),
            _("Organisation"),
            _("Enrolled on"),
            _("State"),
            _("Progress, %"),
            _("Hours credited"),
            _("Completed on"),
            *(heading.title for heading in self.headings),
        ]

    def lines(self, tell: Callable[[list[Participant]], None]) -> Iterator[list[str]]:
        """Yield the rows of the sheet, of everybody chosen, a portion of people in memory at a time.

        ``tell`` hears of whom, before their rows leave.
        """
        ids = self._chosen_ids() if self.must_judge else list(self.people().values_list("pk", flat=True))
        sheet = Sheet()
        for enrolments, judged in portions(self.cohort, self.standings, ids):
            tell([each.participant for each in enrolments])
            for each in enrolments:
                yield sheet.line(each, judged[each.pk])


class Sheet:
    """Writes lines in the active language; what many lines say is put in words once."""

    def __init__(self) -> None:
        self._countries = {country.pk: str(country) for country in Country.objects.all()}
        self._complete, self._open = _("Complete"), _("Not complete")
        self._said: dict[Outcome, str] = {}

    def line(self, enrolment: Enrolment, completion: Completion) -> list[str]:
        """Return the cells of one person."""
        hours = completion.hours
        return [
            enrolment.participant.name,
            self._countries.get(enrolment.country_id or "", ""),
            enrolment.organisation,
            enrolment.cohort.day_of(enrolment.enrolled_at).isoformat(),
            self._complete if completion.complete else self._open,
            str(completion.percent),
            str(hours.normalize() if hours % 1 else int(hours)),
            enrolment.cohort.day_of(enrolment.completed_at).isoformat() if enrolment.completed_at else "",
            *[self._said.get(outcome) or self._say(outcome) for outcome in completion.verdict.outcomes],
        ]

    def _say(self, outcome: Outcome) -> str:
        _kind, word, figure = cell(outcome)
        said = self._said[outcome] = f"{word}, {figure}" if figure else word
        return said


def cell(outcome: Outcome) -> tuple[str, str, str]:
    """Return ``(class, word, figure)``: what a cell of the matrix says of a requirement."""
    fact = outcome.fact
    if fact.waiver is not None:
        return "is-met", _("Waived"), ""
    if outcome.measure == "days":
        figure = f"{fact.days}/{fact.days_total}" if fact.days_total else ""
    elif outcome.kind != "quiz" and fact.total > 1:
        figure = f"{fact.done}/{fact.total}"
    else:
        figure = f"{int(fact.value)} %" if fact.done else ""
    if outcome.met:
        return "is-met", pgettext("requirement", "Met"), figure
    return "is-open", pgettext("requirement", "Open"), figure

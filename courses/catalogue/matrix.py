"""People × requirements of a cohort: filtered, ordered, paged, exported.

What the database knows (name, country, day of enrolment) it filters and orders itself, and only the page is judged.
Where progress or a requirement decides who is shown, everybody is judged in portions; of each only the percentage and
a bit for each requirement are kept, so that memory does not hold the cohort's facts. For a cohort above ``AT_ONCE``
people they are also kept in the database for a few minutes (``CohortSnapshot``), so that paging and filtering on do
not judge everybody again; the page says from when they are, and what it shows of each person is always worked out now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

from django.core.paginator import Page, Paginator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from courses.participants.models import Participant

from .models import Cohort, CohortSnapshot, Enrolment
from .services.standing import AT_ONCE, Completion, Explained, Standings, refresh_completion

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


class Judged(NamedTuple):
    """What filter and order need of one person; ``met`` has a 1 or a 0 for each requirement."""

    percent: int
    complete: bool
    met: str


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
        ids: Any = self._chosen_ids() if self._must_judge else self.people().values_list("pk", flat=True)
        page = Paginator(ids, PEOPLE_PER_PAGE).get_page(number)
        return page, self._rows(list(page.object_list))

    def _rows(self, ids: list[int]) -> list[Row]:
        held = _loaded(self.cohort.enrolments.filter(pk__in=ids)).in_bulk()
        enrolments = [held[pk] for pk in ids if pk in held]
        found = refresh_completion(self.cohort.course, enrolments, self.standings)
        return [Row(each, found[each.pk], self._cells(found[each.pk])) for each in enrolments]

    def _cells(self, completion: Completion) -> list[tuple[str, str, str, str]]:
        """The cells of a person with their headings; that of the requirement asked for is marked."""
        wanted, made = self.chosen.get("requirement"), []
        for (kind, word, figure), heading in zip(cells(completion), self.headings, strict=True):
            asked = wanted == f"{heading.outcome.kind}:{heading.outcome.ref}"
            made.append((f"{kind} is-asked" if asked else kind, word, figure, heading.title))
        return made

    @property
    def _must_judge(self) -> bool:
        return bool(
            self.chosen.get("state") or self.chosen.get("requirement") or "progress" in self.chosen.get("sort", "")
        )

    def _chosen_ids(self) -> list[int]:
        """Return the ids of everybody whom the filter lets through, in order."""
        judged = self._judged()
        sort = self.chosen.get("sort", "")
        found = [pk for pk in self.people().values_list("pk", flat=True) if pk in judged and self._lets(judged[pk])]
        if "progress" in sort:
            found.sort(key=lambda pk: judged[pk].percent, reverse=sort.startswith("-"))  # stable: by name among equals
        return found

    def _judged(self) -> dict[int, Judged]:
        """Return what filter and order need of everybody: worked out now, or lately where the cohort is large."""
        rows = self.cohort.enrolments.active()
        number = rows.count()
        kept = CohortSnapshot.objects.filter(cohort=self.cohort).first() if number > AT_ONCE else None
        names = [f"{leaf.kind}:{leaf.ref}" for leaf in self.standings.rule.leaves]
        if kept and kept.requirements == names and kept.rule_version == self.standings.version and kept.is_fresh:
            self.as_of = kept.made_at
            return {pk: Judged(*rest) for pk, *rest in kept.people}
        judged = {}
        for enrolments, completions in self._portions(rows.order_by("pk")):
            for each in enrolments:
                completion = completions[each.pk]
                met = "".join("1" if outcome.met else "0" for outcome in completion.verdict.outcomes)
                judged[each.pk] = Judged(completion.percent, completion.complete, met)
        if number > AT_ONCE:
            kept, _made = CohortSnapshot.objects.update_or_create(
                cohort=self.cohort,
                defaults={
                    "rule_version": self.standings.version,
                    "requirements": names,
                    "made_at": timezone.now(),
                    "people": [[pk, *one] for pk, one in judged.items()],
                },
            )
            self.as_of = kept.made_at
        return judged

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

    def _portions(self, rows: models.QuerySet[Enrolment]) -> Iterator[tuple[list[Enrolment], dict[int, Completion]]]:
        """Everybody in order, judged, a portion at a time. The order is read once, as numbers."""
        yield from self._portions_of(list(rows.values_list("pk", flat=True)))

    def _portions_of(self, ids: list[int]) -> Iterator[tuple[list[Enrolment], dict[int, Completion]]]:
        for start in range(0, len(ids), AT_ONCE):
            some = ids[start : start + AT_ONCE]
            held = _loaded(Enrolment.objects.filter(pk__in=some)).in_bulk()
            enrolments = [held[pk] for pk in some if pk in held]
            yield enrolments, self.standings.of(enrolments)

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
        ids = self._chosen_ids() if self._must_judge else list(self.people().values_list("pk", flat=True))
        for enrolments, judged in self._portions_of(ids):
            tell([each.participant for each in enrolments])
            for each in enrolments:
                yield self._line(each, judged[each.pk])

    def _line(self, enrolment: Enrolment, completion: Completion) -> list[str]:
        return [
            enrolment.participant.name,
            str(enrolment.country or ""),
            enrolment.organisation,
            enrolment.enrolled_at.date().isoformat(),
            _("Complete") if completion.complete else _("Not complete"),
            str(completion.percent),
            str(completion.hours.normalize() if completion.hours % 1 else int(completion.hours)),
            enrolment.completed_at.date().isoformat() if enrolment.completed_at else "",
            *(f"{word}, {figure}" if figure else word for _kind, word, figure in cells(completion)),
        ]


def _loaded(rows: models.QuerySet[Enrolment]) -> models.QuerySet[Enrolment]:
    return rows.select_related("participant__user", "country", "cohort")


def cells(completion: Completion) -> list[tuple[str, str, str]]:
    """Return ``(class, word, figure)`` for each requirement: what a cell of the matrix says."""
    met, still_open, waived = pgettext("requirement", "Met"), pgettext("requirement", "Open"), _("Waived")
    found = []
    for outcome in completion.verdict.outcomes:
        fact = outcome.fact
        if fact.waiver is not None:
            found.append(("is-met", waived, ""))
            continue
        if outcome.measure == "days":
            figure = f"{fact.days}/{fact.days_total}" if fact.days_total else ""
        elif outcome.kind != "quiz" and fact.total > 1:
            figure = f"{fact.done}/{fact.total}"
        else:
            figure = f"{int(fact.value)} %" if fact.done else ""
        found.append(("is-met", met, figure) if outcome.met else ("is-open", still_open, figure))
    return found

"""Where everybody in a cohort stands, in as few bits as filter and order of the matrix need.

Many people are judged in portions, so that memory does not hold the cohort's facts. Above ``AT_ONCE`` people the
outcome is kept for a few minutes (``CohortSnapshot``), so that paging and filtering on do not judge everybody again;
above ``WHILE_ONE_WAITS`` a job works it out, and the page shows how far it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone

from jobs.models import Job
from jobs.services import advance, start_job

from ..models import Cohort, CohortSnapshot, Enrolment
from .standing import AT_ONCE, Completion, Standings

KIND = "catalogue.judge_cohort"
WHILE_ONE_WAITS = 5_000


class Judged(NamedTuple):
    """What filter and order need of one person; ``met`` has a 1 or a 0 for each requirement."""

    percent: int
    complete: bool
    met: str


def judged_in(cohort: Cohort, standings: Standings, kept: CohortSnapshot | None) -> dict[int, Judged]:
    """Return ``{enrolment id: Judged}`` of everybody in a cohort: from what is ``kept``, else worked out now."""
    if kept is not None:
        return {pk: Judged(*rest) for pk, *rest in kept.people}
    return _judge(cohort, standings)


def kept_of(cohort: Cohort, standings: Standings) -> CohortSnapshot | None:
    """Return what was worked out lately by the rule in force; for a cohort that is large enough to keep it, work it
    out if there is nothing. ``None`` for the others. Two queries where there is something.
    """
    if cohort.enrolments.active().count() <= AT_ONCE:
        return None
    return fresh(cohort, standings) or _keep(cohort, standings, _judge(cohort, standings))


def fresh(cohort: Cohort, standings: Standings) -> CohortSnapshot | None:
    """Return what is kept of a cohort, if it is of the rule in force and not old."""
    kept = CohortSnapshot.objects.filter(cohort=cohort).first()
    if kept is None or not kept.is_fresh or kept.rule_version != standings.version:
        return None
    return kept if kept.requirements == _names(standings) else None


def awaited(*, actor: Any, cohort: Cohort, standings: Standings) -> Job | None:
    """Return the job that works out where a very large cohort stands; ``None`` where nobody need wait for one.

    Starts it, unless one that ``actor`` has started is at work or has failed.
    """
    if cohort.enrolments.active().count() <= WHILE_ONE_WAITS or fresh(cohort, standings):
        return None
    jobs = Job.objects.filter(kind=KIND, created_by=actor, params__cohort=cohort.pk).order_by("-created_at")
    last = jobs.first()
    if last is not None and last.state not in (Job.State.DONE, Job.State.CANCELLED):
        return last
    return start_job(actor=actor, kind=KIND, params={"cohort": cohort.pk})


@transaction.atomic
def work_out_again(*, actor: Any, cohort: Cohort) -> None:
    """Forget what was worked out of a cohort, and that a job of ``actor`` failed to."""
    CohortSnapshot.objects.filter(cohort=cohort).delete()
    failed = Job.objects.filter(kind=KIND, created_by=actor, params__cohort=cohort.pk, state=Job.State.FAILED)
    failed.update(state=Job.State.CANCELLED)


def judge_by_job(job: Job) -> None:
    """Work out in the background where a cohort stands. Nothing is written before the end, so it may begin anew."""
    cohort = Cohort.objects.select_related("course__item").filter(pk=job.params["cohort"]).first()
    if cohort is None:
        return
    standings, total = Standings(cohort.course), cohort.enrolments.active().count()
    _keep(cohort, standings, _judge(cohort, standings, lambda done: advance(job, done, total)))


def portions(
    cohort: Cohort, standings: Standings, ids: list[int]
) -> Iterator[tuple[list[Enrolment], dict[int, Completion]]]:
    """Yield these people, judged, a portion at a time; of each person only what a row of a sheet says is read."""
    read = [f"participant__{name}" for name in ("name", "user__key")]
    read += [column.name for column in Enrolment._meta.concrete_fields if column.name != "participant"]
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        rows = Enrolment.objects.filter(pk__in=some).select_related("participant__user").only(*read)
        held = rows.in_bulk()
        enrolments = [held[pk] for pk in some if pk in held]
        for each in enrolments:
            each.cohort = cohort
        yield enrolments, standings.of(enrolments)


def _judge(cohort: Cohort, standings: Standings, tell: Callable[[int], None] | None = None) -> dict[int, Judged]:
    judged: dict[int, Judged] = {}
    people = list(cohort.enrolments.active().order_by("pk").values_list("pk", flat=True))
    for enrolments, completions in portions(cohort, standings, people):
        for each in enrolments:
            completion = completions[each.pk]
            met = "".join("1" if outcome.met else "0" for outcome in completion.verdict.outcomes)
            judged[each.pk] = Judged(completion.percent, completion.complete, met)
        if tell:
            tell(len(judged))
    return judged


def _keep(cohort: Cohort, standings: Standings, judged: dict[int, Judged]) -> CohortSnapshot:
    kept, _made = CohortSnapshot.objects.update_or_create(
        cohort=cohort,
        defaults={
            "rule_version": standings.version,
            "requirements": _names(standings),
            "made_at": timezone.now(),
            "people": [[pk, *one] for pk, one in judged.items()],
        },
    )
    return kept


def _names(standings: Standings) -> list[str]:
    return [f"{leaf.kind}:{leaf.ref}" for leaf in standings.rule.leaves]

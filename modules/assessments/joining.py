"""Two accounts of one person become one: all attempts count as used up, and the better result holds."""

from __future__ import annotations

from datetime import datetime
from heapq import merge
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.joining import Twice

from .models import Attempt, Quiz, TimeAllowance
from .rules import with_extra
from .scoring import standing
from .services.allowances import lengthen_running


def _by_quiz(user: Any) -> dict[int, list[Attempt]]:
    found: dict[int, list[Attempt]] = {}
    rows = Attempt.objects.filter(learner_key=user.key).select_related("quiz__item").order_by("quiz", "number")
    for attempt in rows:
        found.setdefault(attempt.quiz_id, []).append(attempt)
    return found


def attempts_twice(kept: Any, closed: Any) -> list[Twice]:
    """Say of every quiz that both accounts tried what counts, and which of two running attempts goes on."""
    mine, found = _by_quiz(kept), []
    for quiz_id, theirs in _by_quiz(closed).items():
        if quiz_id not in mine:
            continue
        title = _("Quiz “%(title)s”") % {"title": theirs[0].quiz}
        sides = _shown(theirs), _shown(mine[quiz_id])
        words = _("All attempts move and count as used. The better of the two results holds.")
        found.append(Twice(title, *sides, words, moves=True))
        if any(one.is_open for one in theirs) and any(one.is_open for one in mine[quiz_id]):
            running = _("an attempt is running")
            words = _("That of the account that is kept goes on. The other stays behind unfinished and earns nothing.")
            found.append(Twice(title, running, running, words))
    return found


def handed_in_since(attempts: list[int], since: datetime) -> list[str]:
    """Say which attempts of the closed account go back to it though they were handed in after the two became one."""
    words = _("“%(title)s”: an attempt begun with this account and handed in after the merge goes back to it.")
    rows = Attempt.objects.filter(pk__in=attempts, submitted_at__gt=since).select_related("quiz__item").order_by("pk")
    return [words % {"title": row.quiz} for row in rows]


def _shown(attempts: list[Attempt]) -> str:
    quiz = attempts[0].quiz
    results = [(one.percent, one.passed, one.series) for one in attempts if one.percent is not None]
    number = _("attempts: %(number)d") % {"number": len(attempts)}
    if not results:
        return number
    grade, passed = standing(quiz.grade_rule, results, quiz.pass_mark)
    words = _("%(percent)s %%, passed") if passed else _("%(percent)s %%, not passed")
    return f"{number}; {words % {'percent': f'{grade:.0f}'}}"


def join_attempts(kept: Any, closed: Any) -> None:
    """Move the attempts, numbered by when they began, as series of their own, so that no grade falls.

    Of two running attempts at a quiz that of ``kept`` goes on; the other stays behind.
    """
    people = [kept.key, closed.key]
    list(Attempt.objects.select_for_update().filter(learner_key__in=people).order_by("pk").values_list("pk"))
    mine = _by_quiz(kept)
    first = 1 + (Attempt.objects.filter(learner_key=kept.key).aggregate(last=Max("series"))["last"] or 0)
    for quiz_id, theirs in _by_quiz(closed).items():
        own = mine.get(quiz_id, [])
        if any(one.is_open for one in own):
            theirs = [one for one in theirs if not one.is_open]
        numbers = {one.pk: n for n, one in enumerate(merge(own, theirs, key=lambda one: one.started_at), start=1)}
        for one in reversed(own):  # the last first: numbers only rise, and no two are the same at any moment
            Attempt.objects.filter(pk=one.pk).update(number=numbers[one.pk])
        for one in theirs:
            Attempt.objects.filter(pk=one.pk).update(
                learner=kept, learner_key=kept.key, number=numbers[one.pk], series=first + one.series
            )


def _allowances(kept: Any, closed: Any) -> list[tuple[TimeAllowance, TimeAllowance]]:
    """Return ``(row of kept, row of closed)`` of the quizzes in which both have more time."""
    rows = TimeAllowance.objects.filter(learner_key__in=[kept.key, closed.key]).select_related("quiz__item")
    mine = {row.quiz_id: row for row in rows if row.learner_key == kept.key}
    return [(mine[row.quiz_id], row) for row in rows if row.learner_key == closed.key and row.quiz_id in mine]


def allowances_twice(kept: Any, closed: Any) -> list[Twice]:
    """Say of extra time in one quiz that both accounts have which holds."""
    title = _("Extra time in “%(title)s”")
    return [
        Twice(title % {"title": mine.quiz}, _time(other), _time(mine), _("The greater holds."))
        for mine, other in _allowances(kept, closed)
    ]


def _time(row: TimeAllowance) -> str:
    if row.minutes:
        return _("%(minutes)d minutes more") % {"minutes": row.minutes}
    return _("%(percent)d per cent more") % {"percent": row.percent or 0}


def _extra(row: TimeAllowance, quiz: Quiz) -> int:
    return with_extra(quiz.time_limit or 100, row.minutes or 0, row.percent or 0)


def join_allowances(kept: Any, closed: Any) -> None:
    """Move extra time; where both have some in one quiz, the greater holds and the other stays behind.

    A running attempt gets its new end where that is later.
    """
    pairs = _allowances(kept, closed)
    for mine, other in pairs:
        if _extra(other, mine.quiz) > _extra(mine, mine.quiz):
            for name in ("minutes", "percent", "reason", "granted_by", "granted_at"):
                setattr(mine, name, getattr(other, name))
            mine.save()
    behind = [other.pk for _mine, other in pairs]
    rows = TimeAllowance.objects.filter(learner_key=closed.key).exclude(pk__in=behind)
    rows.update(learner=kept, learner_key=kept.key)
    lengthen_running(Attempt.objects.filter(learner_key=kept.key))

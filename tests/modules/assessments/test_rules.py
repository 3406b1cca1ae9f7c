"""What holds for one person and one quiz: time, waiting, when answers are shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from core.models import AuditEntry
from modules.assessments import services
from modules.assessments.models import Attempt, TimeAllowance
from modules.assessments.rules import Rules, rules_for, with_extra
from tests import factories

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)


def rules(**fields) -> Rules:
    return Rules(
        **{
            "context": "",
            "opens_at": None,
            "closes_at": None,
            "attempts_allowed": None,
            "minutes": None,
            **fields,
        }
    )


def minutes(number: int) -> timedelta:
    return timedelta(minutes=number)


@pytest.mark.parametrize(
    ("limit", "more", "percent", "all"),
    [(30, 0, 0, 30), (30, 10, 0, 40), (30, 0, 25, 38), (30, 0, 50, 45), (7, 0, 1, 8), (60, 5, 25, 80)],
)
def test_extra_time_is_added_to_the_limit_and_rounded_up(limit, more, percent, all):
    assert with_extra(limit, more, percent) == all


@given(st.integers(1, 1440), st.integers(0, 1440), st.integers(0, 400))
def test_extra_time_never_takes_time_away(limit, more, percent):
    assert with_extra(limit, more, percent) >= limit


@pytest.mark.parametrize(
    ("fields", "ends"),
    [
        ({}, None),
        ({"minutes": 30}, NOON + minutes(30)),
        ({"closes_at": NOON + minutes(20)}, NOON + minutes(20)),
        ({"minutes": 30, "closes_at": NOON + minutes(20)}, NOON + minutes(20)),
        ({"minutes": 10, "closes_at": NOON + minutes(20)}, NOON + minutes(10)),
    ],
)
def test_an_attempt_ends_at_its_limit_or_at_closing_whichever_is_first(fields, ends):
    assert rules(**fields).deadline(NOON) == ends


@pytest.mark.parametrize(("wait", "last", "start"), [(0, NOON, None), (60, None, None), (60, NOON, NOON + minutes(60))])
def test_the_wait_counts_from_the_end_of_the_last_attempt(wait, last, start):
    assert rules(wait_minutes=wait).next_start(last) == start


@pytest.mark.parametrize(
    ("feedback", "closes", "shown"),
    [
        ("submitted", None, True),
        ("submitted", NOON + minutes(1), True),
        ("at_once", NOON + minutes(1), True),
        ("closed", NOON + minutes(1), False),
        ("closed", NOON, True),
        ("closed", None, False),
    ],
)
def test_answers_are_shown_when_the_rule_says(feedback, closes, shown):
    assert rules(feedback=feedback, closes_at=closes).shows_answers(NOON) is shown


# --- waiting ------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_next_attempt_waits(quiz, begin, hand_in):
    quiz.wait_minutes = 60
    quiz.save()
    with time_machine.travel(NOON, tick=False) as clock:
        hand_in(right=1)
        clock.shift(minutes(59))
        with pytest.raises(services.TooSoon, match="You can begin the next attempt on"):
            begin()
        clock.shift(minutes(1))
        assert begin().number == 2


# --- extra time ---------------------------------------------------------------------------


@pytest.fixture
def timed(quiz, programme):
    factories.SyllabusEntryFactory(course__programme=programme, item=quiz.item.parent)
    quiz.time_limit = 40
    quiz.save()
    return quiz


@pytest.fixture
def grant(cast, timed, learner):
    def granted(**fields) -> TimeAllowance:
        fields = {"actor": cast.organiser, "learner": learner, "reason": "Slow reader of screens.", **fields}
        return services.grant_time(quiz=timed, **fields)

    return granted


@pytest.fixture
def learner(cast):
    return cast.learner


@pytest.mark.django_db
@pytest.mark.parametrize(("extra", "limit"), [({"minutes": 15}, 55), ({"percent": 25}, 50)])
def test_extra_time_holds_for_one_learner_only(grant, timed, learner, cast, extra, limit):
    grant(**extra)
    assert rules_for(learner, timed).minutes == limit
    assert rules_for(cast.outsider, timed).minutes == 40


@pytest.mark.django_db
def test_extra_time_also_lengthens_an_attempt_that_is_running(grant, timed, begin):
    attempt = begin()
    grant(minutes=10)
    attempt.refresh_from_db()
    assert attempt.deadline_at == attempt.started_at + minutes(50)


@pytest.mark.django_db
def test_a_grant_never_shortens_an_attempt_that_is_running(grant, timed, begin):
    grant(minutes=60)
    attempt = begin()
    grant(minutes=10, reason="A slip of the key before.")
    before = attempt.deadline_at
    attempt.refresh_from_db()
    assert attempt.deadline_at == before and before - attempt.started_at > minutes(99)


@pytest.mark.django_db
def test_an_attempt_without_an_end_gets_none_by_extra_time(grant, timed, begin):
    attempt = begin()
    Attempt.objects.update(deadline_at=None)
    grant(minutes=10)
    attempt.refresh_from_db()
    assert attempt.deadline_at is None


@pytest.mark.django_db
def test_an_attempt_that_is_over_stays_as_it_was(grant, timed, begin, hand_in):
    attempt = hand_in()
    grant(minutes=10)
    before = attempt.deadline_at
    attempt.refresh_from_db()
    assert attempt.deadline_at == before


@pytest.mark.django_db
def test_a_second_grant_takes_the_place_of_the_first_and_both_are_on_record(grant, timed, learner):
    grant(minutes=10)
    grant(percent=50, reason="A doctor's letter.")
    assert TimeAllowance.objects.get().minutes is None
    assert rules_for(learner, timed).minutes == 60
    assert AuditEntry.objects.filter(action="assessments.grant_time").count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong", [{}, {"minutes": 10, "percent": 10}, {"minutes": 10, "reason": " "}, {"minutes": 10, "actor": "trainer"}]
)
def test_extra_time_that_makes_no_sense_is_refused(grant, cast, wrong):
    if "actor" in wrong:
        wrong["actor"] = cast.trainer
    with pytest.raises(services.InvalidAllowance):
        grant(**wrong)
    assert not TimeAllowance.objects.exists()


@pytest.mark.django_db
def test_nobody_gives_themselves_time(grant, cast):
    with pytest.raises(services.InvalidAllowance, match="yourself"):
        grant(minutes=10, learner=cast.organiser)


@pytest.mark.django_db
def test_time_taken_back_does_not_shorten_an_attempt_that_is_running(grant, timed, begin, learner, cast):
    allowance = grant(minutes=10)
    attempt = begin()
    services.withdraw_time(actor=cast.organiser, allowance=allowance)
    before = attempt.deadline_at
    attempt.refresh_from_db()
    assert attempt.deadline_at == before and before - attempt.started_at > minutes(49)
    assert rules_for(learner, timed).minutes == 40


@pytest.mark.django_db
def test_an_attempt_whose_time_was_over_is_graded_only_once_more_time_is_given(grant, timed, begin, learner):
    attempt = begin()
    Attempt.objects.update(started_at=timezone.now() - minutes(45), deadline_at=timezone.now() - minutes(5))
    grant(minutes=10)
    assert services.close_overdue() == 0
    attempt.refresh_from_db()
    assert attempt.is_open

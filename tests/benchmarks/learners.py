"""Generated people with what they have done, a million records in seconds: the database writes them itself.

What somebody has done follows from the numbers of their rows, so that two runs on new databases measure the same:
a third has done everything, a third about 60 per cent, a third about 20.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

PORTION = 2_000
LANGUAGES = ("en", "fr", "ar")
DONE = "CASE u.id %% 3 WHEN 0 THEN 20 WHEN 1 THEN 58 ELSE 97 END"  # of 97


def enrol(cohort: Any, number: int, *, stem: str, at: datetime) -> None:
    """Write people with an account each, in three languages, and enrol them in a cohort."""
    from accounts.models import User
    from courses.catalogue.models import Enrolment
    from courses.participants.models import Participant

    for start in range(0, number, PORTION):
        numbers = range(start, min(start + PORTION, number))
        users = User.objects.bulk_create(
            [User(email=f"{stem}-{n}@bench.example", name=f"Person {n:06}", language=LANGUAGES[n % 3]) for n in numbers]
        )
        people = Participant.objects.bulk_create([Participant(name=user.name, user=user) for user in users])
        Enrolment.objects.bulk_create([Enrolment(participant=one, cohort=cohort, enrolled_at=at) for one in people])


def read(cohort: Any, lessons: list[Any], at: datetime) -> None:
    """Write which lessons the people of a cohort have done."""
    _write(
        f"""
        INSERT INTO lessons_lessonprogress
          (learner_id, learner_key, item_id, place, started_at, seen_at, done_at, version, language)
        SELECT u.id, u.key, i.id, '', %s, %s, %s, 1, ''
        FROM {PEOPLE} CROSS JOIN records_item i
        WHERE e.cohort_id = %s AND i.id IN ({_marks(lessons)}) AND (u.id * 7919 + i.id * 104729) %% 97 < {DONE}
        """,
        [_moment(at)] * 3 + [cohort.pk, *(lesson.pk for lesson in lessons)],
    )


def answer(cohort: Any, quizzes: list[Any], at: datetime) -> None:
    """Write the graded attempts of the people of a cohort."""
    _write(
        f"""
        INSERT INTO assessments_attempt
          (learner_id, learner_key, key, quiz_id, series, number, state, context, seed, draw_seed, language, started_at,
           submitted_at, percent, passed)
        SELECT learner, learner_key, {_new_key()}, quiz, 0, 1, 'graded', '', 1, 0, '', %s, %s, percent, percent >= 80
        FROM (
          SELECT u.id AS learner, u.key AS learner_key, q.id AS quiz,
            CASE u.id %% 3 WHEN 2 THEN 100 ELSE 30 + (u.id * 31 + q.id * 17) %% 71 END AS percent
          FROM {PEOPLE} CROSS JOIN assessments_quiz q
          WHERE e.cohort_id = %s AND q.id IN ({_marks(quizzes)}) AND (u.id * 6007 + q.id * 7001) %% 97 < {DONE}
        ) AS tried
        """,
        [_moment(at)] * 2 + [cohort.pk, *(quiz.pk for quiz in quizzes)],
    )


def settle() -> None:
    """Let the database look at what it holds now, as it does by itself in time."""
    _write("ANALYZE", [])


PEOPLE = (
    "catalogue_enrolment e JOIN participants_participant p ON p.id = e.participant_id "
    "JOIN accounts_user u ON u.id = p.user_id"
)


def _marks(rows: list[Any]) -> str:
    return ", ".join(["%s"] * len(rows))


def _moment(at: datetime) -> Any:
    from django.db import connection

    return connection.ops.adapt_datetimefield_value(at)


def _new_key() -> str:
    from django.db import connection

    return "gen_random_uuid()" if connection.vendor == "postgresql" else "lower(hex(randomblob(16)))"


def _write(statement: str, values: list[Any]) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement, values)

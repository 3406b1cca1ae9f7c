"""The last look before a reminder leaves: hours may lie between writing and sending, when the mail server is away.

Each function takes what follows the kind in a mail's key and says whether the mail is still to be sent.
"""

from __future__ import annotations

from django.db import models

from jobs.subscriptions import refused_by

from ..models import Enrolment
from .reminders import DEADLINE, DIGEST, LETTER


def digest(key: str) -> bool:
    """Whether the person has a course that goes on, and still wants digests. Two queries."""
    account, _week = key.split(":")
    return _wanted(Enrolment.objects.filter(participant__user__key=account), DIGEST)


def deadline(key: str) -> bool:
    """Whether the last day is still the one that was told, has not passed, and the course is not finished."""
    enrolment, last_day, _days = key.split(":")
    rows = Enrolment.objects.filter(pk=enrolment)
    row = rows.select_related("cohort").first()
    return (
        row is not None
        and row.last_day is not None
        and row.last_day.isoformat() == last_day
        and not row.is_over
        and _wanted(rows, DEADLINE)
    )


def letter(key: str) -> bool:
    """Whether the person is in the cohort, has not finished, and still wants letters."""
    _letter, enrolment = key.split(":")
    return _wanted(Enrolment.objects.filter(pk=enrolment), LETTER)


def _wanted(enrolments: models.QuerySet[Enrolment], kind: str) -> bool:
    going_on = enrolments.filter(
        state=Enrolment.State.ACTIVE,
        completed_at__isnull=True,
        participant__user__is_active=True,
        cohort__archived_at__isnull=True,
        cohort__course__archived_at__isnull=True,
    )
    people = set(going_on.order_by().values_list("participant__user", flat=True))
    return bool(people - refused_by(people, kind))

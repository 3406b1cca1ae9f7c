"""What the scheduler starts for courses. Each is safe to run twice."""

from __future__ import annotations

from celery import shared_task

from .following import reminders
from .models import Enrolment
from .services.noticing import notice
from .services.rules import freeze_rules


@shared_task
def send_digests() -> None:
    """Every hour: the weekly digests of people where it is Monday morning or later that day."""
    reminders.send_digests()


@shared_task
def send_deadlines() -> None:
    """Every hour: reminders of deadlines, at an hour at which one may write."""
    reminders.send_deadlines()


@shared_task
def notice_completions() -> None:
    """Every night: judges who has not completed yet, for what a crash kept from being noticed.

    First the rules of courses that have begun without one of their own are written down.
    """
    freeze_rules()
    notice(Enrolment.objects.all())

"""What this folder tells the rooms below, when the platform starts."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.personal import register_retention
from jobs.services import register_handler
from jobs.subscriptions import register_mail_kind

from .. import personal
from . import at_risk, last_look, reminders


def register() -> None:
    """Register the job of letters, the kinds of mail one may leave, and how long notes are kept."""
    register_handler(at_risk.JOB, at_risk.write_letters, title=_("Writing letters"), url=at_risk.letter_url)
    register_retention("notes", title=_("Trainers’ notes"), default_days=2 * 365, due=personal.old_notes)
    register_mail_kind(
        reminders.DIGEST,
        title=_("My week"),
        about=_("On Mondays: where you stand in your courses, what is missing, what is coming up."),
        still_due=last_look.digest,
    )
    register_mail_kind(
        reminders.DEADLINE,
        title=_("Deadlines"),
        about=_("A week and a day before the last day of a course that you have not finished."),
        still_due=last_look.deadline,
    )
    register_mail_kind(
        reminders.LETTER,
        title=_("Letters of my trainers"),
        about=_("When a trainer sees that you may need help to get through a course."),
        still_due=last_look.letter,
    )

"""What the rules of quizzes do not allow, in words for the learner. Times are the viewer's."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.errors import DomainError


def when(moment: datetime) -> str:
    """Return a moment in words, in the active time zone, which is named."""
    day = date_format(timezone.localtime(moment), "DATETIME_FORMAT")
    return _("%(moment)s (time zone %(zone)s)") % {"moment": day, "zone": timezone.get_current_timezone_name()}


class QuizNotOpen(DomainError):
    """The quiz cannot be taken yet, or no longer is in use."""

    @classmethod
    def until(cls, moment: datetime) -> QuizNotOpen:
        return cls(_("This quiz opens on %(moment)s.") % {"moment": when(moment)})

    @classmethod
    def empty(cls) -> QuizNotOpen:
        return cls(_("This quiz has no questions yet."))

    @classmethod
    def retired(cls) -> QuizNotOpen:
        return cls(_("This quiz is no longer in use. Your results are kept."))


class QuizClosed(DomainError):
    """The last day is over."""

    def __init__(self, moment: datetime) -> None:
        super().__init__(
            _("This quiz closed on %(moment)s, so no new attempt can be started.") % {"moment": when(moment)}
        )


class NoAttemptsLeft(DomainError):
    """Every attempt that is allowed has been used."""

    def __init__(self, allowed: int) -> None:
        super().__init__(
            ngettext(
                "You have used the %(number)d attempt that this quiz allows.",
                "You have used all %(number)d attempts that this quiz allows.",
                allowed,
            )
            % {"number": allowed}
        )


class TooSoon(DomainError):
    """The wait between two attempts is not over."""

    def __init__(self, moment: datetime) -> None:
        super().__init__(_("You can begin the next attempt on %(moment)s.") % {"moment": when(moment)})


class AttemptOver(DomainError):
    """The attempt is handed in, or its time has run out (``deadline``)."""

    def __init__(self, deadline: datetime | None = None) -> None:
        super().__init__(
            _("The time for this attempt ended on %(moment)s. The answers saved until then count.")
            % {"moment": when(deadline)}
            if deadline
            else _("This attempt has been handed in. Its answers can no longer be changed.")
        )


class AnswerChecked(DomainError):
    """An answer whose feedback the learner has seen."""

    def __init__(self) -> None:
        super().__init__(_("You have checked this answer, so it can no longer be changed."))


class CannotCheck(DomainError):
    """An answer that cannot be checked, or not yet."""

    def __init__(self) -> None:
        super().__init__(_("Answer the question first, then check it."))


class NotYourAttempt(DomainError):
    """Somebody else's attempt."""

    def __init__(self) -> None:
        super().__init__(_("This attempt belongs to somebody else."))

"""What the rules of this room do not allow. ``field`` names the form field the sentence belongs beside."""

from __future__ import annotations

from core.errors import DomainError


class WorkshopError(DomainError):
    """Any of those below."""

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class NotYourWorkshop(WorkshopError):
    """The actor neither trains nor organises it."""


class NotYourProgramme(WorkshopError):
    """The actor is neither trainer nor organiser of the programme."""


class NotYourRegistration(WorkshopError):
    """Somebody registers or cancels for another without being allowed to."""


class WrongDates(WorkshopError):
    """The days do not fit together."""


class UnknownZone(WorkshopError):
    """No such IANA time zone."""


class NoSuchTime(WorkshopError):
    """The clocks at the venue never show this time on this day."""


class SessionOutsideDays(WorkshopError):
    """A session is not on one of the workshop's days."""


class TextMissing(WorkshopError):
    """There is no title in the language the workshop is written in."""


class CapacityTooSmall(WorkshopError):
    """Fewer places than people registered."""


class WrongState(WorkshopError):
    """The act does not fit the state of the workshop."""


class WorkshopOver(WorkshopError):
    """The workshop is past."""


class WorkshopCancelled(WorkshopError):
    """The workshop has been cancelled."""


class WorkshopFull(WorkshopError):
    """Every place is taken."""


class RegistrationClosed(WorkshopError):
    """Registration is not open."""


class AlreadyRegistered(WorkshopError):
    """The participant is registered."""


class NotRegistered(WorkshopError):
    """The participant is not registered, or no longer."""


class WrongPrerequisite(WorkshopError):
    """What cannot be asked for before a workshop, or is asked for already."""


class PrerequisiteMissing(WorkshopError):
    """Something else has to be completed first."""


class Nominated(WorkshopError):
    """A focal point put the person forward: what they do by themselves goes the nomination's way."""


class SessionHasAttendance(WorkshopError):
    """Attendance was recorded, so the session stays."""


class SessionNotYet(WorkshopError):
    """The session's day has not come."""


class OwnRegistration(WorkshopError):
    """Nobody gives a place to themselves."""


class OwnAttendance(WorkshopError):
    """Nobody records for themselves."""


class WrongMinutes(WorkshopError):
    """The minutes do not fit the session."""


class UnknownTrainer(WorkshopError):
    """No account with the trainer's role has this address."""


class LastTrainer(WorkshopError):
    """A workshop keeps one trainer."""


class NominationsClosed(WorkshopError):
    """The workshop takes no nominations, or none from this country."""


class NotYourCountry(WorkshopError):
    """The actor is not focal point of the country."""


class QuotaReached(WorkshopError):
    """The country has put forward as many as it may."""


class AlreadyNominated(WorkshopError):
    """The country has put this person forward before."""


class OwnNomination(WorkshopError):
    """Nobody puts themselves forward, and nobody decides on themselves."""


class AlreadyDecided(WorkshopError):
    """It is too late for this: there is a decision or an answer, or the nomination was withdrawn."""


class ReasonMissing(WorkshopError):
    """Whoever is not selected is told why."""

"""Ways into a cohort: applications with the course's own questions, the waiting list, invitations; what goes before."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.languages import best_title
from core.models import LanguageText
from courses.participants.models import Participant
from modules.records.models import Item

from ..querysets import ApplicationQuerySet, InvitationQuerySet, PrerequisiteQuerySet, QuestionQuerySet
from .cohorts import Cohort, Enrolment
from .courses import Course


class ApplicationQuestion(models.Model):
    """What a course asks of people who apply, in every language. Retired, not deleted, once somebody has answered."""

    class Kind(models.TextChoices):
        LINE = "line", _("A line of text")
        TEXT = "text", _("A longer text")
        CHOICE = "choice", _("One of several answers")
        AGREE = "agree", _("A box to tick")

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="application_questions")
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    kind = models.CharField(_("kind of answer"), max_length=8, choices=Kind.choices, default=Kind.TEXT)
    required = models.BooleanField(_("must be answered"), default=True)
    titles = models.JSONField(_("question"), default=dict)
    hints = models.JSONField(_("hint"), default=dict, blank=True)
    choices = models.JSONField(default=list, blank=True, help_text="list of {id, titles}")
    retired_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        ordering = ["order", "id"]
        verbose_name = _("application question")
        verbose_name_plural = _("application questions")

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return best_title(self.titles, source=self.course.item.source_language)

    @property
    def hint(self) -> str:
        return best_title(self.hints, source=self.course.item.source_language)

    def offered(self) -> list[tuple[str, str]]:
        """Return the answers to choose from, in the reader's language or its fallback."""
        source = self.course.item.source_language
        return [(choice["id"], best_title(choice["titles"], source=source)) for choice in self.choices]


class Application(models.Model):
    """Somebody asks for a place. ``answers`` keep the questions as they were put.

    Whoever waits moves up by ``waiting_since``, the oldest first.
    """

    class State(models.TextChoices):
        SENT = "sent", _("Waits for a decision")
        WAITING = "waiting", _("On the waiting list")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        TAKEN_BACK = "taken-back", _("Taken back")

    OPEN = (State.SENT, State.WAITING)

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="applications")
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="applications")
    state = models.CharField(max_length=12, choices=State.choices, default=State.SENT)
    answers = models.JSONField(default=list, help_text="list of {question, title, value, words}")
    language = models.CharField(max_length=10, blank=True)
    sent_at = models.DateTimeField(default=timezone.now)
    waiting_since = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    reason = models.CharField(_("reason"), max_length=1000, blank=True)
    enrolment = models.ForeignKey(Enrolment, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        ordering = ["sent_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "participant"],
                condition=models.Q(state__in=["sent", "waiting"]),
                name="application_open_once",
            )
        ]
        indexes = [models.Index(fields=["cohort", "state", "waiting_since"], name="application_waiting")]
        verbose_name = _("application")
        verbose_name_plural = _("applications")

    def __str__(self) -> str:
        return f"{self.participant} – {self.cohort}"

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN


class CohortInvitation(models.Model):
    """An organiser invites an address into a cohort; its link holds for that address, once, until a day."""

    class State(models.TextChoices):
        SENT = "sent", _("Sent")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        CANCELLED = "cancelled", _("Taken back")

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="invitations")
    email = models.EmailField(_("e-mail address"), max_length=254)
    name = models.CharField(_("full name"), max_length=200, blank=True)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    state = models.CharField(max_length=10, choices=State.choices, default=State.SENT)
    expires_at = models.DateTimeField()
    mails = models.PositiveSmallIntegerField(default=0, help_text="how often it was sent")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    participant = models.ForeignKey(
        Participant, null=True, blank=True, on_delete=models.PROTECT, related_name="cohort_invitations"
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "email"], condition=models.Q(state="sent"), name="invitation_open_once"
            )
        ]
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")

    def __str__(self) -> str:
        return f"{self.email} – {self.cohort}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.SENT and self.expires_at > timezone.now()


class InvitationText(LanguageText):
    """What the organisers of a cohort add to its invitations, in one language."""

    record = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="invitation_texts")
    text = models.TextField(_("text"), max_length=3000)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "language"], name="invitation_text_once")]

    def __str__(self) -> str:
        return f"{self.record_id} {self.language}"


class Prerequisite(models.Model):
    """What must be done before a course, or before one of its modules (``module``).

    ``kind`` and ``ref`` are those of a provider registered in ``prerequisites``.
    """

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="prerequisites")
    module = models.ForeignKey(Item, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    ref = models.CharField(max_length=60)

    objects = PrerequisiteQuerySet.as_manager()

    class Meta:
        ordering = ["module_id", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["course", "kind", "ref"],
                condition=models.Q(module__isnull=True),
                name="prerequisite_of_course_once",
            ),
            models.UniqueConstraint(fields=["course", "module", "kind", "ref"], name="prerequisite_of_module_once"),
        ]
        verbose_name = _("prerequisite")
        verbose_name_plural = _("prerequisites")

    def __str__(self) -> str:
        return f"{self.course}: {self.kind} {self.ref}"

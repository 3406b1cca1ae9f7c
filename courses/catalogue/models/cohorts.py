"""Cohorts, their trainers, enrolments."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.fields import TimeZoneField
from core.languages import best_title
from courses.participants.models import Participant, Representation
from institutions.models import Region

from ..querysets import CohortQuerySet, EnrolmentQuerySet
from .courses import Course


class Cohort(models.Model):
    """One run of a course for a region and language, with dates; a self-paced cohort has none."""

    class Entry(models.TextChoices):
        SELF = "self", _("Everybody enrols by themselves")
        APPLICATION = "application", _("People apply, and an organiser decides")
        INVITATION = "invitation", _("Only who is invited or enrolled by an organiser")

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="cohorts")
    titles = models.JSONField(_("titles"), default=dict, blank=True)
    region = models.CharField(_("region"), max_length=20, choices=Region.choices, blank=True)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, blank=True)
    self_paced = models.BooleanField(_("self-paced"), default=False)
    time_zone = TimeZoneField(_("time zone"), default="UTC")
    enrolment_opens_on = models.DateField(_("enrolment opens"), null=True, blank=True)
    enrolment_closes_on = models.DateField(_("enrolment closes"), null=True, blank=True)
    starts_on = models.DateField(_("starts"), null=True, blank=True)
    ends_on = models.DateField(_("ends"), null=True, blank=True)
    capacity = models.PositiveIntegerField(_("places"), null=True, blank=True)
    entry = models.CharField(_("how people come in"), max_length=12, choices=Entry.choices, default=Entry.SELF)
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = CohortQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "id"]
        verbose_name = _("cohort")
        verbose_name_plural = _("cohorts")
        constraints = [
            models.UniqueConstraint(
                fields=["course"],
                condition=models.Q(self_paced=True, archived_at__isnull=True),
                name="cohort_self_paced_once",
            ),
            models.CheckConstraint(
                name="cohort_ends_after_start",
                condition=models.Q(starts_on__isnull=True)
                | models.Q(ends_on__isnull=True)
                | models.Q(ends_on__gte=models.F("starts_on")),
            ),
            models.CheckConstraint(
                name="cohort_enrolment_closes_after_opening",
                condition=models.Q(enrolment_opens_on__isnull=True)
                | models.Q(enrolment_closes_on__isnull=True)
                | models.Q(enrolment_closes_on__gte=models.F("enrolment_opens_on")),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return best_title(self.titles) or (str(_("Self-paced")) if self.self_paced else str(self.get_region_display()))

    @property
    def today(self) -> date:
        """The date in the cohort's own time zone."""
        return self.day_of(timezone.now())

    def day_of(self, at: datetime) -> date:
        """The date of a moment in the cohort's own time zone: that of its last evening is its last day."""
        return at.astimezone(ZoneInfo(self.time_zone)).date()

    @property
    def is_over(self) -> bool:
        """Whether the last day has passed in the cohort's time zone."""
        return self.ends_on is not None and self.ends_on < self.today

    @property
    def is_open(self) -> bool:
        """Whether enrolment is open today, in the cohort's time zone; says nothing of free places."""
        return (
            self.archived_at is None
            and not self.is_over
            and (self.enrolment_opens_on is None or self.enrolment_opens_on <= self.today)
            and (self.enrolment_closes_on is None or self.enrolment_closes_on >= self.today)
        )


class CohortWindow(models.Model):
    """A part of a cohort's time: e-learning, then a workshop, then the forum that follows it up."""

    class Kind(models.TextChoices):
        LEARNING = "1-learning", _("E-learning")
        WORKSHOP = "2-workshop", _("Workshop")
        FORUM = "3-forum", _("Follow-up forum")

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="windows")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    starts_on = models.DateField()
    ends_on = models.DateField()

    class Meta:
        ordering = ["starts_on", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["cohort", "kind"], name="window_once"),
            models.CheckConstraint(
                name="window_ends_after_start", condition=models.Q(ends_on__gte=models.F("starts_on"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.starts_on} – {self.ends_on}"


class CohortTrainer(models.Model):
    """A trainer of a cohort."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="trainers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cohort", "user"], name="cohort_trainer_once")]

    def __str__(self) -> str:
        return str(self.user)


class Enrolment(Representation):
    """A participant in a cohort. One for every language (decision 1).

    ``completed_at`` is a cache that ``services.refresh_completion`` can always recompute (decision 4).
    """

    class State(models.TextChoices):
        ACTIVE = "active", _("Enrolled")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    class Source(models.TextChoices):
        SELF = "self", _("Enrolled oneself")
        APPLICATION = "application", _("Application")
        INVITATION = "invitation", _("Invitation")
        NOMINATION = "nomination", _("Nomination")
        IMPORT = "import", _("Import")
        ORGANISER = "organiser", _("Enrolled by an organiser")

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="enrolments")
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="enrolments")
    state = models.CharField(max_length=12, choices=State.choices, default=State.ACTIVE)
    source = models.CharField(max_length=12, choices=Source.choices, default=Source.SELF)
    enrolled_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    deadline = models.DateField(_("own last day"), null=True, blank=True)
    transferred_to = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="transferred_from", editable=False
    )
    completed_at = models.DateTimeField(null=True, blank=True)
    completed_rule = models.PositiveIntegerField(
        null=True, blank=True, editable=False, help_text="version of the rule that was met"
    )

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        ordering = ["-enrolled_at"]
        constraints = [models.UniqueConstraint(fields=["participant", "cohort"], name="enrolment_once")]
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")

    def __str__(self) -> str:
        return f"{self.participant} – {self.cohort}"

    @property
    def last_day(self) -> date | None:
        """The day until which work counts: the person's own, where it is later than the cohort's.

        ``None`` for ever: in a cohort without an end nothing can be extended, so nothing is cut short either.
        """
        ends_on = self.cohort.ends_on
        return max(ends_on, self.deadline) if ends_on and self.deadline else ends_on

    @property
    def closes_at(self) -> datetime | None:
        """The end of the last day in the cohort's time zone; ``None`` for ever."""
        day = self.last_day
        if day is None:
            return None
        return datetime.combine(day + timedelta(days=1), time.min, tzinfo=ZoneInfo(self.cohort.time_zone))

    @property
    def is_over(self) -> bool:
        """Whether the last day has passed: what the learner does now counts in the next enrolment."""
        return self.closes_at is not None and self.closes_at <= timezone.now()

    @property
    def has_own_last_day(self) -> bool:
        """Whether this person has more time than the cohort."""
        return self.last_day != self.cohort.ends_on

    @property
    def context(self) -> str:
        """How attempts and events name what they were done for."""
        return f"enrolment:{self.pk}"

"""Workshops and webinars: schedule, registration, attendance."""

from __future__ import annotations

import uuid
from datetime import date
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.fields import TimeZoneField
from core.languages import best_text, best_title
from core.models import LanguageText
from courses.catalogue.models import Cohort, Course
from courses.participants.models import Gender, Participant, Representation
from institutions.models import ActivityOrganisation, Country, Programme, Region
from modules.records.models import Item

from .querysets import (
    AttendanceQuerySet,
    NominationQuerySet,
    RegistrationQuerySet,
    SessionQuerySet,
    WorkshopPrerequisiteQuerySet,
    WorkshopQuerySet,
)


class Mode(models.TextChoices):
    """How people meet."""

    ON_SITE = "onsite", _("On site")
    ONLINE = "online", _("Online")
    HYBRID = "hybrid", _("On site and online")


class Workshop(models.Model):
    """A dated meeting of people who learn together. Dates are those of its own time zone."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        ANNOUNCED = "announced", _("Announced")
        OPEN = "open", _("Registration open")
        CLOSED = "closed", _("Registration closed")
        HELD = "held", _("Held")
        CANCELLED = "cancelled", pgettext_lazy("workshop", "Cancelled")

    PUBLIC = (State.ANNOUNCED, State.OPEN, State.CLOSED, State.HELD, State.CANCELLED)

    key = models.SlugField(_("key"), max_length=80, unique=True)
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False, help_text="in calendars")
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="workshops")
    course = models.ForeignKey(Course, null=True, blank=True, on_delete=models.PROTECT, related_name="workshops")
    cohort = models.ForeignKey(Cohort, null=True, blank=True, on_delete=models.PROTECT, related_name="workshops")
    source_language = models.CharField(max_length=10, choices=settings.LANGUAGES, default="en")
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.PROPOSED)
    mode = models.CharField(_("mode"), max_length=8, choices=Mode.choices, default=Mode.ON_SITE)
    region = models.CharField(_("region"), max_length=20, choices=Region.choices, blank=True)
    country = models.ForeignKey(
        Country, verbose_name=_("country"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    city = models.CharField(_("city"), max_length=100, blank=True)
    venue = models.CharField(_("venue"), max_length=200, blank=True)
    time_zone = TimeZoneField(_("time zone"), default="UTC")
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    registration_closes_on = models.DateField(_("registration closes"), null=True, blank=True)
    capacity = models.PositiveIntegerField(_("places"), null=True, blank=True)
    nominations_close_on = models.DateField(_("last day for nominations"), null=True, blank=True)
    nominees_per_country = models.PositiveSmallIntegerField(_("nominees per country"), null=True, blank=True)
    languages = models.JSONField(_("working languages"), default=list, help_text=_("Language codes"))
    hours = models.DecimalField(_("hours credited"), max_digits=5, decimal_places=1, default=0)
    source_note = models.CharField(_("source"), max_length=300, blank=True)
    is_sample = models.BooleanField(default=False, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(default=timezone.now, editable=False, help_text="what a calendar shows")
    sequence = models.PositiveIntegerField(default=0, editable=False, help_text="raised by each such change")
    cancel_reason = models.CharField(_("reason"), max_length=500, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = WorkshopQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "id"]
        verbose_name = _("workshop")
        verbose_name_plural = _("workshops")
        constraints = [
            models.CheckConstraint(
                name="workshop_ends_after_start", condition=models.Q(ends_on__gte=models.F("starts_on"))
            ),
            models.CheckConstraint(
                name="workshop_cancelled_has_reason",
                condition=~models.Q(state="cancelled") | ~models.Q(cancel_reason=""),
            ),
            models.CheckConstraint(
                name="workshop_nominations_close_before_start",
                condition=models.Q(nominations_close_on__isnull=True)
                | models.Q(nominations_close_on__lte=models.F("starts_on")),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def text_in(self, language: str | None = None) -> WorkshopText | None:
        """The words in a language (default: the active one) with fallback; prefetch ``texts`` in lists."""
        return best_text(self.texts.all(), asked=language, source=self.source_language)

    @property
    def title(self) -> str:
        """The title in the active language with fallback."""
        text = self.text_in()
        return text.title if text else self.key

    @property
    def today(self) -> date:
        """The date at the venue."""
        return timezone.now().astimezone(ZoneInfo(self.time_zone)).date()

    @property
    def is_over(self) -> bool:
        """Whether its last day is past, at the venue."""
        return self.state == self.State.HELD or self.today > self.ends_on

    @property
    def last_day_to_register(self) -> date:
        return self.registration_closes_on or self.ends_on

    @property
    def is_public(self) -> bool:
        return self.state in self.PUBLIC and self.archived_at is None

    @property
    def is_open(self) -> bool:
        """Whether registration is open today at the venue; says nothing of free places."""
        return self.state == self.State.OPEN and self.archived_at is None and self.today <= self.last_day_to_register

    @property
    def asks_for_nominations(self) -> bool:
        """Whether focal points put people forward for it, now or until some day past."""
        return self.nominations_close_on is not None and self.is_public and self.state != self.State.CANCELLED

    @property
    def takes_nominations(self) -> bool:
        """Whether they can do so today, at the venue."""
        closes = self.nominations_close_on
        return self.asks_for_nominations and not self.is_over and closes is not None and self.today <= closes

    def is_for(self, country: Country) -> bool:
        """Whether a country lies in the region it is for."""
        return self.region in ("", country.region)


class WorkshopText(LanguageText):
    """A workshop's words in one language."""

    record = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="texts")
    title = models.CharField(_("title"), max_length=200)
    summary = models.TextField(_("description"), blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "language"], name="workshop_text_once")]

    def __str__(self) -> str:
        return self.title


class WorkshopOrganisation(ActivityOrganisation):
    """Who organises, hosts, funds or partners a workshop."""

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="organisations")


class WorkshopTrainer(models.Model):
    """A trainer whose workshop this is: may change it, see who registered, record attendance."""

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="trainers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workshop", "user"], name="workshop_trainer_once")]

    def __str__(self) -> str:
        return str(self.user)


class WorkshopPrerequisite(models.Model):
    """What must be done before people register for a workshop: a module, a course, or another workshop (``other``)."""

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="prerequisites")
    module = models.ForeignKey(Item, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    course = models.ForeignKey(Course, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Workshop, null=True, blank=True, on_delete=models.CASCADE, related_name="+")

    objects = WorkshopPrerequisiteQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="workshop_prerequisite_asks_one",
                condition=models.Q(module__isnull=False, course__isnull=True, other__isnull=True)
                | models.Q(module__isnull=True, course__isnull=False, other__isnull=True)
                | models.Q(module__isnull=True, course__isnull=True, other__isnull=False),
            ),
            models.CheckConstraint(
                name="workshop_prerequisite_not_itself", condition=~models.Q(other=models.F("workshop"))
            ),
            models.UniqueConstraint(fields=["workshop", "module"], name="workshop_asks_module_once"),
            models.UniqueConstraint(fields=["workshop", "course"], name="workshop_asks_course_once"),
            models.UniqueConstraint(fields=["workshop", "other"], name="workshop_asks_workshop_once"),
        ]
        verbose_name = _("prerequisite")
        verbose_name_plural = _("prerequisites")

    def __str__(self) -> str:
        return f"{self.workshop}: {self.kind} {self.ref}"

    @property
    def kind(self) -> str:
        """The name under which the kind is registered with ``catalogue.prerequisites``."""
        return "module" if self.module_id else "course" if self.course_id else "workshop"

    @property
    def ref(self) -> str:
        return self.other.key if self.other else str(self.module_id or self.course_id)


class Session(models.Model):
    """One sitting of a workshop.

    ``day``, ``begins`` and ``finishes`` are wall time in the workshop's zone and the truth;
    ``starts_at`` and ``ends_at`` are UTC, derived by ``zones`` (decision 9).
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False, help_text="in calendars")
    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="sessions")
    titles = models.JSONField(_("titles"), default=dict)
    day = models.DateField(_("day"))
    begins = models.TimeField(_("begins"))
    finishes = models.TimeField(_("ends"))
    starts_at = models.DateTimeField(editable=False)
    ends_at = models.DateTimeField(editable=False)
    place = models.CharField(_("room or link"), max_length=300, blank=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "id"]
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        constraints = [
            models.CheckConstraint(
                name="session_ends_after_start", condition=models.Q(ends_at__gt=models.F("starts_at"))
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return best_title(self.titles, source=self.workshop.source_language)

    @property
    def link(self) -> str:
        """Where to join online; only for people who take part."""
        return self.place if self.place.startswith(("https://", "http://")) else ""

    @property
    def minutes(self) -> int:
        """Length in minutes, by the clock that runs through changes of summer time."""
        return int((self.ends_at - self.starts_at).total_seconds() // 60)


class Registration(Representation):
    """A participant in a workshop."""

    class State(models.TextChoices):
        REGISTERED = "registered", _("Registered")
        CANCELLED = "cancelled", pgettext_lazy("registration", "Cancelled")

    class Source(models.TextChoices):
        SELF = "self", _("Registered oneself")
        NOMINATION = "nomination", _("Nomination")
        INVITATION = "invitation", _("Invitation")
        WALK_IN = "walk-in", _("Came to the door")
        ORGANISER = "organiser", _("Registered by an organiser")

    workshop = models.ForeignKey(Workshop, on_delete=models.PROTECT, related_name="registrations")
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="registrations")
    state = models.CharField(max_length=12, choices=State.choices, default=State.REGISTERED)
    source = models.CharField(max_length=12, choices=Source.choices, default=Source.SELF)
    registered_at = models.DateTimeField(default=timezone.now)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        ordering = ["registered_at"]
        constraints = [models.UniqueConstraint(fields=["workshop", "participant"], name="registration_once")]
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")

    def __str__(self) -> str:
        return f"{self.participant} – {self.workshop}"


class Nomination(Representation):
    """A person whom a focal point put forward for a workshop, in the focal point's own words, and what came of it.

    What was typed stays here and is never read from the person's record, so that a focal point learns nothing of a
    record that was there before. The country is that of the designation and never changes.
    """

    class State(models.TextChoices):
        NOMINATED = "nominated", _("Nominated")
        SELECTED = "selected", _("Selected and invited")
        RESERVE = "reserve", _("On the reserve list")
        NOT_SELECTED = "not-selected", _("Not selected")
        CONFIRMED = "confirmed", pgettext_lazy("nomination", "Confirmed")
        DECLINED = "declined", _("Declined the invitation")
        WITHDRAWN = "withdrawn", pgettext_lazy("nomination", "Withdrawn")

    DECIDABLE = (State.NOMINATED, State.SELECTED, State.RESERVE, State.NOT_SELECTED)
    """Until the person has answered, a decision can be changed."""
    OPEN = (State.NOMINATED, State.SELECTED, State.RESERVE)
    """Something can still come of these."""
    GIVEN_UP = (State.WITHDRAWN, State.DECLINED)
    """These do not count among the nominees of a country."""

    workshop = models.ForeignKey(Workshop, on_delete=models.PROTECT, related_name="nominations")
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="nominations")
    name = models.CharField(_("full name"), max_length=200, blank=True)
    name_latin = models.CharField(_("full name in Latin letters"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail address"), max_length=254, blank=True)
    gender = models.CharField(_("gender"), max_length=12, choices=Gender.choices, blank=True)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, blank=True)
    note = models.TextField(_("why this person"), max_length=2000, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.NOMINATED)
    reason = models.CharField(_("reason"), max_length=500, blank=True, help_text=_("The focal point reads it."))
    nominated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    nominated_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = NominationQuerySet.as_manager()

    class Meta:
        ordering = ["nominated_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["workshop", "participant"], name="nomination_once"),
            models.CheckConstraint(name="nomination_has_country", condition=models.Q(country__isnull=False)),
        ]
        verbose_name = _("nomination")
        verbose_name_plural = _("nominations")

    def __str__(self) -> str:
        return f"{self.name} – {self.workshop}"

    @property
    def is_decidable(self) -> bool:
        return self.state in self.DECIDABLE


class Attendance(models.Model):
    """Whether a participant was at a session. Kept whatever happens to the registration."""

    class State(models.TextChoices):
        PRESENT = "present", _("Present")
        PARTLY = "partly", _("Part of the time")
        ABSENT = "absent", _("Absent")

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="attendance")
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="attendance")
    state = models.CharField(max_length=8, choices=State.choices)
    minutes = models.PositiveIntegerField(_("minutes attended"), default=0)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    recorded_at = models.DateTimeField(auto_now=True)

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session", "participant"], name="attendance_once")]
        verbose_name = _("attendance")
        verbose_name_plural = _("attendance")

    def __str__(self) -> str:
        return f"{self.participant} {self.session}: {self.get_state_display()}"

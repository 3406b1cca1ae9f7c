"""What completion knows beside lessons and sessions: tasks judged by a trainer, waivers, drafts of rules."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.languages import best_title
from courses.participants.models import Participant
from jobs.models import Job

from ..querysets import PracticalTaskQuerySet, RequirementWaiverQuerySet, RuleDraftQuerySet, TaskResultQuerySet
from .cohorts import Cohort, Enrolment
from .courses import Course


class PracticalTask(models.Model):
    """Something people do for a course that a trainer judges: a skill shown, an assignment handed over."""

    class Kind(models.TextChoices):
        SKILL = "skill", _("Practical skill")
        ASSIGNMENT = "assignment", _("Assignment")

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="tasks")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.SKILL)
    titles = models.JSONField(_("titles"), default=dict)
    criteria = models.JSONField(_("what a trainer looks at"), default=dict, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PracticalTaskQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "id"]
        verbose_name = _("practical task")
        verbose_name_plural = _("practical tasks")

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return best_title(self.titles, source=self.course.item.source_language)

    @property
    def criteria_text(self) -> str:
        """What a trainer looks at, in the active language, with fallback."""
        return best_title(self.criteria, source=self.course.item.source_language)


class TaskResult(models.Model):
    """How a participant did in a task, as a trainer saw it last. It counts in every cohort of the course."""

    task = models.ForeignKey(PracticalTask, on_delete=models.PROTECT, related_name="results")
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="task_results")
    met = models.BooleanField(_("shown or accepted"))
    note = models.CharField(_("note to the participant"), max_length=500, blank=True)
    judged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    judged_at = models.DateTimeField(default=timezone.now)

    objects = TaskResultQuerySet.as_manager()

    class Meta:
        ordering = ["-judged_at", "id"]
        constraints = [models.UniqueConstraint(fields=["task", "participant"], name="task_result_once")]
        verbose_name = _("task result")
        verbose_name_plural = _("task results")

    def __str__(self) -> str:
        return f"{self.participant} – {self.task}"


class RequirementWaiver(models.Model):
    """A requirement that counts as met for one enrolment: waived, or recognised by an outside certificate.

    Ended with a reason, never deleted. ``title`` is what the requirement was called on that day.
    """

    class Basis(models.TextChoices):
        WAIVED = "waived", _("Waived")
        RECOGNISED = "recognised", _("Recognised by an outside certificate")

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="waivers")
    kind = models.CharField(max_length=20)
    ref = models.CharField(max_length=40)
    title = models.CharField(max_length=300, blank=True)
    basis = models.CharField(_("basis"), max_length=12, choices=Basis.choices, default=Basis.WAIVED)
    reason = models.CharField(_("reason"), max_length=500)
    evidence = models.CharField(_("evidence"), max_length=300, blank=True)
    issuer = models.CharField(_("issued by"), max_length=200, blank=True)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    granted_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    end_reason = models.CharField(max_length=500, blank=True)

    objects = RequirementWaiverQuerySet.as_manager()

    class Meta:
        ordering = ["-granted_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "kind", "ref"],
                condition=models.Q(ended_at__isnull=True),
                name="waiver_in_force_once",
            ),
            models.CheckConstraint(
                name="recognised_names_issuer_and_evidence",
                condition=~models.Q(basis="recognised") | (~models.Q(issuer="") & ~models.Q(evidence="")),
            ),
        ]
        verbose_name = _("waiver")
        verbose_name_plural = _("waivers")

    def __str__(self) -> str:
        return f"{self.enrolment}: {self.title or self.kind}"


class RuleDraft(models.Model):
    """A rule somebody is writing, as the form holds it, valid or not; one per person and course.

    ``preview`` holds what the draft would change for whom; it is empty while ``job`` works it out.
    """

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="drafts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    spec = models.JSONField(default=dict)
    based_on = models.PositiveIntegerField(default=0)
    preview = models.JSONField(null=True, blank=True)
    job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="rule_drafts")
    changed_at = models.DateTimeField(auto_now=True)

    objects = RuleDraftQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["course", "user"], name="rule_draft_once")]

    def __str__(self) -> str:
        return f"{self.course} {self.user}"


class CohortSnapshot(models.Model):
    """Where the people of a large cohort stood a moment ago: a cache by which the matrix filters and orders.

    ``people`` holds ``[enrolment id, per cent, complete, "1101…"]`` for the ``requirements`` in their order.
    """

    FRESH = timedelta(minutes=5)

    cohort = models.OneToOneField(Cohort, on_delete=models.CASCADE, related_name="snapshot")
    rule_version = models.PositiveIntegerField()
    requirements = models.JSONField()
    people = models.JSONField()
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.cohort} {self.made_at:%Y-%m-%d %H:%M}"

    @property
    def is_fresh(self) -> bool:
        return timezone.now() - self.made_at < self.FRESH

"""Certificate templates and the ledger. A certificate is frozen when issued (decision 6)."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.languages import best_text
from core.models import LanguageText
from courses.catalogue.models import Cohort, Course
from courses.participants.models import Participant
from courses.workshops.models import Workshop
from institutions.models import Programme
from jobs.models import Job

from .querysets import BatchQuerySet, CertificateQuerySet, TemplateQuerySet


def private_storage():  # type: ignore[no-untyped-def]
    """The storage whose files only our views hand out."""
    return storages["private"]


class Kind(models.TextChoices):
    """What a certificate says of its holder."""

    COMPLETION = "completion", _("Certificate of completion")
    PARTICIPATION = "participation", _("Certificate of participation")
    COURSE = "course", _("Course certificate")
    TRAINER = "trainer", _("Trainer certificate")
    CONTRIBUTION = "contribution", _("Certificate of contribution")


class CertificateTemplate(models.Model):
    """How certificates of a kind look and read, and who signs them."""

    key = models.SlugField(max_length=60, unique=True)
    programme = models.ForeignKey(
        Programme, null=True, blank=True, on_delete=models.PROTECT, related_name="certificate_templates"
    )
    kind = models.CharField(_("kind"), max_length=15, choices=Kind.choices, default=Kind.COMPLETION)
    signatory_name = models.CharField(_("signatory"), max_length=150)
    second_approval = models.BooleanField(
        _("needs a second approval"),
        default=False,
        help_text=_("Another organiser must approve a batch before certificates are issued."),
    )
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = TemplateQuerySet.as_manager()

    class Meta:
        ordering = ["key"]
        verbose_name = _("certificate template")
        verbose_name_plural = _("certificate templates")

    def __str__(self) -> str:
        text = self.text_in()
        return text.heading if text else self.key

    def text_in(self, language: str | None = None) -> CertificateTemplateText | None:
        """The words in a language with fallback; prefetch ``texts`` in lists."""
        return best_text(self.texts.all(), asked=language)


class CertificateTemplateText(LanguageText):
    """A template's words in one language. ``statement`` may name ``{course}``, ``{hours}`` and ``{dates}``."""

    record = models.ForeignKey(CertificateTemplate, on_delete=models.CASCADE, related_name="texts")
    heading = models.CharField(_("heading"), max_length=120)
    statement = models.TextField(_("statement"))
    issuer = models.CharField(_("issued by"), max_length=200)
    signatory_title = models.CharField(_("signatory’s office"), max_length=150)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "language"], name="template_text_once")]

    def __str__(self) -> str:
        return self.heading


class Subject(models.Model):
    """What a certificate is about: exactly one of cohort, workshop, course; ``subject_key`` is never empty."""

    cohort = models.ForeignKey(Cohort, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    workshop = models.ForeignKey(Workshop, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    course = models.ForeignKey(Course, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    subject_key = models.CharField(max_length=40, editable=False, help_text="cohort:1, workshop:1 or course:1")

    class Meta:
        abstract = True

    @property
    def subject(self) -> Cohort | Workshop | Course:
        found = self.cohort or self.workshop or self.course
        assert found is not None  # a database constraint
        return found


def one_subject(name: str) -> models.CheckConstraint:
    """The constraint of ``Subject``, under a name of its own per table."""
    fields = ("cohort", "workshop", "course")
    choices = models.Q()
    for chosen in fields:
        choices |= models.Q(**{f"{field}__isnull": field != chosen for field in fields})
    return models.CheckConstraint(name=name, condition=choices & ~models.Q(subject_key=""))


class Batch(Subject):
    """One act of issuing certificates for a subject: who asked, who approved, which job does it, the ZIP."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    template = models.ForeignKey(CertificateTemplate, on_delete=models.PROTECT, related_name="batches")
    participants = models.JSONField(default=list, help_text="ids of the participants chosen")
    language = models.CharField(max_length=10, blank=True, help_text="empty: each person's own")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    requested_at = models.DateTimeField(auto_now_add=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    job = models.OneToOneField(Job, null=True, blank=True, on_delete=models.PROTECT, related_name="certificate_batch")
    archive = models.FileField(storage=private_storage, upload_to="certificates/zip/%Y/", blank=True)

    objects = BatchQuerySet.as_manager()

    class Meta:
        ordering = ["-requested_at"]
        constraints = [one_subject("batch_one_subject")]
        verbose_name = _("batch of certificates")
        verbose_name_plural = _("batches of certificates")

    def __str__(self) -> str:
        return f"{self.subject} {self.requested_at:%Y-%m-%d}"


class Certificate(Subject):
    """A row of the ledger. What is printed is copied here and never changed."""

    class State(models.TextChoices):
        VALID = "valid", _("Valid")
        REVOKED = "revoked", _("Revoked")
        SUPERSEDED = "superseded", _("Superseded")

    serial = models.CharField(max_length=30, unique=True)
    kind = models.CharField(max_length=15, choices=Kind.choices)
    state = models.CharField(max_length=12, choices=State.choices, default=State.VALID)
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="certificates")
    template = models.ForeignKey(CertificateTemplate, on_delete=models.PROTECT, related_name="certificates")
    batch = models.ForeignKey(Batch, null=True, blank=True, on_delete=models.PROTECT, related_name="certificates")
    language = models.CharField(max_length=10)
    name = models.CharField(max_length=200, blank=True, help_text="as printed; emptied when withdrawn")
    printed = models.JSONField(default=dict, help_text="every other text as printed")
    evidence = models.JSONField(default=dict, help_text="requirements met, rule version, lesson revisions")
    hours = models.DecimalField(max_digits=5, decimal_places=1, default=0)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    pdf = models.FileField(storage=private_storage, upload_to="certificates/%Y/", blank=True)
    sha256 = models.CharField(max_length=64)
    ended_at = models.DateTimeField(null=True, blank=True, help_text="when revoked or superseded")
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    reason = models.CharField(max_length=300, blank=True)
    superseded_by = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="supersedes"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True, help_text="name and file withdrawn for the holder")

    objects = CertificateQuerySet.as_manager()

    class Meta:
        ordering = ["-issued_at", "-id"]
        constraints = [
            one_subject("certificate_one_subject"),
            models.UniqueConstraint(
                fields=["participant", "kind", "subject_key"],
                condition=models.Q(state="valid"),
                name="certificate_valid_once",
            ),
            models.CheckConstraint(
                name="certificate_end_has_reason",
                condition=models.Q(state="valid") | (models.Q(ended_at__isnull=False) & ~models.Q(reason="")),
            ),
        ]
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")

    def __str__(self) -> str:
        return self.serial

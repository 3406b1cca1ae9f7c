"""Lists of people that are brought in."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from institutions.models import Programme
from jobs.models import Job

from ..querysets import PeopleImportQuerySet
from .people import Participant


def private_storage():  # type: ignore[no-untyped-def]
    """The storage whose files only our views hand out."""
    return storages["private"]


class ColumnChoice(models.Model):
    """What a heading meant in the lists of a programme; empty: its column was left out on purpose."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="+")
    heading = models.CharField(max_length=200, help_text="as imports.columns.plain has it")
    column = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["programme", "heading"], name="heading_once_per_programme")]

    def __str__(self) -> str:
        return f"{self.heading}: {self.column}"


class PeopleImport(models.Model):
    """A list of people that an organiser brings in: looked at first, written when confirmed.

    ``destination`` names what the people are brought to (``cohort:12``; a higher room knows what it is).
    The file goes when the work is over; the rows stay until ``tasks.forget_imports``.
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("Columns to be chosen")
        CHECKING = "checking", _("Being checked")
        CHECKED = "checked", _("Waits for your confirmation")
        WRITING = "writing", _("Being written")
        DONE = "done", _("Imported")
        CANCELLED = "cancelled", _("Given up")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    destination = models.CharField(max_length=60, blank=True)
    file = models.FileField(storage=private_storage, upload_to="imports/", blank=True)
    file_name = models.CharField(max_length=200)
    kind = models.CharField(max_length=4)
    encoding = models.CharField(max_length=20, blank=True)
    headings = models.JSONField(default=list)
    mapping = models.JSONField(default=dict, help_text="place of the column: what it holds")
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, blank=True)
    only_good = models.BooleanField(default=False)
    state = models.CharField(max_length=12, choices=State.choices, default=State.UPLOADED)
    check_job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    write_job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    mail_job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    objects = PeopleImportQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("import of people")
        verbose_name_plural = _("imports of people")

    def __str__(self) -> str:
        return self.file_name


class ImportRow(models.Model):
    """One row of a list: what it says, what is wrong, whom it may be, what came of it.

    ``decision`` is a person's answer where matching was unsure: ``new``, ``skip``, or a candidate's reference
    (``person:12``, ``account:7``).
    """

    class Verdict(models.TextChoices):
        BAD = "bad", _("With a problem")
        NEW = "new", _("New")
        UNSURE = "unsure", _("Perhaps known")
        SURE = "sure", _("Known")

    class Outcome(models.TextChoices):
        WAITING = "waiting", _("Not written yet")
        CREATED = "created", _("Written down")
        FOUND = "found", _("Known before")
        LEFT_OUT = "left-out", pgettext_lazy("row of a list", "Left out")

    batch = models.ForeignKey(PeopleImport, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField(help_text="as a spreadsheet program shows it")
    cells = models.JSONField(default=list)
    data = models.JSONField(default=dict)
    problems = models.JSONField(default=list)
    fingerprint = models.CharField(max_length=300, blank=True, help_text="the name as matching.key_of has it")
    address = models.CharField(max_length=254, blank=True, help_text="in lower case")
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    matches = models.JSONField(default=list)
    decision = models.CharField(max_length=40, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.WAITING)
    brought = models.BooleanField(default=False, help_text="to the destination")
    told_at = models.DateTimeField(null=True, blank=True, help_text="by the list's mail, which the outbox may forget")
    participant = models.ForeignKey(
        Participant, null=True, blank=True, on_delete=models.SET_NULL, related_name="import_rows"
    )

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="import_row_once")]
        indexes = [
            models.Index(fields=["batch", "verdict", "number"], name="import_row_verdict"),
            models.Index(fields=["batch", "fingerprint"], name="import_row_fingerprint"),
            models.Index(fields=["batch", "address"], name="import_row_address"),
            models.Index(fields=["batch", "outcome", "number"], name="import_row_outcome"),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}:{self.number}"

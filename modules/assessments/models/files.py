"""Files that no address leads to: those handed in as answers, and those that bring questions in."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.utils.translation import gettext_lazy as _

from media.checks import extension

from ..querysets import AnswerFileQuerySet, QuestionImportQuerySet
from .attempts import AttemptQuestion


def private_storage():  # type: ignore[no-untyped-def]
    """The storage that no address leads to."""
    return storages["private"]


class AnswerFile(models.Model):
    """A file that a learner gave as an answer, or as a part of it."""

    question = models.ForeignKey(AttemptQuestion, on_delete=models.CASCADE, related_name="files")
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    file = models.FileField(storage=private_storage, upload_to="answers/%Y/")
    name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    at = models.DateTimeField(auto_now_add=True)

    objects = AnswerFileQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name = _("file handed in")
        verbose_name_plural = _("files handed in")

    def __str__(self) -> str:
        return self.name

    @property
    def ending(self) -> str:
        """What kind of file it is, as its name says and its content was checked for."""
        return extension(self.name)


class QuestionImport(models.Model):
    """A file of questions that somebody brings in: looked at first, written when confirmed.

    ``category`` is the path of the one it goes into. ``report`` is what the dry run found, later what came of it (see
    ``services.importing.Report``). The file goes when the work is over.
    """

    class State(models.TextChoices):
        CHECKING = "checking", _("Being checked")
        CHECKED = "checked", _("Waits for your confirmation")
        WRITING = "writing", _("Being imported")
        DONE = "done", _("Imported")
        UNREADABLE = "unreadable", _("Cannot be read")
        CANCELLED = "cancelled", _("Given up")

    file = models.FileField(_("file"), storage=private_storage, upload_to="questions/%Y/", blank=True)
    file_name = models.CharField(_("file"), max_length=200)
    format = models.CharField(_("format"), max_length=12)
    language = models.CharField(_("language of the words"), max_length=10, choices=settings.LANGUAGES)
    category = models.CharField(_("category"), max_length=500, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.CHECKING)
    report = models.JSONField(default=dict)
    job = models.ForeignKey("jobs.Job", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(_("brought"), auto_now_add=True)

    objects = QuestionImportQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("import of questions")
        verbose_name_plural = _("imports of questions")

    def __str__(self) -> str:
        return self.file_name

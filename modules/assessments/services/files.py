"""Files that learners give as answers: checked by kind, content, size and number, kept privately."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import DomainError
from media import checks

from ..models import AnswerFile, Attempt, AttemptQuestion
from ..types.upload import KINDS, MEGABYTES, MOST_FILES, Upload
from .errors import AttemptOver, NotYourAttempt

SPARE = 10
"""How many files somebody may have taken back before no more are taken."""


class RefusedFile(DomainError):
    """A file that the question does not take; it is named."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(_("“%(name)s” was not taken: %(why)s") % {"name": name, "why": why})


@transaction.atomic
def add_file(*, actor: Any, question: AttemptQuestion, upload: Any) -> AnswerFile:
    """Keep a file for an answer to an open attempt's question, and return it; the answer has yet to name it.

    Raises ``RefusedFile``, ``AttemptOver`` or ``NotYourAttempt``.
    """
    attempt = Attempt.objects.select_for_update().get(pk=question.attempt_id)
    if attempt.learner_key != actor.key:
        raise NotYourAttempt
    if not attempt.is_open or attempt.is_overdue:
        raise AttemptOver(attempt.deadline_at if attempt.is_overdue else None)
    body, name = question.version.body, PurePath(upload.name).name[-200:]
    kind = question.version.kind
    if not isinstance(kind, Upload):
        raise RefusedFile(name, _("this question asks for no files."))
    if question.files.count() >= MOST_FILES + SPARE:
        raise RefusedFile(name, _("too many files were sent for this question."))
    extension = checks.extension(name)
    if extension not in kind.extensions(body):
        raise RefusedFile(name, _("accepted are %(endings)s.") % {"endings": ", ".join(kind.extensions(body))})
    try:
        checks.check_size(upload, body.get("megabytes", MEGABYTES) * checks.MB)
        if extension in KINDS["picture"]:
            checks.check_picture(upload, name)
        elif extension in KINDS["recording"]:
            checks.check_recording(upload, name)
        else:
            checks.check_document(upload, name)
    except ValidationError as error:
        raise RefusedFile(name, " ".join(error.messages)) from error
    kept = AnswerFile(question=question, name=name, size=upload.size)
    kept.file.save(f"{kept.key}.{extension}", upload, save=False)
    kept.save()
    return kept

"""Files that learners give as answers: checked by kind, content, size and number, kept privately."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePath
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.errors import DomainError
from media import checks

from ..models import AnswerFile, AttemptQuestion, Response
from ..types.upload import COUNT, KINDS, MEGABYTES, MOST_FILES, Upload
from .taking import open_attempt, own_attempt, save_response

SPARE = 10
"""How many files somebody may have taken back before no more are taken."""


class RefusedFile(DomainError):
    """A file that the question does not take; it is named."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(_("“%(name)s” was not taken: %(why)s") % {"name": name, "why": why})


@contextmanager
def undone_with(kept: AnswerFile) -> Iterator[None]:
    """Remove what the storage took when the rows about it are not kept: a storage knows no transactions."""
    try:
        yield
    except Exception:
        kept.file.storage.delete(str(kept.file.name))
        raise


@transaction.atomic
def add_file(*, actor: Any, question: AttemptQuestion, upload: Any, beside: int = 0) -> AnswerFile:
    """Keep a file for an answer to an open attempt's question, and return it; the answer has yet to name it.

    ``beside``: how many files the answer names already; where one alone is asked for, the new one takes its place.
    Raises ``RefusedFile``, ``AttemptOver`` or ``NotYourAttempt``.
    """
    open_attempt(actor, question.attempt_id)
    body, name = question.version.body, PurePath(upload.name).name[-200:]
    kind = question.version.kind
    if not isinstance(kind, Upload):
        raise RefusedFile(name, _("this question asks for no files."))
    if question.files.count() >= MOST_FILES + SPARE:
        raise RefusedFile(name, _("too many files were sent for this question."))
    most = body.get("count", COUNT)
    if 1 < most <= beside:
        text = ngettext("Hand in %(number)d file at most.", "Hand in %(number)d files at most.", most)
        raise RefusedFile(name, text % {"number": most})
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
    with undone_with(kept):
        kept.save()
    return kept


@transaction.atomic
def hand_in_file(*, actor: Any, question: AttemptQuestion, upload: Any, key: uuid.UUID) -> Response:
    """Keep a file and name it in the answer at once; return the answer saved.

    ``key``: sent twice, it is one file; what is kept already is returned also when the time is over since. Raises as
    ``add_file`` does; ``AnswerChecked`` and ``UnknownAnswer`` as ``save_response``, and then no file is left behind.
    """
    own_attempt(actor, question.attempt_id)
    if known := Response.objects.filter(key=key, question=question).first():
        return known
    now = AttemptQuestion.objects.with_answers().get(pk=question.pk)
    named = list(now.answer or [])
    kept = add_file(actor=actor, question=question, upload=upload, beside=len(named))
    answer = [str(kept.key)] if question.version.body.get("count", COUNT) == 1 else [*named, str(kept.key)]
    with undone_with(kept):
        fresh = AttemptQuestion.objects.with_content().get(pk=question.pk)
        return save_response(actor=actor, question=fresh, answer=answer, key=key, seen=now.answer_id or 0)

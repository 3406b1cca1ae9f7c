"""What a person does with a file of questions in the admin: bring it, look at the dry run, confirm or give up."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any, BinaryIO, cast

from django.core.files import File
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from core import audit
from core.errors import DomainError
from jobs.models import Job
from jobs.services import advance, start_job

from ..exchange.problems import Unreadable
from ..exchange.reading import MOST_BYTES, format_of
from ..models import QuestionImport
from ..permissions import writes_quizzes
from .importing import Report, import_questions

CHECK_JOB, WRITE_JOB = "assessments.check_questions", "assessments.write_questions"
State = QuestionImport.State


class NotYourBank(DomainError):
    """Only those who write quizzes bring questions in."""

    def __init__(self) -> None:
        super().__init__(_("Only editors and organisers bring questions in."))


class WrongStep(DomainError):
    """The import has gone on, or is not that far."""

    def __init__(self) -> None:
        super().__init__(_("This file has gone on since. Please look again."))


def bring_file(*, actor: Any, file: Any, format: str, language: str, category: str = "") -> QuestionImport:
    """Take a file in and begin its dry run; ``format`` may be empty. Raises ``Unreadable`` or ``NotYourBank``."""
    if not writes_quizzes(actor):
        raise NotYourBank
    if file.size > MOST_BYTES:
        raise Unreadable(_("The file is bigger than %(size)s MB.") % {"size": MOST_BYTES // 1024 // 1024})
    name = PurePath(file.name).name[-200:]
    brought = QuestionImport(
        file_name=name,
        format=format or format_of(file.file if hasattr(file, "file") else file, name),
        language=language,
        category=category,
        created_by=actor,
    )
    file.seek(0)
    brought.file.save("questions", File(file), save=False)
    with transaction.atomic():
        brought.save()
        brought.job = start_job(actor=actor, kind=CHECK_JOB, params={"import": brought.pk})
        brought.save(update_fields=["job"])
        audit.record(actor=actor, action="assessments.bring_questions", obj=brought)
    return brought


@transaction.atomic
def confirm(*, actor: Any, brought: QuestionImport) -> QuestionImport:
    """Import what the dry run showed. Raises ``NotYourBank`` or ``WrongStep``."""
    brought = _own(actor, brought, State.CHECKED)
    brought.state = State.WRITING
    total = brought.report.get("questions", 0)
    brought.job = start_job(actor=actor, kind=WRITE_JOB, params={"import": brought.pk}, total=total)
    brought.save(update_fields=["state", "job"])
    audit.record(actor=actor, action="assessments.confirm_questions", obj=brought)
    return brought


@transaction.atomic
def give_up(*, actor: Any, brought: QuestionImport) -> QuestionImport:
    """Import nothing; the file is forgotten. Raises ``NotYourBank`` or ``WrongStep``."""
    brought = _own(actor, brought, State.CHECKED, State.UNREADABLE)
    brought.state = State.CANCELLED
    brought.save(update_fields=["state"])
    transaction.on_commit(lambda: brought.file.delete(save=True))
    audit.record(actor=actor, action="assessments.give_up_questions", obj=brought)
    return brought


def _own(actor: Any, brought: QuestionImport, *states: str) -> QuestionImport:
    if not writes_quizzes(actor):
        raise NotYourBank
    brought = QuestionImport.objects.select_for_update().get(pk=brought.pk)
    if brought.state not in states:
        raise WrongStep
    return brought


# --- The work in the background -------------------------------------------------------------------


def import_url(job: Job) -> str:
    """Return the address of the import's page."""
    return reverse("question_imports:report", args=[job.params["import"]])


def check(job: Job) -> None:
    """Read the file and say what would come of it."""
    _work(job, State.CHECKING, State.CHECKED, dry_run=True)


def write(job: Job) -> None:
    """Import the file. Begun again after a crash, what is imported already stays as it is."""
    brought = _work(job, State.WRITING, State.DONE, dry_run=False)
    brought.file.delete(save=True)


def _work(job: Job, during: str, after: str, *, dry_run: bool) -> QuestionImport:
    brought = QuestionImport.objects.select_related("created_by").get(pk=job.params["import"])
    if brought.state != during:
        return brought
    try:
        with brought.file.open("rb") as file:
            report = import_questions(
                actor=brought.created_by,
                file=cast("BinaryIO", file.file),
                format=brought.format,
                language=brought.language,
                category=brought.category,
                dry_run=dry_run,
                progress=lambda done, total: advance(job, done, total=max(total, 1)),
            )
    except Unreadable as error:
        report, after = Report(), State.UNREADABLE
        brought.report = {**report.in_full(), "why": str(error)}
    else:
        brought.report = report.in_full()
    brought.state = after
    brought.save(update_fields=["state", "report"])
    return brought

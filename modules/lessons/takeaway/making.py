"""Having a module's file made, in the background, and kept until the module changes."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from core.errors import DomainError
from jobs.models import Job
from jobs.services import advance, start_job
from modules.records.models import Item

from ..models import ModuleFile
from .book import read_book
from .package import zip_of
from .pdf import pdf_of

JOB = "lessons.module_file"
MAKERS = {ModuleFile.Format.PDF: pdf_of, ModuleFile.Format.ZIP: zip_of}


class NothingToTake(DomainError):
    """There is nothing in the module yet."""

    def __init__(self) -> None:
        super().__init__(_("This module has no lessons that can be taken along."))


def request_file(*, actor: Any, item: Item, language: str, kind: str) -> Job:
    """Have a module's file made; return the job. One that is at it already is not started twice."""
    params = {"module": str(item.key), "language": language, "format": kind}
    running = Job.objects.filter(
        kind=JOB,
        created_by=actor,
        state__in=[Job.State.QUEUED, Job.State.RUNNING],
        **{f"params__{name}": value for name, value in params.items()},
    ).first()
    return running or start_job(actor=actor, kind=JOB, params=params, total=2, language=language)


def make_file(job: Job) -> None:
    """The handler: set the book, keep the file, drop earlier ones. A file that is there already is enough.

    Raises ``NothingToTake``.
    """
    language, kind = job.params["language"], job.params["format"]
    item = Item.objects.get(key=job.params["module"], kind=Item.Kind.MODULE)
    if ModuleFile.objects.current().filter(item=item, language=language, format=kind).exists():
        advance(job, 2)
        return
    book = read_book(item.key, language)
    if book is None or not book.chapters:
        raise NothingToTake
    advance(job, 1)
    content = MAKERS[ModuleFile.Format(kind)](book)
    keep_file(item=item, language=language, kind=kind, name=f"{book.slug}-{book.language}.{kind}", content=content)
    advance(job, 2)


def keep_file(*, item: Item, language: str, kind: str, name: str, content: bytes) -> ModuleFile:
    """Store a file that was made of ``item`` as it was read, in place of earlier ones."""
    made = ModuleFile(item=item, language=language, format=kind, stamp=item.changed_at, size=len(content), name=name)
    made.file.save(f"modules/{item.key}-{language}.{kind}", ContentFile(content), save=False)
    with transaction.atomic():
        earlier = list(ModuleFile.objects.filter(item=item, language=language, format=kind).select_for_update())
        ModuleFile.objects.filter(pk__in=[row.pk for row in earlier]).delete()
        made.save()
        for row in earlier:
            transaction.on_commit(partial(row.file.storage.delete, str(row.file.name)))
    return made


def module_url(job: Job) -> str:
    """Where a job leads on to: the files of the module."""
    return reverse("module_files", args=[job.params["module"]])

"""Having a module's file made, in the background, and kept until the module changes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from os import SEEK_END
from tempfile import TemporaryFile
from typing import IO, Any

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from core.errors import DomainError
from jobs.models import Job
from jobs.services import advance, start_job
from modules.records.models import Item

from ..models import ModuleFile
from .book import Book, read_book
from .package import write_zip
from .pdf import pdf_of

JOB = "lessons.module_file"
MAKERS: dict[ModuleFile.Format, Callable[[Book, IO[bytes]], object]] = {
    ModuleFile.Format.PDF: lambda book, target: target.write(pdf_of(book)),
    ModuleFile.Format.ZIP: write_zip,
    ModuleFile.Format.FULL: partial(write_zip, recordings=True),
}


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
    format = ModuleFile.Format(kind)
    with TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR) as content:
        MAKERS[format](book, content)
        keep_file(item=item, language=language, format=format, name=f"{book.slug}-{book.language}", content=content)
    advance(job, 2)


def keep_file(*, item: Item, language: str, format: ModuleFile.Format, name: str, content: IO[bytes]) -> ModuleFile:
    """Store a file that was made of ``item`` as it was read, in place of earlier ones; ``name`` without ending."""
    size, ending = content.seek(0, SEEK_END), format.ending
    content.seek(0)
    made = ModuleFile(
        item=item, language=language, format=format, stamp=item.changed_at, size=size, name=f"{name}.{ending}"
    )
    made.file.save(f"modules/{item.key}-{language}-{format}.{ending}", File(content), save=False)
    with transaction.atomic():
        earlier = list(ModuleFile.objects.filter(item=item, language=language, format=format).select_for_update())
        ModuleFile.objects.filter(pk__in=[row.pk for row in earlier]).delete()
        made.save()
        for row in earlier:
            transaction.on_commit(partial(row.file.storage.delete, str(row.file.name)))
    return made


def module_url(job: Job) -> str:
    """Where a job leads on to: the files of the module."""
    return reverse("module_files", args=[job.params["module"]])

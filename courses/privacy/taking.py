"""Giving people what is held about them: a ZIP with JSON, a page to read, and their files."""

from __future__ import annotations

import json
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import User
from core import audit
from core.languages import direction
from core.personal import Person, Record, holdings
from jobs.models import Job
from jobs.services import advance, queue_mail, start_job

from .errors import ExportRunning, TooManyExports
from .models import DataExport
from .people import person_of, with_joined

JOB = "privacy.export"
A_DAY = 5
"""Archives one may ask for in a day."""


@transaction.atomic
def request_export(*, actor: Any, language: str = "") -> DataExport:
    """Ask for an archive of one's own data; a job makes it. Raises ``ExportRunning`` and ``TooManyExports``."""
    User.objects.select_for_update().get(pk=actor.pk)  # one request at a time
    mine = DataExport.objects.visible_to(actor)
    if mine.filter(archive="", job__state__in=[Job.State.QUEUED, Job.State.RUNNING]).exists():
        raise ExportRunning
    if mine.filter(requested_at__gt=timezone.now() - timedelta(days=1)).count() >= A_DAY:
        raise TooManyExports
    export = DataExport.objects.create(user=actor)
    export.job = start_job(actor=actor, kind=JOB, params={"export": export.pk}, language=language)
    export.save(update_fields=["job"])
    audit.record(actor=actor, action="privacy.request_export", obj=export)
    return export


def page_of(job: Job) -> str:
    """Return where the job's page leads on to."""
    return reverse("privacy")


def collect(person: Person) -> Iterator[tuple[str, str, list[Record]]]:
    """Yield ``(name, title, records)`` of everything held about a person, in the active language; empty ones too."""
    for holding in holdings():
        records = [list(record) for one in reversed(with_joined(person)) for record in holding.export(one)]
        yield holding.name, str(holding.title), records


def write_export(job: Job) -> None:
    """The job: collect, pack, store, tell. Run again it makes the file anew, under the same name, unless it is there.

    Whoever was forgotten meanwhile has no archive: the file goes again, and nobody is told.
    """
    export = DataExport.objects.select_related("user").filter(pk=job.params["export"]).first()
    if export is None or export.archive:
        return
    person = person_of(export.user)
    total = len(holdings()) + 1
    parts: list[dict[str, Any]] = []
    for name, title, records in collect(person):
        parts.append({"name": name, "title": title, "records": records})
        advance(job, len(parts), total)
    with tempfile.TemporaryFile() as file:
        pack(file, person, parts)
        file.seek(0)
        storage = export.archive.storage
        storage.delete(export.file_name)  # of a worker that was stopped
        stored = storage.save(export.file_name, File(file))
    if _hand_over(export, stored):
        advance(job, total, total)
    else:
        storage.delete(stored)


@transaction.atomic
def _hand_over(export: DataExport, stored: str) -> bool:
    """Enter the file and tell the person; ``False`` for somebody who was forgotten while it was made."""
    held = DataExport.objects.select_for_update(of=("self",)).select_related("user").filter(pk=export.pk).first()
    if held is None:
        return False
    held.archive.name, held.expires_at = stored, timezone.now() + DataExport.KEPT
    held.save(update_fields=["archive", "expires_at"])
    tell(held)
    return True


def pack(file: Any, person: Person, parts: list[dict[str, Any]]) -> None:
    """Write the archive: ``data.json``, ``data.html`` and the person's files."""
    made_at = timezone.now()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        as_json = {
            "made_at": made_at.isoformat(),
            "site": settings.BASE_URL,
            "data": {
                part["name"]: [{fact.key: fact.value for fact in record} for record in part["records"]]
                for part in parts
            },
        }
        archive.writestr("data.json", json.dumps(as_json, ensure_ascii=False, indent=2))
        context = {
            "parts": parts,
            "made_at": made_at,
            "language": translation.get_language(),
            "direction": direction(translation.get_language() or settings.LANGUAGE_CODE),
            "site_name": settings.WAGTAIL_SITE_NAME,
            "base_url": settings.BASE_URL,
        }
        archive.writestr("data.html", render_to_string("privacy/archive.html", context))
        for holding in holdings():
            for one in with_joined(person):
                for name, content in holding.files(one) if holding.files else ():
                    with content, archive.open(f"files/{name}", "w") as target:
                        shutil.copyfileobj(content, target)


def tell(export: DataExport) -> None:
    """Write to the person that the archive is ready. The file itself never travels by mail."""
    user = export.user
    language = user.language or translation.get_language() or settings.LANGUAGE_CODE
    with translation.override(language):
        url = settings.BASE_URL + reverse("privacy")
    queue_mail(
        key=f"data-export:{export.key}",
        to=user.email,
        template="privacy/mail/export_ready",
        context={"name": str(user), "url": url, "days": DataExport.KEPT.days},
        language=language,
    )

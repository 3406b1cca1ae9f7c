"""The work in the background: issue a batch, pack its ZIP."""

from __future__ import annotations

import re
import tempfile
import unicodedata
import zipfile
from typing import Any

from django.core.files import File
from django.urls import reverse

from core.errors import DomainError
from jobs.models import Job
from jobs.services import advance

from .eligibility import eligible
from .models import Batch, Certificate
from .render import BatchRenderer
from .services import is_unaltered, issue_certificate


def batch_of(job: Job) -> Batch:
    """Return the batch a job is about."""
    return Batch.objects.select_related(
        "template", "cohort__course__item", "workshop__course", "workshop__country", "requested_by", "approved_by"
    ).get(key=job.params["batch"])


def batch_url(job: Job) -> str:
    """Return the address of the batch's page, in the active language."""
    return reverse("batch", args=[job.params["batch"]])


def issue_batch(job: Job) -> None:
    """Issue what is not issued yet, then pack the ZIP. Fonts, style and drawn sheet are prepared once.

    Somebody who no longer meets the requirements, was erased or merged meanwhile, or whose text does not fit, is left
    out with the reason; the others get theirs.
    """
    batch = batch_of(job)
    actor = batch.approved_by or batch.requested_by
    issued = set(Certificate.objects.filter(batch=batch).values_list("participant_id", flat=True))
    people = {candidate.participant.pk: candidate for candidate in eligible(batch.subject, batch.template.kind)}  # type: ignore[arg-type]
    renderer = BatchRenderer()
    skipped: list[dict[str, Any]] = []
    for number, pk in enumerate(batch.participants, start=1):
        if pk not in issued:
            try:
                _issue_one(actor, batch, pk, people, renderer)
            except DomainError as error:
                skipped.append({"participant": pk, "why": str(error)})
        advance(job, number)
    pack(job, batch)
    job.result = {"skipped": skipped}
    advance(job, len(batch.participants) + 1)


def _issue_one(actor: Any, batch: Batch, pk: int, people: dict[int, Any], renderer: BatchRenderer) -> None:
    candidate = people.get(pk)
    if candidate is None:
        from django.utils.translation import gettext as _

        raise DomainError(_("No longer takes part."))
    issue_certificate(
        actor=actor, batch=batch, participant=candidate.participant, candidate=candidate, renderer=renderer
    )


def archive_batch(job: Job) -> None:
    """Pack the ZIP of a batch again."""
    batch = batch_of(job)
    pack(job, batch)
    advance(job, 1, total=1)


def pack(job: Job, batch: Batch) -> None:
    """Put the batch's certificates into one ZIP in the private storage. Altered files are left out."""
    with tempfile.TemporaryFile() as target:
        with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
            rows = Certificate.objects.filter(
                batch=batch, state=Certificate.State.VALID, withdrawn_at__isnull=True
            ).order_by("serial")
            for number, certificate in enumerate(rows.iterator(chunk_size=200)):
                if is_unaltered(certificate):
                    with certificate.pdf.open("rb") as file, archive.open(file_name(certificate), "w") as entry:
                        for chunk in file.chunks():
                            entry.write(chunk)
                if number % 50 == 49:
                    advance(job, job.done)
        target.seek(0)
        old = batch.archive.name if batch.archive else ""
        batch.archive.save(f"{batch.key}.zip", File(target), save=False)
    Batch.objects.filter(pk=batch.pk).update(archive=batch.archive.name)
    if old and old != batch.archive.name:
        batch.archive.storage.delete(old)


def file_name(certificate: Certificate) -> str:
    """Return a good name for the file: the serial and the holder's name, in letters and digits of any script.

    Nothing else of the name gets in: no path, no leading dot or formula sign, no control character.
    """
    letters = (
        character if unicodedata.category(character)[0] in "LMN" else "-"
        for character in unicodedata.normalize("NFC", certificate.name)
    )
    name = re.sub(r"-+", "-", "".join(letters)).strip("-")[:60].strip("-")
    return f"{certificate.serial}-{name}.pdf" if name else f"{certificate.serial}.pdf"

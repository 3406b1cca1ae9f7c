"""The files of certificates: where they are, whether they are still those issued, and their removal."""

from __future__ import annotations

import hashlib
import logging
from functools import partial
from typing import Any

from django.core.files.storage import Storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit

from ..models import Batch, Certificate
from ..permissions import can_withdraw_name
from .errors import (
    AlreadyWithdrawn,
    NotAllowed,
)

log = logging.getLogger("certificates")


def storage() -> Storage:
    """Where the files of certificates are: never in the open."""
    return Certificate._meta.get_field("pdf").storage  # type: ignore[union-attr]


def is_unaltered(certificate: Certificate) -> bool:
    """Whether the stored file is byte for byte the one issued; a missing file is not."""
    if not certificate.pdf:
        return False
    try:
        with certificate.pdf.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        digest = ""
    if digest != certificate.sha256:
        log.error("The stored file of certificate %s is not the one issued.", certificate.serial)
        return False
    return True


@transaction.atomic
def withdraw_name(*, actor: Any, certificate: Certificate) -> Certificate:
    """Withdraw name and file at the holder's request; serial, hash, dates and state stay.

    Raises ``NotAllowed`` and ``AlreadyWithdrawn``.
    """
    certificate = (
        Certificate.objects.select_for_update(of=("self",))
        .select_related("participant__user", "batch")
        .get(pk=certificate.pk)
    )
    if not can_withdraw_name(actor, certificate):
        raise NotAllowed(_("Only the holder can ask for this."))
    if certificate.withdrawn_at:
        raise AlreadyWithdrawn(_("Name and file have been withdrawn already."))
    certificate.withdrawn_at = timezone.now()
    certificate.name = ""
    certificate.printed = {**certificate.printed, "name_latin": ""}
    certificate.save(update_fields=["withdrawn_at", "name", "printed"])
    audit.record(actor=actor, action="certificates.withdraw_name", obj=certificate)
    transaction.on_commit(partial(remove_withdrawn_files, certificate.pk))
    return certificate


def remove_withdrawn_files(pk: int | None = None) -> int:
    """Delete the files of withdrawn certificates, and the ZIPs that hold them; returns how many certificates.

    Runs after the commit of a withdrawal; ``manage.py check_certificates`` runs it again for what a crash left.
    """
    rows = Certificate.objects.filter(withdrawn_at__isnull=False).exclude(pdf="").select_related("batch")
    if pk is not None:
        rows = rows.filter(pk=pk)
    count = 0
    for certificate in rows:
        batch = certificate.batch
        if batch is not None and batch.archive:
            batch.archive.delete(save=False)
            Batch.objects.filter(pk=batch.pk).update(archive="")
        certificate.pdf.delete(save=False)
        Certificate.objects.filter(pk=certificate.pk).update(pdf="")
        count += 1
    return count

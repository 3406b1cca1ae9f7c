"""Compare every stored certificate with its fingerprint in the ledger; finish withdrawals a crash left open."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from courses.certificates.models import Certificate
from courses.certificates.services import is_unaltered, remove_withdrawn_files


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the serials whose file is missing or altered; fails when there is any."""
        removed = remove_withdrawn_files()
        checked, altered = 0, []
        for certificate in Certificate.objects.filter(withdrawn_at__isnull=True).order_by("pk").iterator():
            checked += 1
            if not is_unaltered(certificate):
                altered.append(certificate.serial)
        self.stdout.write(f"{checked} certificates checked, {removed} withdrawn files removed.")
        if altered:
            raise CommandError("Missing or altered: " + ", ".join(altered))

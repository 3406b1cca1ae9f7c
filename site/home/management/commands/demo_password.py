"""Give the sample accounts a new password."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from home.starter.people import set_sample_password


class Command(BaseCommand):
    help = "Give the sample accounts a new password: CAMPUS_DEMO_PASSWORD, else one at random. Local settings only."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            password = set_sample_password()
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"The sample accounts' password is now: {password}")

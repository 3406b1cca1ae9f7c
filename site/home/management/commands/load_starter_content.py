"""Load the starter content; with --accounts also the sample accounts (local settings only)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from home.starter.load import load_starter_content
from home.starter.people import make_sample_people


class Command(BaseCommand):
    help = "Load the starter courses, workshops and pages. Safe to run again; never overwrites an editor's change."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--accounts", action="store_true", help="also make the sample accounts")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["accounts"] and not settings.CAMPUS_SAMPLE_DATA:
            raise CommandError("Sample accounts are for local settings only; production does not create them.")
        load_starter_content(say=self.stdout.write)
        if options["accounts"]:
            password = make_sample_people()
            if password:
                self.stdout.write(f"Sample accounts made; their password, shown this once: {password}")
            else:
                self.stdout.write("The sample accounts are there.")

"""Bring questions of another system into the question bank: GIFT, Moodle XML, CSV or QTI.

What cannot be represented is named, question by question with its line. A file that cannot be read as a whole is
refused and nothing of it is imported; then, and only then, the command fails. Bringing a file again makes no doubles.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from modules.assessments.exchange.problems import Unreadable
from modules.assessments.exchange.reading import FORMATS, format_of
from modules.assessments.services.import_report import CHANGED, NEW, SAME
from modules.assessments.services.importing import Report, import_questions

STATES = {NEW: "new", CHANGED: "changed", SAME: "the same as here"}


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--format", choices=FORMATS, help="What the file is; found out when it is not said.")
        parser.add_argument("--category", default="", metavar="NAME", help="Where it goes: “Laws” or “Laws/Access”.")
        parser.add_argument(
            "--language", default=settings.LANGUAGE_CODE, choices=[code for code, _ in settings.LANGUAGES]
        )
        parser.add_argument("--dry-run", action="store_true", help="Say what would happen, and change nothing.")
        parser.add_argument("--json", action="store_true", help="Print the report as JSON.")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        """Import and print the report."""
        try:
            with file.open("rb") as opened:
                report = import_questions(
                    actor=None,
                    file=opened,
                    format=options["format"] or format_of(opened, file.name),
                    language=options["language"],
                    category=options["category"],
                    dry_run=options["dry_run"],
                )
        except (OSError, Unreadable) as error:
            why = f"{file.name}: {error.strerror}" if isinstance(error, OSError) and error.strerror else str(error)
            if options["json"]:
                nothing = Report().as_json()
                nothing["errors"].append({"line": 0, "name": "", "why": why})
                self.stdout.write(json.dumps(nothing, ensure_ascii=False))
            raise CommandError(why) from None
        if options["json"]:
            self.stdout.write(json.dumps(report.as_json(), ensure_ascii=False))
        else:
            self._tell(report, options["dry_run"])

    def _tell(self, report: Report, dry_run: bool) -> None:
        for each in report.unsupported:
            self.stdout.write(f"line {each.line}: {each.name} ({each.type}): {each.why}")
        for fault in report.errors:
            self.stdout.write(f"line {fault.line}: {fault.name or 'error'}: {fault.why}")
        verb = "would be imported" if dry_run else "imported"
        states = ", ".join(f"{report.number(state)} {said}" for state, said in STATES.items())
        self.stdout.write(f"{report.questions} questions, {report.imported} {verb}: {states}.")

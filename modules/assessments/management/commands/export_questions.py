"""Write the question bank, or a category of it, as GIFT, Moodle XML or CSV.

What the format cannot carry is named, question by question, on the error output. The file can be imported again: the
same questions are found by their ids.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from modules.assessments.exchange.gift import category_path
from modules.assessments.services.bank import category_at
from modules.assessments.services.exporting import FORMATS, Export, questions_in


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, nargs="?", help="Where to write; the standard output when left out.")
        parser.add_argument("--format", choices=list(FORMATS), default="moodle-xml")
        parser.add_argument("--category", default="", metavar="NAME", help="One category with those below it.")
        parser.add_argument(
            "--language", default=settings.LANGUAGE_CODE, choices=[code for code, _ in settings.LANGUAGES]
        )
        parser.add_argument("--json", action="store_true", help="Print the report as JSON (on the error output).")

    def handle(self, *args: Any, file: Path | None, **options: Any) -> None:
        """Write the file and report what it cannot carry."""
        category = None
        if path := category_path(options["category"]):
            category = category_at(path)
            if category is None:
                raise CommandError(f"There is no category {options['category']}.")
        export = Export(questions_in(category), options["format"], options["language"])
        with file.open("w", encoding="utf-8", newline="") if file else nullcontext() as out:
            for part in export.parts():
                if out:
                    out.write(part)
                else:
                    self.stdout.write(part, ending="")
        if options["json"]:
            unsupported = [{"name": each.name, "type": each.type, "why": each.why} for each in export.unsupported]
            report = {"questions": export.seen, "exported": export.written, "unsupported": unsupported}
            self.stderr.write(json.dumps(report, ensure_ascii=False))
        else:
            for each in export.unsupported:
                self.stderr.write(f"{each.name} ({each.type}): {each.why}")
            self.stderr.write(f"{export.seen} questions, {export.written} exported.")

"""What has been kept long enough: a report, or with ``--apply`` the act."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from courses.privacy import keeping


class Command(BaseCommand):
    help = "Shows what has been kept longer than the retention periods say; --apply deletes or anonymises it."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--apply", action="store_true", help="do it; without this nothing is touched")

    def handle(self, *args: Any, **options: Any) -> None:
        apply = options["apply"]
        lines = keeping.enforce() if apply else keeping.report()
        head = ("Kind", "Kept", "Due", *(["Gone"] if apply else []), "What")
        rows = [
            (
                line.kind,
                f"{line.days} days" if line.days else "for ever",
                str(line.due),
                *([str(line.gone)] if apply else []),
                line.title,
            )
            for line in lines
        ]
        widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
        for row in (head, *rows):
            self.stdout.write("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
        if not apply:
            self.stdout.write("Nothing was touched. Run it with --apply to let these go.")

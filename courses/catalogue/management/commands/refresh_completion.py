"""Bring the completion of everybody up to date; never takes one back. A repair, safe at any time."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from courses.catalogue.models import Course
from courses.catalogue.services.rules import recompute


class Command(BaseCommand):
    help = "Bring completion up to date for everybody of some courses, or of all."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("courses", nargs="*", metavar="COURSE", help="keys of courses; none: every course")

    def handle(self, *args: Any, **options: Any) -> None:
        courses = Course.objects.order_by("key")
        if wanted := set(options["courses"]):
            courses = courses.filter(key__in=wanted)
            if missing := wanted - set(courses.values_list("key", flat=True)):
                raise CommandError(f"No such course: {', '.join(sorted(missing))}")
        for course in courses:
            done = recompute(actor=None, course=course, earlier=[])
            self.stdout.write(f"{course.key}: {done.people} looked at, {done.completed} newly complete")

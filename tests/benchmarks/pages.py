"""The pages that a signed-in learner opens most, asked by sixteen at once, beside Moodle on two cores like these.

The platform runs as ``make run`` starts it (two web processes of four threads); the asking process shares its cores.
Moodle 4.5 with PHP 8.2, OPcache, nginx, PostgreSQL and Redis answered, asked alike, so many pages a second: lesson
58, course 37, quiz of ten questions 44, dashboard 40, catalogue 57.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from .asking import ask
from .lessons import reader_of_a_lesson, row

MOODLE = {"Lesson": 58, "Course": 37, "Quiz": 44, "Dashboard": 40, "Catalogue": 57}
QUESTIONS = 10
ROUNDS, SECONDS = 5, 2.0


def measure(platform: Any) -> list[dict[str, Any]]:
    """Measure in the starter content, as a learner who is enrolled and in the middle of a quiz."""
    cookie, lesson = reader_of_a_lesson("reader-of-pages@example.org")
    paths = {"Lesson": lesson, **paths_of("reader-of-pages@example.org")}
    port = urlsplit(platform.url).port or 80
    speeds = ask(port, cookie, list(paths.values()), rounds=ROUNDS, seconds=SECONDS)
    rows = []
    for name, path in paths.items():
        factor = speeds[path] / MOODLE[name]
        print(f"  {name} {path}: {speeds[path]:.0f} a second, Moodle {MOODLE[name]}")
        title = f"{name} page, 16 at once, beside Moodle's {MOODLE[name]} a second"
        rows.append(row(title, round(factor, 1), "times", 1, factor > 1))
    return rows


def paths_of(email: str) -> dict[str, str]:
    """Enrol the learner, start a quiz of ten questions, and return the paths of the pages."""
    from django.urls import reverse
    from django.utils import translation

    from accounts.models import User
    from core.routing import page_url
    from courses.catalogue.models import Cohort, CoursePage
    from courses.catalogue.services import enrol
    from courses.participants.models import Participant
    from modules.assessments.models import Question, Quiz
    from modules.assessments.services import put_quiz, start_attempt

    user = User.objects.get(email=email)
    cohort = Cohort.objects.filter(self_paced=True).order_by("pk")[0]
    participant = Participant.objects.create(user=user, name="A reader", country_id="KE")
    enrol(actor=user, participant=participant, cohort=cohort)
    page = CoursePage.objects.live().get(course=cohort.course, locale__language_code="en")
    quiz = Quiz.objects.select_related("item__parent").order_by("pk")[0]
    asked = list(Question.objects.in_use().order_by("pk").values_list("key", flat=True)[:QUESTIONS])
    put_quiz(
        actor=None,
        key=quiz.item.key,
        module_item=quiz.item.parent,
        language="en",
        title="Ten questions",
        question_keys=asked,
    )
    attempt = start_attempt(actor=user, quiz=quiz, language="en")
    with translation.override("en"):
        return {
            "Course": page_url(page, "en"),
            "Quiz": reverse("attempt", args=[attempt.key]),
            "Dashboard": reverse("learner_home"),
            "Catalogue": "/en/courses/",
        }

"""The statistics of a quiz in a browser: for a trainer in both directions, for an editor in the admin."""

from __future__ import annotations

import pytest

from .people import DESK, PHONE, Visitor, axe, editor, sign_in, too_wide
from .servers import Platform


@pytest.fixture
def taken(campus: Platform):
    """A quiz of the cohort of the sample trainer that forty people took, in two languages."""
    from accounts.models import User
    from courses.catalogue.models import Cohort, CohortTrainer
    from modules.assessments.models import Quiz
    from tests import factories
    from tests.modules.assessments.test_figures import took

    cohort = Cohort.objects.get(course__key="abs-legal-frameworks", self_paced=False)
    CohortTrainer.objects.get_or_create(cohort=cohort, user=User.objects.get(email="trainer@example.org"))
    quiz = Quiz.objects.filter(item__parent__in=cohort.course.syllabus.values("item")).order_by("pk").first()
    places = quiz.slots.count()
    for number in range(40):
        context = factories.EnrolmentFactory(cohort=cohort).context
        took(quiz, ("ab"[number % 2] * places), context=context, language=("en", "fr")[number % 4 > 1])
    return cohort, quiz, quiz.slots.filter(question__isnull=False).first().question


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("width", [PHONE, DESK])
def test_a_trainer_reads_how_a_quiz_went(visitor: Visitor, taken, language, width):
    cohort, quiz, question = taken
    page = visitor.page(width=width, language=language)
    sign_in(page, "trainer")
    base = f"/{language}/cohorts/{cohort.pk}/quizzes/"
    for address, charts in (("", 0), (f"{quiz.pk}/", 1), (f"{quiz.pk}/questions/{question.pk}/", 1)):
        assert page.goto(base + address).status == 200
        assert page.locator("svg.chart[role=img]").count() == charts
        assert axe(page) == []
        assert too_wide(page) == 0
    assert visitor.troubles == []  # nor did the page forbid a style or a script


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_an_editor_reads_the_same_in_the_admin(visitor: Visitor, taken, width):
    _cohort, quiz, question = taken
    page = visitor.page(width=width)
    sign_in(page, editor())
    for address in (f"/admin/quizzes/statistics/{quiz.pk}/", f"/admin/questions/statistics/{question.pk}/"):
        assert page.goto(address).status == 200
        assert page.locator("svg.chart[role=img]").count() == 1
        assert [line for line in axe(page) if ".statistics" in line or "chart" in line] == []
        assert too_wide(page) == 0

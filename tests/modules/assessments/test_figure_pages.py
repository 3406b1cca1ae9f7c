"""The pages of statistics in the admin, and their tables to take along."""

from __future__ import annotations

import csv
import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from core.permissions import synchronise_groups
from institutions.models import Role
from institutions.services import grant_role
from modules.assessments.figure_words import clock, score, share, two
from tests import factories

from .test_figures import took

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client):
    synchronise_groups()
    user = factories.UserFactory(email="editor@example.org")
    grant_role(actor=None, user=user, role=Role.EDITOR)
    client.force_login(user)
    return client


@pytest.fixture
def question(quiz):
    return quiz.slots.first().question


@pytest.fixture
def taken(quiz):
    for number in range(40):
        took(quiz, "a" + ("a" if number % 2 else "b") + ("b" if number % 2 else "a"))


def page(client, name, obj, **asked):
    return client.get(reverse(name, args=[obj.pk]), asked)


def test_the_page_of_a_quiz_shows_scores_questions_and_what_to_look_at(admin, quiz, taken):
    body = page(admin, "quizzes:statistics", quiz).content.decode()
    assert 'role="img"' in body
    for words in ("Too easy", "Separates the wrong way", "66.7\u00a0%", "0:20", "There is none where everybody"):
        assert words in body
    assert body.count("<dt>Separates the wrong way") == 1
    assert reverse("questions:statistics", args=[quiz.slots.first().question_id]) in body


def test_of_a_few_people_the_page_says_that_they_are_too_few(admin, quiz, question):
    took(quiz, "aab")
    for name, obj in (("quizzes:statistics", quiz), ("questions:statistics", question)):
        body = page(admin, name, obj).content.decode()
        assert "Too few to tell" in body
        assert '<svg class="chart' not in body
        assert "Choice b" not in body


def test_nobody_at_all_is_no_error(admin, quiz, question):
    assert page(admin, "quizzes:statistics", quiz).status_code == 200
    assert "Nobody was asked this question yet." in page(admin, "questions:statistics", question).content.decode()


def test_the_page_of_a_question_names_the_wrong_answers_that_nobody_took(admin, question, taken):
    body = page(admin, "questions:statistics", question).content.decode()
    assert "Nobody chose:" in body
    assert "<bdi>Choice b</bdi>; <bdi>Choice c</bdi>" in body
    assert "100\u00a0%" in body


def test_the_table_of_questions_can_be_taken_along(admin, quiz, taken):
    response = page(admin, "quizzes:statistics", quiz, export="csv")
    rows = list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))
    assert rows[0][:4] == ["Name", "Question", "Version", "People"]
    assert [row[4] for row in rows[1:]] == ["100\u00a0%", "50\u00a0%", "50\u00a0%"]
    assert rows[1][-1] == "Too easy"


def test_the_answers_can_be_taken_along_as_a_workbook(admin, question, taken):
    response = page(admin, "questions:statistics", question, export="xlsx")
    sheet = load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == ("Version", "Language", "Answer", "Right", "Number", "Share")
    assert rows[1] == ("1", "all", "Choice a", "yes", "40", "100\u00a0%")


def test_a_table_of_too_few_has_no_figures(admin, quiz):
    took(quiz, "aab")
    response = page(admin, "quizzes:statistics", quiz, export="csv")
    rows = list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))
    assert rows[1][3:] == ["1", "too few to tell", "–", "–", "–", ""]


def test_which_attempts_count_is_a_link_away(admin, quiz):
    for number in (1, 2):
        for _ in range(6):
            took(quiz, "aaa" if number == 1 else "bbb")
    body = page(admin, "quizzes:statistics", quiz, attempts="last").content.decode()
    assert 'href="?attempts=last" aria-current="true"' in body


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (share(None), "–"),
        (share(0.256), "26\u00a0%"),
        (score(66.666), "66.7\u00a0%"),
        (two(-0.254), "\u22120.25"),
        (two(-0.001), "0.00"),
        (clock(None), "–"),
        (clock(83), "1:23"),
        (clock(605), "10:05"),
    ],
)
def test_how_figures_are_written(written, expected):
    assert written == expected


@pytest.mark.parametrize(
    ("who", "people"), [("organiser", 6), ("other_organiser", 0), ("editor", 12), ("organiser_of_all", 12)]
)
def test_organisers_of_a_programme_see_the_figures_of_their_own_courses(client, cast, quiz, question, who, people):
    synchronise_groups()
    grant_role(actor=None, user=cast.outsider, role=Role.ORGANISER)
    user = cast.outsider if who == "organiser_of_all" else getattr(cast, who)
    cohort = factories.CohortFactory(course__programme=cast.organiser.role_assignments.get().programme)
    for _ in range(6):
        took(quiz, "aab", context=factories.EnrolmentFactory(cohort=cohort).context)
        took(quiz, "bbb", context=factories.EnrolmentFactory().context)
    client.force_login(user)
    for name, obj in (("quizzes:statistics", quiz), ("questions:statistics", question)):
        response = page(client, name, obj)
        assert response.status_code == 200
        if name == "quizzes:statistics":
            told = [response.context["facts"]]
        else:
            told = [version["facts"] for version in response.context["versions"]]
        assert [facts[0].value for facts in told] == [str(people)] or (told, people) == ([], 0)

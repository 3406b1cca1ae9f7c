"""Statistics of a quiz of 20 questions: time and queries of its page and of a question's, how the time grows, memory.

By default with 1,000 attempts, a quarter of a minute in all; ``CAMPUS_BENCH_ATTEMPTS=10000 make bench
K=quiz_statistics`` takes a minute. The queries must be the same with 50 attempts. With four times the attempts a page
may take up to eight times as long: what grows with their square would take sixteen. Memory is what Python allocates
beyond what it had before.
"""

from __future__ import annotations

import os
import random
import time
import tracemalloc
import uuid
from datetime import timedelta
from typing import Any

ATTEMPTS = int(os.environ.get("CAMPUS_BENCH_ATTEMPTS", "1000"))
FEW, QUESTIONS = 50, 20
QUERIES = 30
MOST_MEMORY = 16 * ATTEMPTS / 1_000
"""MB; 20,000 answers as rows would need more."""
SECONDS = 2.0 * ATTEMPTS / 1_000
GROWTH = 8.0
BATCH = 5_000
"""Above so many attempts the figures are read in several batches, each with queries of its own."""


def measure() -> list[dict[str, Any]]:
    """Measure on the database of this run; nothing stays."""
    from django.db import transaction

    from modules.assessments.models import Attempt

    with transaction.atomic():
        quiz, versions = a_quiz()
        client = an_editor()
        crowd(quiz, versions, FEW)
        few = {name: asked(client, path)[0] for name, path in pages(quiz, versions).items()}
        crowd(quiz, versions, ATTEMPTS // 4 - FEW)
        quarter = {name: asked(client, path)[1] for name, path in pages(quiz, versions).items()}
        crowd(quiz, versions, ATTEMPTS - ATTEMPTS // 4)
        assert Attempt.objects.filter(quiz=quiz).count() == ATTEMPTS
        rows = []
        for name, path in pages(quiz, versions).items():
            queries, seconds = asked(client, path)
            same = queries <= QUERIES and (few[name] == queries or ATTEMPTS > BATCH)
            grown = seconds / quarter[name]
            rows += [
                row(f"Queries of {name}, {FEW} and {ATTEMPTS:,} attempts", queries, "", QUERIES, same),
                row(f"Time of {name}, {ATTEMPTS:,} attempts", round(seconds, 2), "s", SECONDS, seconds <= SECONDS),
                row(
                    f"Growth of it with four times the attempts, {name}", round(grown, 1), "×", GROWTH, grown <= GROWTH
                ),
            ]
        memory = peak(client, pages(quiz, versions)["statistics of a quiz"]) / 2**20
        rows.append(row("Memory of statistics of a quiz", round(memory, 1), "MB", MOST_MEMORY, memory <= MOST_MEMORY))
        transaction.set_rollback(True)
    return rows


def row(name: str, value: float, unit: str, budget: Any, ok: bool) -> dict[str, Any]:
    return {"name": name, "value": value, "unit": unit, "budget": budget, "ok": ok}


def pages(quiz: Any, versions: list[Any]) -> dict[str, str]:
    from django.urls import reverse

    return {
        "statistics of a quiz": reverse("quizzes:statistics", args=[quiz.pk]),
        "statistics of a question": reverse("questions:statistics", args=[versions[0].question_id]),
    }


def a_quiz() -> tuple[Any, list[Any]]:
    """Write a quiz of twenty questions of four choices, in a module of its own."""
    from modules.assessments.services import put_question, put_quiz
    from modules.records.models import Item
    from modules.records.services import freeze_item

    module = freeze_item(key=uuid.uuid4(), kind=Item.Kind.MODULE, language="en", title="A module to measure")
    versions = [
        put_question(
            actor=None,
            key=f"figures-{uuid.uuid4().hex[:8]}",
            type="single",
            language="en",
            text="Who gives prior informed consent?",
            feedback="The Party that provides the resource.",
            choices=[{"id": id, "text": f"Choice {id}", "correct": id == "a", "feedback": "Why"} for id in "abcd"],
        )
        for _ in range(QUESTIONS)
    ]
    keys = [version.question.key for version in versions]
    quiz = put_quiz(
        actor=None, key=uuid.uuid4(), module_item=module, language="en", title="Figures", question_keys=keys
    )
    return quiz, versions


def crowd(quiz: Any, versions: list[Any], number: int) -> None:
    """Add graded attempts of as many people, who know more or less, in three languages."""
    from django.utils import timezone

    from modules.assessments.models import Attempt, AttemptQuestion, Response

    chance = random.Random(number)
    began = timezone.now()
    attempts, asked, responses = [], [], []
    for place in range(number):
        able = chance.random()
        given = [("a" if chance.random() < able else chance.choice("bcd")) for _ in versions]
        right = given.count("a")
        attempt = Attempt(
            quiz=quiz,
            learner_key=uuid.uuid4(),
            number=1,
            seed=1,
            state="graded",
            language=("en", "fr", "ar")[place % 3],
            points=right,
            max_points=len(given),
            percent=100 * right / len(given),
            passed=right >= 16,
        )
        attempts.append(attempt)
        for order, (version, answer) in enumerate(zip(versions, given, strict=True)):
            one = AttemptQuestion(attempt=attempt, version=version, order=order, points=int(answer == "a"))
            asked.append(one)
            at = began + timedelta(seconds=30 * (order + 1) + chance.randrange(20))
            responses.append(Response(question=one, answer=[answer], given_at=at))
    Attempt.objects.bulk_create(attempts)
    AttemptQuestion.objects.bulk_create(asked, batch_size=5_000)
    Response.objects.bulk_create(responses, batch_size=5_000)


def an_editor() -> Any:
    from django.test import Client

    from accounts.models import User
    from institutions.models import Role
    from institutions.services import grant_role

    user = User.objects.create_user(f"figures-{uuid.uuid4().hex[:8]}@example.org", name="Editor")
    grant_role(actor=None, user=user, role=Role.EDITOR)
    client = Client(headers={"host": "localhost"})
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def asked(client: Any, path: str) -> tuple[int, float]:
    """Return queries and seconds of a page that was read before."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    assert client.get(path).status_code == 200, path
    with CaptureQueriesContext(connection) as captured:
        start = time.perf_counter()
        assert client.get(path).status_code == 200, path
        seconds = time.perf_counter() - start
    return len(captured), seconds


def peak(client: Any, path: str) -> int:
    tracemalloc.start()
    try:
        assert client.get(path).status_code == 200
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

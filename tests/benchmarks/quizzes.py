"""Quizzes: queries of their pages with one and with a thousand attempts, questions shown and answers saved a second.

Speed: sixteen learners, each with an attempt and a connection of their own, ask the platform's own server at the same
time for a few seconds. Every answer that is sent is a new row; at the end all of them must be in the database.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from typing import Any
from urllib.parse import urlencode

LEARNERS, SECONDS, MANY = 16, 5.0, 1000
MOODLE_QUIZ = 44
"""Pages a second of a quiz of ten questions in Moodle 4.5 on a machine like ours (see the design)."""
QUERIES = 20


def measure(platform: Any) -> list[dict[str, Any]]:
    """Measure with a quiz of ten questions."""
    from modules.assessments.models import Response

    quiz = a_quiz()
    learners = [Taker(quiz, number) for number in range(LEARNERS)]
    before = queries_of(learners[0])
    crowd(quiz, learners[0])
    after = queries_of(learners[0])
    pages = asyncio.run(round_of(platform.port, learners, Taker.page))
    asyncio.run(round_of(platform.port, learners, Taker.answer))  # so that everything is warm
    Response.objects.filter(question__attempt__in=[one.attempt.pk for one in learners]).delete()
    saved = asyncio.run(round_of(platform.port, learners, Taker.answer))
    kept = Response.objects.filter(question__attempt__in=[one.attempt.pk for one in learners]).count()
    print(f"  queries with 1 attempt {before}, with {MANY} attempts {after}; {kept} answers kept")
    rows = [
        row(f"Queries of {name}, 1 and {MANY:,} attempts", number, "", QUERIES, before[name] == number <= QUERIES)
        for name, number in after.items()
    ]
    return [
        *rows,
        row(
            "Quiz pages of ten questions",
            round(pages / SECONDS, 1),
            "per second",
            MOODLE_QUIZ,
            pages > MOODLE_QUIZ * SECONDS,
        ),
        row("Answers saved", round(saved / SECONDS, 1), "per second", "none lost", kept == saved > 0),
    ]


def row(name: str, value: float, unit: str, budget: Any, ok: bool) -> dict[str, Any]:
    return {"name": name, "value": value, "unit": unit, "budget": budget, "ok": ok}


def a_quiz() -> Any:
    """Write a quiz of ten questions of four choices, in a module of its own."""
    from modules.assessments.services import put_question, put_quiz
    from modules.records.models import Item
    from modules.records.services import freeze_item

    module = freeze_item(key=uuid.uuid4(), kind=Item.Kind.MODULE, language="en", title="A module to measure")
    keys = [f"bench-{uuid.uuid4().hex[:8]}" for _ in range(10)]
    for key in keys:
        put_question(
            actor=None,
            key=key,
            type="single",
            language="en",
            text="Who gives prior informed consent?",
            feedback="The Party that provides the resource.",
            choices=[{"id": id, "text": f"Choice {id}", "correct": id == "a", "feedback": "Why"} for id in "abcd"],
        )
    return put_quiz(
        actor=None, key=uuid.uuid4(), module_item=module, language="en", title="A quiz to measure", question_keys=keys
    )


class Taker:
    """A learner with an attempt, a session and a token, who asks for pages and gives answers."""

    def __init__(self, quiz: Any, number: int) -> None:
        from django.test import Client

        from accounts.models import User
        from modules.assessments.services import start_attempt

        self.quiz = quiz
        self.user = User.objects.create_user(f"taker-{uuid.uuid4().hex[:8]}@example.org", name=f"Taker {number}")
        self.attempt = start_attempt(actor=self.user, quiz=quiz, language="en")
        self.questions = list(self.attempt.questions.values_list("pk", flat=True))
        client = Client()
        client.force_login(self.user, backend="allauth.account.auth_backends.AuthenticationBackend")
        self.session, self.token, self.turn = client.cookies["sessionid"].value, "b" * 32, 0

    @property
    def path(self) -> str:
        return f"/en/attempts/{self.attempt.key}/"

    def page(self) -> bytes:
        return f"GET {self.path} HTTP/1.1\r\n{self.head()}\r\n".encode()

    def answer(self) -> bytes:
        """Another answer to the next question each time."""
        self.turn += 1
        question = self.questions[self.turn % len(self.questions)]
        body = urlencode({"question": question, f"q{question}": "abcd"[self.turn % 4], "key": uuid.uuid4().hex})
        form = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        return f"POST {self.path}save/ HTTP/1.1\r\n{self.head()}{form}\r\n{body}".encode()

    def head(self) -> str:
        return (
            f"Host: localhost\r\nConnection: keep-alive\r\nX-CSRFToken: {self.token}\r\n"
            f"Cookie: sessionid={self.session}; csrftoken={self.token}\r\n"
        )


def queries_of(taker: Taker) -> dict[str, int]:
    """Count the queries of the quiz's page, of the questions and of a result, each read before."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from modules.assessments.services import start_attempt, submit_attempt

    client = Client(headers={"host": "localhost"})
    client.cookies["sessionid"] = taker.session
    result = submit_attempt(actor=taker.user, attempt=taker.attempt, submission_key=uuid.uuid4())
    taker.attempt = start_attempt(actor=taker.user, quiz=taker.quiz, language="en")
    taker.questions = list(taker.attempt.questions.values_list("pk", flat=True))
    found = {}
    for name, path in {
        "a quiz's page": f"/en/quiz/{taker.quiz.item.key}/",
        "the questions": taker.path,
        "a result": f"/en/attempts/{result.key}/result/",
    }.items():
        for _turn in range(2):
            with CaptureQueriesContext(connection) as captured:
                assert client.get(path).status_code == 200, path
        found[name] = len(captured)
    return found


def crowd(quiz: Any, taker: Taker) -> None:
    """Add a thousand attempts of as many learners, and a thousand of this one, all graded."""
    from django.utils import timezone

    from modules.assessments.models import Attempt

    def graded(key: uuid.UUID, number: int) -> Attempt:
        return Attempt(
            quiz=quiz,
            learner_key=key,
            number=number,
            seed=number,
            state="graded",
            points=5,
            max_points=10,
            percent=50,
            passed=False,
            submitted_at=timezone.now(),
        )

    Attempt.objects.bulk_create(graded(uuid.uuid4(), 1) for _ in range(MANY))
    Attempt.objects.bulk_create(graded(taker.user.key, number) for number in range(100, 100 + MANY))


async def round_of(port: int, takers: list[Taker], request: Any) -> int:
    """Let everybody ask at once for some seconds; return how many answers came. Any but 200 is an error."""
    end = time.monotonic() + SECONDS
    return sum(await asyncio.gather(*(_ask(port, taker, request, end) for taker in takers)))


async def _ask(port: int, taker: Taker, request: Any, end: float) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    count = 0
    while time.monotonic() < end:
        writer.write(request(taker))
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(head.decode(errors="replace"))
        lines = head.lower().split(b"\r\n")
        length = next(line for line in lines if line.startswith(b"content-length:"))
        await reader.readexactly(int(length.split(b":")[1]))
        count += 1
        if b"connection: close" in lines:
            writer.close()
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.close()
    return count

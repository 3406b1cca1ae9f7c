"""Bringing 5,000 questions in: time, peak memory, queries; and the same file again, and out once more.

The file is Moodle XML with all kinds of questions that Moodle writes most, with feedback and tags in 50 categories.
Memory is what Python allocates beyond what it had before.
"""

from __future__ import annotations

import io
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

NUMBER = 5_000
SECONDS = 60
MOST_MEMORY = 64
"""MB. What is held at once is a chunk of questions and the report with a line for each."""


def measure() -> list[dict[str, Any]]:
    """Measure on the database of this run; nothing stays."""
    from django.db import connection, transaction
    from django.test.utils import CaptureQueriesContext

    from modules.assessments.models import Question
    from modules.assessments.services.exporting import Export
    from modules.assessments.services.importing import CHUNK, import_questions

    content = moodle_file(NUMBER)

    def bring(number: int = NUMBER) -> Any:
        file = io.BytesIO(content if number == NUMBER else moodle_file(number))
        return import_questions(actor=None, file=file, format="moodle-xml")

    with transaction.atomic():
        report, first = timed(bring)
        again, second = timed(bring)
        assert (report.questions, report.imported, again.imported) == (NUMBER, NUMBER, NUMBER), report.errors[:3]
        imported = Question.objects.filter(versions__created_by=None)
        _size, out = timed(lambda: sum(map(len, Export(imported, "moodle-xml", "en").parts())))
        transaction.set_rollback(True)
    with transaction.atomic():
        memory = peak(bring)
        transaction.set_rollback(True)
    with transaction.atomic():
        bring(CHUNK)
        with CaptureQueriesContext(connection) as seen:
            bring(CHUNK)
        transaction.set_rollback(True)
    return [
        row("Import of 5,000 questions (Moodle XML)", first, "s", SECONDS),
        row("Import of the same 5,000 again", second, "s", SECONDS),
        row("Export of 5,000 questions (Moodle XML)", out, "s", SECONDS / 2),
        row("Import of 5,000 questions, peak memory", memory / 2**20, "MB", MOST_MEMORY),
        row(f"Queries to compare {CHUNK} questions with the bank", len(seen), "", 20),
    ]


def moodle_file(number: int) -> bytes:
    """Return a file of so many questions."""
    return "".join(["<?xml version='1.0' encoding='UTF-8'?><quiz>", *map(question, range(number)), "</quiz>"]).encode()


def question(number: int) -> str:
    category = ""
    if number % 100 == 0:
        category = (
            f"<question type='category'><category><text>$course$/top/Laws/{number // 100}</text></category></question>"
        )
    note = "<feedback format='html'><text>&lt;p&gt;Read article 6 of the protocol again.&lt;/p&gt;</text></feedback>"

    def answer(text: str, share: float) -> str:
        return (
            f"<answer fraction='{share}' format='html'><text>&lt;p&gt;{text} {number}&lt;/p&gt;</text>{note}</answer>"
        )

    kind, body = [
        ("multichoice", "<single>true</single>" + answer("a", 100) + answer("b", 0) + answer("c", 0) + answer("d", 0)),
        ("multichoice", "<single>false</single>" + answer("a", 50) + answer("b", 50) + answer("c", -50)),
        (
            "truefalse",
            f"<answer fraction='100'><text>true</text>{note}</answer><answer fraction='0'><text>false</text></answer>",
        ),
        ("shortanswer", "<usecase>0</usecase>" + answer("protocol", 100)),
        ("numerical", f"<answer fraction='100'><text>{number}</text><tolerance>1</tolerance>{note}</answer>"),
    ][number % 5]
    text = (
        f"Which of these is asked for by question {number} on access to genetic resources and the sharing of benefits?"
    )
    return (
        f"{category}<question type='{kind}'><name><text>Question {number}</text></name><questiontext format='html'>"
        f"<text>&lt;p&gt;{text}&lt;/p&gt;</text></questiontext><generalfeedback format='html'><text>See the text."
        f"</text></generalfeedback><idnumber>q{number}</idnumber><tags><tag><text>ABS</text></tag></tags>{body}</question>"
    )


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    start = time.perf_counter()
    result = work()
    return result, time.perf_counter() - start


def peak(work: Callable[[], Any]) -> int:
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def row(name: str, value: float, unit: str, budget: float) -> dict[str, Any]:
    return {
        "name": name,
        "value": round(value, 1),
        "unit": unit,
        "budget": budget,
        "ok": value <= budget,
    }

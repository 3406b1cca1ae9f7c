"""A question is found to be wrong, and answered: what the tests of regrading do again and again."""

from __future__ import annotations

import uuid

from modules.assessments import services
from modules.assessments.models import Attempt, Question


def correct(question: Question, right: str = "b", ids: str = "abc"):
    """An editor finds out that another choice is right: a new version, which may have other choices."""
    return services.put_question(
        actor=None,
        key=question.key,
        type="single",
        language="en",
        text=f"<p>Question {question.pk}?</p>",
        feedback="<p>Corrected.</p>",
        choices=[{"id": id, "text": f"Choice {id}", "correct": id == right} for id in ids],
    )


def answer_all(attempt, first: str, question: Question, wrong: int = 0) -> Attempt:
    """Hand in with an answer to the question, so many of the others wrong, and the rest right."""
    asked = attempt.questions.select_related("version").order_by("version")
    others = [one.pk for one in asked if one.version.question_id != question.pk]
    answers = {pk: ["c" if place < wrong else "a"] for place, pk in enumerate(others)}
    answers |= {one.pk: [first] for one in asked if one.pk not in others}
    services.save_answers(actor=attempt.learner, attempt=attempt, answers=answers)
    return services.submit_attempt(actor=attempt.learner, attempt=attempt, submission_key=uuid.uuid4())

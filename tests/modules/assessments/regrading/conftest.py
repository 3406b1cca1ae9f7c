"""An organiser regrades the first question of the quiz."""

from __future__ import annotations

import pytest

from jobs.models import Job
from modules.assessments import services
from modules.assessments.models import Question
from modules.assessments.services import regrading
from tests import factories

from .correcting import answer_all, correct


@pytest.fixture
def question(quiz, programme) -> Question:
    factories.SyllabusEntryFactory(course__programme=programme, item=quiz.item.parent)
    return quiz.slots.first().question


@pytest.fixture
def regrade(cast, question):
    """Regrade by the newest version, as the organiser does, and let the worker do it."""

    def done(actor=None, **fields) -> Job:
        asked = {"version": question.versions.last(), "key": question.versions.first(), "reason": "The law changed."}
        job = services.start_regrade(actor=actor or cast.organiser, **asked | fields)
        Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING)
        job.refresh_from_db()
        regrading.regrade(job)
        return job

    return done


@pytest.fixture
def gained_and_lost(begin, question, learner, stranger):
    """The learner chose what is right now, the stranger what was right then."""
    gained = answer_all(begin(), "b", question)
    lost = answer_all(begin(user=stranger), "a", question)
    assert (gained.passed, lost.passed) == (False, True)
    correct(question)
    return gained, lost


@pytest.fixture
def learner(cast):
    return cast.learner

"""Bring text in as a file."""

from __future__ import annotations

import io

import pytest

from modules.assessments.models import Question
from modules.assessments.services.importing import Report, import_questions


@pytest.fixture
def bring(db):
    """Import ``text`` and return the report."""

    def brought(text: str | bytes, format: str = "gift", **options) -> Report:
        content = text.encode() if isinstance(text, str) else text
        return import_questions(actor=options.pop("actor", None), file=io.BytesIO(content), format=format, **options)

    return brought


@pytest.fixture
def newest(db):
    """The newest version of the only question, or of the one with this beginning of its key."""

    def found(key: str = ""):
        question = Question.objects.get(key__startswith=key)
        return question.versions.select_related("question").prefetch_related("texts").first()

    return found

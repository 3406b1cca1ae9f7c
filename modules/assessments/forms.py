"""The forms of an attempt."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable

from django import forms
from django.http import QueryDict

from .models import AttemptQuestion
from .types.base import Answer, Fields
from .words import content_of

ANSWER = re.compile(r"q(\d{1,18})(?:-.*)?", re.DOTALL)
SEEN = re.compile(r"(\d{1,18}):(\d{1,18})")
DROP = re.compile(r"drop:q(\d{1,18}):([0-9a-f-]{36})")
KEY = re.compile(r"[0-9a-f]{32}")


class HandInForm(forms.Form):
    """What is wanted with the answers: keep them, hand them in, or go on in another language."""

    act = forms.CharField()
    submission_key = forms.UUIDField()


class SaveForm(forms.Form):
    """One answer, sent by the page's script as it is given: beside these, the question's own fields."""

    question = forms.IntegerField(min_value=1, max_value=2**63 - 1)
    key = forms.UUIDField()
    seen = forms.IntegerField(min_value=0, max_value=2**63 - 1, required=False)


class FileForm(forms.Form):
    """One file, sent by the page's script as soon as it is chosen."""

    question = forms.IntegerField(min_value=1, max_value=2**63 - 1)
    key = forms.UUIDField()
    file = forms.FileField(allow_empty_file=True)


def drop_file(data: QueryDict, act: str) -> str:
    """Leave a file out of the answer in a form where the pressed button (``"drop:q12:KEY"``) says so.

    Return the id of its question; empty for any other button.
    """
    match = DROP.fullmatch(act)
    if match is None:
        return ""
    data.setlist(f"q{match[1]}", [key for key in data.getlist(f"q{match[1]}") if key != match[2]])
    return match[1]


def seen_in(data: QueryDict) -> dict[int, int]:
    """Return ``{question id: id of the answer that the form showed}`` (0: none) of a whole form."""
    return {int(match[1]): int(match[2]) for value in data.getlist("seen") if (match := SEEN.fullmatch(value))}


def replaced_in(data: QueryDict) -> list[uuid.UUID]:
    """Return the keys of the answers that this one replaced in the browser before they were confirmed."""
    return [uuid.UUID(value) for value in data.getlist("replaces")[:50] if KEY.fullmatch(value)]


def answer_in(data: QueryDict, question: AttemptQuestion) -> Answer:
    """Return what a form holds for one question of an attempt, unchecked. Needs ``with_content``."""
    version = question.version
    return version.kind.read(content_of(version), Fields(data, f"q{question.pk}"))


def answers_in(data: QueryDict, questions: Iterable[AttemptQuestion]) -> dict[int, Answer]:
    """Return ``{question id: answer}`` of a whole form; a question of the attempt left out has none.

    Other questions that the form names are returned too, for the service to refuse.
    """
    found = {question.pk: answer_in(data, question) for question in questions}
    named = {int(match[1]) for name in data if (match := ANSWER.fullmatch(name))}
    return found | dict.fromkeys(sorted(named - set(found)))


def fresh_key() -> str:
    """A key for a form: sent twice, it counts once."""
    return str(uuid.uuid4())

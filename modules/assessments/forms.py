"""The forms of an attempt."""

from __future__ import annotations

import re
import uuid

from django import forms
from django.http import QueryDict

ANSWER = re.compile(r"q(\d{1,18})")


class HandInForm(forms.Form):
    """What is wanted with the answers: keep them, hand them in, or go on in another language."""

    act = forms.CharField()
    submission_key = forms.UUIDField()


class SaveForm(forms.Form):
    """One answer, sent by the page's script as it is given."""

    question = forms.IntegerField(min_value=1, max_value=2**63 - 1)
    key = forms.UUIDField()


def answers_in(data: QueryDict, questions: list[int]) -> dict[int, list[str]]:
    """Return ``{question id: ids of choices}`` of a whole form; a question of the attempt left out has none.

    Other questions that the form names are returned too, for the service to refuse.
    """
    named = {int(match[1]) for name in data if (match := ANSWER.fullmatch(name))}
    return {pk: data.getlist(f"q{pk}") for pk in [*questions, *sorted(named - set(questions))]}


def fresh_key() -> str:
    """A key for a form: sent twice, it counts once."""
    return str(uuid.uuid4())

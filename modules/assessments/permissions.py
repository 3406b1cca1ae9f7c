"""Who may do what with questions and quizzes."""

from __future__ import annotations

from typing import Any

from core.permissions import EDITORS, ORGANISERS
from institutions.models import Role
from institutions.permissions import organises_a_programme
from institutions.roles import holds

WRITTEN = ("question", "quiz", "questioncategory", "questionimport")
WRITERS = [f"{act}_{model}" for model in WRITTEN for act in ("add", "change", "view")]
TIME = [f"{act}_timeallowance" for act in ("add", "change", "view")]
GROUP_PERMISSIONS = {EDITORS: WRITERS, ORGANISERS: [*WRITERS, *TIME]}


def writes_quizzes(user: Any) -> bool:
    """Editors and organisers."""
    return holds(user, Role.EDITOR) or organises_a_programme(user)


def grants_time(user: Any) -> bool:
    """Organisers give single learners more time: to whom, ``TimeAllowance.objects.visible_to`` says."""
    return organises_a_programme(user)


def regrades(user: Any) -> bool:
    """Organisers change past results, where a question was wrong: which, ``to_regrade_by`` of attempts says."""
    return organises_a_programme(user)


def marks_answers(user: Any) -> bool:
    """Trainers and organisers have a marking queue, also an empty one."""
    return holds(user, Role.TRAINER, Role.ORGANISER)

"""Who may do what with questions and quizzes."""

from __future__ import annotations

from typing import Any

from core.permissions import EDITORS, ORGANISERS
from institutions.models import Role
from institutions.roles import holds

WRITERS = [f"{act}_{model}" for model in ("question", "quiz") for act in ("add", "change", "view")]
GROUP_PERMISSIONS = {EDITORS: WRITERS, ORGANISERS: WRITERS}


def writes_quizzes(user: Any) -> bool:
    """Editors and organisers."""
    return holds(user, Role.EDITOR, Role.ORGANISER)

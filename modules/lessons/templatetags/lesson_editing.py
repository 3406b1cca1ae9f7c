"""Template tags of the editor."""

from __future__ import annotations

from typing import Any

from django import template

from ..checks import findings_of
from ..models import LessonPage
from ..weight import weight_of

register = template.Library()


@register.simple_tag
def lesson_checks(page: Any) -> dict[str, Any] | None:
    """``{% lesson_checks page as checks %}``: weight and findings of a lesson; ``None`` for anything else."""
    if not isinstance(page, LessonPage):
        return None
    return {"weight": weight_of(page), "findings": findings_of(page)}

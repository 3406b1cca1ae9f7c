"""The question types. To add one: a folder with its class, its template, and a line here."""

from __future__ import annotations

from django.utils.translation import gettext as _

from .base import InvalidQuestion, QuestionType
from .categorising import Categorising
from .choice import MultipleChoice, SingleChoice, TrueFalse
from .essay import Essay
from .gaps import Gaps
from .hotspot import Hotspot
from .matching import Matching
from .numeric import Numeric
from .ordering import Ordering
from .short_answer import ShortAnswer
from .upload import Upload

TYPES: tuple[QuestionType, ...] = (
    SingleChoice(),
    MultipleChoice(),
    TrueFalse(),
    Matching(),
    Ordering(),
    Categorising(),
    ShortAnswer(),
    Numeric(),
    Gaps(),
    Hotspot(),
    Essay(),
    Upload(),
)

_by_name = {kind.name: kind for kind in TYPES}


def type_of(name: str) -> QuestionType:
    """Return a type by its name. Raises ``InvalidQuestion``."""
    try:
        return _by_name[name]
    except KeyError:
        raise InvalidQuestion(_("This type of question is not known.")) from None


def type_choices() -> list[tuple[str, str]]:
    """Return ``(name, label)`` of every type, for fields and filters."""
    return [(kind.name, str(kind.label)) for kind in TYPES]


def marked_types() -> list[str]:
    """Return the names of the types whose answers a person marks."""
    return [kind.name for kind in TYPES if kind.marked_by_person]


__all__ = ["TYPES", "marked_types", "type_choices", "type_of"]

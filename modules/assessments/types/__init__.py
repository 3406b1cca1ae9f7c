"""The question types. To add one, add a folder: its classes with a name are found (``docs/question-types.md``)."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from django.utils.translation import gettext as _

from .base import InvalidQuestion, QuestionType


def found() -> list[QuestionType]:
    """Return one object of every type, in the order in which authors choose from them."""
    kinds = []
    for folder in iter_modules(__path__, f"{__name__}."):
        for kind in vars(import_module(folder.name)).values() if folder.ispkg else ():
            own = isinstance(kind, type) and kind.__module__ == folder.name and issubclass(kind, QuestionType)
            if own and "name" in vars(kind):
                kinds.append(kind())
    return sorted(kinds, key=lambda kind: kind.place)


TYPES: tuple[QuestionType, ...] = tuple(found())

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


def typed_types() -> list[str]:
    """Return the names of the types whose answers are graded by themselves and typed in a person's own words."""
    return [kind.name for kind in TYPES if kind.typed]


__all__ = ["TYPES", "marked_types", "type_choices", "type_of", "typed_types"]

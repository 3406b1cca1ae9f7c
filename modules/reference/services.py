"""Writing the glossary. Lessons explain its words, so that all of them are rendered anew after a change."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Locale

from core import audit
from core.errors import DomainError
from modules.records.models import Item

from .models import Term


class TermExists(DomainError):
    """A language explains a word once."""

    def __init__(self, name: str) -> None:
        super().__init__(_("The glossary explains “%(name)s” already in this language.") % {"name": name})


@transaction.atomic
def put_term(
    *,
    actor: Any,
    language: str,
    name: str,
    definition: str,
    source: str = "",
    synonyms: str = "",
    key: uuid.UUID | None = None,
    term: Term | None = None,
) -> Term:
    """Write a term in a language, and return it.

    ``term``: the one to change (else a new one is made); ``key``: that of the term whose translation it is, if any.
    Raises ``TermExists`` if the language has the word, or the translation, already.
    """
    made = term is None
    term = term or Term(locale=Locale.objects.get(language_code=language), translation_key=key or uuid.uuid4())
    if key is not None:
        term.translation_key = key
    others = Term.objects.filter(locale=term.locale).exclude(pk=term.pk)
    if others.filter(name__iexact=name).exists() or others.filter(translation_key=term.translation_key).exists():
        raise TermExists(name)
    term.name, term.definition, term.source, term.synonyms = name, definition, source, synonyms
    term.save()
    audit.record(actor=actor, action=f"reference.{'create' if made else 'change'}_term", obj=term, language=language)
    forget_lessons()
    return term


@transaction.atomic
def delete_term(*, actor: Any, term: Term) -> None:
    """Take a word out of the glossary in its language."""
    audit.record(actor=actor, action="reference.delete_term", obj=term, language=term.locale.language_code)
    term.delete()
    forget_lessons()


def forget_lessons() -> None:
    """Let every process forget the lessons that it has rendered."""
    Item.objects.filter(kind=Item.Kind.MODULE).touch()

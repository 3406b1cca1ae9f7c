"""What a module offers to take along, and whether it is made already."""

from __future__ import annotations

from typing import Any, NamedTuple
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from ..models import ModuleFile

WORDS = {
    ModuleFile.Format.PDF: _("Every lesson with contents, page numbers and the words explained."),
    ModuleFile.Format.ZIP: _("Unpack it and open index.html. It needs neither a line nor an account."),
}


class Offer(NamedTuple):
    """One format."""

    kind: str
    title: Any
    words: Any
    file: ModuleFile | None


def offers_of(module_key: UUID, language: str) -> list[Offer]:
    """Return what is offered of a module in a language. One query."""
    made = {row.format: row for row in ModuleFile.objects.current().filter(item__key=module_key, language=language)}
    return [Offer(kind.value, kind.label, WORDS[kind], made.get(kind)) for kind in ModuleFile.Format]

"""What a type of question says of itself in other systems' formats. One ``Exchange`` in the folder of each type.

Every method reads or writes what is the type's own; name, text, feedback, category and tags are done for all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from .problems import CannotCarry

if TYPE_CHECKING:
    from . import gift, moodle_xml, qti, table
    from .draft import Draft


class Exchange:
    """A type that no format carries. Types override what they can."""

    def from_gift(self, record: gift.Record) -> Draft | None:
        """Return the question that a record of GIFT is; ``None`` when it is of another type. Raises ``CannotCarry``."""
        return None

    def from_moodle(self, record: moodle_xml.Record) -> Draft | None:
        """Return ``record.draft`` with type, body and parts; ``None`` when it is of another type."""
        return None

    def from_qti(self, record: qti.Record) -> Draft | None:
        """Return ``record.draft`` with type, text, body and parts; ``None`` when it is of another type."""
        return None

    def from_row(self, row: table.Row) -> Draft | None:
        """Return the question that a row of a table is; ``None`` when it is of another type."""
        return None

    def to_gift(self, draft: Draft) -> gift.Record:
        """Return the record of a question: kind, answers. What GIFT cannot say is noted as lost, or raises."""
        raise CannotCarry(_("GIFT has no questions of this type."))

    def to_moodle(self, draft: Draft, load: moodle_xml.Load) -> moodle_xml.Written:
        """Return the question as Moodle's XML."""
        raise CannotCarry(_("Moodle XML has no questions of this type."))

    def to_row(self, draft: Draft) -> table.Row:
        """Return the question as a row."""
        raise CannotCarry(_("The table has no questions of this type."))


def said(record: Any, draft: Draft) -> str:
    """Return the name by which a report calls a question: its own, else its first words."""
    from .markup import words

    name = getattr(record, "name", "") or draft.name or draft.idnumber
    if name:
        return name
    text = " ".join(words(draft.text).split())
    return text if len(text) <= 60 else f"{text[:59]}…"

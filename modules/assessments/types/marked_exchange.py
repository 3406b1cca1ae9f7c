"""What is marked by a person, in other systems' formats, none of which has rubrics: ours travels along."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from ..exchange import markup, moodle_xml, table
from ..exchange.contract import Exchange
from ..exchange.draft import Draft

if TYPE_CHECKING:
    from ..exchange import gift, qti

NO_TEXT = "noinline"


class EssayExchange(Exchange):
    def from_gift(self, record: gift.Record) -> Draft | None:
        if record.kind != "essay" or record.extra.get("type", "essay") != "essay":
            return None
        draft = record.draft("essay")
        return with_rubric(draft, word_limits(draft))

    def from_moodle(self, record: moodle_xml.Record) -> Draft | None:
        element, draft = record.element, record.draft
        if record.kind != "essay" or moodle_xml.value(element, "responseformat") == NO_TEXT:
            return None
        note_losses(record)
        if moodle_xml.value(element, "attachments", "0") != "0":
            draft.lose(_("the files that may be attached"))
        draft.type = "essay"
        body = {name: count for name in LIMITS if (count := whole(moodle_xml.value(element, LIMITS[name])))}
        return with_rubric(draft, body)

    def from_qti(self, record: qti.Record) -> Draft | None:
        if record.kind != "extendedTextInteraction" or len(record.interactions) != 1:
            return None
        record.draft.text, record.draft.type = record.asked(), "essay"
        return with_rubric(record.draft, {})

    def from_row(self, row: table.Row) -> Draft | None:
        if row.type != "essay":
            return None
        body = {name: count for name in LIMITS if (count := whole(row.options.get(name, "")))}
        return with_rubric(row.draft("essay"), body)

    def to_gift(self, draft: Draft) -> gift.Record:
        from ..exchange import gift

        if limits := {name: draft.body[name] for name in LIMITS if draft.body.get(name)}:
            draft.lose(_("how many words are asked for"))
            draft.keep("words", limits)
        keep_rubric(draft)
        return gift.record_of(draft, "essay", [])

    def to_moodle(self, draft: Draft, load: moodle_xml.Load) -> moodle_xml.Written:
        keep_rubric(draft)
        written = moodle_xml.Written("essay", draft, load)
        written.add("responseformat", "editor")
        written.add("responserequired", "1")
        written.add("responsefieldlines", "15")
        for name, theirs in LIMITS.items():
            if draft.body.get(name):
                written.add(theirs, str(draft.body[name]))
        written.add("attachments", "0")
        written.add("attachmentsrequired", "0")
        written.html("graderinfo", "")
        written.html("responsetemplate", "")
        return written

    def to_row(self, draft: Draft) -> table.Row:
        keep_rubric(draft)
        limits = {name: str(draft.body[name]) for name in LIMITS if draft.body.get(name)}
        return table.row_of(draft, [], **limits)


LIMITS = {"min_words": "minwordlimit", "max_words": "maxwordlimit"}


def word_limits(draft: Draft) -> dict[str, Any]:
    """Return the numbers of words that travelled along."""
    return {name: count for name, count in draft.kept("words", {}).items() if name in LIMITS and isinstance(count, int)}


def whole(text: str) -> int:
    """Return a number above nothing; 0 for anything else."""
    return int(text) if text.strip().isdigit() else 0


def note_losses(record: moodle_xml.Record) -> None:
    """Note what an essay of Moodle has and ours has not."""
    for path, what in (
        ("graderinfo", _("the notes for graders")),
        ("responsetemplate", _("the text that the answer begins with")),
    ):
        if markup.words(moodle_xml.value(record.element, path)):
            record.draft.lose(what)


def with_rubric(draft: Draft, body: dict[str, Any]) -> Draft:
    """Fill a question with its body and with the rubric that travelled along."""
    rubric = draft.kept("rubric", {"criteria": [], "parts": {}})
    draft.body = body
    if rubric.get("criteria"):
        draft.body["criteria"] = rubric["criteria"]
        draft.parts = {str(id): {"text": str(text)} for id, text in dict(rubric.get("parts", {})).items()}
    return draft


def keep_rubric(draft: Draft) -> None:
    """Let the rubric travel along, and say that only we read it."""
    if draft.body.get("criteria"):
        parts = {id: part.get("text", "") for id, part in draft.parts.items()}
        draft.keep("rubric", {"criteria": draft.body["criteria"], "parts": parts})
        draft.lose(_("the rubric"))

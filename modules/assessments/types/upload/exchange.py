"""Uploads in other systems' formats: Moodle's essays without a text of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from ...exchange import moodle_xml, table
from ...exchange.contract import Exchange
from ...exchange.draft import Draft
from ..marked_exchange import NO_TEXT, keep_rubric, note_losses, whole, with_rubric

if TYPE_CHECKING:
    from ...exchange import qti

MB = 1024 * 1024
MOST_FILES, MOST_MEGABYTES = 10, 100
# What Moodle calls our kinds of files, and endings, told apart by their first sign.
MOODLE = {
    "document": {"document", "text_file", ".pdf", ".docx", ".odt", ".txt", ".doc"},
    "table": {"spreadsheet", ".xlsx", ".csv", ".xls", ".ods"},
    "slides": {"presentation", ".pptx", ".ppt", ".odp"},
    "picture": {"image", "web_image", ".jpg", ".jpeg", ".png", ".webp"},
    "recording": {"audio", "video", "html_audio", "html_video", "web_audio", "web_video", ".mp3", ".m4a", ".mp4"},
}
WRITTEN = {
    "document": ".pdf,.docx,.odt,.txt",
    "table": ".xlsx,.csv",
    "slides": ".pptx",
    "picture": ".jpg,.jpeg,.png,.webp",
    "recording": ".mp3,.m4a,.ogg,.opus,.mp4,.webm",
}


class UploadExchange(Exchange):
    def from_moodle(self, record: moodle_xml.Record) -> Draft | None:
        element, draft = record.element, record.draft
        if record.kind != "essay" or moodle_xml.value(element, "responseformat") != NO_TEXT:
            return None
        note_losses(record)
        told = {name.strip().lower() for name in moodle_xml.value(element, "filetypeslist").split(",") if name.strip()}
        if unknown := told - set().union(*MOODLE.values()) - {".ogg", ".opus", ".webm"}:
            draft.lose(_("these kinds of files: %(names)s") % {"names": ", ".join(sorted(unknown))})
        kinds = [kind for kind, names in MOODLE.items() if not told or told & names] or ["document"]
        endings = {name for name in told if name.startswith(".")}
        more = {kind: set(WRITTEN[kind].split(",")) - told for kind in kinds if told and told & MOODLE[kind] <= endings}
        if added := sorted(set().union(*more.values())):
            names = {"names": ", ".join(sorted(told)), "more": ", ".join(added)}
            draft.lose(_("that only %(names)s are taken: %(more)s are taken too") % names)
        count = whole(moodle_xml.value(element, "attachments", "1"))
        if not count:
            draft.lose(_("any number of files: %(number)s at most") % {"number": MOST_FILES})
        size = whole(moodle_xml.value(element, "maxbytes", "0"))
        megabytes = min(-(-size // MB), MOST_MEGABYTES) or 10
        if size and size != megabytes * MB:
            draft.lose(
                _("the limit of %(bytes)s bytes for a file: it is %(size)s MB") % {"bytes": size, "size": megabytes}
            )
        draft.type = "upload"
        return with_rubric(draft, limited(kinds, count or MOST_FILES, megabytes))

    def from_qti(self, record: qti.Record) -> Draft | None:
        if record.kind != "uploadInteraction" or len(record.interactions) != 1:
            return None
        record.draft.text, record.draft.type = record.asked(), "upload"
        return with_rubric(record.draft, limited(list(MOODLE), 1, 10))

    def from_row(self, row: table.Row) -> Draft | None:
        if row.type != "upload":
            return None
        kinds = [kind.strip() for kind in row.options.get("kinds", "document").split(",") if kind.strip()]
        body = limited(kinds, whole(row.options.get("count", "1")), whole(row.options.get("megabytes", "10")))
        return with_rubric(row.draft("upload"), body)

    def to_moodle(self, draft: Draft, load: moodle_xml.Load) -> moodle_xml.Written:
        keep_rubric(draft)
        count = draft.body.get("count", 1)
        written = moodle_xml.Written("essay", draft, load)
        written.add("responseformat", NO_TEXT)
        written.add("responserequired", "0")
        written.add("responsefieldlines", "15")
        written.add("attachments", str(count))
        written.add("attachmentsrequired", "1")
        written.add("maxbytes", str(draft.body.get("megabytes", 10) * MB))
        written.add("filetypeslist", ",".join(WRITTEN[kind] for kind in draft.body["kinds"]))
        written.html("graderinfo", "")
        written.html("responsetemplate", "")
        return written

    def to_row(self, draft: Draft) -> table.Row:
        keep_rubric(draft)
        body = draft.body
        return table.row_of(
            draft,
            [],
            kinds=", ".join(body["kinds"]),
            count=str(body.get("count", 1)),
            megabytes=str(body.get("megabytes", 10)),
        )


def limited(kinds: list[str], count: int, megabytes: int) -> dict[str, Any]:
    """Return the body of an upload within the platform's limits."""
    return {
        "kinds": kinds,
        "count": min(max(count, 1), MOST_FILES),
        "megabytes": min(max(megabytes, 1), MOST_MEGABYTES),
    }

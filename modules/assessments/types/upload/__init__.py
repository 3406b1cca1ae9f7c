"""File upload: one file or several, marked by a trainer with a rubric; see ``marked``.

Body: that of the rubric, with ``kinds`` (names of ``KINDS``), ``count`` and ``megabytes`` (of each file). Answer: the
keys of the files handed in, in the order in which they came. The files themselves are checked and kept by
``services.files``; a type only sees those of its question, in ``content.files``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from media.checks import MB

from ..base import Answer, Body, Content, Fields, InvalidQuestion, UnknownAnswer, Words
from ..marked import MarkedByPerson
from .exchange import UploadExchange

if TYPE_CHECKING:
    from ...admin_forms import QuestionForm

KINDS: dict[str, tuple[str, ...]] = {
    "document": ("pdf", "docx", "odt", "txt"),
    "table": ("xlsx", "csv"),
    "slides": ("pptx",),
    "picture": ("jpg", "jpeg", "png", "webp"),
    "recording": ("mp3", "m4a", "ogg", "opus", "mp4", "webm"),
}
COUNT, MEGABYTES = 1, 10
MOST_FILES, MOST_MEGABYTES = 10, 100


class Upload(MarkedByPerson):
    """Files."""

    name = "upload"
    place = 120
    label = gettext_lazy("File upload")
    hint = gettext_lazy("A file or several, marked by a trainer with your criteria.")
    icon = "upload"
    exchange = UploadExchange()
    takes_files = True
    script = "types/upload/upload.js"

    def form_class(self) -> type[QuestionForm]:
        from .form import UploadForm

        return UploadForm

    def check(self, body: Body, words: Words) -> None:
        super().check(body, words)
        kinds = body.get("kinds", [])
        if not kinds or set(kinds) - set(KINDS):
            raise InvalidQuestion(_("Say which kinds of files are accepted."))
        if (
            not 1 <= body.get("count", COUNT) <= MOST_FILES
            or not 1 <= body.get("megabytes", MEGABYTES) <= MOST_MEGABYTES
        ):
            raise InvalidQuestion(_("A learner can hand in up to 10 files of up to 100 MB."))

    def extensions(self, body: Body) -> list[str]:
        """Return the endings of the names of files that are accepted."""
        return [extension for kind in body["kinds"] for extension in KINDS[kind]]

    def read(self, content: Content, fields: Fields) -> Answer:
        kept = [key for key in fields.all() if key]
        return (
            kept[-1:] if content.body.get("count", COUNT) == 1 else kept
        )  # a new file takes the place of the only one

    def clean(self, content: Content, answer: Answer) -> Answer:
        if not isinstance(answer, list) or any(not isinstance(key, str) or key not in content.files for key in answer):
            raise UnknownAnswer
        keys, most = list(dict.fromkeys(answer)), content.body.get("count", COUNT)
        if len(keys) > most:
            text = ngettext("Hand in %(number)d file at most.", "Hand in %(number)d files at most.", most)
            raise UnknownAnswer(text % {"number": most})
        return keys

    def card(self, content: Content, answer: Answer, *, language: str, seed: int, graded: bool) -> dict[str, Any]:
        body, keys = content.body, [key for key in answer or () if key in content.files]
        return {
            **super().card(content, answer, language=language, seed=seed, graded=graded),
            "files": [content.files[key] for key in keys],
            "count": body.get("count", COUNT),
            "bytes": body.get("megabytes", MEGABYTES) * MB,
            "megabytes": body.get("megabytes", MEGABYTES),
            "accept": ",".join(f".{extension}" for extension in self.extensions(body)),
            "endings": ", ".join(self.extensions(body)),
        }

    def answer_text(self, content: Content, answer: Answer, language: str) -> str:
        return "; ".join(content.files[key].name for key in answer or () if key in content.files)

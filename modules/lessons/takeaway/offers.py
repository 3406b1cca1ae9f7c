"""What a module offers to take along, and whether it is made already."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from core.caching import PAGES, generation, name, recalled
from media.models import CampusMedia

from ..models import LessonPage, ModuleFile
from ..outline import best_pages, skeletons

WORDS = {
    ModuleFile.Format.PDF: _("Every lesson with contents, page numbers and the words explained."),
    ModuleFile.Format.ZIP: _("Unpack it and open index.html. It needs neither a line nor an account."),
}
RECORDED = _("The same with videos and sound recordings, which weigh %(size)s. Transcripts are in every format.")


class Offer(NamedTuple):
    """One format."""

    kind: str
    ending: str
    title: Any
    words: Any
    file: ModuleFile | None


def offers_of(module_key: UUID, language: str) -> list[Offer]:
    """Return what is offered of a module in a language; with recordings only where it has some. One query."""
    made = {row.format: row for row in ModuleFile.objects.current().filter(item__key=module_key, language=language)}
    weight = recalled(
        name("recordings", module_key, language, generation(PAGES)), partial(weight_of_recordings, module_key, language)
    )
    words = WORDS | ({ModuleFile.Format.FULL: RECORDED % {"size": filesizeformat(weight)}} if weight else {})
    return [Offer(kind.value, kind.ending, kind.label, said, made.get(kind)) for kind, said in words.items()]


def weight_of_recordings(module_key: UUID, language: str) -> int:
    """Return the bytes of the videos and sound recordings in a module's lessons."""
    skeleton = skeletons([module_key], language).get(module_key)
    keys = [lesson.key for lesson in skeleton.lessons] if skeleton else []
    lessons = LessonPage.objects.filter(pk__in=[page.pk for page in best_pages(LessonPage, keys, language).values()])
    used = {
        block["value"].get("media")
        for body in lessons.values_list("body", flat=True)
        for block in body.raw_data
        if block["type"] == "media"
    }
    total = 0
    for recording in CampusMedia.objects.filter(pk__in=used):
        with suppress(OSError):  # a file that is gone weighs nothing; the checks name it
            total += recording.file.size
    return total

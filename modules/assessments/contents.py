"""What the types need of an attempt's questions beside body and words: files handed in, marks, pictures."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import prefetch_related_objects

from media.models import CampusImage

from .regrading import with_right_answers_of
from .types.base import Answer, Content, QuestionType, UnknownAnswer
from .words import content_of

PICTURE = "max-1200x1200"


def contents(questions: Collection[Any], *, to_grade: bool = False) -> dict[int, Content]:
    """Return ``{question id: Content}``. At most four queries more than ``with_content``, however many questions.

    A question that was regraded has the right answers of its key once it has its points; until then it is shown and
    answered as it was asked, and has them only where it is about ``to_grade``. An answer that the key does not offer is
    shown and graded by what was asked. Regraded questions need ``with_answers``.
    """
    prefetch_related_objects([one for one in questions if one.version.kind.takes_files], "files")
    prefetch_related_objects([one for one in questions if one.version.kind.marked_by_person], "marks")
    shown = pictures({id for one in questions for id in one.version.kind.picture_ids(one.version.body)})
    found = {
        question.pk: content_of(
            question.version,
            pictures=shown,
            files={str(file.key): file for file in question.files.all()} if question.version.kind.takes_files else {},
            mark=_released(question) if question.version.kind.marked_by_person else None,
        )
        for question in questions
    }
    for question in questions:
        if question.regraded_by is not None and (to_grade or question.points is not None):
            kind = question.version.kind
            corrected = with_right_answers_of(kind, found[question.pk], content_of(question.regraded_by))
            if offers(kind, corrected, question.answer):
                found[question.pk] = corrected
    return found


def offers(kind: QuestionType, content: Content, answer: Answer) -> bool:
    """Whether an answer that was saved could have been given to this content."""
    try:
        if answer:
            kind.clean(content, answer)
    except UnknownAnswer:
        return False
    return True


def content_for(question: Any, *, to_grade: bool = False) -> Content:
    """Return the ``Content`` of one question of an attempt."""
    return contents([question], to_grade=to_grade)[question.pk]


def pictures(ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """Return address and size of pictures by id; what is gone is left out."""
    if not ids:
        return {}
    found = {}
    for image in CampusImage.objects.filter(pk__in=ids).prefetch_renditions(PICTURE):
        rendition = image.get_rendition(PICTURE)
        found[image.pk] = {
            "url": rendition.url,
            "width": image.width,
            "height": image.height,
            "alt": image.description or image.title,
        }
    return found


def _released(question: Any) -> dict[str, Any] | None:
    """The mark that the learner may see: the newest one released."""
    marks = [mark for mark in question.marks.all() if mark.released_at]
    return {"levels": marks[-1].levels, "comment": marks[-1].comment} if marks else None

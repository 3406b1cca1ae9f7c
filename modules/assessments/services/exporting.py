"""Taking questions along: the bank, or a category of it, as a file of any format that is written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from core.languages import best_title, native_name

from ..categories import path_of, within
from ..exchange import gift, moodle_xml, table
from ..exchange.contract import said
from ..exchange.draft import Draft
from ..exchange.identity import idnumber_of
from ..exchange.problems import CannotCarry
from ..exchange.reading import Unsupported
from ..models import Question, QuestionCategory, QuestionVersion
from ..words import content_of
from .pictures import load_picture

CHUNK = 200
KEPT_GAP = re.compile(r"\[\[[^\[\]]+\]\]")
FORMATS = {
    "moodle-xml": ("xml", "application/xml"),
    "gift": ("txt", "text/plain"),
    "csv": ("csv", "text/csv"),
}
"""What is written, with the ending of the file and its media type."""


@dataclass
class Export:
    """A file being written: ``parts`` yields it; afterwards ``written`` and ``unsupported`` tell what came of it.

    ``unsupported``: questions that the format cannot carry, and (of those that were written) what was left out.
    """

    questions: QuerySet[Question]
    format: str
    language: str
    written: int = 0
    seen: int = 0
    unsupported: list[Unsupported] = field(default_factory=list)

    def parts(self) -> Iterator[str]:
        """Yield the text of the file. The memory used is that of a chunk."""
        if self.format == "moodle-xml":
            return moodle_xml.write(self._each("to_moodle", load_picture))
        if self.format == "csv":
            return table.write(self._each("to_row"))
        return gift.write(self._each("to_gift"))

    def _each(self, method: str, *more: Any) -> Iterator[Any]:
        for version, draft in drafts_of(self.questions, self.language):
            self.seen += 1
            try:
                written = getattr(version.kind.exchange, method)(draft, *more)
            except CannotCarry as error:
                self._note(draft, str(error))
                continue
            if draft.lost:
                self._note(draft, _("Exported without: %(what)s.") % {"what": "; ".join(draft.lost)})
            self.written += 1
            yield written

    def _note(self, draft: Draft, why: str) -> None:
        self.unsupported.append(Unsupported(said(draft, draft), draft.type, 0, why))


def questions_in(category: QuestionCategory | None) -> QuerySet[Question]:
    """Return the questions in use of a category and those below it; of the whole bank without one."""
    questions = Question.objects.in_use()
    if category is None:
        return questions
    tree = dict(QuestionCategory.objects.values_list("pk", "parent_id"))
    return questions.filter(category__in=within(tree, category.pk))


def drafts_of(questions: QuerySet[Question], language: str) -> Iterator[tuple[QuestionVersion, Draft]]:
    """Yield the newest version of each question with its draft, by category; three queries for each chunk."""
    newest = QuestionVersion.objects.filter(question=OuterRef("pk")).order_by("-number").values("pk")[:1]
    ids = iter(
        questions.annotate(newest=Subquery(newest))
        .filter(newest__isnull=False)
        .order_by("category_id", "pk")
        .values_list("newest", flat=True)
        .iterator(chunk_size=2000)
    )
    paths = _paths(language)
    while chunk := list(islice(ids, CHUNK)):
        versions = QuestionVersion.objects.select_related("question").prefetch_related("texts", "question__tags")  # type: ignore[misc]
        found = versions.in_bulk(chunk)
        for pk in chunk:
            if pk in found:
                yield found[pk], _draft(found[pk], language, paths)


def _paths(language: str) -> dict[int, tuple[str, ...]]:
    rows = list(QuestionCategory.objects.values_list("pk", "parent_id", "titles"))
    tree = {pk: parent for pk, parent, _titles in rows}
    names = {pk: best_title(titles, asked=language) or str(pk) for pk, _parent, titles in rows}
    return {pk: tuple(names[one] for one in path_of(tree, pk)) for pk in tree}


def _draft(version: QuestionVersion, language: str, paths: dict[int, tuple[str, ...]]) -> Draft:
    question = version.question
    words = content_of(version).in_language(language, version.kind.needed(version.body))
    draft = Draft(
        type=version.type,
        text=words.text,
        feedback=words.feedback,
        body=deepcopy(version.body),
        parts={id: dict(part) for id, part in words.parts.items()},
        idnumber=question.idnumber or idnumber_of(question.key),
        category=paths.get(question.category_id or 0, ()),
        tags=sorted(tag.name for tag in question.tags.all()),
        language=words.language,
    )
    draft.name = question.name or said(draft, Draft("", KEPT_GAP.sub(gift.GAP, draft.text), {}))
    if question.idnumber:
        draft.extra["key"] = question.key
    if words.language != language:
        draft.lose(_("the asked language: it is written in %(language)s") % {"language": native_name(words.language)})
    return draft

"""Bringing questions in: a file of any format into the bank, in chunks, each with a constant number of queries."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, BinaryIO

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from core.errors import DomainError
from core.languages import native_name

from ..categories import path_of
from ..exchange import reading
from ..exchange.contract import said
from ..exchange.draft import Draft
from ..exchange.gift import category_path
from ..exchange.identity import Keys, Series, foreign_id, is_ours, same
from ..exchange.keeping import Before, keep_ids
from ..exchange.problems import Fault
from ..exchange.reading import Unsupported
from ..models import AttemptQuestion, Question, QuestionCategory, QuestionText, QuestionVersion
from ..types import type_of
from ..wordings import followed
from ..words import first_words, to_html
from .authoring import check_question
from .import_filing import Filing
from .import_matching import Matching
from .import_report import CHANGED, NEW, REFUSED, SAME, Report, Row
from .pictures import Pictures

CHUNK = 200


def import_questions(
    *,
    actor: Any,
    file: BinaryIO,
    format: str,
    language: str = "en",
    category: str = "",
    dry_run: bool = False,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Report:
    """Bring the questions of a file into the bank and say what came of each. Raises ``Unreadable`` and writes nothing.

    ``category`` (``"Laws/Access"``) holds the categories of the file. A question that is there already (see
    ``exchange.identity``) stays when it is the same, else it gets a new version once it was asked; brought in another
    language it gets its words. ``dry_run`` writes nothing. ``progress`` is told after every chunk, outside any
    transaction, how many of how many are done.
    """
    total = 0
    for total, _question in enumerate(reading.count(file, format), start=1):
        if total % CHUNK == 0:
            progress(0, total)  # a file that ends in the middle is no half import, so it is read to its end first
    report = Report()
    into = _Import(actor, language, category, dry_run, report)
    found = reading.read(file, format, language)
    while chunk := list(islice(found, CHUNK)):
        into.bring(chunk)
        progress(report.questions, total)
    if format != "qti":  # whose lines are those of many files
        for told in (report.unsupported, report.errors, report.rows):
            told.sort(key=lambda each: each.line)
    return report


@dataclass
class _Planned:
    """A question about to be written; ``version`` is the one that gets the words, unsaved when it is new."""

    draft: Draft
    key: str
    words: dict[str, Any]
    translations: dict[str, dict[str, Any]]
    question: Question | None
    newest: QuestionVersion | None
    held: QuestionText | None
    followed: dict[str, dict[str, Any]] = field(default_factory=dict)
    """The parts of translations that are here and not in the file, where they change with the original."""
    state: str = NEW
    makes_version: bool = True


class _Import:
    def __init__(self, actor: Any, language: str, category: str, dry_run: bool, report: Report) -> None:
        self.actor, self.language, self.dry_run, self.report = actor, language, dry_run, report
        self.base = category_path(category)
        self.keys = Keys("/".join(self.base))
        self.pictures = Pictures(actor=actor, write=not dry_run)
        self.filing = Filing(actor, language, self.base)
        self.matching = Matching(language)

    def bring(self, chunk: Sequence[reading.Found]) -> None:
        """Write a chunk in one transaction and report it."""
        drafts, ours = [], set()
        for found in chunk:
            if isinstance(found, Draft):
                self.report.questions += 1
                if is_ours(found):
                    ours.add(id(found))
                drafts.append((found, self.keys.key(found)))
            elif isinstance(found, Unsupported):
                self.report.questions += 1
                self.report.unsupported.append(found)
                self.report.rows.append(Row(found.line, found.name, found.type, REFUSED, why=found.why))
            else:
                self.report.questions += not found.is_remark
                self.report.errors.append(found)
                self.report.rows.append(Row(found.line, found.name, "", REFUSED, why=found.why))
        self.pictures.take(draft for draft, _key in drafts)
        with transaction.atomic():
            planned = self._planned([pair for pair in drafts if self._is_fit(pair[0])], ours)
            if not self.dry_run:
                self._write(planned)

    def _is_fit(self, draft: Draft) -> bool:
        """Whether the question can be asked and graded; else it is reported."""
        try:
            check_question(type=draft.type, language=self.language, text=draft.text, body=draft.body, parts=draft.parts)
        except (DomainError, LookupError, TypeError, ValueError, AttributeError) as error:
            # what travelled along in a file is no better than what a stranger writes
            why = str(error) if isinstance(error, DomainError) else _("Its settings cannot be read.")
            fault = Fault(draft.line, why, said(draft, draft))
            self.report.errors.append(fault)
            self.report.rows.append(Row(fault.line, fault.name, draft.type, REFUSED, why=fault.why))
            return False
        for language, words in list(draft.translations.items()):
            try:
                check_question(
                    type=draft.type, language=language, text=words["text"], body=draft.body, parts=words["parts"]
                )
            except DomainError:
                draft.lose(_("its words in %(language)s, which are not whole") % {"language": native_name(language)})
                del draft.translations[language]
        return True

    def _planned(self, drafts: Sequence[tuple[Draft, str | Series]], ours: Set[int]) -> list[_Planned]:
        """Compare with what is there: few queries, however many questions. ``ours``: drafts that we wrote, by id()."""
        found = self.matching.match(drafts)
        newest, used = found.newest, found.used
        asked = set(
            AttemptQuestion.objects.filter(version__in=newest.values()).values_list("version_id", flat=True).distinct()
        )
        planned = []
        for draft, key in zip((draft for draft, _known in drafts), found.keys, strict=True):
            question = found.held.get(key)
            latest = newest.get(question.pk) if question else None
            if question is not None and latest is not None and latest.type == draft.type:
                here = next((row for row in latest.texts.all() if row.language == self.language), None)
                is_own = question.source_language == self.language
                known = Before(latest.body, here.parts if here else None, used[question.pk], is_own)
                keep_ids(draft, known, is_ours=id(draft) in ours)
            plan = _Planned(
                draft,
                key,
                _stored(draft.text, draft.feedback, draft.parts),
                {language: _stored(**words) for language, words in draft.translations.items()},
                question,
                latest,
                None,
            )
            self._compare(plan, asked)
            planned.append(plan)
            self._tell(plan)
        return planned

    def _compare(self, plan: _Planned, asked: set[int]) -> None:
        """Whether a question is new, changed or the same; and whether a change makes a version."""
        draft, newest = plan.draft, plan.newest
        if newest is None:
            return
        plan.held = next((row for row in newest.texts.all() if row.language == self.language), None)
        plan.state = CHANGED
        if newest.type == draft.type and same(newest.body, draft.body):
            if _says(plan.held, plan.words):
                plan.state = SAME
            held = {row.language: row for row in newest.texts.all()}
            others = {each: words for each, words in plan.translations.items() if not _says(held.get(each), words)}
            if others:
                plan.state = CHANGED
            changes = plan.state == CHANGED and (plan.held is not None and not _says(plan.held, plan.words))
            changes |= any(each in held for each in others)
            plan.makes_version = changes and newest.pk in asked
        is_own = plan.question is not None and plan.question.source_language == self.language
        if plan.state == CHANGED and is_own and plan.held is not None and newest.type == draft.type:
            self._let_follow(plan, newest, plan.held)

    def _let_follow(self, plan: _Planned, newest: QuestionVersion, held: QuestionText) -> None:
        """See which translations hold what the original accepts no more. One in the file says itself what it holds."""
        kind, body = type_of(plan.draft.type), plan.draft.body
        for row in newest.texts.all():
            if row.language == self.language or row.language in plan.translations:
                continue
            parts = followed(kind, body, held.parts, plan.words["parts"], row.parts)
            if parts != row.parts:
                plan.followed[row.language] = parts
                plan.draft.lose(
                    _("what it accepted in %(language)s as well and does not accept any more")
                    % {"language": native_name(row.language)}
                )

    def _tell(self, plan: _Planned) -> None:
        draft = plan.draft
        if max(len(draft.name), len(draft.idnumber)) > 255:
            draft.lose(_("the end of its name or id"))
        name = said(draft, draft)
        if plan.question is not None and plan.question.retired_at is not None:
            draft.lose(_("its use: it was taken out of use here and stays so"))
        elif plan.question is not None and draft.is_retired:
            draft.lose(_("that it is hidden in the file: it stays in use here"))
        elif draft.is_retired:
            draft.lose(_("its use: it is hidden in the file, and comes in out of use"))
        why = ""
        if draft.lost:
            why = _("Imported without: %(what)s.") % {"what": "; ".join(draft.lost)}
            self.report.unsupported.append(Unsupported(name, draft.type, draft.line, why))
        self.report.imported += 1
        path = " › ".join(self.filing.path(plan))
        self.report.rows.append(Row(draft.line, name, draft.type, plan.state, path, why))

    def _write(self, planned: Sequence[_Planned]) -> None:
        new = [plan for plan in planned if plan.question is None]
        known = [plan for plan in planned if plan.question is not None]
        for plan in new:
            retired_at = timezone.now() if plan.draft.is_retired else None
            plan.question = Question(key=plan.key, source_language=self.language, retired_at=retired_at)
            self._call(plan)
        Question.objects.bulk_create(plan.question for plan in new if plan.question)
        Question.objects.bulk_update(
            [plan.question for plan in known if self._call(plan) and plan.question],
            ["name", "idnumber"],
        )
        self._write_versions([plan for plan in planned if plan.state != SAME and plan.makes_version])
        self._write_words([plan for plan in planned if plan.state != SAME])
        self.filing.file(planned)
        for action, state in (("create", NEW), ("change", CHANGED)):
            audit.record_many(
                actor=self.actor,
                action=f"assessments.{action}_question",
                objects=[plan.question for plan in planned if plan.state == state and plan.question],
                language=self.language,
                imported=True,
            )

    def _call(self, plan: _Planned) -> bool:
        """Give a question its name and the id of another system, if that changes anything; a translation has none."""
        question, draft = plan.question, plan.draft
        if question is None or question.source_language != self.language:
            return False
        before = (question.name, question.idnumber)
        question.name = draft.name[:255] or question.name or first_words(plan.words["text"])
        question.idnumber = foreign_id(draft)[:255] or question.idnumber
        return before != (question.name, question.idnumber)

    def _write_versions(self, planned: Sequence[_Planned]) -> None:
        """A new version of each, which takes over the words in the other languages."""
        by = self.actor if getattr(self.actor, "pk", None) else None
        before = {plan.key: plan.newest for plan in planned}
        for plan in planned:
            plan.newest = QuestionVersion(
                question=plan.question,
                number=plan.newest.number + 1 if plan.newest else 1,
                type=plan.draft.type,
                body=plan.draft.body,
                created_by=by,
            )
        QuestionVersion.objects.bulk_create(plan.newest for plan in planned if plan.newest)
        QuestionText.objects.bulk_create(
            QuestionText(
                record=plan.newest,
                language=row.language,
                text=row.text,
                feedback=row.feedback,
                parts=plan.followed.get(row.language, row.parts),
            )
            for plan in planned
            for row in _texts(before[plan.key])
            if row.language != self.language
        )
        for plan in planned:
            plan.held = None

    def _write_words(self, planned: Sequence[_Planned]) -> None:
        fresh, changed = [], []
        for plan in planned:
            if plan.held is None:
                fresh.append(QuestionText(record=plan.newest, language=self.language, **plan.words))
            else:
                for name, text in plan.words.items():
                    setattr(plan.held, name, text)
                changed.append(plan.held)
            for row in _texts(plan.newest) if plan.followed and not plan.makes_version else ():
                if row.language in plan.followed:
                    row.parts = plan.followed[row.language]
                    changed.append(row)
        QuestionText.objects.bulk_create(fresh)
        names = ["text", "feedback", "parts"]
        QuestionText.objects.bulk_update(changed, names)
        QuestionText.objects.bulk_create(
            (
                QuestionText(record=plan.newest, language=language, **words)
                for plan in planned
                for language, words in plan.translations.items()
            ),
            update_conflicts=True,
            unique_fields=["record", "language"],
            update_fields=names,
        )


def _stored(text: str, feedback: str, parts: dict[str, Any]) -> dict[str, Any]:
    return {"text": to_html(text), "feedback": to_html(feedback), "parts": parts}


def _says(held: QuestionText | None, words: dict[str, Any]) -> bool:
    return held is not None and all(same(getattr(held, name), text) for name, text in words.items())


def _texts(version: QuestionVersion | None) -> Iterator[QuestionText]:
    return iter(version.texts.all()) if version is not None else iter(())


def titles_of(category: int) -> list[str]:
    """Return the titles of a category and those above it, from the top down, in the active language."""
    rows = QuestionCategory.objects.in_bulk()
    return [rows[pk].title for pk in path_of({pk: row.parent_id for pk, row in rows.items()}, category)]

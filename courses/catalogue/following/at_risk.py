"""The list of people at risk, and the letters to them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from core import audit
from core.errors import DomainError
from core.languages import direction
from jobs import subscriptions
from jobs.models import Job, OutboxMail
from jobs.services import advance, draft_mail, queue_drafts, start_job
from modules.assessments.facts import failures

from ..models import Cohort, Enrolment, Letter, LetterTemplate, LetterText, SyllabusEntry
from ..models.following import words_for
from ..permissions import can_write_letters
from ..services.standing import Completion
from . import letters, risk
from .reminders import LETTER, deadline_words
from .standing import Desk, language_of, last_seen, zone_of

JOB = "catalogue.letter"
PORTION = 200
Words = tuple[str, str]
"""Subject and text."""


class MayNotWrite(DomainError):
    """Letters are for those who run the cohort."""

    def __init__(self) -> None:
        super().__init__(_("Only trainers and organisers of the cohort write to its people."))


class LetterWrong(DomainError):
    """A letter that cannot be sent as it is."""


@dataclass(frozen=True)
class AtRisk:
    """One person on the list: why, since when, and when they were written to last."""

    enrolment: Enrolment
    reasons: tuple[risk.Reason, ...]
    silent_days: int
    failures: int
    seen_at: datetime | None
    written_at: datetime | None = None

    @property
    def words(self) -> list[str]:
        """The reasons in words, most urgent first."""
        days = self.silent_days
        said = {
            risk.Reason.DEADLINE: _("The last day is near"),
            risk.Reason.FAILED: _("Failed %(times)s times in one quiz") % {"times": self.failures},
            risk.Reason.SILENT: _("Nothing heard for %(days)s days") % {"days": days},
        }
        return [said[reason] for reason in self.reasons]


def at_risk(cohort: Cohort, thresholds: risk.Thresholds, now: datetime | None = None) -> list[AtRisk]:
    """Return who of a cohort is at risk, the most urgent first. Six queries, however many people there are."""
    now = (now or timezone.now()).astimezone(ZoneInfo(cohort.time_zone))
    rows = list(
        cohort.enrolments.active()
        .filter(completed_at__isnull=True, participant__user__isnull=False)
        .select_related("participant__user", "country")
        .order_by("participant__name", "pk")
    )
    keys = {row.pk: row.participant.user.key for row in rows if row.participant.user}
    seen = last_seen(keys.values())
    modules = cohort.course.syllabus.filter(kind=SyllabusEntry.Kind.MODULE).values_list("item", flat=True)
    failed = failures(keys.values(), [item for item in modules if item])
    written = _last_letters(cohort)
    found = []
    for row in rows:
        row.cohort = cohort
        key = keys[row.pk]
        signs = risk.Signs(
            active=True,
            finished=False,
            enrolled_at=row.enrolled_at,
            starts_on=cohort.starts_on,
            last_day=row.last_day,
            seen_at=seen.get(key),
            failures=failed.get(key, 0),
        )
        if why := risk.reasons(signs, thresholds, now):
            silent = risk.silent_for(signs, now)
            found.append(AtRisk(row, why, silent, signs.failures, signs.seen_at, written.get(row.pk)))
    order = list(risk.Reason)
    return sorted(found, key=lambda one: (order.index(one.reasons[0]), -one.silent_days))


def _last_letters(cohort: Cohort) -> dict[int, datetime]:
    """Return ``{enrolment id: when they were written to last}``."""
    written: dict[int, datetime] = {}
    for enrolments, at in (
        cohort.letters.filter(sent__gt=0).order_by("created_at").values_list("enrolments", "created_at")
    ):
        written |= dict.fromkeys(enrolments, at)
    return written


# --- Letters --------------------------------------------------------------------------------------


def template_for(cohort: Cohort, language: str) -> tuple[str, str]:
    """Return subject and text to begin with: the course's own words in the language, else ours."""
    own = LetterTemplate.objects.filter(course=cohort.course_id, language=language).first()
    if own is not None:
        return own.subject, own.text
    with translation.override(language):
        return _("How is it going with {course}?"), _(
            "Dear {name},\n\nwe have not heard from you in {course} for a while. You have done {progress}. "
            "This is still missing:\n\n{missing}\n\nLast day: {deadline}\n\nGo on here: {link}\n\n"
            "If something keeps you from it, just answer the organisers. We are glad to help."
        )


def check_letter(subject: str, text: str) -> None:
    """Raise ``LetterWrong`` for a letter without words or with a place nobody knows."""
    if not subject.strip() or not text.strip():
        raise LetterWrong(_("Write a subject and a text."))
    if wrong := letters.unknown(subject + text):
        raise LetterWrong(
            _("There is nothing to put in for %(wrong)s. You can use: %(known)s.")
            % {
                "wrong": ", ".join(f"{{{name}}}" for name in wrong),
                "known": ", ".join(f"{{{name}}}" for name in letters.PLACES),
            }
        )


def check_letters(words: Mapping[str, Words]) -> None:
    """Raise ``LetterWrong`` for what is wrong in any language."""
    for subject, text in words.values():
        check_letter(subject, text)


@transaction.atomic
def save_template(*, actor: Any, cohort: Cohort, language: str, subject: str, text: str) -> LetterTemplate:
    """Keep the words for the next letter of this course in this language. Raises ``MayNotWrite``, ``LetterWrong``."""
    if not can_write_letters(actor, cohort):
        raise MayNotWrite
    check_letter(subject, text)
    template, _new = LetterTemplate.objects.update_or_create(
        course=cohort.course, language=language, defaults={"subject": subject, "text": text}
    )
    audit.record(actor=actor, action="catalogue.save_letter_template", obj=template)
    return template


def languages_of(enrolments: Iterable[Enrolment]) -> dict[str, int]:
    """Return ``{language: how many of these people read it}``, the most frequent first."""
    return dict(Counter(language_of(row) for row in enrolments).most_common())


def preview(cohort: Cohort, enrolments: Iterable[Enrolment], words: Mapping[str, Words], source: str) -> dict[str, Any]:
    """Return the letter in each language as its first reader would get it, and how many do not want such letters.

    ``words`` are subject and text by language, those of the writer's language ``source`` among them.
    """
    rows = list(enrolments)
    refused = subscriptions.refused_by([row.participant.user_id or 0 for row in rows], LETTER)
    rows = [row for row in rows if row.participant.user_id not in refused]
    first: dict[str, Enrolment] = {}
    for row in rows:
        first.setdefault(language_of(row), row)
    completions = Desk().completions(list(first.values()))
    shown = [
        {
            "language": language,
            "direction": direction(language),
            "letter": _filled(row, completions[row.pk], *words_for(words, language, source)),
            "to": row.participant,
        }
        for language, row in first.items()
    ]
    return {"letters": shown, "number": len(rows), "refused": len(refused)}


def _filled(enrolment: Enrolment, completion: Completion, subject: str, text: str) -> tuple[str, str]:
    user = enrolment.participant.user
    assert user is not None  # at_risk
    language = language_of(enrolment)
    with translation.override(language), timezone.override(ZoneInfo(zone_of(user))):
        missing = [f"- {one.title}: {one.why}" for one in completion.requirements if not one.met]
        values = {
            "name": enrolment.participant.name,
            "course": enrolment.cohort.course.item.title,
            "progress": _("%(percent)s %%") % {"percent": completion.percent},
            "missing": "\n".join(missing),
            "deadline": deadline_words(enrolment) or _("none"),
            "link": settings.BASE_URL + reverse("learner_home"),
        }
    return " ".join(letters.fill(subject, values).split()), letters.fill(text, values)


@transaction.atomic
def send_letter(
    *,
    actor: Any,
    cohort: Cohort,
    enrolments: Iterable[Enrolment],
    words: Mapping[str, Words],
    source: str,
    key: UUID | None = None,
) -> Letter:
    """Send a letter to chosen people of a cohort, by a job; each gets the words in their language, if there are any.

    ``words`` are subject and text by language, ``source`` is the writer's. ``key`` stands for this letter: sent again
    with it, the same letter is returned and nobody is written to twice; with other words, people or another writer it
    is refused. Who finishes, leaves or says no meanwhile gets none. Raises ``MayNotWrite`` and ``LetterWrong``.
    """
    if not can_write_letters(actor, cohort):
        raise MayNotWrite
    check_letters(words)
    ids = [row.pk for row in enrolments if row.cohort_id == cohort.pk]
    if not ids:
        raise LetterWrong(_("Choose at least one person."))
    own = {"subject": words[source][0], "text": words[source][1], "language": source, "enrolments": ids}
    others = {language: pair for language, pair in words.items() if language != source}
    letter, new = Letter.objects.get_or_create(key=key or uuid4(), defaults={**own, "cohort": cohort, "author": actor})
    if not new:
        told = {row.language: (row.subject, row.text) for row in letter.texts.all()}
        same = all(getattr(letter, name) == value for name, value in own.items()) and told == others
        if not same or (letter.cohort_id, letter.author_id) != (cohort.pk, actor.pk):
            raise LetterWrong(_("This letter has been sent already. Choose people again to write another."))
        return letter
    LetterText.objects.bulk_create(
        [LetterText(record=letter, language=code, subject=pair[0], text=pair[1]) for code, pair in others.items()]
    )
    letter.job = start_job(actor=actor, kind=JOB, params={"letter": letter.pk}, total=len(ids))
    letter.save(update_fields=["job"])
    audit.record(actor=actor, action="catalogue.send_letter", obj=letter, people=len(ids))
    return letter


def letter_url(job: Job) -> str:
    """Return where the job's page leads on to."""
    letter = Letter.objects.filter(job=job).first()
    return reverse("cohort_at_risk", args=[letter.cohort_id]) if letter else ""


def write_letters(job: Job) -> None:
    """The job: a mail to each, once, whoever runs it how often."""
    rows_of = Letter.objects.select_related("cohort__course__item", "author").prefetch_related("texts")
    letter = rows_of.get(pk=job.params["letter"])
    desk, done, sent = Desk(), 0, 0
    for start in range(0, len(letter.enrolments), PORTION):
        ids = letter.enrolments[start : start + PORTION]
        rows = list(
            letter.cohort.enrolments.active()
            .filter(pk__in=ids, completed_at__isnull=True, participant__user__is_active=True)
            .select_related("participant__user", "cohort__course__item")
        )
        refused = subscriptions.refused_by([row.participant.user_id or 0 for row in rows], LETTER)
        completions = desk.completions(rows)
        mails = [
            _mail(letter, row, completions[row.pk])
            for row in rows
            if row.participant.user_id not in refused and not completions[row.pk].complete
        ]
        queue_drafts(mails)
        sent += len(mails)
        done += len(ids)
        advance(job, done, len(letter.enrolments))
    Letter.objects.filter(pk=letter.pk).update(sent=sent)


def _mail(letter: Letter, enrolment: Enrolment, completion: Completion) -> OutboxMail:
    user = enrolment.participant.user
    assert user is not None  # write_letters
    language = language_of(enrolment)
    url = subscriptions.link(user, LETTER, language)
    subject, text = _filled(enrolment, completion, *letter.words_in(language))
    return draft_mail(
        key=f"letter:{letter.key}:{enrolment.pk}",
        to=user.email,
        template="catalogue/mail/letter",
        context={"letter_subject": subject, "letter": text, "sender": str(letter.author or ""), "unsubscribe_url": url},
        language=language,
        headers=subscriptions.headers(url),
    )

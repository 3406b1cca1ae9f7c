"""What somebody who learns meets first: the next step, deadlines, where they stand, sessions, certificates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.catalogue.facts import held_in
from courses.catalogue.following.reminding import ends_at
from courses.catalogue.models import Application, Course, Enrolment
from courses.catalogue.search import courses as offered_courses
from courses.catalogue.services import Completion, Standings, kept_standings, refresh_completion
from courses.certificates.models import Certificate
from courses.participants.models import Participant
from courses.participants.notices import notice_for
from courses.privacy.models import ErasureRequest
from courses.workshops.cards import Card, session_cards
from courses.workshops.models import Session
from modules.lessons.resume import changed_for, resumes_of
from modules.lessons.routing import learner_parameter

SESSIONS_AHEAD = timedelta(days=14)
SESSIONS = 4
DEADLINES_AHEAD = timedelta(days=60)
DEADLINES = 5
CERTIFICATES = 5
# Written out, because it runs for every learner's home: Django needs longer to compose it than the database to answer.
RECORD = """
SELECT person.*,
       EXISTS (SELECT 1 FROM institutions_roleassignment mine WHERE mine.user_id = person.user_id) AS works,
       EXISTS (SELECT 1 FROM catalogue_application mine WHERE mine.participant_id = person.id) AS applies,
       EXISTS (SELECT 1 FROM catalogue_enrolment mine
               WHERE mine.participant_id = person.id AND mine.state = 'withdrawn') AS parted,
       EXISTS (SELECT 1 FROM workshops_registration mine WHERE mine.participant_id = person.id) AS registered,
       EXISTS (SELECT 1 FROM certificates_certificate mine WHERE mine.participant_id = person.id) AS certified,
       EXISTS (SELECT 1 FROM privacy_erasurerequest mine WHERE mine.user_id = person.user_id) AS leaves,
       EXISTS (SELECT 1 FROM lessons_lessonprogress mine JOIN records_item item ON item.id = mine.item_id
               WHERE mine.learner_key = %s AND mine.version < item.version) AS behind,
       EXISTS (SELECT 1 FROM participants_datanotice notice WHERE NOT EXISTS (
               SELECT 1 FROM participants_noticereceipt mine
               WHERE mine.notice_id = notice.id AND mine.user_id = person.user_id)) AS unread
FROM participants_participant person
WHERE person.user_id = %s
"""


@dataclass(frozen=True)
class Entry:
    """One course somebody is enrolled in. A finished one is not looked at again: what was earned is earned."""

    enrolment: Enrolment
    card: Any
    completion: Completion | None
    resume: Any
    ends_at: datetime | None

    @property
    def finished(self) -> bool:
        return self.completion is None or self.completion.complete

    @property
    def is_over(self) -> bool:
        return self.ends_at is not None and self.ends_at <= timezone.now()


@dataclass(frozen=True)
class Deadline:
    """A moment until which something has to be done."""

    title: str
    at: datetime
    url: str


def home_of(user: Any, language: str) -> dict[str, Any]:
    """Return what somebody's home shows of them."""
    participant = record_of(user)
    if participant is None:
        return {"works": True, "changed": changed_for(user, language), "erasure": planned_erasures(user).first()}
    entries = entries_of(user, participant, language)
    deadlines = deadlines_of(entries)
    sessions = sessions_of(participant, user.time_zone) if participant.registered else []
    certificates = certificates_of(participant) if participant.certified else []
    return {
        "participant": participant,
        "works": participant.works,
        "entries": entries,
        "next": next_of(entries),
        "left": left_of(participant, entries) if participant.parted else [],
        "awaiting": awaiting_of(participant, entries),
        "deadlines": deadlines,
        "sessions": sessions,
        "today": timezone.localdate(),
        "zone_unknown": not user.time_zone and bool(deadlines or sessions or any(row.ends_at for row in entries)),
        "changed": changed_for(user, language) if participant.behind else [],
        "workshops": workshops_of(participant) if participant.registered else [],
        "applications": applications_of(participant) if participant.applies else [],
        "certificates": certificates,
        "notice": notice_for(user) if participant.unread else None,
        "erasure": planned_erasures(user).first() if participant.leaves else None,
    }


def record_of(user: Any) -> Any:
    """Return the record of an account, and whether there is, or ever was, any of what few learners have. One query.

    What there never was any of need not be asked for; of the rest each room says what is shown.
    """
    participant = next(iter(Participant.objects.raw(RECORD, [learner_parameter(user), user.pk])), None)
    if participant is not None:
        participant.user = user
    return participant


def entries_of(user: Any, participant: Participant, language: str) -> list[Entry]:
    """Return the courses: those to go on with first, the nearest deadline foremost; the finished ones last.

    The number of queries grows with the courses that go on, not with lessons, quizzes or finished courses.
    """
    enrolments = list(participant.enrolments.active().select_related("cohort").order_by("-enrolled_at"))
    if not enrolments:
        return []
    standings = kept_standings(row.cohort.course_id for row in enrolments)
    for row in enrolments:
        row.participant = participant
        row.cohort.course = standings[row.cohort.course_id].course
    cards = {card.course.pk: card for card in offered_courses(language)}
    going = [enrolment for enrolment in enrolments if enrolment.completed_at is None]
    completions = completions_of(going, standings)
    modules = {
        row.pk: [entry.item for entry in row.cohort.course.syllabus.all() if entry.item and entry.kind == "module"]
        for row in going
        if not completions[row.pk].complete
    }
    resumes = resumes_of(user, modules, language)
    found = [
        Entry(
            row,
            cards.get(row.cohort.course_id),
            completions.get(row.pk),
            resumes.get(row.pk),
            ends_at(row.last_day, row.cohort.time_zone) if row.last_day else None,
        )
        for row in enrolments
    ]
    far = datetime.max.replace(tzinfo=timezone.get_default_timezone())
    return sorted(found, key=lambda entry: (entry.finished, entry.is_over, entry.ends_at or far))


def completions_of(going: Sequence[Enrolment], standings: Mapping[int, Standings]) -> dict[int, Completion]:
    """Return ``{enrolment id: Completion}``. Who has completed is judged again before it is written down."""
    found: dict[int, Completion] = {}
    for course_id in dict.fromkeys(row.cohort.course_id for row in going):
        rows = [row for row in going if row.cohort.course_id == course_id]
        found |= standings[course_id].of(rows)
        if complete := [row for row in rows if found[row.pk].complete]:
            found |= refresh_completion(Course.objects.get(pk=course_id), complete)
    return found


def left_of(participant: Participant, entries: Sequence[Entry]) -> list[Enrolment]:
    """Return what somebody left and is not in again: one enrolment for each course, the latest. One query."""
    rows = participant.enrolments.filter(state=Enrolment.State.WITHDRAWN).exclude(
        cohort__course__in=[entry.enrolment.cohort.course_id for entry in entries]
    )
    latest: dict[int, Enrolment] = {}
    for row in rows.select_related("cohort__course__item").order_by("-withdrawn_at"):
        latest.setdefault(row.cohort.course_id, row)
    return list(latest.values())


def next_of(entries: Sequence[Entry]) -> Entry | None:
    """Return the course to go on with now: the first that has a lesson left and is not over."""
    return next((entry for entry in entries if not entry.finished and not entry.is_over and entry.resume), None)


def deadlines_of(entries: Sequence[Entry]) -> list[Deadline]:
    """Return what ends within two months, the nearest first: courses, and quizzes that close earlier."""
    now = timezone.now()
    going = [entry for entry in entries if not entry.finished and not entry.is_over]
    found = [
        Deadline(_("Last moment of the course: %(course)s") % {"course": entry.enrolment.cohort.course}, entry.ends_at,
                 entry.card.url if entry.card else "")
        for entry in going
        if entry.ends_at is not None
    ]  # fmt: skip
    closing = {
        quiz.pk: quiz
        for entry in going
        for held in [held_in(entry.enrolment.cohort.course)]
        for quiz in (held.closing if held else ())
    }
    found += [
        Deadline(_("A quiz closes: %(quiz)s") % {"quiz": quiz.item.title}, quiz.closes_at, "")
        for quiz in closing.values()
        if quiz.closes_at
    ]
    near = [deadline for deadline in found if now < deadline.at <= now + DEADLINES_AHEAD]
    return sorted(near, key=lambda deadline: deadline.at)[:DEADLINES]


def sessions_of(participant: Participant, zone: str) -> list[dict[str, Any]]:
    """Return the next sessions of the workshops somebody is registered for, as ``session_card`` shows them."""
    now = timezone.now()
    rows = (
        Session.objects.filter(
            workshop__registrations__participant=participant,
            workshop__registrations__state="registered",
            ends_at__gt=now,
            starts_at__lt=now + SESSIONS_AHEAD,
        )
        .exclude(workshop__state="cancelled")
        .select_related("workshop")
        .prefetch_related("workshop__texts")
        .order_by("starts_at", "pk")[:SESSIONS]
    )
    return [
        {**card, "workshop": session.workshop}
        for session in rows
        for card in session_cards([session], session.workshop, viewer_zone=zone, joining=True)
    ]


def workshops_of(participant: Participant) -> list[Card]:
    """Return the workshops somebody is registered for that are not over, the next first. Two queries."""
    rows = (
        participant.registrations.active()
        .filter(workshop__ends_on__gte=timezone.now().date())
        .select_related("workshop__country")
        .prefetch_related("workshop__texts")
        .order_by("workshop__starts_on")
    )
    return [Card(row.workshop, 0, 0) for row in rows]  # who else takes part is not asked here


def applications_of(participant: Participant) -> list[Application]:
    """Return the applications that wait for a decision or a place, the newest first."""
    return list(participant.applications.open().select_related("cohort__course__item").order_by("-sent_at"))


def planned_erasures(user: Any) -> QuerySet[ErasureRequest]:
    """Those requests of one's own after which the data will be erased."""
    return ErasureRequest.objects.visible_to(user).filter(state=ErasureRequest.State.PLANNED)


def certificates_of(participant: Participant) -> list[Certificate]:
    """Return the newest valid certificates."""
    return list(participant.certificates.filter(state=Certificate.State.VALID)[:CERTIFICATES])


def awaiting_of(participant: Any, entries: Sequence[Entry]) -> set[int]:
    """Return the finished enrolments whose certificate is still to come: none was issued, not even one revoked since.

    One query, and none for who has not finished a course or never had a certificate.
    """
    done = [entry.enrolment for entry in entries if entry.finished]
    given = set()
    if done and participant.certified:
        given = set(participant.certificates.values_list("subject_key", flat=True))
    return {row.pk for row in done if not given & {f"cohort:{row.cohort_id}", f"course:{row.cohort.course_id}"}}

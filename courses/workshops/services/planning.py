"""Planning: the workshop, its words, its sessions, its trainers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, time
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from core import audit
from institutions.models import Organisation, Programme, Role
from institutions.roles import scope

from .. import zones
from ..days import DAYS, misfits
from ..errors import (
    CapacityTooSmall,
    LastTrainer,
    NoSuchTime,
    NotYourProgramme,
    SessionHasAttendance,
    SessionOutsideDays,
    TextMissing,
    UnknownTrainer,
    UnknownZone,
    WrongDates,
    WrongPrerequisite,
)
from ..models import Attendance, Session, Workshop, WorkshopOrganisation, WorkshopText, WorkshopTrainer
from ..permissions import can_create_in, organises
from ..wording import day_range
from .before import part_of_course
from .common import managed, touch

# What may be given to create and change, beside words and organisations.
FIELDS = (
    "course", "cohort", "source_language", "mode", "region", "country", "city", "venue", "time_zone", "starts_on",
    "ends_on", "registration_closes_on", "capacity", "nominations_close_on", "nominees_per_country", "languages",
    "hours", "source_note",
)  # fmt: skip


Texts = Mapping[str, Mapping[str, str]]
Organisations = Iterable[tuple[Organisation, str]]


@transaction.atomic
def create_workshop(
    *,
    actor: Any,
    programme: Programme,
    texts: Texts,
    organisations: Organisations = (),
    key: str = "",
    state: str = Workshop.State.PROPOSED,
    is_sample: bool = False,
    **fields: Any,
) -> Workshop:
    """Make a workshop, and its maker its trainer. ``texts`` is ``{language: {"title", "summary"}}``.

    It is a draft until it is announced or registration opens. Raises ``NotYourProgramme``, ``TextMissing``,
    ``WrongDates``, ``UnknownZone``. ``actor`` ``None`` is the system.
    """
    if actor is not None and not can_create_in(actor, programme):
        raise NotYourProgramme(_("You are neither trainer nor organiser of this programme."), field="programme")
    workshop = Workshop(programme=programme, created_by=actor, state=state, is_sample=is_sample)
    _assign(workshop, fields)
    texts = _clean_texts(texts, workshop.source_language)
    _check(workshop)
    workshop.key = key or _free_key(workshop, texts[workshop.source_language]["title"])
    workshop.save()
    _put_texts(workshop, texts)
    _put_organisations(workshop, organisations)
    if actor is not None:
        WorkshopTrainer.objects.create(workshop=workshop, user=actor)
    audit.record(actor=actor, action="workshops.create_workshop", obj=workshop)
    return workshop


@transaction.atomic
def change_workshop(
    *,
    actor: Any,
    workshop: Workshop,
    texts: Texts | None = None,
    organisations: Organisations | None = None,
    **fields: Any,
) -> Workshop:
    """Change what is given. A change of zone keeps the sessions' wall time and moves their moment.

    Raises ``NotYourWorkshop``, ``WorkshopCancelled``, ``TextMissing``, ``WrongDates``, ``UnknownZone``,
    ``NoSuchTime``, ``SessionOutsideDays``, ``CapacityTooSmall``, ``WrongPrerequisite`` (it asks for this course first).
    """
    workshop = managed(actor, workshop)
    before = {name: getattr(workshop, name) for name in fields}
    _assign(workshop, fields)
    _check(workshop)
    if workshop.course_id and workshop.prerequisites.filter(course=workshop.course_id).exists():
        raise WrongPrerequisite(part_of_course(), field="course")
    if texts is not None:
        _put_texts(workshop, _clean_texts(texts, workshop.source_language))
    if organisations is not None:
        _put_organisations(workshop, organisations)
    changed = sorted(name for name, value in before.items() if value != getattr(workshop, name))
    if "time_zone" in changed:
        for session in workshop.sessions.all():
            _place(session, workshop)
            session.save(update_fields=["starts_at", "ends_at"])
            _fit_attendance(session)
    touch(workshop, *fields)
    audit.record(actor=actor, action="workshops.change_workshop", obj=workshop, changed=changed)
    return workshop


@transaction.atomic
def add_session(
    *,
    actor: Any,
    workshop: Workshop,
    titles: Mapping[str, str],
    day: date,
    begins: time,
    finishes: time,
    place: str = "",
) -> Session:
    """Add a session at wall time of the venue.

    Raises ``TextMissing``, ``WrongDates`` (end not after beginning), ``SessionOutsideDays``, ``NoSuchTime``.
    """
    workshop = managed(actor, workshop)
    session = Session(workshop=workshop)
    _fill(session, workshop, titles=titles, day=day, begins=begins, finishes=finishes, place=place)
    session.save()
    touch(workshop)
    audit.record(actor=actor, action="workshops.add_session", obj=session, workshop=workshop.key)
    return session


@transaction.atomic
def change_session(*, actor: Any, session: Session, **fields: Any) -> Session:
    """Change a session; attendance for all of it follows its length. Raises what ``add_session`` does."""
    workshop = managed(actor, session.workshop)
    session = Session.objects.select_for_update().get(pk=session.pk)
    _fill(session, workshop, **fields)
    session.save()
    _fit_attendance(session)
    touch(workshop)
    audit.record(
        actor=actor, action="workshops.change_session", obj=session, workshop=workshop.key, changed=sorted(fields)
    )
    return session


@transaction.atomic
def remove_session(*, actor: Any, session: Session) -> None:
    """Take a session out of the programme. Raises ``SessionHasAttendance``: what was recorded stays."""
    workshop = managed(actor, session.workshop)
    if session.attendance.exists():
        raise SessionHasAttendance(_("Attendance is recorded for this session, so it cannot be removed."))
    audit.record(actor=actor, action="workshops.remove_session", obj=session, workshop=workshop.key)
    session.delete()
    touch(workshop)


@transaction.atomic
def add_trainer(*, actor: Any, workshop: Workshop, email: str) -> WorkshopTrainer:
    """Name another trainer by the address of their account. Raises ``UnknownTrainer``."""
    workshop = managed(actor, workshop)
    user = User.objects.filter(email__iexact=email.strip(), is_active=True).first()
    where = scope(user, Role.TRAINER)
    holds_role = where.everywhere or workshop.programme_id in where.programmes
    if user is None or not (holds_role or organises(user, workshop)):
        raise UnknownTrainer(
            _("No trainer of this programme has an account with this address. An organiser can give the role."),
            field="email",
        )
    trainer, created = WorkshopTrainer.objects.get_or_create(workshop=workshop, user=user)
    if created:
        audit.record(actor=actor, action="workshops.add_trainer", obj=workshop, user=user.pk)
    return trainer


@transaction.atomic
def remove_trainer(*, actor: Any, trainer: WorkshopTrainer) -> None:
    """Take a trainer off a workshop. Raises ``LastTrainer``."""
    workshop = managed(actor, trainer.workshop)
    if not workshop.trainers.exclude(pk=trainer.pk).exists():
        raise LastTrainer(_("A workshop needs at least one trainer. Name another one first."))
    audit.record(actor=actor, action="workshops.remove_trainer", obj=workshop, user=trainer.user_id)
    trainer.delete()


@transaction.atomic
def recompute_times() -> int:
    """Derive UTC anew for every session that is not over, and return how many moved.

    A country may change its clocks after a session was planned; what people agreed on is the wall time. Past
    sessions stay as they happened. Safe to run at any time.
    """
    zones.forget_rules()
    coming = (
        Session.objects.filter(ends_at__gt=timezone.now()).select_related("workshop").select_for_update(of=("self",))
    )
    moved = 0
    for session in coming:
        starts, ends = zones.session_times(session.day, session.begins, session.finishes, session.workshop.time_zone)
        if (starts, ends) == (session.starts_at, session.ends_at):
            continue
        was = session.starts_at
        session.starts_at, session.ends_at = starts, ends
        session.save(update_fields=["starts_at", "ends_at"])
        Workshop.objects.filter(pk=session.workshop_id).update(
            sequence=models.F("sequence") + 1, changed_at=timezone.now()
        )
        audit.record(
            actor=None, action="workshops.recompute_times", obj=session, was=was.isoformat(), now=starts.isoformat()
        )
        moved += 1
    return moved


# --- Rules -------------------------------------------------------------------------------------


def _assign(workshop: Workshop, fields: Mapping[str, Any]) -> None:
    if unknown := set(fields) - set(FIELDS):
        raise TypeError(f"unknown fields: {sorted(unknown)}")
    for name, value in fields.items():
        setattr(workshop, name, value)


def _check(workshop: Workshop) -> None:
    if not zones.known(workshop.time_zone):
        raise UnknownZone(
            _("“%(zone)s” is not a time zone we know. Choose one from the list.") % {"zone": workshop.time_zone},
            field="time_zone",
        )
    for error in misfits(**{name: getattr(workshop, name) for name in DAYS}):
        raise error
    if workshop.pk is None:
        return
    outside = [
        session.title
        for session in workshop.sessions.all()
        if not workshop.starts_on <= session.day <= workshop.ends_on
    ]
    if outside:
        raise SessionOutsideDays(
            ngettext(
                "This session would be outside the workshop’s days: %(sessions)s. Move or remove it first.",
                "These sessions would be outside the workshop’s days: %(sessions)s. Move or remove them first.",
                len(outside),
            )
            % {"sessions": ", ".join(outside)},
            field="ends_on",
        )
    people = workshop.registrations.active().count()
    if workshop.capacity is not None and workshop.capacity < people:
        raise CapacityTooSmall(
            ngettext(
                "%(people)d person is registered. There cannot be fewer places.",
                "%(people)d people are registered. There cannot be fewer places.",
                people,
            )
            % {"people": people},
            field="capacity",
        )


def _fill(session: Session, workshop: Workshop, **fields: Any) -> None:
    for name, value in fields.items():
        if name == "titles":
            value = {code: title.strip() for code, title in value.items() if title.strip()}
            if not value:
                raise TextMissing(_("Give the session a title."), field=f"title_{workshop.source_language}")
        setattr(session, name, value)
    if session.finishes <= session.begins:
        raise WrongDates(_("The session ends before it begins. It must end later on the same day."), field="finishes")
    if not workshop.starts_on <= session.day <= workshop.ends_on:
        raise SessionOutsideDays(
            _("The workshop takes place on %(days)s. Choose one of these days.")
            % {"days": day_range(workshop.starts_on, workshop.ends_on)},
            field="day",
        )
    _place(session, workshop)


def _place(session: Session, workshop: Workshop) -> None:
    """Derive the moments from the wall time."""
    for field in ("begins", "finishes"):
        at = getattr(session, field)
        if not zones.exists(session.day, at, workshop.time_zone):
            raise NoSuchTime(
                _("On this day the clocks at the venue are set forward and never show %(time)s. Choose another time.")
                % {"time": f"{at:%H:%M}"},
                field=field,
            )
    session.starts_at, session.ends_at = zones.session_times(
        session.day, session.begins, session.finishes, workshop.time_zone
    )


def _fit_attendance(session: Session) -> None:
    """All of the session is as long as the session, part of it no longer."""
    rows = Attendance.objects.filter(session=session)
    rows.filter(state=Attendance.State.PRESENT).update(minutes=session.minutes)
    rows.filter(state=Attendance.State.PARTLY, minutes__gt=session.minutes).update(minutes=session.minutes)


def _clean_texts(texts: Texts, source_language: str) -> dict[str, dict[str, str]]:
    cleaned = {
        code: {"title": text.get("title", "").strip(), "summary": text.get("summary", "").strip()}
        for code, text in texts.items()
    }
    if not cleaned.get(source_language, {}).get("title"):
        raise TextMissing(_("Give the workshop a title."), field=f"title_{source_language}")
    for code, text in cleaned.items():
        if text["summary"] and not text["title"]:
            raise TextMissing(_("A description needs a title in the same language."), field=f"title_{code}")
    return {code: text for code, text in cleaned.items() if text["title"]}


def _put_texts(workshop: Workshop, texts: Mapping[str, Mapping[str, str]]) -> None:
    workshop.texts.exclude(language__in=list(texts)).delete()
    for code, text in texts.items():
        WorkshopText.objects.update_or_create(record=workshop, language=code, defaults=dict(text))


def _put_organisations(workshop: Workshop, organisations: Organisations) -> None:
    wanted = list(dict.fromkeys((organisation.pk, role) for organisation, role in organisations))
    if wanted == [(row.organisation_id, row.role) for row in workshop.organisations.all()]:
        return
    workshop.organisations.all().delete()
    WorkshopOrganisation.objects.bulk_create(
        WorkshopOrganisation(workshop=workshop, organisation_id=pk, role=role, order=order)
        for order, (pk, role) in enumerate(wanted)
    )


def _free_key(workshop: Workshop, title: str) -> str:
    """Return an address nobody has: ``legal-frameworks-nairobi-2026``, then ``…-2``."""
    words = slugify(f"{title} {workshop.city}")[:64].strip("-") or "workshop"
    stem = f"{words}-{workshop.starts_on.year}"
    taken = set(Workshop.objects.filter(key__startswith=stem).values_list("key", flat=True))
    number, key = 1, stem
    while key in taken:
        number += 1
        key = f"{stem}-{number}"
    return key

"""Who may do what with workshops."""

from __future__ import annotations

from typing import Any

from django.db import models

from core.permissions import ACTIVITY_ORGANISERS, ORGANISERS, TRAINERS
from courses.participants.addresses import own_addresses
from courses.participants.permissions import is_own, is_self
from institutions.activities import activity_key
from institutions.models import Country, Programme, Role
from institutions.permissions import organises_a_programme
from institutions.roles import holds, is_organiser, scope

from .models import Nomination, Registration, Workshop
from .querysets import ran

GROUP_PERMISSIONS = {
    ORGANISERS: ["view_workshop", "change_workshop", "view_registration", "view_nomination"],
    ACTIVITY_ORGANISERS: ["view_workshop", "change_workshop", "view_registration", "view_nomination"],
    TRAINERS: ["view_workshop", "view_registration", "view_nomination"],
}


def organises(user: Any, workshop: Workshop) -> bool:
    """Organisers of its programme, of its course, and those of this workshop alone."""
    alone = [activity_key("workshop", workshop.pk), activity_key("course", workshop.course_id)]
    return is_organiser(user, workshop.programme_id, *alone)


def runs_workshops(user: Any) -> bool:
    """Trainers and organisers, also those of one course or workshop."""
    return holds(user, Role.TRAINER, Role.ORGANISER)


def can_create_workshops(user: Any) -> bool:
    """Trainers, and organisers of whatever programme."""
    return holds(user, Role.TRAINER) or organises_a_programme(user)


def programmes_for(user: Any) -> models.QuerySet[Programme]:
    """The programmes in which the user may make a workshop."""
    programmes = Programme.objects.filter(archived_at__isnull=True)
    where = [scope(user, role) for role in (Role.TRAINER, Role.ORGANISER)]
    if any(held.everywhere for held in where):
        return programmes
    return programmes.filter(pk__in=frozenset().union(*(held.programmes for held in where)))


def can_create_in(user: Any, programme: Programme) -> bool:
    """Trainers and organisers of this programme."""
    where = scope(user, Role.TRAINER)
    return where.everywhere or programme.pk in where.programmes or is_organiser(user, programme.pk)


def can_manage(user: Any, workshop: Workshop) -> bool:
    """Its trainers, and organisers of its programme."""
    return Workshop.objects.visible_to(user).filter(pk=workshop.pk).exists()


def can_archive(user: Any, workshop: Workshop) -> bool:
    """Organisers of its programme."""
    return organises(user, workshop)


def can_cancel_registration(user: Any, registration: Registration) -> bool:
    """Oneself, and those who manage the workshop."""
    return is_self(user, registration.participant) or can_manage(user, registration.workshop)


def nominating_countries(user: Any, workshop: Workshop) -> list[Country]:
    """The countries for which the user may put people forward here, if it takes nominations: own, of its region."""
    codes = scope(user, Role.FOCAL_POINT).countries
    if not codes:
        return []
    return sorted((one for one in Country.objects.filter(pk__in=codes) if workshop.is_for(one)), key=str)


def can_nominate_for(user: Any, country: Country) -> bool:
    """Focal points of the country, as long as an organiser's confirmation and the dates hold."""
    return country.pk in scope(user, Role.FOCAL_POINT).countries


def can_decide(user: Any, nomination: Nomination) -> bool:
    """Those who run the workshop, never on themselves: neither on their record nor on an address of theirs."""
    return can_manage(user, nomination.workshop) and not is_own_nomination(user, nomination)


def is_own_nomination(user: Any, nomination: Nomination) -> bool:
    """Whether somebody was put forward themselves, perhaps by another record of theirs."""
    return is_own(user, nomination.participant) or nomination.email.lower() in own_addresses(user)


def people_of_workshops(user: Any) -> models.Q:
    """Q over participants: those registered or put forward in workshops the user organises or trains."""
    here = ran(user, "workshop")
    registered = Registration.objects.filter(here).order_by().values("participant")
    nominated = Nomination.objects.filter(here).exclude(state="withdrawn").order_by().values("participant")
    return models.Q(pk__in=registered) | models.Q(pk__in=nominated)

"""What goes before a workshop."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from core import audit
from courses.catalogue.prerequisites import kinds, leads_to, sentence
from courses.participants.models import Participant

from ..errors import PrerequisiteMissing, WrongPrerequisite
from ..models import Workshop, WorkshopPrerequisite
from ..prerequisites import asked_before
from .common import managed

KINDS = ("module", "course", "workshop")


@transaction.atomic
def add_prerequisite(*, actor: Any, workshop: Workshop, kind: str, ref: str) -> WorkshopPrerequisite:
    """Ask for something before people register: the ``ref`` of one of ``KINDS``, as the catalogue knows it.

    Raises ``NotYourWorkshop``, ``WorkshopCancelled``, and ``WrongPrerequisite`` for what is not known, stands already,
    is not to be had before, or leads in a circle. A workshop is asked for once it is public: its name is shown.
    """
    workshop = managed(actor, workshop)
    if kind not in KINDS or ref not in kinds()[kind].name([ref]):
        raise WrongPrerequisite(_("Choose what has to be completed."), field="what")
    other = Workshop.objects.public().exclude(state=Workshop.State.CANCELLED).filter(key=ref).first()
    if kind == "workshop" and other is None:
        raise WrongPrerequisite(_("Choose what has to be completed."), field="what")
    if leads_to((kind, ref), {("workshop", workshop.key)}):
        raise WrongPrerequisite(_("This leads in a circle: one would wait for the other."), field="what")
    if kind == "course" and ref == str(workshop.course_id):
        raise WrongPrerequisite(part_of_course(), field="what")
    asked: dict[str, Any] = {"other": other} if kind == "workshop" else {f"{kind}_id": int(ref)}
    try:
        with transaction.atomic():
            found = WorkshopPrerequisite.objects.create(workshop=workshop, **asked)
    except IntegrityError as error:
        raise WrongPrerequisite(_("This is asked for already."), field="what") from error
    audit.record(actor=actor, action="workshops.add_prerequisite", obj=workshop, kind=kind, ref=ref)
    return found


@transaction.atomic
def remove_prerequisite(*, actor: Any, prerequisite: WorkshopPrerequisite) -> None:
    """Ask for it no longer. Raises ``NotYourWorkshop``, ``WorkshopCancelled``."""
    workshop = managed(actor, prerequisite.workshop)
    audit.record(
        actor=actor,
        action="workshops.remove_prerequisite",
        obj=workshop,
        kind=prerequisite.kind,
        ref=prerequisite.ref,
    )
    prerequisite.delete()


def require_prerequisites(workshop: Workshop, participant: Participant) -> None:
    """Raise ``PrerequisiteMissing`` while something that goes before the workshop is not done."""
    if lacking := [asked for asked in asked_before(workshop, participant) if not asked.met]:
        raise PrerequisiteMissing(sentence(lacking))


def part_of_course() -> str:
    """Return why a workshop cannot ask for the course it belongs to."""
    return _("This workshop is part of the course: nobody could complete the course before.")

"""Registering by oneself: for whom the form is, and who goes the nomination's way instead."""

from __future__ import annotations

from django.utils.translation import gettext as _

from courses.participants.models import Participant

from ..errors import Nominated, PrerequisiteMissing
from ..models import Nomination, Workshop
from .before import require_prerequisites


def require_own_way(workshop: Workshop, participant: Participant) -> None:
    """Raise unless somebody may register by themselves, as far as nominations and what goes before are concerned.

    Whoever was selected answers the invitation: ``Nominated``. Whoever was put forward and waits for the decision may
    register as everybody; while something that goes before is not done they are told of the nomination (``Nominated``),
    because nothing of it is asked of who is selected. All others: ``PrerequisiteMissing``.
    """
    nomination = nomination_of(workshop, participant)
    if nomination is not None and nomination.state == Nomination.State.SELECTED:
        raise Nominated(way_of(nomination))
    try:
        require_prerequisites(workshop, participant)
    except PrerequisiteMissing as error:
        if nomination is None:
            raise
        raise Nominated(way_of(nomination)) from error


def nomination_of(workshop: Workshop, participant: Participant | None) -> Nomination | None:
    """Return the nomination of somebody of which something can still come: for the eyes of this person alone."""
    if participant is None or workshop.is_over or workshop.state == Workshop.State.CANCELLED or workshop.archived_at:
        return None
    found = workshop.nominations.present().open().filter(participant=participant).select_related("country").first()
    if found is not None:
        found.workshop = workshop
    return found


def way_of(nomination: Nomination) -> str:
    """Say to a nominee who put them forward, and how it goes on. Whether they are on the reserve list is not said."""
    if nomination.state == Nomination.State.SELECTED:
        words = _("A focal point nominated you for %(country)s, and a place is kept for you. Confirm it, or decline.")
    else:
        words = _("A focal point nominated you for %(country)s. If the organisers select you, they invite you by mail.")
    return words % {"country": nomination.country}

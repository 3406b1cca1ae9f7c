"""Certificates as a focal point sees those of own nominees (``workshops.nominees``)."""

from __future__ import annotations

from collections.abc import Collection

from courses.workshops.nominees import Award, Subject

from .models import Certificate


def awards_of(subjects: Collection[Subject]) -> dict[Subject, list[Award]]:
    """Return the certificates of these people about exactly these subjects, the newest first. One query.

    Whoever had the name withdrawn from a certificate asked not to be found by its number: it is left out.
    """
    wanted = set(subjects)
    rows = Certificate.objects.filter(
        participant__in={person for person, _subject in wanted},
        subject_key__in={subject for _person, subject in wanted},
        withdrawn_at__isnull=True,
    )
    found: dict[Subject, list[Award]] = {}
    for row in rows:
        subject = (row.participant_id, row.subject_key)
        if subject in wanted:
            award = Award(row.serial, str(row.get_kind_display()), str(row.get_state_display()), row.issued_at)
            found.setdefault(subject, []).append(award)
    return found

"""The fixed cast, who play in every test."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from accounts.models import User
from institutions.models import Programme, Role
from institutions.services import grant_role
from tests import factories


def make_cast(programme: Programme) -> SimpleNamespace:
    """Return the people by name, each with a participant's record.

    ``organiser`` and both trainers work for ``programme``, ``other_organiser`` for another; the focal point is Kenya's.
    """

    def person(name: str, **fields: Any) -> User:
        user = factories.UserFactory(email=f"{name}@example.org", name=name.replace("_", " ").title(), **fields)
        factories.ParticipantFactory(user=user, name=user.name, email=user.email)
        return user

    people = SimpleNamespace(
        learner=person("learner"),
        trainer=person("trainer"),
        other_trainer=person("other_trainer"),
        organiser=person("organiser"),
        other_organiser=person("other_organiser"),
        focal_point=person("focal_point"),
        editor=person("editor"),
        outsider=person("outsider"),
    )
    for user in (people.trainer, people.other_trainer):
        grant_role(actor=None, user=user, role=Role.TRAINER, programme=programme)
    grant_role(actor=None, user=people.organiser, role=Role.ORGANISER, programme=programme)
    grant_role(actor=None, user=people.other_organiser, role=Role.ORGANISER, programme=factories.ProgrammeFactory())
    grant_role(actor=None, user=people.focal_point, role=Role.FOCAL_POINT, country_id="KE")
    grant_role(actor=None, user=people.editor, role=Role.EDITOR)
    return people

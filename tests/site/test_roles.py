"""Roles add up and are scoped."""

import pytest

from institutions.models import Role
from institutions.roles import is_organiser, scope
from institutions.services import OwnRole, grant_role, revoke_role
from tests.factories import ProgrammeFactory

pytestmark = pytest.mark.django_db


def test_an_organiser_of_one_programme_does_not_organise_another(cast, programme):
    assert is_organiser(cast.organiser, programme.pk)
    assert not is_organiser(cast.organiser, ProgrammeFactory().pk)


def test_a_role_without_programme_counts_everywhere(cast):
    grant_role(actor=None, user=cast.outsider, role=Role.ORGANISER)
    assert is_organiser(cast.outsider, ProgrammeFactory().pk)


def test_roles_add_up(cast, programme):
    grant_role(actor=None, user=cast.learner, role=Role.TRAINER, programme=programme)
    grant_role(actor=None, user=cast.learner, role=Role.FOCAL_POINT, country_id="UG")
    assert scope(cast.learner, Role.TRAINER).programmes == {programme.pk}
    assert scope(cast.learner, Role.FOCAL_POINT).countries == {"UG"}


def test_a_role_that_has_ended_gives_nothing(cast, programme):
    from tests.factories import past

    grant_role(actor=None, user=cast.outsider, role=Role.ORGANISER, programme=programme, ends_on=past(1))
    assert not is_organiser(cast.outsider, programme.pk)


def test_nobody_gives_a_role_to_themselves(cast):
    with pytest.raises(OwnRole):
        grant_role(actor=cast.trainer, user=cast.trainer, role=Role.ORGANISER)


def test_revoking_the_last_assignment_leaves_the_group(cast):
    revoke_role(actor=None, assignment=cast.trainer.role_assignments.get())
    assert not cast.trainer.groups.exists()

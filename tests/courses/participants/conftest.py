"""Two records of one person, each with an account."""

from __future__ import annotations

import pytest

from institutions.models import Role
from institutions.services import grant_role
from tests.factories import ItemFactory, ParticipantFactory, UserFactory


@pytest.fixture
def chief(db):
    user = UserFactory(name="Chief")
    grant_role(actor=None, user=user, role=Role.ORGANISER)
    return user


@pytest.fixture
def people(db):
    """The record that goes, and the one that stays; each with an account."""
    return [
        ParticipantFactory(name=name, user=UserFactory(email=email, name=name, language=language))
        for name, email, language in (("A. Diallo", "old@example.org", "fr"), ("Amina Diallo", "new@example.com", "en"))
    ]


@pytest.fixture
def module():
    return ItemFactory(kind="module")

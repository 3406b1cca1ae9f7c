"""A workshop of the cast's trainer, today, with two sessions and two people."""

from __future__ import annotations

from datetime import time, timedelta

import pytest

from courses.participants.models import Participant
from courses.workshops import services
from courses.workshops.models import WorkshopTrainer
from tests import factories


@pytest.fixture
def course(programme):
    return factories.CourseFactory(programme=programme)


@pytest.fixture
def workshop(cast, programme, course):
    """Open, with places for three; trained by ``trainer``; its first day is today at the venue."""
    made = factories.WorkshopFactory(
        programme=programme, course=course, title="Legal frameworks", capacity=3, region="africa", country_id="KE"
    )
    made.starts_on = made.today
    made.ends_on = made.today + timedelta(days=1)
    made.save()
    WorkshopTrainer.objects.create(workshop=made, user=cast.trainer)
    return made


@pytest.fixture
def add_session(cast):
    def add(workshop, title="A session", days=0, begins=time(9), finishes=time(10, 30), **fields):
        return services.add_session(
            actor=None,
            workshop=workshop,
            titles={"en": title},
            day=workshop.starts_on + timedelta(days=days),
            begins=begins,
            finishes=finishes,
            **fields,
        )

    return add


@pytest.fixture
def session(workshop, add_session):
    return add_session(workshop, "Opening")


@pytest.fixture
def register():
    def registered(workshop, user_or_participant):
        person = user_or_participant
        if not isinstance(person, Participant):
            person = Participant.objects.get(user=person)
        return services.register(actor=None, participant=person, workshop=workshop)

    return registered

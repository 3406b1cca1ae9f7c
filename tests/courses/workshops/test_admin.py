"""The admin screen, the tie to people, the tasks and the permissions of the room."""

from __future__ import annotations

import pytest
from django.urls import reverse

from core.permissions import declared
from courses.participants.models import Participant
from courses.workshops import tasks
from courses.workshops.models import Workshop
from tests import factories


@pytest.fixture
def as_organiser(client, cast):
    client.force_login(cast.organiser)
    return client


def test_an_organiser_sees_the_programmes_workshops_and_no_others(as_organiser, workshop):
    factories.WorkshopFactory(title="Of another programme")
    html = as_organiser.get(reverse("workshops:index")).content.decode()
    assert "Legal frameworks" in html
    assert "Of another programme" not in html


def test_the_list_costs_the_same_for_many(as_organiser, workshop, django_assert_max_num_queries):
    as_organiser.get(reverse("workshops:index"))
    with django_assert_max_num_queries(30) as few:
        as_organiser.get(reverse("workshops:index"))
    for _ in range(6):
        factories.WorkshopFactory(programme=workshop.programme)
    with django_assert_max_num_queries(len(few)):
        as_organiser.get(reverse("workshops:index"))


def test_another_programmes_workshop_does_not_exist_here(client, cast, workshop):
    client.force_login(cast.other_organiser)
    for name in ("edit", "archive"):
        assert client.get(reverse(f"workshops:{name}", args=[workshop.pk])).status_code == 404


@pytest.mark.parametrize("who", ["learner", "focal_point", "outsider"])
def test_others_have_no_admin(client, cast, workshop, who):
    client.force_login(getattr(cast, who))
    assert client.get(reverse("workshops:index")).status_code in (302, 403, 404)


def test_an_organiser_says_what_a_workshop_belongs_to(as_organiser, workshop, course):
    cohort = factories.CohortFactory(course=course)
    data = {"course": course.pk, "cohort": cohort.pk, "hours": "6", "source_note": "Quarterly report"}
    as_organiser.post(reverse("workshops:edit", args=[workshop.pk]), data)
    workshop.refresh_from_db()
    assert (workshop.cohort, workshop.hours, workshop.source_note) == (cohort, 6, "Quarterly report")


def test_archiving_takes_it_out_of_every_list(as_organiser, workshop):
    as_organiser.post(reverse("workshops:archive", args=[workshop.pk]))
    assert workshop not in Workshop.objects.public()
    as_organiser.logout()
    assert as_organiser.get(reverse("workshop", args=[workshop.key])).status_code == 404


def test_a_trainer_sees_the_people_of_the_own_workshops(workshop, cast, register):
    person = register(workshop, cast.learner).participant
    stranger = Participant.objects.get(user=cast.outsider)
    for who, sees in [("trainer", True), ("organiser", True), ("other_trainer", False), ("focal_point", False)]:
        seen = Participant.objects.visible_to(getattr(cast, who))
        assert (person in seen) is sees
        assert stranger not in seen


def test_the_permissions_are_declared():
    assert set(declared()["workshops"]) == {"Organisers", "Organisers of one activity", "Trainers"}


def test_the_scheduler_asks_for_what_is_due(settings, db):
    due = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert {"courses.workshops.tasks.recompute_times", "courses.workshops.tasks.hold_past_workshops"} <= due
    assert tasks.recompute_times() == 0
    assert tasks.hold_past_workshops() == 0

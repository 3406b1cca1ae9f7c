"""Courses, their syllabus and their cohorts in the admin: nobody writes code into a field."""

from __future__ import annotations

import pytest
from django.urls import reverse

from courses.catalogue.models import Cohort, SyllabusEntry
from tests.site.world import make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return make_world()


@pytest.fixture
def organiser(client, world):
    client.force_login(world.cast.organiser)
    return client


def test_a_live_session_is_given_its_title_in_each_language(organiser, world):
    form = organiser.get(reverse("syllabus:add")).context["form"]
    assert "titles" not in form.fields
    assert form.fields["title_ar"].widget.attrs == {"lang": "ar", "dir": "rtl", **form.fields["title_ar"].widget.attrs}
    data = {
        "course": world.course.pk,
        "order": 9,
        "kind": "live-session",
        "title_en": "Week in Nairobi",
        "title_ar": "",
    }
    answer = organiser.post(reverse("syllabus:add"), data)
    assert answer.status_code == 302, answer.context["form"].errors
    entry = SyllabusEntry.objects.get(order=9)
    assert entry.titles == {"en": "Week in Nairobi"}

    edit = reverse("syllabus:edit", args=[entry.pk])
    assert organiser.get(edit).context["form"]["title_en"].value() == "Week in Nairobi"
    organiser.post(edit, {**data, "title_fr": "Semaine à Nairobi"})
    entry.refresh_from_db()
    assert entry.titles == {"en": "Week in Nairobi", "fr": "Semaine à Nairobi"}


def test_a_cohort_is_given_its_title_in_each_language(organiser, world):
    data = {"course": world.course.pk, "time_zone": "UTC", "entry": "self", "title_en": "Spring run", "language": "en"}
    answer = organiser.post(reverse("cohorts_admin:add"), data)
    assert answer.status_code == 302, answer.context["form"].errors
    assert Cohort.objects.latest("pk").titles == {"en": "Spring run"}


def test_a_mistake_elsewhere_in_the_form_keeps_the_titles(organiser, world):
    answer = organiser.post(
        reverse("syllabus:add"), {"course": world.course.pk, "kind": "survey", "title_es": "Encuesta"}
    )
    assert answer.status_code == 200
    assert answer.context["form"]["title_es"].value() == "Encuesta"
    assert not SyllabusEntry.objects.filter(titles__es="Encuesta").exists()


def test_a_course_is_asked_for_its_title_first(organiser):
    form = organiser.get(reverse("courses:add")).context["form"]
    assert next(iter(form.fields)) == "title"
    assert form.fields["key"].help_text

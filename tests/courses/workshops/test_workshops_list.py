"""The public list: coming and past, facets, empty states, queries."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.urls import reverse

from courses.workshops import search
from courses.workshops.models import Workshop
from tests import factories


@pytest.fixture
def several(db):
    courses = {field: factories.CourseFactory(field=field) for field in ("abs", "lmo")}
    for title, fields in {
        "Bali": {
            "region": "asia-pacific",
            "languages": ["en"],
            "course": courses["abs"],
            "starts_on": factories.coming(9),
        },
        "Dakar": {"region": "africa", "languages": ["fr"], "course": courses["abs"], "starts_on": factories.coming(5)},
        "Webinar": {"mode": "online", "languages": ["en", "es"], "course": courses["lmo"]},
        "Past": {"region": "africa", "languages": ["en"], "starts_on": factories.past(40), "state": "held"},
        "Draft": {"state": "proposed"},
        "Old draft": {"state": "proposed", "starts_on": factories.past(40)},
    }.items():
        factories.WorkshopFactory(title=title, **fields)
    return courses


def titles(**kwargs):
    found = search.find(**kwargs).ids
    by_id = {made.pk: made.title for made in Workshop.objects.all()}
    return [by_id[pk] for pk in found]


@pytest.mark.parametrize(
    ("facets", "found"),
    [
        ({}, ["Dakar", "Bali", "Webinar"]),
        ({"region": ["africa"]}, ["Dakar", "Webinar"]),  # a workshop for every region is for this one too
        ({"region": ["africa", "asia-pacific"]}, ["Dakar", "Bali", "Webinar"]),
        ({"language": ["fr"]}, ["Dakar"]),
        ({"language": ["es", "fr"]}, ["Dakar", "Webinar"]),
        ({"mode": ["online"]}, ["Webinar"]),
        ({"topic": ["lmo"]}, ["Webinar"]),
        ({"topic": ["abs"], "language": ["en"]}, ["Bali"]),
        ({"topic": ["customs"]}, []),
    ],
)
def test_facets_narrow_the_list(several, facets, found):
    assert titles(facets=facets) == found


def test_past_ones_stand_apart(several):
    assert titles(when="past") == ["Past"]
    assert search.find().others == 1


def test_workshops_of_one_course(several):
    assert titles(course=several["lmo"].key) == ["Webinar"]


@pytest.mark.parametrize(("zone", "when"), [("Pacific/Kiritimati", "past"), ("Pacific/Pago_Pago", "coming")])
def test_a_workshop_is_past_when_its_last_day_is_at_the_venue(db, zone, when):
    made = factories.WorkshopFactory(starts_on=date(2026, 9, 1), ends_on=date(2026, 9, 1), time_zone=zone)
    with time_machine.travel(datetime(2026, 9, 2, 5, tzinfo=UTC), tick=False):
        assert search.find(when=when).ids == [made.pk]


def test_what_is_not_known_is_ignored(client, several):
    response = client.get(reverse("workshops"), {"region": "atlantis", "when": "never", "page": "999", "course": "x y"})
    assert response.status_code == 200


def test_an_empty_list_leads_on(client, several):
    html = client.get(reverse("workshops"), {"topic": "customs"}).content.decode()
    assert "Nothing fits every filter" in html
    html = client.get(reverse("workshops"), {"language": "fr", "when": "past"}).content.decode()
    assert "Show coming workshops" in html


def test_the_list_says_how_it_stands(client, several, register):
    full = factories.WorkshopFactory(title="Full one", capacity=1)
    register(full, factories.ParticipantFactory())
    factories.WorkshopFactory(title="Called off", state="cancelled", cancel_reason="Flood")
    html = client.get(reverse("workshops")).content.decode()
    for words in ("Registration open", "Full", "Cancelled"):
        assert f">{words}</span>" in html
    assert "Draft" not in html


def test_a_title_in_another_language_says_so(client, db):
    made = factories.WorkshopFactory(source_language="fr")
    made.texts.update(language="fr", title="Cadres juridiques")
    assert '<a href="/en/workshops/' in (html := client.get(reverse("workshops")).content.decode())
    assert 'lang="fr">Cadres juridiques' in html


def test_queries_do_not_grow_with_the_list(client, several, django_assert_max_num_queries):
    client.get(reverse("workshops"))
    with django_assert_max_num_queries(8) as few:
        client.get(reverse("workshops"))
    for number in range(12):
        factories.WorkshopFactory(title=f"Number {number}", course=several["abs"], country_id="KE")
    with django_assert_max_num_queries(len(few)):
        client.get(reverse("workshops"))


def test_long_lists_come_in_pages(client, db):
    for _ in range(25):
        factories.WorkshopFactory()
    html = client.get(reverse("workshops")).content.decode()
    assert "Page 1 of 2" in html
    assert html.count('<article class="session') == 20

"""A focal point sees workshops for the region and own nominees, never those who came by themselves."""

from __future__ import annotations

import pytest
from django.urls import reverse

from courses.catalogue.models import Enrolment
from courses.certificates.models import Certificate
from courses.participants.models import Participant
from courses.workshops.models import Attendance, Registration, Workshop
from courses.workshops.services import withdraw_nomination
from institutions.models import Role
from institutions.services import grant_role
from tests import factories

pytestmark = pytest.mark.django_db
URL = "/en/my/country/"


@pytest.fixture
def page(client, cast):
    def opened(who="focal_point"):
        client.force_login(getattr(cast, who))
        return client.get(URL)

    return opened


def registered(workshop, name, source, country="KE"):
    person = factories.ParticipantFactory(name=name, country_id=country)
    return Registration.objects.create(workshop=workshop, participant=person, source=source, country_id=country)


@pytest.mark.parametrize("who", ["learner", "trainer", "organiser", "editor"])
def test_it_is_there_for_focal_points_only(page, who):
    assert page(who).status_code == 404


def test_a_designation_that_nobody_confirmed_opens_nothing(page, cast):
    cast.learner.participant.designations.create(treaty="nagoya", country_id="KE", starts_on=factories.past(9))
    assert page("learner").status_code == 404


def test_shows_coming_workshops_of_the_region_with_places_and_languages(page):
    factories.WorkshopFactory(title="In Africa", region="africa", capacity=20, languages=["en", "fr"])
    factories.WorkshopFactory(title="In Asia", region="asia-pacific")
    factories.WorkshopFactory(title="For all", region="")
    factories.WorkshopFactory(title="A draft", region="africa", state=Workshop.State.PROPOSED)
    factories.WorkshopFactory(title="Long ago", region="africa", starts_on=factories.past(20))
    text = page().content.decode()
    assert all(word in text for word in ("In Africa", "For all", "20 places left", "French"))
    assert not any(word in text for word in ("In Asia", "A draft", "Long ago"))


def test_nominating_is_offered_until_the_country_has_used_its_places(page, cast):
    workshop = factories.WorkshopFactory(title="Asking", region="africa")
    workshop.nominations_close_on = workshop.today
    workshop.nominees_per_country = 1
    workshop.save()
    offer = f"{reverse('nominate', args=[workshop.key])}?country="
    assert f"{offer}KE" in page().content.decode()
    nomination = factories.NominationFactory(workshop=workshop, nominated_by=cast.focal_point, country_id="KE")
    text = page().content.decode()
    assert offer not in text
    assert "1 of 1 nominated" in text
    assert "Your country has nominated as many people as it may." in text
    assert "Withdraw" in text.replace("Withdraw a nomination to make another", "")
    withdraw_nomination(actor=cast.focal_point, nomination=nomination)
    assert f"{offer}KE" in page().content.decode()


def test_what_another_country_nominated_takes_none_of_ones_own_places(page, cast):
    workshop = factories.WorkshopFactory(title="Asking", region="africa")
    workshop.nominations_close_on = workshop.today
    workshop.nominees_per_country = 1
    workshop.save()
    factories.NominationFactory(workshop=workshop, country_id="UG")
    grant_role(actor=None, user=cast.focal_point, role=Role.FOCAL_POINT, country_id="UG")
    text = page().content.decode()
    assert f"{reverse('nominate', args=[workshop.key])}?country=KE" in text
    assert "?country=UG" not in text


def test_lists_own_nominees_and_nobody_who_came_by_themselves_or_from_elsewhere(page):
    workshop = factories.WorkshopFactory(region="africa")
    registered(workshop, "Nominated Kenyan", "nomination")
    registered(workshop, "Self-enrolled Kenyan", "self")
    registered(workshop, "Invited Kenyan", "invitation")
    registered(workshop, "Nominated Ugandan", "nomination", "UG")
    text = page().content.decode()
    assert "Nominated Kenyan" in text
    assert not any(word in text for word in ("Self-enrolled", "Invited Kenyan", "Ugandan"))


def test_says_how_nominations_come_about_while_there_are_none(page):
    assert "Nobody is nominated yet" in page().content.decode()


def test_the_role_shows_no_record_of_people_by_itself(cast):
    """The page asks for nominees by name of the rule; every other list stays empty for a focal point."""
    workshop = factories.WorkshopFactory(region="africa")
    registered(workshop, "Self-enrolled Kenyan", "self")
    factories.EnrolmentFactory(participant__country_id="KE")
    for model in (Registration, Attendance, Enrolment, Certificate, Workshop):
        assert not model.objects.visible_to(cast.focal_point).exists()
    assert list(Participant.objects.visible_to(cast.focal_point)) == [cast.focal_point.participant]


def test_asks_as_many_queries_for_one_workshop_as_for_many(page, django_assert_max_num_queries):
    for number in range(12):
        registered(factories.WorkshopFactory(region="africa"), f"Person {number}", "nomination")
    page()
    with django_assert_max_num_queries(24):
        page()


def test_somebody_of_two_countries_sees_both_apart(page, cast):
    grant_role(actor=None, user=cast.focal_point, role=Role.FOCAL_POINT, country_id="VN")
    factories.WorkshopFactory(title="In Asia", region="asia-pacific")
    text = page().content.decode()
    assert text.index("Kenya") < text.index("Viet") < text.index("In Asia")

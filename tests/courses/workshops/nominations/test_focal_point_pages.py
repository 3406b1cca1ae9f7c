"""The focal point's page: who meets it, what it asks, what it shows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from courses.participants.models import Participant
from courses.workshops import services
from courses.workshops.models import Nomination, Workshop
from institutions.models import Role
from institutions.services import grant_role
from tests import factories

from .pages import address, main

pytestmark = pytest.mark.django_db

TYPED = {
    "name": "አበበ ተስፋዬ",
    "name_latin": "Abebe Tesfaye",
    "email": "abebe@example.org",
    "gender": "man",
    "language": "fr",
    "represents": "government",
    "organisation": "Ministry",
    "position": "Lawyer",
    "stakeholder_group": "government",
    "note": "Drafts the bill",
}


SEE_THE_ROW = {"nominee", "trainer", "organiser", "focal_point"}


def test_the_table_of_who_sees_a_nomination(cast, asking, nomination):
    nomination.participant.user = factories.UserFactory()
    nomination.participant.save()
    elsewhere = factories.UserFactory()
    grant_role(actor=None, user=elsewhere, role=Role.FOCAL_POINT, country_id="UG")
    people = {**vars(cast), "nominee": nomination.participant.user, "focal point of another country": elsewhere}
    seeing = {who for who, user in people.items() if Nomination.objects.visible_to(user).exists()}
    assert seeing == SEE_THE_ROW


def test_a_focal_point_of_another_region_or_country_meets_no_such_page(client, asking, nomination):
    elsewhere, neighbour = factories.UserFactory(), factories.UserFactory()
    grant_role(actor=None, user=elsewhere, role=Role.FOCAL_POINT, country_id="VN")
    grant_role(actor=None, user=neighbour, role=Role.FOCAL_POINT, country_id="UG")
    client.force_login(elsewhere)
    assert client.get(address("nominate", asking)).status_code == 404
    client.force_login(neighbour)
    assert "Achieng" not in main(client.get(address("nominate", asking)))
    assert client.post(reverse("nomination_withdraw", args=[nomination.pk])).status_code == 404


def test_a_workshop_that_does_not_ask_has_no_such_page(as_person, workshop):
    assert as_person("focal_point").get(address("nominate", workshop)).status_code == 404
    assert "Nominate people" not in main(as_person("focal_point").get(address("workshop", workshop)))


@pytest.mark.parametrize(("who", "offered"), [("focal_point", True), ("learner", False), ("organiser", False)])
def test_the_public_page_offers_it_to_focal_points(as_person, asking, who, offered):
    assert ("Nominate people of your country" in main(as_person(who).get(address("workshop", asking)))) == offered


def test_a_focal_point_nominates_and_sees_the_state(as_person, asking):
    client = as_person("focal_point")
    response = client.post(address("nominate", asking), TYPED, follow=True)
    made = Nomination.objects.get()
    assert {name: getattr(made, name) for name in TYPED} == TYPED
    assert made.country_id == "KE"
    assert "1 of 2 nominated" in main(response)
    country = main(client.get(reverse("country")))
    assert "አበበ ተስፋዬ" in country
    assert "1 of 2 nominated" in country
    assert "abebe@example.org" not in country


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": ""}, "This field is required."),
        ({"name": "1234"}, "A name needs at least one letter."),
        ({"name_latin": "Абебе"}, "Latin letters only"),
        ({"email": ""}, "This field is required."),
        ({"email": "abebe"}, "Enter a valid email address."),
        ({"email": "focal_point@example.org"}, "nobody nominates themselves"),
        ({"gender": "own"}, "Select a valid choice."),
        ({"note": "x" * 2001}, "at most 2000 characters"),
    ],
)
def test_wrong_input_is_said_and_kept(as_person, asking, changes, words):
    response = as_person("focal_point").post(address("nominate", asking), {**TYPED, **changes})
    text = main(response)
    assert words in text
    assert 'value="Ministry"' in text
    assert not Nomination.objects.exists()


def test_a_country_of_others_cannot_be_smuggled_in(as_person, asking, cast):
    as_person("focal_point").post(address("nominate", asking), {**TYPED, "country": "UG"})
    assert Nomination.objects.get().country_id == "KE"
    grant_role(actor=None, user=cast.focal_point, role=Role.FOCAL_POINT, country_id="ET")
    sent = {**TYPED, "email": "second@example.org"}
    client = as_person("focal_point")
    assert "Select a valid choice" in main(client.post(address("nominate", asking), {**sent, "country": "UG"}))
    client.post(address("nominate", asking), {**sent, "country": "ET"})
    assert Nomination.objects.get(email="second@example.org").country_id == "ET"


def test_after_the_last_day_the_page_says_so_and_keeps_the_states(as_person, asking, nomination):
    Workshop.objects.update(nominations_close_on=asking.today - timedelta(days=1))
    text = main(as_person("focal_point").get(address("nominate", asking)))
    assert "The last day for nominations was" in text
    assert "Achieng Otieno" in text
    assert "<textarea" not in text


@pytest.mark.parametrize("back", ["", "country"])
def test_a_nomination_is_withdrawn_only_after_asking_once_more(as_person, asking, nomination, back):
    here = reverse("country") if back else address("nominate", asking)
    url = reverse("nomination_withdraw", args=[nomination.pk])
    focal_point = as_person("focal_point")
    link = f"{url}?back={back}" if back else url
    assert f'href="{link}"' in focal_point.get(here).content.decode()
    asked = main(focal_point.get(link))
    assert "Achieng Otieno" in asked
    assert f'href="{here}"' in asked
    nomination.refresh_from_db()
    assert nomination.state == "nominated"
    assert focal_point.post(url, {"back": back}).url == here
    nomination.refresh_from_db()
    assert nomination.state == "withdrawn"
    assert focal_point.get(link).url == here  # nothing is left to ask


def test_the_focal_point_reads_own_words_never_those_of_the_record(as_person, asking, nomination):
    """Until and after the nominee confirms: the name that was typed, and nothing of who they are here besides."""
    Participant.objects.filter(pk=nomination.participant_id).update(name="Secret Other Name", organisation="Secret")
    services.decide_nominations(actor=None, workshop=asking, nominations=[nomination.pk], state="selected")
    for state in ("Selected and invited", "Registered"):
        client = as_person("focal_point")
        shown = main(client.get(reverse("country"))) + main(client.get(address("nominate", asking)))
        assert state in shown
        assert "Achieng Otieno" in shown
        assert "Secret" not in shown
        if state != "Registered":
            services.confirm_nomination(nomination=nomination)


def test_that_a_nominee_registered_by_themselves_is_not_shown(as_person, asking, nomination, register):
    register(asking, nomination.participant)
    shown = main(as_person("focal_point").get(reverse("country")))
    assert "Nominated" in shown
    assert "Registered" not in shown

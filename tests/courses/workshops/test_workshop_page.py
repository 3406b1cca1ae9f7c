"""A workshop's page and registering on it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from courses.participants.models import Participant
from courses.workshops.models import Registration, Workshop
from institutions.models import Organisation
from jobs.models import OutboxMail
from tests import factories


@pytest.fixture
def page(client, workshop):
    def shown(**headers):
        return client.get(reverse("workshop", args=[workshop.key])).content.decode()

    return shown


def put(workshop, **fields):
    Workshop.objects.filter(pk=workshop.pk).update(**fields)


@pytest.mark.parametrize(
    ("fields", "words", "may"),
    [
        ({}, "3 of 3 places are free", True),
        ({"capacity": None}, "Register", True),
        ({"state": "announced"}, "Registration has not opened yet.", False),
        ({"state": "closed"}, "Registration is closed.", False),
        ({"state": "held"}, "Held", False),
        ({"state": "cancelled", "cancel_reason": "The venue was flooded."}, "The venue was flooded.", False),
        ({"is_sample": True}, "This is a sample workshop", True),
    ],
)
def test_the_page_says_in_words_whether_one_may_register(page, workshop, fields, words, may):
    put(workshop, **fields)
    html = page()
    assert words in html
    assert (reverse("workshop_register", args=[workshop.key]) in html) is may


def test_after_the_last_day_the_page_says_when_it_closed(page, workshop):
    put(workshop, registration_closes_on=workshop.today - timedelta(days=1), ends_on=workshop.today)
    assert "Registration closed on" in page()


def test_a_full_workshop_says_so(page, workshop, register):
    put(workshop, capacity=1)
    register(workshop, factories.ParticipantFactory())
    html = page()
    assert "All places are taken" in html
    assert reverse("workshop_register", args=[workshop.key]) not in html


def test_times_are_the_venues_and_the_viewers(client, page, workshop, session, cast):
    cast.learner.time_zone = "Asia/Tokyo"
    cast.learner.save()
    client.force_login(cast.learner)
    html = page()
    assert "Nairobi time (UTC+3)" in html
    assert "09:00" in html
    assert "15:00" in html
    assert "Tokyo, UTC+9" in html


def test_without_a_zone_of_ones_own_the_browser_adds_it(page, workshop, session):
    html = page()
    assert "own-times.js" in html
    assert '<template id="own-time">' in html


def test_the_same_time_is_told_once(client, page, workshop, session, cast):
    cast.learner.time_zone = "Africa/Addis_Ababa"
    cast.learner.save()
    client.force_login(cast.learner)
    assert "Your time:" not in page()


def test_organisers_and_funders_stand_by_role(page, workshop):
    for name, role in [("A secretariat", "organiser"), ("A fund", "funder")]:
        workshop.organisations.create(organisation=Organisation.objects.create(name=name, kind="donor"), role=role)
    html = page()
    assert html.index("Organised by") < html.index("A secretariat") < html.index("Funded by") < html.index("A fund")


def test_a_historic_workshop_names_its_source(page, workshop):
    put(workshop, source_note="Quarterly report, 2016")
    assert "Source: Quarterly report, 2016" in page()


def test_the_link_to_join_is_shown_to_those_who_registered(client, page, workshop, add_session, cast, register):
    add_session(workshop, place="https://meet.example.org/secret")
    register(workshop, cast.learner)
    assert "meet.example.org" not in page()
    client.force_login(cast.outsider)
    assert "meet.example.org" not in page()
    client.force_login(cast.learner)
    assert "https://meet.example.org/secret" in page()


def test_words_of_another_language_are_marked(client, workshop):
    workshop.texts.update(summary="Bring your law.")
    html = client.get(f"/ar/workshops/{workshop.key}/").content.decode()
    assert '<span lang="en">Legal frameworks</span>' in html
    assert '<div lang="en"><div class="prose" dir="ltr">' in html
    assert 'dir="rtl"' in html


def test_what_an_author_types_is_text_never_markup(page, workshop):
    workshop.texts.update(title="<script>alert(1)</script>", summary="<img src=x onerror=alert(1)>")
    html = page()
    assert "<script>alert" not in html
    assert "<img src=x" not in html


def test_queries_do_not_grow_with_the_programme(client, workshop, add_session, django_assert_max_num_queries, cast):
    client.force_login(cast.trainer)
    address = reverse("workshop", args=[workshop.key])
    add_session(workshop)
    client.get(address)
    with django_assert_max_num_queries(16) as few:
        client.get(address)
    for number in range(6):
        add_session(workshop, f"Session {number}")
    with django_assert_max_num_queries(len(few)):
        client.get(address)


# --- Registering ------------------------------------------------------------------------------


def test_a_learner_looks_once_more_and_registers(client, workshop, cast):
    client.force_login(cast.learner)
    address = reverse("workshop_register", args=[workshop.key])
    assert "You register as" in client.get(address).content.decode()
    response = client.post(address, follow=True)
    html = response.content.decode()
    assert "You are registered" in html
    assert "Add to my calendar" in html
    assert Registration.objects.get().participant.user == cast.learner
    assert OutboxMail.objects.get().to == "learner@example.org"


def test_who_we_do_not_know_yet_is_asked_first(client, workshop, db):
    newcomer = factories.UserFactory()
    client.force_login(newcomer)
    address = reverse("workshop_register", args=[workshop.key])
    response = client.get(address)
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("participant_profile"))
    assert "next=" in response["Location"]
    client.post(address)
    assert not Registration.objects.exists()


def test_what_a_visitor_wanted_is_offered_after_the_sign_up(client, workshop, cast):
    address = reverse("workshop_register", args=[workshop.key])
    assert client.get(address).status_code == 302
    client.force_login(cast.learner)
    assert "You wanted to register for “Legal frameworks”." in client.get(reverse("learner_home")).content.decode()
    client.post(address)
    assert "You wanted to register" not in client.get(reverse("learner_home")).content.decode()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"state": "closed"}, "Registration is closed."),
        ({"state": "cancelled", "cancel_reason": "Flood"}, "cancelled"),
        ({"state": "held"}, "over"),
    ],
)
def test_a_form_sent_too_late_is_answered_in_words(client, workshop, cast, fields, words):
    client.force_login(cast.learner)
    put(workshop, **fields)
    response = client.post(reverse("workshop_register", args=[workshop.key]), follow=True)
    assert words in response.content.decode()
    assert not Registration.objects.exists()


def test_the_last_place_may_go_while_one_reads(client, workshop, cast, register):
    put(workshop, capacity=1)
    register(workshop, factories.ParticipantFactory())
    client.force_login(cast.learner)
    response = client.post(reverse("workshop_register", args=[workshop.key]), follow=True)
    assert "All places are taken." in response.content.decode()


def test_a_second_registration_is_answered_in_words(client, workshop, cast):
    client.force_login(cast.learner)
    address = reverse("workshop_register", args=[workshop.key])
    client.post(address)
    assert "You are already registered." in client.post(address, follow=True).content.decode()
    assert Registration.objects.count() == 1


def test_one_cancels_after_being_asked(client, workshop, cast, register):
    register(workshop, cast.learner)
    client.force_login(cast.learner)
    address = reverse("workshop_unregister", args=[workshop.key])
    assert "Cancel your registration?" in client.get(address).content.decode()
    assert Registration.objects.active().exists()
    client.post(address)
    assert not Registration.objects.active().exists()
    assert client.get(address).status_code == 404


def test_nobody_cancels_for_another_by_this_page(client, workshop, cast, register):
    register(workshop, cast.learner)
    client.force_login(cast.outsider)
    assert client.post(reverse("workshop_unregister", args=[workshop.key])).status_code == 404
    assert Registration.objects.active().exists()


def test_a_long_name_in_any_script_is_shown(client, workshop, cast, register):
    put(workshop, capacity=9)
    for name in ("Wolfeschlegelsteinhausenbergerdorff" * 5, "محمد بن عبد الله", "ወልደ ገብርኤል", "李小明"):
        register(workshop, factories.ParticipantFactory(name=name))
    client.force_login(cast.trainer)
    html = client.get(reverse("registrations", args=[workshop.key])).content.decode()
    for text in Participant.objects.filter(registrations__workshop=workshop).values_list("name", flat=True):
        assert f'<span dir="auto">{text}</span>' in html

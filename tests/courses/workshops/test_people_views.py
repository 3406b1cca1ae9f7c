"""Registrations, the door, the spreadsheet, the sheet to sign."""

from __future__ import annotations

import csv
import io
import re

import pytest
from django.urls import reverse

from courses.participants.models import Participant
from courses.participants.services import save_details
from courses.workshops import services
from courses.workshops.models import Attendance, Registration, Workshop
from tests import factories


@pytest.fixture
def as_trainer(client, cast):
    client.force_login(cast.trainer)
    return client


def address(name, workshop, *args):
    return reverse(name, args=[workshop.key, *args])


def test_the_list_shows_people_as_they_were_when_they_registered(as_trainer, workshop, cast, register):
    save_details(actor=None, user=cast.learner, data={"organisation": "Ministry of then", "country": "KE"})
    register(workshop, cast.learner)
    save_details(actor=None, user=cast.learner, data={"organisation": "Firm of now", "country": "UG"})
    html = as_trainer.get(address("registrations", workshop)).content.decode()
    assert "Ministry of then" in html
    assert "Kenya" in html
    assert "Firm of now" not in html


def test_attendance_that_nobody_noted_is_a_dash_and_absence_is_nought(as_trainer, workshop, session, cast, register):
    for who in (cast.learner, cast.outsider):
        register(workshop, who)

    def shown():
        html = as_trainer.get(address("registrations", workshop)).content.decode()
        return re.findall(r'data-label="Attended">([^<]*)<', html)

    def grid():
        return re.findall(
            r'<td class="num">([^<]*)</td>', as_trainer.get(address("attendance", workshop)).content.decode()
        )

    def minutes():
        text = b"".join(as_trainer.get(address("registrations_csv", workshop))).decode("utf-8-sig")
        return [row["Minutes attended"] for row in csv.DictReader(io.StringIO(text))]

    assert (shown(), grid(), minutes()) == (["–", "–"], ["–", "–"], ["", ""])
    Attendance.objects.create(
        session=session, participant=cast.learner.participant, state=Attendance.State.ABSENT, minutes=0
    )
    assert (shown(), grid(), minutes()) == (["0 %", "–"], ["0 %", "–"], ["0", ""])


def test_cancelled_ones_are_kept_apart(as_trainer, workshop, cast, register):
    registration = register(workshop, cast.learner)
    as_trainer.post(address("registration_cancel", workshop, registration.pk))
    assert "learner@example.org" not in as_trainer.get(address("registrations", workshop)).content.decode()
    html = as_trainer.get(address("registrations", workshop) + "?show=cancelled").content.decode()
    assert "learner@example.org" in html


def test_an_empty_list_says_what_will_be_here(as_trainer, workshop):
    assert "Nobody is registered yet" in as_trainer.get(address("registrations", workshop)).content.decode()


def test_queries_do_not_grow_with_the_people(as_trainer, workshop, session, register, django_assert_max_num_queries):
    Workshop.objects.filter(pk=workshop.pk).update(capacity=None)
    register(workshop, factories.ParticipantFactory(country_id="KE"))
    for name in ("registrations", "registrations_csv", "workshop_sheet"):
        as_trainer.get(address(name, workshop))
    counts = {}
    for name in ("registrations", "registrations_csv", "workshop_sheet"):
        with django_assert_max_num_queries(14) as few:
            b"".join(as_trainer.get(address(name, workshop)))
        counts[name] = len(few)
    for _ in range(10):
        register(workshop, factories.ParticipantFactory(country_id="UG"))
    for name, number in counts.items():
        with django_assert_max_num_queries(number):
            b"".join(as_trainer.get(address(name, workshop)))


# --- The door ---------------------------------------------------------------------------------


def test_somebody_at_the_door_is_written_down(as_trainer, workshop):
    data = {
        "name": "ወልደ ገብርኤል",
        "name_latin": "Wolde Gebriel",
        "email": "office@example.org",
        "represents": "government",
        "country": "ET",
        "organisation": "Ministry",
        "position": "Officer",
        "another": "1",
    }
    response = as_trainer.post(address("registration_add", workshop), data, follow=True)
    assert response.redirect_chain[-1][0] == address("registration_add", workshop)
    registration = Registration.objects.get()
    assert (registration.source, registration.organisation, registration.country_id) == ("walk-in", "Ministry", "ET")
    assert registration.participant.user is None


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": ""}, "This field is required."),
        ({"name": "1234"}, "A name needs at least one letter."),
        ({"name": "x" * 201}, "at most 200 characters"),
        ({"name_latin": "ወልደ"}, "Latin letters only"),
        ({"email": "nobody"}, "Enter a valid email address."),
        ({"represents": "government", "country": ""}, "Choose the country of the government"),
    ],
)
def test_wrong_details_are_shown_again(as_trainer, workshop, changes, words):
    people = Participant.objects.count()
    response = as_trainer.post(
        address("registration_add", workshop), {"name": "Abebe", "position": "Officer", **changes}
    )
    assert response.status_code == 200
    html = response.content.decode()
    assert words in html
    assert "Officer" in html
    assert Participant.objects.count() == people


def test_a_full_workshop_is_told_at_the_door(as_trainer, workshop, register):
    Workshop.objects.filter(pk=workshop.pk).update(capacity=1)
    register(workshop, factories.ParticipantFactory())
    html = as_trainer.post(address("registration_add", workshop), {"name": "Abebe"}).content.decode()
    assert "All places are taken. Raise the number of places first." in html


def test_two_people_of_one_name_are_asked_about(as_trainer, workshop):
    as_trainer.post(address("registration_add", workshop), {"name": "Abebe Bikila"})
    html = as_trainer.post(address("registration_add", workshop), {"name": "abebe bikila"}).content.decode()
    assert "Somebody of this name is registered." in html
    assert 'type="checkbox" name="same_name"' in html
    as_trainer.post(address("registration_add", workshop), {"name": "Abebe Bikila", "same_name": "on"})
    assert Registration.objects.count() == 2


# --- The spreadsheet --------------------------------------------------------------------------


def test_the_spreadsheet_holds_everybody_with_their_attendance(as_trainer, workshop, session, cast, register):
    person = register(workshop, factories.ParticipantFactory(name="李小明", organisation="Ministry")).participant
    services.record_attendance(actor=cast.trainer, session=session, marks={person.pk: services.Mark("partly", 30)})
    response = as_trainer.get(address("registrations_csv", workshop))
    assert response.streaming
    assert f"{workshop.key}-registrations.csv" in response["Content-Disposition"]
    text = b"".join(response).decode("utf-8-sig")
    head, row = csv.reader(io.StringIO(text))
    values = dict(zip(head, row, strict=True))
    assert (values["Name"], values["Organisation"]) == ("李小明", "Ministry")
    assert (values["Minutes attended"], values["Minutes offered"]) == ("30", "90")


def test_the_spreadsheet_speaks_the_language_of_its_address(as_trainer, workshop, register):
    register(workshop, factories.ParticipantFactory(country_id="DE"))
    response = as_trainer.get(f"/fr/workshops/{workshop.key}/registrations.csv")
    assert "Allemagne" in b"".join(response).decode()


# --- The sheet to sign ------------------------------------------------------------------------


def test_there_is_a_sheet_for_each_day_with_lines_to_spare(as_trainer, workshop, session, add_session, register):
    add_session(workshop, "Closing", days=1)
    register(workshop, factories.ParticipantFactory(name="محمد بن عبد الله", name_latin="Mohamed"))
    html = as_trainer.get(address("workshop_sheet", workshop)).content.decode()
    assert html.count("signing__table") == 2
    assert html.count("محمد بن عبد الله") == 2
    assert "Mohamed" in html
    assert "Opening" in html
    assert "Closing" in html


def test_without_sessions_there_is_one_sheet(as_trainer, workshop, cast, register):
    register(workshop, cast.learner)
    html = as_trainer.get(address("workshop_sheet", workshop)).content.decode()
    assert html.count("signing__table") == 1
    assert "Signature" in html

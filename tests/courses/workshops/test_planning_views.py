"""Making and running a workshop by its pages, with right and wrong input."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse

from courses.workshops.models import Session, Workshop, WorkshopTrainer
from institutions.models import Organisation
from jobs.models import OutboxMail
from tests import factories

EMPTY_ROWS = {
    "organisations-TOTAL_FORMS": "0",
    "organisations-INITIAL_FORMS": "0",
}


@pytest.fixture
def typed(programme):
    """What a trainer types into the form of a new workshop."""
    return {
        "programme": programme.pk,
        "source_language": "en",
        "title_en": "Drafting access rules",
        "summary_en": "Bring your own law.",
        "starts_on": "2026-09-01",
        "ends_on": "2026-09-03",
        "time_zone": "Africa/Nairobi",
        "mode": "onsite",
        "venue": "Conference Room 4",
        "city": "Nairobi",
        "country": "KE",
        "region": "africa",
        "languages": ["en", "fr"],
        "capacity": "24",
        "registration_closes_on": "2026-08-20",
        "hours": "18",
        **EMPTY_ROWS,
    }


@pytest.fixture
def send(client, cast):
    def sending(name, data, *args, who="trainer", **kwargs):
        client.force_login(getattr(cast, who))
        return client.post(reverse(name, args=args), data, follow=True, **kwargs)

    return sending


def test_a_trainer_makes_a_workshop_and_lands_at_its_desk(send, typed, cast):
    response = send("workshop_create", typed)
    made = Workshop.objects.get()
    assert response.redirect_chain[-1][0] == reverse("workshop_manage", args=[made.key])
    assert (made.title, made.state, made.capacity, made.languages) == (
        "Drafting access rules", "proposed", 24, ["en", "fr"]
    )  # fmt: skip
    assert made.trainers.get().user == cast.trainer
    assert "This is a draft" in response.content.decode()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"ends_on": "2026-08-01"}, "The last day is before the first."),
        ({"ends_on": "2029-09-01"}, "Please check the years."),
        ({"starts_on": "0026-09-01"}, "Please check the year."),
        ({"starts_on": "1 September"}, "Enter a valid date."),
        ({"starts_on": ""}, "This field is required."),
        ({"registration_closes_on": "2026-10-01"}, "Registration cannot close after the last day."),
        ({"time_zone": "Africa/Atlantis"}, "Select a valid choice."),
        ({"time_zone": ""}, "This field is required."),
        ({"title_en": ""}, "This field is required."),
        ({"title_en": "x" * 201}, "at most 200 characters"),
        ({"title_fr": "", "summary_fr": "Sans titre"}, "A description needs a title in the same language."),
        ({"city": "", "country": ""}, "give a city or a country"),
        ({"capacity": "0"}, "greater than or equal to 1"),
        ({"capacity": "-3"}, "greater than or equal to 1"),
        ({"capacity": "many"}, "Enter a whole number."),
        ({"hours": "100000"}, "less than or equal to 999"),
        ({"languages": []}, "This field is required."),
        ({"languages": ["tlh"]}, "Select a valid choice."),
        ({"country": "XX"}, "Select a valid choice."),
        ({"mode": "telepathy"}, "Select a valid choice."),
    ],
)
def test_wrong_input_is_shown_again_with_what_was_typed(send, typed, changes, words):
    response = send("workshop_create", {**typed, **changes})
    html = response.content.decode()
    assert response.status_code == 200
    assert words in html
    assert "Bring your own law." in html
    assert not Workshop.objects.exists()


def test_everything_that_is_wrong_is_said_at_once(send, typed):
    wrong = {
        "starts_on": "2026-09-03",
        "ends_on": "2026-09-01",
        "city": "",
        "country": "",
        "nominations_close_on": "2026-09-04",
    }
    html = send("workshop_create", {**typed, **wrong}).content.decode()
    assert "The last day is before the first." in html
    assert "give a city or a country" in html
    assert "Nominations cannot close after" in html
    assert "Bring your own law." in html


def test_a_programme_that_is_not_ones_own_cannot_be_chosen(send, typed):
    html = send("workshop_create", {**typed, "programme": factories.ProgrammeFactory().pk}).content.decode()
    assert "Select a valid choice." in html


def test_a_course_of_another_programme_cannot_be_chosen(send, typed):
    foreign = factories.CourseFactory()
    html = send("workshop_create", {**typed, "course": foreign.pk}).content.decode()
    assert "Select a valid choice." in html


def test_a_cohort_belongs_to_its_course(send, typed, course):
    other = factories.CourseFactory(programme=course.programme)
    cohort = factories.CohortFactory(course=other)
    html = send("workshop_create", {**typed, "course": course.pk, "cohort": cohort.pk}).content.decode()
    assert "This cohort is not one of the course chosen." in html


def test_an_online_workshop_needs_no_place(send, typed):
    send("workshop_create", {**typed, "mode": "online", "city": "", "country": "", "venue": ""})
    assert Workshop.objects.get().mode == "online"


def test_a_workshop_can_be_written_in_any_language(send, typed):
    title = {"source_language": "ar", "title_ar": "ورشة عمل", "summary_ar": "", "title_en": "", "summary_en": ""}
    send("workshop_create", {**typed, **title})
    made = Workshop.objects.get()
    assert made.source_language == "ar"
    assert made.texts.get().title == "ورشة عمل"


def test_every_time_zone_in_use_is_offered_by_part_of_the_world(client, cast):
    client.force_login(cast.trainer)
    html = client.get(reverse("workshop_create")).content.decode()
    assert '<optgroup label="Africa">' in html
    assert '<option value="Africa/Nairobi">Nairobi (Kenya)</option>' in html
    assert html.count("<option") > 400


# --- Changing ---------------------------------------------------------------------------------


@pytest.fixture
def changed(typed, workshop):
    day = workshop.starts_on
    return {
        **{key: value for key, value in typed.items() if key not in ("programme", "source_language")},
        "starts_on": day.isoformat(),
        "ends_on": (day + timedelta(days=1)).isoformat(),
        "registration_closes_on": "",
    }


def test_all_six_languages_are_edited_on_one_page(client, cast, send, workshop, changed):
    client.force_login(cast.trainer)
    html = client.get(reverse("workshop_edit", args=[workshop.key])).content.decode()
    for code in ("en", "ar", "es", "fr", "ru", "zh-hans"):
        assert f'name="title_{code}"' in html
    assert 'lang="ar" dir="rtl"' in html
    send("workshop_edit", {**changed, "title_ar": "الأطر القانونية", "title_fr": "Cadres juridiques"}, workshop.key)
    assert {text.language for text in workshop.texts.all()} == {"en", "ar", "fr"}
    assert "الأطر القانونية" in client.get(f"/ar/workshops/{workshop.key}/").content.decode()


def test_what_is_no_longer_known_of_a_held_workshop_may_stay_open(send, workshop, changed):
    unknown = {**changed, "languages": [], "city": "", "country": ""}
    assert b"This field is required." in send("workshop_edit", unknown, workshop.key).content
    Workshop.objects.filter(pk=workshop.pk).update(state=Workshop.State.HELD)
    send("workshop_edit", unknown, workshop.key)
    workshop.refresh_from_db()
    assert (workshop.title, workshop.languages, workshop.city) == ("Drafting access rules", [], "")


def test_the_stored_values_are_shown(client, cast, workshop):
    Workshop.objects.filter(pk=workshop.pk).update(hours="4.5", venue="Room 4")
    client.force_login(cast.trainer)
    html = client.get(reverse("workshop_edit", args=[workshop.key])).content.decode()
    for value in ('value="Legal frameworks"', f'value="{workshop.starts_on}"', 'value="4.5"', 'value="Room 4"'):
        assert value in html
    assert '<option value="Africa/Nairobi" selected>' in html


def test_organisers_and_funders_are_chosen_in_rows(send, workshop, changed):
    fund = Organisation.objects.create(name="A fund", kind="donor")
    rows = {
        "organisations-TOTAL_FORMS": "2",
        "organisations-INITIAL_FORMS": "0",
        "organisations-0-organisation": fund.pk,
        "organisations-0-role": "funder",
        "organisations-1-organisation": "",
        "organisations-1-role": "organiser",
    }
    send("workshop_edit", {**changed, **rows}, workshop.key)
    assert [(row.organisation.name, row.role) for row in workshop.organisations.all()] == [("A fund", "funder")]


def test_places_below_the_people_are_refused_beside_the_field(send, workshop, changed, cast, register):
    register(workshop, cast.learner)
    register(workshop, cast.outsider)
    html = send("workshop_edit", {**changed, "capacity": "1"}, workshop.key).content.decode()
    assert "2 people are registered. There cannot be fewer places." in html


def test_a_form_sent_to_another_trainers_workshop_changes_nothing(send, workshop, changed):
    response = send("workshop_edit", {**changed, "title_en": "Taken over"}, workshop.key, who="other_trainer")
    assert response.status_code == 404
    workshop.refresh_from_db()
    assert workshop.title == "Legal frameworks"


# --- Sessions ---------------------------------------------------------------------------------


@pytest.fixture
def sitting(workshop):
    return {
        "title_en": "Opening",
        "day": workshop.starts_on.isoformat(),
        "begins": "09:00",
        "finishes": "10:30",
        "place": "Room 4",
    }


def test_a_session_is_added_and_another_can_follow(send, workshop, sitting):
    response = send("session_add", {**sitting, "another": "1"}, workshop.key)
    assert response.redirect_chain[-1][0] == reverse("session_add", args=[workshop.key])
    assert 'value="10:30"' in response.content.decode()  # the next begins where this one ended
    assert Session.objects.get().title == "Opening"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"finishes": "08:00"}, "The session ends before it begins."),
        ({"finishes": "09:00"}, "The session ends before it begins."),
        ({"finishes": "25:00"}, "Enter a valid time."),
        ({"begins": ""}, "This field is required."),
        ({"day": "2001-01-01"}, "Choose one of these days."),
        ({"day": "someday"}, "Enter a valid date."),
        ({"title_en": ""}, "This field is required."),
        ({"title_en": "x" * 201}, "at most 200 characters"),
        ({"place": "x" * 301}, "at most 300 characters"),
    ],
)
def test_a_session_that_does_not_fit_is_shown_again(send, workshop, sitting, changes, words):
    response = send("session_add", {**sitting, **changes}, workshop.key)
    assert response.status_code == 200
    assert words in response.content.decode()
    assert not Session.objects.exists()


def test_a_session_is_changed_and_removed(client, send, workshop, session, sitting):
    send("session_edit", {**sitting, "title_en": "Welcome", "title_fr": "Accueil"}, workshop.key, session.pk)
    session.refresh_from_db()
    assert session.titles == {"en": "Welcome", "fr": "Accueil"}
    assert client.get(reverse("session_delete", args=[workshop.key, session.pk])).status_code == 200
    send("session_delete", {}, workshop.key, session.pk)
    assert not Session.objects.exists()


def test_a_session_of_another_workshop_is_not_reached_through_ones_own(client, cast, workshop, add_session):
    foreign = add_session(factories.WorkshopFactory())
    client.force_login(cast.trainer)
    for name in ("session_edit", "session_delete", "attendance_session"):
        assert client.get(reverse(name, args=[workshop.key, foreign.pk])).status_code == 404


# --- States, messages, trainers ---------------------------------------------------------------


def test_registration_is_opened_and_closed(send, workshop):
    Workshop.objects.filter(pk=workshop.pk).update(state="proposed")
    assert "Registration is open." in send("workshop_open", {}, workshop.key).content.decode()
    assert "Registration is open already." in send("workshop_open", {}, workshop.key).content.decode()
    assert "Registration is closed." in send("workshop_close", {}, workshop.key).content.decode()
    workshop.refresh_from_db()
    assert workshop.state == "closed"


def test_cancelling_asks_why(send, workshop, cast, register):
    register(workshop, cast.learner)
    assert "This field is required." in send("workshop_cancel", {"reason": " "}, workshop.key).content.decode()
    html = send("workshop_cancel", {"reason": "The venue was flooded."}, workshop.key).content.decode()
    assert "The workshop is cancelled." in html
    assert "The venue was flooded." in html
    assert "already" in send("workshop_cancel", {"reason": "Again"}, workshop.key).content.decode()


def test_a_message_goes_to_everybody_registered_once(send, workshop, session, cast, register):
    register(workshop, cast.learner)
    register(workshop, factories.ParticipantFactory())  # without an address
    OutboxMail.objects.all().delete()
    data = {"message": "Please bring your laptop.", "key": uuid.uuid4()}
    html = send("workshop_message", data, workshop.key).content.decode()
    send("workshop_message", data, workshop.key)
    assert "Your message goes to 1 person." in html
    mail = OutboxMail.objects.get()
    assert "Please bring your laptop." in mail.text
    assert "Opening" in mail.text


def test_trainers_are_named_and_taken_off(send, workshop, cast):
    assert (
        "is a trainer of this workshop"
        in send("trainer_add", {"email": "other_trainer@example.org"}, workshop.key).content.decode()
    )
    assert (
        "No trainer of this programme"
        in send("trainer_add", {"email": "learner@example.org"}, workshop.key).content.decode()
    )
    assert "Please type an e-mail address." in send("trainer_add", {"email": "nobody"}, workshop.key).content.decode()
    own = WorkshopTrainer.objects.get(workshop=workshop, user=cast.trainer)
    response = send("trainer_remove", {}, workshop.key, own.pk)
    assert response.redirect_chain[-1][0] == reverse("workshops_mine")
    assert (
        "A workshop needs at least one trainer."
        in send("trainer_remove", {}, workshop.key, workshop.trainers.get().pk, who="other_trainer").content.decode()
    )


# --- My workshops -----------------------------------------------------------------------------


def test_a_trainer_sees_only_their_own_and_an_organiser_the_programmes(client, cast, workshop, programme):
    factories.WorkshopFactory(title="By another trainer", programme=programme)
    factories.WorkshopFactory(title="Of another programme")
    for who, seen in [("trainer", {"Legal frameworks"}), ("organiser", {"Legal frameworks", "By another trainer"})]:
        client.force_login(getattr(cast, who))
        html = client.get(reverse("workshops_mine")).content.decode()
        every = {"Legal frameworks", "By another trainer", "Of another programme"}
        assert {title for title in every if title in html} == seen


def test_past_and_cancelled_ones_stand_apart(client, cast, workshop):
    client.force_login(cast.trainer)
    assert "Legal frameworks" in client.get(reverse("workshops_mine")).content.decode()
    Workshop.objects.filter(pk=workshop.pk).update(state="cancelled", cancel_reason="Flood")
    assert "No workshop is planned" in client.get(reverse("workshops_mine")).content.decode()
    assert "Legal frameworks" in client.get(reverse("workshops_mine") + "?when=past").content.decode()


def test_queries_of_the_own_list_do_not_grow(client, cast, workshop, django_assert_max_num_queries):
    client.force_login(cast.trainer)
    client.get(reverse("workshops_mine"))
    with django_assert_max_num_queries(10) as few:
        client.get(reverse("workshops_mine"))
    for _ in range(8):
        made = factories.WorkshopFactory(programme=workshop.programme, course=workshop.course, country_id="KE")
        WorkshopTrainer.objects.create(workshop=made, user=cast.trainer)
    with django_assert_max_num_queries(len(few)):
        client.get(reverse("workshops_mine"))


def test_queries_of_the_desk_do_not_grow(client, cast, workshop, session, add_session, django_assert_max_num_queries):
    client.force_login(cast.trainer)
    address = reverse("workshop_manage", args=[workshop.key])
    client.get(address)
    with django_assert_max_num_queries(12) as few:
        client.get(address)
    for number in range(6):
        add_session(workshop, f"Session {number}")
    with django_assert_max_num_queries(len(few)):
        client.get(address)

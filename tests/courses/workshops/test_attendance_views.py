"""The attendance grid and the page of one session."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest
from django.urls import reverse

from courses.workshops import services
from courses.workshops.models import Attendance, Workshop
from tests import factories


@pytest.fixture
def as_trainer(client, cast):
    client.force_login(cast.trainer)
    return client


@pytest.fixture
def grid(workshop):
    return reverse("attendance", args=[workshop.key])


@pytest.fixture
def one(workshop, session):
    return reverse("attendance_session", args=[workshop.key, session.pk])


def seen(html):
    """What the page carries along of what was recorded when it was made."""
    return unescape(re.search(r'name="seen" value="([^"]*)"', html).group(1))


def mark(session, registration):
    return f"m-{session.pk}-{registration.participant_id}"


def held():
    return {(row.session_id, row.participant_id): (row.state, row.minutes) for row in Attendance.objects.all()}


@pytest.mark.parametrize(
    ("value", "kept"), [("present", ("present", 90)), ("absent", ("absent", 0)), ("partly:45", ("partly", 45))]
)
def test_a_cell_of_the_grid_is_saved(as_trainer, grid, session, cast, workshop, register, value, kept):
    registration = register(workshop, cast.learner)
    html = as_trainer.get(grid).content.decode()
    response = as_trainer.post(grid, {"seen": seen(html), mark(session, registration): value}, follow=True)
    assert "Saved: 1 mark has changed." in response.content.decode()
    assert held() == {(session.pk, registration.participant_id): kept}
    assert f'<option value="{value}" selected>' in response.content.decode()


def test_radio_buttons_save_with_minutes_beside(as_trainer, one, session, cast, workshop, register):
    registration = register(workshop, cast.learner)
    data = {
        "seen": seen(as_trainer.get(one).content.decode()),
        mark(session, registration): "partly",
        mark(session, registration).replace("m-", "t-", 1): "37",
    }
    html = as_trainer.post(one, data, follow=True).content.decode()
    assert held() == {(session.pk, registration.participant_id): ("partly", 37)}
    assert 'value="37"' in html


@pytest.mark.parametrize("minutes", ["", "0", "90", "-4", "many", "9" * 40, "٣"])
def test_wrong_minutes_are_shown_again_and_nothing_is_saved(
    as_trainer, one, session, cast, workshop, register, minutes
):
    wrong, right = register(workshop, cast.learner), register(workshop, cast.outsider)
    data = {
        "seen": seen(as_trainer.get(one).content.decode()),
        mark(session, wrong): "partly",
        mark(session, wrong).replace("m-", "t-", 1): minutes,
        mark(session, right): "present",
    }
    html = as_trainer.post(one, data).content.decode()
    if minutes == "٣":  # Arabic digits are digits
        assert held()[session.pk, wrong.participant_id] == ("partly", 3)
        return
    assert "How many minutes? Between 1 and 89." in html
    assert held() == {}
    assert re.search(rf'name="{mark(session, right)}" value="present" checked', html)


@pytest.mark.parametrize("value", ["asleep", "partly", "partly:", "partly:999", "present:5x"])
def test_an_answer_that_was_not_offered_is_refused(as_trainer, grid, session, cast, workshop, register, value):
    registration = register(workshop, cast.learner)
    as_trainer.post(grid, {"seen": "{}", mark(session, registration): value})
    assert held().get((session.pk, registration.participant_id), ("", 0))[0] in ("", "present")


def test_everybody_not_recorded_can_be_present_at_once(as_trainer, one, session, cast, workshop, register):
    rows = [register(workshop, user) for user in (cast.learner, cast.outsider, cast.focal_point)]
    services.record_attendance(actor=cast.trainer, session=session, marks={rows[0].participant_id: "absent"})
    data = {"seen": seen(as_trainer.get(one).content.decode()), "everybody": session.pk}
    data |= {mark(session, row): "absent" if row is rows[0] else "" for row in rows}
    as_trainer.post(one, data)
    assert sorted(state for state, _minutes in held().values()) == ["absent", "present", "present"]


def test_two_trainers_at_once_do_not_undo_each_other(as_trainer, grid, session, cast, workshop, register):
    mine, theirs = register(workshop, cast.learner), register(workshop, cast.outsider)
    old_page = seen(as_trainer.get(grid).content.decode())
    services.record_attendance(actor=cast.organiser, session=session, marks={theirs.participant_id: "present"})
    as_trainer.post(grid, {"seen": old_page, mark(session, mine): "absent", mark(session, theirs): ""})
    assert held() == {
        (session.pk, mine.participant_id): ("absent", 0),
        (session.pk, theirs.participant_id): ("present", 90),
    }


@pytest.mark.parametrize("page", ["grid", "one"])
def test_a_walk_in_pushes_nobody_off_the_page_that_is_saved(
    as_trainer, request, page, session, workshop, register, monkeypatch
):
    monkeypatch.setattr("courses.workshops.views.attendance.MOST", 2)
    monkeypatch.setattr("courses.workshops.views.attendance.FEWEST", 2)
    address = request.getfixturevalue(page)
    bruno, chen = (register(workshop, factories.ParticipantFactory(name=name)) for name in ("Bruno", "Chen"))
    old_page = seen(as_trainer.get(address).content.decode())
    register(workshop, factories.ParticipantFactory(name="Amina"))  # at the door, while the page is open
    as_trainer.post(address, {"seen": old_page, mark(session, bruno): "present", mark(session, chen): "absent"})
    assert held() == {
        (session.pk, bruno.participant_id): ("present", 90),
        (session.pk, chen.participant_id): ("absent", 0),
    }


def test_nobody_from_outside_the_workshop_is_marked(as_trainer, grid, session, cast, workshop, register):
    register(workshop, cast.learner)
    stranger = factories.ParticipantFactory()
    for number in (stranger.pk, "9" * 30, "x"):
        as_trainer.post(grid, {"seen": "{}", f"m-{session.pk}-{number}": "present"})
    assert held() == {}


def test_a_mark_can_be_taken_back(as_trainer, grid, session, cast, workshop, register):
    registration = register(workshop, cast.learner)
    services.record_attendance(actor=cast.trainer, session=session, marks={registration.participant_id: "present"})
    as_trainer.post(grid, {"seen": seen(as_trainer.get(grid).content.decode()), mark(session, registration): ""})
    assert held() == {}


def test_ones_own_row_is_locked(as_trainer, grid, one, session, cast, workshop, register):
    own, other = register(workshop, cast.trainer), register(workshop, cast.learner)
    for address in (grid, one):
        html = as_trainer.get(address).content.decode()
        assert mark(session, own) not in html
        assert mark(session, other) in html
        assert "Your own attendance is recorded by another trainer or an organiser." in html
        as_trainer.post(address, {"seen": "{}", mark(session, own): "present"})
    assert held() == {}


def test_days_to_come_are_shown_but_not_recorded(as_trainer, grid, add_session, cast, workshop, register):
    tomorrow = add_session(workshop, "Closing", days=1)
    registration = register(workshop, cast.learner)
    html = as_trainer.get(grid).content.decode()
    assert "Closing" in html
    assert mark(tomorrow, registration) not in html
    assert "Attendance can be recorded from the day of a session on." in html
    address = reverse("attendance_session", args=[workshop.key, tomorrow.pk])
    assert "This session is still to come" in as_trainer.get(address).content.decode()
    as_trainer.post(address, {"seen": "{}", mark(tomorrow, registration): "present"})
    assert held() == {}


def test_who_cancelled_but_was_there_stays_in_the_grid(as_trainer, grid, session, cast, workshop, register):
    registration = register(workshop, cast.learner)
    services.record_attendance(actor=cast.trainer, session=session, marks={registration.participant_id: "present"})
    services.cancel_registration(actor=None, registration=registration)
    assert mark(session, registration) in as_trainer.get(grid).content.decode()


def test_the_counts_stand_below(as_trainer, one, session, cast, workshop, register):
    rows = [register(workshop, user) for user in (cast.learner, cast.outsider, cast.focal_point)]
    services.record_attendance(
        actor=cast.trainer,
        session=session,
        marks={rows[0].participant_id: "present", rows[1].participant_id: services.Mark("partly", 9)},
    )
    html = as_trainer.get(one).content.decode()
    figures = dict(re.findall(r"<dt>([^<]+)</dt><dd>(\d+)</dd>", html))
    assert figures == {"present": "1", "part of the time": "1", "absent": "0", "not recorded": "1"}


@pytest.mark.parametrize("damaged", ["", "not json", "[]", '{"m-1-1": ["x"]}', "null"])
def test_a_damaged_form_does_no_harm(as_trainer, grid, session, cast, workshop, register, damaged):
    registration = register(workshop, cast.learner)
    response = as_trainer.post(grid, {"seen": damaged, mark(session, registration): "present"}, follow=True)
    assert response.status_code == 200
    assert held() == {(session.pk, registration.participant_id): ("present", 90)}


def test_without_sessions_or_people_the_page_leads_on(as_trainer, workshop, add_session, grid):
    assert "No session yet" in as_trainer.get(grid).content.decode()
    add_session(workshop)
    assert "Nobody is registered yet" in as_trainer.get(grid).content.decode()


def test_queries_do_not_grow_with_people_or_sessions(
    as_trainer, grid, one, session, add_session, workshop, register, django_assert_max_num_queries
):
    Workshop.objects.filter(pk=workshop.pk).update(capacity=None)
    register(workshop, factories.ParticipantFactory(country_id="KE"))
    counts = {}
    for address in (grid, one):
        as_trainer.get(address)
        with django_assert_max_num_queries(15) as few:
            as_trainer.get(address)
        counts[address] = len(few)
    for number in range(5):
        add_session(workshop, f"Session {number}")
        register(workshop, factories.ParticipantFactory(country_id="UG"))
    for address, number in counts.items():
        as_trainer.get(address)  # the first time also writes down who was seen
        with django_assert_max_num_queries(number):
            as_trainer.get(address)


def test_a_great_workshop_fits_into_forms_that_django_accepts(as_trainer, grid, workshop, add_session, register):
    """Sixty people and twenty sessions are more than a thousand cells: they come in pages."""
    Workshop.objects.filter(pk=workshop.pk).update(capacity=None)
    for number in range(20):
        add_session(workshop, f"Session {number}")
    for _ in range(60):
        register(workshop, factories.ParticipantFactory())
    html = as_trainer.get(grid).content.decode()
    fields = re.findall(r'<select name="([^"]+)"', html)
    assert 700 <= len(fields) <= 900
    response = as_trainer.post(grid, {"seen": seen(html), "next": "1", **dict.fromkeys(fields, "present")})
    assert response["Location"] == f"{grid}?page=2"
    assert Attendance.objects.count() == len(fields)
    assert len(json.loads(seen(html))) == len(fields)

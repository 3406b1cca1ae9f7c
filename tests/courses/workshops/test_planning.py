"""Making and changing workshops, their sessions and trainers."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction

from core.models import AuditEntry
from courses.workshops import errors, services
from courses.workshops.models import Attendance, Session, Workshop
from tests import factories

FIELDS = {
    "starts_on": date(2026, 9, 1),
    "ends_on": date(2026, 9, 3),
    "time_zone": "Africa/Nairobi",
    "city": "Nairobi",
    "languages": ["en"],
}
TEXTS = {"en": {"title": "Drafting access rules", "summary": "Bring your own law."}}


@pytest.fixture
def make(cast, programme):
    def making(actor=cast.trainer, texts=TEXTS, **fields):
        return services.create_workshop(actor=actor, **{"programme": programme, **FIELDS, **fields}, texts=texts)

    return making


def test_who_makes_a_workshop_is_its_trainer_and_it_is_a_draft(make, cast):
    made = make()
    assert [trainer.user for trainer in made.trainers.all()] == [cast.trainer]
    assert made.state == "proposed"
    assert not made.is_public
    assert made.title == "Drafting access rules"
    assert AuditEntry.objects.get(action="workshops.create_workshop").actor == cast.trainer


def test_the_address_is_made_from_title_city_and_year_and_is_never_given_twice(make):
    assert [make().key for _ in range(3)] == [
        "drafting-access-rules-nairobi-2026",
        "drafting-access-rules-nairobi-2026-2",
        "drafting-access-rules-nairobi-2026-3",
    ]


def test_a_title_in_any_script_gets_an_address(make):
    assert make(texts={"en": {"title": "ورشة عمل"}}, city="").key == "workshop-2026"


@pytest.mark.parametrize("who", ["learner", "focal_point", "outsider", "other_organiser"])
def test_only_trainers_and_organisers_of_the_programme_make_workshops(make, cast, who):
    with pytest.raises(errors.NotYourProgramme):
        make(actor=getattr(cast, who))


@pytest.mark.parametrize(
    ("fields", "error", "field"),
    [
        ({"ends_on": date(2026, 8, 31)}, errors.WrongDates, "ends_on"),
        ({"ends_on": date(2027, 9, 3)}, errors.WrongDates, "ends_on"),
        ({"registration_closes_on": date(2026, 9, 4)}, errors.WrongDates, "registration_closes_on"),
        ({"time_zone": "Africa/Atlantis"}, errors.UnknownZone, "time_zone"),
        ({"time_zone": ""}, errors.UnknownZone, "time_zone"),
        ({"texts": {"en": {"title": "  "}}}, errors.TextMissing, "title_en"),
        ({"texts": {**TEXTS, "fr": {"title": "", "summary": "Sans titre"}}}, errors.TextMissing, "title_fr"),
    ],
)
def test_what_does_not_fit_is_said_beside_its_field(make, fields, error, field):
    with pytest.raises(error) as caught:
        make(**fields)
    assert caught.value.field == field
    assert str(caught.value)
    assert not Workshop.objects.exists()


def test_the_database_itself_refuses_an_end_before_the_start(make):
    made = make()
    with pytest.raises(IntegrityError), transaction.atomic():
        Workshop.objects.filter(pk=made.pk).update(ends_on=date(2026, 8, 1))


def test_a_session_is_wall_time_there_and_utc_here(make, add_session):
    session = add_session(make(), begins=time(9), finishes=time(10, 30))
    assert session.starts_at == datetime(2026, 9, 1, 6, tzinfo=UTC)
    assert session.minutes == 90


@pytest.mark.parametrize(
    ("fields", "error", "field"),
    [
        ({"begins": time(10), "finishes": time(9)}, errors.WrongDates, "finishes"),
        ({"begins": time(10), "finishes": time(10)}, errors.WrongDates, "finishes"),
        ({"days": -1}, errors.SessionOutsideDays, "day"),
        ({"days": 3}, errors.SessionOutsideDays, "day"),
        ({"title": " "}, errors.TextMissing, "title_en"),
    ],
)
def test_a_session_that_does_not_fit_is_refused(make, add_session, fields, error, field):
    with pytest.raises(error) as caught:
        add_session(make(), **fields)
    assert caught.value.field == field
    assert not Session.objects.exists()


def test_a_time_the_clocks_skip_is_refused(make, add_session):
    made = make(time_zone="America/New_York", starts_on=date(2027, 3, 13), ends_on=date(2027, 3, 14))
    with pytest.raises(errors.NoSuchTime, match="02:30"):
        add_session(made, days=1, begins=time(2, 30), finishes=time(5))


def test_another_zone_keeps_the_wall_time_and_moves_the_moment(make, add_session, cast):
    made = make()
    session = add_session(made)
    services.change_workshop(actor=cast.trainer, workshop=made, time_zone="Asia/Tokyo")
    session.refresh_from_db()
    assert session.begins == time(9)
    assert session.starts_at == datetime(2026, 9, 1, 0, tzinfo=UTC)


def test_days_cannot_be_taken_away_under_a_session(make, add_session, cast):
    made = make()
    add_session(made, "Closing", days=2)
    with pytest.raises(errors.SessionOutsideDays, match="Closing"):
        services.change_workshop(actor=cast.trainer, workshop=made, ends_on=date(2026, 9, 2))


def test_places_cannot_be_fewer_than_people(workshop, cast, register):
    register(workshop, cast.learner)
    register(workshop, cast.outsider)
    with pytest.raises(errors.CapacityTooSmall, match="2 people"):
        services.change_workshop(actor=cast.trainer, workshop=workshop, capacity=1)


def test_words_are_kept_per_language_and_an_emptied_one_goes(make, cast):
    made = make(texts={**TEXTS, "fr": {"title": "Rédiger", "summary": "…"}})
    assert {text.language for text in made.texts.all()} == {"en", "fr"}
    services.change_workshop(actor=cast.trainer, workshop=made, texts={**TEXTS, "fr": {"title": "", "summary": ""}})
    assert [text.language for text in made.texts.all()] == ["en"]


def test_organisers_and_funders_keep_their_order_and_roles(make, cast):
    from institutions.models import Organisation

    fund, secretariat = (Organisation.objects.create(name=name, kind="donor") for name in ("A fund", "A secretariat"))
    made = make(organisations=[(secretariat, "organiser"), (fund, "funder"), (fund, "funder")])
    assert [(row.organisation, row.role) for row in made.organisations.all()] == [
        (secretariat, "organiser"),
        (fund, "funder"),
    ]


@pytest.mark.parametrize("who", ["other_trainer", "learner", "focal_point", "other_organiser"])
def test_nobody_else_changes_a_workshop(workshop, session, cast, who):
    actor = getattr(cast, who)
    for act in (
        lambda: services.change_workshop(actor=actor, workshop=workshop, city="Elsewhere"),
        lambda: services.change_session(actor=actor, session=session, place="Elsewhere"),
        lambda: services.remove_session(actor=actor, session=session),
        lambda: services.add_trainer(actor=actor, workshop=workshop, email="other_trainer@example.org"),
    ):
        with pytest.raises(errors.NotYourWorkshop):
            act()


def test_attendance_follows_the_length_of_its_session(workshop, session, cast, register):
    whole, part = register(workshop, cast.learner), register(workshop, cast.outsider)
    services.record_attendance(
        actor=cast.trainer,
        session=session,
        marks={whole.participant_id: "present", part.participant_id: services.Mark("partly", 80)},
    )
    services.change_session(actor=cast.trainer, session=session, finishes=time(10))
    minutes = dict(Attendance.objects.values_list("participant", "minutes"))
    assert minutes == {whole.participant_id: 60, part.participant_id: 60}


def test_a_session_with_attendance_stays(workshop, session, cast, register):
    registration = register(workshop, cast.learner)
    services.record_attendance(actor=cast.trainer, session=session, marks={registration.participant_id: "present"})
    with pytest.raises(errors.SessionHasAttendance):
        services.remove_session(actor=cast.trainer, session=session)


def test_another_trainer_is_named_by_address_and_then_sees_the_workshop(workshop, cast):
    services.add_trainer(actor=cast.trainer, workshop=workshop, email=" Other_Trainer@example.org ")
    assert workshop in Workshop.objects.visible_to(cast.other_trainer)


@pytest.mark.parametrize("email", ["learner@example.org", "nobody@example.org", "other_organiser@example.org"])
def test_only_trainers_of_the_programme_can_be_named(workshop, cast, email):
    with pytest.raises(errors.UnknownTrainer):
        services.add_trainer(actor=cast.trainer, workshop=workshop, email=email)


def test_a_workshop_keeps_one_trainer(workshop, cast):
    with pytest.raises(errors.LastTrainer):
        services.remove_trainer(actor=cast.trainer, trainer=workshop.trainers.get())


# --- When a country changes its clocks --------------------------------------------------------


@pytest.fixture
def old_rules(add_session):
    """A session planned under other rules: its UTC is an hour off by those of today."""

    def planned(workshop):
        session = add_session(workshop)
        shifted = {"starts_at": session.starts_at + timedelta(hours=1), "ends_at": session.ends_at + timedelta(hours=1)}
        Session.objects.filter(pk=session.pk).update(**shifted)
        return session

    return planned


def test_new_rules_move_the_moment_and_keep_the_wall_time(make, old_rules):
    made = make()
    session = old_rules(made)
    with time_machine.travel(datetime(2026, 8, 1, tzinfo=UTC), tick=False):
        assert services.recompute_times() == 1
        assert services.recompute_times() == 0
    session.refresh_from_db()
    assert (session.begins, session.starts_at) == (time(9), datetime(2026, 9, 1, 6, tzinfo=UTC))
    entry = AuditEntry.objects.get(action="workshops.recompute_times")
    assert entry.actor is None
    assert entry.data["now"] == "2026-09-01T06:00:00+00:00"


def test_calendars_learn_of_the_move(make, old_rules):
    made = make()
    old_rules(made)
    made.refresh_from_db()
    before = made.sequence
    with time_machine.travel(datetime(2026, 8, 1, tzinfo=UTC), tick=False):
        services.recompute_times()
    made.refresh_from_db()
    assert made.sequence == before + 1


def test_what_is_past_stays_as_it_happened(make, old_rules):
    session = old_rules(make())
    with time_machine.travel(datetime(2026, 9, 2, tzinfo=UTC), tick=False):
        assert services.recompute_times() == 0
    assert Session.objects.get(pk=session.pk).starts_at == datetime(2026, 9, 1, 7, tzinfo=UTC)


def test_a_factory_made_workshop_is_valid(db):
    assert factories.WorkshopFactory().today

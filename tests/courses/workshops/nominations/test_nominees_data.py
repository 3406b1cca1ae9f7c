"""What is kept of a nominee: taken along, erased, let go in time."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from django.urls import reverse

from core.personal import Person, holdings
from courses.participants.models import Participant
from courses.privacy.erasing import erase_person
from courses.workshops.models import Nomination
from courses.workshops.personal import forget_nominations, forgotten_nominations
from tests import factories

from .pages import address, main

pytestmark = pytest.mark.django_db


def test_a_nominee_takes_along_what_was_written_of_them(nomination):
    Nomination.objects.update(note="Drafts the bill", reason="Later")
    holding = next(one for one in holdings() if one.name == "workshops")
    (record,) = holding.export(Person(participant=nomination.participant))
    said = {fact.key: fact.value for fact in record}
    assert (said["name"], said["note"], said["reason"], said["country"]) == (
        "Achieng Otieno", "Drafts the bill", "Later", "KE"
    )  # fmt: skip


def test_who_was_erased_is_named_nowhere_and_never_invited(as_person, asking, nomination, link):
    Nomination.objects.update(note="Secret")
    erase_person(Person(participant=nomination.participant))
    nomination.refresh_from_db()
    assert (nomination.name, nomination.email, nomination.note, nomination.state) == ("", "", "", "withdrawn")
    assert nomination.country_id == "KE"
    shown = main(as_person("trainer").get(address("nominations", asking)))
    shown += main(as_person("focal_point").get(reverse("country")))
    assert "Achieng" not in shown
    assert "Erased person" not in shown
    assert as_person("trainer").get(link).status_code == 410


def test_nominations_that_came_to_nothing_go_with_the_records_made_for_them(asking, nomination, cast):
    """Two years after the workshop. Who did anything else here keeps the record."""
    busy = factories.NominationFactory(workshop=asking, state="not-selected")
    factories.EnrolmentFactory(participant=busy.participant)
    own = factories.NominationFactory(workshop=asking, participant=cast.learner.participant, state="declined")
    came = factories.NominationFactory(workshop=asking, state="confirmed")
    end = datetime.combine(asking.ends_on, time(), UTC)
    assert not forgotten_nominations(end).exists()
    assert forget_nominations(forgotten_nominations(end + timedelta(days=1))) == 3
    assert list(Nomination.objects.all()) == [came]
    left = set(Participant.objects.values_list("pk", flat=True))
    assert nomination.participant_id not in left
    assert {busy.participant_id, own.participant_id, came.participant_id} <= left

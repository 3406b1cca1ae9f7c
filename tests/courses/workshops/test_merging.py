"""Two records of one person, both registered for a workshop: what is said before a merge, and before the way back."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from courses.participants.models import Merge
from courses.participants.services import before_undo, merge_participants, preview_merge, undo_merge
from courses.workshops.models import Registration
from institutions.models import Role
from institutions.services import grant_role
from tests import factories

pytestmark = pytest.mark.django_db
REGISTERED, CANCELLED = "registered", "cancelled"


@pytest.fixture
def chief(db):
    user = factories.UserFactory(name="Chief")
    grant_role(actor=None, user=user, role=Role.ORGANISER)
    return user


@pytest.fixture
def pair(db):
    """The record that goes, and the one that stays."""
    return factories.ParticipantFactory(name="Amina Diallo"), factories.ParticipantFactory(name="A. Diallo")


@pytest.fixture
def both(workshop, pair):
    """Register both records for the workshop, in these states: nominated by Kenya, and by oneself for Uganda."""

    def registered(goes, stays):
        details = ((goes, "nomination", "KE"), (stays, "self", "UG"))
        return [
            Registration.objects.create(
                workshop=workshop,
                participant=person,
                state=state,
                source=source,
                country_id=country,
                cancelled_at=timezone.now() if state == CANCELLED else None,
            )
            for person, (state, source, country) in zip(pair, details, strict=True)
        ]

    return registered


def undo_page(client, chief):
    client.force_login(chief)
    text = client.get(reverse("participant_merge_undo", args=[Merge.objects.get().pk])).content.decode()
    return text[text.index("<main") : text.index("</main")]


@pytest.mark.parametrize(
    ("goes", "stays", "words", "held"),
    [
        (REGISTERED, REGISTERED, "The other is cancelled and gives its place back.", ("self", "UG")),
        (CANCELLED, REGISTERED, "The registration of the record that stays holds.", ("self", "UG")),
        (REGISTERED, CANCELLED, "The registration of the record that goes holds", ("nomination", "KE")),
        (CANCELLED, CANCELLED, "Both stay cancelled.", None),
    ],
)
def test_the_preview_says_which_registration_holds_and_the_merge_does_so(
    client, chief, pair, both, workshop, goes, stays, words, held
):
    both(goes, stays)
    (told,) = preview_merge(actor=chief, source=pair[0], into=pair[1]).conflicts
    assert words in told.stays
    assert "Legal frameworks" in told.source and "Nomination" in told.source and goes in told.source.lower()
    assert "Legal frameworks" in told.into and "Registered oneself" in told.into and stays in told.into.lower()
    client.force_login(chief)
    page = client.get(reverse("participant_merge", args=[one.pk for one in pair])).content.decode()
    assert words in page
    merge_participants(actor=chief, source=pair[0], into=pair[1])
    active = [(row.participant, row.source, row.country_id) for row in workshop.registrations.active()]
    assert active == ([(pair[1], *held)] if held else [])


@pytest.mark.parametrize(
    ("goes", "stays", "said"),
    [
        (
            REGISTERED,
            REGISTERED,
            ["the record that went is registered again", "the record that stayed stays registered"],
        ),
        (
            REGISTERED,
            CANCELLED,
            [
                "the record that went is registered again",
                "the registration of the record that stayed is cancelled again",
            ],
        ),
        (CANCELLED, REGISTERED, []),
        (CANCELLED, CANCELLED, []),
    ],
)
def test_before_undoing_the_page_says_what_comes_back_and_it_does(client, chief, pair, both, goes, stays, said):
    rows = both(goes, stays)
    merge_participants(actor=chief, source=pair[0], into=pair[1])
    page = undo_page(client, chief)
    for words in (
        "the record that went is registered again",
        "the record that stayed stays registered",
        "the registration of the record that stayed is cancelled again",
    ):
        assert (words in page) == (words in said)
    assert "more than places" not in page
    assert "Nobody loses a place" not in page
    undo_merge(actor=chief, merge=Merge.objects.get())
    for row, state in zip(rows, (goes, stays), strict=True):
        row.refresh_from_db()
        assert row.state == state


def test_undoing_in_a_full_workshop_takes_nobodys_place_and_is_said_before(
    client, chief, pair, both, workshop, register
):
    """Places for three: the one that the merge freed is given to somebody else."""
    both(REGISTERED, REGISTERED)
    register(workshop, factories.ParticipantFactory())
    merge_participants(actor=chief, source=pair[0], into=pair[1])
    assert not [one for one in before_undo(Merge.objects.get()) if one.warning]
    register(workshop, factories.ParticipantFactory())
    page = undo_page(client, chief)
    assert "“Legal frameworks” is full by now" in page
    assert "Nobody loses a place" in page
    assert workshop.registrations.active().count() == 3  # looking changes nothing
    undo_merge(actor=chief, merge=Merge.objects.get())
    assert workshop.registrations.active().count() == 4


def test_a_place_kept_for_a_nominee_is_taken_too(chief, pair, both, workshop):
    both(REGISTERED, REGISTERED)
    merge_participants(actor=chief, source=pair[0], into=pair[1])
    for _each in range(2):
        factories.NominationFactory(workshop=workshop, state="selected")
    assert [one.warning for one in before_undo(Merge.objects.get())] == [False, False, True]


def test_a_registration_that_only_changes_its_record_needs_no_place_more(chief, pair, both, workshop):
    both(REGISTERED, CANCELLED)
    workshop.capacity = 1
    workshop.save()
    merge_participants(actor=chief, source=pair[0], into=pair[1])
    assert not [one for one in before_undo(Merge.objects.get()) if one.warning]


def test_of_a_workshop_that_is_over_no_places_are_counted(chief, pair, both, workshop):
    both(REGISTERED, REGISTERED)
    merge_participants(actor=chief, source=pair[0], into=pair[1])
    workshop.capacity, workshop.state = 1, "held"
    workshop.save()
    assert not [one for one in before_undo(Merge.objects.get()) if one.warning]


@pytest.mark.parametrize(
    ("goes", "stays"), [("selected", "selected"), ("selected", "nominated"), ("nominated", "selected")]
)
def test_before_undoing_the_page_names_both_nominations_and_both_come_back(client, chief, pair, workshop, goes, stays):
    rows = [
        factories.NominationFactory(workshop=workshop, participant=person, state=state)
        for person, state in zip(pair, (goes, stays), strict=True)
    ]
    merge_participants(actor=chief, source=pair[0], into=pair[1])
    page = undo_page(client, chief)
    words = {"selected": "Selected and invited", "nominated": "Nominated"}
    assert f"the record that went: {words[goes]}; the record that stayed: {words[stays]}." in page
    assert "is full by now" not in page
    undo_merge(actor=chief, merge=Merge.objects.get())
    for row, state in zip(rows, (goes, stays), strict=True):
        row.refresh_from_db()
        assert row.state == state


def test_where_two_selected_nominations_come_back_and_the_place_is_given_the_page_says_so(chief, pair, workshop):
    workshop.capacity = 1
    workshop.save()
    for person in pair:
        factories.NominationFactory(workshop=workshop, participant=person, state="selected")
    merge_participants(actor=chief, source=pair[0], into=pair[1])
    told = before_undo(Merge.objects.get())
    assert [one.warning for one in told] == [False, True]
    assert "with both nominations one place more is kept" in told[1].text

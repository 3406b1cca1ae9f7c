"""People in the admin: seen, changed, linked, merged and confirmed by those who may."""

from __future__ import annotations

import pytest
from django.urls import reverse

from courses.participants.models import FocalPointDesignation, Participant
from institutions.models import Role
from institutions.roles import scope
from institutions.services import grant_role
from tests.factories import ParticipantFactory, UserFactory, past

pytestmark = pytest.mark.django_db


@pytest.fixture
def chief(cast):
    user = UserFactory(email="chief@example.org", name="Chief")
    grant_role(actor=None, user=user, role=Role.ORGANISER)
    return user


@pytest.fixture
def designation(cast):
    return FocalPointDesignation.objects.create(
        participant=cast.learner.participant, treaty="nagoya", country_id="UG", starts_on=past(9)
    )


@pytest.mark.parametrize(
    ("name", "opens"),
    [("learner", False), ("trainer", False), ("focal_point", False), ("organiser", True), ("chief", True)],
)
@pytest.mark.parametrize("address", ["participants:index", "participants:add", "designations:index"])
def test_who_opens_the_screens(client, cast, chief, name, opens, address):
    client.force_login(chief if name == "chief" else getattr(cast, name))
    response = client.get(reverse(address))
    assert (response.status_code == 200) is opens
    assert response.status_code in (200, 302, 403)


def test_an_organiser_of_a_programme_sees_only_people_tied_to_it(client, cast):
    mine = ParticipantFactory(name="Mine Alone", created_by=cast.organiser)
    theirs = ParticipantFactory(name="Theirs Alone", created_by=cast.other_organiser)
    client.force_login(cast.organiser)
    page = client.get(reverse("participants:index")).content.decode()
    assert "Mine Alone" in page
    assert "Theirs Alone" not in page
    assert client.get(reverse("participants:edit", args=[mine.pk])).status_code == 200
    for view in ("edit", "history", "link", "merge"):
        assert client.get(reverse(f"participants:{view}", args=[theirs.pk])).status_code == 404
        assert client.post(reverse(f"participants:{view}", args=[theirs.pk]), {"name": "X"}).status_code in (404, 405)
    assert client.get(reverse("participant_chooser:chosen", args=[theirs.pk])).status_code == 404
    assert "Theirs" not in client.get(reverse("participant_chooser:choose_results"), {"q": "alone"}).content.decode()


def test_people_are_found_by_their_latin_name(client, chief):
    ParticipantFactory(name="አበበ ቢቂላ", name_latin="Abebe Bikila")
    client.force_login(chief)
    for address in ("participants:index_results", "participant_chooser:choose_results"):
        assert "አበበ" in client.get(reverse(address), {"q": "bikila"}).content.decode()
        assert "አበበ" not in client.get(reverse(address), {"q": "nobody"}).content.decode()


def test_the_list_costs_the_same_for_many_people(client, chief, django_assert_max_num_queries):
    for number in range(15):
        ParticipantFactory(name=f"P {number}", country_id="KE", user=UserFactory())
    client.force_login(chief)
    client.get(reverse("participants:index"))
    with django_assert_max_num_queries(25):
        client.get(reverse("participants:index"))


def test_a_person_is_written_down_and_changed(client, cast):
    client.force_login(cast.organiser)
    response = client.post(reverse("participants:add"), {"name": "Walk In", "email": "office@example.org"})
    assert response.status_code == 302
    participant = Participant.objects.get(name="Walk In")
    assert participant.created_by == cast.organiser
    address = reverse("participants:edit", args=[participant.pk])
    assert client.post(address, {"name": "Walk In", "position": "Head"}).status_code == 302
    participant.refresh_from_db()
    assert participant.position == "Head"


def test_a_wrong_record_is_shown_again(client, cast):
    client.force_login(cast.organiser)
    response = client.post(reverse("participants:add"), {"name": "99", "position": "Kept as typed"})
    assert response.status_code == 200
    assert "Kept as typed" in response.content.decode()


def test_an_account_is_linked_from_the_list(client, cast):
    participant = ParticipantFactory(name="Walk In", created_by=cast.organiser)
    user = UserFactory(email="walkin@example.org")
    client.force_login(cast.organiser)
    assert (
        reverse("participants:link", args=[participant.pk])
        in client.get(reverse("participants:index")).content.decode()
    )
    address = reverse("participants:link", args=[participant.pk])
    assert client.get(address).status_code == 200
    wrong = client.post(address, {"email": "nobody@example.org"})
    assert "no account with this address" in wrong.content.decode()
    assert client.post(address, {"email": "WALKIN@example.org"}).status_code == 302
    participant.refresh_from_db()
    assert participant.user == user


def test_who_has_an_account_is_not_linked_again(client, chief, cast):
    client.force_login(chief)
    assert client.get(reverse("participants:link", args=[cast.learner.participant.pk])).status_code == 302
    page = client.get(reverse("participants:index")).content.decode()
    assert reverse("participants:link", args=[cast.learner.participant.pk]) not in page


def test_two_records_are_merged(client, chief):
    source, into = ParticipantFactory(name="Twice"), ParticipantFactory(name="Once")
    client.force_login(chief)
    address = reverse("participants:merge", args=[source.pk])
    assert client.get(address).status_code == 200
    answer = client.post(address, {"into": into.pk})
    assert answer["Location"].endswith(f"/people/{source.pk}/merge/{into.pk}/")
    source.refresh_from_db()
    assert source.merged_into is None  # both are looked at first
    same = client.get(f"/en/people/{source.pk}/merge/{source.pk}/")
    assert "two different records" in same.content.decode()
    client.post(answer["Location"])
    source.refresh_from_db()
    assert source.merged_into == into
    assert "Twice" not in client.get(reverse("participants:index")).content.decode().split("messages")[-1]


def test_a_merged_record_is_not_changed_any_more(client, chief):
    into = ParticipantFactory()
    merged = ParticipantFactory(merged_into=into)
    client.force_login(chief)
    assert client.post(reverse("participants:edit", args=[merged.pk]), {"name": "Changed"}).status_code == 302
    merged.refresh_from_db()
    assert merged.name != "Changed"


def test_a_designation_is_confirmed_and_ended(client, chief, cast, designation):
    client.force_login(chief)
    page = client.get(reverse("designations:index")).content.decode()
    assert reverse("designations:confirm", args=[designation.pk]) in page
    assert client.get(reverse("designations:confirm", args=[designation.pk])).status_code == 200
    assert client.post(reverse("designations:confirm", args=[designation.pk])).status_code == 302
    assert scope(type(cast.learner).objects.get(pk=cast.learner.pk), Role.FOCAL_POINT).countries == {"UG"}
    address = reverse("designations:end", args=[designation.pk])
    wrong = client.post(address, {"ends_on": past(99).isoformat()})
    assert "must not lie before" in wrong.content.decode()
    assert client.post(address, {"ends_on": past(1).isoformat()}).status_code == 302
    assert not scope(type(cast.learner).objects.get(pk=cast.learner.pk), Role.FOCAL_POINT)


@pytest.mark.parametrize("name", ["learner", "trainer", "organiser", "focal_point", "outsider"])
@pytest.mark.parametrize("act", ["confirm", "end", "refuse"])
def test_nobody_else_confirms_ends_or_refuses(client, cast, designation, name, act):
    client.force_login(getattr(cast, name))
    response = client.post(reverse(f"designations:{act}", args=[designation.pk]), {"ends_on": past(1).isoformat()})
    assert response.status_code in (302, 403, 404)
    designation.refresh_from_db()
    assert not designation.is_confirmed


def test_nobody_confirms_their_own_in_the_admin(client, chief):
    own = FocalPointDesignation.objects.create(
        participant=ParticipantFactory(user=chief), treaty="nagoya", country_id="UG", starts_on=past(9)
    )
    client.force_login(chief)
    assert (
        reverse("designations:confirm", args=[own.pk]) not in client.get(reverse("designations:index")).content.decode()
    )
    client.post(reverse("designations:confirm", args=[own.pk]))
    own.refresh_from_db()
    assert not own.is_confirmed


def test_a_claim_is_refused(client, chief, designation):
    client.force_login(chief)
    assert client.post(reverse("designations:refuse", args=[designation.pk])).status_code == 302
    assert not FocalPointDesignation.objects.exists()


def test_an_organiser_writes_a_designation_down(client, chief, cast):
    client.force_login(chief)
    assert client.get(reverse("designations:add")).status_code == 200
    data = {"participant": cast.learner.participant.pk, "treaty": "cbd", "country": "UG", "starts_on": "2026-01-01"}
    wrong = client.post(reverse("designations:add"), data | {"country": ""})
    assert "either a country or a body" in wrong.content.decode()
    assert client.post(reverse("designations:add"), data).status_code == 302
    assert FocalPointDesignation.objects.get().participant == cast.learner.participant


def test_an_exported_name_is_never_a_formula(client, chief):
    ParticipantFactory(name='=HYPERLINK("http://evil.example","x")', organisation="@SUM(1)")
    client.force_login(chief)
    table = b"".join(client.get(reverse("participants:index"), {"export": "csv"}).streaming_content).decode()
    assert "'=HYPERLINK" in table and "'@SUM(1)" in table
    assert ",@SUM" not in table

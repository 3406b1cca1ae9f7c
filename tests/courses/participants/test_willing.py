"""What people consented to is used for that, and for nothing else."""

from __future__ import annotations

import pytest

from core.models import AuditEntry
from courses.participants.models import Consent
from courses.participants.services import set_consents
from tests import factories

pytestmark = pytest.mark.django_db
URL = "/en/people/willing/"


@pytest.fixture
def cohort(programme):
    return factories.CohortFactory(course=factories.CourseFactory(programme=programme))


def person(cohort, *purposes, **fields):
    made = factories.ParticipantFactory(**{"email": f"p{cohort.enrolments.count()}@example.org"} | fields)
    factories.EnrolmentFactory(participant=made, cohort=cohort)
    set_consents(actor=None, participant=made, purposes=purposes)
    return made


def taken(client, purpose):
    answer = client.post(URL, {"purpose": purpose})
    return b"".join(answer.streaming_content).decode()


def test_only_who_said_yes_to_this_and_did_not_take_it_back_is_listed(client, cast, cohort):
    person(cohort, "news", name="Wants News")
    person(cohort, "follow-up", name="May Be Asked")
    person(cohort, name="Said Nothing")
    changed = person(cohort, "news", name="Changed Mind")
    set_consents(actor=None, participant=changed, purposes=[])
    client.force_login(cast.organiser)
    assert [line.split(",")[0] for line in taken(client, "news").splitlines()[1:]] == ["Wants News"]
    assert [line.split(",")[0] for line in taken(client, "follow-up").splitlines()[1:]] == ["May Be Asked"]


def test_nobody_without_an_address_or_with_a_closed_account_or_erased_is_listed(client, cast, cohort):
    from django.utils import timezone

    person(cohort, "news", email="")
    person(cohort, "news", user=factories.UserFactory(is_active=False))
    person(cohort, "news", erased_at=timezone.now())
    client.force_login(cast.organiser)
    assert len(taken(client, "news").splitlines()) == 1


def test_an_organiser_takes_out_people_of_their_own_only(client, cast, cohort):
    person(cohort, "news", name="Own")
    person(factories.CohortFactory(), "news", name="Of others")
    client.force_login(cast.organiser)
    assert "Of others" not in taken(client, "news")
    client.force_login(cast.other_organiser)
    assert "Own" not in taken(client, "news")


@pytest.mark.parametrize("who", ["learner", "trainer", "focal_point", "editor"])
def test_nobody_else_takes_addresses_out(client, cast, cohort, who):
    client.force_login(getattr(cast, who))
    assert client.get(URL).status_code == 404
    assert client.post(URL, {"purpose": "news"}).status_code == 404


@pytest.mark.parametrize("purpose", ["directory", "", "everything"])
def test_for_what_is_not_asked_there_is_no_list(client, cast, purpose):
    client.force_login(cast.organiser)
    assert client.post(URL, {"purpose": purpose}).status_code == 404


def test_the_person_reads_who_took_the_address_out(client, cast, cohort):
    one = person(cohort, "news")
    client.force_login(cast.organiser)
    taken(client, "news")
    assert AuditEntry.objects.about(one).filter(action="participants.export", actor=cast.organiser).exists()


class TestWhatIsNotAskedAnyMore:
    """A consent that nothing uses is not asked for; what was given stays on record and can be taken back."""

    def test_is_not_on_the_form_and_cannot_be_given(self, client, cast):
        client.force_login(cast.learner)
        assert 'value="directory"' not in client.get("/en/my/details/").content.decode()
        assert "may see my name" not in client.get("/en/my/privacy/").content.decode()
        assert client.post("/en/my/privacy/consent/", {"purpose": "directory", "give": "1"}).status_code == 404
        assert not Consent.objects.exists()

    def test_stays_when_the_details_are_saved_and_goes_by_one_press(self, client, cast):
        set_consents(actor=None, participant=cast.learner.participant, purposes=["directory"])
        client.force_login(cast.learner)
        client.post("/en/my/details/", {"name": "Learner", "consents": ["news"]})
        standing = set(Consent.objects.standing().values_list("purpose", flat=True))
        assert standing == {"directory", "news"}
        page = client.get("/en/my/privacy/").content.decode()
        assert "may see my name" in page
        client.post("/en/my/privacy/consent/", {"purpose": "directory"})
        assert Consent.objects.get(purpose="directory").withdrawn_at is not None
        assert "may see my name" in client.get("/en/my/privacy/").content.decode()  # with its history

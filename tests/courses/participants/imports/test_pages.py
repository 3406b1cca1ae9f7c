"""The pages of an import: who may open them, and that what was typed is kept."""

from __future__ import annotations

import pytest
from django.utils import timezone

from core.models import AuditEntry
from courses.participants.imports import services
from courses.participants.models import Participant, PeopleImport
from institutions.models import Role
from institutions.services import grant_role
from jobs.models import OutboxMail
from jobs.running import work_off
from tests import factories

from .conftest import GOOD, HEAD, csv_file

pytestmark = pytest.mark.django_db
PEOPLE = ["learner", "trainer", "other_organiser", "organiser", "focal_point", "outsider", "anonymous"]
ACTS = ["decide", "confirm", "give-up", "mails", "retry"]


def sign_in(client, cast, who):
    if who != "anonymous":
        client.force_login(getattr(cast, who))


@pytest.mark.parametrize("who", PEOPLE)
def test_bringing_a_list_is_for_organisers(client, cast, who):
    sign_in(client, cast, who)
    status = client.get("/en/people/imports/").status_code
    assert status == {"organiser": 200, "other_organiser": 200, "anonymous": 302}.get(who, 404)


@pytest.mark.parametrize("who", PEOPLE)
def test_a_list_is_for_the_organisers_of_its_programme(client, cast, bring, who):
    batch = bring([*GOOD, ["", "x", "", "", ""]])
    sign_in(client, cast, who)
    allowed = {"organiser": 200, "anonymous": 302}.get(who, 404)
    for page in ("", "columns/", "problems.csv"):
        assert client.get(f"/en/people/imports/{batch.key}/{page}").status_code == allowed, page
    if who != "organiser":
        for act in ACTS:
            status = client.post(f"/en/people/imports/{batch.key}/{act}/").status_code
            assert status == (302 if who == "anonymous" else 404), act
        batch.refresh_from_db()
        assert batch.state == "checked"


def test_from_the_file_to_the_people(client, cast, programme, cohort):
    client.force_login(cast.organiser)
    file = csv_file([HEAD, *GOOD, ["", "x", "Atlantis", "", ""]])
    data = {"file": file, "programme": programme.pk, "destination": f"cohort:{cohort.pk}", "language": "fr"}
    response = client.post("/en/people/imports/", data)
    address = response["Location"]
    assert address.endswith("/columns/")
    page = client.get(address).content.decode()
    assert "Amina Diallo" in page
    chosen = {"column-0": "name", "column-1": "email", "column-2": "country", "column-3": "", "column-4": "language"}
    home = client.post(address, chosen)["Location"]
    assert "data-job" in client.get(home).content.decode()
    work_off()
    page = client.get(home).content.decode()
    assert "“Atlantis” is not a country we know." in page
    assert "Nothing is written yet" in page
    assert "wait for a decision" in client.post(f"{home}confirm/", follow=True).content.decode()
    client.post(f"{home}confirm/", {"only_good": "on"})
    work_off()
    assert cohort.enrolments.active().count() == 3
    page = client.get(home).content.decode()
    assert "Send 2 mails" in page
    client.post(f"{home}mails/")
    work_off()
    assert OutboxMail.objects.count() == 2


def test_a_file_that_is_no_list_is_refused_beside_the_field(client, cast, programme):
    client.force_login(cast.organiser)
    data = {"file": csv_file([]), "programme": programme.pk, "language": "en"}
    response = client.post("/en/people/imports/", data)
    assert response.status_code == 200
    assert "empty" in str(response.context["form"].errors["file"])
    assert not PeopleImport.objects.exists()


def test_only_own_programmes_and_cohorts_are_offered(client, cast, programme, cohort):
    factories.CohortFactory()
    client.force_login(cast.organiser)
    form = client.get("/en/people/imports/").context["form"]
    assert [ref for ref, _label in form.fields["destination"].choices] == ["", f"cohort:{cohort.pk}"]
    assert list(form.fields["programme"].queryset) == [programme]


def test_of_people_out_of_sight_only_the_reasons_are_shown(client, cast, bring):
    factories.ParticipantFactory(name="Wanjiru Kamau", email="amina@lists.example", organisation="Secret Service")
    batch = bring(GOOD)
    client.force_login(cast.organiser)
    page = client.get(f"/en/people/imports/{batch.key}/?show=unsure").content.decode()
    assert "the same e-mail address" in page
    assert "Wanjiru" not in page
    assert "Secret Service" not in page


def test_a_decision_is_kept_and_shown(client, cast, bring):
    known = factories.ParticipantFactory(name="Wanjiru Kamau", email="amina@lists.example", created_by=cast.organiser)
    batch = bring(GOOD)
    client.force_login(cast.organiser)
    data = {"row-2": f"person:{known.pk}", "show": "unsure", "page": "1"}
    response = client.post(f"/en/people/imports/{batch.key}/decide/", data)
    assert response["Location"].endswith("?show=unsure&page=1")
    assert batch.rows.get(number=2).decision == f"person:{known.pk}"
    page = client.get(response["Location"]).content.decode()
    assert f'value="person:{known.pk}" checked' in page


def test_rows_with_a_problem_go_out_without_formulas(client, cast, bring):
    batch = bring([["=HYPERLINK(1)", "@x", "", "", ""], GOOD[0]])
    client.force_login(cast.organiser)
    response = client.get(f"/en/people/imports/{batch.key}/problems.csv")
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    assert "'=HYPERLINK(1)" in text
    assert ",'@x" in text
    assert "Amina" not in text


def test_who_found_no_place_reads_that_their_row_was_taken_out(client, cast, bring, finish, cohort):
    cohort.capacity = 1
    cohort.save()
    batch = finish(bring(GOOD[:2], cohort=cohort))
    client.force_login(cast.organiser)
    text = b"".join(client.get(f"/en/people/imports/{batch.key}/problems.csv").streaming_content).decode("utf-8-sig")
    left_out = batch.rows.get(number=3).participant
    assert left_out.name in text
    told = AuditEntry.objects.of_seeing().filter(actor=cast.organiser, action="participants.export")
    assert [entry.object_id for entry in told] == [str(left_out.pk)]


def test_the_page_of_a_long_list_asks_as_many_queries_as_that_of_a_short_one(
    client, cast, bring, django_assert_max_num_queries
):
    rows = [["", f"p{number}@x.org", "", "", ""] for number in range(120)]
    short, long = bring(rows[:1]), bring(rows)
    client.force_login(cast.organiser)
    for batch in (short, long):
        with django_assert_max_num_queries(26):
            client.get(f"/en/people/imports/{batch.key}/")


def test_organisers_of_the_programme_watch_the_work_and_others_do_not(client, cast, bring):
    batch = bring(GOOD)
    colleague = factories.UserFactory()
    factories.RoleAssignmentFactory(user=colleague, role="organiser", programme=batch.programme)
    address = f"/en/jobs/{batch.check_job.key}/"
    for user, status in ((colleague, 200), (cast.other_organiser, 404), (cast.learner, 404)):
        client.force_login(user)
        assert client.get(address).status_code == status


def test_bad_letters_can_be_read_again(client, cast, programme):
    batch = services.bring_list(
        actor=cast.organiser, programme=programme, file=csv_file([["Name"], ["Éloïse"]], encoding="cp1252")
    )
    client.force_login(cast.organiser)
    address = f"/en/people/imports/{batch.key}/columns/"
    assert "Éloïse" in client.get(address).content.decode()
    client.post(address, {"encoding": "cp1251"})
    assert "Éloïse" not in client.get(address).content.decode()
    assert Participant.objects.filter(name="Éloïse").count() == 0


def test_an_organiser_of_one_course_brings_people_into_its_cohorts_only(client, cast, programme, cohort):
    grant_role(actor=None, user=cast.outsider, role=Role.ORGANISER, activity=f"course:{cohort.course_id}")
    other = factories.CohortFactory(course=factories.CourseFactory(programme=programme))
    client.force_login(cast.outsider)
    page = client.get("/en/people/imports/").content.decode()
    assert f"cohort:{cohort.pk}" in page
    assert f"cohort:{other.pk}" not in page
    for destination, status in (("", 200), (f"cohort:{other.pk}", 200), (f"cohort:{cohort.pk}", 302)):
        data = {
            "file": csv_file([HEAD, *GOOD]),
            "programme": programme.pk,
            "destination": destination,
            "language": "en",
        }
        assert client.post("/en/people/imports/", data).status_code == status, destination
    assert client.get(f"/en/people/imports/{PeopleImport.objects.get().key}/columns/").status_code == 200


def test_an_organiser_of_one_workshop_has_nothing_to_bring_a_list_to(client, cast, programme):
    workshop = factories.WorkshopFactory(programme=programme)
    grant_role(actor=None, user=cast.outsider, role=Role.ORGANISER, activity=f"workshop:{workshop.pk}")
    client.force_login(cast.outsider)
    assert client.get("/en/people/imports/").status_code == 404
    assert "/people/imports/" not in client.get("/en/my/learning/").content.decode()


def test_a_cohort_in_the_archive_is_not_offered_and_the_page_says_so(client, cast, cohort):
    cohort.archived_at = timezone.now()
    cohort.save()
    client.force_login(cast.organiser)
    page = client.get(f"/en/people/imports/?to=cohort:{cohort.pk}").content.decode()
    assert "in the archive" in page
    assert f'value="cohort:{cohort.pk}"' not in page


class TestSendingAgain:
    @pytest.fixture
    def batch(self, bring, finish, cast):
        batch = finish(bring(GOOD))
        services.send_activation_mails(actor=cast.organiser, batch=batch)
        work_off()
        return batch

    def test_who_has_not_begun_is_listed_and_written_to_again(self, client, cast, batch):
        client.force_login(cast.organiser)
        address = f"/en/people/imports/{batch.key}/waiting/"
        page = client.get(address).content.decode()
        assert "Amina Diallo" in page
        amina = Participant.objects.get(email="amina@lists.example")
        response = client.post(f"/en/people/{amina.pk}/activation/", {"next": address})
        assert response["Location"] == address
        assert OutboxMail.objects.filter(to=amina.email).count() == 2
        assert (
            "short while ago"
            in client.post(f"/en/people/{amina.pk}/activation/", {"next": address}, follow=True).content.decode()
        )
        assert OutboxMail.objects.filter(to=amina.email).count() == 2

    def test_who_has_an_account_is_not_listed(self, client, cast, batch):
        Participant.objects.filter(email="amina@lists.example").update(user=factories.UserFactory())
        client.force_login(cast.organiser)
        assert "Amina" not in client.get(f"/en/people/imports/{batch.key}/waiting/").content.decode()

    @pytest.mark.parametrize("who", PEOPLE)
    def test_others_neither_see_who_waits_nor_write(self, client, cast, batch, who):
        sign_in(client, cast, who)
        amina = Participant.objects.get(email="amina@lists.example")
        expected = {"organiser": (200, 302), "anonymous": (302, 302)}.get(who, (404, 404))
        assert client.get(f"/en/people/imports/{batch.key}/waiting/").status_code == expected[0]
        assert client.post(f"/en/people/{amina.pk}/activation/").status_code == expected[1]
        assert OutboxMail.objects.filter(to=amina.email).count() == (2 if who == "organiser" else 1)

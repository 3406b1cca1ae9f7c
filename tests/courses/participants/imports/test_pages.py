"""The pages of an import: who may open them, and that what was typed is kept."""

from __future__ import annotations

import pytest

from courses.participants.imports import services
from courses.participants.models import Participant, PeopleImport
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

"""The organiser's and the holder's pages."""

import pytest
import time_machine
from django.utils import timezone

from core import links
from courses.certificates import services
from courses.certificates.models import Batch, Certificate, Kind
from courses.workshops.models import Attendance, Registration
from institutions.models import Role
from institutions.services import grant_role
from jobs import running
from jobs.models import Job, OutboxMail
from tests import factories

from .conftest import complete, make_template

pytestmark = pytest.mark.django_db


@pytest.fixture
def organiser(client, cast):
    client.force_login(cast.organiser)
    return client


def issue_url(cohort):
    return f"/en/certificates/issue/cohort/{cohort.pk}/"


def chosen(template, *users):
    """What the browser sends for these people."""
    return {"template": template.pk, "participants": [user.participant.pk for user in users]}


def test_the_page_shows_everybody_with_what_is_met_and_what_is_missing(organiser, cast, completed, template):
    html = organiser.get(issue_url(completed)).content.decode()
    assert "1 of 2 participants can get this certificate now." in html
    assert f'name="participants" value="{cast.learner.participant.pk}" checked' in html
    assert f'value="{cast.outsider.participant.pk}"' not in html
    assert "Outsider" in html
    assert "1 of 1 missing" in html


def test_issuing_leads_to_a_page_with_progress_then_result(organiser, cast, completed, template):
    response = organiser.post(issue_url(completed), chosen(template, cast.learner))
    batch = Batch.objects.get()
    assert response.url == f"/en/certificates/batches/{batch.key}/"
    html = organiser.get(response.url).content.decode()
    assert '<progress value="0" max="100"' in html
    assert "http-equiv" in html, "without script the page refreshes itself"
    assert "js/progress.js" in html
    running.run(batch.job.key)
    html = organiser.get(response.url).content.decode()
    assert "Finished." in html
    assert "http-equiv" not in html
    assert "certificates.zip" in html
    assert Certificate.objects.get().serial in html
    archive = organiser.get(f"{response.url}certificates.zip")
    assert archive["Content-Type"] == "application/zip"
    assert b"".join(archive.streaming_content)[:2] == b"PK"


def test_the_progress_is_the_rows_and_survives_a_reload_and_a_new_worker(organiser, cast, completed, template):
    organiser.post(issue_url(completed), chosen(template, cast.learner))
    job = Job.objects.get()
    Job.objects.update(state="running", done=1, total=4, lease_owner="gone")
    for _reload in range(2):
        status = organiser.get(f"/en/jobs/{job.key}/", headers={"Accept": "application/json"}).json()
        assert (status["percent"], status["final"]) == (25, False)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({}, "Choose at least one person."),
        ({"participants": ["999999"]}, "cannot get this certificate any more"),
        ({"participants": ["x"]}, "cannot get this certificate any more"),
    ],
)
def test_a_wrong_choice_is_shown_again_with_a_message(organiser, completed, template, data, message):
    response = organiser.post(issue_url(completed), {"template": template.pk, **data})
    assert response.status_code == 200
    assert message in response.content.decode()
    assert not Batch.objects.exists()


def test_an_incomplete_person_cannot_be_posted(organiser, cast, completed, template):
    response = organiser.post(issue_url(completed), chosen(template, cast.outsider))
    assert response.status_code == 200
    assert not Batch.objects.exists()


def test_without_a_template_the_page_says_what_to_do(organiser, completed):
    assert "There is no template for this yet" in organiser.get(issue_url(completed)).content.decode()


def test_an_empty_cohort_says_so(organiser, programme, template):
    cohort = factories.CohortFactory(course__programme=programme)
    assert "Nobody takes part yet" in organiser.get(issue_url(cohort)).content.decode()


def test_a_workshops_certificates_are_issued_by_attendance(organiser, cast, workshop):
    template = make_template("participation", Kind.PARTICIPATION)
    url = f"/en/certificates/issue/workshop/{workshop.pk}/"
    html = organiser.get(url).content.decode()
    assert "Attended 120 of 120 minutes" in html
    assert "Attended 60 of 120 minutes, but 80 % are needed." in html
    organiser.post(url, chosen(template, cast.learner))
    running.run(Job.objects.get().key)
    assert Certificate.objects.get().workshop == workshop


def test_oneself_is_left_out_with_the_reason(organiser, cast, completed, template):
    factories.EnrolmentFactory(participant=cast.organiser.participant, cohort=completed)
    complete(completed, cast.organiser)
    html = organiser.get(issue_url(completed)).content.decode()
    assert "Nobody issues a certificate to themselves." in html
    assert f'value="{cast.organiser.participant.pk}"' not in html


@pytest.mark.parametrize("address", ["course/1", "cohort/999999", "workshop/999999", "nothing/1"])
def test_what_does_not_exist_is_404(organiser, address):
    assert organiser.get(f"/en/certificates/issue/{address}/").status_code == 404


def test_the_page_asks_a_constant_number_of_queries(organiser, completed, template, django_assert_max_num_queries):
    organiser.get(issue_url(completed))
    with django_assert_max_num_queries(60) as first:
        organiser.get(issue_url(completed))
    for _number in range(12):
        user = factories.UserFactory()
        factories.EnrolmentFactory(participant=factories.ParticipantFactory(user=user), cohort=completed)
    with django_assert_max_num_queries(len(first.captured_queries)):
        organiser.get(issue_url(completed))


def test_a_second_approval_is_asked_for_and_given_by_another(client, cast, completed, programme):
    make_template("strict", second_approval=True)
    grant_role(actor=None, user=cast.trainer, role=Role.ORGANISER, programme=programme)
    client.force_login(cast.organiser)
    template = services.suitable_templates(cast.organiser, completed).get()
    url = client.post(issue_url(completed), chosen(template, cast.learner)).url
    html = client.get(url).content.decode()
    assert "must approve before anything is issued" in html
    assert "Approve and issue" not in html
    client.post(f"{url}approve/")
    assert not Job.objects.exists()
    client.force_login(cast.trainer)
    assert "Waiting for a second approval" in client.get("/en/certificates/").content.decode()
    assert "Approve and issue" in client.get(url).content.decode()
    client.post(f"{url}approve/")
    assert Job.objects.count() == 1


def test_a_failed_batch_can_be_started_again(organiser, cast, completed, template):
    organiser.post(issue_url(completed), chosen(template, cast.learner))
    batch = Batch.objects.get()
    Job.objects.update(state="failed", result={"message": "The printer burnt."})
    url = f"/en/certificates/batches/{batch.key}/"
    html = organiser.get(url).content.decode()
    assert "The printer burnt." in html
    assert "Go on from where it stopped" in html
    organiser.post(f"{url}retry/")
    running.run(batch.job.key)
    assert Certificate.objects.count() == 1


def test_the_time_of_a_batch_is_told_with_its_zone(organiser, cast, completed, template):
    cast.organiser.time_zone = "Africa/Nairobi"
    cast.organiser.save()
    organiser.post(issue_url(completed), chosen(template, cast.learner))
    batch = Batch.objects.get()
    for address in (f"/en/certificates/batches/{batch.key}/", "/en/certificates/", issue_url(completed)):
        assert "(Nairobi, UTC+3)" in organiser.get(address).content.decode(), address


def test_somebody_left_out_is_named_with_the_reason(organiser, cast, completed, template):
    organiser.post(issue_url(completed), chosen(template, cast.learner))
    completed.enrolments.update(state="withdrawn")
    batch = Batch.objects.get()
    running.run(batch.job.key)
    html = organiser.get(f"/en/certificates/batches/{batch.key}/").content.decode()
    assert "Left out" in html
    assert "No longer takes part." in html


def test_the_ledger_is_found_by_number_and_name(organiser, cast, issue):
    certificate = issue().certificate
    for query in (certificate.serial.lower().replace("-", ""), "learn", ""):
        assert certificate.serial in organiser.get("/en/certificates/", {"q": query}).content.decode()
    assert "No certificate of your programmes" in organiser.get("/en/certificates/", {"q": "zzz"}).content.decode()


@pytest.mark.parametrize(
    ("who", "status"), [("organiser", 200), ("other_organiser", 200), ("trainer", 404), ("learner", 404)]
)
def test_the_ledger_is_for_organisers_and_shows_their_own_programmes(client, cast, issue, who, status):
    certificate = issue().certificate
    client.force_login(getattr(cast, who))
    response = client.get("/en/certificates/")
    assert response.status_code == status
    assert (certificate.serial in response.content.decode()) is (who == "organiser")


def test_revoking_asks_for_a_reason_and_does_it(organiser, issue):
    certificate = issue().certificate
    url = f"/en/certificates/{certificate.serial}/"
    assert "Revoke or issue anew" in organiser.get(url).content.decode()
    response = organiser.post(f"{url}end/", {"act": "revoke", "reason": " "})
    assert response.status_code == 200
    assert "Give a reason." in response.content.decode()
    organiser.post(f"{url}end/", {"act": "revoke", "reason": "Issued by mistake"})
    certificate.refresh_from_db()
    assert certificate.state == "revoked"
    html = organiser.get(url).content.decode()
    assert "Issued by mistake" in html
    assert "Revoke or issue anew" not in html
    response = organiser.post(f"{url}end/", {"act": "revoke", "reason": "again"}, follow=True)
    assert "no longer valid" in response.content.decode()


def test_issuing_anew_leads_to_the_new_one(organiser, cast, issue):
    certificate = issue().certificate
    cast.learner.participant.name = "Amina Otieno"
    cast.learner.participant.save()
    response = organiser.post(
        f"/en/certificates/{certificate.serial}/end/", {"act": "supersede", "reason": "Name misspelt"}, follow=True
    )
    assert "Amina Otieno" in response.content.decode()
    assert Certificate.objects.count() == 2


# --- the holder


def test_the_holder_finds_and_downloads_it(client, cast, issue):
    certificate = issue().certificate
    client.force_login(cast.learner)
    html = client.get("/en/my/certificates/").content.decode()
    assert "Legal frameworks" in html
    assert f"/en/my/certificates/{certificate.serial}/pdf/" in html
    response = client.get(f"/en/my/certificates/{certificate.serial}/pdf/")
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == f'attachment; filename="{certificate.serial}-Learner.pdf"'
    assert b"".join(response.streaming_content)[:5] == b"%PDF-"
    assert "no-store" in response["Cache-Control"]


def test_the_holder_has_no_organisers_page(client, cast, issue):
    certificate = issue().certificate
    client.force_login(cast.learner)
    assert client.get(f"/en/certificates/{certificate.serial}/").url == "/en/my/certificates/"


def test_without_certificates_the_page_says_how_to_get_one(client, cast):
    client.force_login(cast.outsider)
    assert "No certificate yet" in client.get("/en/my/certificates/").content.decode()


def test_a_visitor_is_asked_to_sign_in(client):
    assert client.get("/en/my/certificates/").status_code == 302


def test_the_holder_withdraws_the_name_after_being_asked(client, cast, issue, django_capture_on_commit_callbacks):
    certificate = issue().certificate
    client.force_login(cast.learner)
    url = f"/en/certificates/{certificate.serial}/withdraw/"
    assert "cannot be brought back" in client.get(url).content.decode()
    assert Certificate.objects.get().name
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(url).url == "/en/my/certificates/"
    assert Certificate.objects.get().name == ""
    assert client.get(f"/en/my/certificates/{certificate.serial}/pdf/").status_code == 404
    assert "Name withdrawn" in client.get("/en/my/certificates/").content.decode()
    assert client.post(url, follow=True).status_code == 200


@pytest.fixture
def by_link(cast, workshop):
    """A certificate of somebody without an account, and the link of the mail."""
    person = factories.ParticipantFactory(name="Ram Bahadur", email="office@example.org")
    Registration.objects.create(workshop=workshop, participant=person)
    for session in workshop.sessions.all():
        Attendance.objects.create(session=session, participant=person, state="present", minutes=60)
    batch = services.request_batch(
        actor=cast.organiser, template=make_template(), subject=workshop, participants=[person]
    )
    running.run(batch.job.key)
    certificate = Certificate.objects.get()
    mail = OutboxMail.objects.get(key=f"certificate:{certificate.serial}")
    return certificate, next(line for line in mail.text.splitlines() if "/certificates/link/" in line)


def path_of(url):
    return "/" + url.split("/", 3)[3]


def test_somebody_without_an_account_downloads_it_by_the_link_of_the_mail(client, by_link):
    response = client.get(path_of(by_link[1]))
    assert response.status_code == 200
    assert b"".join(response.streaming_content)[:5] == b"%PDF-"


def test_the_link_expires_with_a_clear_page(client, by_link):
    with time_machine.travel(timezone.now() + services.LINK_AGE + timezone.timedelta(days=1)):
        response = client.get(path_of(by_link[1]))
    assert response.status_code == 410
    assert b"This link has expired" in response.content


@pytest.mark.parametrize("token", ["x", "eyJ:1:abc", "../../etc/passwd"])
def test_a_forged_link_is_404(client, by_link, token):
    assert client.get(f"/en/certificates/link/{token}/").status_code == 404


def test_a_link_made_for_something_else_is_404(client, by_link):
    token = links.make_token("calendar", by_link[0].serial)
    assert client.get(f"/en/certificates/link/{token}/").status_code == 404


def test_the_link_ends_when_the_person_has_an_account(client, by_link, cast):
    certificate = by_link[0]
    certificate.participant.user = factories.UserFactory()
    certificate.participant.save()
    assert client.get(path_of(by_link[1])).status_code == 404

"""How far a job is, for those whom it concerns."""

import uuid

import pytest

from institutions.models import Role
from institutions.services import grant_role
from jobs import services
from jobs.models import Job

pytestmark = pytest.mark.django_db


@pytest.fixture
def job(cast, monkeypatch):
    monkeypatch.setattr(services, "_kinds", dict(services._kinds))
    services.register_handler("test", lambda job: None, title="Counting the trees", url=lambda job: "/en/trees/")
    job = services.start_job(actor=cast.organiser, kind="test", params={}, total=8)
    Job.objects.update(state=Job.State.RUNNING, done=3)
    return job


def test_the_script_gets_numbers_and_a_sentence(client, cast, job):
    client.force_login(cast.organiser)
    response = client.get(f"/en/jobs/{job.key}/", headers={"Accept": "application/json"})
    assert response.json() == {
        "state": "running",
        "final": False,
        "done": 3,
        "total": 8,
        "percent": 37,
        "message": "3 of 8 done.",
    }
    assert "no-store" in response["Cache-Control"]


def test_without_script_the_page_refreshes_itself_while_the_work_goes_on(client, cast, job):
    client.force_login(cast.organiser)
    html = client.get(f"/en/jobs/{job.key}/", headers={"Accept": "text/html"}).content.decode()
    assert "Counting the trees" in html
    assert '<noscript><meta http-equiv="refresh"' in html
    assert '<progress value="37" max="100"' in html
    assert "/en/trees/" in html
    Job.objects.update(state=Job.State.DONE, done=8)
    html = client.get(f"/en/jobs/{job.key}/", headers={"Accept": "text/html"}).content.decode()
    assert "http-equiv" not in html


def test_a_failed_job_says_why_without_its_traceback(client, cast, job):
    Job.objects.update(state=Job.State.FAILED, error="Traceback: secret", result={"message": "The printer burnt."})
    client.force_login(cast.organiser)
    html = client.get(f"/en/jobs/{job.key}/").content.decode()
    assert "The printer burnt." in html
    assert "secret" not in html


@pytest.mark.parametrize(
    ("who", "status"),
    [("organiser", 200), ("other_organiser", 404), ("trainer", 404), ("learner", 404), ("outsider", 404)],
)
def test_only_those_whom_it_concerns_see_it(client, cast, job, who, status):
    client.force_login(getattr(cast, who))
    assert client.get(f"/en/jobs/{job.key}/").status_code == status


def test_an_organiser_of_all_sees_it(client, cast, job):
    grant_role(actor=None, user=cast.outsider, role=Role.ORGANISER)
    client.force_login(cast.outsider)
    assert client.get(f"/en/jobs/{job.key}/").status_code == 200


def test_a_visitor_is_asked_to_sign_in(client, job):
    assert client.get(f"/en/jobs/{job.key}/").status_code == 302


def test_an_unknown_job_is_404(client, cast):
    client.force_login(cast.organiser)
    assert client.get(f"/en/jobs/{uuid.uuid4()}/").status_code == 404


def test_it_cannot_be_posted_to(client, cast, job):
    client.force_login(cast.organiser)
    assert client.post(f"/en/jobs/{job.key}/").status_code == 405

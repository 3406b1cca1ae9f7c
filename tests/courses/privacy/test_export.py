"""Everybody gets what is held about them, alone and for some days."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import date

import pytest
import time_machine
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from core.personal import holdings
from courses.catalogue.models import CohortTrainer, RuleDraft
from courses.privacy import keeping, taking
from courses.privacy.errors import ExportRunning, TooManyExports
from courses.privacy.models import DataExport
from jobs import running
from tests import factories

pytestmark = pytest.mark.django_db


def made(user):
    export = taking.request_export(actor=user)
    running.work_off()
    export.refresh_from_db()
    return export


def archive_of(export):
    return zipfile.ZipFile(io.BytesIO(export.archive.open("rb").read()))


def test_the_archive_holds_every_rooms_part_and_the_files(life):
    archive = archive_of(made(life.user))
    data = json.loads(archive.read("data.json"))["data"]
    assert set(data) == {holding.name for holding in holdings()}
    assert data["account"][0]["email"] == life.user.email
    assert data["details"][0]["organisation"] == "Ministry of Green Things"
    assert data["certificates"][0]["serial"] == life.certificate.serial
    assert data["attempts"][0]["percent"] == 90
    assert data["reading"] and data["events"] and data["enrolments"] and data["workshops"]
    files = [name for name in archive.namelist() if name.startswith("files/")]
    assert [archive.read(name) for name in files] == [b"%PDF the certificate"]


def test_the_page_to_read_says_it_in_words_and_escapes_what_people_wrote(life):
    life.person.position = "<script>alert(1)</script>"
    life.person.save()
    page = archive_of(made(life.user)).read("data.html").decode()
    assert "Ministry of Green Things" in page
    assert "Asked for" in page  # the person's own acts, as the admin's audit trail words them
    assert not re.search(r"privacy\.request|revision: \d", page)  # codes are for data.json
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_it_holds_ones_own_last_day_where_one_trains_and_the_rules_one_drafts(life, programme):
    life.enrolment.deadline = date(2027, 5, 4)
    life.enrolment.save()
    cohort = factories.CohortFactory(course=factories.CourseFactory(programme=programme))
    CohortTrainer.objects.create(cohort=cohort, user=life.user)
    RuleDraft.objects.create(course=cohort.course, user=life.user, spec={"kind": "lessons", "percent": 80})
    rows = json.loads(archive_of(made(life.user)).read("data.json"))["data"]["enrolments"]
    assert any(row.get("deadline") == "2027-05-04" for row in rows)
    assert any(row.get("cohort") == cohort.title and "state" not in row for row in rows)
    assert any(row.get("rule") == {"kind": "lessons", "percent": 80} for row in rows)


def test_it_holds_why_one_was_given_more_time(life):
    rows = json.loads(archive_of(made(life.user)).read("data.json"))["data"]["enrolments"]
    assert ["Learner Example is ill"] in [row.get("reasons") for row in rows]


def test_nothing_of_anybody_else_is_in_it(life, cast):
    text = archive_of(made(cast.outsider)).read("data.json").decode()
    assert life.user.email not in text
    assert life.certificate.serial not in text
    assert str(life.user.key) not in text


def test_a_mail_says_that_it_is_ready_and_carries_no_file(life):
    made(life.user)
    running.work_off()
    (letter,) = mail.outbox
    assert letter.to == [life.user.email]
    assert reverse("privacy") in letter.body
    assert not letter.attachments


def test_only_the_person_can_fetch_it(client, life, cast):
    address = reverse("data_export", args=[made(life.user).key])
    assert client.get(address).status_code == 302
    for other in (cast.outsider, cast.organiser, cast.trainer):
        client.force_login(other)
        assert client.get(address).status_code == 404
    client.force_login(life.user)
    response = client.get(address)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/zip"


def test_an_administrator_cannot_fetch_it_either(client, life, cast):
    address = reverse("data_export", args=[made(life.user).key])
    cast.outsider.is_superuser = True
    cast.outsider.save()
    client.force_login(cast.outsider)
    assert client.get(address).status_code == 404


def test_after_its_days_it_is_gone_for_good(client, life):
    export = made(life.user)
    name, storage = export.archive.name, export.archive.storage
    client.force_login(life.user)
    with time_machine.travel(timezone.now() + DataExport.KEPT + timezone.timedelta(hours=1)):
        client.force_login(life.user)
        assert client.get(reverse("data_export", args=[export.key])).status_code == 404
        keeping.enforce()
    assert not DataExport.objects.exists()
    assert not storage.exists(name)


def test_asking_twice_collects_once(life):
    taking.request_export(actor=life.user)
    with pytest.raises(ExportRunning):
        taking.request_export(actor=life.user)


def test_nobody_keeps_the_workers_busy_with_archives(life):
    for _number in range(taking.A_DAY):
        made(life.user)
    with pytest.raises(TooManyExports):
        taking.request_export(actor=life.user)


def test_the_job_run_twice_makes_one_file(life):
    export = made(life.user)
    name = export.archive.name
    taking.write_export(export.job)
    export.refresh_from_db()
    assert export.archive.name == name

"""Who looks at somebody's data stands in the trail, for the person too."""

from __future__ import annotations

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from core import audit
from core.models import AuditEntry
from courses.catalogue.models import CohortTrainer
from courses.participants.trail import saw
from courses.workshops.models import WorkshopTrainer
from tests import factories

pytestmark = pytest.mark.django_db


def seen_of(person):
    return AuditEntry.objects.of_seeing().about(person)


def test_a_trainer_who_looks_at_a_cohort_is_noted_once_a_day(client, life, cast):
    CohortTrainer.objects.create(cohort=life.cohort, user=cast.trainer)
    client.force_login(cast.trainer)
    for _time in range(3):
        assert client.get(reverse("cohort_progress", args=[life.cohort.pk])).status_code == 200
    entry = seen_of(life.person).get()
    assert (entry.actor, entry.action) == (cast.trainer, "catalogue.view")
    with time_machine.travel(timezone.now() + timezone.timedelta(days=1)):
        client.force_login(cast.trainer)
        client.get(reverse("cohort_progress", args=[life.cohort.pk]))
    assert seen_of(life.person).count() == 2


def test_taking_a_list_out_is_noted_apart(client, life, cast):
    workshop = life.registration.workshop
    WorkshopTrainer.objects.create(workshop=workshop, user=cast.trainer)
    client.force_login(cast.trainer)
    client.get(reverse("registrations", args=[workshop.key]))
    b"".join(client.get(reverse("registrations_csv", args=[workshop.key])).streaming_content)
    assert set(seen_of(life.person).values_list("action", flat=True)) == {"workshops.view", "workshops.export"}


def test_the_admins_form_and_list_are_noted(client, life):
    boss = User.objects.create_superuser("boss@example.org", factories.PASSWORD)
    client.force_login(boss)
    client.get(reverse("participants:index"))
    client.get(reverse("participants:edit", args=[life.person.pk]))
    assert seen_of(life.person).filter(action="participants.view").count() == 1
    response = client.get(reverse("participants:index"), {"export": "csv"})
    assert response.status_code == 200
    assert seen_of(life.person).filter(action="participants.export").count() == 1


def test_an_organiser_who_opens_a_certificate_is_noted(client, life, cast):
    client.force_login(cast.organiser)
    client.get(reverse("certificate", args=[life.certificate.serial]))
    assert seen_of(life.person).get().action == "certificates.view"


def test_ones_own_record_is_nobodys_business(client, life):
    client.force_login(life.user)
    client.get(reverse("certificate_download", args=[life.certificate.serial]))
    assert not seen_of(life.person).exists()


def test_the_person_reads_who_it_was(client, life, cast):
    saw(cast.trainer, [life.person], "catalogue.view")
    client.force_login(life.user)
    page = client.get(reverse("privacy_seen")).content.decode()
    assert str(cast.trainer) in page
    assert "Course and progress" in page


def test_the_person_reads_when_it_was_in_their_own_time_and_that_it_is_theirs(client, life, cast):
    User.objects.filter(pk=life.user.pk).update(time_zone="Africa/Nairobi")
    with time_machine.travel("2026-05-12T14:00:00Z", tick=False):
        saw(cast.trainer, [life.person], "catalogue.view")
        client.force_login(User.objects.get(pk=life.user.pk))
        assert "12 May 2026, 17:00 (Nairobi, UTC+3)" in client.get(reverse("privacy_seen")).content.decode()


def test_nobody_reads_it_about_others(client, life, cast):
    saw(cast.trainer, [life.person], "catalogue.view")
    client.force_login(cast.outsider)
    assert "Course and progress" not in client.get(reverse("privacy_seen")).content.decode()


def test_the_report_is_for_organisers_of_all(client, life, cast):
    saw(cast.trainer, [life.person], "catalogue.view")
    client.force_login(User.objects.create_superuser("boss@example.org", factories.PASSWORD))
    assert "catalogue.view" in client.get(reverse("seen_report")).content.decode()
    client.force_login(cast.organiser)
    response = client.get(reverse("seen_report"))
    assert "catalogue.view" not in response.content.decode()


def test_noting_many_takes_as_many_queries_as_noting_one(cast, django_assert_num_queries):
    people = [factories.ParticipantFactory() for _number in range(100)]
    with django_assert_num_queries(1):
        saw(cast.trainer, people, "catalogue.view")
    assert AuditEntry.objects.of_seeing().count() == 100


def test_the_system_itself_sees_nobody(cast):
    audit.seen(actor=None, action="catalogue.view", people=[cast.learner.participant])
    assert not AuditEntry.objects.of_seeing().exists()

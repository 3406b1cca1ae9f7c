"""What has been kept long enough goes; what has not, stays."""

from __future__ import annotations

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from core import audit
from core.models import AuditEntry
from core.personal import retentions
from courses.catalogue.models import Application, CohortInvitation
from courses.participants.models import Consent
from courses.participants.services import set_consents
from courses.participants.trail import saw
from courses.privacy import keeping
from jobs.models import Job, OutboxMail
from tests import factories

pytestmark = pytest.mark.django_db


def line(kind, lines):
    return next(found for found in lines if found.kind == kind)


def after(days):
    return time_machine.travel(timezone.now() + timezone.timedelta(days=days), tick=True)


def old_mail():
    return OutboxMail.objects.create(key="old", to="a@example.org", subject="s", text="t", state="sent")


def test_the_report_touches_nothing(capsys):
    old_mail()
    with after(91):
        call_command("retention")
        assert line("mail", keeping.report()).due == 1
    assert OutboxMail.objects.exists()
    assert "Nothing was touched" in capsys.readouterr().out


def test_applied_it_lets_go_what_is_due_and_says_how_much(capsys):
    old_mail()
    with after(91):
        OutboxMail.objects.create(key="new", to="a@example.org", subject="s", text="t", state="sent")
        call_command("retention", "--apply")
    assert list(OutboxMail.objects.values_list("key", flat=True)) == ["new"]


def test_an_account_somebody_is_enrolled_with_is_kept_though_never_signed_in_to():
    idle, expected = (factories.UserFactory(verified=False) for _ in range(2))
    factories.EnrolmentFactory(participant__user=expected)
    with after(181):
        keeping.enforce()
    assert not User.objects.filter(pk=idle.pk).exists()
    assert User.objects.filter(pk=expected.pk).exists()


def test_one_day_before_nothing_goes():
    old_mail()
    with after(89):
        assert line("mail", keeping.enforce()).gone == 0


def test_a_setting_says_for_how_long(settings):
    settings.CAMPUS_RETENTION = {"mail": 10}
    old_mail()
    with after(11):
        assert line("mail", keeping.enforce()).gone == 1


def test_nought_keeps_for_ever(settings):
    settings.CAMPUS_RETENTION = {"mail": 0}
    old_mail()
    with after(9999):
        assert line("mail", keeping.enforce()).gone == 0


def test_a_mail_that_waits_is_not_thrown_away():
    OutboxMail.objects.create(key="waits", to="a@example.org", subject="s", text="t", state="queued")
    with after(9999):
        assert line("mail", keeping.enforce()).gone == 0


def test_every_kind_runs_on_an_empty_and_on_a_full_house(life):
    keeping.enforce()
    with after(365 * 20):
        keeping.enforce()
        assert [found.due for found in keeping.report()] == [0] * len(retentions())


def test_who_saw_whom_goes_and_who_did_what_stays(life, cast):
    saw(cast.trainer, [life.person], "catalogue.view")
    acts = AuditEntry.objects.of_acting().count()
    with after(2 * 365 + 1):
        keeping.enforce()
    assert not AuditEntry.objects.of_seeing().exists()
    assert AuditEntry.objects.of_acting().count() == acts


def test_a_standing_consent_stays_however_old(cast):
    person = cast.learner.participant
    set_consents(actor=cast.learner, participant=person, purposes=["news", "directory"])
    set_consents(actor=cast.learner, participant=person, purposes=["news"])
    with after(3 * 365 + 2):
        keeping.enforce()
    assert [consent.purpose for consent in Consent.objects.all()] == ["news"]


def test_an_account_that_nobody_used_goes_and_one_that_was_used_stays():
    never = factories.UserFactory(verified=False)
    used = factories.UserFactory(last_login=timezone.now())
    with after(181):
        keeping.enforce()
    assert not User.objects.filter(pk=never.pk).exists()
    assert User.objects.filter(pk=used.pk).exists()


class TestWaysIn:
    """What came to nothing goes; what led to an enrolment, or still waits, stays."""

    def test_invitations_that_nobody_accepted_go_after_a_year(self, cast, programme):
        cohort = factories.CohortFactory(course=factories.CourseFactory(programme=programme))
        for name, state in (("no", "declined"), ("gone", "cancelled"), ("old", "sent"), ("yes", "accepted")):
            CohortInvitation.objects.create(
                cohort=cohort,
                email=f"{name}@example.org",
                state=state,
                language="en",
                expires_at=timezone.now() + timezone.timedelta(days=30),
                answered_at=None if state == "sent" else timezone.now(),
            )
        invitation = CohortInvitation.objects.get(state="declined")
        audit.record(actor=cast.organiser, action="catalogue.invite", obj=invitation)
        with after(364):
            assert line("invitations", keeping.enforce()).gone == 0
        with after(365 + 31):
            assert line("invitations", keeping.enforce()).gone == 3
        assert [row.email for row in CohortInvitation.objects.all()] == ["yes@example.org"]
        assert not AuditEntry.objects.filter(object_label__contains="no@example.org").exists()

    def test_an_invitation_that_can_still_be_accepted_stays(self, programme):
        cohort = factories.CohortFactory(course=factories.CourseFactory(programme=programme))
        CohortInvitation.objects.create(
            cohort=cohort, email="x@example.org", language="en", expires_at=timezone.now() + timezone.timedelta(days=30)
        )
        with after(365 + 29):
            assert line("invitations", keeping.enforce()).gone == 0

    def test_applications_that_came_to_nothing_go_after_two_years(self, cast, programme):
        cohort = factories.CohortFactory(course=factories.CourseFactory(programme=programme))
        for state in ("declined", "taken-back", "accepted", "sent", "waiting"):
            Application.objects.create(
                cohort=cohort,
                participant=factories.ParticipantFactory(),
                state=state,
                answers=[{"question": 1, "title": "Why?", "value": "x", "words": "x"}],
                decided_at=None if state in Application.OPEN else timezone.now(),
            )
        with after(729):
            assert line("applications", keeping.enforce()).gone == 0
        with after(731):
            assert line("applications", keeping.enforce()).gone == 2
        assert set(Application.objects.values_list("state", flat=True)) == {"accepted", "sent", "waiting"}


def test_more_rows_than_one_piece_all_go(monkeypatch):
    monkeypatch.setattr(keeping, "PIECE", 3)
    Job.objects.bulk_create([Job(kind="x", state="done") for _number in range(10)])
    with after(181):
        assert line("jobs", keeping.enforce()).gone == 10

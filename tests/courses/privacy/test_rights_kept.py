"""What people said and were promised holds when others act: in a merge, in an erasure, at night."""

from __future__ import annotations

import os
from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from courses.catalogue import services as catalogue
from courses.catalogue.models import Application, CohortInvitation, Enrolment
from courses.participants.models import Consent, Merge
from courses.participants.services import merge_participants, preview_merge, set_consents, undo_merge
from courses.participants.trail import saw
from courses.privacy import erasing, keeping, taking
from courses.privacy.models import DataExport, ErasureRequest, private_storage
from courses.privacy.people import person_of
from courses.privacy.personal import export as export_of_privacy
from courses.privacy.personal import views_of
from courses.workshops import services as workshops
from courses.workshops.models import Nomination
from courses.workshops.nominees import nominees
from institutions.models import Country
from jobs.models import OutboxMail
from tests import factories

pytestmark = pytest.mark.django_db
AFTER = erasing.GRACE + timedelta(minutes=1)


@pytest.fixture
def boss(db):
    return User.objects.create_superuser("boss@example.org", factories.PASSWORD)


@pytest.fixture
def cohort(programme):
    return factories.CohortFactory(course=factories.CourseFactory(programme=programme))


@pytest.fixture
def workshop(programme):
    made = factories.WorkshopFactory(programme=programme, region="africa")
    made.starts_on = made.ends_on = made.today + timedelta(days=20)
    made.nominations_close_on = made.today + timedelta(days=5)
    made.save()
    return made


def ask(user):
    return erasing.ask_erasure(actor=user, withdraw_certificates=False, confirmed=True)


def later(delta=AFTER):
    return time_machine.travel(timezone.now() + delta, tick=True)


def nominate(cast, workshop, name):
    return workshops.nominate(
        actor=cast.focal_point, workshop=workshop, country=Country.objects.get(pk="KE"), name=name,
        email=cast.learner.email,
    )  # fmt: skip


class TestNominations:
    """Of somebody who was put forward under another name, at an address that is theirs."""

    def test_who_was_forgotten_is_not_invited(self, cast, workshop):
        nomination = nominate(cast, workshop, "Otherly Named")
        assert nomination.participant_id != cast.learner.participant.pk
        ask(cast.learner)
        with later():
            assert erasing.erase_due() == 1
        nomination.refresh_from_db()
        assert (nomination.state, nomination.email, nomination.name) == ("withdrawn", "", "")

    def test_no_focal_point_is_told_of_them(self, cast, workshop):
        nomination = nominate(cast, workshop, "Otherly Named")
        workshops.decide_nominations(
            actor=cast.organiser, workshop=workshop, nominations=[nomination.pk],
            state=Nomination.State.NOT_SELECTED, reason="Has no experience",
        )  # fmt: skip
        assert OutboxMail.objects.filter(to=cast.focal_point.email, text__contains="Otherly Named").exists()
        ask(cast.learner)
        with later():
            erasing.erase_due()
        assert not OutboxMail.objects.filter(text__contains="Otherly Named").exists()
        assert not OutboxMail.objects.filter(text__contains="Has no experience").exists()

    def test_those_of_others_and_mails_about_others_stay(self, cast, workshop):
        other = factories.NominationFactory(workshop=workshop, name="Somebody Else", email="else@example.org")
        OutboxMail.objects.create(key="nomination-results:1", to="fp@example.org", text="Somebody Else: selected")
        nominate(cast, workshop, "Otherly Named")
        ask(cast.learner)
        with later():
            erasing.erase_due()
        other.refresh_from_db()
        assert (other.state, other.name) == ("nominated", "Somebody Else")
        assert OutboxMail.objects.filter(key="nomination-results:1").exists()


class TestMerging:
    def test_who_enrolled_by_themselves_is_not_shown_to_a_focal_point(self, boss, cast, cohort):
        nominated = factories.ParticipantFactory(name="Learner", user=None)
        kept = factories.EnrolmentFactory(
            cohort=cohort, participant=nominated, source="nomination", country_id="KE", organisation="Ministry",
            state="withdrawn", withdrawn_at=timezone.now(),
        )  # fmt: skip
        mine = cast.learner.participant
        factories.EnrolmentFactory(cohort=cohort, participant=mine, source="self", country_id="UG")
        merge_participants(actor=boss, source=mine, into=nominated)
        kept.refresh_from_db()
        assert (kept.state, kept.source, kept.country_id, kept.organisation) == ("active", "self", "UG", "")
        assert "Enrolled" not in [row.state for row in nominees(["KE"])[0]]

    def test_of_two_in_force_the_one_kept_says_how_the_person_came_in(self, boss, cast, cohort):
        double = factories.ParticipantFactory(name="Learner", user=None)
        kept = factories.EnrolmentFactory(cohort=cohort, participant=double, source="nomination", country_id="KE")
        factories.EnrolmentFactory(cohort=cohort, participant=cast.learner.participant, source="self", country_id="UG")
        merge_participants(actor=boss, source=cast.learner.participant, into=double)
        kept.refresh_from_db()
        assert (kept.state, kept.source, kept.country_id) == ("active", "nomination", "KE")

    @pytest.fixture
    def double(self):
        """Another record, in which the consent was given before."""
        person = factories.ParticipantFactory(name="Learner", user=None)
        Consent.objects.create(participant=person, purpose="news")
        return person

    @pytest.mark.parametrize("kept", ["account", "double"])
    def test_a_consent_taken_back_later_stays_taken_back(self, boss, cast, double, kept):
        account = cast.learner.participant
        set_consents(actor=cast.learner, participant=account, purposes=["news"])
        set_consents(actor=cast.learner, participant=account, purposes=[])
        source, into = (double, account) if kept == "account" else (account, double)
        told = preview_merge(actor=boss, source=source, into=into).conflicts
        assert [str(one.stays) for one in told] == ["What was taken back stays taken back."]
        assert "taken back on" in (told[0].into if kept == "account" else told[0].source)
        merged = merge_participants(actor=boss, source=source, into=into)
        assert merged.consents.count() == 2
        assert not merged.consents.standing().exists()

    def test_one_given_after_the_other_was_taken_back_stands(self, boss, cast, double):
        account = cast.learner.participant
        Consent.objects.update(withdrawn_at=timezone.now())
        set_consents(actor=cast.learner, participant=account, purposes=["news"])
        assert not preview_merge(actor=boss, source=double, into=account).conflicts
        merge_participants(actor=boss, source=double, into=account)
        assert account.consents.standing().exists()

    def test_undoing_gives_each_record_its_own_consents(self, boss, cast, double):
        account = cast.learner.participant
        set_consents(actor=cast.learner, participant=account, purposes=["news"])
        set_consents(actor=cast.learner, participant=account, purposes=[])
        merge_participants(actor=boss, source=double, into=account)
        double.refresh_from_db()
        undo_merge(actor=boss, merge=Merge.objects.get(source=double))
        assert double.consents.standing().exists()
        assert not account.consents.standing().exists()

    def test_who_saw_the_other_record_stays_in_the_persons_list(self, client, boss, cast):
        double = factories.ParticipantFactory(name="Learner", user=None)
        saw(cast.organiser, [double], "catalogue.export")
        merge_participants(actor=boss, source=double, into=cast.learner.participant)
        cast.learner.refresh_from_db()
        assert views_of(cast.learner.participant).get().actor == cast.organiser
        client.force_login(cast.learner)
        assert "Taken out as a file" in client.get(reverse("privacy_seen")).content.decode()
        facts = [one.value for record in export_of_privacy(person_of(cast.learner)) for one in record]
        assert "catalogue.export" in facts


class TestOneFailure:
    def test_stops_nobody_elses_erasure(self, cast, monkeypatch, caplog):
        for user in (cast.learner, cast.outsider):
            ask(user)
        real = erasing.erase

        def failing(request):
            if request.user.pk == cast.learner.pk:
                raise RuntimeError(cast.learner.email)
            return real(request)

        monkeypatch.setattr(erasing, "erase", failing)
        with later():
            assert erasing.erase_due() == 1
        assert set(ErasureRequest.objects.values_list("state", flat=True)) == {"planned", "done"}
        assert "RuntimeError" in caplog.text
        assert cast.learner.email not in caplog.text

    def test_keeps_no_other_kind_longer(self, monkeypatch):
        OutboxMail.objects.create(key="old", to="a@example.org", subject="s", text="t", state="sent")
        real = keeping._purge

        def failing(kind, rows):
            if kind.kind == "consents":
                raise RuntimeError
            return real(kind, rows)

        monkeypatch.setattr(keeping, "_purge", failing)
        with later(timedelta(days=91)):
            keeping.enforce()
        assert not OutboxMail.objects.exists()

    def test_a_waiting_list_of_a_course_in_the_archive_stops_neither_leaving_nor_erasing(self, cast, cohort):
        cohort.capacity, cohort.ends_on = 1, date.today() + timedelta(days=30)
        cohort.save()
        enrolment = factories.EnrolmentFactory(cohort=cohort, participant=cast.learner.participant)
        waiting = Application.objects.create(
            cohort=cohort, participant=cast.outsider.participant, state="waiting", waiting_since=timezone.now()
        )
        cohort.course.archived_at = timezone.now()
        cohort.course.save()
        ask(cast.learner)
        with later():
            assert erasing.erase_due() == 1
        enrolment.refresh_from_db()
        waiting.refresh_from_db()
        assert (enrolment.state, waiting.state) == ("withdrawn", "waiting")
        other = factories.EnrolmentFactory(cohort=cohort)
        catalogue.withdraw(actor=None, enrolment=other)
        assert not Enrolment.objects.active().exists()


class TestArchives:
    def files(self):
        return [name for _folder, _folders, names in os.walk(private_storage().location) for name in names]

    def test_none_outlives_somebody_who_is_forgotten_while_it_is_made(self, life, monkeypatch):
        export = taking.request_export(actor=life.user)
        request = ask(life.user)
        real, before = taking.pack, self.files()

        def slow(file, person, parts):
            real(file, person, parts)
            erasing.erase(request)

        monkeypatch.setattr(taking, "pack", slow)
        monkeypatch.setattr(taking, "advance", lambda *args: None)
        OutboxMail.objects.all().delete()
        taking.write_export(export.job)
        assert not DataExport.objects.exists()
        assert not [name for name in self.files() if name.endswith(".zip")], before
        assert not OutboxMail.objects.filter(key__startswith="data-export").exists()

    def test_a_worker_that_was_stopped_leaves_none_behind(self, life, monkeypatch):
        export = taking.request_export(actor=life.user)
        monkeypatch.setattr(taking, "advance", lambda *args: None)
        with monkeypatch.context() as stopped, pytest.raises(RuntimeError):
            stopped.setattr(taking, "tell", lambda export: (_ for _ in ()).throw(RuntimeError))
            taking.write_export(export.job)
        taking.write_export(export.job)
        assert len([name for name in self.files() if name.endswith(".zip")]) == 1
        DataExport.objects.update(archive="")
        ask(life.user)
        with later():
            assert erasing.erase_due() == 1
        assert not [name for name in self.files() if name.endswith(".zip")]


class TestRetention:
    def test_an_invitation_that_was_sent_anew_goes_too(self, cast, cohort):
        catalogue.invite(actor=cast.organiser, cohort=cohort, email="x@example.org", name="X Person")
        with later(timedelta(days=31)):
            catalogue.invite(actor=cast.organiser, cohort=cohort, email="x@example.org", name="X Person")
        with later(timedelta(days=500)):
            keeping.enforce()
        assert not CohortInvitation.objects.exists()

    @pytest.mark.parametrize("state", ["sent", "waiting"])
    def test_applications_never_answered_go_two_years_after_the_cohort(self, cast, cohort, state):
        cohort.starts_on, cohort.ends_on = date.today(), date.today() + timedelta(days=100)
        cohort.save()
        Application.objects.create(
            cohort=cohort, participant=cast.outsider.participant, state=state, waiting_since=timezone.now(),
            answers=[{"question": 1, "title": "Why?", "value": "x", "words": "x"}],
        )  # fmt: skip
        with later(timedelta(days=800)):
            keeping.enforce()
        assert Application.objects.exists()
        with later(timedelta(days=832)):
            keeping.enforce()
        assert not Application.objects.exists()

    def test_without_a_last_day_the_archive_counts(self, cast, cohort):
        cohort.starts_on = cohort.ends_on = None
        cohort.archived_at = timezone.now()
        cohort.save()
        Application.objects.create(cohort=cohort, participant=cast.outsider.participant, state="sent")
        with later(timedelta(days=731)):
            keeping.enforce()
        assert not Application.objects.exists()

    def test_words_and_address_of_a_confirmed_nomination_go_after_two_years(self, workshop):
        row = factories.NominationFactory(
            workshop=workshop, state="confirmed", note="Knows the port", email="n@example.org", name="Nom Inee"
        )
        with later(timedelta(days=740)):
            keeping.enforce()
        row.refresh_from_db()
        assert row.note == "Knows the port"
        with later(timedelta(days=752)):
            keeping.enforce()
        row.refresh_from_db()
        assert (row.note, row.email, row.name, row.state) == ("", "", "Nom Inee", "confirmed")

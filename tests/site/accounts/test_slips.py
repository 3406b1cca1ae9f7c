"""A printed slip opens one account once, soon, and nothing else. The attacks first."""

from __future__ import annotations

import threading

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts import slips
from accounts.models import SignInSlip
from core.models import AuditEntry
from courses.catalogue.models import CohortTrainer
from courses.workshops.models import Registration, WorkshopTrainer
from jobs import running
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort(cast, programme):
    made = factories.CohortFactory(course__programme=programme)
    CohortTrainer.objects.create(cohort=made, user=cast.trainer)
    for user in (cast.learner, cast.outsider):
        factories.EnrolmentFactory(participant=user.participant, cohort=made)
    return made


def code_for(user, actor=None, hours=24):
    return slips.make_slips(actor=actor, users=[user], context="cohort:1", hours=hours)[0][1]


def sign_in(client, code):
    return client.post(reverse("account_slip"), {"code": code})


def is_in(client):
    return "_auth_user_id" in client.session


class TestAttacks:
    def test_a_code_used_before_opens_nothing(self, client, cast):
        code = code_for(cast.learner)
        sign_in(client, code)
        client.logout()
        sign_in(client, code)
        assert not is_in(client)

    def test_a_code_whose_time_is_over_opens_nothing(self, client, cast):
        code = code_for(cast.learner, hours=4)
        with time_machine.travel(timezone.now() + timezone.timedelta(hours=4, seconds=1)):
            sign_in(client, code)
        assert not is_in(client)

    def test_guessing_is_stopped_and_then_even_the_right_code_waits(self, client, cast, settings):
        settings.RATELIMIT_ENABLE = True
        cache.clear()
        code = code_for(cast.learner)
        answers = [sign_in(client, f"22222-2222{sign}").status_code for sign in slips.ALPHABET]
        assert answers.count(429) > 0
        assert sign_in(client, code).status_code == 429
        assert not is_in(client)
        cache.clear()

    def test_failures_count_over_the_hour_however_slowly_one_tries(self, client, cast, settings):
        settings.RATELIMIT_ENABLE = True
        cache.clear()
        start = timezone.now().replace(minute=0, second=0)
        answers = []
        for number in range(62):
            with time_machine.travel(start + timezone.timedelta(seconds=57 * number)):
                answers.append(sign_in(client, f"33333-333{number:02}").status_code)
        assert 429 in answers
        cache.clear()

    def test_the_answer_does_not_tell_why(self, client, cast):
        used, old = code_for(cast.learner), code_for(cast.outsider)
        slips.use_slip(code=used)
        SignInSlip.objects.filter(user=cast.outsider).update(expires_at=timezone.now())
        pages = {
            sign_in(client, code).context["form"].errors["code"][0] for code in (used, old, "AAAAA-BBBBB", "<script>")
        }
        assert len(pages) == 1

    def test_who_reads_the_database_learns_no_code(self, cast):
        code = code_for(cast.learner)
        slip = SignInSlip.objects.get()
        assert code not in str(slip.__dict__)
        assert slip.digest != slips.salted_hmac("another", code, algorithm="sha256").hexdigest()

    def test_nobody_who_works_here_gets_one(self, cast):
        for user in (cast.trainer, cast.organiser, cast.focal_point):
            with pytest.raises(slips.NoSlip):
                code_for(user)

    def test_a_code_of_somebody_who_was_given_a_role_since_opens_nothing(self, client, cast, programme):
        from institutions.models import Role
        from institutions.services import grant_role

        code = code_for(cast.learner)
        grant_role(actor=None, user=cast.learner, role=Role.TRAINER, programme=programme)
        sign_in(client, code)
        assert not is_in(client)

    def test_a_closed_account_stays_closed(self, client, cast):
        code = code_for(cast.learner)
        cast.learner.is_active = False
        cast.learner.save()
        sign_in(client, code)
        assert not is_in(client)

    def test_nobody_makes_one_for_themselves(self, cast):
        with pytest.raises(slips.NoSlip):
            code_for(cast.learner, actor=cast.learner)

    def test_a_new_slip_makes_the_earlier_one_worthless(self, client, cast):
        earlier = code_for(cast.learner)
        code_for(cast.learner)
        sign_in(client, earlier)
        assert not is_in(client)

    def test_a_second_factor_is_still_asked_for(self, client, cast):
        from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

        TOTP.activate(cast.learner, generate_totp_secret())
        response = sign_in(client, code_for(cast.learner))
        assert reverse("mfa_authenticate") in response["Location"]
        assert not is_in(client)

    @pytest.mark.parametrize("name", ["other_trainer", "other_organiser", "learner", "outsider", "focal_point"])
    def test_only_the_cohorts_own_people_make_slips(self, client, cast, cohort, name):
        client.force_login(getattr(cast, name))
        address = reverse("cohort_slips", args=[cohort.pk])
        assert client.get(address).status_code == 404
        assert client.post(address, {"all": "1", "hours": 24}).status_code == 404
        assert not SignInSlip.objects.exists()

    def test_a_trainer_makes_none_for_people_of_another_cohort(self, client, cast, cohort):
        stranger = factories.ParticipantFactory(user=factories.UserFactory())
        client.force_login(cast.trainer)
        client.post(reverse("cohort_slips", args=[cohort.pk]), {"people": [stranger.pk], "hours": 24})
        assert not SignInSlip.objects.exists()

    def test_a_trainer_whose_role_has_ended_makes_none(self, client, cast, cohort):
        cast.trainer.role_assignments.all().delete()
        client.force_login(cast.trainer)
        assert client.get(reverse("cohort_slips", args=[cohort.pk])).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_moment_sign_in_once(cast):
    code = code_for(cast.learner)
    outcomes = []

    def go():
        try:
            slips.use_slip(code=code)
            outcomes.append("in")
        except slips.SlipInvalid:
            outcomes.append("out")
        finally:
            connection.close()

    threads = [threading.Thread(target=go) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["in", "out", "out", "out"]


class TestUse:
    @pytest.mark.parametrize("typed", ["{a}-{b}", "{a}{b}", " {a} {b} ", "{a}–{b}"])
    def test_the_code_may_be_typed_as_people_type(self, client, cast, typed):
        code = code_for(cast.learner)
        sign_in(client, typed.format(a=code[:5].lower(), b=code[5:]))
        assert client.session["_auth_user_id"] == str(cast.learner.pk)

    def test_an_address_never_confirmed_is_no_obstacle_and_stays_unconfirmed(self, client, cast):
        cast.learner.emailaddress_set.update(verified=False)
        sign_in(client, code_for(cast.learner))
        assert is_in(client)
        assert not cast.learner.emailaddress_set.get().verified

    def test_the_session_ends_with_the_browser(self, client, cast):
        sign_in(client, code_for(cast.learner))
        assert client.session.get_expire_at_browser_close()

    def test_the_person_is_told_by_mail(self, client, cast):
        sign_in(client, code_for(cast.learner))
        running.work_off()
        assert mail.outbox[-1].to == [cast.learner.email]

    def test_making_and_using_stand_in_the_trail(self, client, cast):
        sign_in(client, code_for(cast.learner, actor=cast.trainer))
        acts = set(AuditEntry.objects.values_list("action", "actor"))
        assert ("accounts.make_slip", cast.trainer.pk) in acts
        assert ("accounts.use_slip", cast.learner.pk) in acts

    def test_what_was_typed_stays_after_an_error(self, client):
        assert "ABCDE-FGHJK" in sign_in(client, "ABCDE-FGHJK").content.decode()

    def test_the_short_address_leads_to_the_page(self, client):
        assert client.get("/slip")["Location"] == reverse("account_slip")


class TestPrinting:
    def test_the_trainer_prints_name_code_and_address(self, client, cast, cohort):
        client.force_login(cast.trainer)
        response = client.post(reverse("cohort_slips", args=[cohort.pk]), {"all": "1", "hours": 24})
        page = response.content.decode()
        assert "no-store" in response["Cache-Control"]
        assert "Learner" in page and "Outsider" in page
        assert page.count('class="slip__code"') == 2
        assert slips.address() in page

    def test_what_is_printed_opens(self, client, cast, cohort):
        client.force_login(cast.trainer)
        response = client.post(
            reverse("cohort_slips", args=[cohort.pk]), {"people": [cast.learner.participant.pk], "hours": 24}
        )
        (slip,) = response.context["slips"]
        client.logout()
        sign_in(client, slip["code"])
        assert client.session["_auth_user_id"] == str(cast.learner.pk)

    def test_a_workshops_trainer_makes_them_for_who_is_registered(self, client, cast, programme):
        workshop = factories.WorkshopFactory(programme=programme)
        WorkshopTrainer.objects.create(workshop=workshop, user=cast.trainer)
        Registration.objects.create(workshop=workshop, participant=cast.learner.participant)
        client.force_login(cast.trainer)
        address = reverse("workshop_slips", args=[workshop.key])
        assert client.post(address, {"all": "1", "hours": 4}).context["slips"][0]["person"].user == cast.learner
        client.force_login(cast.other_trainer)
        assert client.get(address).status_code == 404

    def test_choosing_nobody_is_said(self, client, cast, cohort):
        client.force_login(cast.trainer)
        page = client.post(reverse("cohort_slips", args=[cohort.pk]), {"hours": 24}).content.decode()
        assert "Choose at least one person." in page


class TestByMail:
    def test_a_code_sent_by_mail_opens_the_account_once(self, client, cast):
        client.post(reverse("account_request_login_code"), {"email": cast.learner.email})
        running.work_off()
        code = mail.outbox[-1].subject.split()[0]
        client.post(reverse("account_confirm_login_code"), {"code": code})
        assert client.session["_auth_user_id"] == str(cast.learner.pk)

    def test_after_three_wrong_codes_the_right_one_is_worthless(self, client, cast):
        client.post(reverse("account_request_login_code"), {"email": cast.learner.email})
        running.work_off()
        code = mail.outbox[-1].subject.split()[0]
        for _number in range(3):
            client.post(reverse("account_confirm_login_code"), {"code": "WRONG1"})
        client.post(reverse("account_confirm_login_code"), {"code": code})
        assert not is_in(client)

    def test_an_unknown_address_gets_the_same_answer(self, client, cast):
        known = client.post(reverse("account_request_login_code"), {"email": cast.learner.email})
        client.logout()
        unknown = client.post(reverse("account_request_login_code"), {"email": "nobody@example.org"})
        assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])

    def test_the_code_holds_in_the_browser_that_asked_only(self, client, cast, django_user_model):
        from django.test import Client

        client.post(reverse("account_request_login_code"), {"email": cast.learner.email})
        running.work_off()
        code = mail.outbox[-1].subject.split()[0]
        elsewhere = Client()
        elsewhere.post(reverse("account_confirm_login_code"), {"code": code})
        assert "_auth_user_id" not in elsewhere.session

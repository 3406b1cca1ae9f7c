"""Ways into a cohort: applying, waiting, being invited, being enrolled by others. Nobody chooses themselves."""

from __future__ import annotations

import re

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from core.models import AuditEntry
from courses.catalogue import services
from courses.catalogue.models import Application, ApplicationQuestion, Cohort, CohortInvitation, Enrolment
from jobs.models import OutboxMail
from tests import factories
from tests.factories import coming, past

pytestmark = pytest.mark.django_db
APPLICATION, INVITATION = Cohort.Entry.APPLICATION, Cohort.Entry.INVITATION


@pytest.fixture
def cohort(programme):
    return factories.CohortFactory(course=factories.CourseFactory(programme=programme), entry=APPLICATION)


@pytest.fixture
def question(cohort):
    return ApplicationQuestion.objects.create(
        course=cohort.course, titles={"en": "Why?", "fr": "Pourquoi ?"}, kind="text", order=1
    )


def apply(person, cohort, **answers):
    return services.apply(actor=person, participant=person.participant, cohort=cohort, answers=answers.get("answers"))


def full(programme, **fields):
    """A cohort of one place, taken."""
    cohort = factories.CohortFactory(course=factories.CourseFactory(programme=programme), capacity=1, **fields)
    return cohort, factories.EnrolmentFactory(cohort=cohort)


class TestApplying:
    def test_keeps_the_questions_as_they_were_put(self, cast, cohort, question):
        application = apply(cast.learner, cohort, answers={question.pk: "To learn"})
        question.titles = {"en": "What for?"}
        question.save()
        application.refresh_from_db()
        assert [(a["title"], a["words"]) for a in application.answers] == [("Why?", "To learn")]
        assert OutboxMail.objects.get(to="learner@example.org").subject.startswith("Your application")

    def test_asks_for_every_answer_that_is_needed(self, cast, cohort, question):
        with pytest.raises(services.AnswerMissing, match="Why"):
            apply(cast.learner, cohort, answers={question.pk: "  "})
        question.required = False
        question.save()
        assert apply(cast.learner, cohort).state == "sent"

    def test_takes_only_answers_that_were_offered(self, cast, cohort):
        choice = ApplicationQuestion.objects.create(
            course=cohort.course,
            titles={"en": "Level"},
            kind="choice",
            choices=[{"id": "a", "titles": {"en": "New"}}, {"id": "b", "titles": {"en": "Old"}}],
        )
        with pytest.raises(services.AnswerMissing):
            apply(cast.learner, cohort, answers={choice.pk: "z"})
        assert apply(cast.learner, cohort, answers={choice.pk: "b"}).answers[0]["words"] == "Old"

    def test_is_done_once_while_it_is_open(self, cast, cohort):
        first = apply(cast.learner, cohort)
        with pytest.raises(services.AlreadyApplied):
            apply(cast.learner, cohort)
        services.take_back(actor=cast.learner, application=first)
        assert apply(cast.learner, cohort).pk != first.pk

    @pytest.mark.parametrize("fields", [{"enrolment_closes_on": past(1)}, {"enrolment_opens_on": coming(2)}])
    def test_is_closed_outside_the_window(self, cast, cohort, fields):
        Cohort.objects.filter(pk=cohort.pk).update(**fields)
        with pytest.raises(services.EnrolmentClosed):
            apply(cast.learner, cohort)

    def test_where_one_has_to_apply_nobody_enrols_by_themselves(self, cast, cohort):
        with pytest.raises(services.EnrolmentClosed, match="apply"):
            services.enrol(actor=cast.learner, participant=cast.learner.participant, cohort=cohort)

    def test_where_one_has_to_be_invited_nobody_enrols_or_applies(self, cast, cohort):
        Cohort.objects.filter(pk=cohort.pk).update(entry=INVITATION)
        for act in (services.enrol, services.apply):
            with pytest.raises(services.EnrolmentClosed):
                act(actor=cast.learner, participant=cast.learner.participant, cohort=cohort)

    def test_nobody_takes_back_the_application_of_another(self, cast, cohort):
        application = apply(cast.learner, cohort)
        with pytest.raises(services.NotYourProgramme):
            services.take_back(actor=cast.outsider, application=application)


class TestDeciding:
    def test_accepting_gives_a_place_and_says_so(self, cast, cohort):
        application = apply(cast.learner, cohort)
        enrolment = services.accept(actor=cast.organiser, application=application)
        application.refresh_from_db()
        assert (enrolment.source, enrolment.state) == ("application", "active")
        assert (application.state, application.decided_by, application.enrolment) == (
            "accepted",
            cast.organiser,
            enrolment,
        )
        assert OutboxMail.objects.filter(to="learner@example.org", subject__contains="enrolled").exists()

    def test_accepting_works_after_the_window_has_closed(self, cast, cohort):
        application = apply(cast.learner, cohort)
        Cohort.objects.filter(pk=cohort.pk).update(enrolment_closes_on=past(1))
        assert services.accept(actor=cast.organiser, application=application).state == "active"

    def test_a_full_cohort_accepts_nobody(self, cast, cohort):
        application = apply(cast.learner, cohort)
        Cohort.objects.filter(pk=cohort.pk).update(capacity=0)
        with pytest.raises(services.CohortFull):
            services.accept(actor=cast.organiser, application=application)
        application.refresh_from_db()
        assert application.state == "sent"

    def test_declining_needs_a_reason_which_the_person_reads(self, cast, cohort):
        application = apply(cast.learner, cohort)
        with pytest.raises(services.AnswerMissing):
            services.decline(actor=cast.organiser, application=application, reason=" ")
        services.decline(actor=cast.organiser, application=application, reason="Only for customs officers.")
        assert "Only for customs officers." in OutboxMail.objects.filter(subject__startswith="About").get().text
        assert not Enrolment.objects.filter(cohort=cohort).exists()

    @pytest.mark.parametrize("act", ["accept", "put_on_waiting_list", "decline"])
    def test_nobody_decides_on_themselves(self, cast, cohort, act):
        application = apply(cast.organiser, cohort)
        answers = {"reason": "x"} if act != "accept" else {}
        with pytest.raises(services.OwnEnrolment):
            getattr(services, act)(actor=cast.organiser, application=application, **answers)

    @pytest.mark.parametrize("who", ["learner", "trainer", "other_organiser", "focal_point", "outsider"])
    def test_only_organisers_of_the_programme_decide(self, cast, cohort, who):
        application = apply(cast.learner, cohort)
        for act, answers in ((services.accept, {}), (services.decline, {"reason": "x"})):
            with pytest.raises(services.NotYourProgramme):
                act(actor=getattr(cast, who), application=application, **answers)

    def test_what_is_decided_stays_decided(self, cast, cohort):
        application = apply(cast.learner, cohort)
        services.decline(actor=cast.organiser, application=application, reason="No.")
        with pytest.raises(services.AlreadyDecided):
            services.accept(actor=cast.organiser, application=application)


class TestWaiting:
    def wait(self, person, cohort, minutes):
        with time_machine.travel(timezone.now() - timezone.timedelta(minutes=minutes), tick=False):
            return apply(person, cohort)

    def test_who_waits_longest_moves_up_when_a_place_frees(self, cast, programme):
        cohort, taken = full(programme)
        self.wait(cast.outsider, cohort, minutes=5)
        self.wait(cast.learner, cohort, minutes=50)
        services.withdraw(actor=None, enrolment=taken)
        assert cohort.enrolments.active().get().participant == cast.learner.participant
        assert Application.objects.get(participant=cast.learner.participant).state == "accepted"
        assert Application.objects.get(participant=cast.outsider.participant).state == "waiting"
        assert OutboxMail.objects.filter(to="learner@example.org", subject__contains="enrolled").exists()

    def test_more_places_let_as_many_move_up(self, cast, programme):
        cohort, _taken = full(programme)
        for minutes, person in enumerate([cast.learner, cast.outsider, cast.trainer]):
            self.wait(person, cohort, minutes)
        cohort.capacity = 3
        services.save_cohort(actor=cast.organiser, cohort=cohort)
        assert cohort.enrolments.active().count() == 3
        assert cohort.applications.waiting().get().participant == cast.learner.participant

    def test_whoever_was_put_on_the_list_by_an_organiser_moves_up_too(self, cast, cohort):
        application = apply(cast.learner, cohort)
        Cohort.objects.filter(pk=cohort.pk).update(capacity=0)
        services.put_on_waiting_list(actor=cast.organiser, application=application)
        cohort.capacity = 1
        services.save_cohort(actor=cast.organiser, cohort=cohort)
        assert cohort.enrolments.active().count() == 1

    def test_who_has_left_the_list_does_not_move_up(self, cast, programme):
        cohort, taken = full(programme)
        services.take_back(actor=cast.learner, application=apply(cast.learner, cohort))
        services.withdraw(actor=None, enrolment=taken)
        assert not cohort.enrolments.active().exists()

    def test_a_place_that_is_free_needs_no_waiting(self, cast, programme):
        cohort = factories.CohortFactory(course=factories.CourseFactory(programme=programme), capacity=1)
        with pytest.raises(services.EnrolmentClosed, match="enrol at once"):
            apply(cast.learner, cohort)

    def test_nobody_moves_up_in_a_cohort_that_is_over(self, cast, programme):
        cohort, taken = full(programme)
        apply(cast.learner, cohort)
        Cohort.objects.filter(pk=cohort.pk).update(ends_on=past(2))
        services.withdraw(actor=None, enrolment=taken)
        assert not cohort.enrolments.active().exists()


def link_in(letter):
    """The path of the first link in a mail."""
    return re.search(r"https?://[^/\s]+(/\S+)", letter.text).group(1)


class TestInviting:
    def test_an_invitation_lets_its_address_in_once(self, cast, cohort):
        invitation = services.invite(actor=cast.organiser, cohort=cohort, email="Learner@example.org")
        enrolment = services.accept_invitation(participant=cast.learner.participant, invitation=invitation)
        assert enrolment.source == "invitation"
        with pytest.raises(services.InvitationOver):
            services.accept_invitation(participant=cast.learner.participant, invitation=invitation)

    def test_nobody_else_comes_in_by_it(self, cast, cohort):
        invitation = services.invite(actor=cast.organiser, cohort=cohort, email="learner@example.org")
        with pytest.raises(services.WrongAddress):
            services.accept_invitation(participant=cast.outsider.participant, invitation=invitation)

    def test_the_link_in_the_wrong_account_offers_to_sign_out_and_open_it_again(self, cast, cohort, client):
        services.invite(actor=cast.organiser, cohort=cohort, email="learner@example.org")
        path = link_in(OutboxMail.objects.get())
        client.force_login(cast.outsider)
        page = client.get(path).content.decode()
        assert "Sign out and open the link again" in page
        response = client.post(reverse("account_logout"), {"next": path})
        assert response.url == path
        assert "_auth_user_id" not in client.session
        assert client.get(path).status_code == 200

    def test_a_newcomer_is_led_to_their_details_and_from_there_to_the_course(self, cast, cohort, client):
        services.invite(actor=cast.organiser, cohort=cohort, email="new@example.org")
        answer = {"answer": "yes", "name": "New Person", "password": "a long enough password"}
        response = client.post(link_in(OutboxMail.objects.get()), answer)
        assert response.url.startswith(reverse("participant_profile"))
        saved = client.post(response.url, {"name": "New Person", "next": reverse("learner_home")})
        assert f'name="next" value="{reverse("learner_home")}"' in client.get(response.url).content.decode()
        assert saved.url == reverse("learner_home")

    def test_nobody_comes_in_by_an_address_they_have_not_proved(self, cast, cohort):
        invitation = services.invite(actor=cast.organiser, cohort=cohort, email="new@example.org")
        cast.outsider.emailaddress_set.create(email="new@example.org", verified=False)
        with pytest.raises(services.WrongAddress):
            services.accept_invitation(participant=cast.outsider.participant, invitation=invitation)

    def test_an_address_has_one_open_invitation(self, cast, cohort):
        services.invite(actor=cast.organiser, cohort=cohort, email="new@example.org")
        with pytest.raises(services.AlreadyInvited):
            services.invite(actor=cast.organiser, cohort=cohort, email="NEW@example.org")

    def test_who_is_in_is_not_invited(self, cast, cohort):
        services.enrol_for(actor=cast.organiser, participant=cast.learner.participant, cohort=cohort)
        with pytest.raises(services.AlreadyInvited):
            services.invite(actor=cast.organiser, cohort=cohort, email="learner@example.org")

    def test_brings_the_organisers_words_in_the_language_of_its_reader(self, cast, cohort):
        texts = {"en": "Bring your own laptop.", "fr": "Apportez votre ordinateur.", "ru": " "}
        services.keep_invitation_words(actor=cast.organiser, cohort=cohort, texts=texts)
        expected = (
            ("en", "Bring your own laptop."),
            ("fr", "Apportez votre ordinateur."),
            ("ru", "Bring your own laptop."),
        )
        for language, words in expected:
            address = f"{language}@example.org"
            services.invite(actor=cast.organiser, cohort=cohort, email=address, language=language)
            assert words in OutboxMail.objects.get(to=address).text
        services.keep_invitation_words(actor=cast.organiser, cohort=cohort, texts={"en": "", "fr": ""})
        assert not cohort.invitation_texts.exists()

    def test_where_nothing_is_written_the_cohorts_language_goes_before_english(self, cast, cohort):
        cohort.language = "es"
        services.keep_invitation_words(actor=cast.organiser, cohort=cohort, texts={"en": "Hello", "es": "Hola"})
        assert services.invitation_words(cohort, "ar") == "Hola"
        assert services.invitation_words(cohort, "en") == "Hello"

    @pytest.mark.parametrize("who", ["learner", "trainer", "other_organiser"])
    def test_has_words_of_its_organisers_only(self, cast, cohort, who):
        with pytest.raises(services.NotYourProgramme):
            services.keep_invitation_words(actor=getattr(cast, who), cohort=cohort, texts={"en": "Mine"})

    def test_nobody_invites_themselves(self, cast, cohort):
        with pytest.raises(services.OwnEnrolment):
            services.invite(actor=cast.organiser, cohort=cohort, email="organiser@example.org")

    @pytest.mark.parametrize("who", ["learner", "trainer", "other_organiser"])
    def test_only_organisers_of_the_programme_invite(self, cast, cohort, who):
        with pytest.raises(services.NotYourProgramme):
            services.invite(actor=getattr(cast, who), cohort=cohort, email="new@example.org")

    def test_an_invitation_taken_back_or_too_old_opens_nothing(self, cast, cohort):
        first = services.invite(actor=cast.organiser, cohort=cohort, email="learner@example.org")
        services.cancel_invitation(actor=cast.organiser, invitation=first)
        second = services.invite(actor=cast.organiser, cohort=cohort, email="learner@example.org")
        with pytest.raises(services.InvitationOver):
            services.accept_invitation(participant=cast.learner.participant, invitation=first)
        CohortInvitation.objects.filter(pk=second.pk).update(expires_at=timezone.now())
        with pytest.raises(services.InvitationOver):
            services.accept_invitation(participant=cast.learner.participant, invitation=second)
        services.send_again(actor=cast.organiser, invitation=second)
        assert services.accept_invitation(participant=cast.learner.participant, invitation=second)
        assert OutboxMail.objects.filter(to="learner@example.org", subject__startswith="You are invited").count() == 3


class TestEnrollingOthers:
    def test_an_organiser_enrols_somebody_and_the_open_application_is_accepted(self, cast, cohort):
        application = apply(cast.learner, cohort)
        enrolment = services.enrol_for(actor=cast.organiser, participant=cast.learner.participant, cohort=cohort)
        application.refresh_from_db()
        assert (enrolment.source, application.state) == ("organiser", "accepted")

    def test_a_nomination_comes_in_as_such(self, cast, cohort):
        enrolment = services.enrol_nominated(actor=cast.organiser, participant=cast.learner.participant, cohort=cohort)
        assert enrolment.source == "nomination"

    @pytest.mark.parametrize("act", ["enrol_for", "enrol_nominated"])
    def test_nobody_enrols_themselves_as_an_organiser(self, cast, cohort, act):
        with pytest.raises(services.OwnEnrolment):
            getattr(services, act)(actor=cast.organiser, participant=cast.organiser.participant, cohort=cohort)

    @pytest.mark.parametrize("act", ["enrol_for", "enrol_nominated"])
    def test_others_enrol_nobody(self, cast, cohort, act):
        for who in (cast.learner, cast.trainer, cast.other_organiser):
            with pytest.raises(services.NotYourProgramme):
                getattr(services, act)(actor=who, participant=cast.outsider.participant, cohort=cohort)


def test_every_act_leaves_an_audit_entry(cast, cohort):
    application = apply(cast.learner, cohort)
    services.decline(actor=cast.organiser, application=application, reason="No.")
    services.invite(actor=cast.organiser, cohort=cohort, email="x@example.org")
    actions = set(AuditEntry.objects.filter(action__startswith="catalogue.").values_list("action", flat=True))
    assert {"catalogue.apply", "catalogue.application_declined", "catalogue.invite"} <= actions

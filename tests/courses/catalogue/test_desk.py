"""The pages of the ways in: every address x every role, and that what was typed is kept."""

from __future__ import annotations

import pytest
from django.utils import timezone

from accounts.models import User
from courses.catalogue import services
from courses.catalogue.models import Application, ApplicationQuestion, Cohort, CohortInvitation, CohortWindow
from courses.participants.models import Participant
from jobs.models import OutboxMail
from tests import factories
from tests.factories import coming

pytestmark = pytest.mark.django_db
PEOPLE = ["learner", "trainer", "other_organiser", "organiser", "focal_point", "outsider", "anonymous"]


@pytest.fixture
def cohort(programme):
    course = factories.CourseFactory(programme=programme, key="border")
    return factories.CohortFactory(course=course, entry="application", ends_on=coming(30), starts_on=coming(2))


@pytest.fixture
def question(cohort):
    return ApplicationQuestion.objects.create(course=cohort.course, titles={"en": "Why?"}, kind="text", order=1)


@pytest.fixture
def application(cast, cohort):
    return services.apply(actor=cast.learner, participant=cast.learner.participant, cohort=cohort)


def sign_in(client, cast, who):
    if who != "anonymous":
        client.force_login(getattr(cast, who))


@pytest.mark.parametrize("who", PEOPLE)
def test_the_desk_is_for_organisers_of_the_programme(client, cast, cohort, application, question, who):
    """A trainer of the cohort sees where people stand, but does not choose who comes in."""
    from courses.catalogue.models import CohortTrainer

    CohortTrainer.objects.create(cohort=cohort, user=cast.trainer)
    enrolment = factories.EnrolmentFactory(cohort=cohort)
    invitation = services.invite(actor=cast.organiser, cohort=cohort, email="x@example.org")
    module = factories.ItemFactory(kind="module")
    asked = services.add_prerequisite(actor=cast.organiser, course=cohort.course, kind="module", ref=str(module.pk))
    pages = [
        f"cohorts/{cohort.pk}/entry/",
        f"cohorts/{cohort.pk}/edit/",
        f"cohorts/{cohort.pk}/invite/",
        f"cohorts/{cohort.pk}/add/",
        f"applications/{application.pk}/decide/",
        f"enrolments/{enrolment.pk}/extend/",
        f"enrolments/{enrolment.pk}/transfer/",
        "courses/border/cohorts/new/",
        "courses/border/entry/",
        "courses/border/entry/questions/new/",
        f"application-questions/{question.pk}/",
    ]
    acts = [
        f"cohort-invitations/{invitation.pk}/",
        f"application-questions/{question.pk}/act/",
        f"prerequisites/{asked.pk}/remove/",
        "courses/border/entry/prerequisites/",
    ]
    sign_in(client, cast, who)
    for page in pages:
        status = client.get(f"/en/{page}").status_code
        assert status == {"organiser": 200, "anonymous": 302}.get(who, 404), page
    if who != "organiser":
        kept = [f"cohorts/{cohort.pk}/add/", f"applications/{application.pk}/decide/"]  # a visitor gets the form back
        for page in [*acts, *kept]:
            status = client.post(f"/en/{page}", {"decision": "accept"}).status_code
            assert status == ((403 if page in kept else 302) if who == "anonymous" else 404), page
        application.refresh_from_db()
        assert application.state == "sent"


@pytest.mark.parametrize("who", PEOPLE)
def test_planning_is_for_organisers(client, cast, cohort, who):
    sign_in(client, cast, who)
    status = client.get("/en/cohorts/new/").status_code
    assert status == {"organiser": 200, "other_organiser": 200, "anonymous": 302}.get(who, 404)


@pytest.mark.parametrize("who", PEOPLE)
def test_an_application_is_read_by_the_person_alone_on_their_own_page(client, cast, application, who):
    sign_in(client, cast, who)
    for page, method in (("", "get"), ("take-back/", "post")):
        status = getattr(client, method)(f"/en/applications/{application.pk}/{page}").status_code
        allowed = 200 if method == "get" else 302
        assert status == {"learner": allowed, "anonymous": 302}.get(who, 404)


def test_from_the_form_to_the_place(client, cast, cohort, question):
    client.force_login(cast.learner)
    address = f"/en/cohorts/{cohort.pk}/apply/"
    assert "Why?" in client.get(address).content.decode()
    refused = client.post(address, {f"q{question.pk}": ""})
    assert refused.context["form"].errors
    client.post(address, {f"q{question.pk}": "To learn <b>more</b>"})
    application = Application.objects.get()
    assert client.get(address)["Location"].endswith(f"/applications/{application.pk}/")
    client.force_login(cast.organiser)
    page = client.get(f"/en/cohorts/{cohort.pk}/entry/").content.decode()
    assert "Learner" in page
    decide = f"/en/applications/{application.pk}/decide/"
    assert "To learn &lt;b&gt;more&lt;/b&gt;" in client.get(decide).content.decode()
    refused = client.post(decide, {"decision": "decline", "reason": ""})
    assert refused.context["form"].errors["reason"]
    client.post(decide, {"decision": "accept"})
    assert cohort.enrolments.active().get().participant == cast.learner.participant


def test_a_refused_decision_keeps_the_words(client, cast, cohort, application):
    Cohort.objects.filter(pk=cohort.pk).update(capacity=0)
    client.force_login(cast.organiser)
    response = client.post(f"/en/applications/{application.pk}/decide/", {"decision": "accept", "reason": "Welcome!"})
    assert "All places are taken" in response.content.decode()
    assert "Welcome!" in response.content.decode()


def test_a_full_cohort_offers_the_waiting_list(client, cast, programme):
    from tests.modules.content import make_site, publish

    home = make_site()
    course = factories.CourseFactory(programme=programme)
    from courses.catalogue.models import CoursePage

    page = CoursePage(title="Borders", slug="borders", course=course, locale=home.locale)
    home.add_child(instance=page)
    publish(page)
    cohort = factories.CohortFactory(course=course, capacity=0)
    client.force_login(cast.learner)
    response = client.post(f"/en/courses/{course.key}/enrol/", {"cohort": cohort.pk})
    assert f"/en/cohorts/{cohort.pk}/apply/" in response.content.decode()
    client.post(f"/en/cohorts/{cohort.pk}/apply/")
    assert Application.objects.get().state == "waiting"


def test_who_is_only_invited_is_not_told_of_the_cohort(client, cast, cohort):
    Cohort.objects.filter(pk=cohort.pk).update(entry="invitation")
    client.force_login(cast.learner)
    assert client.get(f"/en/cohorts/{cohort.pk}/apply/").status_code == 404


class TestInvitation:
    @pytest.fixture
    def link(self, cast, cohort):
        services.invite(actor=cast.organiser, cohort=cohort, email="new@lists.example", name="Amina Diallo")
        text = OutboxMail.objects.get(to="new@lists.example").text
        return next(word for word in text.split() if "/invitation/" in word).partition("8000")[2] or next(
            word for word in text.split() if "/invitation/" in word
        )

    def test_a_newcomer_says_yes_and_begins(self, client, cohort, link):
        assert "Amina Diallo" in client.get(link).content.decode()
        client.post(link, {"answer": "yes", "name": "Amina Diallo", "password": "a long enough password"})
        user = User.objects.get(email="new@lists.example")
        assert user.emailaddress_set.get().verified
        assert cohort.enrolments.get().participant == user.participant
        assert client.session["_auth_user_id"] == str(user.pk)
        assert client.get(link).status_code == 410

    def test_no_needs_no_account(self, client, cohort, link):
        assert client.post(link, {"answer": "no"}).status_code == 200
        assert cohort.invitations.get().state == "declined"
        assert client.get(link).status_code == 410
        assert not User.objects.filter(email="new@lists.example").exists()

    def test_a_weak_password_leaves_nothing_behind(self, client, cohort, link):
        response = client.post(link, {"answer": "yes", "name": "Amina", "password": "short"})
        assert response.context["form"].errors["password"]
        assert not Participant.objects.filter(email="new@lists.example").exists()

    def test_a_full_cohort_leaves_nothing_behind(self, client, cohort, link):
        Cohort.objects.filter(pk=cohort.pk).update(capacity=0)
        response = client.post(link, {"answer": "yes", "name": "Amina", "password": "a long enough password"})
        assert "taken" in response.content.decode()
        assert not Participant.objects.filter(email="new@lists.example").exists()

    def test_another_account_does_not_come_in(self, client, cast, cohort, link):
        client.force_login(cast.outsider)
        assert client.post(link, {"answer": "yes"}).status_code == 403
        assert not cohort.enrolments.exists()

    def test_who_has_an_account_is_asked_to_sign_in(self, client, cohort, link):
        user = factories.UserFactory(email="new@lists.example")
        factories.ParticipantFactory(user=user, name="Amina")
        assert "password" not in client.get(link).content.decode().lower().partition("<main")[2].partition("</main")[0]
        client.post(link, {"answer": "yes", "name": "X", "password": "a long enough password"})
        assert not cohort.enrolments.exists()
        client.force_login(user)
        client.post(link, {"answer": "yes"})
        assert cohort.enrolments.get().participant.user == user

    def test_the_organisers_words_stand_on_the_page_as_text(self, client, cast, cohort, link):
        client.force_login(cast.organiser)
        address = f"/en/cohorts/{cohort.pk}/invite/words/"
        client.post(address, {"en": "Bring <b>paper</b>", "ar": "أهلا"})
        assert "Bring &lt;b&gt;paper" in client.get(address).content.decode()
        client.logout()
        assert "Bring &lt;b&gt;paper" in client.get(link).content.decode()
        assert "أهلا" in client.get(link.replace("/en/", "/ar/")).content.decode()

    def test_who_was_written_down_from_a_list_comes_in_with_that_record(self, client, cast, cohort, link):
        known = factories.ParticipantFactory(
            name="DIALLO Amina", email="New@lists.example", organisation="Port", created_by=cast.organiser
        )
        client.post(link, {"answer": "yes", "name": "Amina Diallo", "password": "a long enough password"})
        enrolment = cohort.enrolments.get()
        assert (enrolment.participant, enrolment.organisation) == (known, "Port")
        known.refresh_from_db()
        assert (known.name, known.user.email) == ("DIALLO Amina", "new@lists.example")
        assert Participant.objects.filter(email__iexact="new@lists.example").count() == 1

    def test_somebody_else_at_the_address_of_an_office_gets_a_record_of_their_own(self, client, cohort, link):
        colleague = factories.ParticipantFactory(name="Wanjiru Kamau", email="new@lists.example")
        client.post(link, {"answer": "yes", "name": "Amina Diallo", "password": "a long enough password"})
        colleague.refresh_from_db()
        assert colleague.user is None
        assert cohort.enrolments.get().participant != colleague

    def test_an_account_without_a_record_gets_the_one_that_was_written_down(self, client, cast, cohort, link):
        known = factories.ParticipantFactory(name="Amina Diallo", email="new@lists.example")
        user = factories.UserFactory(email="new@lists.example", name="Amina Diallo")
        client.force_login(user)
        assert client.get(link).status_code == 200
        known.refresh_from_db()
        assert known.user is None  # looking changes nothing
        client.post(link, {"answer": "yes"})
        known.refresh_from_db()
        assert (known.user, cohort.enrolments.get().participant) == (user, known)

    @pytest.mark.parametrize("token", ["x", "WzEsMl0:1:2"])
    def test_a_forged_link_opens_nothing(self, client, token):
        assert client.get(f"/en/invitation/{token}/").status_code == 410


class TestAdding:
    def test_somebody_known_is_found_and_enrolled(self, client, cast, cohort):
        known = factories.ParticipantFactory(name="Wanjiru Kamau", created_by=cast.organiser)
        client.force_login(cast.organiser)
        address = f"/en/cohorts/{cohort.pk}/add/"
        assert "Wanjiru Kamau" in client.get(address, {"q": "wanj"}).content.decode()
        client.post(address, {"person": known.pk})
        assert cohort.enrolments.get().participant == known

    def test_people_out_of_sight_are_neither_found_nor_enrolled(self, client, cast, cohort):
        stranger = factories.ParticipantFactory(name="Wanjiru Kamau")
        client.force_login(cast.organiser)
        address = f"/en/cohorts/{cohort.pk}/add/"
        assert "Wanjiru Kamau" not in client.get(address, {"q": "wanj"}).content.decode()
        assert client.post(address, {"person": stranger.pk}).status_code == 404
        assert client.post(address, {"person": "x"}).status_code == 404

    def test_somebody_new_is_written_down_enrolled_and_told(self, client, cast, cohort):
        client.force_login(cast.organiser)
        data = {"name": "Amina Diallo", "email": "amina@lists.example", "language": "fr"}
        client.post(f"/en/cohorts/{cohort.pk}/add/", data)
        assert cohort.enrolments.get().participant.name == "Amina Diallo"
        assert OutboxMail.objects.filter(to="amina@lists.example", text__contains="/fr/begin/").exists()

    def test_where_there_is_no_place_nobody_is_written_down(self, client, cast, cohort):
        Cohort.objects.filter(pk=cohort.pk).update(capacity=0)
        client.force_login(cast.organiser)
        response = client.post(f"/en/cohorts/{cohort.pk}/add/", {"name": "Amina Diallo"})
        assert "taken" in response.content.decode()
        assert not Participant.objects.filter(name="Amina Diallo").exists()


class TestPlanning:
    def test_a_new_cohort_comes_with_its_dates(self, client, cast, cohort):
        client.force_login(cast.organiser)
        address = "/en/courses/border/cohorts/new/"
        form = client.get(address, {"first": "2027-03-01"}).context["form"]
        data = {bound.name: bound.value() or "" for bound in form}
        assert (data["learning_starts_on"].isoformat(), data["learning_ends_on"].isoformat()) == (
            "2027-03-01",
            "2027-03-28",
        )
        client.post(address, {**data, "title_en": "March", "capacity": "30"})
        made = Cohort.objects.get(titles__en="March")
        assert (made.starts_on.isoformat(), made.ends_on.isoformat()) == ("2027-03-01", "2027-04-30")
        assert [window.kind for window in made.windows.all()] == list(CohortWindow.Kind.values)

    def test_dates_that_do_not_follow_each_other_are_refused_and_kept(self, client, cast, cohort):
        client.force_login(cast.organiser)
        data = {
            "title_en": "April", "time_zone": "UTC", "entry": "self",
            "learning_starts_on": "2027-04-10", "learning_ends_on": "2027-04-01", "forum_starts_on": "2027-05-01",
        }  # fmt: skip
        response = client.post(f"/en/cohorts/{cohort.pk}/edit/", data)
        errors = response.context["form"].errors
        assert set(errors) == {"learning_ends_on", "forum_ends_on"}
        assert 'value="2027-04-10"' in response.content.decode()

    def test_a_question_is_written_in_every_language(self, client, cast, cohort):
        client.force_login(cast.organiser)
        data = {
            "kind": "choice", "required": "on", "title_en": "Level", "title_fr": "Niveau",
            "choices_en": "New\nOld", "choices_fr": "Nouveau\nAncien",
        }  # fmt: skip
        client.post("/en/courses/border/entry/questions/new/", data)
        question = ApplicationQuestion.objects.get()
        assert question.titles == {"en": "Level", "fr": "Niveau"}
        assert [choice["titles"] for choice in question.choices] == [
            {"en": "New", "fr": "Nouveau"},
            {"en": "Old", "fr": "Ancien"},
        ]
        ids = [choice["id"] for choice in question.choices]
        client.post(
            f"/en/application-questions/{question.pk}/", {**data, "choices_en": "New\nOld\nVery old", "choices_fr": ""}
        )
        question.refresh_from_db()
        assert [choice["id"] for choice in question.choices][:2] == ids

    def test_one_answer_is_no_choice(self, client, cast, cohort):
        client.force_login(cast.organiser)
        data = {"kind": "choice", "title_en": "Level", "choices_en": "Only"}
        response = client.post("/en/courses/border/entry/questions/new/", data)
        assert response.context["form"].errors["choices_en"]


def test_the_desk_asks_as_many_queries_for_many_as_for_one(client, cast, cohort, django_assert_max_num_queries):
    client.force_login(cast.organiser)
    for number in (1, 30):
        for _n in range(number):
            factories.EnrolmentFactory(cohort=cohort)
            Application.objects.create(cohort=cohort, participant=factories.ParticipantFactory())
            Application.objects.create(
                cohort=cohort,
                participant=factories.ParticipantFactory(),
                state="waiting",
                waiting_since=timezone.now(),
            )
        with django_assert_max_num_queries(24):
            client.get(f"/en/cohorts/{cohort.pk}/entry/")


def test_every_invitation_is_found_page_by_page(client, cast, cohort):
    for number in range(60):
        CohortInvitation.objects.create(
            cohort=cohort, email=f"n{number}@lists.example", language="en", expires_at=timezone.now()
        )
    client.force_login(cast.organiser)
    shown = set()
    for page in (1, 2):
        words = client.get(f"/en/cohorts/{cohort.pk}/entry/", {"invited": page}).content.decode()
        shown |= {number for number in range(60) if f"n{number}@lists.example" in words}
    assert len(shown) == 60
    assert "60" in words


def test_an_open_application_stands_on_my_learning(client, cast, application):
    client.force_login(cast.learner)
    assert f"/en/applications/{application.pk}/" in client.get("/en/my/").content.decode()
    services.decline(actor=cast.organiser, application=application, reason="No.")
    assert f"/en/applications/{application.pk}/" not in client.get("/en/my/").content.decode()


class TestCoursePage:
    @pytest.fixture
    def page(self, cast, programme):
        from courses.catalogue.models import CoursePage
        from tests.modules.content import make_site, publish

        home = make_site()
        course = factories.CourseFactory(programme=programme)
        home.add_child(instance=CoursePage(title="Borders", slug="borders", course=course, locale=home.locale))
        return publish(CoursePage.objects.get(course=course))

    def test_tells_what_goes_before_and_what_of_it_is_done(self, client, cast, page):
        first = factories.CourseFactory(item__titles={"en": "Basics of law"})
        services.add_prerequisite(actor=cast.organiser, course=page.course, kind="course", ref=str(first.pk))
        address = page.get_url()
        visitor = client.get(address).content.decode()
        assert "Basics of law" in visitor
        assert "Not done yet" not in visitor
        client.force_login(cast.learner)
        assert "Not done yet:" in client.get(address).content.decode()
        factories.EnrolmentFactory(
            participant=cast.learner.participant,
            cohort=factories.CohortFactory(course=first),
            completed_at=timezone.now(),
        )
        assert "Done:" in client.get(address).content.decode()
        client.force_login(cast.outsider)  # nobody sees the standing of another
        assert "Not done yet:" in client.get(address).content.decode()

    def test_does_not_tell_of_cohorts_that_one_is_invited_to(self, client, page):
        factories.CohortFactory(
            course=page.course,
            titles={"en": "Closed circle"},
            entry="invitation",
            starts_on=coming(1),
            ends_on=coming(9),
        )
        assert "Closed circle" not in client.get(page.get_url()).content.decode()

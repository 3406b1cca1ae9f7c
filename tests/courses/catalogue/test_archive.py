"""What is over or in the archive: out of every list, closed to everybody, and nothing on record is lost."""

from __future__ import annotations

import pytest

from core.models import AuditEntry
from courses.catalogue import search, services
from courses.catalogue.forms import EnrolForm
from courses.catalogue.models import Cohort, CoursePage
from tests import factories
from tests.factories import coming, past
from tests.modules import content

pytestmark = pytest.mark.django_db


@pytest.fixture
def course(programme):
    return factories.CourseFactory(programme=programme, key="border")


@pytest.fixture
def cohort(course):
    return factories.CohortFactory(course=course, titles={"en": "Autumn"})


@pytest.fixture
def page(course):
    home = content.make_site()
    home.add_child(instance=CoursePage(title="Borders", slug="borders", course=course, locale=home.locale))
    return content.publish(CoursePage.objects.get(course=course))


def enrol(person, cohort):
    return services.enrol(actor=person, participant=person.participant, cohort=cohort)


class TestOver:
    """The last day has passed, and no other day says when enrolment closes."""

    @pytest.fixture
    def over(self, course):
        return factories.CohortFactory(course=course, titles={"en": "Long ago"}, starts_on=past(830), ends_on=past(800))

    def test_nobody_enrols_or_applies(self, cast, over):
        assert not over.is_open
        with pytest.raises(services.EnrolmentClosed, match="closed on"):
            enrol(cast.learner, over)
        Cohort.objects.update(entry="application")
        with pytest.raises(services.EnrolmentClosed):
            services.apply(actor=cast.learner, participant=cast.learner.participant, cohort=over)

    def test_nobody_is_invited_and_nobody_comes_in_by_an_old_invitation(self, cast, cohort, over):
        with pytest.raises(services.EnrolmentClosed):
            services.invite(actor=cast.organiser, cohort=over, email="learner@example.org")
        invitation = services.invite(actor=cast.organiser, cohort=cohort, email="learner@example.org")
        Cohort.objects.filter(pk=cohort.pk).update(ends_on=past(2))
        with pytest.raises(services.EnrolmentClosed):
            services.accept_invitation(participant=cast.learner.participant, invitation=invitation)
        with pytest.raises(services.EnrolmentClosed):
            services.send_again(actor=cast.organiser, invitation=invitation)

    def test_an_organiser_may_still_write_down_who_was_there(self, cast, over):
        assert services.enrol_for(actor=cast.organiser, participant=cast.learner.participant, cohort=over)

    def test_it_is_offered_nowhere(self, client, course, cohort, over, page):
        last_day = factories.CohortFactory(course=course, titles={"en": "Last"}, region="africa", ends_on=coming(0))
        Cohort.objects.filter(pk=over.pk).update(region="grulac")
        form = EnrolForm(course=course)
        assert set(form.fields["cohort"].queryset) == {cohort, last_day}
        words = client.get(page.get_url()).content.decode()
        assert "Long ago" not in words
        assert search.courses("en")[0].regions == ["africa"]


class TestArchive:
    def test_a_cohort_disappears_from_every_list_and_comes_back(self, client, cast, course, cohort, page):
        enrolment = factories.EnrolmentFactory(participant=cast.learner.participant, cohort=cohort)
        Cohort.objects.filter(pk=cohort.pk).update(starts_on=coming(1), ends_on=coming(9))
        client.force_login(cast.organiser)
        address = f"/en/cohorts/{cohort.pk}/archive/"
        assert "1 person is enrolled" in client.get(address).content.decode()
        client.post(address)
        cohort.refresh_from_db()
        assert cohort.archived_at is not None
        assert "Autumn" not in client.get("/en/cohorts/").content.decode()
        assert "Autumn" in client.get("/en/cohorts/?archive").content.decode()
        assert "Autumn" not in client.get(page.get_url()).content.decode()
        assert not EnrolForm(course=course).fields["cohort"].queryset.exists()
        desk = client.get(f"/en/cohorts/{cohort.pk}/entry/").content.decode()
        assert "In the archive" in desk and address in desk
        enrolment.refresh_from_db()
        assert enrolment.state == "active"
        for act in (enrol, lambda p, c: services.enrol_for(actor=cast.organiser, participant=p.participant, cohort=c)):
            with pytest.raises(services.EnrolmentClosed):
                act(cast.outsider, cohort)
        client.post(address)
        assert "Autumn" in client.get("/en/cohorts/").content.decode()
        assert enrol(cast.outsider, cohort)
        acts = ["catalogue.archive_cohort", "catalogue.restore_cohort"]
        assert AuditEntry.objects.filter(action__in=acts, object_id=str(cohort.pk)).count() == 2

    def test_a_course_disappears_with_its_cohorts_and_comes_back_with_them(self, client, cast, course, cohort, page):
        gone = factories.CohortFactory(course=course, titles={"en": "Spring"})
        services.archive_cohort(actor=cast.organiser, cohort=gone)
        client.force_login(cast.organiser)
        address = "/en/courses/border/archive/"
        assert address in client.get("/en/courses/border/entry/").content.decode()
        assert client.get(address).status_code == 200
        client.post(address)
        assert "Borders" not in client.get("/en/courses/").content.decode().partition("<main")[2]
        assert client.get("/en/courses/border/enrol/").status_code == 404
        assert "no longer offered" in client.get(page.get_url()).content.decode()
        assert "Autumn" not in client.get("/en/cohorts/").content.decode()
        assert "Autumn" in client.get("/en/cohorts/?archive").content.decode()
        assert "In the archive" in client.get(f"/en/cohorts/{cohort.pk}/entry/").content.decode()
        with pytest.raises(services.EnrolmentClosed):
            enrol(cast.learner, cohort)
        client.post(address)
        assert "Borders" in client.get("/en/courses/").content.decode()
        assert list(Cohort.objects.visible_to(cast.organiser).offered().filter(course=course)) == [cohort]

    def test_an_archived_cohort_opens_to_no_invitation(self, cast, cohort):
        invitation = services.invite(actor=cast.organiser, cohort=cohort, email="learner@example.org")
        services.archive_cohort(actor=cast.organiser, cohort=cohort)
        with pytest.raises(services.EnrolmentClosed):
            services.accept_invitation(participant=cast.learner.participant, invitation=invitation)

    def test_people_who_wait_for_an_answer_get_it_first(self, cast, course, cohort):
        Cohort.objects.filter(pk=cohort.pk).update(entry="application")
        application = services.apply(actor=cast.learner, participant=cast.learner.participant, cohort=cohort)
        for act, what in ((services.archive_cohort, {"cohort": cohort}), (services.archive_course, {"course": course})):
            with pytest.raises(services.StillAwaited):
                act(actor=cast.organiser, **what)
        services.decline(actor=cast.organiser, application=application, reason="It will not take place.")
        assert services.archive_cohort(actor=cast.organiser, cohort=cohort).archived_at

    def test_a_waiting_list_of_long_ago_is_no_hindrance(self, cast, cohort):
        Cohort.objects.filter(pk=cohort.pk).update(entry="application")
        services.apply(actor=cast.learner, participant=cast.learner.participant, cohort=cohort)
        Cohort.objects.filter(pk=cohort.pk).update(ends_on=past(9))
        assert services.archive_cohort(actor=cast.organiser, cohort=cohort).archived_at

    def test_twice_is_once(self, cast, cohort):
        for archived in (True, True, False, False):
            services.archive_cohort(actor=cast.organiser, cohort=cohort, archived=archived)
        assert AuditEntry.objects.filter(action__endswith="e_cohort", object_id=str(cohort.pk)).count() == 2

    def test_a_second_self_paced_cohort_cannot_come_back(self, cast, course):
        first = factories.CohortFactory(course=course, self_paced=True)
        services.archive_cohort(actor=cast.organiser, cohort=first)
        factories.CohortFactory(course=course, self_paced=True)
        with pytest.raises(services.CannotRestore):
            services.archive_cohort(actor=cast.organiser, cohort=first, archived=False)

    @pytest.mark.parametrize("who", ["learner", "trainer", "other_organiser", "focal_point", "editor"])
    def test_only_organisers_of_the_programme_archive(self, cast, course, cohort, who):
        with pytest.raises(services.NotYourProgramme):
            services.archive_cohort(actor=getattr(cast, who), cohort=cohort)
        with pytest.raises(services.NotYourProgramme):
            services.archive_course(actor=getattr(cast, who), course=course)

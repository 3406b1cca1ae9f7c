"""Trainers of a cohort: named by organisers, and trainers only as long as they hold the role for its programme."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from core.models import AuditEntry
from courses.catalogue import services
from courses.catalogue.access import marked_by
from courses.catalogue.models import (
    Cohort,
    CohortTrainer,
    Course,
    Enrolment,
    EnrolmentNote,
    Letter,
    PracticalTask,
    RequirementWaiver,
    TaskResult,
)
from courses.catalogue.permissions import can_see_progress, runs_cohort
from courses.participants.models import Participant
from institutions.models import Role, RoleAssignment
from institutions.roles import forget_roles
from institutions.services import grant_role
from jobs.models import OutboxMail
from modules.assessments.models import Attempt
from tests import factories

pytestmark = pytest.mark.django_db


def end_role(user):
    yesterday = timezone.now().date() - timedelta(days=1)
    RoleAssignment.objects.filter(user=user).update(ends_on=yesterday)
    forget_roles(user)


def move_role(user):
    RoleAssignment.objects.filter(user=user).update(programme=factories.ProgrammeFactory())
    forget_roles(user)


class TestTheRoleIsOver:
    """Named on the cohort still, but the role has ended, or is now for another programme."""

    @pytest.fixture(params=[end_role, move_role])
    def ended(self, request):
        return request.param

    def test_pages_do_not_exist_any_more(self, client, cast, school, ended):
        pages = [
            f"cohorts/{school.cohort.pk}/",
            f"enrolments/{school.enrolment.pk}/",
            f"cohorts/{school.cohort.pk}/tasks/{school.task.pk}/",
            "courses/port-course/tasks/",
            "courses/port-course/rule/",
        ]
        client.force_login(cast.trainer)
        assert {client.get(f"/en/{page}").status_code for page in pages} == {200}
        ended(cast.trainer)
        for page in pages:
            assert client.get(f"/en/{page}").status_code == 404, page
        assert client.post(f"/en/cohorts/{school.cohort.pk}/export/").status_code == 404

    def test_nothing_can_be_judged_any_more(self, client, cast, school, ended):
        person = school.enrolment.participant_id
        ended(cast.trainer)
        client.force_login(cast.trainer)
        answer = {f"p{person}-verdict": "met", f"p{person}-note": ""}
        assert client.post(f"/en/cohorts/{school.cohort.pk}/tasks/{school.task.pk}/", answer).status_code == 404
        with pytest.raises(services.MayNotJudge):
            services.record_results(
                actor=cast.trainer,
                cohort=school.cohort,
                task=school.task,
                judgements={person: services.Judgement(met=True)},
            )
        assert not TaskResult.objects.exists()

    def test_no_row_is_seen_any_more(self, cast, school, ended):
        person = school.enrolment.participant
        TaskResult.objects.create(task=school.task, participant=person, met=True, judged_at=timezone.now())
        RequirementWaiver.objects.create(enrolment=school.enrolment, kind="skill", ref="1", reason="-")
        EnrolmentNote.objects.create(enrolment=school.enrolment, text="-")
        Letter.objects.create(cohort=school.cohort, subject="-", text="-", language="en")
        school.grade(cast.learner, 50)
        Attempt.objects.update(context=school.enrolment.context)
        models = [
            Course, Cohort, Enrolment, PracticalTask, TaskResult, RequirementWaiver, EnrolmentNote, Letter,
        ]  # fmt: skip

        def seen():
            rows = {model.__name__: list(model.objects.visible_to(cast.trainer)) for model in models}
            rows["Enrolment"] = [row for row in rows["Enrolment"] if row.participant_id == person.pk]
            rows["Participant"] = list(Participant.objects.visible_to(cast.trainer).filter(pk=person.pk))
            rows["Attempt"] = list(Attempt.objects.filter(marked_by(cast.trainer)))
            return rows

        assert all(len(rows) == 1 for rows in seen().values()), seen()
        assert runs_cohort(cast.trainer, school.cohort)
        ended(cast.trainer)
        assert not any(seen().values()), seen()
        assert not runs_cohort(cast.trainer, school.cohort)
        assert not can_see_progress(cast.trainer, school.cohort)


class TestNaming:
    @pytest.fixture
    def cohort(self, programme):
        return factories.CohortFactory(course=factories.CourseFactory(programme=programme), titles={"en": "Autumn"})

    def name(self, cast, cohort, email="trainer@example.org", actor="organiser"):
        return services.name_trainer(actor=getattr(cast, actor), cohort=cohort, email=email)

    def test_the_trainer_sees_the_cohort_and_is_told(self, cast, cohort):
        cast.trainer.language = "fr"
        cast.trainer.save()
        assert not runs_cohort(cast.trainer, cohort)
        self.name(cast, cohort, "Trainer@Example.org ")
        assert runs_cohort(cast.trainer, cohort)
        assert cohort in Cohort.objects.visible_to(cast.trainer)
        mail = OutboxMail.objects.get(to="trainer@example.org")
        assert f"/fr/cohorts/{cohort.pk}/" in mail.text
        assert AuditEntry.objects.get(action="catalogue.name_trainer").data["user"] == cast.trainer.pk

    @pytest.mark.parametrize("who", ["learner", "organiser", "editor", "focal_point", "other_organiser"])
    def test_nobody_without_the_role_is_named(self, cast, cohort, who):
        with pytest.raises(services.NotATrainer):
            self.name(cast, cohort, getattr(cast, who).email)
        assert not cohort.trainers.exists()

    @pytest.mark.parametrize("spoil", [end_role, move_role])
    def test_nor_anybody_whose_role_is_over_or_for_another_programme(self, cast, cohort, spoil):
        spoil(cast.trainer)
        with pytest.raises(services.NotATrainer):
            self.name(cast, cohort)

    def test_nor_whose_account_is_closed(self, cast, cohort):
        cast.trainer.is_active = False
        cast.trainer.save()
        with pytest.raises(services.NotATrainer):
            self.name(cast, cohort)

    def test_a_trainer_of_all_programmes_can_be_named(self, cast, cohort):
        grant_role(actor=None, user=cast.outsider, role=Role.TRAINER)
        assert self.name(cast, cohort, "outsider@example.org")

    @pytest.mark.parametrize("who", ["learner", "trainer", "other_trainer", "other_organiser", "focal_point", "editor"])
    def test_only_organisers_of_the_programme_name_and_release(self, cast, cohort, who):
        named = self.name(cast, cohort)
        with pytest.raises(services.NotYourProgramme):
            self.name(cast, cohort, "other_trainer@example.org", actor=who)
        with pytest.raises(services.NotYourProgramme):
            services.release_trainer(actor=getattr(cast, who), trainer=named)

    def test_nobody_is_named_twice(self, cast, cohort):
        self.name(cast, cohort)
        with pytest.raises(services.AlreadyTrains):
            self.name(cast, cohort)
        assert OutboxMail.objects.filter(to="trainer@example.org").count() == 1

    def test_released_and_named_again_they_are_told_again(self, cast, cohort):
        services.release_trainer(actor=cast.organiser, trainer=self.name(cast, cohort))
        assert not runs_cohort(cast.trainer, cohort)
        assert AuditEntry.objects.get(action="catalogue.release_trainer").data["user"] == cast.trainer.pk
        self.name(cast, cohort)
        assert OutboxMail.objects.filter(to="trainer@example.org").count() == 2

    def test_what_was_judged_stays_when_the_trainer_goes(self, cast, school):
        person = school.enrolment.participant_id
        services.record_results(
            actor=cast.trainer,
            cohort=school.cohort,
            task=school.task,
            judgements={person: services.Judgement(met=True)},
        )
        services.release_trainer(actor=cast.organiser, trainer=school.cohort.trainers.get())
        assert TaskResult.objects.get().judged_by == cast.trainer

    def test_from_the_empty_desk_to_a_named_trainer_and_back(self, client, cast, cohort):
        client.force_login(cast.organiser)
        desk, address = f"/en/cohorts/{cohort.pk}/entry/", f"/en/cohorts/{cohort.pk}/trainers/"
        assert address in client.get(desk).content.decode()
        form = client.get(address).context["form"]
        offered = [value for value, _label in form.fields["person"].choices if value]
        assert offered == ["other_trainer@example.org", "trainer@example.org"]
        assert client.post(address, {"person": "", "email": ""}).context["form"].errors["email"]
        refused = client.post(address, {"person": "", "email": "learner@example.org"})
        assert "No trainer of this programme" in refused.content.decode()
        assert 'value="learner@example.org"' in refused.content.decode()
        client.post(address, {"person": "trainer@example.org"})
        client.post(address, {"email": "other_trainer@example.org"})
        page = client.get(address).content.decode()
        assert "Everybody who holds the role" in page
        assert "Trainer" in client.get(desk).content.decode()
        release = f"/en/cohort-trainers/{cohort.trainers.get(user=cast.trainer).pk}/release/"
        assert release in page
        assert client.get(release).status_code == 200
        assert cohort.trainers.count() == 2
        client.post(release)
        assert [row.user for row in cohort.trainers.all()] == [cast.other_trainer]
        assert client.post(release).status_code == 404

    def test_a_name_whose_role_is_over_is_marked(self, client, cast, cohort):
        CohortTrainer.objects.create(cohort=cohort, user=cast.trainer)
        end_role(cast.trainer)
        client.force_login(cast.organiser)
        assert "The role has ended" in client.get(f"/en/cohorts/{cohort.pk}/trainers/").content.decode()

    def test_where_nobody_holds_the_role_the_page_says_what_to_do(self, client, cast, cohort):
        RoleAssignment.objects.filter(role=Role.TRAINER).delete()
        client.force_login(cast.organiser)
        page = client.get(f"/en/cohorts/{cohort.pk}/trainers/").content.decode()
        assert "Nobody holds the role of trainer" in page
        assert "/admin/roles/new/" in page

from functools import partial
from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogueConfig(AppConfig):
    name = "courses.catalogue"
    label = "catalogue"
    verbose_name = _("Catalogue")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.db.models.signals import post_delete, post_save
        from wagtail.signals import page_published

        from core.caching import renew
        from core.permissions import declare
        from core.personal import register_personal_data, register_retention
        from courses.participants.imports.registry import register_destination
        from courses.participants.querysets import register_list_tie, register_tie
        from courses.participants.services import register_reconciler, register_settling
        from institutions.activities import ActivityKind, register_activity
        from jobs.querysets import register_tie as register_job_tie
        from jobs.services import register_handler
        from modules.assessments import signals as assessed
        from modules.assessments.registry import (
            register_context_provider,
            register_earlier_provider,
            register_following,
            register_learner_provider,
            register_marker_provider,
            register_whose_provider,
        )
        from modules.lessons import signals as lessons
        from modules.lessons.registry import register_reading_rule
        from modules.records.models import Item

        from . import access, destinations, explain, facts, merging, pages, personal, prerequisites, search
        from .following import registering
        from .models import (
            Cohort,
            CohortWindow,
            Course,
            CourseOrganisation,
            CoursePage,
            PracticalTask,
            Prerequisite,
            SyllabusEntry,
        )
        from .permissions import GROUP_PERMISSIONS, people_of_cohorts, watched_jobs
        from .services import noticing, rules, snapshots

        declare("catalogue", GROUP_PERMISSIONS)
        register_activity(
            ActivityKind("course", Course._meta.verbose_name_plural, lambda: Course.objects.select_related("item"))
        )
        register_tie(people_of_cohorts)
        register_destination(destinations.KIND, destinations.DESTINATION)
        register_list_tie(destinations.lists_of_single_courses)
        register_personal_data(
            "enrolments",
            title=_("My courses"),
            models=[
                "catalogue.Enrolment.participant",
                "catalogue.CohortTrainer.user",
                "catalogue.TaskResult.participant",
                "catalogue.RuleDraft.user",
                "catalogue.Application.participant",
                "catalogue.CohortInvitation.participant",
            ],
            acts=[
                "catalogue.CompletionRule.created_by",
                "catalogue.TaskResult.judged_by",
                "catalogue.RequirementWaiver.granted_by",
                "catalogue.RequirementWaiver.ended_by",
                "catalogue.Application.decided_by",
                "catalogue.CohortInvitation.created_by",
                "catalogue.EnrolmentNote.author",
                "catalogue.Letter.author",
            ],
            export=personal.export,
            erase=personal.erase,
        )
        register_retention(
            "invitations",
            title=_("Invitations that nobody accepted"),
            default_days=365,
            due=personal.over_invitations,
            purge=personal.forget_rows,
        )
        register_retention(
            "applications",
            title=_("Applications declined or taken back"),
            default_days=2 * 365,
            due=personal.over_applications,
            purge=personal.forget_rows,
        )
        registering.register()
        register_reconciler(
            "catalogue.Enrolment",
            merging.reconcile_enrolments,
            stays=_("One enrolment stays: since the earlier day, in force or completed if either is, with all notes."),
            inside=merging.waivers_held_twice,
            comes_back=merging.enrolments_back,
        )
        register_reconciler(
            "catalogue.TaskResult",
            merging.reconcile_task_results,
            stays=_("What was shown or accepted in either record stays."),
        )
        register_handler(
            rules.PREVIEW_KIND, rules.preview_by_job, title=_("What a rule would change"), url=pages.preview_address
        )
        register_handler(
            rules.RECOMPUTE_KIND, rules.recompute_by_job, title=_("Applying a completion rule"), url=pages.rule_address
        )
        register_handler(
            snapshots.KIND,
            snapshots.judge_by_job,
            title=_("Where the people of a cohort stand"),
            url=pages.cohort_address,
        )
        register_job_tie(watched_jobs)
        lessons.lesson_done.connect(noticing.lesson_was_done, dispatch_uid="catalogue-lesson-done")
        assessed.attempt_graded.connect(noticing.attempt_was_graded, dispatch_uid="catalogue-attempt-graded")
        prerequisites.register_prerequisite("course", prerequisites.COURSE)
        prerequisites.register_prerequisite("module", prerequisites.MODULE)
        register_reconciler(
            "catalogue.Application",
            merging.reconcile_applications,
            stays=_("One application stays; on the waiting list the older place counts."),
        )
        register_settling(merging.applications_of_who_is_in, merging.close_application)
        register_reading_rule(access.needs_sign_in)
        register_context_provider(access.attempt_context)
        register_earlier_provider(access.moved_from)
        register_marker_provider(access.marked_by)
        register_learner_provider(access.organised_learning)
        register_whose_provider(access.whose_answers)
        register_following(access.module_after)
        facts.register_provider(
            "lessons",
            facts.lesson_facts,
            explain=explain.lessons,
            label=_("Lessons of a module"),
            action=_("Go on reading"),
            begin=_("Start reading"),
            choices=facts.module_titles,
            links=facts.module_links,
            describe=explain.lessons_asked,
        )
        facts.register_provider(
            "quiz",
            facts.quiz_facts,
            explain=explain.quiz,
            label=_("Grade in a quiz"),
            action=_("Take the quiz"),
            choices=facts.quiz_titles,
            links=facts.quiz_links,
        )
        for task, describe, words in (
            (PracticalTask.Kind.SKILL, explain.skill_asked, explain.skill),
            (PracticalTask.Kind.ASSIGNMENT, explain.assignment_asked, explain.assignment),
        ):
            facts.register_provider(
                task,
                facts.task_facts,
                explain=words,
                label=task.label,
                choices=facts.task_titles(task),
                describe=describe,
                judged=True,
            )
        for kept in (Course, SyllabusEntry, Cohort, CohortWindow, CourseOrganisation, Prerequisite, Item):
            for signal in (post_save, post_delete):
                signal.connect(
                    partial(renew, search.COURSES), sender=kept, weak=False, dispatch_uid=f"courses-{kept.__name__}"
                )
        for model in (Course, SyllabusEntry):
            post_save.connect(access.forget_closed_modules, sender=model, dispatch_uid=f"catalogue-{model.__name__}")
        post_delete.connect(access.forget_closed_modules, sender=SyllabusEntry, dispatch_uid="catalogue-syllabus-gone")
        page_published.connect(course_page_published, sender=CoursePage, dispatch_uid="catalogue-course-title")


def course_page_published(sender: Any, instance: Any, **kwargs: Any) -> None:
    """A course's page was published: its title is the course's title in that language."""
    from .services import freeze_title

    freeze_title(course=instance.course, language=instance.locale.language_code, title=instance.title)

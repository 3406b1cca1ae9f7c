"""What this room tells the rooms below, when the platform starts."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db.models.signals import post_delete, post_save
from django.utils.translation import gettext_lazy as _
from wagtail.signals import page_published

from core.caching import renew
from core.permissions import declare
from core.personal import register_personal_data, register_retention
from courses.participants.imports.registry import register_destination
from courses.participants.querysets import register_list_tie, register_tie
from courses.participants.services import register_before_undo, register_reconciler, register_settling
from courses.participants.signals import records_changed
from institutions.activities import ActivityKind, register_activity
from jobs.querysets import register_tie as register_job_tie
from jobs.services import register_handler
from modules.assessments import registry as quizzes
from modules.assessments.signals import attempt_graded
from modules.lessons.registry import register_reading_rule
from modules.lessons.signals import lesson_done

from . import access, destinations, explain, facts, merging, pages, personal, prerequisites, search
from .following import registering as following
from .models import (
    Cohort,
    CohortWindow,
    CompletionRule,
    Course,
    CourseOrganisation,
    CoursePage,
    PracticalTask,
    Prerequisite,
    SyllabusEntry,
)
from .permissions import GROUP_PERMISSIONS, people_of_cohorts, watched_jobs
from .services import freeze_title, noticing, require_quiz_unasked, rules, snapshots


def register() -> None:
    """Tell everything there is to tell, subject by subject."""
    _rights()
    _personal_data()
    _lists_and_merges()
    _jobs()
    _quizzes_and_lessons()
    _facts_of_completion()
    _what_goes_before()
    _titles()
    _caches()
    following.register()


def _rights() -> None:
    declare("catalogue", GROUP_PERMISSIONS)
    register_activity(
        ActivityKind("course", Course._meta.verbose_name_plural, lambda: Course.objects.select_related("item"))
    )
    register_tie(people_of_cohorts)


def _personal_data() -> None:
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
        lock=personal.lock,
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


def _lists_and_merges() -> None:
    """Where lists of people lead, and what becomes of two people's rows when their records are made one."""
    register_destination(destinations.KIND, destinations.DESTINATION)
    register_list_tie(destinations.lists_of_single_courses)
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
    register_reconciler(
        "catalogue.Application",
        merging.reconcile_applications,
        stays=_("One application stays; on the waiting list the older place counts."),
    )
    register_settling(merging.applications_of_who_is_in, merging.close_application)
    register_before_undo(merging.completed_since)


def _jobs() -> None:
    register_handler(
        rules.PREVIEW_KIND, rules.preview_by_job, title=_("What a rule would change"), url=pages.preview_address
    )
    register_handler(
        rules.RECOMPUTE_KIND, rules.recompute_by_job, title=_("Applying a completion rule"), url=pages.rule_address
    )
    register_handler(
        snapshots.KIND, snapshots.judge_by_job, title=_("Where the people of a cohort stand"), url=pages.cohort_address
    )
    register_job_tie(watched_jobs)


def _quizzes_and_lessons() -> None:
    """Who may read and mark, what attempts are done for, and what to notice when something was learned."""
    register_reading_rule(access.needs_sign_in)
    quizzes.register_context_provider(access.attempt_context)
    quizzes.register_earlier_provider(access.moved_from)
    quizzes.register_marker_provider(access.marked_by)
    quizzes.register_learner_provider(access.organised_learning)
    quizzes.register_whose_provider(access.whose_answers)
    quizzes.register_following(access.module_after)
    quizzes.register_before_retiring(require_quiz_unasked)
    records_changed.connect(noticing.records_were_changed, dispatch_uid="catalogue-records-changed")
    lesson_done.connect(noticing.lesson_was_done, dispatch_uid="catalogue-lesson-done")
    attempt_graded.connect(noticing.attempt_was_graded, dispatch_uid="catalogue-attempt-graded")


def _facts_of_completion() -> None:
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


def _what_goes_before() -> None:
    prerequisites.register_prerequisite("course", prerequisites.COURSE)
    prerequisites.register_prerequisite("module", prerequisites.MODULE)


def _titles() -> None:
    page_published.connect(_course_page_published, sender=CoursePage, dispatch_uid="catalogue-course-title")


def _course_page_published(sender: Any, instance: CoursePage, **kwargs: Any) -> None:
    """A course's page was published: its title is the course's title in that language."""
    freeze_title(course=instance.course, language=instance.locale.language_code, title=instance.title)


def _caches() -> None:
    """What is kept of courses is forgotten when they change."""
    of_courses = (Course, SyllabusEntry, Cohort, CohortWindow, CourseOrganisation, Prerequisite)
    for kept in (*of_courses, CompletionRule, PracticalTask):
        for signal in (post_save, post_delete):
            signal.connect(
                partial(renew, search.COURSES), sender=kept, weak=False, dispatch_uid=f"courses-{kept.__name__}"
            )
    for model in (Course, SyllabusEntry):
        post_save.connect(access.forget_closed_modules, sender=model, dispatch_uid=f"catalogue-{model.__name__}")
    post_delete.connect(access.forget_closed_modules, sender=SyllabusEntry, dispatch_uid="catalogue-syllabus-gone")

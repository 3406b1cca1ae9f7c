"""Courses, their syllabus and completion rule, cohorts, enrolments."""

from .cohorts import Cohort, CohortTrainer, CohortWindow, Enrolment
from .completion import CohortSnapshot, PracticalTask, RequirementWaiver, RuleDraft, TaskResult
from .courses import CompletionRule, Course, CourseOrganisation, CoursePage, SyllabusEntry
from .entry import Application, ApplicationQuestion, CohortInvitation, InvitationText, Prerequisite
from .following import EnrolmentNote, Letter, LetterTemplate, LetterText

__all__ = [
    "Application",
    "ApplicationQuestion",
    "Cohort",
    "CohortInvitation",
    "CohortSnapshot",
    "CohortTrainer",
    "CohortWindow",
    "CompletionRule",
    "Course",
    "CourseOrganisation",
    "CoursePage",
    "Enrolment",
    "EnrolmentNote",
    "InvitationText",
    "Letter",
    "LetterTemplate",
    "LetterText",
    "PracticalTask",
    "Prerequisite",
    "RequirementWaiver",
    "RuleDraft",
    "SyllabusEntry",
    "TaskResult",
]

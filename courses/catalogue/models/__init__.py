"""Courses, their syllabus and completion rule, cohorts, enrolments."""

from .cohorts import Cohort, CohortTrainer, Enrolment
from .completion import PracticalTask, RequirementWaiver, RuleDraft, TaskResult
from .courses import CompletionRule, Course, CourseOrganisation, CoursePage, SyllabusEntry

__all__ = [
    "Cohort",
    "CohortTrainer",
    "CompletionRule",
    "Course",
    "CourseOrganisation",
    "CoursePage",
    "Enrolment",
    "PracticalTask",
    "RequirementWaiver",
    "RuleDraft",
    "SyllabusEntry",
    "TaskResult",
]

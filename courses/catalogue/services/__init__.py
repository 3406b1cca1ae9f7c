"""What people do with courses: enrol, withdraw; and the explained completion everybody shows."""

from .courses import NotYourProgramme, change_course, create_course, freeze_title, put_rule
from .enrolment import (
    AlreadyEnrolled,
    CohortFull,
    EnrolmentClosed,
    NotEnrolled,
    OwnEnrolment,
    enrol,
    enrol_many,
    tell_enrolled,
    withdraw,
)
from .standing import Completion, Explained, completion_of, refresh_completion, rule_of

__all__ = [
    "AlreadyEnrolled",
    "CohortFull",
    "Completion",
    "EnrolmentClosed",
    "Explained",
    "NotEnrolled",
    "NotYourProgramme",
    "OwnEnrolment",
    "change_course",
    "completion_of",
    "create_course",
    "enrol",
    "enrol_many",
    "freeze_title",
    "put_rule",
    "refresh_completion",
    "rule_of",
    "tell_enrolled",
    "withdraw",
]

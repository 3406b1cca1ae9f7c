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
from .judging import Judgement, MayNotJudge, archive_task, record_results, save_task
from .standing import Completion, Explained, Standings, completion_of, refresh_completion, rule_of
from .waivers import CannotWaive, MayNotWaive, end_waiver, grant_waiver

__all__ = [
    "AlreadyEnrolled",
    "CannotWaive",
    "CohortFull",
    "Completion",
    "EnrolmentClosed",
    "Explained",
    "Judgement",
    "MayNotJudge",
    "MayNotWaive",
    "NotEnrolled",
    "NotYourProgramme",
    "OwnEnrolment",
    "Standings",
    "archive_task",
    "change_course",
    "completion_of",
    "create_course",
    "end_waiver",
    "enrol",
    "enrol_many",
    "freeze_title",
    "grant_waiver",
    "put_rule",
    "record_results",
    "refresh_completion",
    "rule_of",
    "save_task",
    "tell_enrolled",
    "withdraw",
]

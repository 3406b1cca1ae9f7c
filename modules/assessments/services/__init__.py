"""What people do with questions and quizzes: writing them (``authoring``) and taking them (``taking``)."""

from ..types.base import InvalidQuestion, UnknownAnswer
from .allowances import InvalidAllowance, grant_time, withdraw_time
from .authoring import (
    InvalidQuiz,
    put_question,
    put_quiz,
    retire_question,
    retire_quiz,
    revive_question,
    revive_quiz,
)
from .bank import InvalidCategory, change_category, file_question, put_category
from .errors import AttemptOver, NoAttemptsLeft, NotYourAttempt, QuizClosed, QuizNotOpen, TooSoon
from .taking import close_attempt, close_overdue, save_answers, save_response, start_attempt, submit_attempt

__all__ = [
    "AttemptOver",
    "InvalidAllowance",
    "InvalidCategory",
    "InvalidQuestion",
    "InvalidQuiz",
    "NoAttemptsLeft",
    "NotYourAttempt",
    "QuizClosed",
    "QuizNotOpen",
    "TooSoon",
    "UnknownAnswer",
    "change_category",
    "close_attempt",
    "close_overdue",
    "file_question",
    "grant_time",
    "put_category",
    "put_question",
    "put_quiz",
    "retire_question",
    "retire_quiz",
    "revive_question",
    "revive_quiz",
    "save_answers",
    "save_response",
    "start_attempt",
    "submit_attempt",
    "withdraw_time",
]

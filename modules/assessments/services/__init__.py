"""What people do with questions and quizzes: writing them (``authoring``) and taking them (``taking``)."""

from .authoring import (
    InvalidQuestion,
    InvalidQuiz,
    put_question,
    put_quiz,
    retire_question,
    retire_quiz,
    revive_question,
    revive_quiz,
)
from .bank import InvalidCategory, change_category, file_question, put_category
from .errors import AttemptOver, NoAttemptsLeft, NotYourAttempt, QuizClosed, QuizNotOpen, UnknownAnswer
from .taking import close_attempt, close_overdue, save_answers, save_response, start_attempt, submit_attempt

__all__ = [
    "AttemptOver",
    "InvalidCategory",
    "InvalidQuestion",
    "InvalidQuiz",
    "NoAttemptsLeft",
    "NotYourAttempt",
    "QuizClosed",
    "QuizNotOpen",
    "UnknownAnswer",
    "change_category",
    "close_attempt",
    "close_overdue",
    "file_question",
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
]

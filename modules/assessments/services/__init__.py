"""What people do with questions and quizzes: writing them (``authoring``) and taking them (``taking``)."""

from ..types.base import InvalidQuestion, UnknownAnswer
from .allowances import InvalidAllowance, grant_time, lengthen_running, withdraw_time
from .arranging import InvalidQuiz, Place, add_questions, arrange_quiz
from .authoring import (
    put_question,
    put_quiz,
    retire_question,
    retire_quiz,
    revive_question,
    revive_quiz,
)
from .bank import InvalidCategory, change_category, file_question, put_category
from .errors import (
    AnswerChecked,
    AttemptOver,
    CannotCheck,
    NoAttemptsLeft,
    NotYourAttempt,
    QuizClosed,
    QuizNotOpen,
    TooSoon,
)
from .files import RefusedFile, add_file, hand_in_file
from .marking import (
    CannotMark,
    InvalidMark,
    MarkedMeanwhile,
    give_mark,
    release_marks,
    release_several,
    start_release,
    take_back_marks,
)
from .regrading import CannotRegrade, NotAsShown, preview_regrade, start_regrade
from .taking import (
    check_answer,
    close_attempt,
    close_overdue,
    save_answers,
    save_response,
    start_attempt,
    submit_attempt,
)

__all__ = [
    "AnswerChecked",
    "AttemptOver",
    "CannotCheck",
    "CannotMark",
    "CannotRegrade",
    "InvalidAllowance",
    "InvalidCategory",
    "InvalidMark",
    "InvalidQuestion",
    "InvalidQuiz",
    "MarkedMeanwhile",
    "NoAttemptsLeft",
    "NotAsShown",
    "NotYourAttempt",
    "Place",
    "QuizClosed",
    "QuizNotOpen",
    "RefusedFile",
    "TooSoon",
    "UnknownAnswer",
    "add_file",
    "add_questions",
    "arrange_quiz",
    "change_category",
    "check_answer",
    "close_attempt",
    "close_overdue",
    "file_question",
    "give_mark",
    "grant_time",
    "hand_in_file",
    "lengthen_running",
    "preview_regrade",
    "put_category",
    "put_question",
    "put_quiz",
    "release_marks",
    "release_several",
    "retire_question",
    "retire_quiz",
    "revive_question",
    "revive_quiz",
    "save_answers",
    "save_response",
    "start_attempt",
    "start_regrade",
    "start_release",
    "submit_attempt",
    "take_back_marks",
    "withdraw_time",
]

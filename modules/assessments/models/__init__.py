"""Question bank, quizzes, attempts.

A question keeps every version that was ever asked; an attempt points to versions, so an editor's
change never alters what somebody answered. Responses are append-only.
"""

from .attempts import Attempt, AttemptQuestion, Mark, Response
from .bank import Question, QuestionCategory, QuestionText, QuestionVersion
from .files import AnswerFile, QuestionImport, private_storage
from .quizzes import Quiz, QuizQuestion, QuizText, TimeAllowance

__all__ = [
    "AnswerFile",
    "Attempt",
    "AttemptQuestion",
    "Mark",
    "Question",
    "QuestionCategory",
    "QuestionImport",
    "QuestionText",
    "QuestionVersion",
    "Quiz",
    "QuizQuestion",
    "QuizText",
    "Response",
    "TimeAllowance",
    "private_storage",
]

"""Forms of the admin: questions, quizzes, the bank. No script needed."""

from .bank import AllowanceForm, CategoryField, CategoryForm
from .questions import QuestionForm, excerpt
from .quizzes import PickForm, QuizForm
from .words import WordsForm

__all__ = [
    "AllowanceForm",
    "CategoryField",
    "CategoryForm",
    "PickForm",
    "QuestionForm",
    "QuizForm",
    "WordsForm",
    "excerpt",
]

"""Addresses of this room."""

from django.urls import path

from .tryout.views import question_try, quiz_try
from .views import marking, saving, taking

urlpatterns = [
    path("quiz/<uuid:key>/", taking.quiz, name="quiz"),
    path("quiz/<uuid:key>/try/", quiz_try, name="quiz_try"),
    path("try/question/", question_try, name="question_try_new"),
    path("try/question/<int:pk>/", question_try, name="question_try"),
    path("attempts/<uuid:key>/", taking.attempt, name="attempt"),
    path("attempts/<uuid:key>/hand-in/", taking.attempt_hand_in, name="attempt_hand_in"),
    path("attempts/<uuid:key>/save/", saving.attempt_save, name="attempt_save"),
    path("attempts/<uuid:key>/file/", saving.attempt_file, name="attempt_file"),
    path("answers/<uuid:key>/", saving.answer_file, name="answer_file"),
    path("attempts/<uuid:key>/result/", taking.attempt_result, name="attempt_result"),
    path("marking/", marking.queue, name="marking"),
    path("marking/<int:pk>/", marking.mark_answer, name="mark_answer"),
    path("marking/release/", marking.release, name="marking_release"),
    path("marking/take-back/<uuid:key>/", marking.take_back, name="marks_take_back"),
]

"""Addresses of this room."""

from django.urls import path

from . import views

urlpatterns = [
    path("quiz/<uuid:key>/", views.quiz, name="quiz"),
    path("attempts/<uuid:key>/", views.attempt, name="attempt"),
    path("attempts/<uuid:key>/hand-in/", views.attempt_hand_in, name="attempt_hand_in"),
    path("attempts/<uuid:key>/save/", views.attempt_save, name="attempt_save"),
    path("answers/<uuid:key>/", views.answer_file, name="answer_file"),
    path("attempts/<uuid:key>/result/", views.attempt_result, name="attempt_result"),
]

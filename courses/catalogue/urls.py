"""Addresses of the catalogue."""

from django.urls import path

from . import views

urlpatterns = [
    path("courses/", views.catalogue, name="catalogue"),
    path("courses/<slug:key>/enrol/", views.enrol, name="course_enrol"),
    path("enrolments/<int:pk>/withdraw/", views.withdraw, name="enrolment_withdraw"),
    path("cohorts/", views.cohorts, name="cohorts"),
    path("cohorts/<int:pk>/", views.cohort_progress, name="cohort_progress"),
]

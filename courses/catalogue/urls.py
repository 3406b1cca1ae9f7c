"""Addresses of the catalogue."""

from django.urls import path

from .views import cohorts, public

urlpatterns = [
    path("courses/", public.catalogue, name="catalogue"),
    path("courses/<slug:key>/enrol/", public.enrol, name="course_enrol"),
    path("enrolments/<int:pk>/withdraw/", public.withdraw, name="enrolment_withdraw"),
    path("cohorts/", cohorts.cohorts, name="cohorts"),
    path("cohorts/<int:pk>/", cohorts.cohort_progress, name="cohort_progress"),
    path("cohorts/<int:pk>/slips/", cohorts.cohort_slips, name="cohort_slips"),
]

"""Addresses of this room."""

from django.urls import path

from . import views

urlpatterns = [path("jobs/<uuid:key>/", views.job_status, name="job_status")]

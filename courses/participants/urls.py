"""Addresses of this room."""

from django.urls import path

from . import views

urlpatterns = [
    path("my/details/", views.participant_profile, name="participant_profile"),
    path("my/details/focal-point/", views.designation_claim, name="designation_claim"),
    path("my/details/focal-point/<int:pk>/remove/", views.designation_remove, name="designation_remove"),
]

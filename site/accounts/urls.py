"""Addresses of this room."""

from django.urls import path

from . import views

urlpatterns = [
    path("slip/", views.slip, name="account_slip"),
    path("profile/", views.account_profile, name="account_profile"),
]

"""Addresses of this room."""

from django.urls import path

from . import views

urlpatterns = [
    path("jobs/<uuid:key>/", views.job_status, name="job_status"),
    path("account/mails/", views.mail_choices, name="mail_choices"),
    path("unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
]

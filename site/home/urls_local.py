"""Addresses that exist in local settings only."""

from django.urls import path
from django.urls.resolvers import URLPattern

from jobs import views as jobs_views

from . import views

urlpatterns: list[URLPattern] = [
    path("styleguide/", views.styleguide, name="styleguide"),
    path("mailbox/", jobs_views.mailbox_list, name="mailbox"),
    path("mailbox/<str:ident>/", jobs_views.mailbox_letter, name="mailbox_letter"),
]

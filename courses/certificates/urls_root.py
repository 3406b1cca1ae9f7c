"""Addresses of this room without a language: those printed on certificates."""

from django.urls import path

from . import public_views

urlpatterns = [
    path("check/", public_views.check_address, name="certificate_check_address"),
    path("c/<str:serial>", public_views.short, name="certificate_short"),
]

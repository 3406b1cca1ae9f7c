"""Addresses of the site itself. The last one takes every page of the tree."""

from django.urls import path, re_path

from core.routing import serve_page

from . import views

urlpatterns = [
    path("my/", views.learner_home, name="learner_home"),
    re_path(r"^((?:[\w\-]+/)*)$", serve_page, name="wagtail_serve"),
]

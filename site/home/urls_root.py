"""Addresses without a language in front."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.front_door, name="front_door"),
    path("sitemap.xml", views.sitemap, name="sitemap"),
    path("robots.txt", views.robots, name="robots"),
    path("favicon.ico", views.favicon, name="favicon"),
]

"""Addresses of this room. The last one takes lesson pages before the page tree is walked."""

from django.urls import path, re_path

from . import views
from .takeaway import views as takeaway_views

urlpatterns = [
    path("lessons/<uuid:key>/done/", views.lesson_done, name="lesson_done"),
    path("lessons/<uuid:key>/place/", views.lesson_place, name="lesson_place"),
    path("modules/<uuid:key>/files/", takeaway_views.module_files, name="module_files"),
    path("modules/<uuid:key>/files/<slug:kind>/", takeaway_views.module_file, name="module_file"),
    # topic/module/lesson/ at least; Wagtail keeps _util/ for itself
    re_path(r"^(?!_util/)((?:[\w\-]+/){3,})$", views.page, name="lesson_page"),
]

"""Addresses of this room."""

from django.urls import path

from . import doubles_views, merge_views, views, willing_views
from .imports import views as imports

urlpatterns = [
    path("people/imports/", imports.imports, name="people_imports"),
    path("people/imports/<uuid:key>/", imports.people_import, name="people_import"),
    path("people/imports/<uuid:key>/columns/", imports.columns, name="people_import_columns"),
    path("people/imports/<uuid:key>/decide/", imports.decide, name="people_import_decide"),
    path("people/imports/<uuid:key>/confirm/", imports.confirm, name="people_import_confirm"),
    path("people/imports/<uuid:key>/give-up/", imports.give_up, name="people_import_give_up"),
    path("people/imports/<uuid:key>/mails/", imports.send_mails, name="people_import_mails"),
    path("people/imports/<uuid:key>/waiting/", imports.waiting, name="people_import_waiting"),
    path("people/<int:pk>/activation/", imports.send_again, name="people_activation_again"),
    path("people/imports/<uuid:key>/retry/", imports.retry, name="people_import_retry"),
    path("people/imports/<uuid:key>/problems.csv", imports.problems_csv, name="people_import_problems"),
    path("people/willing/", willing_views.willing, name="people_willing"),
    path("people/doubles/", doubles_views.doubles, name="people_doubles"),
    path("people/doubles/apart/", doubles_views.told_apart, name="people_told_apart"),
    path("people/doubles/apart/<int:pk>/again/", doubles_views.suggest_again, name="people_suggest_again"),
    path("people/<int:one>/apart/<int:other>/", doubles_views.tell_apart, name="people_tell_apart"),
    path("people/merges/", merge_views.merges, name="participant_merges"),
    path("people/merges/<int:pk>/undo/", merge_views.undo, name="participant_merge_undo"),
    path("people/<int:source>/merge/<int:into>/", merge_views.merge, name="participant_merge"),
    path("begin/<str:token>/", views.activate, name="activate"),
    path("data-notice/", views.data_notice, name="data_notice"),
    path("my/details/", views.participant_profile, name="participant_profile"),
    path("my/details/focal-point/", views.designation_claim, name="designation_claim"),
    path("my/details/focal-point/<int:pk>/remove/", views.designation_remove, name="designation_remove"),
]

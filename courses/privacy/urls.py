"""Addresses of this room."""

from django.urls import path

from . import letter_views, views

urlpatterns = [
    path("people/erasures/", letter_views.person_erasures, name="person_erasures"),
    path("people/erasures/<uuid:key>/undo/", letter_views.person_erasure_undo, name="person_erasure_undo"),
    path("people/<int:pk>/erase/", letter_views.person_erasure, name="person_erasure"),
    path("my/privacy/", views.privacy, name="privacy"),
    path("my/privacy/consent/", views.consent, name="privacy_consent"),
    path("my/privacy/seen/", views.seen, name="privacy_seen"),
    path("my/privacy/data/", views.export_request, name="data_export_request"),
    path("my/privacy/data/<uuid:key>.zip", views.export_download, name="data_export"),
    path("my/privacy/erasure/", views.erasure, name="erasure"),
    path("my/privacy/erasure/undo/", views.erasure_undo, name="erasure_undo"),
    path("my/privacy/erasure/confirm/<str:token>/", views.erasure_confirm, name="erasure_confirm"),
]

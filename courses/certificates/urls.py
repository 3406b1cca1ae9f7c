"""Addresses of this room."""

from django.urls import path

from . import public_views, views

urlpatterns = [
    path("check/", public_views.check, name="certificate_check"),
    path("check/<str:serial>/", public_views.check, name="certificate_check"),
    path("my/certificates/", views.my_certificates, name="my_certificates"),
    path("my/certificates/<str:serial>/pdf/", views.certificate_download, name="certificate_download"),
    path("certificates/", views.certificates, name="certificates"),
    path("certificates/link/<str:token>/", views.certificate_link, name="certificate_link"),
    path("certificates/issue/<str:kind>/<int:pk>/", views.certificates_issue, name="certificates_issue"),
    path("certificates/batches/<uuid:key>/", views.batch, name="batch"),
    path("certificates/batches/<uuid:key>/approve/", views.batch_approve, name="batch_approve"),
    path("certificates/batches/<uuid:key>/retry/", views.batch_retry, name="batch_retry"),
    path("certificates/batches/<uuid:key>/pack/", views.batch_pack, name="batch_pack"),
    path("certificates/batches/<uuid:key>/certificates.zip", views.batch_archive, name="batch_archive"),
    path("certificates/<str:serial>/", views.certificate, name="certificate"),
    path("certificates/<str:serial>/end/", views.certificate_end, name="certificate_end"),
    path("certificates/<str:serial>/withdraw/", views.certificate_withdraw, name="certificate_withdraw"),
]

"""Addresses of this room."""

from django.urls import path

from .views import attendance, before, country, manage, nominating, people, public, selecting

urlpatterns = [
    path("workshops/", public.workshops, name="workshops"),
    path("my/country/", country.country, name="country"),
    path("workshops/mine/", manage.mine, name="workshops_mine"),
    path("workshops/new/", manage.create, name="workshop_create"),
    path("workshops/<slug:key>/", public.workshop, name="workshop"),
    path("workshops/<slug:key>/register/", public.register, name="workshop_register"),
    path("workshops/<slug:key>/unregister/", public.unregister, name="workshop_unregister"),
    path("workshops/<slug:key>/calendar.ics", public.calendar, name="workshop_calendar"),
    path("workshops/<slug:key>/calendar/<str:token>.ics", public.personal_calendar, name="workshop_calendar_personal"),
    path("workshops/<slug:key>/nominate/", nominating.nominate, name="nominate"),
    path("nominations/<int:pk>/withdraw/", nominating.nomination_withdraw, name="nomination_withdraw"),
    path("nominations/answer/<str:token>/", nominating.nomination_answer, name="nomination_answer"),
    path("workshops/<slug:key>/nominations/", selecting.nominations, name="nominations"),
    path("workshops/<slug:key>/nominations/export/", selecting.nominations_export, name="nominations_export"),
    path("workshops/<slug:key>/manage/", manage.manage, name="workshop_manage"),
    path("workshops/<slug:key>/edit/", manage.edit, name="workshop_edit"),
    path("workshops/<slug:key>/before/", before.workshop_before, name="workshop_before"),
    path("workshops/<slug:key>/before/<int:pk>/remove/", before.before_remove, name="before_remove"),
    path("workshops/<slug:key>/announce/", manage.announce, name="workshop_announce"),
    path("workshops/<slug:key>/open/", manage.open_registration, name="workshop_open"),
    path("workshops/<slug:key>/close/", manage.close_registration, name="workshop_close"),
    path("workshops/<slug:key>/cancel/", manage.cancel, name="workshop_cancel"),
    path("workshops/<slug:key>/message/", manage.message, name="workshop_message"),
    path("workshops/<slug:key>/trainers/", manage.trainer_add, name="trainer_add"),
    path("workshops/<slug:key>/trainers/<int:pk>/remove/", manage.trainer_remove, name="trainer_remove"),
    path("workshops/<slug:key>/sessions/new/", manage.session_add, name="session_add"),
    path("workshops/<slug:key>/sessions/<int:pk>/", manage.session_edit, name="session_edit"),
    path("workshops/<slug:key>/sessions/<int:pk>/remove/", manage.session_delete, name="session_delete"),
    path("workshops/<slug:key>/registrations/", people.registrations, name="registrations"),
    path("workshops/<slug:key>/registrations.csv", people.registrations_csv, name="registrations_csv"),
    path("workshops/<slug:key>/registrations/new/", people.door, name="registration_add"),
    path("workshops/<slug:key>/registrations/<int:pk>/cancel/", people.registration_cancel, name="registration_cancel"),
    path("workshops/<slug:key>/attendance/", attendance.attendance, name="attendance"),
    path("workshops/<slug:key>/attendance/<int:pk>/", attendance.attendance_session, name="attendance_session"),
    path("workshops/<slug:key>/slips/", people.workshop_slips, name="workshop_slips"),
    path("workshops/<slug:key>/sheet/", people.sheet, name="workshop_sheet"),
]

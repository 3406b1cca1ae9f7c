"""Addresses of the catalogue."""

from django.urls import path

from .views import cohorts, public, rules, standing, tasks

urlpatterns = [
    path("courses/", public.catalogue, name="catalogue"),
    path("courses/<slug:key>/enrol/", public.enrol, name="course_enrol"),
    path("courses/<slug:key>/rule/", rules.course_rule, name="course_rule"),
    path("courses/<slug:key>/rule/edit/", rules.course_rule_edit, name="course_rule_edit"),
    path("courses/<slug:key>/rule/preview/", rules.course_rule_preview, name="course_rule_preview"),
    path("courses/<slug:key>/rule/save/", rules.course_rule_save, name="course_rule_save"),
    path("courses/<slug:key>/rule/recompute/", rules.course_recompute, name="course_recompute"),
    path("courses/<slug:key>/tasks/", tasks.course_tasks, name="course_tasks"),
    path("courses/<slug:key>/tasks/new/", tasks.course_task, name="course_task_new"),
    path("courses/<slug:key>/tasks/<int:pk>/", tasks.course_task, name="course_task"),
    path("courses/<slug:key>/tasks/<int:pk>/archive/", tasks.course_task_archive, name="course_task_archive"),
    path("enrolments/<int:pk>/", standing.enrolment_standing, name="enrolment_standing"),
    path("enrolments/<int:pk>/waive/", standing.enrolment_waive, name="enrolment_waive"),
    path("waivers/<int:pk>/end/", standing.waiver_end, name="waiver_end"),
    path("enrolments/<int:pk>/withdraw/", public.withdraw, name="enrolment_withdraw"),
    path("cohorts/", cohorts.cohorts, name="cohorts"),
    path("cohorts/<int:pk>/", cohorts.cohort_progress, name="cohort_progress"),
    path("cohorts/<int:pk>/slips/", cohorts.cohort_slips, name="cohort_slips"),
    path("cohorts/<int:pk>/export/", cohorts.cohort_export, name="cohort_export"),
    path("cohorts/<int:pk>/tasks/<int:task_pk>/", tasks.cohort_task, name="cohort_task"),
]

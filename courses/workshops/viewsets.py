"""Admin screen of workshops: the list of a programme and what its records hang on.

The daily work (planning, registration, attendance) is done on the site, see ``views``.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core import scoped
from courses.catalogue.models import Cohort, Course

from . import permissions, services
from .models import Workshop


class WorkshopRecordForm(forms.ModelForm):
    """What a workshop belongs to and rests on."""

    class Meta:
        model = Workshop
        fields = ["course", "cohort", "hours", "source_note"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        courses = Course.objects.filter(programme=self.instance.programme_id).select_related("item")
        self.fields["course"].queryset = courses  # type: ignore[attr-defined]
        cohorts = Cohort.objects.filter(course__in=courses, self_paced=False).select_related("course__item")
        self.fields["cohort"].queryset = cohorts  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        cohort, course = data.get("cohort"), data.get("course")
        if cohort and cohort.course_id != (course.pk if course else None):
            self.add_error("cohort", _("This cohort is not one of the course chosen."))
        return data


class Archive(scoped.ObjectActView):
    label = _("Archive")
    icon_name = "folder-inverse"
    question = _("The workshop disappears from every list. Registrations, attendance and certificates stay on record.")
    success_message = _("The workshop is archived.")

    @classmethod
    def offered(cls, user: Any, obj: Workshop) -> bool:
        return obj.archived_at is None and permissions.can_archive(user, obj)

    def act(self, *, actor: Any, obj: Workshop, **answers: Any) -> None:
        services.archive_workshop(actor=actor, workshop=obj)


class WorkshopViewSet(scoped.ScopedModelViewSet):
    model = Workshop
    icon = "date"
    menu_label = _("Workshops")
    menu_order = 350
    add_to_admin_menu = True
    add_view_enabled = False
    list_display = ["__str__", "programme", "starts_on", "ends_on", "state", "region"]
    list_filter = ["state", "region", "mode", "programme"]
    search_fields = ["key", "texts__title", "city"]
    object_acts = {"archive": Archive}

    def get_form_class(self, for_update: bool = False) -> type:
        return WorkshopRecordForm

    def get_index_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        queryset = Workshop.objects.select_related("programme").prefetch_related("texts")
        return super().get_index_view_kwargs(queryset=queryset, **kwargs)

    def may(self, user: Any, action: str, obj: Any) -> bool:
        return action == "view" or permissions.can_archive(user, obj)

    def change(self, *, actor: Any, form: WorkshopRecordForm) -> Workshop:
        return services.change_workshop(actor=actor, workshop=form.instance, **form.cleaned_data)

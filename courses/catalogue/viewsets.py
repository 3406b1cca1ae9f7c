"""Administration of courses, their syllabus and their cohorts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.viewsets.base import ViewSetGroup

from core.languages import direction, native_name
from core.scoped import ObjectActView, ScopedModelViewSet
from modules.records.models import Item

from . import services
from .models import Cohort, Course, SyllabusEntry
from .permissions import can_change_course


class TitledForm(WagtailAdminModelForm):
    """A record with a title in each language, every one a field of its own; those left empty are not kept."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, _name in settings.LANGUAGES:
            self.fields[f"title_{code}"] = forms.CharField(
                label=gettext("Title in %(language)s") % {"language": native_name(code)},
                max_length=200,
                required=False,
                initial=self.instance.titles.get(code, ""),
                widget=forms.TextInput(attrs={"lang": code, "dir": direction(code)}),
            )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        titles = {code: data.get(f"title_{code}", "") for code, _name in settings.LANGUAGES}
        self.instance.titles = {code: title for code, title in titles.items() if title}
        return data


class CourseForm(WagtailAdminModelForm):
    """A course; its title in other languages comes from its pages."""

    field_order = ["title"]
    title = forms.CharField(label=_("Title"), max_length=200)

    class Meta:
        model = Course
        fields = ["key", "programme", "field", "hours", "sign_in_to_read", "open_enrolment"]
        help_texts = {"key": _("Small letters, digits and hyphens.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["title"].initial = self.instance.item.titles.get(self.instance.item.source_language, "")
            self.fields["key"].disabled = True


class CopyCourseForm(forms.Form):
    """What the copy of a course is called."""

    title = forms.CharField(label=_("Title of the copy"), max_length=200)
    key = forms.SlugField(label=_("Key"), max_length=60, help_text=_("Small letters, digits and hyphens."))
    with_modules = forms.BooleanField(
        label=_("copy the modules too, with their quizzes and questions"),
        required=False,
        help_text=_("Otherwise both courses use the same modules, and what is done in one counts in the other."),
    )


class CopyCourse(ObjectActView):
    label = _("Copy as a template")
    icon_name = "copy"
    question = _("Syllabus, rule, tasks and pages are copied. Cohorts and people are not. The pages are drafts.")
    button_label = _("Copy")
    success_message = _("The course was copied.")
    form_class = CopyCourseForm

    @classmethod
    def offered(cls, user: Any, obj: Course) -> bool:
        return can_change_course(user, obj)

    def act(self, *, actor: Any, obj: Course, **answers: Any) -> None:
        services.copy_course(actor=actor, course=obj, **answers)


class CourseViewSet(ScopedModelViewSet):
    """Courses of one's own programmes."""

    model = Course
    icon = "openquote"
    menu_label = _("Courses")
    form_fields = ["key", "programme", "field", "hours", "sign_in_to_read", "open_enrolment"]
    list_display = ["__str__", "programme", "field", "open_enrolment"]
    list_filter = ["field"]
    ordering = ["key"]
    object_acts = {"copy_as_template": CopyCourse}

    def get_form_class(self, for_update: bool = False) -> Any:
        return CourseForm

    def may(self, user: Any, action: str, obj: Any) -> bool:
        return obj is None or action == "view" or can_change_course(user, obj)

    def create(self, *, actor: Any, form: Any) -> Course:
        fields = {name: form.cleaned_data[name] for name in CourseForm.Meta.fields}
        return services.create_course(actor=actor, title=form.cleaned_data["title"], **fields)

    def change(self, *, actor: Any, form: Any) -> Course:
        return services.change_course(actor=actor, course=form.save(commit=False), title=form.cleaned_data["title"])


class SyllabusForm(TitledForm):
    """A part of a course; a module is chosen from those that are published."""

    class Meta:
        model = SyllabusEntry
        fields = ["course", "order", "kind", "item", "required"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        modules = Item.objects.filter(kind=Item.Kind.MODULE)
        self.fields["item"].queryset = modules.live() | modules.filter(pk=self.instance.item_id)
        self.fields["item"].label = _("Module")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        is_module = data.get("kind") == SyllabusEntry.Kind.MODULE
        if is_module and not data.get("item"):
            self.add_error("item", _("Choose the module."))
        if not is_module:
            data["item"] = None
        if {"course", "kind", "item"} & set(self.changed_data) and self.instance.pk:
            entry = SyllabusEntry.objects.select_related("course").get(pk=self.instance.pk)  # as it was
            try:
                services.require_unasked(entry.course, services.facts_of(entry))
            except services.StillAsked as error:
                self.add_error(None, str(error))
        return data


class SyllabusViewSet(ScopedModelViewSet):
    """Parts of one's courses, in order."""

    model = SyllabusEntry
    icon = "list-ol"
    menu_label = _("Syllabus")
    form_fields = ["course", "order", "kind", "item", "required"]
    list_display = ["__str__", "course", "order", "kind", "required"]
    list_filter = ["course", "kind"]
    ordering = ["course", "order"]
    delete_view_enabled = True

    def get_form_class(self, for_update: bool = False) -> Any:
        return SyllabusForm

    def delete(self, *, actor: Any, obj: SyllabusEntry) -> None:
        services.remove_part(actor=actor, entry=obj)


class CohortForm(TitledForm):
    """A cohort as one record; on the site it is planned with the parts of its time."""

    class Meta:
        model = Cohort
        fields = [
            "course",
            "region",
            "language",
            "time_zone",
            "enrolment_opens_on",
            "enrolment_closes_on",
            "starts_on",
            "ends_on",
            "capacity",
            "entry",
        ]
        help_texts = {"capacity": _("Leave empty if there is no limit.")}


class CohortViewSet(ScopedModelViewSet):
    """Cohorts of one's courses."""

    model = Cohort
    icon = "group"
    menu_label = _("Cohorts")
    form_fields = CohortForm.Meta.fields
    list_display = ["__str__", "course", "starts_on", "ends_on", "capacity"]
    list_filter = ["course", "region"]
    ordering = ["-starts_on"]

    def get_form_class(self, for_update: bool = False) -> Any:
        return CohortForm

    def may(self, user: Any, action: str, obj: Any) -> bool:
        return obj is None or action == "view" or can_change_course(user, obj.course)

    def create(self, *, actor: Any, form: Any) -> Cohort:
        return services.save_cohort(actor=actor, cohort=form.save(commit=False))

    def change(self, *, actor: Any, form: Any) -> Cohort:
        return services.save_cohort(actor=actor, cohort=form.save(commit=False))


class CatalogueGroup(ViewSetGroup):
    """Everything about courses under one menu entry."""

    menu_label = _("Courses")
    menu_icon = "openquote"
    menu_order = 210
    items = (
        CourseViewSet("courses"),
        SyllabusViewSet("syllabus"),
        CohortViewSet("cohorts_admin", url_prefix="cohorts"),
    )

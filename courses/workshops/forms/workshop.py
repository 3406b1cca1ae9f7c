"""The workshop itself, to create or to change."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from core.zones import with_held, zone_choices
from courses.catalogue.models import Cohort, Course
from institutions.forms import CountryChoiceField
from institutions.models import Region
from institutions.names import country_name

from ..days import DAYS, misfits
from ..models import Mode, Workshop
from ..permissions import programmes_for
from .fields import DayField, LanguageFields


class WorkshopForm(LanguageFields, forms.Form):
    """A workshop, to create or to change."""

    programme = forms.ModelChoiceField(label=_("Programme"), queryset=None, empty_label=None)
    source_language = forms.ChoiceField(
        label=_("Language you write in"), choices=settings.LANGUAGES, help_text=_("You can add others afterwards.")
    )
    starts_on = DayField(label=_("First day"))
    ends_on = DayField(label=_("Last day"))
    time_zone = forms.ChoiceField(
        label=_("Time zone of the venue"),
        help_text=_(
            "All times you enter are those of a clock on the wall there. For an online workshop choose the host’s."
        ),
    )
    mode = forms.ChoiceField(label=_("How people meet"), choices=Mode.choices, widget=forms.RadioSelect)
    venue = forms.CharField(label=_("Venue"), max_length=200, required=False, help_text=_("Building and address."))
    city = forms.CharField(label=_("City"), max_length=100, required=False)
    country = CountryChoiceField(label=_("Country"), required=False)
    region = forms.ChoiceField(
        label=_("Region it is for"), choices=[("", _("All regions")), *Region.choices], required=False
    )
    languages = forms.MultipleChoiceField(
        label=_("Working languages"), choices=settings.LANGUAGES, widget=forms.CheckboxSelectMultiple
    )
    course = forms.ModelChoiceField(
        label=_("Part of the course"),
        queryset=None,
        required=False,
        empty_label=_("No course"),
        help_text=_("Attendance then counts towards completing it."),
    )
    cohort = forms.ModelChoiceField(
        label=_("Only for the cohort"),
        queryset=None,
        required=False,
        empty_label=_("Every cohort of the course"),
    )
    capacity = forms.IntegerField(
        label=_("Places"), min_value=1, max_value=5000, required=False, help_text=_("Leave empty for no limit.")
    )
    registration_closes_on = DayField(
        label=_("Last day to register"), required=False, help_text=_("Empty: the last day of the workshop.")
    )
    nominations_close_on = DayField(
        label=_("Last day for nominations"),
        required=False,
        help_text=_("Until then focal points put people forward and you select. Empty: nobody is nominated."),
    )
    nominees_per_country = forms.IntegerField(
        label=_("Nominees per country"),
        min_value=1,
        max_value=500,
        required=False,
        help_text=_("Leave empty for no limit."),
    )
    hours = forms.DecimalField(
        label=_("Hours credited"),
        min_value=0,
        max_value=999,
        decimal_places=1,
        required=False,
        help_text=_("Printed on certificates."),
    )

    def __init__(self, *args: Any, user: Any, workshop: Workshop | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.workshop = workshop
        self.written_in = self._written_in()
        programmes = programmes_for(user)
        if workshop is not None:
            del self.fields["programme"], self.fields["source_language"]
            courses = Course.objects.offered().filter(programme=workshop.programme_id)
            if workshop.course_id:
                courses |= Course.objects.filter(pk=workshop.course_id)
        else:
            self.fields["programme"].queryset = programmes  # type: ignore[attr-defined]
            courses = Course.objects.offered().filter(programme__in=programmes)
        self.fields["course"].queryset = courses.select_related("item")  # type: ignore[attr-defined]
        cohorts = Cohort.objects.offered().filter(course__in=courses, self_paced=False)
        if workshop is not None and workshop.cohort_id:
            cohorts |= Cohort.objects.filter(pk=workshop.cohort_id)
        field = self.fields["cohort"]
        field.queryset = cohorts.select_related("course__item")  # type: ignore[attr-defined]
        field.label_from_instance = lambda cohort: f"{cohort.course}: {cohort}"  # type: ignore[attr-defined]
        zone = workshop.time_zone if workshop is not None else user.time_zone
        self.fields["time_zone"].choices = with_held(  # type: ignore[attr-defined]
            zone_choices(get_language() or "en", country_name), zone
        )
        self.add_language_fields(
            {
                "title": lambda: forms.CharField(label=gettext("Title"), max_length=200),
                "summary": lambda: forms.CharField(
                    label=gettext("Description"), max_length=5000, widget=forms.Textarea(attrs={"rows": 5})
                ),
            }
        )
        if self._is_held:
            # what is no longer known of a past workshop stays open; nobody plans with it
            self.fields["languages"].required = False
        if workshop is None:
            self.initial.setdefault("source_language", self.written_in)
            self.initial.setdefault("time_zone", user.time_zone or "UTC")
            self.initial.setdefault("mode", Mode.ON_SITE)
            self.initial.setdefault("languages", [self.written_in])

    @property
    def _is_held(self) -> bool:
        return self.workshop is not None and self.workshop.state == Workshop.State.HELD

    def _written_in(self) -> str:
        if self.workshop is not None:
            return self.workshop.source_language
        asked = self.data.get("source_language") or self.initial.get("source_language") or get_language()
        return asked if asked in dict(settings.LANGUAGES) else "en"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        travelled = data.get("mode") in {Mode.ON_SITE, Mode.HYBRID} and not self._is_held
        if travelled and not (data.get("city") or data.get("country")):
            self.add_error("city", gettext("People who travel need to know where: give a city or a country."))
        course, programme, cohort = data.get("course"), data.get("programme"), data.get("cohort")
        if course and programme and course.programme_id != programme.pk:
            self.add_error("course", gettext("This course belongs to another programme."))
        if cohort and cohort.course_id != (course.pk if course else None):
            self.add_error("cohort", gettext("This cohort is not one of the course chosen."))
        if all(name in data for name in DAYS):  # the service says them one at a time
            for error in misfits(**{name: data[name] for name in DAYS}):
                self.add_error(error.field, str(error))
        return data

    def given(self) -> dict[str, Any]:
        """Return the fields for the services."""
        data = self.cleaned_data
        return {
            **{
                name: data[name]
                for name in (
                    "starts_on", "ends_on", "time_zone", "mode", "venue", "city", "region", "languages", "course",
                    "cohort", "capacity", "registration_closes_on", "nominations_close_on", "nominees_per_country",
                )
            },
            "hours": data["hours"] or 0,
            "country": data["country"],
        }  # fmt: skip

    @classmethod
    def initial_of(cls, workshop: Workshop) -> dict[str, Any]:
        """Return what the form shows of a workshop."""
        values: dict[str, Any] = {
            name: getattr(workshop, name)
            for name in (
                "starts_on", "ends_on", "time_zone", "mode", "venue", "city", "region", "languages", "capacity",
                "registration_closes_on", "nominations_close_on", "nominees_per_country",
            )
        }  # fmt: skip
        values |= {
            "course": workshop.course_id,
            "cohort": workshop.cohort_id,
            "country": workshop.country_id,
            "hours": f"{float(workshop.hours):g}",
        }
        for text in workshop.texts.all():
            values |= {f"title_{text.language}": text.title, f"summary_{text.language}": text.summary}
        return values

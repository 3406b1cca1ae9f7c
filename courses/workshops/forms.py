"""Forms of workshops."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.forms import formset_factory
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from core.languages import direction, native_name
from courses.catalogue.models import Cohort, Course
from courses.participants.forms import RecordForm
from courses.participants.models import Participant
from institutions.forms import CountryChoiceField
from institutions.models import ActivityRole, Organisation, Region

from .days import DAYS, misfits
from .models import Mode, Session, Workshop
from .permissions import programmes_for
from .search import COMING, FACETS, PAST
from .wording import day_range, zone_choices

YEARS = (1990, 2100)


class DayInput(forms.DateInput):
    """A native date picker; its value is ISO in every language."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class ClockInput(forms.TimeInput):
    """A native time picker."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class DayField(forms.DateField):
    """A day, within reason."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%d"], widget=DayInput(), **kwargs)

    def clean(self, value: Any) -> Any:
        day = super().clean(value)
        if day is not None and not YEARS[0] <= day.year <= YEARS[1]:
            raise forms.ValidationError(gettext("Please check the year."))
        return day


def clock_field(label: Any, **kwargs: Any) -> forms.TimeField:
    """Return a field for a time of the day."""
    return forms.TimeField(label=label, widget=ClockInput(), input_formats=["%H:%M", "%H:%M:%S"], **kwargs)


class LanguageFields:
    """Fields repeated for every language, the language written in first; the others are folded away."""

    fields: dict[str, forms.Field]
    written_in: str

    def add_language_fields(self, makers: dict[str, Any]) -> None:
        """Add ``<name>_<code>`` for each maker ``name -> field(required)`` and language."""
        for code in self.codes:
            for name, maker in makers.items():
                field = maker()
                field.required = name == "title" and code == self.written_in
                # labels repeat in every panel: the language belongs to each, for who does not see the panel
                if code != self.written_in:
                    field.label = gettext("%(field)s in %(language)s") % {
                        "field": field.label,
                        "language": dict(settings.LANGUAGES)[code],
                    }
                field.widget.attrs |= {"lang": code, "dir": direction(code)}
                self.fields[f"{name}_{code}"] = field
        self._makers = list(makers)

    @property
    def codes(self) -> list[str]:
        """Language codes, the one written in first."""
        rest = [code for code, _name in settings.LANGUAGES if code != self.written_in]
        return [self.written_in, *rest]

    @property
    def source_fields(self) -> list[Any]:
        """The fields of the language written in."""
        return [self[f"{name}_{self.written_in}"] for name in self._makers]  # type: ignore[index]

    @property
    def translations(self) -> list[dict[str, Any]]:
        """The other languages as ``[{code, name, fields, filled, open}]``."""
        panels = []
        for code in self.codes[1:]:
            fields = [self[f"{name}_{code}"] for name in self._makers]  # type: ignore[index]
            panels.append(
                {
                    "code": code,
                    "name": native_name(code),
                    "fields": fields,
                    "filled": any(field.value() for field in fields),
                    "open": any(field.errors for field in fields),
                }
            )
        return panels

    def by_language(self) -> dict[str, dict[str, str]]:
        """Return ``{code: {name: text}}`` of what was typed."""
        data = self.cleaned_data  # type: ignore[attr-defined]
        return {code: {name: data.get(f"{name}_{code}", "") for name in self._makers} for code in self.codes}


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
        self.fields["time_zone"].choices = _zones(zone)  # type: ignore[attr-defined]
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


def _zones(held: str) -> list[Any]:
    """The zones in use today, and ``held`` should it bear a name of former times."""
    choices: list[Any] = list(zone_choices(get_language() or "en"))
    if held and not any(held == zone for _group, zones in choices for zone, _label in zones):
        choices.insert(0, (held, held))
    return choices


class OrganisationForm(forms.Form):
    """An organisation and what it does for the workshop."""

    organisation = forms.ModelChoiceField(
        label=_("Organisation"), queryset=Organisation.objects.none(), required=False, empty_label="—"
    )
    role = forms.ChoiceField(label=_("What it does"), choices=ActivityRole.choices, required=False)

    def __init__(self, *args: Any, organisations: Sequence[tuple[Any, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["organisation"]
        field.queryset = Organisation.objects.all()  # type: ignore[attr-defined]
        field.choices = organisations  # type: ignore[attr-defined]


OrganisationFormSet = formset_factory(OrganisationForm, extra=3, max_num=30)


def organisation_formset(data: Any, workshop: Workshop | None) -> Any:
    """Return rows for the organisations there are and three more. Two queries."""
    choices = [("", "—"), *((organisation.pk, organisation.name) for organisation in Organisation.objects.all())]
    rows = workshop.organisations.all() if workshop is not None else []
    return OrganisationFormSet(
        data,
        prefix="organisations",
        initial=[{"organisation": row.organisation_id, "role": row.role} for row in rows],
        form_kwargs={"organisations": choices},
    )


def organisations_given(formset: Any) -> list[tuple[Organisation, str]]:
    """Return ``[(organisation, role)]`` of the rows filled in."""
    return [
        (form.cleaned_data["organisation"], form.cleaned_data["role"] or ActivityRole.ORGANISER)
        for form in formset
        if form.cleaned_data.get("organisation")
    ]


class SessionForm(LanguageFields, forms.Form):
    """A session of a workshop."""

    day = DayField(label=_("Day"))
    begins = clock_field(_("Begins"))
    finishes = clock_field(_("Ends"))
    place = forms.CharField(
        label=_("Room or link"),
        max_length=300,
        required=False,
        help_text=_("A link to join online is shown only to people who registered."),
    )

    def __init__(self, *args: Any, workshop: Workshop, session: Session | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.written_in = workshop.source_language
        day = self.fields["day"]
        day.help_text = gettext("The workshop takes place on %(days)s.") % {
            "days": day_range(workshop.starts_on, workshop.ends_on)
        }
        # the picker keeps to these days; the service says it again to whoever types another
        day.widget.attrs |= {"min": workshop.starts_on.isoformat(), "max": workshop.ends_on.isoformat()}
        self.add_language_fields({"title": lambda: forms.CharField(label=gettext("Title"), max_length=200)})
        if session is None:
            self.initial.setdefault("day", workshop.starts_on)

    def given(self) -> dict[str, Any]:
        """Return the fields for the services."""
        titles = {code: texts["title"] for code, texts in self.by_language().items()}
        return {"titles": titles, **{name: self.cleaned_data[name] for name in ("day", "begins", "finishes", "place")}}

    @classmethod
    def initial_of(cls, session: Session) -> dict[str, Any]:
        """Return what the form shows of a session."""
        return {
            **{name: getattr(session, name) for name in ("day", "begins", "finishes", "place")},
            **{f"title_{code}": title for code, title in session.titles.items()},
        }


class CancelForm(forms.Form):
    """Why a workshop is cancelled."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text=_("Everybody who registered gets it by mail, and it is shown on the workshop’s page."),
    )


class MessageForm(forms.Form):
    """A message to everybody registered."""

    message = forms.CharField(
        label=_("Message"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 8, "dir": "auto"}),
        help_text=_("The dates, the programme and each person’s calendar link are added below it."),
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)


class TrainerForm(forms.Form):
    """Name a trainer."""

    email = forms.EmailField(label=_("E-mail address of the trainer’s account"), max_length=254)


class DoorForm(RecordForm):
    """Somebody who came to the door; asks what a name badge and a list of participants need."""

    same_name = forms.BooleanField(
        label=_("This is another person of the same name"), required=False, widget=forms.HiddenInput
    )

    class Meta(RecordForm.Meta):
        fields = [
            "name", "name_latin", "title", "email", "represents", "country", "organisation", "position",
            "stakeholder_group", "language",
        ]  # fmt: skip

    def __init__(self, *args: Any, workshop: Workshop, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.workshop = workshop

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        name = data.get("name")
        if name and not data.get("same_name") and self._registered_under(name):
            self.fields["same_name"].widget = forms.CheckboxInput()
            self.add_error(
                "same_name", gettext("Somebody of this name is registered. Tick the box if this is another person.")
            )
        return data

    def _registered_under(self, name: str) -> bool:
        people = Participant.objects.filter(registrations__workshop=self.workshop, registrations__state="registered")
        return people.filter(name__iexact=name).exists()


class FilterForm(forms.Form):
    """Coming or past, and facets, sent by GET; what is not known is ignored."""

    when = forms.ChoiceField(
        label=_("When"), choices=[(COMING, _("Coming")), (PAST, _("Past"))], required=False, widget=forms.RadioSelect
    )
    course = forms.SlugField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (label, choices) in FACETS.items():
            self.fields[name] = forms.MultipleChoiceField(
                label=label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple
            )

    def chosen(self) -> tuple[str, dict[str, list[str]], str]:
        """Return when, the facets and the course that are valid."""
        self.is_valid()
        data = self.cleaned_data
        return data.get("when") or COMING, {name: data.get(name, []) for name in FACETS}, data.get("course", "")

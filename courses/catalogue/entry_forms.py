"""Forms of the ways into a cohort and of being in: applying, deciding, inviting, naming, extending, moving."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from core.languages import direction, native_name
from courses.participants.forms import DateInput

from .models import ApplicationQuestion, Cohort, Enrolment

Kind = ApplicationQuestion.Kind


class ApplyForm(forms.Form):
    """The course's own questions, in the reader's language."""

    def __init__(self, *args: Any, questions: Sequence[ApplicationQuestion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for question in questions:
            self.fields[f"q{question.pk}"] = field_for(question)

    @property
    def answers(self) -> dict[int, str]:
        """``{question id: answer}`` as ``services.apply`` takes it."""
        return {int(name[1:]): str(value or "") for name, value in self.cleaned_data.items()}


def field_for(question: ApplicationQuestion) -> forms.Field:
    """Return the form field of one question."""
    common: dict[str, Any] = {"label": question.title, "help_text": question.hint, "required": question.required}
    if question.kind == Kind.CHOICE:
        return forms.ChoiceField(choices=question.offered(), widget=forms.RadioSelect, **common)
    if question.kind == Kind.AGREE:
        return forms.BooleanField(**common)
    widget = forms.Textarea(attrs={"rows": 6, "dir": "auto"}) if question.kind == Kind.TEXT else forms.TextInput()
    widget.attrs["dir"] = "auto"
    return forms.CharField(max_length=5000 if question.kind == Kind.TEXT else 300, widget=widget, **common)


class ReasonForm(forms.Form):
    """Words to the person whose application is decided."""

    reason = forms.CharField(
        label=_("Words to the person"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text=_("Needed when you decline. The person reads them."),
    )


class InviteForm(forms.Form):
    """Whom to invite."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    name = forms.CharField(label=_("Full name"), max_length=200, required=False)
    language = forms.ChoiceField(label=_("Language of the mail"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].widget.attrs["dir"] = "ltr"
        self.fields["name"].widget.attrs["dir"] = "auto"
        self.initial.setdefault("language", get_language())


class InvitationWordsForm(forms.Form):
    """What the organisers add to the invitations of a cohort, in each language. Each may stay empty."""

    def __init__(self, *args: Any, cohort: Cohort, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = {row.language: row.text for row in cohort.invitation_texts.all()}
        for code, _name in settings.LANGUAGES:
            self.fields[code] = forms.CharField(
                label=native_name(code),
                required=False,
                max_length=3000,
                widget=forms.Textarea(attrs={"rows": 5, "lang": code, "dir": direction(code)}),
                initial=held.get(code, ""),
            )


class TrainerForm(forms.Form):
    """Whom to name as a trainer: chosen, where there are not too many to choose from, or by the address."""

    MANY = 100

    person = forms.ChoiceField(label=_("Who holds the role of trainer"), required=False)
    email = forms.EmailField(label=_("E-mail address of the trainer’s account"), max_length=254, required=False)

    def __init__(self, *args: Any, people: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].widget.attrs["dir"] = "ltr"
        if 0 < len(people) <= self.MANY:
            person: Any = self.fields["person"]
            person.choices = [
                ("", gettext("Choose a trainer")),
                *((user.email, f"{user.name} ({user.email})" if user.name else user.email) for user in people),
            ]
            self.fields["email"].help_text = gettext("Instead of choosing.")
        else:
            del self.fields["person"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors and not self.address:
            self.add_error("email", _("Choose a trainer, or type an address."))
        return data

    @property
    def address(self) -> str:
        """The address typed, else that of the person chosen."""
        return self.cleaned_data.get("email") or self.cleaned_data.get("person") or ""


class PersonSearchForm(forms.Form):
    """Find somebody among the people one sees."""

    q = forms.CharField(label=_("Name or e-mail address"), max_length=100, required=False)


class ExtendForm(forms.Form):
    """A last day of one's own."""

    until = forms.DateField(
        label=_("Own last day"),
        required=False,
        widget=DateInput,
        help_text=_("Quizzes stay open until its end, in the cohort’s time zone. Empty: the cohort’s own last day."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=300, required=False, help_text=_("Kept in the audit trail."))


class TransferForm(forms.Form):
    """The cohort to go to."""

    cohort = forms.ModelChoiceField(
        label=_("New cohort"), queryset=Cohort.objects.none(), widget=forms.RadioSelect, empty_label=None
    )
    reason = forms.CharField(label=_("Reason"), max_length=300, required=False, help_text=_("Kept in the audit trail."))

    def __init__(self, *args: Any, enrolment: Enrolment, **kwargs: Any) -> None:
        from .forms import cohort_label

        super().__init__(*args, **kwargs)
        field: Any = self.fields["cohort"]
        field.queryset = enrolment.cohort.course.cohorts.offered().exclude(pk=enrolment.cohort_id)
        field.label_from_instance = cohort_label

"""What those who run a workshop do besides: cancel it, write to people, name trainers, register at the door."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from courses.participants.forms import RecordForm
from courses.participants.models import Participant

from ..models import Workshop


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

"""Forms of this room."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from core.languages import best_text

from . import serials
from .eligibility import Candidate
from .models import CertificateTemplate


class CheckForm(forms.Form):
    """The number of a certificate, typed or pasted, or its whole address."""

    serial = forms.CharField(
        label=_("Number of the certificate"),
        max_length=200,
        help_text=_(
            "It stands below the QR code, for example PC-2026-7GHK-Q2RM-90TZ. Hyphens and capitals do not matter."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "dir": "ltr"}),
        error_messages={"required": _("Type the number that stands on the certificate.")},
    )

    def clean_serial(self) -> str:
        typed: str = self.cleaned_data["serial"].strip().rstrip("/")
        if "://" in typed:
            typed = typed.rsplit("/", 1)[-1]
        serial = serials.read(typed)
        if serial is None:
            raise forms.ValidationError(
                _("This is not a complete number. Compare it with the certificate, character by character.")
            )
        return serial


class TemplateChoice(forms.ModelChoiceField):
    """Templates by their heading."""

    def label_from_instance(self, obj: Any) -> str:
        text = best_text(obj.texts.all())
        return f"{text.heading}, {text.issuer}" if text else obj.key


class TemplateForm(forms.Form):
    """Which template; choosing another one changes which certificates people have already."""

    template = TemplateChoice(label=_("Template"), queryset=CertificateTemplate.objects.none(), empty_label=None)

    def __init__(self, *args: Any, templates: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["template"].queryset = templates  # type: ignore[attr-defined]


class IssueForm(TemplateForm):
    """Who gets a certificate, on which template, in which language."""

    language = forms.ChoiceField(
        label=_("Language of the certificates"),
        required=False,
        choices=[("", _("Each person’s own")), *settings.LANGUAGES],
    )
    participants = forms.MultipleChoiceField(
        label=_("Participants"),
        error_messages={
            "required": _("Choose at least one person."),
            "invalid_choice": _("Somebody you chose cannot get this certificate any more. Look at the list again."),
        },
    )

    def __init__(self, *args: Any, candidates: list[Candidate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["participants"].choices = [  # type: ignore[attr-defined]
            (str(candidate.participant.pk), candidate.participant.name)
            for candidate in candidates
            if candidate.can_receive
        ]


class ReasonForm(forms.Form):
    """Why a certificate ends."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("It stays in the ledger. When you revoke, the holder reads it."),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Give a reason. It stays in the ledger.")},
    )


class FindForm(forms.Form):
    """Find certificates by number or name."""

    q = forms.CharField(label=_("Number or name"), max_length=100, required=False)

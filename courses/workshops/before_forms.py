"""The form for what goes before a workshop."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.catalogue.prerequisites import kinds

from .models import Workshop
from .services.before import KINDS


class BeforeForm(forms.Form):
    """What has to be completed before people register for a workshop."""

    what = forms.ChoiceField(label=_("What has to be completed"))

    def __init__(self, *args: Any, user: Any, workshop: Workshop, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        what: Any = self.fields["what"]
        what.choices = [("", "–")] + [
            (
                str(kinds()[name].label),
                [
                    (f"{name}:{ref}", title)
                    for ref, title in (_workshops(workshop) if name == "workshop" else kinds()[name].choices(user))
                ],
            )
            for name in KINDS
        ]

    @property
    def chosen(self) -> dict[str, str]:
        """What was chosen, as ``services.add_prerequisite`` takes it."""
        kind, _colon, ref = self.cleaned_data["what"].partition(":")
        return {"kind": kind, "ref": ref}


def _workshops(workshop: Workshop) -> list[tuple[str, str]]:
    """Any that the world may read, by whomever it is run; the latest first."""
    rows = Workshop.objects.public().exclude(state=Workshop.State.CANCELLED).exclude(pk=workshop.pk)
    return [
        (row.key, f"{row.title} ({row.starts_on:%Y-%m-%d})")
        for row in rows.order_by("-starts_on").prefetch_related("texts")[:200]
    ]

"""What the living style guide shows."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.core.paginator import Page, Paginator

ICONS = (
    *("check", "circle", "arrow-next", "arrow-back", "download", "calendar", "clock", "place", "globe", "menu"),
    *("search", "user", "lock", "warning", "info", "print", "external"),
)
TIMES = ("starts_venue", "ends_venue", "starts_own", "ends_own")


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label="Full name", help_text="In your own script.", max_length=20)
    email = forms.EmailField(label="E-mail address")
    about = forms.CharField(label="Your work", widget=forms.Textarea, required=False)
    language = forms.ChoiceField(label="Language", choices=settings.LANGUAGES)
    attends = forms.ChoiceField(
        label="How you take part", choices=[("onsite", "On site"), ("online", "Online")], widget=forms.RadioSelect
    )
    topics = forms.MultipleChoiceField(
        label="Topics", choices=[("abs", "ABS"), ("lmo", "LMOs")], widget=forms.CheckboxSelectMultiple, required=False
    )
    agreed = forms.BooleanField(label="Tell me about new courses", required=False)


def _times(values: dict[str, Any]) -> dict[str, Any]:
    return {name: datetime.fromisoformat(value) if name in TIMES and value else value for name, value in values.items()}


def samples() -> dict[str, Any]:
    """Return the context of the style guide: sample content, a form with errors, a page of a longer list, the icons."""
    path = Path(settings.SITE_DIR) / "templates/components/sample.json"
    page: Page = Paginator(range(200), 10).page(4)
    return {
        "sample": json.loads(path.read_text(encoding="utf-8"), object_hook=_times),
        "form": SampleForm({"name": "A name that is a good deal too long", "email": "amina@", "about": "Seed law"}),
        "page_obj": page,
        "icon_names": ICONS,
    }

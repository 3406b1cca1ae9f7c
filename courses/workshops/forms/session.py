"""A session of a workshop."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ..models import Session, Workshop
from ..wording import day_range
from .fields import DayField, LanguageFields, clock_field


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

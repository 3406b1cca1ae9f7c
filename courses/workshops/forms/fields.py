"""Days, times and texts in every language, as the forms of this room ask for them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext

from core.languages import direction, native_name

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

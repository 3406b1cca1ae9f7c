"""The form of words in one language at a time; the first is the source language.

A translation holds words only: type, right answers and rules belong to the source.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from core.languages import native_name


class WordsForm(forms.ModelForm):
    """A form of words in one language (``language``); knows which languages there are already."""

    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    class Media:
        css: ClassVar = {"all": ["assessments/questions.css"]}

    source_language = ""
    written: frozenset[str] = frozenset()

    def __init__(self, *args: Any, language: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.begin()
        known = dict(settings.LANGUAGES)
        self.own_language = language if language in known else self.source_language
        self.is_translation = bool(self.instance.pk) and self.own_language != self.source_language
        if self.instance.pk:
            self.initial["language"] = self.own_language
            self.fields["language"].widget = forms.HiddenInput()
        else:
            self.initial["language"] = self.own_language or settings.LANGUAGE_CODE

    def begin(self) -> None:
        """Set ``source_language`` and ``written`` from the instance."""

    @property
    def language_links(self) -> list[dict[str, Any]]:
        """The languages in which the words can be written, for links to each."""
        return [
            {
                "code": code,
                "name": native_name(code),
                "current": code == self.own_language,
                "written": code in self.written,
            }
            for code, _name in settings.LANGUAGES
        ]

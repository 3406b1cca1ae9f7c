"""The form of a question; each type adds its own fields. No script needed."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError

from ..models import Question, QuestionText
from ..part_ids import letters, numbers
from ..services.authoring import check_question
from ..types import TYPES
from ..types.base import Content, Words
from ..words import content_of, editable, plain, question_words
from .bank import CategoryField
from .words import WordsForm


class QuestionForm(WordsForm):
    """A question of any type; each type's own form (``types/*/form.py``) adds the fields of its body and parts.

    In the source language a form asks for everything, in a translation (``is_translation``) for words only.
    """

    kinds: ClassVar[tuple[str, ...]]
    """The names of the types that the form writes."""

    key = forms.SlugField(
        label=_("Key"),
        max_length=80,
        required=False,
        help_text=_("Leads files back to the question, for example abs-access-q1. It cannot be changed later."),
    )
    name = forms.CharField(
        label=_("Name"),
        max_length=255,
        required=False,
        help_text=_("For authors; learners never see it. Left empty, it is the first words of the question."),
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    type = forms.ChoiceField(label=_("Type"))
    category = CategoryField(label=_("Category"), required=False)
    tags = forms.CharField(
        label=_("Tags"), required=False, help_text=_("Separate them with commas, for example: access, border.")
    )
    text = forms.CharField(label=_("Question"), widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}))
    feedback = forms.CharField(
        label=_("General feedback"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=_("Shown after handing in, whatever was answered."),
    )
    further: tuple[str, ...] = ()
    """The names of the type's fields that stand above the rows."""
    rows_template = "assessments/admin/rows.html"
    """Shows ``rows``, as list items."""

    class Meta:
        model = Question
        fields: list[str] = []

    def begin(self) -> None:
        question = self.instance
        self.version = question.versions.prefetch_related("texts").first() if question.pk else None
        self.source_language = question.source_language if question.pk else ""
        self.written = frozenset(row.language for row in self.version.texts.all()) if self.version else frozenset()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        content = content_of(self.version) if self.version else Content(body={})
        self.old_body: dict[str, Any] = dict(content.body)
        self.known = self._known()
        self.words = content.words.get(self.own_language, Words(self.own_language))
        self.original = content.in_language(content.source) if self.is_translation else None
        self.original_text = self.text_to_edit(self.original) if self.original else ""
        self.fields["type"].choices = [(kind.name, kind.label) for kind in TYPES if kind.name in self.kinds]  # type: ignore[attr-defined]
        if len(self.kinds) == 1 or self.version is None:  # of a new question it is chosen above the form
            self.fields["type"].widget = forms.HiddenInput()
        self.initial.update(
            key=self.instance.key if self.version else "",
            name=self.instance.name,
            type=self.version.type if self.version else self.initial.get("type", self.kinds[0]),
            text=self.text_to_edit(self.words),
            feedback=editable(self.words.feedback),
        )
        self.fields["type"].disabled = self.is_translation
        self.fields["key"].disabled = self.version is not None
        if self.instance.pk:
            self.initial["category"] = self.instance.category_id
            self.initial["tags"] = ", ".join(sorted(tag.name for tag in self.instance.tags.all()))
        if self.is_translation:
            del self.fields["name"], self.fields["category"], self.fields["tags"]
        self.add_fields()

    def _known(self) -> frozenset[str]:
        """The ids of all parts that the question ever had: answers and translations hold them, none comes back."""
        if self.version is None:
            return frozenset()
        words = QuestionText.objects.filter(record__question=self.instance)
        return frozenset(id for parts in words.values_list("parts", flat=True) for id in parts)

    # --- what a type says -----------------------------------------------------------------

    def add_fields(self) -> None:
        """Add the type's fields, with what ``old_body`` and ``words`` hold; in a translation those of words."""

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The type's fields in groups: ``legend``, ``original`` (a part's words, for translators), ``fields``."""
        return []

    def new_body(self) -> dict[str, Any]:
        """Return the body that was filled in. Not asked of a translation."""
        return {}

    def parts(self) -> dict[str, dict[str, str]]:
        """Return the words of the parts that were filled in."""
        return {}

    def text_to_edit(self, words: Words) -> str:
        """Return the question's text as the author edits it."""
        return editable(words.text)

    def text_to_keep(self) -> str:
        """Return the question's text as it is stored."""
        return self.cleaned_data["text"]

    # --- for the types' forms -------------------------------------------------------------

    def row_ids(self, held: list[str], rows: int, prefix: str = "") -> list[str]:
        """Return the ids of the rows to show: those held and, in the source language, at least two free ones."""
        if self.is_translation:
            return held
        taken = {*held, *self.known}
        free = numbers(prefix, taken) if prefix else letters(taken)
        return [*held, *islice(free, max(2, rows - len(held)))]

    def add_line(self, name: str, label: Any, initial: str = "", **more: Any) -> None:
        """Add a line of text in the language of the form."""
        widget = more.pop("widget", None) or forms.TextInput(attrs={"dir": "auto"})
        self.fields[name] = forms.CharField(label=label, initial=initial, widget=widget, **{"required": False} | more)

    def add_lines(self, name: str, label: Any, initial: str = "", rows: int = 2, **more: Any) -> None:
        """Add a text of several lines in the language of the form."""
        self.add_line(name, label, initial, widget=forms.Textarea(attrs={"rows": rows, "dir": "auto"}), **more)

    def row(self, legend: Any, names: Iterable[str], part: str = "") -> dict[str, Any]:
        """Return one of ``rows``, with those of the named fields that the form has."""
        original = self.original.parts.get(part, {}) if self.original and part else {}
        return {"legend": legend, "original": original, "fields": [self[name] for name in names if name in self.fields]}

    # --- the form -------------------------------------------------------------------------

    @property
    def general_fields(self) -> list[Any]:
        names = ["language", "name", "key", "type", "category", "tags", "text", "feedback", *self.further]
        hidden = ("key", "type") if self.is_translation else ()
        return [self[name] for name in names if name in self.fields and name not in hidden]

    def clean_key(self) -> str:
        key = self.cleaned_data["key"]
        if not self.instance.pk and key and Question.objects.filter(key=key).exists():
            raise forms.ValidationError(_("Another question has this key."))
        return key

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                check_question(**self.question())
            except DomainError as error:
                self.add_error(None, str(error))
        return data

    def clean_tags(self) -> list[str]:
        return [tag.strip() for tag in self.cleaned_data["tags"].split(",") if tag.strip()]

    def question(self) -> dict[str, Any]:
        """Return type, language, text, body and parts, as ``put_question`` takes them. Raises ``InvalidQuestion``."""
        data = self.cleaned_data
        return {
            "type": data["type"],
            "language": data["language"],
            "text": self.text_to_keep(),
            "body": self.old_body if self.is_translation else self.new_body(),
            "parts": self.parts(),
        }


def excerpt(question: Question, length: int = 90) -> str:
    """The first words of a question's newest version. Prefetch ``versions__texts``."""
    version = next(iter(question.versions.all()), None)
    if version is None:
        return ""
    version.question = question
    text = plain(question_words(version).text)
    return text if len(text) <= length else f"{text[: length - 1]}…"

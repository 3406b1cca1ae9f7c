"""Forms of the admin: a question (each type adds its own fields), a quiz with its questions. No script needed.

The words are written in one language at a time; the first is the source language. A translation holds
words only: type, right answers and rules belong to the source.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateTimeInput

from core.errors import DomainError
from core.languages import native_name
from modules.records.models import Item

from .models import Question, Quiz
from .services.authoring import check_question
from .types import TYPES
from .types.base import Content, Words
from .words import content_of, editable, plain, question_words


class WordsForm(forms.ModelForm):
    """A form of words in one language (``language``); knows which languages there are already."""

    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

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


class QuestionForm(WordsForm):
    """A question of any type; each type's own form (``types/*/form.py``) adds the fields of its body and parts.

    In the source language a form asks for everything, in a translation (``is_translation``) for words only.
    """

    kinds: ClassVar[tuple[str, ...]]
    """The names of the types that the form writes."""

    key = forms.SlugField(
        label=_("Short name"),
        max_length=80,
        required=False,
        help_text=_("Names the question in lists, for example abs-access-q1. It cannot be changed later."),
    )
    type = forms.ChoiceField(label=_("Type"))
    text = forms.CharField(label=_("Question"), widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}))
    feedback = forms.CharField(
        label=_("General feedback"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=_("Shown after handing in, whatever was answered."),
    )
    further: tuple[str, ...] = ()
    """The names of the type's fields that stand above the rows."""

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
        self.words = content.words.get(self.own_language, Words(self.own_language))
        self.original = content.in_language(content.source) if self.is_translation else None
        self.original_text = self.text_to_edit(self.original) if self.original else ""
        self.fields["type"].choices = [(kind.name, kind.label) for kind in TYPES if kind.name in self.kinds]  # type: ignore[attr-defined]
        if len(self.kinds) == 1:
            self.fields["type"].widget = forms.HiddenInput()
        self.initial.update(
            key=self.instance.key if self.version else "",
            type=self.version.type if self.version else self.initial.get("type", self.kinds[0]),
            text=self.text_to_edit(self.words),
            feedback=editable(self.words.feedback),
        )
        self.fields["type"].disabled = self.is_translation
        self.fields["key"].disabled = self.version is not None
        self.add_fields()

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
        names = [f"{prefix}{number}" for number in range(1, 200)] if prefix else list("abcdefghijklmnopqrstuvwxyz")
        names += [f"{letter}{number}" for number in range(1, 9) for letter in "abcdefghijklmnopqrstuvwxyz"]
        free = [name for name in names if name not in held]
        return [*held, *free[: max(2, rows - len(held))]]

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
        names = ["language", "key", "type", "text", "feedback", *self.further]
        hidden = ("key", "type") if self.is_translation else ()
        return [self[name] for name in names if name in self.fields and name not in hidden]

    def clean_key(self) -> str:
        key = self.cleaned_data["key"]
        if not self.instance.pk and key and Question.objects.filter(key=key).exists():
            raise forms.ValidationError(_("Another question has this short name."))
        return key

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                check_question(**self.question())
            except DomainError as error:
                self.add_error(None, str(error))
        return data

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


class QuestionsField(forms.ModelMultipleChoiceField):
    """Questions of the bank, named by what they ask."""

    def label_from_instance(self, obj: Question) -> str:
        return f"{obj.key}: {excerpt(obj)}"


def excerpt(question: Question, length: int = 90) -> str:
    """The first words of a question's newest version. Prefetch ``versions__texts``."""
    version = next(iter(question.versions.all()), None)
    if version is None:
        return ""
    version.question = question
    text = plain(question_words(version).text)
    return text if len(text) <= length else f"{text[: length - 1]}…"


class QuizForm(WordsForm):
    """A quiz: words, rules, and its questions in order."""

    RULES = (
        "pass_mark",
        "attempts_allowed",
        "grade_rule",
        "shuffle",
        "opens_at",
        "closes_at",
        "time_limit",
    )
    title = forms.CharField(label=_("Title"), max_length=200, widget=forms.TextInput(attrs={"dir": "auto"}))
    intro = forms.CharField(
        label=_("Introduction"), required=False, widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"})
    )
    module = forms.ModelChoiceField(
        label=_("Module"), queryset=Item.objects.none(), help_text=_("The quiz follows the lessons of this module.")
    )
    add = QuestionsField(
        label=_("Add questions"),
        queryset=Question.objects.none(),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 12}),
        help_text=_("They follow those above. Hold Ctrl to choose several."),
    )

    class Meta:
        model = Quiz
        fields = ["pass_mark", "attempts_allowed", "grade_rule", "shuffle", "opens_at", "closes_at", "time_limit"]
        widgets = {"opens_at": AdminDateTimeInput, "closes_at": AdminDateTimeInput}
        labels = {"grade_rule": _("Which attempt counts")}
        help_texts = {
            "attempts_allowed": _("Leave it empty for as many as one likes. A course may set its own."),
            "opens_at": _("In your time zone."),
            "closes_at": _("In your time zone. A cohort's last day takes its place."),
        }

    def begin(self) -> None:
        quiz = self.instance
        self.texts = {row.language: row for row in quiz.texts.all()} if quiz.pk else {}
        self.source_language = quiz.item.source_language if quiz.pk else ""
        self.written = frozenset(self.texts)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        quiz = self.instance
        words = self.texts.get(self.own_language)
        self.original = self.texts.get(self.source_language) if self.is_translation else None
        self.initial.update(title=words.title if words else "", intro=words.intro if words else "")
        self.slots = (
            list(quiz.slots.select_related("question").prefetch_related("question__versions__texts")) if quiz.pk else []
        )
        if self.is_translation:
            for name in [*self.RULES, "module", "add"]:
                del self.fields[name]
            return
        modules = Item.objects.filter(kind=Item.Kind.MODULE)
        held = modules.filter(pk=quiz.item.parent_id) if quiz.pk else modules.none()
        self.fields["module"].queryset = modules.live() | held  # type: ignore[attr-defined]
        self.initial["module"] = quiz.item.parent_id if quiz.pk else None
        bank = Question.objects.in_use().exclude(pk__in=[slot.question_id for slot in self.slots])
        self.fields["add"].queryset = bank.prefetch_related("versions__texts")  # type: ignore[attr-defined]
        for place, slot in enumerate(self.slots, start=1):
            self.fields[f"place_{slot.pk}"] = forms.IntegerField(
                label=_("Place"), required=False, min_value=1, max_value=999, initial=place
            )
            self.fields[f"points_{slot.pk}"] = forms.DecimalField(
                label=_("Points"), min_value=0, max_digits=6, decimal_places=2, initial=slot.points.normalize()
            )

    @property
    def general_fields(self) -> list[Any]:
        names = ["language", "title", "intro", "module", *self.RULES]
        return [self[name] for name in names if name in self.fields]

    @property
    def slot_rows(self) -> list[dict[str, Any]]:
        """The questions of the quiz with their place and points."""
        if self.is_translation:
            return []
        return [
            {
                "key": slot.question.key,
                "pk": slot.question_id,
                "text": excerpt(slot.question, 160),
                "retired": slot.question.retired_at is not None,
                "fields": [self[f"place_{slot.pk}"], self[f"points_{slot.pk}"]],
            }
            for slot in self.slots
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        opens, closes = data.get("opens_at"), data.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", _("The quiz must close after it opens."))
        if not self.is_translation and not self.errors and not self.questions()[0]:
            self.add_error("add", _("A quiz needs a question."))
        return data

    def questions(self) -> tuple[list[str], dict[str, Any]]:
        """Keys of the questions in order, and their points by key."""
        data = self.cleaned_data
        if self.is_translation:
            return [slot.question.key for slot in self.slots], {}
        kept = [slot for slot in self.slots if data.get(f"place_{slot.pk}")]
        kept.sort(key=lambda slot: data[f"place_{slot.pk}"])
        points = {slot.question.key: data[f"points_{slot.pk}"] for slot in kept}
        return [*(slot.question.key for slot in kept), *(question.key for question in data["add"])], points

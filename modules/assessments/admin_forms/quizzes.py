"""The forms of a quiz: words, rules, what it asks; and the search for questions to add."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from taggit.models import Tag, TaggedItem
from wagtail.admin.widgets import AdminDateTimeInput

from core.errors import DomainError
from modules.records.models import Item

from ..models import Quiz
from ..services.arranging import Place, check_places
from ..services.bank import category_paths
from ..types import type_choices
from .bank import CategoryField
from .questions import excerpt
from .words import WordsForm


class QuizForm(WordsForm):
    """A quiz: words, rules, and what it asks, in order. Questions are added on a page of their own."""

    RULES = (
        "pass_mark",
        "attempts_allowed",
        "wait_minutes",
        "grade_rule",
        "feedback",
        "shuffle",
        "opens_at",
        "closes_at",
        "time_limit",
        "pretest",
        "repeats_pretest",
    )
    title = forms.CharField(label=_("Title"), max_length=200, widget=forms.TextInput(attrs={"dir": "auto"}))
    intro = forms.CharField(
        label=_("Introduction"), required=False, widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"})
    )
    module = forms.ModelChoiceField(
        label=_("Module"), queryset=Item.objects.none(), help_text=_("The quiz follows the lessons of this module.")
    )
    draw_category = CategoryField(label=_("Draw from the category"), required=False)
    draw_tag = forms.ModelChoiceField(label=_("Draw with the tag"), queryset=Tag.objects.none(), required=False)
    draw_number = forms.IntegerField(label=_("How many questions"), required=False, min_value=1, max_value=200)
    draw_points = forms.DecimalField(
        label=_("Points of each"), required=False, min_value=0, max_digits=6, decimal_places=2, initial=1
    )
    DRAW = ("draw_category", "draw_tag", "draw_number", "draw_points")

    class Meta:
        model = Quiz
        fields = [
            "pass_mark",
            "attempts_allowed",
            "wait_minutes",
            "grade_rule",
            "feedback",
            "shuffle",
            "opens_at",
            "closes_at",
            "time_limit",
            "pretest",
            "repeats_pretest",
        ]
        widgets = {"opens_at": AdminDateTimeInput, "closes_at": AdminDateTimeInput}
        labels = {"grade_rule": _("Which attempt counts")}
        help_texts = {
            "attempts_allowed": _("Leave it empty for as many as one likes. A course may set its own."),
            "wait_minutes": _("0: the next attempt can begin at once."),
            "pretest": _("The result then tells what was gained. A pre-test is never needed to complete a module."),
            "repeats_pretest": _("Else this quiz asks what stands below."),
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
        self.slots = list(_slots(quiz)) if quiz.pk else []
        if self.is_translation:
            for name in [*self.RULES, *self.DRAW, "module"]:
                del self.fields[name]
            return
        modules = Item.objects.filter(kind=Item.Kind.MODULE)
        held = modules.filter(pk=quiz.item.parent_id) if quiz.pk else modules.none()
        self.fields["module"].queryset = modules.live() | held  # type: ignore[attr-defined]
        self.initial["module"] = quiz.item.parent_id if quiz.pk else None
        pretests = Quiz.objects.live().filter(pretest__isnull=True).exclude(pk=quiz.pk).select_related("item")
        self.fields["pretest"].queryset = pretests  # type: ignore[attr-defined]
        self.fields["draw_tag"].queryset = question_tags()  # type: ignore[attr-defined]
        for place, slot in enumerate(self.slots, start=1):
            self.fields[f"place_{slot.pk}"] = forms.IntegerField(
                label=pgettext_lazy("order", "Place"), required=False, min_value=1, max_value=999, initial=place
            )
            if slot.question is None:
                self.fields[f"draws_{slot.pk}"] = forms.IntegerField(
                    label=_("How many questions"), min_value=1, max_value=200, initial=slot.draws
                )
            self.fields[f"points_{slot.pk}"] = forms.DecimalField(
                label=_("Points"), min_value=0, max_digits=6, decimal_places=2, initial=slot.points.normalize()
            )

    @property
    def general_fields(self) -> list[Any]:
        names = ["language", "title", "intro", "module", *self.RULES]
        return [self[name] for name in names if name in self.fields]

    @property
    def draw_fields(self) -> list[Any]:
        """What it takes to add a random draw."""
        return [self[name] for name in self.DRAW if name in self.fields]

    @property
    def slot_rows(self) -> list[dict[str, Any]]:
        """What the quiz asks, with place and points."""
        if self.is_translation:
            return []
        paths = dict(category_paths()) if any(slot.question is None for slot in self.slots) else {}
        return [
            {
                "name": str(slot.question) if slot.question else "",
                "pk": slot.question_id,
                "text": excerpt(slot.question, 160) if slot.question else "",
                "category": paths.get(slot.category_id, ""),
                "tag": slot.tag.name if slot.tag else "",
                "retired": bool(slot.question and slot.question.retired_at),
                "fields": [
                    self[name]
                    for name in (f"place_{slot.pk}", f"draws_{slot.pk}", f"points_{slot.pk}")
                    if name in self.fields
                ],
            }
            for slot in self.slots
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        opens, closes = data.get("opens_at"), data.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", _("The quiz must close after it opens."))
        if data.get("feedback") == Quiz.Feedback.CLOSED and not closes and "closes_at" not in self.errors:
            self.add_error("closes_at", _("Say when the quiz closes, so that answers and feedback can be shown then."))
        if not self.is_translation and not self.errors:
            try:
                check_places(self.places())
            except DomainError as error:
                self.add_error(None, str(error))
        return data

    def places(self) -> list[Place]:
        """What the quiz is to ask, in order, with the new draw behind it. Not asked of a translation."""
        data = self.cleaned_data
        kept = [slot for slot in self.slots if data.get(f"place_{slot.pk}")]
        kept.sort(key=lambda slot: data[f"place_{slot.pk}"])
        places = [
            Place(slot.question, slot.category, slot.tag, data.get(f"draws_{slot.pk}", 1), data[f"points_{slot.pk}"])
            for slot in kept
        ]
        category, tag, number = (data.get(name) for name in self.DRAW[:3])
        if category or tag or number:
            points = data.get("draw_points")
            places.append(Place(None, category, tag, number or 1, Decimal(1) if points is None else points))
        return places


class PickForm(forms.Form):
    """Finds questions of the bank to put into a quiz."""

    q = forms.CharField(label=_("Words"), required=False)
    category = CategoryField(label=_("Category"), required=False, empty_label=_("(every category)"))
    tag = forms.ModelChoiceField(
        label=_("Tag"), queryset=Tag.objects.none(), required=False, empty_label=_("(every tag)")
    )
    type = forms.ChoiceField(label=_("Type"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tag"].queryset = question_tags()  # type: ignore[attr-defined]
        self.fields["type"].choices = [("", _("(every type)")), *type_choices()]  # type: ignore[attr-defined]


def question_tags() -> Any:
    """The tags that questions have, by name."""
    held = TaggedItem.objects.filter(content_type__app_label="assessments", content_type__model="question")
    return Tag.objects.filter(pk__in=held.values("tag")).order_by("name")


def _slots(quiz: Quiz) -> Any:
    return quiz.slots.select_related("question", "category", "tag").prefetch_related("question__versions__texts")

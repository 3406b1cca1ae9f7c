"""The forms of marking: a mark, what to release, why something is taken back."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from .marking import MarkingState, title_of
from .models import AttemptQuestion, Mark, Quiz
from .types.numbers import exact, split_number
from .words import number

LONGEST = 10_000


class Levels(forms.RadioSelect):
    """The levels of a criterion; each tells the page's script what it is worth."""

    def __init__(self, worth: Mapping[str, str]) -> None:
        super().__init__()
        self.worth = worth

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        option["attrs"]["data-worth"] = self.worth[str(value)]
        return option


class PointsField(forms.CharField):
    """Points as people write numbers, in the digits of any script."""

    def __init__(self, most: Decimal, **options: Any) -> None:
        super().__init__(widget=forms.TextInput(attrs={"inputmode": "decimal"}), **options)
        self.most = most

    def clean(self, value: Any) -> Any:
        readings, rest = split_number(super().clean(value))
        fitting = [reading for reading in readings if 0 <= reading <= self.most]
        if rest or not fitting:
            raise ValidationError(_("Give from 0 to %(most)s points."), params={"most": number(self.most)})
        exactly = Decimal(fitting[0].numerator) / Decimal(fitting[0].denominator)
        return exactly.quantize(Decimal("0.01"), ROUND_HALF_UP)


class MarkForm(forms.Form):
    """Levels of the rubric or, without one, points; a comment; why again. ``seen``: the newest mark shown."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(
        self, data: Any, *, question: AttemptQuestion, rubric: list[dict[str, Any]], newest: Mark | None, again: bool
    ) -> None:
        super().__init__(data, initial={"seen": newest.pk if newest else 0}, label_suffix="")
        self.rubric = rubric
        for criterion in rubric:
            self.fields[f"level-{criterion['id']}"] = forms.ChoiceField(
                label=criterion["label"],
                choices=[(level["id"], _level(level)) for level in criterion["levels"]],
                widget=Levels({level["id"]: str(float(exact(level["points"]))) for level in criterion["levels"]}),
                initial=newest.levels.get(criterion["id"]) if newest else None,
                error_messages={"required": _("Choose a level for every criterion.")},
            )
        if not rubric:
            self.fields["points"] = PointsField(
                question.max_points,
                label=_("Points"),
                help_text=_("From 0 to %(most)s.") % {"most": number(question.max_points)},
                initial=number(newest.points) if newest else "",
            )
        self.fields["comment"] = forms.CharField(
            label=_("Comment"),
            required=False,
            max_length=LONGEST,
            widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
            help_text=_("The learner reads it after release."),
            initial=newest.comment if newest else "",
        )
        if again:
            self.fields["reason"] = forms.CharField(
                label=_("Why you mark again"),
                max_length=300,
                widget=forms.TextInput(attrs={"dir": "auto"}),
                help_text=_("The learner has seen a mark. The reason is kept in the record, not shown to them."),
                initial=newest.reason if newest and not newest.released_at else "",
            )

    @property
    def best(self) -> float:
        """What the best levels are worth together."""
        return float(sum(max(exact(level["points"]) for level in criterion["levels"]) for criterion in self.rubric))

    def given(self) -> dict[str, Any]:
        """Return what ``services.give_mark`` takes. Of a valid form."""
        data = self.cleaned_data
        levels = {criterion["id"]: data[f"level-{criterion['id']}"] for criterion in self.rubric}
        what: dict[str, Any] = {name: data[name] for name in ("comment", "reason", "points", "seen") if name in data}
        return {**what, "levels": levels}


def _level(level: Mapping[str, Any]) -> str:
    words = ngettext("%(points)s point", "%(points)s points", level["number"])
    return format_html('{} <span class="soft">({})</span>', level["label"], words % {"points": level["points"]})


class QueueForm(forms.Form):
    """What the queue shows."""

    quiz = forms.ChoiceField(label=_("Quiz"), required=False)
    state = forms.ChoiceField(choices=MarkingState.choices, required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, quizzes: list[Quiz]) -> None:
        super().__init__(data)
        self.quizzes = {str(quiz.item.key): quiz for quiz in quizzes}
        titles = [(key, title_of(quiz)) for key, quiz in self.quizzes.items()]
        self.fields["quiz"].choices = [("", _("All quizzes")), *titles]  # type: ignore[attr-defined]

    @property
    def chosen_quiz(self) -> Quiz | None:
        return self.quizzes.get(self.cleaned_data.get("quiz", "")) if self.is_valid() else None

    @property
    def chosen_state(self) -> str:
        return (self.is_valid() and self.cleaned_data["state"]) or MarkingState.TO_MARK.value


class TakeBackForm(forms.Form):
    """Why released marks are hidden again."""

    reason = forms.CharField(
        label=_("Reason"), max_length=300, help_text=_("It is kept in the record, not shown to the learner.")
    )

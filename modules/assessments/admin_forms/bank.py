"""Forms of the question bank: categories, filters, extra time."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.forms.models import ModelChoiceIterator
from django.utils.translation import gettext_lazy as _

from institutions.forms import TitlesForm

from ..models import QuestionCategory, Quiz, TimeAllowance
from ..services.bank import category_paths


class PathIterator(ModelChoiceIterator):
    """Categories by the whole way to each, in the order of a tree."""

    def __iter__(self) -> Any:
        if self.field.empty_label is not None:
            yield "", self.field.empty_label
        offered = set(self.queryset.values_list("pk", flat=True))
        yield from (pair for pair in category_paths() if pair[0] in offered)


class CategoryField(forms.ModelChoiceField):
    """A category, named by the whole way to it."""

    iterator = PathIterator

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=QuestionCategory.objects.all(), **kwargs)


class CategoryForm(TitlesForm):
    """A category: its titles and where it stands."""

    parent = CategoryField(label=_("Within"), required=False, empty_label=_("(at the top)"))

    class Meta:
        model = QuestionCategory
        fields = ["parent"]


class AllowanceForm(forms.ModelForm):
    """Extra time for a learner, who is named by e-mail address."""

    email = forms.EmailField(label=_("The learner's e-mail address"))

    class Meta:
        model = TimeAllowance
        fields = ["quiz", "minutes", "percent", "reason"]
        help_texts = {"percent": _("Of the time limit. Fill in either minutes or per cent.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["quiz", "email", "minutes", "percent", "reason"])
        timed = Quiz.objects.live().filter(time_limit__isnull=False)
        self.fields["quiz"].queryset = timed.select_related("item")  # type: ignore[attr-defined]
        if self.instance.pk:
            self.fields["quiz"].disabled = self.fields["email"].disabled = True
            self.initial["email"] = getattr(self.instance.learner, "email", "")

    def clean_email(self) -> str:
        email = self.cleaned_data["email"]
        self.learner = get_user_model().objects.filter(email__iexact=email, is_active=True).first()
        if self.learner is None:
            raise forms.ValidationError(_("Nobody has an account with this e-mail address."))
        return email

    def _get_validation_exclusions(self) -> set[str]:
        """The service says what is wrong with minutes and per cent, in words."""
        return super()._get_validation_exclusions() | {"minutes", "percent"}  # type: ignore[misc]

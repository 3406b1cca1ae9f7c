"""Categories of the question bank, and extra time of learners, in the admin."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, DateColumn

from core import scoped

from .. import services
from ..admin_forms import AllowanceForm, CategoryForm
from ..models import QuestionCategory, TimeAllowance
from ..permissions import grants_time


class CategoryViewSet(scoped.ScopedModelViewSet):
    """The drawers of the question bank."""

    model = QuestionCategory
    icon = "folder-open-inverse"
    menu_label = _("Categories")
    list_display = [
        "__str__",
        Column("within", label=_("Within"), accessor=lambda category: category.parent or ""),
        Column("held", label=_("Questions")),
    ]

    def get_form_class(self, for_update: bool = False) -> type:
        return CategoryForm

    def get_index_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        queryset = QuestionCategory.objects.select_related("parent").annotate(held=Count("questions"))
        return super().get_index_view_kwargs(queryset=queryset, **kwargs)

    def create(self, *, actor: Any, form: CategoryForm) -> QuestionCategory:
        return self.change(actor=actor, form=form)

    def change(self, *, actor: Any, form: CategoryForm) -> QuestionCategory:
        return services.change_category(
            actor=actor, category=form.instance, titles=form.instance.titles, parent=form.cleaned_data["parent"]
        )


class WithdrawTime(scoped.ObjectActView):
    label = _("Take the extra time back")
    icon_name = "bin"
    question = _("The learner has the quiz's own time from the next attempt on. A running attempt keeps its end.")
    success_message = _("The extra time was taken back.")

    def act(self, *, actor: Any, obj: TimeAllowance, **answers: Any) -> None:
        services.withdraw_time(actor=actor, allowance=obj)


class AllowanceViewSet(scoped.ScopedModelViewSet):
    """Extra time of learners."""

    model = TimeAllowance
    icon = "time"
    menu_label = _("Extra time")
    list_display = [
        "learner",
        Column("quiz", label=_("Quiz"), accessor=lambda allowance: str(allowance.quiz)),
        "minutes",
        "percent",
        "reason",
        "granted_by",
        DateColumn("granted_at", label=_("Given")),
    ]
    search_fields = ["learner__email", "learner__name"]
    object_acts = {"withdraw": WithdrawTime}

    def get_form_class(self, for_update: bool = False) -> type:
        return AllowanceForm

    def get_index_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        queryset = TimeAllowance.objects.select_related("quiz__item", "learner", "granted_by")
        return super().get_index_view_kwargs(queryset=queryset, **kwargs)

    def may(self, user: Any, action: str, obj: Any) -> bool:
        return grants_time(user)

    def create(self, *, actor: Any, form: AllowanceForm) -> TimeAllowance:
        data = form.cleaned_data
        return services.grant_time(
            actor=actor,
            quiz=data["quiz"],
            learner=form.learner,
            minutes=data["minutes"],
            percent=data["percent"],
            reason=data["reason"],
        )

    change = create

"""The question bank and the quizzes in the admin."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.base import ViewSetGroup

from core import scoped

from . import services
from .admin_forms import QuestionForm, QuizForm, excerpt
from .models import Question, Quiz
from .permissions import writes_quizzes
from .types import TYPES
from .types.base import QuestionType

ORDER = 1000
"""The place of a new quiz in its module: behind the lessons."""


class InOneLanguage:
    """A create or edit view whose form holds the words of one language: ``?language=fr``."""

    request: Any

    def get_form_kwargs(self) -> dict[str, Any]:
        asked = self.request.POST.get("language") or self.request.GET.get("language") or ""
        return super().get_form_kwargs() | {"language": asked}  # type: ignore[misc]


class CreateInOneLanguage(InOneLanguage, generic.CreateView):
    pass


class EditInOneLanguage(InOneLanguage, generic.EditView):
    pass


class CreateQuestion(CreateInOneLanguage):
    """The form of the type asked for: ``?type=matching``."""

    @property
    def kind(self) -> QuestionType:
        asked = self.request.POST.get("type") or self.request.GET.get("type")
        return next((kind for kind in TYPES if kind.name == asked), TYPES[0])

    def get_form_class(self) -> type:
        return self.kind.form_class()

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        return kwargs | {"initial": {**(kwargs.get("initial") or {}), "type": self.kind.name}}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"types": TYPES}


class EditQuestion(EditInOneLanguage):
    """The form of the question's own type."""

    def get_form_class(self) -> type:
        version = self.object.versions.first()
        return (version.kind if version else TYPES[0]).form_class()


class OutOfUse(scoped.ObjectActView):
    label = _("Take out of use")
    icon_name = "circle-xmark"
    question = _("It is asked no more. Attempts and results are kept.")
    success_message = _("It is out of use.")


class BackIntoUse(scoped.ObjectActView):
    label = _("Bring back into use")
    icon_name = "rotate"
    permission_required = "view"
    question = _("It is asked again from now on.")
    success_message = _("It is in use again.")


class RetireQuestion(OutOfUse):
    @classmethod
    def offered(cls, user: Any, obj: Question) -> bool:
        return obj.retired_at is None

    def act(self, *, actor: Any, obj: Question, **answers: Any) -> None:
        services.retire_question(actor=actor, question=obj)


class ReviveQuestion(BackIntoUse):
    @classmethod
    def offered(cls, user: Any, obj: Question) -> bool:
        return obj.retired_at is not None and writes_quizzes(user)

    def act(self, *, actor: Any, obj: Question, **answers: Any) -> None:
        services.revive_question(actor=actor, question=obj)


class RetireQuiz(OutOfUse):
    @classmethod
    def offered(cls, user: Any, obj: Quiz) -> bool:
        return obj.item.retired_at is None

    def act(self, *, actor: Any, obj: Quiz, **answers: Any) -> None:
        services.retire_quiz(actor=actor, quiz=obj)


class ReviveQuiz(BackIntoUse):
    @classmethod
    def offered(cls, user: Any, obj: Quiz) -> bool:
        return obj.item.retired_at is not None and writes_quizzes(user)

    def act(self, *, actor: Any, obj: Quiz, **answers: Any) -> None:
        services.revive_quiz(actor=actor, quiz=obj)


class QuestionViewSet(scoped.ScopedModelViewSet):
    """The question bank. A change of what somebody was asked makes a new version."""

    model = Question
    icon = "help"
    menu_label = _("Questions")
    add_view_class = CreateQuestion
    edit_view_class = EditQuestion
    create_template_name = edit_template_name = "assessments/admin/question_form.html"
    list_display = [
        "__str__",
        Column("text", label=_("Question"), accessor=excerpt),
        Column("type", label=_("Type"), accessor=lambda question: _newest(question, "kind").label),
        Column("number", label=_("Version"), accessor=lambda question: _newest(question, "number")),
        BooleanColumn("in_use", label=_("In use"), accessor=lambda question: question.retired_at is None),
    ]
    search_fields = ["key", "versions__texts__text"]
    object_acts = {"retire": RetireQuestion, "revive": ReviveQuestion}

    def get_form_class(self, for_update: bool = False) -> type:
        return QuestionForm

    def get_index_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        queryset = Question.objects.prefetch_related("versions__texts").distinct()
        return super().get_index_view_kwargs(queryset=queryset, **kwargs)

    def may(self, user: Any, action: str, obj: Any) -> bool:
        return obj is None or action == "view" or obj.retired_at is None

    def create(self, *, actor: Any, form: QuestionForm) -> Question:
        return self._put(actor, form, form.cleaned_data["key"] or str(uuid.uuid4()), form.cleaned_data["language"])

    def change(self, *, actor: Any, form: QuestionForm) -> Question:
        return self._put(actor, form, form.instance.key, form.instance.source_language)

    def _put(self, actor: Any, form: QuestionForm, key: str, source_language: str) -> Question:
        data = form.cleaned_data
        version = services.put_question(
            actor=actor,
            key=key,
            feedback=data["feedback"],
            source_language=source_language,
            **form.question(),
        )
        return version.question


def _newest(question: Question, name: str) -> Any:
    return getattr(next(iter(question.versions.all()), None), name, "")


class QuizViewSet(scoped.ScopedModelViewSet):
    """Quizzes of modules."""

    model = Quiz
    icon = "tasks"
    menu_label = _("Quizzes")
    add_view_class = CreateInOneLanguage
    edit_view_class = EditInOneLanguage
    create_template_name = edit_template_name = "assessments/admin/quiz_form.html"
    list_display = [
        "__str__",
        Column("module", label=_("Module"), accessor=lambda quiz: quiz.item.parent or ""),
        Column("asked", label=_("Questions")),
        "pass_mark",
        BooleanColumn("in_use", label=_("In use"), accessor=lambda quiz: quiz.item.retired_at is None),
    ]
    search_fields = ["texts__title"]
    object_acts = {"retire": RetireQuiz, "revive": ReviveQuiz}

    def get_form_class(self, for_update: bool = False) -> type:
        return QuizForm

    def get_index_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        queryset = Quiz.objects.select_related("item__parent").annotate(asked=Count("slots", distinct=True))
        return super().get_index_view_kwargs(queryset=queryset.order_by("item__parent__order", "pk"), **kwargs)

    def may(self, user: Any, action: str, obj: Any) -> bool:
        return obj is None or action == "view" or obj.item.retired_at is None

    def create(self, *, actor: Any, form: QuizForm) -> Quiz:
        return self._put(actor, form, uuid.uuid4(), ORDER, form.cleaned_data["module"])

    def change(self, *, actor: Any, form: QuizForm) -> Quiz:
        item = form.instance.item
        module = form.cleaned_data.get("module") or item.parent
        return self._put(actor, form, item.key, item.order, module)

    def _put(self, actor: Any, form: QuizForm, key: uuid.UUID, order: int, module: Any) -> Quiz:
        data = form.cleaned_data
        keys, points = form.questions()
        return services.put_quiz(
            actor=actor,
            key=key,
            module_item=module,
            language=data["language"],
            title=data["title"],
            intro=data["intro"],
            question_keys=keys,
            points=points,
            order=order,
            **{name: data.get(name, getattr(form.instance, name)) for name in form.RULES},
        )


class AssessmentsGroup(ViewSetGroup):
    """Questions and quizzes under one menu entry."""

    menu_label = _("Quizzes")
    menu_icon = "help"
    menu_order = 220
    items = (QuizViewSet("quizzes"), QuestionViewSet("questions"))

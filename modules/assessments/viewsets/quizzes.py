"""Quizzes in the admin."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail.admin.ui.tables import BooleanColumn, Column

from core import scoped

from .. import services
from ..admin_forms import PickForm, QuizForm, excerpt
from ..categories import within
from ..models import Question, Quiz
from ..permissions import writes_quizzes
from ..services.bank import category_tree
from .common import BackIntoUse, CreateInOneLanguage, EditInOneLanguage, OutOfUse, TryOut
from .figures import QuizStatistics
from .questions import newest

ORDER = 1000
"""The place of a new quiz in its module: behind the lessons."""
ON_A_PAGE = 50


class ThenQuestions:
    """A form of a quiz that can lead on to its questions."""

    request: Any
    object: Any

    def get_success_url(self) -> str:
        if "then_questions" in self.request.POST or not self.object.slots.exists():
            return reverse("quizzes:questions", args=[self.object.pk])
        return super().get_success_url()  # type: ignore[misc]


class CreateQuiz(ThenQuestions, CreateInOneLanguage):
    pass


class EditQuiz(ThenQuestions, EditInOneLanguage):
    pass


class AddQuestions(scoped.ObjectActView):
    """Finds questions of the bank and adds the chosen ones to a quiz."""

    label = _("Add questions")
    icon_name = "plus"
    template_name = "assessments/admin/add_questions.html"

    @classmethod
    def offered(cls, user: Any, obj: Quiz) -> bool:
        return obj.item.retired_at is None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        search = PickForm(self.request.GET)
        found = self.found(search.cleaned_data if search.is_valid() else {})
        page = Paginator(found, ON_A_PAGE).get_page(self.request.GET.get("p"))
        asked = self.request.GET.copy()
        asked.pop("p", None)
        return super().get_context_data(
            search=search,
            page=page,
            rows=[{"question": question, "text": excerpt(question, 160)} for question in page],
            query=asked.urlencode(),
            edit_url=reverse("quizzes:edit", args=[self.scoped_object.pk]),
            **kwargs,
        )

    def found(self, asked: dict[str, Any]) -> Any:
        """The questions in use that the quiz does not ask by itself and that match what was asked for."""
        held = self.scoped_object.slots.filter(question__isnull=False).values("question")
        rows = Question.objects.visible_to(self.request.user).in_use().exclude(pk__in=held)
        if asked.get("q"):
            rows = rows.filter(Q(key__icontains=asked["q"]) | Q(versions__texts__text__icontains=asked["q"]))
        if asked.get("category"):
            rows = rows.filter(category__in=within(category_tree(), asked["category"].pk))
        if asked.get("tag"):
            rows = rows.filter(tags=asked["tag"])
        if asked.get("type"):
            rows = rows.annotate(newest_type=newest().values("type")[:1]).filter(newest_type=asked["type"])
        return rows.select_related("category").prefetch_related("versions__texts").order_by("key").distinct()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        chosen = [pk for pk in request.POST.getlist("question") if pk.isdecimal()]
        questions = list(Question.objects.visible_to(request.user).in_use().filter(pk__in=chosen).order_by("key"))
        if not questions:
            messages.warning(request, str(_("Choose at least one question.")))
            return redirect(request.get_full_path())
        try:
            number = services.add_questions(actor=request.user, quiz=self.scoped_object, questions=questions)
        except services.InvalidQuiz as error:
            messages.error(request, str(error))
            return redirect(request.get_full_path())
        said = ngettext("%(number)d question was added.", "%(number)d questions were added.", number)
        messages.success(request, said % {"number": number})
        if "more" in request.POST:
            return redirect(request.get_full_path())
        return redirect("quizzes:edit", self.scoped_object.pk)


class TryQuiz(TryOut):
    """Leads to where a quiz is tried out."""

    @classmethod
    def offered(cls, user: Any, obj: Quiz) -> bool:
        return writes_quizzes(user)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("quiz_try", self.scoped_object.item.key)


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


class QuizViewSet(scoped.ScopedModelViewSet):
    """Quizzes of modules."""

    model = Quiz
    icon = "tasks"
    menu_label = _("Quizzes")
    add_view_class = CreateQuiz
    edit_view_class = EditQuiz
    create_template_name = edit_template_name = "assessments/admin/quiz_form.html"
    list_display = [
        "__str__",
        Column("module", label=_("Module"), accessor=lambda quiz: quiz.item.parent or ""),
        Column("asked", label=_("Questions"), accessor=lambda quiz: quiz.asked or 0),
        "pass_mark",
        BooleanColumn("in_use", label=_("In use"), accessor=lambda quiz: quiz.item.retired_at is None),
    ]
    search_fields = ["texts__title"]
    object_acts = {
        "try": TryQuiz,
        "statistics": QuizStatistics,
        "questions": AddQuestions,
        "retire": RetireQuiz,
        "revive": ReviveQuiz,
    }

    def get_form_class(self, for_update: bool = False) -> type:
        return QuizForm

    def get_index_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        queryset = Quiz.objects.select_related("item__parent").annotate(asked=Sum("slots__draws"))
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
        quiz = services.put_quiz(
            actor=actor,
            key=key,
            module_item=module,
            language=data["language"],
            title=data["title"],
            intro=data["intro"],
            order=order,
            **{name: data.get(name, getattr(form.instance, name)) for name in form.RULES},
        )
        return quiz if form.is_translation else services.arrange_quiz(actor=actor, quiz=quiz, places=form.places())

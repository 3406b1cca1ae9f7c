"""The question bank in the admin."""

from __future__ import annotations

import uuid
from typing import Any

import django_filters
from django import forms
from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db.models import Count, OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.permissions import policy_registry

from core import scoped
from core.errors import DomainError
from core.languages import native_name
from media.models import CampusImage

from .. import services
from ..admin_forms import QuestionForm, excerpt
from ..admin_forms.quizzes import question_tags
from ..categories import within
from ..contents import pictures
from ..differences import differences
from ..models import Question, QuestionVersion
from ..permissions import regrades, writes_quizzes
from ..regrading import Summary
from ..services.bank import category_paths, category_tree
from ..types import TYPES, type_choices
from ..types.base import QuestionType
from ..wordings import taken_out
from ..words import content_of
from .common import (
    CARDS,
    BackIntoUse,
    CreateInOneLanguage,
    EditInOneLanguage,
    OutOfUse,
    SaidBooleanColumn,
    SaidColumn,
    TryOut,
)
from .figures import QuestionStatistics


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

    def form_valid(self, form: QuestionForm) -> Any:
        """Save, and tell which translations have lost wordings that the original accepts no more."""
        response = super().form_valid(form)
        version = form.instance.versions.select_related("question").prefetch_related("texts").first()
        if form.version and version and form.version.type == version.type:
            lost = taken_out(version.kind, content_of(form.version), content_of(version), form.cleaned_data["language"])
            for code, lines in lost.items():
                messages.warning(
                    self.request,
                    gettext("Not accepted in %(language)s any more either: %(wordings)s. Look at the translation.")
                    % {"language": native_name(code), "wordings": "; ".join(lines)},
                )
        return response


def picture(request: HttpRequest) -> JsonResponse:
    """Address and size of the picture ``?id=``, for the script that draws regions on it: one that they may choose."""
    if not writes_quizzes(request.user):
        raise PermissionDenied
    asked = request.GET.get("id", "")
    theirs = policy_registry.get_by_type(CampusImage).instances_user_has_any_permission_for(request.user, ["choose"])
    if not (asked.isdecimal() and len(asked) < 18 and theirs.filter(pk=int(asked)).exists()):
        raise Http404
    return JsonResponse(pictures([int(asked)])[int(asked)])


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


class TryQuestion(TryOut):
    """Leads to where a question is tried out."""

    @classmethod
    def offered(cls, user: Any, obj: Question) -> bool:
        return writes_quizzes(user)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("question_try", self.scoped_object.pk)


class Versions(scoped.ObjectActView):
    """Every version of a question, newest first, with what changed."""

    label = _("Versions")
    icon_name = "history"
    permission_required = "view"
    template_name = "assessments/admin/versions.html"
    http_method_names = ["get", "head"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = list(
            self.scoped_object.versions.select_related("question", "created_by")
            .prefetch_related("texts")
            .annotate(times=Count("asked"))
        )
        pairs = zip(rows, [*rows[1:], None], strict=True)
        versions = [
            {
                "version": version,
                "languages": ", ".join(native_name(text.language) for text in version.texts.all()),
                "changed": differences(content_of(before), content_of(version)) if before else [],
                "type_before": before.kind.label if before and before.type != version.type else "",
            }
            for version, before in pairs
        ]
        return super().get_context_data(versions=versions, **kwargs)


class RegradeForm(forms.Form):
    """Which answers to grade again, by which version, and why."""

    version = forms.ModelChoiceField(label=_("Answers given to"), queryset=QuestionVersion.objects.none())
    key = forms.ModelChoiceField(
        label=_("Grade them by what is right in"), queryset=QuestionVersion.objects.none(), empty_label=None
    )
    lower = forms.BooleanField(
        label=_("Also take the pass from who would not have passed"),
        required=False,
        help_text=_("Without it, an attempt that had passed and would not any more keeps the points it had."),
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=300, help_text=_("It is kept in the history of the question.")
    )

    def __init__(self, question: Question, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        versions = question.versions.all() if question.versions.count() > 1 else QuestionVersion.objects.none()
        for name, queryset in (("version", versions.filter(asked__isnull=False).distinct()), ("key", versions)):
            field: Any = self.fields[name]
            field.queryset = queryset
            field.label_from_instance = _version_label


def _version_label(version: QuestionVersion) -> str:
    day = date_format(timezone.localtime(version.created_at), "SHORT_DATETIME_FORMAT")
    return gettext("Version %(number)d, %(day)s") % {"number": version.number, "day": day}


class Regrade(scoped.ObjectActView):
    """Grades past answers again by another version: first what would change, then, with a reason, the act.

    The preview travels with the page, signed with what it was of: what is confirmed is what was seen, else it is shown
    anew.
    """

    label = _("Regrade")
    icon_name = "rotate"
    template_name = "assessments/admin/regrade.html"
    preview: Any = None
    shown = ""

    @classmethod
    def offered(cls, user: Any, obj: Question) -> bool:
        return regrades(user)

    def get_form(self) -> RegradeForm:
        return RegradeForm(self.scoped_object, self.request.POST if self.request.method == "POST" else None)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(preview=self.preview, shown=self.shown, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.get_form()
        if form.is_valid():
            data = form.cleaned_data
            asked = {
                "actor": request.user,
                "version": data["version"],
                "key": data["key"],
                "keep_passed": not data["lower"],
            }
            try:
                if request.POST.get("act") == "confirm":
                    try:
                        job = services.start_regrade(**asked, reason=data["reason"], shown=self._shown(asked))
                        return redirect("job_status", job.key)
                    except services.NotAsShown as error:
                        form.add_error(None, str(error))
                self._preview(asked)
            except DomainError as error:
                form.add_error(None, str(error))
        return self.render_to_response(self.get_context_data(form=form))

    def _preview(self, asked: dict[str, Any]) -> None:
        self.preview = services.preview_regrade(**asked)
        self.shown = signing.dumps([_named(asked), vars(self.preview)], salt=SHOWN)

    def _shown(self, asked: dict[str, Any]) -> Summary:
        """The preview that the page showed. Raises ``NotAsShown`` where it was of something else."""
        try:
            of, counts = signing.loads(self.request.POST.get("shown", ""), salt=SHOWN)
        except signing.BadSignature:
            raise services.NotAsShown from None
        if of != _named(asked):
            raise services.NotAsShown
        return Summary(**counts)


SHOWN = "assessments.regrade"


def _named(asked: dict[str, Any]) -> list[Any]:
    return [asked["actor"].pk, asked["version"].pk, asked["key"].pk, asked["keep_passed"]]


class QuestionFilters(WagtailFilterSet):
    """What narrows the list of questions."""

    category = django_filters.ChoiceFilter(label=_("Category"), method="in_category", choices=category_paths)
    tag = django_filters.ModelChoiceFilter(label=_("Tag"), field_name="tags", queryset=lambda request: question_tags())
    type = django_filters.ChoiceFilter(label=_("Type"), method="of_type", choices=type_choices)
    lacks = django_filters.ChoiceFilter(
        label=_("Not written in"),
        method="not_in",
        choices=lambda: [(code, native_name(code)) for code, _name in settings.LANGUAGES],
    )
    in_use = django_filters.BooleanFilter(label=_("In use"), field_name="retired_at", lookup_expr="isnull")

    class Meta:
        model = Question
        fields: list[str] = []

    def in_category(self, queryset: Any, name: str, value: str) -> Any:
        """Questions of a category and what is below it."""
        return queryset.filter(category__in=within(category_tree(), int(value)))

    def of_type(self, queryset: Any, name: str, value: str) -> Any:
        """Questions whose newest version is of a type."""
        return queryset.annotate(newest_type=Subquery(newest().values("type")[:1])).filter(newest_type=value)

    def not_in(self, queryset: Any, name: str, value: str) -> Any:
        """Questions whose newest version is not written in a language."""
        written = QuestionVersion.objects.filter(texts__language=value).values("pk")
        return queryset.annotate(newest_pk=Subquery(newest().values("pk")[:1])).exclude(newest_pk__in=written)


def newest() -> Any:
    """The versions of an outer question, newest first."""
    return QuestionVersion.objects.filter(question=OuterRef("pk")).order_by("-number")


def _newest(question: Question, name: str) -> Any:
    return getattr(next(iter(question.versions.all()), None), name, "")


def _tags(question: Question) -> str:
    return ", ".join(sorted(tag.name for tag in question.tags.all()))


def _languages(question: Question) -> str:
    version = next(iter(question.versions.all()), None)
    return ", ".join(sorted(text.language for text in version.texts.all())) if version else ""


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
        SaidColumn("text", label=_("Text"), accessor=excerpt),
        SaidColumn("type", label=_("Type"), accessor=lambda question: _newest(question, "kind").label),
        SaidColumn("number", label=_("Version"), accessor=lambda question: _newest(question, "number")),
        SaidColumn("category", label=_("Category"), accessor=lambda question: question.category or ""),
        SaidColumn("tags", label=_("Tags"), accessor=_tags),
        SaidColumn("languages", label=_("Languages"), accessor=_languages),
        SaidBooleanColumn("in_use", label=_("In use"), accessor=lambda question: question.retired_at is None),
    ]
    search_fields = ["name", "key", "idnumber", "versions__texts__text"]
    filterset_class = QuestionFilters
    list_per_page = 50
    object_acts = {
        "try": TryQuestion,
        "statistics": QuestionStatistics,
        "versions": Versions,
        "regrade": Regrade,
        "retire": RetireQuestion,
        "revive": ReviveQuestion,
    }

    def get_form_class(self, for_update: bool = False) -> type:
        return QuestionForm

    def get_index_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        queryset: Any = Question.objects.select_related("category").distinct()
        queryset = queryset.prefetch_related("versions__texts", "tags")
        return super().get_index_view_kwargs(queryset=queryset, table_classname=CARDS, **kwargs)

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
            name=data.get("name", ""),
            **form.question(),
        )
        if "category" in data:
            services.file_question(actor=actor, question=version.question, category=data["category"], tags=data["tags"])
        return version.question

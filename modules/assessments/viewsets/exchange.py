"""Import and export of questions in the admin."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets import HeaderButton

from core import scoped
from jobs.models import Job
from jobs.services import retry_job
from jobs.views import status_of

from ..admin_forms.exchange import FORMATS, BringForm, ExportForm
from ..models import QuestionImport
from ..permissions import writes_quizzes
from ..services import bringing, exporting
from ..types import type_choices

State = QuestionImport.State
PER_PAGE = 50
STATES = [
    ("refused", _("Not imported")),
    ("lost", _("Something is left out")),
    ("new", pgettext_lazy("questions", "New")),
    ("changed", _("Changed")),
    ("same", _("The same as here")),
]


class Imports(generic.IndexView):
    """The files brought in so far."""

    add_item_label = _("Import questions")

    @property
    def header_buttons(self) -> list[Any]:
        export = HeaderButton(_("Export questions"), url=reverse("export_questions"), icon_name="download")
        return [*super().header_buttons, export]


class Bring(generic.CreateView):
    """Choose a file."""

    page_title = _("Import questions")
    submit_button_label = _("Look at what it holds")
    success_message = None

    def get_success_url(self) -> str:
        return reverse("question_imports:report", args=[self.object.pk])


class ImportReport(scoped.ObjectActView):
    """How far an import is; what the dry run found, with a line for every question; confirm."""

    label = _("Report")
    icon_name = "list-ul"
    permission_required = "change"
    template_name = "assessments/admin/import.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        brought: QuestionImport = self.scoped_object
        rows = brought.report.get("rows", [])
        kinds = dict(type_choices())
        for row in rows:
            row["kind"] = kinds.get(row["type"], row["type"])
            row["group"] = "lost" if row["state"] != "refused" and row["why"] else row["state"]
        labels = dict(STATES)
        shown = self.request.GET.get("show", "")
        chosen = [row for row in rows if shown not in labels or shown in (row["group"], row["state"])]
        for row in chosen:
            row["label"] = labels.get(row["state"], "")
        job = brought.job if brought.state in (State.CHECKING, State.WRITING) else None
        return super().get_context_data(
            brought=brought,
            format=dict(FORMATS).get(brought.format, brought.format),
            job=job,
            status=status_of(job) if job else None,
            failed=bool(job and job.state == Job.State.FAILED),
            shown=shown,
            tabs=[
                {"name": name, "label": label, "count": count}
                for name, label in STATES
                if (count := sum(name in (row["group"], row["state"]) for row in rows))
            ],
            page_obj=Paginator(chosen, PER_PAGE).get_page(self.request.GET.get("page")),
            ready=brought.state == State.CHECKED and brought.report.get("imported"),
            **kwargs,
        )

    def act(self, *, actor: Any, obj: QuestionImport, **answers: Any) -> None:
        if obj.job and obj.job.state == Job.State.FAILED:
            retry_job(actor=actor, job=obj.job)
        else:
            bringing.confirm(actor=actor, brought=obj)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        response = super().post(request, *args, **kwargs)
        return redirect("question_imports:report", self.scoped_object.pk) if response.status_code == 302 else response


class GiveUp(scoped.ObjectActView):
    label = _("Give up")
    icon_name = "bin"
    question = _("Nothing of this file is imported, and the file is deleted.")
    success_message = _("The file was given up. Nothing was changed.")

    @classmethod
    def offered(cls, user: Any, obj: QuestionImport) -> bool:
        return obj.state in (State.CHECKED, State.UNREADABLE)

    def act(self, *, actor: Any, obj: QuestionImport, **answers: Any) -> None:
        bringing.give_up(actor=actor, brought=obj)


class ImportViewSet(scoped.ScopedModelViewSet):
    """Files of questions: brought, looked at, confirmed."""

    model = QuestionImport
    icon = "upload"
    menu_label = _("Import and export")
    menu_name = "question-exchange"
    edit_view_enabled = False
    index_view_class = Imports
    add_view_class = Bring
    list_display = [
        TitleColumn("file_name", label=_("File"), url_name="question_imports:report"),
        Column("get_state_display", label=_("State")),
        Column("created_by", label=_("By")),
        DateColumn("created_at", label=_("Date")),
    ]
    object_acts = {"report": ImportReport, "give-up": GiveUp}

    def get_form_class(self, for_update: bool = False) -> type:
        return BringForm

    def get_index_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        queryset: Any = QuestionImport.objects.select_related("created_by").defer("report")
        return super().get_index_view_kwargs(queryset=queryset, **kwargs)

    def create(self, *, actor: Any, form: BringForm) -> QuestionImport:
        data = form.cleaned_data
        return bringing.bring_file(
            actor=actor, file=data["file"], format=data["format"], language=data["language"], category=form.category
        )


class ExportView(WagtailAdminTemplateMixin, TemplateView):
    """Choose what is exported: first what it would leave out, then the file. Everything through ``visible_to``."""

    template_name = "assessments/admin/export.html"
    page_title = _("Export questions")
    header_icon = "download"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not writes_quizzes(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("question_imports:index"), "label": _("Import and export")},
            {"url": "", "label": self.page_title},
        ]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        form = ExportForm(request.GET or None, user=request.user, initial={"language": request.LANGUAGE_CODE})
        if not (form.is_bound and form.is_valid()):
            return self.render_to_response(self.get_context_data(form=form))
        data = form.cleaned_data
        export = exporting.Export(exporting.questions_in(data["category"]), data["format"], data["language"])
        if "download" not in request.GET:
            for _part in export.parts():
                pass  # what it would leave out is known when it is written
            context = self.get_context_data(form=form, export=export, query=request.GET.urlencode())
            return self.render_to_response(context)
        ending, kind = exporting.FORMATS[data["format"]]
        response = StreamingHttpResponse(
            (part.encode() for part in export.parts()), content_type=f"{kind}; charset=utf-8"
        )
        response["Content-Disposition"] = f'attachment; filename="questions-{localdate():%Y-%m-%d}.{ending}"'
        return response

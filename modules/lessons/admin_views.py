"""Admin screens of the lessons room beside Wagtail's own."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from .copying import copy_module, may_copy
from .models import ModulePage


class CopyForm(forms.Form):
    """The title of the copy."""

    title = forms.CharField(
        label=gettext_lazy("Title of the copy"),
        max_length=255,
        help_text=gettext_lazy("In the language of this page. Translations keep their titles until you change them."),
    )


class CopyModule(WagtailAdminTemplateMixin, FormView):
    """Ask for the title of the copy, copy, and open it."""

    template_name = "core/admin_act.html"
    form_class = CopyForm
    header_icon = "copy"
    page_title = gettext_lazy("Copy as a template")
    module: ModulePage

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        found = ModulePage.objects.filter(pk=kwargs["pk"]).first()
        if found is None:
            raise Http404
        if not may_copy(request.user, found):
            raise PermissionDenied
        self.module = found
        return super().dispatch(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        return {"title": _("%(title)s (copy)") % {"title": self.module.title}}

    def get_page_subtitle(self) -> str:
        return self.module.title

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            question=_(
                "The copy holds all lessons, quizzes and questions in every language, as drafts. No learner is in it."
                " Opening and closing times of quizzes are not copied: a quiz that shows the answers after closing"
                " shows them to nobody until you say when it closes."
            ),
            button_label=_("Copy"),
            back_url=reverse("wagtailadmin_explore", args=[self.module.get_parent().pk]),
            **kwargs,
        )

    def form_valid(self, form: CopyForm) -> HttpResponse:
        copied = copy_module(actor=self.request.user, module=self.module, title=form.cleaned_data["title"])
        messages.success(self.request, _("“%(title)s” was copied. The copy is a draft.") % {"title": self.module.title})
        return redirect("wagtailadmin_explore", copied.pk)

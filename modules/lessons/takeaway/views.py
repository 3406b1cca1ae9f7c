"""Offering, making and handing out the files of a module, to whoever may read the module."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from core.routing import page_url
from modules.records.models import Item

from ..models import ModuleFile, ModulePage
from ..outline import best_pages
from ..registry import needs_sign_in
from .making import request_file
from .offers import offers_of


@require_http_methods(["GET", "HEAD", "POST"])
def module_files(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """What can be taken along; by POST, have one made (accounts only) and watch it."""
    module, language = _readable(request, key)
    if _closed(request, key):
        return redirect_to_login(request.get_full_path())
    if request.method == "POST":
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        kind = request.POST.get("kind", "")
        if kind not in ModuleFile.Format.values:
            raise Http404
        item = get_object_or_404(Item.objects.live(), key=key, kind=Item.Kind.MODULE)
        job = request_file(actor=request.user, item=item, language=language, kind=kind)
        return redirect("job_status", key=job.key)
    context = {
        "module": module,
        "module_url": page_url(module, language),
        "module_key": key,
        "offers": offers_of(key, language),
    }
    return render(request, "lessons/takeaway/files.html", context)


@require_safe
def module_file(request: HttpRequest, key: UUID, kind: str) -> HttpResponseBase:
    """Hand out a file; one that is not made, or out of date, leads to where it is offered."""
    __, language = _readable(request, key)
    if _closed(request, key):
        return redirect_to_login(request.get_full_path())
    made = ModuleFile.objects.current().filter(item__key=key, language=language, format=kind).first()
    if made is None:
        return redirect("module_files", key=key)
    return FileResponse(made.file.open("rb"), as_attachment=True, filename=made.name)


def _closed(request: HttpRequest, key: UUID) -> bool:
    return not request.user.is_authenticated and needs_sign_in(key)


def _readable(request: HttpRequest, key: UUID) -> tuple[ModulePage, str]:
    """Return a live module and the language asked for. 404 for what one may not read."""
    language = get_language() or settings.LANGUAGE_CODE
    module = best_pages(ModulePage, [key], language).get(key)
    if module is None or not all(restriction.accept_request(request) for restriction in module.get_view_restrictions()):
        raise Http404
    return module, language

"""Reading lessons, marking them done, remembering the place."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail import hooks
from wagtail.wagtail_hooks import check_request_method, check_view_restrictions

from core.routing import serve_page
from modules.records.models import Item

from .models import LessonPage
from .outline import best_pages, outlines, states
from .reading import respond
from .registry import needs_sign_in
from .routing import Found, find_lesson
from .services import UnknownPlace, mark_done, note_place, note_seen, unmark


def page(request: HttpRequest, path: str) -> HttpResponseBase:
    """Serve a lesson by one look-up; hand every other page, and a restricted lesson, to the ordinary way."""
    language = get_language() or settings.LANGUAGE_CODE
    found = None
    if request.method in ("GET", "HEAD") and not _hooked():
        found = find_lesson(path, language, request.user)
    if found is None or found.restricted or found.item_id is None or found.module_key is None:
        return serve_page(request, path)
    return _read(request, found, language)


def _hooked() -> bool:
    """Whether anything else wants to see every page that is served: ``page`` itself makes Wagtail's two checks."""
    wanting = {*hooks.get_hooks("on_serve_page"), *hooks.get_hooks("before_serve_page")}
    return bool(wanting - {check_view_restrictions, check_request_method})


def show(request: HttpRequest, lesson: LessonPage) -> HttpResponseBase:
    """Serve a lesson that Wagtail has found and whose restrictions it has checked."""
    from .items import sync

    item = Item.objects.live().select_related("parent").filter(key=lesson.translation_key).first() or sync(lesson)
    if item is None or item.parent is None:
        raise Http404
    found = Found(
        page_id=lesson.pk,
        revision_id=lesson.live_revision_id,
        published_at=str(lesson.last_published_at),
        item_id=item.pk,
        module_item_id=item.parent_id,
        module_key=item.parent.key,
        module_changed_at=str(item.parent.changed_at),
        restricted=False,
        has_role=True,  # not known here
        states=states(request.user, [item.parent_id] if item.parent_id else []),
    )
    return _read(request, found, get_language() or settings.LANGUAGE_CODE)


def _read(request: HttpRequest, found: Found, language: str) -> HttpResponseBase:
    user = request.user
    if not user.is_authenticated and needs_sign_in(found.module_key):
        return redirect_to_login(request.get_full_path())
    response, before = respond(request, found, language)
    if user.is_authenticated and request.method == "GET" and found.item_id:
        with suppress(OperationalError):  # a busy database: reading matters more than noting it
            note_seen(actor=user, item_id=found.item_id, seen_at=before and before.seen_at, language=language)
    return response


@require_POST
def lesson_done(request: HttpRequest, key: UUID) -> HttpResponse:
    """Mark a lesson done (or, with ``done=0``, not done) and go on to what comes next."""
    item, lesson = _readable(request, key)
    outline = outlines([item.parent.key], request.user, current=key).get(item.parent.key) if item.parent else None
    entries = outline.entries if outline else ()
    here = next((place for place, entry in enumerate(entries) if entry.state == "current"), -1)
    own_url = entries[here].url if here >= 0 else "/"
    if not request.user.is_authenticated:
        return redirect_to_login(own_url)
    if request.POST.get("done") == "0":
        unmark(actor=request.user, item=item)
        messages.info(request, _("This lesson is no longer marked as done."))
        return redirect(own_url)
    language = get_language() or settings.LANGUAGE_CODE
    mark_done(actor=request.user, item=item, revision=lesson.live_revision_id, language=language)
    messages.success(request, _("“%(title)s” is marked as done.") % {"title": lesson.title})
    if here + 1 < len(entries):
        return redirect(entries[here + 1].url)
    return redirect(outline.url if outline else own_url)


@require_POST
def lesson_place(request: HttpRequest, key: UUID) -> HttpResponse:
    """Remember where somebody stopped reading. Sent by the page's script; answers without content."""
    item, __ = _readable(request, key)
    if not request.user.is_authenticated:
        return HttpResponse(status=403)
    try:
        note_place(actor=request.user, item=item, place=request.POST.get("place", ""), language=get_language() or "")
    except UnknownPlace as error:
        return HttpResponseBadRequest(str(error))
    return HttpResponse(status=204)


def _readable(request: HttpRequest, key: UUID) -> tuple[Item, LessonPage]:
    """Return a live lesson's item and its page in the active language. 404 for what one may not read."""
    item = get_object_or_404(Item.objects.live().select_related("parent"), key=key, kind=Item.Kind.LESSON)
    lesson = best_pages(LessonPage, [key], get_language() or settings.LANGUAGE_CODE).get(key)
    if lesson is None or not all(restriction.accept_request(request) for restriction in lesson.get_view_restrictions()):
        raise Http404
    return item, lesson

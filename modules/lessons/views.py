"""Reading lessons, marking them done, remembering the place."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail import hooks
from wagtail.wagtail_hooks import check_request_method, check_view_restrictions

from core.routing import page_url, serve_page
from core.unsent import done_at, refusal
from modules.records.models import Item

from .models import LessonPage
from .outline import best_pages, outlines, states
from .reading import respond
from .registry import needs_sign_in
from .routing import Found, find_lesson
from .services import LessonRetired, UnknownPlace, mark_done, note_place, note_seen, read_again, unmark
from .versions import text_language

OFFLINE = timedelta(days=14)
"""How long ago a lesson done without a line may have been done, by the word of the device: a journey without a line is
seldom longer. Why there is a bound: ``docs/completion.md``, *After the last day*."""


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
    """Mark a lesson done (``done=0``: not done; ``again``: read in its new version) and go on to what comes next.

    The page's script asks for JSON, also later, when it had no line (``core.unsent``); without script it is a form.
    """
    if request.accepts("text/html"):
        return _done_by_form(request, key)
    if answer := refusal(request):
        return answer
    try:
        item, lesson = _readable(request, key)
        url = _mark(request, item, lesson, at=done_at(request, longest=OFFLINE))
    except (Http404, LessonRetired):
        return JsonResponse({"refused": True, "message": str(LessonRetired())})
    return JsonResponse({"saved": True, "message": _("Saved on the server."), "url": url})


def _done_by_form(request: HttpRequest, key: UUID) -> HttpResponse:
    item, lesson = _readable(request, key)
    if not request.user.is_authenticated:
        return redirect_to_login(page_url(lesson))
    url = _mark(request, item, lesson)
    if request.POST.get("done") == "0":
        messages.info(request, _("This lesson is no longer marked as done."))
    elif request.POST.get("done") == "again":
        messages.success(request, _("You have read the new version of “%(title)s”.") % {"title": lesson.title})
    else:
        messages.success(request, _("“%(title)s” is marked as done.") % {"title": lesson.title})
    return redirect(url)


def _mark(request: HttpRequest, item: Item, lesson: LessonPage, at: datetime | None = None) -> str:
    """Do what the form asks for; return where to go on. Raises ``LessonRetired``."""
    act, version = request.POST.get("done"), request.POST.get("version", "")
    read: dict[str, Any] = {
        "actor": request.user,
        "item": item,
        "revision": lesson.live_revision_id,
        "language": text_language(lesson, item),
        "version": int(version) if version.isdecimal() and len(version) < 6 else None,
    }
    if act == "0":
        unmark(actor=request.user, item=item)
    elif act == "again":
        read_again(**read)
    else:
        mark_done(**read, at=at)
    outline = outlines([item.parent.key], request.user, current=item.key).get(item.parent.key) if item.parent else None
    entries = outline.entries if outline else ()
    here = next((place for place, entry in enumerate(entries) if entry.state == "current"), -1)
    if act == "0" or here < 0:
        return page_url(lesson)
    if here + 1 < len(entries):
        return entries[here + 1].url
    return outline.url if outline else page_url(lesson)


@require_POST
def lesson_place(request: HttpRequest, key: UUID) -> HttpResponse:
    """Remember where somebody stopped reading. Sent by the page's script, later where it had no line."""
    if answer := refusal(request):
        return answer
    language, place = get_language() or "", request.POST.get("place", "?")
    try:
        item, __ = _readable(request, key)
        note_place(actor=request.user, item=item, place=place, language=language, at=done_at(request))
    except Http404:
        return JsonResponse({"refused": True, "message": str(LessonRetired())})
    except UnknownPlace as error:
        return JsonResponse({"refused": True, "message": str(error)}, status=400)
    return JsonResponse({"saved": True, "message": _("Saved on the server.")})


def _readable(request: HttpRequest, key: UUID) -> tuple[Item, LessonPage]:
    """Return a live lesson's item and its page in the active language. 404 for what one may not read."""
    item = get_object_or_404(Item.objects.live().select_related("parent"), key=key, kind=Item.Kind.LESSON)
    lesson = best_pages(LessonPage, [key], get_language() or settings.LANGUAGE_CODE).get(key)
    if lesson is None or not all(restriction.accept_request(request) for restriction in lesson.get_view_restrictions()):
        raise Http404
    return item, lesson

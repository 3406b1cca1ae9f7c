"""The completion rule of a course: read, written without code, previewed on the people it would touch."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.kept_forms import login_required_keeping_form
from core.errors import DomainError
from courses.participants.trail import saw
from jobs.views import status_of

from ..completion import read_rule
from ..editor import Editor
from ..models import Course, Enrolment, RuleDraft
from ..permissions import can_change_course
from ..services import rules
from ..services.standing import Standings, derived_rule, rule_of
from ..words import hours_words, in_words

PEOPLE_PER_PAGE = 50


def _course(request: HttpRequest, key: str, *, change: bool = True) -> Course:
    courses = Course.objects.visible_to(request.user).select_related("item", "programme")
    course = get_object_or_404(courses, key=key)
    if change and not can_change_course(request.user, course):
        raise Http404
    return course


def _in_words(course: Course, spec: Any, titles: Any = None) -> dict[str, Any]:
    standings = Standings(course, spec)
    if titles is None:
        title = standings.title
    else:

        def title(kind: str, ref: str) -> str:
            return titles.get(kind, {}).get(ref, "")

    return {"phrase": in_words(standings.rule, title), "hours": hours_words(standings.rule)}


@require_safe
@never_cache
@login_required
def course_rule(request: HttpRequest, key: str) -> HttpResponse:
    """The rule in words, and every version before it; for trainers and organisers."""
    course = _course(request, key, change=False)
    versions = list(course.rules.select_related("created_by", "job"))
    wanted = request.GET.get("version", "")
    newest = versions[0].version if versions else 0
    if wanted == "0" or not versions:
        shown, spec = None, derived_rule(course)
    else:
        chosen = [rule for rule in versions if wanted in ("", str(rule.version))]
        if not chosen:
            raise Http404
        shown, spec = chosen[0], chosen[0].spec
    job = versions[0].job if versions else None
    return render(
        request,
        "catalogue/rule.html",
        {
            "course": course,
            "shown": shown,
            "is_newest": (shown.version if shown else 0) == newest,
            "words": _in_words(course, spec),
            "versions": versions,
            "can_change": can_change_course(request.user, course),
            "draft": RuleDraft.objects.visible_to(request.user).filter(course=course).first(),
            "job": job,
            "status": status_of(job) if job else None,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required_keeping_form
def course_rule_edit(request: HttpRequest, key: str) -> HttpResponse:
    """Write a rule. Every press of a button keeps what is typed as a draft."""
    course = _course(request, key)
    titles = rules.asked_of(course)
    if request.method == "POST":
        return _edited(request, course, titles)
    draft = RuleDraft.objects.visible_to(request.user).filter(course=course).first()
    spec, version = rule_of(course)
    editor = Editor.of_state(draft.spec, titles) if draft else Editor.of_spec(spec, titles)
    return _form(request, course, editor, draft=draft, outdated=draft is not None and draft.based_on != version)


def _edited(request: HttpRequest, course: Course, titles: dict[str, dict[str, str]]) -> HttpResponse:
    editor = Editor.of_form(request.POST, titles)
    act, _colon, name = request.POST.get("act", "words").partition(":")
    if act == "discard":
        rules.drop_draft(actor=request.user, course=course)
        messages.success(request, _("Your draft is thrown away. The rule in force is unchanged."))
        return redirect("course_rule", course.key)
    if act == "words" and request.headers.get("X-Requested-With") == "fetch":
        words = _in_words(course, editor.spec(), titles)
        return render(request, "catalogue/rule_words.html", {"words": words})
    at = editor.act(act, name)
    draft = rules.save_draft(actor=request.user, course=course, state=editor.state())
    if act == "preview":
        spec = editor.spec()
        if editor.errors:
            return _form(request, course, editor, draft=draft, status=422)
        rules.start_preview(actor=request.user, draft=draft, rule=spec)
        return redirect("course_rule_preview", course.key)
    anchor = "words" if act == "words" else at
    return redirect(f"{reverse('course_rule_edit', args=[course.key])}#{anchor}")


def _form(
    request: HttpRequest,
    course: Course,
    editor: Editor,
    *,
    draft: RuleDraft | None,
    outdated: bool = False,
    status: int = 200,
) -> HttpResponse:
    errors = editor.errors  # of the last reading: none before somebody asks for the preview
    shown = {node.name: dict(node.errors) for node in editor.root.every()}
    words = _in_words(course, editor.spec(), editor.titles)
    for node in editor.root.every():
        node.errors = shown[node.name]
    return render(
        request,
        "catalogue/rule_edit.html",
        {
            "course": course,
            "editor": editor,
            "node": editor.root,
            "errors": errors,
            "words": words,
            "draft": draft,
            "outdated": outdated,
            "nothing_to_ask": not editor.choices,
        },
        status=status,
    )


@require_safe
@never_cache
@login_required
def course_rule_preview(request: HttpRequest, key: str) -> HttpResponse:
    """Who would gain completion by the draft, and who would no longer meet the rule; before anything is saved."""
    course = _course(request, key)
    draft = RuleDraft.objects.visible_to(request.user).select_related("job").filter(course=course).first()
    if draft is None or (draft.preview is None and draft.job is None):
        return redirect("course_rule_edit", course.key)
    context: dict[str, Any] = {"course": course, "draft": draft}
    if draft.preview is None:
        assert draft.job is not None
        return render(
            request, "catalogue/rule_preview.html", context | {"job": draft.job, "status": status_of(draft.job)}
        )
    preview = draft.preview
    show = "lose" if request.GET.get("show") == "lose" or not preview["gain"] else "gain"
    page = Paginator(preview[show], PEOPLE_PER_PAGE).get_page(request.GET.get("page"))
    enrolments = Enrolment.objects.visible_to(request.user).select_related("participant", "cohort__course", "country")
    people = enrolments.in_bulk([pk for pk, _before, _after in page.object_list])
    saw(request.user, [enrolment.participant for enrolment in people.values()], "catalogue.view")
    rows = [
        {"enrolment": people[pk], "before": before, "after": after}
        for pk, before, after in page.object_list
        if pk in people
    ]
    spec, _version = rule_of(course)
    return render(
        request,
        "catalogue/rule_preview.html",
        context
        | {
            "preview": preview,
            "at": parse_datetime(preview["at"]),
            "show": show,
            "page_obj": page,
            "rows": rows,
            "old": _in_words(course, spec),
            "new": _in_words(course, preview["rule"]),
            "unchanged": read_rule(spec) == read_rule(preview["rule"]),
        },
    )


@require_POST
@login_required
def course_rule_save(request: HttpRequest, key: str) -> HttpResponse:
    """Put the previewed draft in force."""
    course = _course(request, key)
    draft = RuleDraft.objects.visible_to(request.user).filter(course=course).first()
    if draft is None:
        return redirect("course_rule", course.key)
    try:
        rule = rules.change_rule(actor=request.user, draft=draft, previewed=request.POST.get("previewed", ""))
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("course_rule_edit", course.key)
    messages.success(
        request,
        _("Version %(version)d is in force. Everybody's completion is being brought up to date.")
        % {"version": rule.version},
    )
    return redirect("course_rule", course.key)


@require_POST
@login_required
def course_recompute(request: HttpRequest, key: str) -> HttpResponse:
    """Bring everybody's completion up to date by hand."""
    course = _course(request, key)
    job = rules.start_recompute(actor=request.user, course=course)
    return redirect("job_status", job.key)

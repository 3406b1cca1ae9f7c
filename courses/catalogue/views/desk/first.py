"""What a course asks of applicants, and what goes before it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.kept_forms import login_required_keeping_form
from core.errors import DomainError

from ... import services
from ...models import ApplicationQuestion, Course, Prerequisite
from ...planning_forms import PrerequisiteForm, QuestionForm
from ...prerequisites import kinds
from .common import course_of, say


@require_safe
@never_cache
@login_required
def course_entry(request: HttpRequest, key: str) -> HttpResponse:
    """What a course asks of applicants, and what goes before it."""
    course = course_of(request, key)
    modules = [
        (str(entry.item_id), entry.title)
        for entry in course.syllabus.select_related("item")
        if entry.kind == entry.Kind.MODULE
    ]
    return _page(request, course, PrerequisiteForm(user=request.user, modules=modules), modules)


def _page(request: HttpRequest, course: Course, form: PrerequisiteForm, modules: Any) -> HttpResponse:
    rows = [row for row in course.prerequisites.all() if row.kind in kinds()]
    names = {name: kinds()[name].name([row.ref for row in rows if row.kind == name]) for name in kinds()}
    titles = dict(modules)
    context = {
        "course": course,
        "questions": course.application_questions.in_use().select_related("course__item"),
        "prerequisites": [
            {"row": row, "title": names[row.kind][row.ref].title, "before": titles.get(str(row.module_id), "")}
            for row in rows
            if row.ref in names[row.kind]
        ],
        "form": form,
    }
    return render(request, "catalogue/course_entry.html", context)


@require_POST
@login_required
def prerequisite_add(request: HttpRequest, key: str) -> HttpResponse:
    """Ask for something first."""
    course = course_of(request, key)
    entries = list(course.syllabus.filter(kind="module").select_related("item"))
    modules = [(str(entry.item_id), entry.title) for entry in entries]
    form = PrerequisiteForm(request.POST, user=request.user, modules=modules)
    if form.is_valid():
        kind, _colon, ref = form.cleaned_data["what"].partition(":")
        module = next((e.item for e in entries if str(e.item_id) == form.cleaned_data["module"]), None)
        try:
            services.add_prerequisite(actor=request.user, course=course, kind=kind, ref=ref, module=module)
        except DomainError as error:
            form.add_error("what", str(error))
        else:
            messages.success(request, _("This is asked for from now on."))
            return redirect("course_entry", key=key)
    return _page(request, course, form, modules)


@require_POST
@login_required
def prerequisite_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for it no longer."""
    found = get_object_or_404(Prerequisite.objects.visible_to(request.user).select_related("course"), pk=pk)
    say(request, services.remove_prerequisite, _("This is no longer asked for."), prerequisite=found)
    return redirect("course_entry", key=found.course.key)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required_keeping_form
def question_new(request: HttpRequest, key: str) -> HttpResponse:
    """A new question of the application form."""
    return _question_form(request, ApplicationQuestion(course=course_of(request, key)))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required_keeping_form
def question_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a question; applications that were sent keep it as it was."""
    return _question_form(request, _question(request, pk))


def _question(request: HttpRequest, pk: int) -> ApplicationQuestion:
    rows = ApplicationQuestion.objects.visible_to(request.user).in_use().select_related("course__item")
    return get_object_or_404(rows, pk=pk)


def _question_form(request: HttpRequest, question: ApplicationQuestion) -> HttpResponse:
    form = QuestionForm(request.POST or None, instance=question)
    if request.method == "POST" and form.is_valid():
        try:
            services.save_question(actor=request.user, question=form.save(commit=False))
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The question is saved."))
            return redirect("course_entry", key=question.course.key)
    return render(request, "catalogue/question_form.html", {"form": form, "course": question.course})


@require_POST
@login_required
def question_act(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a question off the form, or move it up."""
    question = _question(request, pk)
    if request.POST.get("act") == "up":
        order = list(question.course.application_questions.in_use().values_list("pk", flat=True))
        place = order.index(question.pk)
        if place:
            order[place - 1], order[place] = order[place], order[place - 1]
        say(request, services.order_questions, _("The order is kept."), course=question.course, order=order)
    else:
        say(request, services.retire_question, _("The question is off the form."), question=question)
    return redirect("course_entry", key=question.course.key)

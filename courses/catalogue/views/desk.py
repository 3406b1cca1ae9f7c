"""The organiser's desk of a cohort: who comes in, who waits, who is invited; dates, questions, what goes before."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import DomainError
from courses.participants.activation import invite as send_activation
from courses.participants.forms import RecordForm
from courses.participants.models import Participant
from courses.participants.services import create_participant
from courses.participants.trail import saw
from institutions.models import Role
from institutions.roles import scope

from .. import services
from ..entry_forms import (
    CohortForm,
    ExtendForm,
    FirstDayForm,
    InviteForm,
    PersonSearchForm,
    PrerequisiteForm,
    QuestionForm,
    ReasonForm,
    TransferForm,
)
from ..models import Application, ApplicationQuestion, Cohort, CohortInvitation, Course, Enrolment, Prerequisite
from ..permissions import can_change_course
from ..prerequisites import kinds
from ..windows import next_monday, propose

PER_PAGE = 50
FOUND = 20


def _cohort(request: HttpRequest, pk: int) -> Cohort:
    """Return a cohort that one organises, else ``Http404``."""
    cohorts = Cohort.objects.visible_to(request.user).select_related("course__item", "course__programme")
    cohort = get_object_or_404(cohorts, pk=pk)
    if not can_change_course(request.user, cohort.course):
        raise Http404
    return cohort


def _course(request: HttpRequest, key: str) -> Course:
    course = get_object_or_404(Course.objects.visible_to(request.user).select_related("item", "programme"), key=key)
    if not can_change_course(request.user, course):
        raise Http404
    return course


def _say(request: HttpRequest, act: Any, success: str, **answers: Any) -> bool:
    """Do an act and say what came of it; returns whether it was done."""
    try:
        act(actor=request.user, **answers)
    except DomainError as error:
        messages.error(request, str(error))
        return False
    messages.success(request, success)
    return True


@require_safe
@never_cache
@login_required
def cohort_desk(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything about who comes in, in one place. A constant number of queries."""
    cohort = _cohort(request, pk)
    people = cohort.enrolments.active().select_related("participant__user", "country")
    page = Paginator(people.order_by("participant__name", "pk"), PER_PAGE).get_page(request.GET.get("page"))
    applications = Application.objects.visible_to(request.user).filter(cohort=cohort)
    applications = applications.select_related("participant__country")
    invitations = CohortInvitation.objects.visible_to(request.user).filter(cohort=cohort)
    saw(request.user, [row.participant for row in page.object_list], "catalogue.view")
    return render(
        request,
        "catalogue/cohort_desk.html",
        {
            "cohort": cohort,
            "windows": cohort.windows.all(),
            "free": services.free_places(cohort),
            "page_obj": page,
            "sent": applications.filter(state=Application.State.SENT),
            "waiting": applications.waiting(),
            "decided": applications.exclude(state__in=Application.OPEN).order_by("-decided_at")[:10],
            "invitations": invitations[:PER_PAGE],
            "now": timezone.now(),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def cohort_application(request: HttpRequest, pk: int) -> HttpResponse:
    """What somebody wrote, and the decision."""
    found = get_object_or_404(
        Application.objects.visible_to(request.user).select_related(
            "cohort__course__item", "cohort__course__programme", "participant__country", "participant__user"
        ),
        pk=pk,
    )
    if not can_change_course(request.user, found.cohort.course):
        raise Http404
    form = ReasonForm(request.POST or None, initial={"reason": found.reason})
    if request.method == "POST" and form.is_valid():
        acts: dict[str, tuple[Any, dict[str, Any], str]] = {
            "accept": (services.accept, {}, _("%(name)s has a place.")),
            "wait": (services.put_on_waiting_list, form.cleaned_data, _("%(name)s is on the waiting list.")),
            "decline": (services.decline, form.cleaned_data, _("%(name)s was told of your decision.")),
        }
        act, answers, success = acts.get(request.POST.get("decision", ""), acts["wait"])
        try:
            act(actor=request.user, application=found, **answers)
        except services.CohortFull:
            form.add_error(None, _("All places are taken. Put the person on the waiting list, or add places."))
        except services.AnswerMissing as error:
            form.add_error("reason", str(error))
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, success % {"name": found.participant.name})
            return redirect("cohort_desk", pk=found.cohort_id)
    saw(request.user, [found.participant], "catalogue.view")
    context = {
        "application": found,
        "cohort": found.cohort,
        "form": form,
        "free": services.free_places(found.cohort),
        "own": found.participant.user_id == request.user.pk,
    }
    return render(request, "catalogue/cohort_application.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def cohort_invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Invite an address."""
    cohort = _cohort(request, pk)
    form = InviteForm(request.POST or None, initial={"language": cohort.language} if cohort.language else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.invite(actor=request.user, cohort=cohort, **form.cleaned_data)
        except DomainError as error:
            form.add_error("email", str(error))
        else:
            messages.success(request, _("The invitation to %(email)s is on its way.") % form.cleaned_data)
            return redirect("cohort_desk", pk=pk)
    return render(request, "catalogue/cohort_invite.html", {"cohort": cohort, "form": form})


@require_POST
@login_required
def cohort_invitation(request: HttpRequest, pk: int) -> HttpResponse:
    """Send an invitation again, or take it back."""
    found = get_object_or_404(CohortInvitation.objects.visible_to(request.user), pk=pk)
    if request.POST.get("act") == "cancel":
        _say(request, services.cancel_invitation, _("The invitation is taken back."), invitation=found)
    else:
        _say(request, services.send_again, _("The invitation is on its way once more."), invitation=found)
    return redirect("cohort_desk", pk=found.cohort_id)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def cohort_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Enrol somebody on their behalf: found among the people one sees, or written down now."""
    cohort = _cohort(request, pk)
    search = PersonSearchForm(request.GET)
    query = search.cleaned_data["q"].strip() if search.is_valid() else ""
    seen = Participant.objects.visible_to(request.user).present()
    form = RecordForm(request.POST if "name" in request.POST else None)
    if request.method == "POST" and "person" in request.POST:
        chosen = request.POST["person"]
        person = get_object_or_404(seen, pk=chosen if chosen.isdecimal() else None)
        if _say(
            request,
            services.enrol_for,
            _("%(name)s is enrolled.") % {"name": person.name},
            participant=person,
            cohort=cohort,
        ):
            return redirect("cohort_desk", pk=pk)
    elif form.is_bound and form.is_valid() and _write_down(request, cohort, form):
        return redirect("cohort_desk", pk=pk)
    people = []
    if query:
        match = Q(name__icontains=query) | Q(name_latin__icontains=query) | Q(email__iexact=query)
        people = list(seen.filter(match | Q(user__email__iexact=query)).select_related("country", "user")[:FOUND])
    inside = set(cohort.enrolments.active().filter(participant__in=people).values_list("participant", flat=True))
    context = {
        "cohort": cohort,
        "search": search,
        "query": query,
        "people": [{"person": person, "inside": person.pk in inside} for person in people],
        "form": form,
    }
    return render(request, "catalogue/cohort_add.html", context)


def _write_down(request: HttpRequest, cohort: Cohort, form: RecordForm) -> bool:
    """Write somebody down and enrol them, both or neither; with an address they get the activation mail."""
    try:
        with transaction.atomic():
            person = create_participant(actor=request.user, **form.details)
            services.enrol_for(actor=request.user, participant=person, cohort=cohort)
            if person.email:
                send_activation(participant=person, key=f"cohort-{cohort.pk}", place=str(cohort.course))
    except DomainError as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, _("%(name)s is enrolled.") % {"name": person.name})
    return True


def _enrolment(request: HttpRequest, pk: int) -> Enrolment:
    found = get_object_or_404(
        Enrolment.objects.visible_to(request.user)
        .active()
        .select_related("participant__user", "cohort__course__item", "cohort__course__programme"),
        pk=pk,
    )
    if not can_change_course(request.user, found.cohort.course) or found.participant.user_id == request.user.pk:
        raise Http404
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def enrolment_extend(request: HttpRequest, pk: int) -> HttpResponse:
    """Give somebody a last day of their own."""
    enrolment = _enrolment(request, pk)
    form = ExtendForm(request.POST or None, initial={"until": enrolment.deadline})
    if request.method == "POST" and form.is_valid():
        try:
            services.extend(actor=request.user, enrolment=enrolment, **form.cleaned_data)
        except DomainError as error:
            form.add_error("until", str(error))
        else:
            messages.success(request, _("The last day is kept."))
            return redirect("cohort_desk", pk=enrolment.cohort_id)
    context = {
        "enrolment": enrolment,
        "cohort": enrolment.cohort,
        "form": form,
        "title": _("Extend the time of one person"),
        "button": _("Keep"),
    }
    return render(request, "catalogue/enrolment_act.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def enrolment_transfer(request: HttpRequest, pk: int) -> HttpResponse:
    """Move somebody to another cohort of the course."""
    enrolment = _enrolment(request, pk)
    form = TransferForm(request.POST or None, enrolment=enrolment)
    if request.method == "POST" and form.is_valid():
        try:
            services.transfer(actor=request.user, enrolment=enrolment, **form.cleaned_data)
        except DomainError as error:
            form.add_error("cohort", str(error))
        else:
            messages.success(request, _("%(name)s has moved.") % {"name": enrolment.participant.name})
            return redirect("cohort_desk", pk=enrolment.cohort_id)
    context = {
        "enrolment": enrolment,
        "cohort": enrolment.cohort,
        "form": form,
        "title": _("Move to another cohort"),
        "button": _("Move"),
        "lead": _("What the person has earned goes along. A mail tells them."),
        "empty": not form.fields["cohort"].queryset.exists(),  # type: ignore[attr-defined]
    }
    return render(request, "catalogue/enrolment_act.html", context)


@require_safe
@never_cache
@login_required
def cohort_start(request: HttpRequest) -> HttpResponse:
    """Choose the course of a new cohort."""
    if not scope(request.user, Role.ORGANISER):
        raise Http404
    courses = Course.objects.visible_to(request.user).offered().select_related("item", "programme")
    mine = [course for course in courses if can_change_course(request.user, course)]
    return render(request, "catalogue/cohort_start.html", {"courses": mine})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def cohort_new(request: HttpRequest, key: str) -> HttpResponse:
    """A new cohort; its dates are proposed from its first day."""
    course = _course(request, key)
    first_day = FirstDayForm(request.GET if "first" in request.GET else None)
    first = next_monday(timezone.now().date())
    if first_day.is_bound and first_day.is_valid():
        first = first_day.cleaned_data["first"]
    elif not first_day.is_bound:
        first_day = FirstDayForm(initial={"first": first})
    cohort = Cohort(course=course)
    return _cohort_form(request, cohort, first_day=first_day, proposal=propose(first))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def cohort_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a cohort."""
    return _cohort_form(request, _cohort(request, pk))


def _cohort_form(request: HttpRequest, cohort: Cohort, *, first_day: Any = None, proposal: Any = None) -> HttpResponse:
    form = CohortForm(request.POST or None, instance=cohort, proposal=proposal)
    if request.method == "POST" and form.is_valid():
        try:
            saved = services.save_cohort(actor=request.user, cohort=form.save(commit=False), windows=form.windows)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The cohort is saved."))
            return redirect("cohort_desk", pk=saved.pk)
    context = {"cohort": cohort, "form": form, "first_day": first_day, "is_new": cohort.pk is None}
    return render(request, "catalogue/cohort_form.html", context)


@require_safe
@never_cache
@login_required
def course_entry(request: HttpRequest, key: str) -> HttpResponse:
    """What a course asks of applicants, and what goes before it."""
    course = _course(request, key)
    modules = [
        (str(entry.item_id), entry.title)
        for entry in course.syllabus.select_related("item")
        if entry.kind == entry.Kind.MODULE
    ]
    return _course_page(request, course, PrerequisiteForm(user=request.user, modules=modules), modules)


def _course_page(request: HttpRequest, course: Course, form: PrerequisiteForm, modules: Any) -> HttpResponse:
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
    course = _course(request, key)
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
    return _course_page(request, course, form, modules)


@require_POST
@login_required
def prerequisite_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for it no longer."""
    found = get_object_or_404(Prerequisite.objects.visible_to(request.user).select_related("course"), pk=pk)
    _say(request, services.remove_prerequisite, _("This is no longer asked for."), prerequisite=found)
    return redirect("course_entry", key=found.course.key)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def question_new(request: HttpRequest, key: str) -> HttpResponse:
    """A new question of the application form."""
    return _question_form(request, ApplicationQuestion(course=_course(request, key)))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
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
        _say(request, services.order_questions, _("The order is kept."), course=question.course, order=order)
    else:
        _say(request, services.retire_question, _("The question is off the form."), question=question)
    return redirect("course_entry", key=question.course.key)

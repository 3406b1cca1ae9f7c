"""What a course says about lessons and quizzes of its modules: who may read, until when attempts count, who marks."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from django.core.cache import cache
from django.db.models import CharField, Exists, F, OuterRef, Q, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse

from courses.participants.trail import saw
from institutions.models import Role
from institutions.roles import scope
from modules.assessments.models import Quiz
from modules.assessments.registry import AttemptContext, Whose

from .models import Cohort, Course, Enrolment, SyllabusEntry
from .prerequisites import before_quiz
from .querysets import organised

CLOSED_MODULES = "catalogue:closed-modules"


def forget_closed_modules(**kwargs: Any) -> None:
    """A course or a syllabus changed: ask the database again."""
    cache.delete(CLOSED_MODULES)


def needs_sign_in(module_key: uuid.UUID) -> bool:
    """Whether a module's lessons need a sign-in: when it is in courses and every one of them says so. Cached."""
    closed = cache.get(CLOSED_MODULES)
    if closed is None:
        says: dict[uuid.UUID, bool] = {}
        rows = Course.objects.offered().filter(syllabus__item__kind="module")
        for key, sign_in in rows.values_list("syllabus__item__key", "sign_in_to_read"):
            says[key] = says.get(key, True) and sign_in
        closed = {key for key, sign_in in says.items() if sign_in}
        cache.set(CLOSED_MODULES, closed, 300)
    return module_key in closed


def attempt_context(user: Any, quiz: Quiz) -> AttemptContext | None:
    """Say for which enrolment a quiz is taken, and when it closes: at the end of the last day, in the cohort's zone.

    The last day is the cohort's, or the person's own where an organiser extended it. A module that asks for
    something first keeps its quiz closed until then (``refused`` says why); its lessons stay open. Of several
    enrolments the one that closes last counts. Whoever has left every course with the quiz is held by the enrolment
    that ended last: leaving opens nothing, because the grade would count after enrolling again. ``None`` for somebody
    who was never enrolled.
    """
    mine = Enrolment.objects.filter(
        participant__user=user, cohort__course__syllabus__item=quiz.item.parent_id
    ).select_related("cohort")
    enrolments = list(mine.active()) or list(mine.order_by(F("withdrawn_at").desc(nulls_last=True), "-pk")[:1])
    best: AttemptContext | None = None
    for enrolment in enrolments:
        closes_at = enrolment.closes_at
        if best is None or closes_at is None or (best.closes_at is not None and closes_at > best.closes_at):
            best = AttemptContext(
                context=enrolment.context, opens_at=None, closes_at=closes_at, attempts_allowed=None, extra_minutes=0
            )
    if best is not None:
        refused = before_quiz(user, quiz.item.parent_id, [enrolment.cohort.course_id for enrolment in enrolments])
        best = replace(best, refused=refused)
    return best


def contexts(enrolments: Any) -> Any:
    """Return a queryset of the contexts that attempts for these enrolments carry: ``"enrolment:12"``."""
    return enrolments.annotate(name=Concat(Value("enrolment:"), Cast("pk", CharField()))).values("name")


def done_for(enrolments: Any) -> Q:
    """Return the ``Q`` of attempts for these enrolments and for those that became one of them, up to three steps back.

    An enrolment becomes another when an organiser moves somebody, or when two records of a person are made one. Each
    step is asked by itself, so that no table is read whole.
    """
    found = Q(context__in=contexts(enrolments))
    for _step in range(3):
        enrolments = Enrolment.objects.filter(transferred_to__in=enrolments.values("pk"))
        found |= Q(context__in=contexts(enrolments))
    return found


def moved_from(context: str) -> Q:
    """Attempts that use up those of an enrolment: done for it, or for what became it."""
    name = context.removeprefix("enrolment:")
    if not name.isdecimal():
        return Q(pk__in=[])
    return done_for(Enrolment.objects.filter(pk=name))


def marked_by(user: Any) -> Q:
    """Attempts that a person may mark: those done for enrolments in cohorts that they train or organise.

    Those of people who learn on their own are marked by who organises a course with the module, or everything.
    """
    enrolments = Enrolment.objects.filter(cohort__in=Cohort.objects.visible_to(user).values("pk"))
    alone = Q(context="")
    if not scope(user, Role.ORGANISER).everywhere:
        modules = SyllabusEntry.objects.visible_to(user).filter(item__isnull=False)
        alone &= Q(quiz__item__parent__in=modules.values("item"))
    return Q(context__in=contexts(enrolments)) | alone


def organised_learning(user: Any) -> Q:
    """Rows of a learner and a quiz, where the learner takes the quiz in a course that a person organises.

    Whoever has left every course with the quiz belongs still to who organises one of these; somebody who never was in
    one to who organises any course with the module.
    """
    ever = Enrolment.objects.filter(
        participant__user=OuterRef("learner"), cohort__course__syllabus__item=OuterRef("quiz__item__parent")
    )
    now, mine = ever.filter(state=Enrolment.State.ACTIVE), organised(user, "cohort__course")
    modules = SyllabusEntry.objects.visible_to(user).filter(item__isnull=False)
    left = ~Q(Exists(now)) & Q(Exists(ever.filter(mine)))
    alone = ~Q(Exists(ever)) & Q(quiz__item__parent__in=modules.values("item"))
    return Q(Exists(now.filter(mine))) | left | alone


def whose_answers(user: Any, contexts: Collection[str]) -> dict[str, Whose]:
    """Say to those who train or organise a cohort whose answers they mark; that they saw it is written down."""
    numbers = [name.removeprefix("enrolment:") for name in contexts if name.startswith("enrolment:")]
    enrolments = list(
        Enrolment.objects.visible_to(user)
        .filter(pk__in=[number for number in numbers if number.isdecimal()])
        .select_related("participant", "cohort__course__item")
    )
    saw(user, [enrolment.participant for enrolment in enrolments], "catalogue.view")
    return {
        enrolment.context: Whose(
            enrolment.participant.name,
            f"{enrolment.cohort.course}, {enrolment.cohort.title}",
            reverse("enrolment_standing", args=[enrolment.pk]),
        )
        for enrolment in enrolments
    }


def module_after(user: Any, key: uuid.UUID) -> uuid.UUID | None:
    """Return the module that follows in the syllabus of the course somebody is in, the newest enrolment first.

    ``None`` for somebody in no course with this module, and after its last one. Two queries.
    """
    if not user.is_authenticated:
        return None
    mine = Enrolment.objects.active().filter(participant__user=user, cohort__course__syllabus__item__key=key)
    course = mine.order_by("-enrolled_at").values_list("cohort__course", flat=True).first()
    if course is None:
        return None
    modules = SyllabusEntry.objects.filter(course=course, kind=SyllabusEntry.Kind.MODULE)
    keys = list(modules.values_list("item__key", flat=True))
    return next(iter(keys[keys.index(key) + 1 :]), None)

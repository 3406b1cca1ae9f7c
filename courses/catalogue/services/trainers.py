"""Who trains a cohort: named and released by those who organise its course."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from core import audit
from core.errors import DomainError
from institutions.models import Role, RoleAssignment
from jobs.services import queue_mail

from ..models import Cohort, CohortTrainer
from ..permissions import organises
from .courses import NotYourProgramme


class NotATrainer(DomainError):
    """The account does not hold the role of trainer for the programme of the course."""


class AlreadyTrains(DomainError):
    """The account is named on the cohort."""


def possible_trainers(cohort: Cohort) -> QuerySet[User]:
    """Return the accounts that hold the role of trainer today, for the cohort's programme or for all, by name."""
    everywhere = Q(programme__isnull=True, country__isnull=True, activity="")
    roles = RoleAssignment.objects.current().filter(role=Role.TRAINER)
    roles = roles.filter(everywhere | Q(programme=cohort.course.programme_id))
    return User.objects.filter(is_active=True, pk__in=roles.values("user")).order_by("name", "email")


@transaction.atomic
def name_trainer(*, actor: Any, cohort: Cohort, email: str) -> CohortTrainer:
    """Name a trainer by the address of their account, and write to them.

    Raises ``NotYourProgramme``, ``NotATrainer``, ``AlreadyTrains``.
    """
    _require(actor, cohort)
    user = possible_trainers(cohort).filter(email__iexact=email.strip()).first()
    if user is None:
        raise NotATrainer(
            _("No trainer of this programme has an account with this address. An organiser can give the role.")
        )
    trainer, created = CohortTrainer.objects.get_or_create(cohort=cohort, user=user)
    if not created:
        raise AlreadyTrains(_("%(name)s trains this cohort already.") % {"name": user})
    audit.record(actor=actor, action="catalogue.name_trainer", obj=cohort, user=user.pk)
    if actor is None or user.pk != actor.pk:
        queue_mail(
            key=f"trainer-named:{trainer.pk}",
            to=user.email,
            template="catalogue/mail/trainer_named",
            context={"name": user.name, "course": cohort.course, "cohort": cohort},
            language=user.language,
        )
    return trainer


@transaction.atomic
def release_trainer(*, actor: Any, trainer: CohortTrainer) -> None:
    """Take a trainer off a cohort; what they judged and wrote stays. Raises ``NotYourProgramme``."""
    _require(actor, trainer.cohort)
    audit.record(actor=actor, action="catalogue.release_trainer", obj=trainer.cohort, user=trainer.user_id)
    trainer.delete()


def _require(actor: Any, cohort: Cohort) -> None:
    if actor is not None and not organises(actor, cohort.course):
        raise NotYourProgramme(_("You organise other programmes. Choose one of your own."))

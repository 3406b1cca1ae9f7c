"""Who may do what with certificates. Nobody certifies, approves or re-issues for themselves."""

from __future__ import annotations

from typing import Any

from django.db import models

from core.permissions import ACTIVITY_ORGANISERS, ORGANISERS
from courses.catalogue.models import Cohort, Course
from courses.catalogue.permissions import organises as organises_course
from courses.participants.addresses import own_addresses
from courses.participants.models import Participant
from courses.participants.permissions import is_own, is_self
from courses.workshops.models import Workshop
from courses.workshops.permissions import organises as organises_workshop

from .models import Batch, Certificate

GROUP_PERMISSIONS = {
    ORGANISERS: [
        "add_certificatetemplate",
        "change_certificatetemplate",
        "view_certificatetemplate",
        "view_certificate",
        "view_batch",
    ],
    ACTIVITY_ORGANISERS: ["view_certificate", "view_batch"],
}


def can_issue(user: Any, subject: Cohort | Workshop | Course) -> bool:
    """Who organises it: its programme, or it alone."""
    if isinstance(subject, Workshop):
        return organises_workshop(user, subject)
    return organises_course(user, subject.course if isinstance(subject, Cohort) else subject)


def can_approve(user: Any, batch: Batch) -> bool:
    """Another organiser of the programme than the one who asked, who gets no certificate by it."""
    proved = own_addresses(user)
    return (
        can_issue(user, batch.subject)
        and batch.requested_by_id != user.pk
        and not any(
            is_own(user, person, proved)
            for person in Participant.objects.filter(pk__in=batch.participants).only("user", "email")
        )
    )


def can_end(user: Any, certificate: Certificate) -> bool:
    """Revoke or re-issue: organisers of the programme, never their own."""
    return can_issue(user, certificate.subject) and not is_own(user, certificate.participant)


def can_withdraw_name(user: Any, certificate: Certificate) -> bool:
    """The holder, or an organiser for a holder who asked for it."""
    return is_self(user, certificate.participant) or can_issue(user, certificate.subject)


def watched_jobs(user: Any) -> models.Q:
    """Q over jobs: those that issue certificates of programmes the user organises."""
    return models.Q(certificate_batch__in=Batch.objects.visible_to(user))

"""What people do with their record, and organisers with those of others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core import audit
from core.errors import DomainError
from institutions.models import Country, Organisation, Role, RoleAssignment
from institutions.permissions import organises_all
from institutions.services import grant_role, revoke_role
from jobs.services import queue_mail

from .models import Consent, DataNotice, FocalPointDesignation, Participant
from .names import has_letter, is_latin, tidy_name
from .permissions import (
    can_change_participant,
    can_confirm,
    can_create_participant,
    can_end,
    can_link_account,
    can_merge,
)

DETAILS = (
    "title",
    "name",
    "name_latin",
    "email",
    "language",
    "represents",
    "country",
    "organisation",
    "position",
    "stakeholder_group",
    "gender",
    "gender_own_words",
)


class NotYourRecord(DomainError):
    """Somebody else's record."""

    def __init__(self) -> None:
        super().__init__(_("You may not change this person’s record."))


class NameMissing(DomainError):
    """A name without a letter."""

    def __init__(self) -> None:
        super().__init__(_("A name needs at least one letter."))


class NameNotLatin(DomainError):
    """The Latin name holds other letters."""

    def __init__(self) -> None:
        super().__init__(_("Please write this name in Latin letters only."))


class AlreadyLinked(DomainError):
    """The record has an account, or the account a record."""

    def __init__(self) -> None:
        super().__init__(_("This record or this account is already linked to another. Merge the two records instead."))


class OwnAccount(DomainError):
    """Nobody takes over a record by themselves."""

    def __init__(self) -> None:
        super().__init__(_("You cannot link a record to your own account. Ask another organiser."))


class CannotMerge(DomainError):
    """The two records cannot become one."""


class WrongDesignation(DomainError):
    """A designation that does not hold together."""


class OwnDesignation(DomainError):
    """Nobody confirms themselves."""

    def __init__(self) -> None:
        super().__init__(_("You cannot confirm your own designation. Another organiser has to do it."))


class NotYourDesignation(DomainError):
    """Only organisers of all confirm; only they and the person end."""

    def __init__(self) -> None:
        super().__init__(_("Only organisers of all programmes can do this."))


def participant_of(user: Any) -> Participant | None:
    """Return the record of an account, or ``None``. Asks once per user object."""
    if not getattr(user, "is_authenticated", False):
        return None
    if "_campus_participant" not in user.__dict__:
        user.__dict__["_campus_participant"] = Participant.objects.filter(user_id=user.pk).first()
    return user.__dict__["_campus_participant"]


def forget_participant(user: Any) -> None:
    """Drop what ``participant_of`` remembers on this user object."""
    if user is not None:
        user.__dict__.pop("_campus_participant", None)


def _write(participant: Participant, data: Mapping[str, Any]) -> list[str]:
    """Set the details given; return the names of those that changed. Raises ``NameMissing``, ``NameNotLatin``."""
    if unknown := set(data) - set(DETAILS):
        raise TypeError(f"Not details of a person: {sorted(unknown)}")
    changed = []
    for name, value in data.items():
        if name in ("name", "name_latin", "title", "organisation", "position", "gender_own_words"):
            value = tidy_name(value or "")
        if name == "country" and isinstance(value, str):
            value = Country.objects.get(pk=value) if value else None
        if getattr(participant, name) != value:
            setattr(participant, name, value)
            changed.append(name)
    if not has_letter(participant.name):
        raise NameMissing
    if not is_latin(participant.name_latin):
        raise NameNotLatin
    return changed


@transaction.atomic
def save_details(*, actor: Any, user: Any, data: Mapping[str, Any]) -> Participant:
    """Create or update the record of ``user``'s own account.

    ``data`` holds any of ``DETAILS``. The audit entry names the fields, not what was written. Raises
    ``NotYourRecord`` unless the actor is that user or the system (``None``).
    """
    if actor is not None and actor.pk != user.pk:
        raise NotYourRecord
    participant = Participant.objects.select_for_update().filter(user_id=user.pk).first()
    if participant is None:
        participant = Participant(
            user=user, email=user.email, language=user.language or get_language() or "", created_by=user
        )
    new = participant.pk is None
    changed = _write(participant, data)
    if new or changed:
        participant.save()
        action = "participants.create" if new else "participants.change"
        audit.record(actor=actor, action=action, obj=participant, changed=changed)
    if not user.name:
        user.name = participant.name
        user.save(update_fields=["name"])
    forget_participant(user)
    return participant


@transaction.atomic
def create_participant(*, actor: Any, **fields: Any) -> Participant:
    """Write down a person without an account. ``fields`` are ``DETAILS``; a name is enough.

    Raises ``NotYourRecord`` when the actor is neither organiser nor trainer.
    """
    if actor is not None and not can_create_participant(actor):
        raise NotYourRecord
    participant = Participant(created_by=actor)
    _write(participant, fields)
    participant.save()
    audit.record(actor=actor, action="participants.create", obj=participant)
    return participant


@transaction.atomic
def change_participant(*, actor: Any, participant: Participant, **fields: Any) -> Participant:
    """Change somebody's record. Raises ``NotYourRecord`` when the actor may not."""
    if actor is not None and not can_change_participant(actor, participant):
        raise NotYourRecord
    if changed := _write(participant, fields):
        participant.save()
        audit.record(actor=actor, action="participants.change", obj=participant, changed=changed)
    return participant


@transaction.atomic
def set_consents(*, actor: Any, participant: Participant, purposes: Iterable[str]) -> None:
    """Give the consents named and take back the others. Only the person may; refusing never closes a door."""
    if actor is not None and participant.user_id != actor.pk:
        raise NotYourRecord
    wanted = set(purposes)
    held = {
        consent.purpose: consent
        for consent in Consent.objects.filter(participant=participant, withdrawn_at__isnull=True)
    }
    taken_back = [consent.pk for purpose, consent in held.items() if purpose not in wanted]
    given = sorted(wanted - set(held))
    Consent.objects.filter(pk__in=taken_back).update(withdrawn_at=timezone.now())
    notice = DataNotice.objects.in_force().first()
    Consent.objects.bulk_create([Consent(participant=participant, purpose=purpose, notice=notice) for purpose in given])
    if given or taken_back:
        audit.record(
            actor=actor,
            action="participants.consent",
            obj=participant,
            given=given,
            withdrawn=sorted(set(held) - wanted),
        )


def give_consent(*, actor: Any, participant: Participant, purpose: str) -> None:
    """Give one consent; the others stay as they are. Raises ``NotYourRecord``."""
    set_consents(actor=actor, participant=participant, purposes={*_standing(participant), purpose})


def withdraw_consent(*, actor: Any, participant: Participant, purpose: str) -> None:
    """Take back one consent, with effect from now. Raises ``NotYourRecord``."""
    set_consents(actor=actor, participant=participant, purposes=_standing(participant) - {purpose})


def _standing(participant: Participant) -> set[str]:
    return set(participant.consents.standing().values_list("purpose", flat=True))


@transaction.atomic
def link_account(*, actor: Any, participant: Participant, user: Any) -> Participant:
    """Give a record that an organiser wrote down to the account of that person.

    Confirmed designations begin to give rights. Raises ``OwnAccount``, ``NotYourRecord``, ``AlreadyLinked``.
    """
    if actor is not None and actor.pk == user.pk:
        raise OwnAccount
    participant = Participant.objects.select_for_update().get(pk=participant.pk)
    if participant.user_id or participant.merged_into_id or Participant.objects.filter(user_id=user.pk).exists():
        raise AlreadyLinked
    if actor is not None and not can_link_account(actor, participant):
        raise NotYourRecord
    participant.user = user
    participant.save(update_fields=["user"])
    forget_participant(user)
    audit.record(actor=actor, action="participants.link_account", obj=participant, user=user.pk)
    _refresh_roles(participant)
    return participant


# --- Merging ------------------------------------------------------------------------------

# Higher rooms say what happens when both records have a row of which there can be only one.
_reconcilers: dict[str, Callable[[Any, Any], None]] = {}


def register_reconciler(label: str, reconcile: Callable[[Any, Any], None]) -> None:
    """Register ``reconcile(kept, other)`` for a model (``"catalogue.Enrolment"``) with one row per participant.

    Called in the transaction of a merge when both records have such a row: bring what matters of
    ``other`` into ``kept``, and put ``other`` out of use or delete it. Without one, ``other`` stays
    with the merged record.
    """
    _reconcilers[label.lower()] = reconcile


def _conflicting(row: models.Model, field: str, into: Participant) -> models.Model | None:
    """Return the row of ``into`` that stands in the way of moving ``row`` to it."""
    kind = type(row)
    for constraint in kind._meta.constraints:
        if not isinstance(constraint, models.UniqueConstraint) or field not in constraint.fields:
            continue
        same = {name: getattr(row, name) for name in constraint.fields if name != field}
        found = kind._default_manager.filter(**same, **{field: into})
        if constraint.condition is not None:
            found = found.filter(constraint.condition)
        if other := found.first():
            return other
    return None


def _move(source: Participant, into: Participant) -> dict[str, dict[str, int]]:
    """Move every row that points to ``source``; return counts per model for the audit entry."""
    counts: dict[str, dict[str, int]] = {}
    for relation in Participant._meta.related_objects:
        kind, field = relation.related_model, relation.field.name
        for row in kind._default_manager.filter(**{field: source}).order_by("pk"):  # type: ignore[union-attr]
            try:
                with transaction.atomic():
                    kind._default_manager.filter(pk=row.pk).update(**{field: into})  # type: ignore[union-attr]
                outcome = "moved"
            except IntegrityError:
                kept = _conflicting(row, field, into)
                reconcile = _reconcilers.get(kind._meta.label_lower)  # type: ignore[union-attr]
                outcome = "left"
                if kept is not None and reconcile is not None:
                    reconcile(kept, row)
                    outcome = "reconciled"
            tally = counts.setdefault(kind._meta.label_lower, {})  # type: ignore[union-attr]
            tally[outcome] = tally.get(outcome, 0) + 1
    return counts


@transaction.atomic
def merge_participants(*, actor: Any, source: Participant, into: Participant) -> Participant:
    """Make two records of one person one: everything of ``source`` goes to ``into``, which is returned.

    ``source`` stays, marked as merged, so that old references still read. Empty details of ``into``
    are filled; what is written there is not overwritten. Raises ``NotYourRecord`` or ``CannotMerge``.
    """
    rows = {row.pk: row for row in Participant.objects.select_for_update().filter(pk__in=[source.pk, into.pk])}
    if source.pk == into.pk:
        raise CannotMerge(_("Choose two different records."))
    source, into = rows[source.pk], rows[into.pk]
    if actor is not None and not (can_merge(actor, source) and can_merge(actor, into)):
        raise NotYourRecord
    if source.merged_into_id or into.merged_into_id:
        raise CannotMerge(_("One of these records is already merged into another."))
    if source.user_id and into.user_id:
        raise CannotMerge(_("Both records have an account. Close one of the accounts first."))
    if actor is not None and actor.pk in (source.user_id, into.user_id):
        raise CannotMerge(_("You cannot merge your own record. Ask another organiser."))
    account = source.user
    moved = _move(source, into)
    source.user, source.merged_into = None, into
    source.save(update_fields=["user", "merged_into"])
    filled = [name for name in DETAILS if not getattr(into, name) and getattr(source, name)]
    for name in filled:
        setattr(into, name, getattr(source, name))
    if account is not None:
        into.user = account
    into.save()
    forget_participant(account)
    audit.record(actor=actor, action="participants.merge", obj=into, source=source.pk, moved=moved, filled=filled)
    _refresh_roles(into)
    return into


# --- Focal points -------------------------------------------------------------------------


@transaction.atomic
def claim_designation(
    *,
    actor: Any,
    participant: Participant,
    treaty: str,
    country: Country | None = None,
    body: Organisation | None = None,
    starts_on: date,
    ends_on: date | None = None,
    evidence: str = "",
) -> FocalPointDesignation:
    """Say that somebody is focal point. Gives no rights until an organiser has confirmed it.

    Raises ``NotYourDesignation`` or ``WrongDesignation``.
    """
    if actor is not None and participant.user_id != actor.pk and not organises_all(actor):
        raise NotYourDesignation
    if (country is None) == (body is None):
        raise WrongDesignation(_("Choose either a country or a body."))
    if ends_on is not None and ends_on < starts_on:
        raise WrongDesignation(_("The last day must not lie before the first."))
    same = FocalPointDesignation.objects.filter(participant=participant, treaty=treaty, country=country, body=body)
    overlapping = same.filter(models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=starts_on))
    if ends_on is not None:
        overlapping = overlapping.filter(starts_on__lte=ends_on)
    if overlapping.exists():
        raise WrongDesignation(_("This designation is already written down for these dates."))
    designation = FocalPointDesignation.objects.create(
        participant=participant,
        treaty=treaty,
        country=country,
        body=body,
        starts_on=starts_on,
        ends_on=ends_on,
        evidence=evidence,
    )
    audit.record(actor=actor, action="participants.claim_designation", obj=designation)
    return designation


@transaction.atomic
def confirm_designation(*, actor: Any, designation: FocalPointDesignation) -> FocalPointDesignation:
    """Confirm a designation: from its first day the person's account is focal point of the country.

    ``actor`` is an organiser of all, or ``None`` for the system. Confirming twice changes nothing.
    Raises ``OwnDesignation`` or ``NotYourDesignation``.
    """
    designation = FocalPointDesignation.objects.select_for_update().select_related("participant").get(pk=designation.pk)
    if actor is not None and designation.participant.user_id == actor.pk:
        raise OwnDesignation
    if actor is not None and not can_confirm(actor, designation):
        raise NotYourDesignation
    if designation.is_confirmed:
        return designation
    designation.confirmed_at, designation.confirmed_by = timezone.now(), actor
    designation.save(update_fields=["confirmed_at", "confirmed_by"])
    audit.record(actor=actor, action="participants.confirm_designation", obj=designation)
    _refresh_role(designation.participant, designation.country_id)
    _tell_of_confirmation(designation)
    return designation


def _tell_of_confirmation(designation: FocalPointDesignation) -> None:
    participant = designation.participant
    user = participant.user
    address = user.email if user is not None else participant.email
    if not address:
        return
    language = (user.language if user is not None else "") or participant.language or settings.LANGUAGE_CODE
    with translation.override(language):
        url = settings.BASE_URL + reverse("participant_profile")
        place = str(designation.country or designation.body)
    queue_mail(
        key=f"designation-confirmed:{designation.pk}",
        to=address,
        template="participants/mail/designation_confirmed",
        context={"name": participant.name, "designation": designation, "place": place, "url": url},
        language=language,
    )


@transaction.atomic
def end_designation(*, actor: Any, designation: FocalPointDesignation, ends_on: date) -> FocalPointDesignation:
    """End a designation on a day; the role ends with it. Raises ``NotYourDesignation`` or ``WrongDesignation``."""
    designation = FocalPointDesignation.objects.select_for_update().select_related("participant").get(pk=designation.pk)
    if actor is not None and not can_end(actor, designation):
        raise NotYourDesignation
    if ends_on < designation.starts_on:
        raise WrongDesignation(_("The last day must not lie before the first."))
    if designation.ends_on is not None and ends_on > designation.ends_on:
        raise WrongDesignation(_("This designation ends earlier. Write down a new one instead."))
    designation.ends_on = ends_on
    designation.save(update_fields=["ends_on"])
    audit.record(actor=actor, action="participants.end_designation", obj=designation, ends_on=ends_on.isoformat())
    _refresh_role(designation.participant, designation.country_id)
    return designation


@transaction.atomic
def remove_claim(*, actor: Any, designation: FocalPointDesignation) -> None:
    """Take back or refuse a designation that was never confirmed. A confirmed one is ended, not removed."""
    if actor is not None and not can_end(actor, designation):
        raise NotYourDesignation
    if designation.is_confirmed:
        raise WrongDesignation(_("A confirmed designation cannot be removed; end it instead."))
    audit.record(actor=actor, action="participants.remove_claim", obj=designation)
    designation.delete()


def _refresh_roles(participant: Participant) -> None:
    countries = participant.designations.filter(confirmed_at__isnull=False, country__isnull=False)
    for country_id in set(countries.values_list("country_id", flat=True)):
        _refresh_role(participant, country_id)


def _refresh_role(participant: Participant, country_id: str | None) -> None:
    """Make the account's role as focal point of a country follow its confirmed designations.

    The role covers the designations that are not over and touch each other, beginning with the
    earliest; a later one after a gap takes its turn when ``refresh_due_roles`` runs.
    """
    user = participant.user
    if user is None or country_id is None:
        return
    today = timezone.now().date()
    periods = sorted(
        participant.designations.filter(confirmed_at__isnull=False, country_id=country_id)
        .filter(models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=today))
        .values_list("starts_on", "ends_on"),
        key=lambda period: period[0],
    )
    held = RoleAssignment.objects.filter(user=user, role=Role.FOCAL_POINT, country_id=country_id).first()
    if not periods:
        if held is not None:
            revoke_role(actor=None, assignment=held)
        return
    starts_on, ends_on = periods[0]
    for starts, ends in periods[1:]:
        if ends_on is not None and starts <= ends_on + timedelta(days=1):
            ends_on = None if ends is None else max(ends, ends_on)
    if held is None or (held.starts_on, held.ends_on) != (starts_on, ends_on):
        grant_role(
            actor=None, user=user, role=Role.FOCAL_POINT, country_id=country_id, starts_on=starts_on, ends_on=ends_on
        )


def refresh_due_roles() -> int:
    """Let roles follow designations that began or ended by the passing of time; return how many were looked at."""
    yesterday = timezone.now().date() - timedelta(days=1)
    due = FocalPointDesignation.objects.filter(
        models.Q(ends_on=yesterday) | models.Q(starts_on=yesterday + timedelta(days=1)),
        confirmed_at__isnull=False,
        country__isnull=False,
        participant__user__isnull=False,
    ).select_related("participant__user")
    count = 0
    for designation in due:
        with transaction.atomic():
            _refresh_role(designation.participant, designation.country_id)
        count += 1
    return count

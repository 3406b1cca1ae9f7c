"""The person, apart from the account, and focal-point designations."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from institutions.models import Country, Organisation, Treaty

from ..fields import NameKeyField
from ..matching import ends_of, key_of
from ..querysets import DesignationQuerySet, ParticipantQuerySet


class Represents(models.TextChoices):
    """For whom somebody takes part."""

    GOVERNMENT = "government", _("A government")
    ORGANISATION = "organisation", _("An organisation")
    IPLC = "iplc", _("An indigenous people or local community")
    NOBODY = "nobody", _("Nobody but myself")


class StakeholderGroup(models.TextChoices):
    """Which part of society somebody comes from."""

    GOVERNMENT = "government", _("Government")
    IPLC = "iplc", _("Indigenous peoples and local communities")
    ACADEMIA = "academia", _("Research and education")
    BUSINESS = "business", _("Business and industry")
    NGO = "ngo", _("Non-governmental organisation")
    INTERGOVERNMENTAL = "igo", _("Intergovernmental organisation")
    LEGAL = "legal", _("Legal profession")
    OTHER = "other", _("Other")


class Gender(models.TextChoices):
    """As the person says."""

    WOMAN = "woman", _("Woman")
    MAN = "man", _("Man")
    OWN_WORDS = "own", _("In my own words")
    UNDISCLOSED = "undisclosed", _("I prefer not to say")


class Representation(models.Model):
    """For whom and from where somebody takes part.

    On a participant it is how things are; copied to each enrolment and registration it stays as it was then.
    """

    represents = models.CharField(_("takes part for"), max_length=20, choices=Represents.choices, blank=True)
    country = models.ForeignKey(
        Country, verbose_name=_("country"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    organisation = models.CharField(_("organisation"), max_length=200, blank=True)
    position = models.CharField(_("position"), max_length=200, blank=True)
    stakeholder_group = models.CharField(
        _("stakeholder group"), max_length=20, choices=StakeholderGroup.choices, blank=True
    )

    class Meta:
        abstract = True


REPRESENTATION_FIELDS = ("represents", "country_id", "organisation", "position", "stakeholder_group")


class Participant(Representation):
    """A person who takes part, with or without an account or an e-mail address of their own.

    ``email`` may be shared with others (an office address), so it never identifies anybody.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("account"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="participant",
    )
    name = models.CharField(
        _("full name"), max_length=200, help_text=_("In your own script, as it shall stand on certificates.")
    )
    name_latin = models.CharField(
        _("full name in Latin letters"), max_length=200, blank=True, help_text=_("As in your passport.")
    )
    title = models.CharField(
        pgettext_lazy("form of address", "title"),
        max_length=60,
        blank=True,
        help_text=_("For example Dr or Ms. May stay empty."),
    )
    email = models.EmailField(_("e-mail address"), max_length=254, blank=True)
    gender = models.CharField(_("gender"), max_length=12, choices=Gender.choices, blank=True)
    gender_own_words = models.CharField(_("gender in own words"), max_length=60, blank=True)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, blank=True)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    created_at = models.DateTimeField(auto_now_add=True)
    # By these a list that is imported finds people again, whatever the order, case and accents of a name.
    name_key = NameKeyField(source="name", form=key_of)
    name_ends = NameKeyField(source="name", form=ends_of)
    latin_key = NameKeyField(source="name_latin", form=key_of)
    latin_ends = NameKeyField(source="name_latin", form=ends_of)
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ParticipantQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        indexes = [models.Index(Lower("email"), name="participant_email")]
        verbose_name = _("participant")
        verbose_name_plural = _("participants")

    def __str__(self) -> str:
        return self.name


class FocalPointDesignation(models.Model):
    """A person is focal point of a country, or of a body, for a treaty, from one day to another.

    It gives rights only once an organiser has confirmed it.
    """

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="designations")
    treaty = models.CharField(_("treaty"), max_length=20, choices=Treaty.choices)
    country = models.ForeignKey(Country, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    body = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    evidence = models.CharField(
        _("evidence"), max_length=300, blank=True, help_text=_("For example the number of the letter of designation.")
    )
    created_at = models.DateTimeField(auto_now_add=True)
    confirmed_at = models.DateTimeField(null=True, blank=True, editable=False)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )

    objects = DesignationQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "id"]
        verbose_name = _("focal-point designation")
        verbose_name_plural = _("focal-point designations")
        constraints = [
            models.CheckConstraint(
                name="designation_country_or_body",
                condition=models.Q(country__isnull=False, body__isnull=True)
                | models.Q(country__isnull=True, body__isnull=False),
            ),
            models.CheckConstraint(
                name="designation_ends_after_start",
                condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=models.F("starts_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.participant}, {self.get_treaty_display()}, {self.country or self.body}"

    @property
    def is_confirmed(self) -> bool:
        return self.confirmed_at is not None

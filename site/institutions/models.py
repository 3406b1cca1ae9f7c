"""Countries, organisations, programmes, and who holds which role where."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from core.languages import best_title

from .activities import title_of
from .names import country_name
from .querysets import OrganisationQuerySet, ProgrammeQuerySet, RoleAssignmentQuerySet


class Region(models.TextChoices):
    """The CBD regional groups."""

    AFRICA = "africa", _("Africa")
    ASIA_PACIFIC = "asia-pacific", _("Asia and the Pacific")
    CEE = "cee", _("Central and Eastern Europe")
    GRULAC = "grulac", _("Latin America and the Caribbean")
    WEOG = "weog", _("Western Europe and Others")


class Treaty(models.TextChoices):
    """The treaties whose focal points work with the platform."""

    CBD = "cbd", _("Convention on Biological Diversity")
    NAGOYA = "nagoya", _("Nagoya Protocol")
    CARTAGENA = "cartagena", _("Cartagena Protocol")
    PLANT_TREATY = "plant-treaty", _("International Treaty on Plant Genetic Resources for Food and Agriculture")


class Country(models.Model):
    """A country or the European Union, from ``data/regions.csv`` (loaded after every migrate)."""

    iso2 = models.CharField(max_length=2, primary_key=True)
    iso3 = models.CharField(max_length=3, unique=True)
    name = models.CharField(max_length=100)
    region = models.CharField(max_length=20, choices=Region.choices)
    un_group = models.CharField(max_length=40)
    is_ldc = models.BooleanField(default=False)
    is_sids = models.BooleanField(default=False)
    is_lldc = models.BooleanField(default=False)

    class Meta:
        ordering = ["name"]
        verbose_name = _("country")
        verbose_name_plural = _("countries")

    def __str__(self) -> str:
        return self.name_in(get_language() or "en")

    def name_in(self, language: str) -> str:
        """Return the country's name in a language of the platform (CLDR), else the English one."""
        return country_name(self.iso2, language) or self.name


class Organisation(models.Model):
    """A secretariat, ministry, university, donor or company that organises, funds or sends people."""

    class Kind(models.TextChoices):
        SECRETARIAT = "secretariat", _("Treaty secretariat or UN body")
        GOVERNMENT = "government", _("Government")
        REGIONAL = "regional", _("Regional organisation")
        ACADEMIA = "academia", _("University or research body")
        NGO = "ngo", _("Non-governmental organisation")
        IPLC = "iplc", _("Organisation of indigenous peoples or local communities")
        BUSINESS = "business", _("Business")
        DONOR = "donor", _("Donor")

    name = models.CharField(pgettext_lazy("organisation", "name"), max_length=200, unique=True)
    acronym = models.CharField(_("acronym"), max_length=30, blank=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    country = models.ForeignKey(Country, null=True, blank=True, on_delete=models.PROTECT, related_name="organisations")
    website = models.URLField(_("website"), blank=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")

    def __str__(self) -> str:
        return self.name


class ActivityRole(models.TextChoices):
    """What an organisation does for a programme, course or workshop."""

    ORGANISER = "organiser", _("Organiser")
    HOST = "host", _("Host")
    FUNDER = "funder", _("Funder")
    PARTNER = "partner", _("Partner")


class ActivityOrganisation(models.Model):
    """An organisation with its role in one activity; a subclass adds the activity."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(_("role"), max_length=20, choices=ActivityRole.choices)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return f"{self.organisation} ({self.get_role_display()})"


class Programme(models.Model):
    """A body of work under which courses and workshops are run; the scope of an organiser."""

    key = models.SlugField(_("key"), max_length=60, unique=True)
    titles = models.JSONField(_("titles"), default=dict, help_text=_("Title by language code"))
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        ordering = ["key"]
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")

    def __str__(self) -> str:
        return best_title(self.titles) or self.key


class ProgrammeOrganisation(ActivityOrganisation):
    """Who organises, hosts, funds or partners a programme."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="organisations")


class Role(models.TextChoices):
    """What a person may be beside a learner, which everybody with an account is."""

    TRAINER = "trainer", _("Trainer")
    ORGANISER = "organiser", _("Organiser")
    FOCAL_POINT = "focal-point", _("Focal point")
    EDITOR = "editor", _("Editor")


class RoleAssignment(models.Model):
    """A role of an account: for a programme, a country, one activity, or for all when these are empty.

    Roles add up. A trainer's assignment opens the trainer's tools; which workshops and cohorts are
    theirs is said on these. A focal point's always names a country. An organiser can be limited to one
    ``activity``, ``"course:12"`` or ``"workshop:7"``: higher rooms say what these are (``activities.py``).
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("account"),
        on_delete=models.CASCADE,
        related_name="role_assignments",
    )
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    programme = models.ForeignKey(
        Programme, null=True, blank=True, on_delete=models.CASCADE, related_name="role_assignments"
    )
    country = models.ForeignKey(Country, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    activity = models.CharField(_("only for"), max_length=60, blank=True)
    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("until"), null=True, blank=True)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    granted_at = models.DateTimeField(auto_now_add=True)

    objects = RoleAssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("role assignment")
        verbose_name_plural = _("role assignments")
        constraints = [
            models.CheckConstraint(
                name="focal_point_has_country",
                condition=~models.Q(role="focal-point") | models.Q(country__isnull=False),
            ),
            models.CheckConstraint(
                name="role_for_programme_or_country",
                condition=models.Q(programme__isnull=True) | models.Q(country__isnull=True),
            ),
            models.CheckConstraint(
                name="activity_of_an_organiser_alone",
                condition=models.Q(activity="")
                | models.Q(role="organiser", programme__isnull=True, country__isnull=True),
            ),
            models.CheckConstraint(
                name="role_ends_after_start",
                condition=models.Q(starts_on__isnull=True)
                | models.Q(ends_on__isnull=True)
                | models.Q(ends_on__gte=models.F("starts_on")),
            ),
            models.UniqueConstraint(
                name="role_everywhere_once",
                fields=["user", "role"],
                condition=models.Q(programme__isnull=True, country__isnull=True, activity=""),
            ),
            models.UniqueConstraint(
                name="role_activity_once",
                fields=["user", "role", "activity"],
                condition=~models.Q(activity=""),
            ),
            models.UniqueConstraint(
                name="role_programme_once",
                fields=["user", "role", "programme"],
                condition=models.Q(programme__isnull=False),
            ),
            models.UniqueConstraint(
                name="role_country_once",
                fields=["user", "role", "country"],
                condition=models.Q(country__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        where = self.programme or self.country or self.activity_title
        return f"{self.get_role_display()}, {where}" if where else str(self.get_role_display())

    @property
    def activity_title(self) -> str:
        """The title of the one activity that an organiser is limited to."""
        return title_of(self.activity) if self.activity else ""

    activity_title.fget.short_description = _("only for")  # type: ignore[attr-defined]

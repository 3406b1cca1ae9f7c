"""The person, apart from the account; focal-point designations; consent."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.languages import best_text
from core.models import LanguageText
from institutions.models import Country, Organisation, Programme, Treaty
from jobs.models import Job

from .fields import NameKeyField
from .matching import ends_of, key_of
from .querysets import (
    ConsentQuerySet,
    DataNoticeQuerySet,
    DesignationQuerySet,
    MergeQuerySet,
    ParticipantQuerySet,
    PeopleImportQuerySet,
    ToldApartQuerySet,
)


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

    def representation(self) -> dict[str, object]:
        """Return the fields to copy to an enrolment or registration."""
        return {name: getattr(self, name) for name in REPRESENTATION_FIELDS}


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


class DataNotice(models.Model):  # type: ignore[django-manager-missing]
    """A version of the data notice: what we hold of people and why. Once somebody was shown it, it never changes."""

    version = models.PositiveIntegerField(_("version"), unique=True, editable=False)
    published_on = models.DateField(_("in force from"))

    objects = DataNoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-version"]
        verbose_name = _("data notice")
        verbose_name_plural = _("data notices")

    def __str__(self) -> str:
        return str(_("Version %(number)s") % {"number": self.version})

    def text_in(self, language: str | None = None) -> DataNoticeText | None:
        """The words in a language with fallback; prefetch ``texts`` in lists."""
        return best_text(self.texts.all(), asked=language)


class DataNoticeText(LanguageText):
    """A notice's words in one language: a short version, and the whole. Paragraphs are parted by empty lines."""

    record = models.ForeignKey(DataNotice, on_delete=models.CASCADE, related_name="texts")
    summary = models.TextField(_("in short"))
    text = models.TextField(_("the whole notice"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "language"], name="notice_text_once")]

    def __str__(self) -> str:
        return f"{self.record_id} {self.language}"


class NoticeReceipt(models.Model):
    """Somebody was shown a version of the notice and said so."""

    notice = models.ForeignKey(DataNotice, on_delete=models.PROTECT, related_name="receipts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notice_receipts")
    language = models.CharField(max_length=10, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-at"]
        constraints = [models.UniqueConstraint(fields=["notice", "user"], name="notice_receipt_once")]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.user_id}"


class Consent(models.Model):
    """An optional consent that a person gave or took back; refusing never closes a door."""

    class Purpose(models.TextChoices):
        DIRECTORY = "directory", _("Other participants of my cohort may see my name and organisation")
        NEWS = "news", _("Write to me about new courses and workshops")
        FOLLOW_UP = "follow-up", _("Ask me later how I use what I learned")

    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    notice = models.ForeignKey(DataNotice, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        ordering = ["-given_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["participant", "purpose"], condition=models.Q(withdrawn_at__isnull=True), name="consent_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.participant_id} {self.purpose}"


def private_storage():  # type: ignore[no-untyped-def]
    """The storage whose files only our views hand out."""
    return storages["private"]


class ColumnChoice(models.Model):
    """What a heading meant in the lists of a programme; empty: its column was left out on purpose."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="+")
    heading = models.CharField(max_length=200, help_text="as imports.columns.plain has it")
    column = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["programme", "heading"], name="heading_once_per_programme")]

    def __str__(self) -> str:
        return f"{self.heading}: {self.column}"


class PeopleImport(models.Model):
    """A list of people that an organiser brings in: looked at first, written when confirmed.

    ``destination`` names what the people are brought to (``cohort:12``; a higher room knows what it is).
    The file goes when the work is over; the rows stay until ``tasks.forget_imports``.
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("Columns to be chosen")
        CHECKING = "checking", _("Being checked")
        CHECKED = "checked", _("Waits for your confirmation")
        WRITING = "writing", _("Being written")
        DONE = "done", _("Imported")
        CANCELLED = "cancelled", _("Given up")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    destination = models.CharField(max_length=60, blank=True)
    file = models.FileField(storage=private_storage, upload_to="imports/", blank=True)
    file_name = models.CharField(max_length=200)
    kind = models.CharField(max_length=4)
    encoding = models.CharField(max_length=20, blank=True)
    headings = models.JSONField(default=list)
    mapping = models.JSONField(default=dict, help_text="place of the column: what it holds")
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, blank=True)
    only_good = models.BooleanField(default=False)
    state = models.CharField(max_length=12, choices=State.choices, default=State.UPLOADED)
    check_job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    write_job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    mail_job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    objects = PeopleImportQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("import of people")
        verbose_name_plural = _("imports of people")

    def __str__(self) -> str:
        return self.file_name


class ImportRow(models.Model):
    """One row of a list: what it says, what is wrong, whom it may be, what came of it.

    ``decision`` is a person's answer where matching was unsure: ``new``, ``skip``, or a candidate's reference
    (``person:12``, ``account:7``).
    """

    class Verdict(models.TextChoices):
        BAD = "bad", _("With a problem")
        NEW = "new", _("New")
        UNSURE = "unsure", _("Perhaps known")
        SURE = "sure", _("Known")

    class Outcome(models.TextChoices):
        WAITING = "waiting", _("Not written yet")
        CREATED = "created", _("Written down")
        FOUND = "found", _("Known before")
        LEFT_OUT = "left-out", pgettext_lazy("row of a list", "Left out")

    batch = models.ForeignKey(PeopleImport, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField(help_text="as a spreadsheet program shows it")
    cells = models.JSONField(default=list)
    data = models.JSONField(default=dict)
    problems = models.JSONField(default=list)
    fingerprint = models.CharField(max_length=300, blank=True, help_text="the name as matching.key_of has it")
    address = models.CharField(max_length=254, blank=True, help_text="in lower case")
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    matches = models.JSONField(default=list)
    decision = models.CharField(max_length=40, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.WAITING)
    brought = models.BooleanField(default=False, help_text="to the destination")
    participant = models.ForeignKey(
        Participant, null=True, blank=True, on_delete=models.SET_NULL, related_name="import_rows"
    )

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="import_row_once")]
        indexes = [
            models.Index(fields=["batch", "verdict", "number"], name="import_row_verdict"),
            models.Index(fields=["batch", "fingerprint"], name="import_row_fingerprint"),
            models.Index(fields=["batch", "address"], name="import_row_address"),
            models.Index(fields=["batch", "outcome", "number"], name="import_row_outcome"),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}:{self.number}"


class Merge(models.Model):
    """Two records of one person were made one. ``changes`` lists what was moved and written, for undoing it.

    After ``services.UNDO_DAYS`` days, or when the person is erased, ``changes`` is emptied: it holds what the
    records said before.
    """

    source = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="+")
    into = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="+")
    changes = models.JSONField(default=dict)
    merged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    merged_at = models.DateTimeField(auto_now_add=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = MergeQuerySet.as_manager()

    class Meta:
        ordering = ["-merged_at", "-id"]
        verbose_name = _("merge of two records")
        verbose_name_plural = _("merges of records")

    def __str__(self) -> str:
        return f"{self.source_id} → {self.into_id}"


class ToldApart(models.Model):
    """Two records that look alike and are two people: somebody looked, and they are not suggested again."""

    one = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = ToldApartQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name = _("pair that was told apart")
        verbose_name_plural = _("pairs that were told apart")
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="told_apart_once"),
            models.CheckConstraint(name="told_apart_in_order", condition=models.Q(one__lt=models.F("other"))),
        ]

    def __str__(self) -> str:
        return f"{self.one_id} ≠ {self.other_id}"

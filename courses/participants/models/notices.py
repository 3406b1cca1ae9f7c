"""What people are told about their data, and what they consent to."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.languages import best_text
from core.models import LanguageText

from ..querysets import ConsentQuerySet, DataNoticeQuerySet
from .people import Participant


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

    ASKED = (Purpose.NEWS, Purpose.FOLLOW_UP)
    """What is asked today: what something here uses (``willing_views``). What was asked once can be taken back."""

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

"""Pictures, documents, audio and video. Code only: uploaded files live under ``var/uploads``."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.documents.models import AbstractDocument, Document
from wagtail.images.models import AbstractImage, AbstractRendition, Image
from wagtailmedia.models import AbstractMedia

from core.languages import native_name

from .querysets import MediaTrackQuerySet

LICENCES = [
    ("", _("All rights reserved")),
    ("cc-by-4.0", "CC BY 4.0"),
    ("cc-by-sa-4.0", "CC BY-SA 4.0"),
    ("cc0-1.0", "CC0 1.0"),
    ("public-domain", _("Public domain")),
]


class Credited(models.Model):
    """Who made a file and under which licence it may be used."""

    credit = models.CharField(_("credit"), max_length=200, blank=True)
    licence = models.CharField(_("licence"), max_length=20, choices=LICENCES, blank=True, default="")

    class Meta:
        abstract = True


class CampusImage(Credited, AbstractImage):  # type: ignore[django-manager-missing]  # noqa: DJ008
    """A picture. ``description`` (Wagtail's) is its default text alternative."""

    admin_form_fields = (*Image.admin_form_fields, "description", "credit", "licence")

    class Meta(AbstractImage.Meta):
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")


class CampusRendition(AbstractRendition):
    """A picture at one size."""

    image = models.ForeignKey(CampusImage, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("image", "filter_spec", "focal_point_key"), name="rendition_once")
        ]


class CampusDocument(Credited, AbstractDocument):  # type: ignore[django-manager-missing]  # noqa: DJ008
    """A file to download."""

    admin_form_fields = (*Document.admin_form_fields, "credit", "licence")

    class Meta(AbstractDocument.Meta):
        verbose_name = _("document")
        verbose_name_plural = _("documents")


class CampusMedia(Credited, AbstractMedia):  # type: ignore[django-manager-missing]  # noqa: DJ008
    """A video or a sound recording; its words are in the transcript and the tracks."""

    transcript = models.TextField(
        _("transcript"), blank=True, help_text=_("What is said and what is seen, one paragraph to a line.")
    )

    admin_form_fields = (
        "title",
        "file",
        "collection",
        "duration",
        "width",
        "height",
        "thumbnail",
        "transcript",
        "credit",
        "licence",
        "tags",
    )

    class Meta(AbstractMedia.Meta):
        verbose_name = _("audio or video")
        verbose_name_plural = _("audio and video")

    @property
    def minutes(self) -> int:
        """How long it plays, in whole minutes, at least one; 0 when unknown."""
        return max(1, round(self.duration / 60)) if self.duration else 0


class MediaTrack(models.Model):
    """Captions or subtitles of a recording in one language, as WebVTT."""

    class Kind(models.TextChoices):
        CAPTIONS = "captions", _("Captions")
        SUBTITLES = "subtitles", _("Subtitles")

    media = models.ForeignKey(CampusMedia, on_delete=models.CASCADE, related_name="tracks")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.CAPTIONS)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    file = models.FileField(_("WebVTT file"), upload_to="tracks/")

    objects = MediaTrackQuerySet.as_manager()

    class Meta:
        verbose_name = _("caption file")
        verbose_name_plural = _("caption files")
        constraints = [models.UniqueConstraint(fields=["media", "kind", "language"], name="track_once")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.get_language_display()})"

    @property
    def label(self) -> str:
        """What a player offers it as: the language in its own name."""
        return native_name(self.language)

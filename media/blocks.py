"""Blocks for pictures, files and recordings."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock
from wagtailmedia.blocks import AbstractMediaChooserBlock


class PictureBlock(blocks.StructBlock):
    """A picture with its text alternative and credit."""

    image = ImageChooserBlock(label=_("Picture"))
    alt = blocks.CharBlock(
        label=_("Text alternative"),
        max_length=300,
        help_text=_("What the picture tells, for somebody who cannot see it."),
    )
    caption = blocks.CharBlock(label=_("Caption"), required=False, max_length=300)
    credit = blocks.CharBlock(label=_("Credit"), max_length=200)

    class Meta:
        label = _("Picture")
        icon = "image"
        template = "media/blocks/picture.html"


class FileBlock(blocks.StructBlock):
    """A file to download; its kind and weight are shown before the click."""

    document = DocumentChooserBlock(label=_("File"))
    title = blocks.CharBlock(label=_("Title"), required=False)

    class Meta:
        label = _("File")
        icon = "doc-full"
        template = "media/blocks/file.html"


class RecordingChooserBlock(AbstractMediaChooserBlock):
    """Chooses a recording; the surrounding block renders it."""

    def render_basic(self, value: Any, context: Any = None) -> str:
        return str(value) if value else ""


class MediaBlock(blocks.StructBlock):
    """A video or sound recording with captions and a transcript."""

    media = RecordingChooserBlock(label=_("Recording"))
    caption = blocks.CharBlock(label=_("Caption"), required=False, max_length=300)

    def clean(self, value: Any) -> Any:
        value = super().clean(value)
        if not value["media"].transcript.strip():
            raise StructBlockValidationError(
                {
                    "media": ValidationError(
                        _("Write the transcript of this recording first: not everybody can hear it.")
                    )
                }
            )
        return value

    class Meta:
        label = _("Video or audio")
        icon = "media"
        template = "media/blocks/media.html"

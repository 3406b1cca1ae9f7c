"""The admin's forms for files: Wagtail's, with checks of the content."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.forms import BaseImageForm
from wagtailmedia.forms import BaseMediaForm

from .checks import check_document, check_recording, check_svg, check_track, extension
from .models import MediaTrack


class ImageForm(BaseImageForm):
    """A picture: Wagtail checks pixels, this checks drawings."""

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if isinstance(file, UploadedFile) and extension(file.name or "") == "svg":
            check_svg(file)
        return file


class DocumentForm(BaseDocumentForm):
    """A document."""

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if isinstance(file, UploadedFile):
            check_document(file, file.name or "")
        return file


class MediaForm(BaseMediaForm):
    """A video or sound recording."""

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if isinstance(file, UploadedFile):
            check_recording(file, file.name or "")
        return file


class MediaTrackForm(forms.ModelForm):
    """Captions or subtitles of a recording in one language."""

    class Meta:
        model = MediaTrack
        fields = ["media", "kind", "language", "file"]

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if isinstance(file, UploadedFile):
            check_track(file)
        return file

"""Pictures that come with questions: checked by content like any upload, stored once."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from html import escape
from io import BytesIO
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.images import ImageFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import gettext as _
from wagtail.images.fields import WagtailImageField
from wagtail.models import Collection

from media.checks import check_svg, extension
from media.models import CampusImage

from ..exchange.draft import Draft, Picture

COLLECTION = "Question pictures"
SHOWN = "max-800x800"
NOT_STORED = 0
"""What stands in a body for a picture that an import would store."""
MARK = re.compile(r'<img data-picture="([0-9a-f]{64})" alt="([^"]*)">')


class Pictures:
    """Finds and stores the pictures of drafts; ``write=False`` stores nothing."""

    def __init__(self, *, actor: Any, write: bool) -> None:
        self.actor, self.write = actor, write
        self.known: dict[str, CampusImage | None] = {}
        self.refused: dict[str, str] = {}

    def take(self, drafts: Iterable[Draft]) -> None:
        """Put stored pictures in the place of the marks in texts and bodies; what is refused is noted as lost."""
        with_pictures = [draft for draft in drafts if draft.pictures]
        if not with_pictures:
            return
        pictures = {mark: picture for draft in with_pictures for mark, picture in draft.pictures.items()}
        self._find({mark: picture for mark, picture in pictures.items() if mark not in self.known})
        for draft in with_pictures:
            for mark, picture in draft.pictures.items():
                if why := self.refused.get(mark):
                    draft.lose(_("the picture “%(name)s”: %(why)s") % {"name": picture.name, "why": why})
            draft.text, draft.feedback = self._shown(draft.text), self._shown(draft.feedback)
            for words in draft.translations.values():
                words |= {name: self._shown(words[name]) for name in ("text", "feedback")}
            draft.body = self._named(draft.body)

    def _find(self, pictures: dict[str, Picture]) -> None:
        hashes = {_sha1(picture): mark for mark, picture in pictures.items()}
        held = CampusImage.objects.filter(collection__name=COLLECTION, file_hash__in=hashes).order_by("-pk")
        for image in held.prefetch_related("renditions"):
            self.known[hashes[image.file_hash]] = image
        for mark, picture in pictures.items():
            if mark not in self.known:
                self.known[mark] = self._store(picture, mark)

    def _store(self, picture: Picture, mark: str) -> CampusImage | None:
        """Check a picture and keep it; ``None`` when it is refused, or nothing is to be written."""
        try:
            check_picture(picture)
        except ValidationError as error:
            self.refused[mark] = " ".join(error.messages)
            return None
        if not self.write:
            return None
        image = CampusImage(
            title=picture.name[:255],
            file=ImageFile(BytesIO(picture.content), name=picture.name),
            collection=_collection(),
            uploaded_by_user=self.actor if getattr(self.actor, "pk", None) else None,
        )
        image.file_size, image.file_hash = len(picture.content), _sha1(picture)
        image.save()
        return image

    def _shown(self, html: str) -> str:
        def put(found: re.Match[str]) -> str:
            image = self.known.get(found[1])
            if image is None:
                return found[2] if found[1] in self.refused else found[0]
            shown = image.get_rendition(SHOWN)
            return (
                f'<img src="{escape(shown.url)}" alt="{found[2]}" width="{shown.width}" height="{shown.height}"'
                f' data-picture="{image.pk}">'
            )

        return MARK.sub(put, html)

    def _named(self, value: Any) -> Any:
        """A body in which ids of stored pictures stand for their marks."""
        if isinstance(value, dict):
            return {name: self._named(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [self._named(inner) for inner in value]
        if not isinstance(value, str) or value not in self.known or value in self.refused:
            return value
        image = self.known[value]
        return image.pk if image else NOT_STORED


def check_picture(picture: Picture) -> None:
    """Raise ``ValidationError`` unless it is a picture, of the kind that its name says, that may be uploaded."""
    if extension(picture.name) == "svg":
        file = BytesIO(picture.content)
        file.size = len(picture.content)  # type: ignore[attr-defined]
        check_svg(file)
    WagtailImageField().clean(SimpleUploadedFile(picture.name, picture.content))


def load_picture(pk: int) -> Picture | None:
    """Return a stored picture to be sent out; ``None`` when it is gone."""
    image = CampusImage.objects.filter(pk=pk).first()
    if image is None:
        return None
    try:
        with image.file.open("rb") as file:
            return Picture(f"{pk}-{image.filename}", file.read())
    except OSError:
        return None


def _sha1(picture: Picture) -> str:
    return hashlib.sha1(picture.content, usedforsecurity=False).hexdigest()


def _collection() -> Collection:
    return Collection.objects.filter(name=COLLECTION).first() or Collection.get_first_root_node().add_child(
        name=COLLECTION
    )

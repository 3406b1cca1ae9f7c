"""What an editor should mend in a lesson before others read it. Wagtail's own checker looks at the preview; this
looks at what the preview does not show: recordings without words, texts that are no text alternatives, empty parts,
a reading time that is far off.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from media.models import MediaTrack

FILE_NAME = re.compile(r"\.(png|jpe?g|gif|webp|svg)\s*$|^(img|dsc|image|screenshot)[-_ ]?\d+", re.IGNORECASE)
HEAVY_FILE = 5_000_000
WORDS_A_MINUTE = 130
"""Slow, because many read in a second language and stop to think."""
CHARACTERS_A_MINUTE = 260
"""Where words are not set apart by spaces."""


class Finding(NamedTuple):
    """One thing to mend."""

    text: str
    block: str = ""  # the id of its block


def findings_of(page: Any) -> list[Finding]:
    """Return what should be mended in a lesson page as it is written now. One query if it has recordings."""
    found: list[Finding] = []
    recordings = {child.value["media"].pk for child in page.body if _recording(child)}
    captioned = set(
        MediaTrack.objects.filter(media__in=recordings, kind=MediaTrack.Kind.CAPTIONS).values_list(
            "media_id", flat=True
        )
        if recordings
        else ()
    )
    for child in page.body:
        found += [Finding(text, str(child.id or "")) for text in _of_block(child, captioned)]
    found += _headings([(child.block_type, child.value, str(child.id or "")) for child in page.body])
    stated, needed = page.minutes or 0, minutes_needed(page)
    if needed and not needed / 2 <= stated <= max(needed * 3, needed + 5):
        found.append(
            Finding(
                _("The text takes about %(needed)s minutes to read, but %(stated)s are stated.")
                % {"needed": needed, "stated": stated}
            )
        )
    return found


def _recording(child: Any) -> bool:
    return child.block_type == "media" and child.value["media"] is not None


def _of_block(child: Any, captioned: set[int]) -> Iterable[str]:
    value = child.value
    if child.block_type == "picture":
        yield from _of_picture(value)
    elif _recording(child):
        media = value["media"]
        if not media.transcript.strip():
            yield _("“%(title)s” has no transcript.") % {"title": media.title}
        if media.type == "video" and media.pk not in captioned:
            yield _("“%(title)s” has no captions.") % {"title": media.title}
    elif child.block_type == "file" and value["document"] is not None:
        document = value["document"]
        if (document.file_size or 0) > HEAVY_FILE:
            yield _("“%(title)s” is a heavy file. Offer a lighter one beside it.") % {"title": document.title}


def _of_picture(value: Any) -> Iterable[str]:
    alt = (value["alt"] or "").strip()
    if value["image"] is None:
        yield _("A picture is missing.")
    elif not alt:
        yield _("“%(title)s” has no text alternative.") % {"title": value["image"].title}
    elif FILE_NAME.search(alt):
        yield _("“%(alt)s” is the name of a file, not a text alternative.") % {"alt": alt}
    elif alt.casefold() == (value["caption"] or "").strip().casefold():
        yield _("“%(alt)s” is said twice: by the text alternative and by the caption.") % {"alt": alt}


def _headings(blocks: list[tuple[str, Any, str]]) -> Iterable[Finding]:
    """Headings of which nothing, or another heading, follows; and the same heading twice. Pure."""
    seen: set[str] = set()
    for place, (kind, value, block) in enumerate(blocks):
        if kind != "heading":
            continue
        title = str(value).strip()
        if not title:
            yield Finding(_("A heading is empty."), block)
            continue
        if place + 1 == len(blocks) or blocks[place + 1][0] == "heading":
            yield Finding(_("Nothing stands below the heading “%(title)s”.") % {"title": title}, block)
        if title.casefold() in seen:
            yield Finding(_("The heading “%(title)s” stands here twice.") % {"title": title}, block)
        seen.add(title.casefold())


def minutes_needed(page: Any) -> int:
    """Return in how many minutes a lesson's text is read, at least one; 0 without any text."""
    text = " ".join(
        strip_tags(words) for child in page.body for words in child.block.get_searchable_content(child.value)
    )
    if not text.strip():
        return 0
    spaced = page.locale.language_code != "zh-hans"
    return max(1, round(len(text.split()) / WORDS_A_MINUTE if spaced else len(text) / CHARACTERS_A_MINUTE))

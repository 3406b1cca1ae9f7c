"""Words of questions and quizzes in the reader's language, marked where they are in another."""

from __future__ import annotations

import re
from decimal import Decimal
from html import unescape
from math import ceil
from typing import TYPE_CHECKING, Any

import nh3
from django.core.files.storage import default_storage
from django.utils.formats import number_format
from django.utils.html import format_html, linebreaks
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext

from core.languages import direction

if TYPE_CHECKING:
    from .models import QuestionVersion
    from .types.base import Content, Words

STARTS_WITH_TAG = re.compile(r"<[a-zA-Z]")
# fmt: off
MATHML = {
    "math", "mrow", "mi", "mn", "mo", "ms", "mtext", "mspace", "mfrac", "msqrt", "mroot", "msub", "msup", "msubsup",
    "munder", "mover", "munderover", "mtable", "mtr", "mtd", "mstyle", "mpadded", "mphantom", "mfenced",
}
TAGS = {
    "p", "br", "em", "strong", "i", "b", "u", "s", "sub", "sup", "ul", "ol", "li", "a", "blockquote", "code", "pre",
    "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "img", *MATHML,
}
# fmt: on
ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt", "width", "height", "data-picture"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "math": {"display"},
    "mfenced": {"open", "close", "separators"},
}


def to_html(text: str) -> SafeString:
    """Return authors' text as safe HTML: what begins with a tag is cleaned, plain text gets its paragraphs.

    The result is stored and stays as it is when it comes here again.
    """
    text = text.strip()
    html = _clean(text if STARTS_WITH_TAG.match(text) else linebreaks(text, autoescape=True)) if text else ""
    if html and not STARTS_WITH_TAG.match(html):  # the tag it began with was not allowed
        html = _clean(f"<p>{html}</p>")
    return mark_safe(html)  # noqa: S308  cleaned


def _clean(html: str) -> str:
    return nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, attribute_filter=_own_pictures).strip()


def _own_pictures(tag: str, attribute: str, value: str) -> str | None:
    """Let pictures come from our own files only: one from elsewhere would tell strangers who reads."""
    if (tag, attribute) == ("img", "src") and not value.startswith(default_storage.url("_").removesuffix("_")):
        return None
    return value


def editable(html: str) -> str:
    """Return stored HTML for a plain text field: without tags where there are only paragraphs, else as it is."""
    if set(re.findall(r"<\s*/?\s*([a-z0-9]+)", html)) - {"p", "br"}:
        return html
    lines = re.sub(r"\s*<br>\s*", "\n", re.sub(r"\s*</p>\s*<p>\s*", "\n\n", html))
    return unescape(re.sub(r"</?p>", "", lines)).strip()


def marked(text: str, language: str, *, block: bool = False) -> str:
    """Return text with its language and direction, where that is not the language of the page."""
    if not text or language == get_language():
        return text
    tag = "div" if block else "span"
    return format_html('<{} lang="{}" dir="{}">{}</{}>', tag, language, direction(language), text, tag)


def passage(language: str) -> str:
    """Return the attributes of an element whose text cannot hold a ``span``, such as an option of a list."""
    if language == get_language():
        return ""
    return format_html(' lang="{}" dir="{}"', language, direction(language))


def content_of(version: QuestionVersion, **more: Any) -> Content:
    """Return a version as its type sees it. Prefetch ``texts`` and select ``question`` first.

    ``more``: the ``pictures`` and ``files`` that ``Content`` may hold.
    """
    from .types.base import Content, Words

    return Content(
        body=version.body,
        words={row.language: Words(row.language, row.text, row.feedback, row.parts) for row in version.texts.all()},
        source=version.question.source_language,
        salt=str(version.pk),
        **more,
    )


def question_words(version: QuestionVersion, language: str | None = None) -> Words:
    """Return a version's words: the first language of the fallback in which nothing needed is missing, else the first.

    Prefetch ``texts`` and select ``question`` first.
    """
    return content_of(version).in_language(language, version.kind.needed(version.body))


def plain(text: Any) -> str:
    """Return text without tags, for lists and labels."""
    return " ".join(nh3.clean(str(text).replace("</p>", " "), tags=set()).split())


def first_words(html: str, most: int = 60) -> str:
    """Return the first words of a text, by which it is called where it has no name."""
    text = unescape(plain(re.sub(r"\[\[[^\[\]]+\]\]", "_____", html)))  # a gap
    return text if len(text) <= most else f"{text[: most - 1]}…"


def points_of(points: Decimal | str, most: Decimal) -> str:
    """Return points in words: "1.5 of 2 points"; of a text, that text in place of the first number."""
    words = ngettext("%(points)s of %(most)s point", "%(points)s of %(most)s points", ceil(most))
    return words % {"points": points if isinstance(points, str) else number(points), "most": number(most)}


def number(points: Decimal) -> str:
    """Return points as people write them: 1, 1.5 or 0.67."""
    return number_format(points.quantize(Decimal(1)) if points == points.to_integral() else points.normalize())

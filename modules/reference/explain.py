"""Finds the words of the glossary in a text. Pure: HTML and entries in, HTML and the entries found out.

The first occurrence of each word becomes a link to its entry. Never touched: links, buttons, headings, captions,
the heads of tables, summaries, code. Words are found whatever their case, but abbreviations (all capitals) only
as they are written: "PIC" is not in "pic". English, French and Spanish words may carry a plural s, Arabic ones a
prefix that is written onto the word (و، ف، ب، ك، ل). Longer words go first, so that "prior informed consent" is
not taken for "consent"; Chinese has no spaces between words, so none are asked for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape, unescape
from html.parser import HTMLParser
from typing import NamedTuple

LEFT_ALONE = {
    "a", "button", "h1", "h2", "h3", "h4", "h5", "h6", "summary", "figcaption", "caption", "th", "cite", "code",
    "script", "style", "svg",
}  # fmt: skip
PLURAL = {"en", "fr", "es"}
PREFIX = {"ar": "(?:[وفبكل]|ال|وال|بال|لل)?"}
NO_SPACES = {"zh-hans"}


class Entry(NamedTuple):
    """A word of the glossary as lessons show it."""

    slug: str
    name: str
    definition: str
    source: str
    url: str
    forms: tuple[str, ...]


def explain(html: str, entries: Sequence[Entry], language: str) -> tuple[str, list[Entry]]:
    """Return the HTML with the first occurrence of each word linked, and the entries found, in their order."""
    if not entries:
        return html, []
    reader = _Reader(_Finder(entries, language))
    reader.feed(html)
    reader.close()
    return "".join(reader.parts), reader.finder.used


class _Finder:
    """Links words in plain text, each once."""

    def __init__(self, entries: Sequence[Entry], language: str) -> None:
        self.used: list[Entry] = []
        self._by_form = {form.casefold(): entry for entry in reversed(entries) for form in entry.forms}
        plural = "s?" if language in PLURAL else ""
        choices = []
        for form in sorted({form for entry in entries for form in entry.forms}, key=len, reverse=True):
            words = r"\s+".join(re.escape(word) for word in form.split())
            choices.append(f"(?-i:{words}){plural}" if form.isupper() else f"{words}{plural}")
        pattern = f"{PREFIX.get(language, '')}(?P<word>{'|'.join(choices)})"
        if language not in NO_SPACES:
            pattern = rf"(?<!\w){pattern}(?!\w)"
        self._pattern = re.compile(pattern, re.IGNORECASE)

    def link(self, text: str) -> str:
        """Return a piece of text, unescaped, as HTML."""
        parts, end = [], 0
        for found in self._pattern.finditer(text):
            entry = self._entry(found["word"])
            if entry is None or entry in self.used:
                continue
            self.used.append(entry)
            parts += [
                escape(text[end : found.start()]),
                f'<a class="term" href="{escape(entry.url)}" data-term="term-{escape(entry.slug)}">',
                escape(found[0]),
                "</a>",
            ]
            end = found.end()
        return "".join([*parts, escape(text[end:])]) if parts else ""

    def _entry(self, word: str) -> Entry | None:
        plain = " ".join(word.casefold().split())
        return self._by_form.get(plain) or self._by_form.get(plain.removesuffix("s"))


class _Reader(HTMLParser):
    """Goes through the HTML and writes it again, but for the words that are linked."""

    def __init__(self, finder: _Finder) -> None:
        super().__init__(convert_charrefs=False)
        self.finder = finder
        self.parts: list[str] = []
        self._text: list[str] = []
        self._alone = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._flush()
        self._alone += tag in LEFT_ALONE
        self.parts.append(self.get_starttag_text() or "")

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        self._flush()
        self.parts.append(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        self._flush()
        self._alone -= tag in LEFT_ALONE
        self.parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self._text.append(data)

    def handle_entityref(self, name: str) -> None:
        self._text.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._text.append(f"&#{name};")

    def handle_comment(self, data: str) -> None:
        self._flush()
        self.parts.append(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self._flush()
        self.parts.append(f"<!{decl}>")

    def close(self) -> None:
        super().close()
        self._flush()

    def _flush(self) -> None:
        text, self._text = "".join(self._text), []
        self.parts.append(text if self._alone else self.finder.link(unescape(text)) or text)

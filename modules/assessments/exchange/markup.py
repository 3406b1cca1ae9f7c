"""Text of other systems as our HTML, and as plain words. Pure.

Formulas stay readable: TeX is kept as it is written, MathML as markup in HTML (browsers show it) and
written out in a line where only plain words are kept: ``(a + b)/2``, ``x^2``, ``H_2``, ``√(x)``.
"""

from __future__ import annotations

import re
from html import escape, unescape
from html.parser import HTMLParser
from typing import Any

import nh3
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt

from ..words import ATTRIBUTES, MATHML, TAGS

FORMULA = re.compile(r"\$\$.+?\$\$|\\\(.+?\\\)|\\\[.+?\\\]", re.DOTALL)
TAGLIKE = re.compile(r"</?[a-zA-Z][a-zA-Z0-9]*(?:\s+[\w:-]+\s*=[^<>]*)?\s*/?>|<!--")
MULTILANG = re.compile(r"<(span|lang)\b([^<>]*)>(.*?)</\1>", re.IGNORECASE | re.DOTALL)
LANG = re.compile(r"""\blang\s*=\s*["']?([\w-]+)""", re.IGNORECASE)
ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
BLOCKS = ("p", "div", "ul", "ol", "blockquote", "pre", "table", "h1", "h2", "h3", "h4", "h5", "h6")
HEADING = re.compile(r"<(/?)h[1-6]\b[^>]*>", re.IGNORECASE)
BLOCK = re.compile(r"<(/?)(?:div|section|article|figure|center)\b[^>]*>", re.IGNORECASE)
ANNOTATION = re.compile(r"<annotation(-xml)?\b.*?</annotation\1>", re.IGNORECASE | re.DOTALL)
TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
NONCHARACTERS = re.compile("[\ufdd0-\ufdef]")
"""What no text may hold stands for something else while a text is taken apart."""
EMPTY = re.compile(r"<p>(?:\s|&nbsp;|<br>)*</p>")
MARKDOWN = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("table").enable("strikethrough")


def clean(html: str) -> str:
    """Return the HTML that a question may hold: headings become bold paragraphs, divisions paragraphs.

    TeX is no markup: a ``<`` in a formula that begins no tag is a sign.
    """
    html = FORMULA.sub(_with_signs, MULTILANG.sub(_as_block, html))
    html = HEADING.sub(lambda tag: "</strong></p>" if tag[1] else "<p><strong>", html)
    html = BLOCK.sub(lambda tag: f"<{tag[1]}p>", html)
    html = ANNOTATION.sub("", html)
    html = nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes={"http", "https", "mailto"}, link_rel=None)
    html = EMPTY.sub("", html).strip()
    return f"<p>{html}</p>" if html and not html.startswith(tuple(f"<{name}" for name in BLOCKS)) else html


def _as_block(span: re.Match[str]) -> str:
    """A span of Moodle's multilang filter in the other way of writing it, which outlives the cleaning."""
    lang = LANG.search(span[2])
    is_multilang = span[1].lower() == "lang" or "multilang" in span[2]
    return f"{{mlang {lang[1]}}}{span[3]}{{mlang}}" if lang and is_multilang else span[0]


def _with_signs(formula: re.Match[str]) -> str:
    if "<" not in formula[0] or TAGLIKE.search(formula[0]):
        return formula[0]
    return escape(_characters(formula[0]), quote=False)


def _characters(text: str) -> str:
    """Text with the characters that its entities mean."""
    return ENTITY.sub(lambda entity: unescape(entity[0]), text)


def from_plain(text: str) -> str:
    """Return plain text as HTML: empty lines part paragraphs, line ends are kept."""
    parts = [part.strip() for part in re.split(r"\n\s*\n", text.replace("\r\n", "\n")) if part.strip()]
    return "".join(f"<p>{escape(part, quote=False)}</p>".replace("\n", "<br>") for part in parts)


def from_moodle(text: str) -> str:
    """Return text in Moodle's own format: HTML in which line ends count."""
    return clean(moodle_html(text))


def moodle_html(text: str) -> str:
    """Return text in Moodle's own format as HTML, not yet clean. Without tags it is plain text with entities."""
    if TAG.search(FORMULA.sub(_with_signs, text)):
        return text.strip().replace("\n", "<br>\n")
    return from_plain(_characters(text))


def from_markdown(text: str) -> str:
    """Return Markdown as HTML. Formulas between ``$$`` or ``\\(`` and ``\\)`` are left alone."""
    held: list[str] = []

    def hold(formula: Any) -> str:
        held.append(formula[0])
        return f"\ufdd0{len(held) - 1}\ufdd1"

    text = FORMULA.sub(hold, re.sub("[\ufdd0\ufdd1]", "\ufffd", text))
    html = MARKDOWN.render(text)
    return clean(re.sub("\ufdd0(\\d+)\ufdd1", lambda mark: escape(held[int(mark[1])], quote=False), html))


def to_html(text: str, format: str = "html") -> str:
    """Return text of one of Moodle's formats (``html``, ``plain``, ``markdown``, ``moodle``) as clean HTML."""
    if not text.strip():
        return ""
    if format == "markdown":
        return from_markdown(text)
    if format == "plain":
        return from_plain(text)
    return clean(text) if format == "html" else from_moodle(text)


def to_plain(text: str, format: str = "html") -> str:
    """Return text of one of Moodle's formats as plain words; formulas stay readable."""
    if format == "plain":
        return _lines(text)
    return words(to_html(text, format))


def words(html: str) -> str:
    """Return HTML as plain words, each paragraph and line on its own line. Pictures become their text alternatives,
    MathML a line of signs.
    """
    reader = _Words()
    reader.feed(html)
    reader.close()
    return _lines("".join(reader.parts))


def _lines(text: str) -> str:
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def from_words(text: str) -> str:
    """Return plain words as HTML without a paragraph, for an answer or a feedback."""
    return escape(text, quote=False).replace("\r\n", "\n").replace("\n", "<br>")


def is_plain(html: str) -> bool:
    """Whether nothing is lost by keeping only the words of this HTML."""
    return not set(re.findall(r"<\s*([a-z0-9]+)", clean(html))) - {"p", "br", *RAISED, *MATHML}


def unsaid(html: str) -> str:
    """Return what plain words cannot say of this HTML of an answer, in words for people; empty where they say all."""
    if "<img" in html:
        return _("the picture in an answer")
    return "" if is_plain(html) else _("the formatting of an answer")


RAISED = {
    "sub": ("_", str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")),
    "sup": ("^", str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ")),
}


def raised(text: str, tag: str) -> str:
    """Return what is raised or lowered with the signs that Unicode has for it, else marked: H₂O, x^(a b)."""
    sign, table = RAISED[tag]
    if text and all(ord(letter) in table for letter in text):
        return text.translate(table)
    return f"{sign}{text}" if len(text) < 2 else f"{sign}({text})"


class _Words(HTMLParser):
    """Collects words; signs of formulas are written out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.open: list[tuple[str, int]] = []
        self.raised: list[tuple[str, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self.parts.append(f" {dict(attrs).get('alt') or ''} ")
        elif tag in ("td", "th"):
            self.parts.append(" ")
        elif tag in ("br", "p", "li", "tr"):
            self.parts.append("\n")
        elif tag in MATHML:
            self.open.append((tag, len(self.parts)))
        elif tag in RAISED:
            self.raised.append((tag, len(self.parts)))

    def handle_endtag(self, tag: str) -> None:
        if tag in MATHML and any(name == tag for name, _start in self.open):
            name, start = self.open.pop()
            while name != tag:
                name, start = self.open.pop()
            self.parts[start:] = [_written(tag, self.parts[start:])]
        elif tag in ("p", "li", "tr"):
            self.parts.append("\n")
        elif tag in RAISED and self.raised:
            tag, start = self.raised.pop()
            self.parts[start:] = [raised("".join(self.parts[start:]), tag)]

    def handle_data(self, data: str) -> None:
        data = data.replace("\n", " ").replace("\r", " ")
        if self.open and self.open[-1][0] not in ("mi", "mn", "mo", "ms", "mtext"):
            data = data.strip()  # between the elements of a formula
            if not data:
                return
        self.parts.append(data)


def _written(tag: str, parts: list[str]) -> str:
    """An element of MathML in a line."""
    inner = [part for part in parts if part]

    def group(text: str) -> str:
        return text if len(text) < 2 or text.isalnum() else f"({text})"

    joined = "".join(inner)
    if tag == "mo":
        return f" {joined.strip()} " if joined.strip() in "=+−-×·<>≤≥≠→" else joined.strip()
    if len(inner) >= 2:
        first, second = group(inner[0].strip()), group(inner[1].strip())
        if tag == "mfrac":
            return f"{first}/{second}"
        if tag in ("msup", "mover"):
            return f"{first}^{second}"
        if tag in ("msub", "munder"):
            return f"{first}_{second}"
        if tag in ("msubsup", "munderover") and len(inner) > 2:
            return f"{first}_{second}^{group(inner[2].strip())}"
        if tag == "mroot":
            return f"{first}^(1/{second})"
    if tag == "msqrt":
        return f"√({joined.strip()})"
    if tag == "mfenced":
        return f"({', '.join(part.strip() for part in inner)})"
    if tag == "math":
        return f" {joined.strip()} "
    return joined

"""Moodle XML: questions read one by one with their lines, and written. Pure: bytes in, records out.

What every question has is read here (name, text, feedback, category, tags, pictures); what is a type's own
stays an element, which the type reads with ``Record.html``, ``Record.words`` and the functions beside.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import BinaryIO
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from django.utils.translation import gettext as _

from . import markup
from .draft import Draft, Picture
from .gift import category_path, decimal_of, written_path
from .pictures import bytes_of, picture_of, sent_out, taken_in
from .problems import Fault
from .safe_xml import children, is_mended, line_of

FORMATS = {
    "html": "html",
    "moodle_auto_format": "moodle",
    "wiki_like": "moodle",
    "plain_text": "plain",
    "markdown": "markdown",
}
"""Moodle's names of formats; like there, any other is HTML."""
USUAL_PENALTIES = {Decimal(0), Decimal(1), Decimal("0.1"), Decimal("0.3333333"), Decimal("0.5")}
"""What Moodle's forms offer first: nobody chose it, so its loss is no news."""
HALF_OPEN = {"correctfeedback", "partiallycorrectfeedback", "incorrectfeedback"}
STOCK_FEEDBACK = {"your answer is correct.", "your answer is partially correct.", "your answer is incorrect.", ""}


@dataclass
class Record:
    """One question of a file: ``element`` is what the type reads; ``draft`` takes what all types have."""

    kind: str
    element: Element
    draft: Draft

    @property
    def name(self) -> str:
        return self.draft.name

    @property
    def line(self) -> int:
        return line_of(self.element)

    def html(self, element: Element | None) -> str:
        """Return the clean HTML of an element with ``format``, ``<text>`` and ``<file>``s; its pictures are taken."""
        if element is None:
            return ""
        raw, format = text_of(element), self.format_of(element)
        if format == "plain":
            return markup.from_plain(raw)
        if format == "markdown":
            raw = markup.from_markdown(raw)
        elif format == "moodle":
            raw = markup.moodle_html(raw)
        return taken_in(raw, _files(element), self.draft)

    def format_of(self, element: Element) -> str:
        """Return the format of an element: what is not said is that of the question, for which HTML is usual."""
        asked = self.element.find("questiontext")
        usual = asked.get("format", "html") if asked is not None else "html"
        return FORMATS.get(element.get("format", usual), "html")

    def words(self, element: Element | None) -> str:
        """Return an element's text as plain words; what plain words cannot carry is noted as lost."""
        if element is None:
            return ""
        if self.format_of(element) == "plain":
            return markup.to_plain(text_of(element), "plain")
        kept, html = dict(self.draft.pictures), self.html(element)
        self.draft.pictures = kept
        if what := markup.unsaid(html):
            self.draft.lose(what)
        return markup.words(html)


def _files(element: Element) -> dict[str, Picture | None]:
    """The files of an element by path and name, as its text calls them."""
    files = {}
    for file in element.findall("file"):
        if file.get("encoding", "base64") == "base64":
            path = f"{file.get('path', '/')}/{file.get('name', '')}".replace("//", "/").lstrip("/")
            files[path] = picture_of(path, bytes_of(file.text or ""))
    return files


def text_of(element: Element | None) -> str:
    """Return what stands in an element's ``<text>``, or in itself."""
    if element is None:
        return ""
    inner = element.find("text")
    return ("".join(inner.itertext()) if inner is not None else element.text or "").strip()


def value(element: Element, path: str, default: str = "") -> str:
    """Return the text of a child, or of the ``<text>`` in it."""
    found = element.find(path)
    return default if found is None else text_of(found) or default


def flag(element: Element, path: str, default: bool = False) -> bool:
    """Return whether a child says yes: ``1``, ``true``, or nothing but being there."""
    found = element.find(path)
    return default if found is None else text_of(found).lower() in ("1", "true", "")


def fraction_of(element: Element) -> Decimal:
    """Return the share in per cent that an answer earns. Raises ``ValueError``."""
    return decimal_of(element.get("fraction", "0"))


def read(file: BinaryIO) -> Iterator[Record | Fault]:
    """Yield the questions of a file; raises ``Unreadable`` where it stops being Moodle XML."""
    category: tuple[str, ...] = ()
    for element in children(file, "quiz"):
        if element.tag != "question":
            continue
        kind = element.get("type", "")
        if kind == "category":
            category = category_path(value(element, "category"))
            yield from _lost_with_category(element, category)
        else:
            yield _record(kind, element, category)


def _lost_with_category(element: Element, category: tuple[str, ...]) -> Iterator[Fault]:
    """A remark on what Moodle has for a category and this platform has not."""
    lost = [_("its description")] if markup.words(value(element, "info")) else []
    if idnumber := value(element, "idnumber"):
        lost.append(_("its id “%(id)s”") % {"id": idnumber})
    if lost:
        why = _("The category is used without %(what)s.") % {"what": ", ".join(lost)}
        yield Fault(line_of(element), why, " › ".join(category), is_remark=True)


def _record(kind: str, element: Element, category: tuple[str, ...]) -> Record:
    draft = Draft(
        type="",
        text="",
        body={},
        name=" ".join(value(element, "name").split()),
        idnumber=value(element, "idnumber"),
        category=category,
        tags=[text for tag in element.findall("tags/tag") if (text := text_of(tag))],
        line=line_of(element),
    )
    record = Record(kind, element, draft)
    draft.extra = {setting.get("name", ""): text_of(setting) for setting in element.findall("campus")}
    draft.is_retired = value(element, "hidden") == "1"
    draft.text = record.html(element.find("questiontext"))
    draft.feedback = record.html(element.find("generalfeedback"))
    _note_losses(record)
    return record


def _note_losses(record: Record) -> None:
    """Note what Moodle has for questions of every type and this platform has not."""
    element, draft = record.element, record.draft
    if is_mended(element):
        draft.lose(_("control signs: “%(sign)s” stands in their place") % {"sign": "\ufffd"})
    if element.find("hint") is not None:
        draft.lose(_("the hints for further tries"))
    if not flag(element, "shuffleanswers", default=True):
        draft.lose(_("the fixed order of the answers: a quiz shuffles all or none"))
    for path, usual, what in (
        ("penalty", USUAL_PENALTIES, _("the penalty of %(number)s for each wrong try")),
        ("defaultgrade", {Decimal(1)}, _("the mark of %(number)s: points are given in each quiz")),
    ):
        if text := value(element, path):
            try:
                number = decimal_of(text).normalize()
            except ValueError:
                continue
            if number not in {each.normalize() for each in usual}:
                draft.lose(what % {"number": f"{number:f}"})
    for name in sorted(HALF_OPEN):
        if markup.words(text_of(element.find(name))).lower() not in STOCK_FEEDBACK:
            draft.lose(
                {
                    "correctfeedback": _("the feedback for any right answer"),
                    "partiallycorrectfeedback": _("the feedback for any partly right answer"),
                    "incorrectfeedback": _("the feedback for any wrong answer"),
                }[name]
            )


# --- Writing ------------------------------------------------------------------------------------

Load = Callable[[int], Picture | None]


@dataclass
class Written:
    """A question to be written: the type adds its own elements, in the order that Moodle expects."""

    kind: str
    draft: Draft
    load: Load
    element: Element = field(init=False)

    def __post_init__(self) -> None:
        self.element = Element("question", {"type": self.kind})
        draft = self.draft
        SubElement(SubElement(self.element, "name"), "text").text = draft.name or draft.idnumber
        self.html("questiontext", draft.text)
        self.html("generalfeedback", draft.feedback)
        self.add("defaultgrade", "1")
        self.add("penalty", "1" if self.kind == "truefalse" else "0" if self.kind == "essay" else "0.3333333")
        self.add("hidden", "1" if draft.is_retired else "0")
        self.add("idnumber", draft.idnumber)

    def add(self, tag: str, text: str = "", into: Element | None = None, **attributes: str) -> Element:
        """Add an element with text and return it."""
        element = SubElement(self.element if into is None else into, tag, attributes)
        element.text = _legal(text) or None
        return element

    def text(self, tag: str, text: str, into: Element | None = None, **attributes: str) -> Element:
        """Add ``<tag><text>…</text></tag>`` and return it."""
        element = self.add(tag, into=into, **attributes)
        SubElement(element, "text").text = _legal(text) or None
        return element

    def html(self, tag: str, html: str, into: Element | None = None, **attributes: str) -> Element:
        """Add an element with HTML and the pictures in it, and return it."""
        html, pictures = sent_out(html, self.load)
        element = self.text(tag, html, into, **{"format": "html", **attributes})
        for picture in pictures:
            file = SubElement(element, "file", {"name": picture.name, "path": "/", "encoding": "base64"})
            file.text = base64.b64encode(picture.content).decode()
        return element

    def answer(self, text: str, share: Decimal | int, feedback: str = "", *, is_html: bool = False) -> Element:
        """Add an ``<answer>`` with its share in per cent and its feedback, both plain words."""
        fraction = f"{Decimal(share):f}"
        if "." in fraction:
            fraction = fraction.rstrip("0").rstrip(".")
        if is_html:
            element = self.html("answer", markup.from_words(text), fraction=fraction)
        else:
            element = self.text("answer", text, fraction=fraction, format="plain_text")
        self.html("feedback", markup.from_words(feedback), element)
        return element

    def combined(self) -> None:
        """Add the feedback to right, partly right and wrong answers, of which we have none: some types insist on it."""
        for tag in ("correctfeedback", "partiallycorrectfeedback", "incorrectfeedback"):
            self.html(tag, "")
        self.add("shownumcorrect")

    def finished(self) -> str:
        """Return the question as text."""
        for name, text in self.draft.extra.items():
            self.add("campus", text, name=name)
        if self.draft.tags:
            tags = SubElement(self.element, "tags")
            for tag in self.draft.tags:
                self.text("tag", tag, tags)
        indent(self.element, level=1)
        return f"  {tostring(self.element, encoding='unicode').rstrip()}\n"


def _legal(text: str) -> str:
    from .encoding import NOT_XML

    return NOT_XML.sub("\ufffd", text)


def write(questions: Iterable[Written]) -> Iterator[str]:
    """Yield the text of a Moodle XML file, question by question."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n'
    category: tuple[str, ...] = ()
    for question in questions:
        if question.draft.category != category:
            category = question.draft.category
            marker = Element("question", {"type": "category"})
            SubElement(SubElement(marker, "category"), "text").text = _legal(written_path(category))
            yield f"  {tostring(marker, encoding='unicode')}\n"
        yield question.finished()
    yield "</quiz>\n"

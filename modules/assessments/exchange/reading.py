"""A file of any format as questions of our types, one by one. Pure: bytes in, drafts out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from ..types import TYPES
from . import gift, markup, moodle_xml, qti, table
from .contract import Exchange, said
from .draft import Draft
from .encoding import DECLARED, encoding_of, lines
from .multilang import codes_in, part_languages
from .problems import CannotCarry, Fault, Unreadable
from .safe_xml import children

FORMATS = ("gift", "moodle-xml", "csv", "qti")
MOST_BYTES = 300 * 1024 * 1024


@dataclass(frozen=True)
class Unsupported:
    """A question, or a part of one, that is not carried; ``type`` is what its format calls it."""

    name: str
    type: str
    line: int
    why: str


Found = Draft | Unsupported | Fault


def exchanges() -> list[Exchange]:
    """Return what the types say of themselves, each once."""
    return list(dict.fromkeys(kind.exchange for kind in TYPES))


def read(file: BinaryIO, format: str, language: str = "en") -> Iterator[Found]:
    """Yield what a file holds: questions (with what of them is ``lost``), what is unsupported, what cannot be read.

    ``format`` is one of ``FORMATS``; ``language`` that of the words. Raises ``Unreadable`` for the file as a whole.
    """
    hooks, mended = exchanges(), list[int]()
    for record in _records(file, format, mended):
        if isinstance(record, Fault):
            yield record
            continue
        _speak(record, language)
        question = _draft(record, hooks, _method(format))
        if isinstance(question, Draft):
            if (told := getattr(record, "told_language", "")) and codes_in(told) != [language]:
                question.lose(_("its language: the file says “%(code)s”") % {"code": told})
            part_languages(question)
        yield question
    for line in mended:
        yield Fault(
            line, _("A control sign in this line was replaced by “%(sign)s”.") % {"sign": "\ufffd"}, is_remark=True
        )


def count(file: BinaryIO, format: str) -> Iterator[None]:
    """Yield once for each question of a file, read to its end but not understood: is it a whole file, and how long?

    Raises ``Unreadable`` as ``read`` does.
    """
    if format == "moodle-xml":
        _check_size(file)
        yield from (None for element in children(file, "quiz") if element.get("type") != "category")
    else:
        yield from (None for _record in _records(file, format))


def _check_size(file: BinaryIO) -> None:
    file.seek(0, 2)
    size = file.tell()
    file.seek(0)
    if not size:
        raise Unreadable(_("The file is empty."))
    if size > MOST_BYTES:
        raise Unreadable(_("The file is bigger than %(size)s MB.") % {"size": MOST_BYTES // 1024 // 1024})


def _records(file: BinaryIO, format: str, mended: list[int] | None = None) -> Iterator[Any]:
    _check_size(file)
    if format == "gift":
        return gift.read(lines(file, mended))
    if format == "csv":
        return table.read(file, mended)
    return moodle_xml.read(file) if format == "moodle-xml" else qti.read(file)


def _method(format: str) -> str:
    return {"gift": "from_gift", "moodle-xml": "from_moodle", "csv": "from_row", "qti": "from_qti"}[format]


def _speak(record: Any, language: str) -> None:
    if hasattr(record, "draft") and isinstance(record.draft, Draft):
        record.draft.language = language
    else:
        record.language = language


def _draft(record: Any, hooks: list[Exchange], method: str) -> Found:
    kind = getattr(record, "kind", "") or getattr(record, "type", "") or "?"
    if why := getattr(record, "refusal", ""):
        return Unsupported(_name(record), kind, record.line, why)
    try:
        for hook in hooks:
            draft = getattr(hook, method)(record)
            if draft is not None:
                return draft if markup.words(draft.text) or "<img" in draft.text else _textless(record, draft, kind)
    except (CannotCarry, Unreadable) as error:
        return Unsupported(_name(record), kind, record.line, str(error))
    except ValueError as error:
        return Fault(record.line, _("A number in it cannot be read: %(text)s.") % {"text": error}, _name(record))
    except (LookupError, TypeError, AttributeError):
        return Fault(record.line, _("Its settings cannot be read."), _name(record))
    if kind == "description":
        why = _("This is a text without a question.")
    else:
        why = _("This platform has no questions of the type “%(type)s”.") % {"type": kind}
    return Unsupported(_name(record), kind, record.line, why)


def _textless(record: Any, draft: Draft, kind: str) -> Fault:
    return Fault(record.line, _("The question has no text."), _name(record))


def _name(record: Any) -> str:
    held = getattr(record, "draft", None)
    if isinstance(held, Draft):
        return said(record, held)
    if record.name or isinstance(record, table.Row):
        return record.name or record.key or _short(markup.to_plain(record.text, "moodle"))
    return _short(markup.words(record.html))


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 60 else f"{text[:59]}…"


def format_of(file: BinaryIO, name: str = "") -> str:
    """Return the format of a file by its content, with its name's help where text could be either.

    Raises ``Unreadable`` when it looks like none.
    """
    file.seek(0)
    head = file.read(8192)
    file.seek(0)
    if head.startswith(b"PK"):
        return "qti"
    text = head.decode(encoding_of(file), errors="replace").lstrip("\ufeff \t\r\n")
    if text.startswith("<"):
        body = DECLARED.sub("", text)
        return "qti" if "ssessment-item" in body or "assessmentItem" in body else "moodle-xml"
    suffix = name.rpartition(".")[2].lower()
    if suffix in ("csv", "tsv"):
        return "csv"
    first = text.splitlines()[0].lower() if text else ""
    if "question" in first and "type" in first and any(sign in first for sign in table.DELIMITERS):
        return "csv"
    if suffix in ("gift", "txt") or "{" in text or "::" in text or "$CATEGORY" in text:
        return "gift"
    raise Unreadable(_("This is none of the formats: GIFT, Moodle XML, CSV, QTI. Name the format if it is one."))

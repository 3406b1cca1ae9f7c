"""XML from strangers: no document type, no entities, nothing from elsewhere, no endless depth. Pure.

Every element knows its line. A file is read child by child of its root: the memory used is that of one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser
from django.utils.translation import gettext as _

from .encoding import MENDED, utf8_parts
from .problems import Unreadable

DEEPEST = 100
LONGEST = 64 * 1024 * 1024
"""Bytes that one child of the root may have."""


class Node(Element):
    """An element that knows on which line it begins, and whether signs in it were replaced."""

    line = 0
    is_mended = False


class _Builder(TreeBuilder):
    """Builds elements with their lines. ``ready`` are children of the root, forgotten when they are handed on."""

    def __init__(self, one_by_one: bool) -> None:
        super().__init__(element_factory=Node)
        self.one_by_one = one_by_one
        self.depth = self.begun = 0
        self.root: Node | None = None
        self.ready: list[Node] = []
        self.has_mended = False
        self.parser: Any = None

    def start(self, tag: Any, attrs: Any) -> Any:
        node: Any = super().start(local(tag), {local(name): value for name, value in attrs.items()})
        node.line = self.parser.CurrentLineNumber
        self.depth += 1
        if self.depth > DEEPEST:
            raise Unreadable(_("Line %(line)s: elements are nested too deeply.") % {"line": node.line})
        if self.depth == 1:
            self.root = node
        elif self.depth == 2:
            self.begun = self.parser.CurrentByteIndex
        return node

    def end(self, tag: Any) -> Any:
        node: Any = super().end(local(tag))
        self.depth -= 1
        if self.has_mended and self.depth == (1 if self.one_by_one else 0):
            node.is_mended = _mend(node)
        if self.depth == 1 and self.one_by_one and self.root is not None:
            self.ready.append(node)
            self.root.remove(node)
        return node


def children(file: BinaryIO, root: str) -> Iterator[Element]:
    """Yield the children of a file's root one after the other, names without namespaces.

    Raises ``Unreadable`` when the root has another name, the XML is broken, or it tries a trick.
    """
    builder = _Builder(one_by_one=True)
    for _part in _fed(file, builder):
        if builder.root is not None and builder.root.tag != root:
            raise Unreadable(
                _("The file begins with <%(found)s>; <%(wanted)s> was expected.")
                % {"found": builder.root.tag, "wanted": root}
            )
        yield from builder.ready
        builder.ready.clear()


def whole(file: BinaryIO) -> Element:
    """Return the root of a small file with all that is in it. Raises ``Unreadable`` as ``children`` does."""
    builder = _Builder(one_by_one=False)
    for _part in _fed(file, builder):
        pass
    assert builder.root is not None  # else expat would have complained
    return builder.root


def line_of(node: Element) -> int:
    """Return the line on which an element begins."""
    return getattr(node, "line", 0)


def is_mended(node: Element) -> bool:
    """Return whether control signs in an element, which no XML may hold, were replaced by ``\ufffd``."""
    return getattr(node, "is_mended", False)


def _mend(node: Element) -> bool:
    """Write ``\ufffd`` for what was not allowed; whether there was any."""
    found = False
    for each in node.iter():
        for name in ("text", "tail"):
            if MENDED in (held := getattr(each, name) or ""):
                setattr(each, name, held.replace(MENDED, "\ufffd"))
                found = True
        for name, held in each.attrib.items():
            if MENDED in held:
                each.attrib[name] = held.replace(MENDED, "\ufffd")
                found = True
    return found


def local(tag: str) -> str:
    """Return a name without its namespace."""
    return tag.rpartition("}")[2]


def _fed(file: BinaryIO, builder: _Builder) -> Iterator[None]:
    """Feed a file to a builder; yield after every part and at the end."""
    parser = DefusedXMLParser(
        target=builder, encoding="utf-8", forbid_dtd=True, forbid_entities=True, forbid_external=True
    )
    expat = builder.parser = parser.parser
    try:
        for part, has_mended in utf8_parts(file):
            builder.has_mended |= has_mended
            parser.feed(part)
            if builder.depth > 1 and expat.CurrentByteIndex - builder.begun > LONGEST:
                raise Unreadable(_("Line %(line)s: one question is too long.") % {"line": expat.CurrentLineNumber})
            yield
        parser.close()
        yield
    except DefusedXmlException:
        raise Unreadable(
            _("Line %(line)s: the file declares a document type or entities, which is not safe.")
            % {"line": expat.CurrentLineNumber}
        ) from None
    except ParseError as error:
        raise Unreadable(
            _("Line %(line)s: this is not well-formed XML (%(why)s).")
            % {"line": error.position[0], "why": str(error).partition(":")[0]}
        ) from None

"""In which encoding a file is written: what its first bytes say, what it declares, what its bytes allow. Pure."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from typing import BinaryIO

from django.utils.translation import gettext as _

from .problems import Unreadable

MARKS = [
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
]
DECLARED = re.compile(r"""<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
CONTROL = re.compile("[\x01-\x08\x0e-\x1a\x1c-\x1f]")
MOST_CONTROL = 100
NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufdd0-\ufdef\ufffe\uffff]")
MENDED = "\ufdd0"
"""What stands for a sign that XML does not allow until the element that it is in is known."""
STEP = 64 * 1024


def encoding_of(file: BinaryIO) -> str:
    """Return the encoding of a seekable file, which is left at its beginning.

    A byte-order mark decides; then zero bytes in every other place (UTF-16 without a mark); then what an
    XML declaration says, if the bytes allow it; then UTF-8, if they allow it; else Windows-1252, what
    spreadsheets and old exports write.
    """
    file.seek(0)
    head = file.read(4096)
    file.seek(0)
    for mark, name in MARKS:
        if head.startswith(mark):
            return name
    if len(head) > 1 and b"\x00" in head[:200]:
        return "utf-16-be" if head[0] == 0 else "utf-16-le"
    if declared := DECLARED.search(head[:200].decode("latin-1")):
        name = declared[1].lower()
        if not name.startswith(("utf-16", "utf-32")) and _is_known(name) and _allows(file, name):
            return name
    return "utf-8" if _allows(file, "utf-8") else "windows-1252"


def _is_known(name: str) -> bool:
    """Whether Python reads text in it: some of its codecs (zip, hex) turn bytes into bytes or take escapes."""
    if "escape" in name:
        return False
    try:
        return isinstance(b"a".decode(name), str)
    except (LookupError, ValueError):
        return False


def _allows(file: BinaryIO, name: str) -> bool:
    decoder = codecs.getincrementaldecoder(name)()
    try:
        while part := file.read(STEP):
            decoder.decode(part)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    finally:
        file.seek(0)
    return True


def lines(file: BinaryIO, mended: list[int] | None = None) -> Iterator[str]:
    """Yield the lines of a text file without their ends, whatever its encoding. Raises ``Unreadable`` for no text.

    A control sign that got into it is replaced, and the number of its line joins ``mended``; a zero byte or many such
    signs are no text.
    """
    reader = io.TextIOWrapper(file, encoding=encoding_of(file), errors="replace")
    mended = [] if mended is None else mended
    signs = 0
    try:
        for number, line in enumerate(reader, start=1):
            line, found = CONTROL.subn("\ufffd", line)
            signs += found
            if "\0" in line or signs > MOST_CONTROL or found > max(3, len(line) // 5):
                raise Unreadable(_("This is not a text file."))
            if found:
                mended.append(number)
            yield line.rstrip("\n")
    finally:
        reader.detach()


def utf8_parts(file: BinaryIO) -> Iterator[tuple[bytes, bool]]:
    """Yield an XML file of any encoding as UTF-8, and whether the part holds ``MENDED`` for what XML does not allow."""
    reader = io.TextIOWrapper(file, encoding=encoding_of(file), errors="replace", newline="")
    try:
        while text := reader.read(STEP):
            text, signs = NOT_XML.subn(MENDED, text)
            yield text.encode(), bool(signs)
    finally:
        reader.detach()

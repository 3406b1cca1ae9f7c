"""Whatever wrote a file: its letters arrive."""

from __future__ import annotations

import codecs
import io

import pytest

from modules.assessments.exchange.encoding import MENDED, encoding_of, lines, utf8_parts
from modules.assessments.exchange.problems import Unreadable

TEXT = "Éléphant – “ivory”\nВывоз\n基因\nتنوع"
WESTERN = "Éléphant – “ivory”\n€ 5"


def as_utf8(file: io.BytesIO) -> bytes:
    return b"".join(part for part, _is_mended in utf8_parts(file))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_unicode_is_recognised_with_and_without_a_mark(encoding):
    text = "question\n" + TEXT
    assert list(lines(io.BytesIO(text.encode(encoding)))) == text.split("\n")


def test_what_is_not_utf_8_is_read_as_windows_writes_it():
    assert list(lines(io.BytesIO(WESTERN.encode("windows-1252")))) == WESTERN.split("\n")


def test_a_letter_that_is_cut_by_the_step_is_one_letter():
    text = "é" * 100_001
    assert encoding_of(io.BytesIO(b"a" + text.encode())) == "utf-8"
    assert next(lines(io.BytesIO(b"a" + text.encode()))) == "a" + text


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_line_end_is_one(ending):
    assert list(lines(io.BytesIO(f"a{ending}b{ending}".encode()))) == ["a", "b"]


@pytest.mark.parametrize("encoding", ["iso-8859-1", "windows-1251", "koi8-r", "gb18030", "big5", "shift_jis", "utf-16"])
def test_a_declared_encoding_is_believed(encoding):
    words = {"iso-8859-1": "Éléphant", "windows-1251": "Вывоз", "koi8-r": "Вывоз"}.get(encoding, "基因")
    content = f'<?xml version="1.0" encoding="{encoding}"?><a>{words}</a>'.encode(encoding)
    assert words in as_utf8(io.BytesIO(content)).decode()


@pytest.mark.parametrize("declared", ["zip", "hex", "unicode-escape", "utf-16", "rot13", "no-such", "base64"])
def test_a_declaration_that_cannot_be_true_is_not_believed(declared):
    content = f'<?xml version="1.0" encoding="{declared}"?><a>é</a>'.encode()
    assert "é" in as_utf8(io.BytesIO(content)).decode()


def test_utf_8_that_says_otherwise_by_its_mark_is_utf_8():
    content = codecs.BOM_UTF8 + '<?xml version="1.0" encoding="iso-8859-1"?><a>é</a>'.encode()
    assert "<a>é</a>" in as_utf8(io.BytesIO(content)).decode()


def test_what_xml_does_not_allow_leaves_a_mark_and_is_told():
    assert list(utf8_parts(io.BytesIO(b"<a>x\x0by</a>"))) == [(f"<a>x{MENDED}y</a>".encode(), True)]
    assert list(utf8_parts(io.BytesIO(b"<a>xy</a>"))) == [(b"<a>xy</a>", False)]


def test_a_program_is_no_text():
    with pytest.raises(Unreadable):
        list(lines(io.BytesIO(b"\x7fELF\x02\x01\x01\x03\x07")))

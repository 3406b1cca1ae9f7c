"""Uploads are judged by what they hold."""

import io
import zipfile

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from media.checks import MAX_TRACK, check_document, check_recording, check_svg, check_track

DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9">{}</svg>'
)


def upload(content, name="file"):
    return SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)


def archive(**entries):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, content in entries.items():
            packed.writestr(name.replace("__", "/").replace("DOT", "."), content)
    return out.getvalue()


@pytest.mark.parametrize(
    "inside",
    [
        '<rect width="9" height="9" fill="#fbf9f3"/>',
        '<defs><linearGradient id="a"/></defs><rect fill="url(#a)"/>',
        "<rect style=\"fill: url('#a')\"/>",
        '<use href="#a"/>',
        '<image href="data:image/png;base64,iVBORw0KGgo="/>',
        "<title>A leaf</title><text>url and script are words too</text>",
        '<metadata><a xmlns="https://example.org/editor">x</a></metadata>',
    ],
)
def test_a_drawing_that_only_draws_is_taken(inside):
    check_svg(upload(DRAWING.format(inside)))


@pytest.mark.parametrize(
    "content",
    [
        DRAWING.format("<script>alert(1)</script>"),
        DRAWING.format('<rect onload="alert(1)"/>'),
        DRAWING.format("<foreignObject><p>x</p></foreignObject>"),
        DRAWING.format('<a href="javascript:alert(1)"><text>x</text></a>'),
        DRAWING.format('<use href="https://example.org/x.svg#a"/>'),
        DRAWING.format('<use xlink:href="other.svg#a"/>'),
        DRAWING.format('<image href="data:image/svg+xml;base64,PHN2Zz4="/>'),
        DRAWING.format('<rect fill="url(https://example.org/x)"/>'),
        DRAWING.format('<rect style="background: URL(//example.org/x)"/>'),
        DRAWING.format("<rect style=\"@import 'x'\"/>"),
        DRAWING.format("<style>* { fill: red }</style>"),
        DRAWING.format('<set attributeName="href" to="javascript:x"/>'),
        DRAWING.format('<script xmlns="http://www.w3.org/1999/xhtml">alert(1)</script>'),
        DRAWING.format('<img xmlns="http://www.w3.org/1999/xhtml" src="x"/>'),
        '<!DOCTYPE svg [<!ENTITY a "aaaa">]>' + DRAWING.format("<text>&a;</text>"),
        '<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + DRAWING.format("<text>&a;</text>"),
        "<html><body/></html>",
        "not xml at all",
        "",
    ],
)
def test_a_drawing_that_does_more_is_refused(content):
    with pytest.raises(ValidationError):
        check_svg(upload(content))


GOOD_DOCUMENTS = [
    ("a.pdf", b"%PDF-1.7\n..."),
    ("a.txt", "Straße".encode()),
    ("a.csv", "name,name\n".encode("utf-16")),
    ("a.zip", archive(aDOTtxt="x")),
    ("a.docx", archive(**{"[Content_Types]DOTxml": "", "word__documentDOTxml": ""})),
    ("a.xlsx", archive(**{"[Content_Types]DOTxml": "", "xl__workbookDOTxml": ""})),
    ("a.odt", archive(mimetype="application/vnd.oasis.opendocument.text")),
    ("A.PDF", b"%PDF-1.4"),
]


@pytest.mark.parametrize(("name", "content"), GOOD_DOCUMENTS)
def test_a_document_that_is_what_it_says_is_taken(name, content):
    check_document(upload(content), name)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", b"<html>"),
        ("a.pdf", b""),
        ("a.docx", archive(aDOTtxt="x")),
        ("a.docx", b"%PDF-1.7"),
        ("a.docx", archive(**{"[Content_Types]DOTxml": "", "word__vbaProjectDOTbin": ""})),
        ("a.xlsx", archive(**{"[Content_Types]DOTxml": "", "word__documentDOTxml": ""})),
        ("a.odt", archive(mimetype="text/html")),
        ("a.zip", b"PK\x03\x04 but no archive"),
        ("a.zip", archive(DOTDOT__x="")),
        ("a.txt", b"\xff\xd8\xff\xe0 a picture"),
        ("a.txt", "<script>alert(1)</script>"),
        ("a.csv", b"a\x00b"),
        ("a.exe", b"MZ"),
        ("a.html", "<html>"),
    ],
)
def test_a_document_that_is_something_else_is_refused(name, content):
    with pytest.raises(ValidationError):
        check_document(upload(content), name)


ODT = archive(mimetype="application/vnd.oasis.opendocument.text")
LOCAL, CENTRAL = ODT.index(b"PK\x03\x04"), ODT.index(b"PK\x01\x02")


def changed(local: int, central: int, to: bytes, content: bytes = ODT) -> bytes:
    """An archive with other bytes at a place of its entry's two headers (-1: none)."""
    spoilt = bytearray(content)
    for start, offset in ((LOCAL, local), (CENTRAL, central)):
        if offset >= 0:
            spoilt[start + offset : start + offset + len(to)] = to
    return bytes(spoilt)


def packed(packing: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packing) as target:
        target.writestr("mimetype", "application/vnd.oasis.opendocument.text")
    return out.getvalue()


CRAFTED = {
    "encrypted": changed(6, 8, b"\x01\x00"),
    "packed as nobody does": changed(8, 10, b"\x63\x00"),
    "said to be packed": changed(8, 10, b"\x08\x00"),
    "said to be packed with bzip2": changed(8, 10, b"\x0c\x00"),
    "packed with bzip2": packed(zipfile.ZIP_BZIP2),
    "packed with lzma": packed(zipfile.ZIP_LZMA),
    "of a version to come": changed(4, 6, b"\xff\x00"),
    "another content": changed(38, -1, b"text/html"),
    "another name": changed(30, -1, b"mimetypo"),
    "beyond its end": changed(-1, 42, b"\xff\xff\xff\x7f"),
    "no name that can be read": changed(6, 8, b"\x00\x08", ODT.replace(b"mimetype", b"\xff\xfe\xfd\xfcxxxx")),
    "cut off": ODT[:-30],
}


@pytest.mark.parametrize("content", CRAFTED.values(), ids=CRAFTED)
def test_a_crafted_archive_is_refused_in_words(content):
    with pytest.raises(ValidationError, match="not what its name says"):
        check_document(upload(content), "a.odt")


@given(st.data())
def test_a_damaged_archive_is_taken_or_refused_and_nothing_else(data):
    spoilt = bytearray(packed(zipfile.ZIP_DEFLATED))
    for _change in range(data.draw(st.integers(1, 3))):
        spoilt[data.draw(st.integers(4, len(spoilt) - 1))] = data.draw(st.integers(0, 255))
    try:
        check_document(upload(bytes(spoilt)), "a.odt")
    except ValidationError as error:
        assert error.messages


def test_an_archive_that_would_burst_is_refused(monkeypatch):
    monkeypatch.setattr("media.checks.MAX_UNPACKED", 1000)
    with pytest.raises(ValidationError, match="too much"):
        check_document(upload(archive(x="0" * 2000)), "a.zip")


@pytest.mark.parametrize(
    ("name", "content", "taken"),
    [
        ("a.mp4", b"\x00\x00\x00\x20ftypisom", True),
        ("a.webm", b"\x1a\x45\xdf\xa3", True),
        ("a.mp3", b"ID3\x04", True),
        ("a.mp3", b"\xff\xfb\x90", True),
        ("a.ogg", b"OggS", True),
        ("a.mp4", b"<html>", False),
        ("a.mp3", b"\xff", False),
        ("a.avi", b"RIFF", False),
        ("a.webm", b"", False),
    ],
)
def test_a_recording_is_what_it_says(name, content, taken):
    if taken:
        check_recording(upload(content), name)
    else:
        with pytest.raises(ValidationError):
            check_recording(upload(content), name)


CUE = "00:01.000 --> 00:02.500\nHello\n"


@pytest.mark.parametrize(
    "content",
    [
        f"WEBVTT\n\n{CUE}",
        f"\ufeffWEBVTT a title\r\n\r\n1\r\n{CUE}",
        f"WEBVTT\n\n{CUE}\n01:00:00.000 --> 01:00:01.000 align:start\nx",
    ],
)
def test_captions_are_taken(content):
    check_track(upload(content))


@pytest.mark.parametrize(
    "content",
    [
        "",
        "WEBVTT\n\nNo cue",
        f"WEBVTTX\n\n{CUE}",
        f"1\n{CUE}",
        "WEBVTT\n\n00:02.000 --> 00:01.000\nBackwards",
        "WEBVTT\n\n00:01,000 --> 00:02,000\nSubRip",
        f"WEBVTT\n\n{CUE}".encode("utf-16"),
        b"WEBVTT" + b" " * MAX_TRACK,
    ],
)
def test_what_is_no_captions_is_refused(content):
    with pytest.raises(ValidationError):
        check_track(upload(content))

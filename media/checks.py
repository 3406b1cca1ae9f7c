"""Checks of uploaded files: their content, not what their name says. Pure: bytes in, a sentence for the uploader out.

Each check takes a binary file object and raises ``ValidationError``. Pictures other than SVG are checked by
Wagtail itself (Willow and Pillow: format against extension, size, number of pixels).
"""

from __future__ import annotations

import lzma
import re
import struct
import zipfile
import zlib
from pathlib import PurePosixPath
from typing import IO, Any
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException, ElementTree
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from PIL import Image

MB = 1024 * 1024
MAX_DOCUMENT, MAX_RECORDING, MAX_SVG, MAX_TRACK = 50 * MB, 500 * MB, MB, MB
MAX_UNPACKED, MAX_ENTRIES = 500 * MB, 5000
MAX_PIXELS = 128_000_000

SVG = "{http://www.w3.org/2000/svg}"
# What draws. Everything else (script, foreignObject, iframe, animation of links, style sheets) is refused.
# fmt: off
SVG_ELEMENTS = {
    "svg", "g", "defs", "symbol", "use", "title", "desc", "metadata", "path", "rect", "circle", "ellipse", "line",
    "polyline", "polygon", "text", "tspan", "textPath", "linearGradient", "radialGradient", "stop", "pattern",
    "clipPath", "mask", "marker", "switch", "image",
}
# fmt: on
URL_ELSEWHERE = re.compile(r"url\s*\((?!\s*['\"]?#)", re.IGNORECASE)
STYLE_REACHES_OUT = re.compile(r"@import|expression\s*\(|-moz-binding|\\", re.IGNORECASE)
DATA_PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*", re.IGNORECASE)

OFFICE = {"docx": "word/", "xlsx": "xl/", "pptx": "ppt/"}
ODF = {"odt": b"application/vnd.oasis.opendocument.text"}
UNPACKING = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
)
"""What Python raises for a damaged, encrypted or strangely packed file of an archive."""
PACKINGS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
"""How a file of an archive may be packed to be read. Of others, Python unpacks more at once than it is asked for."""
CUE = re.compile(r"^((?:\d+:)?[0-5]\d:[0-5]\d\.\d{3})[ \t]+-->[ \t]+((?:\d+:)?[0-5]\d:[0-5]\d\.\d{3})(?:[ \t].*)?$")


def extension(name: str) -> str:
    """Return a file name's extension in small letters, without the dot."""
    return PurePosixPath(name).suffix.lower().lstrip(".")


def check_size(file: Any, limit: int) -> None:
    """Refuse an empty file, and one above ``limit`` bytes."""
    if not file.size:
        raise ValidationError(_("The file is empty."))
    if file.size > limit:
        raise ValidationError(
            _("The file is too big (%(size)s). It may have %(limit)s at most.")
            % {"size": filesizeformat(file.size), "limit": filesizeformat(limit)}
        )


def check_svg(file: IO[bytes]) -> None:
    """Refuse a drawing that holds anything but a drawing: scripts, handlers, references to elsewhere, entities."""
    check_size(file, MAX_SVG)
    file.seek(0)
    try:
        root = ElementTree.parse(file, forbid_dtd=False, forbid_entities=True, forbid_external=True).getroot()
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise ValidationError(_("This is not an SVG drawing that can be read safely.")) from error
    finally:
        file.seek(0)
    if root.tag != f"{SVG}svg":
        raise ValidationError(_("This is not an SVG drawing that can be read safely."))
    for element in root.iter():
        _check_element(element)


def _check_element(element: Any) -> None:
    tag = element.tag if isinstance(element.tag, str) else ""
    namespace, __, name = tag.rpartition("}")
    foreign = namespace not in {"", "{http://www.w3.org/1999/xhtml", "{http://www.w3.org/2000/svg"}
    if not foreign and (f"{namespace}}}" != SVG or name not in SVG_ELEMENTS):
        raise ValidationError(_("The drawing holds “%(name)s”, which is not allowed.") % {"name": name})
    for attribute, value in element.attrib.items():
        local = attribute.rpartition("}")[2].lower()
        if local.startswith("on"):
            raise ValidationError(_("The drawing holds a script (“%(name)s”).") % {"name": local})
        if local in {"href", "src"} and not value.strip().startswith("#") and not DATA_PICTURE.fullmatch(value.strip()):
            raise ValidationError(_("The drawing refers to something outside itself."))
        if URL_ELSEWHERE.search(value) or (local == "style" and STYLE_REACHES_OUT.search(value)):
            raise ValidationError(_("The drawing refers to something outside itself."))


def check_document(file: Any, name: str) -> None:
    """Refuse a document whose content is not what its extension says, with macros, or packed to burst."""
    check_size(file, MAX_DOCUMENT)
    kind = extension(name)
    file.seek(0)
    head = file.read(1024)
    try:
        if kind == "pdf":
            fits = b"%PDF-" in head
        elif kind in {"csv", "txt"}:
            fits = _is_text(file)
        else:
            fits = head.startswith((b"PK\x03\x04", b"PK\x05\x06")) and _check_archive(file, kind)
    finally:
        file.seek(0)
    if not fits:
        raise ValidationError(
            _("The content of this file is not what its name says (.%(extension)s).") % {"extension": kind}
        )


def _is_text(file: Any) -> bool:
    file.seek(0)
    content = file.read()
    try:
        text = content.decode("utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig")
    except UnicodeDecodeError:
        raise ValidationError(_("Save this text in the encoding UTF-8.")) from None
    return "\x00" not in text and not text.lstrip()[:200].lower().startswith(
        ("<!doctype", "<html", "<script", "<svg", "<?xml")
    )


def _check_archive(file: Any, kind: str) -> bool:
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
                raise ValidationError(_("There is too much in this archive."))
            names = [entry.filename for entry in entries]
            if any(name.startswith(("/", "\\")) or ".." in PurePosixPath(name).parts for name in names):
                raise ValidationError(_("This archive would write outside its own folder."))
            if kind in OFFICE:
                if any(name.lower().endswith("vbaproject.bin") for name in names):
                    raise ValidationError(_("Documents with macros are not allowed."))
                return "[Content_Types].xml" in names and any(name.startswith(OFFICE[kind]) for name in names)
            if kind in ODF:
                return "mimetype" in names and _start(archive, "mimetype") == ODF[kind]
            if kind == "key":
                return any(name.startswith("Index") for name in names)
            return kind == "zip"
    except UNPACKING:
        return False


def _start(archive: zipfile.ZipFile, name: str) -> bytes:
    """The first bytes of a file in an archive; none of one that is packed in an uncommon way."""
    entry = archive.getinfo(name)
    return archive.open(entry).read(200).strip() if entry.compress_type in PACKINGS else b""


def check_picture(file: Any, name: str) -> None:
    """Refuse a picture that is broken, too large to open, or not what its extension says."""
    formats = {"jpg": "JPEG", "jpeg": "JPEG", "png": "PNG", "webp": "WEBP", "gif": "GIF"}
    kind = extension(name)
    file.seek(0)
    try:
        with Image.open(file, formats=[formats[kind]]) as picture:
            fits = picture.width * picture.height <= MAX_PIXELS
            picture.verify()
    except (KeyError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        fits = False
    finally:
        file.seek(0)
    if not fits:
        raise ValidationError(
            _("The content of this file is not what its name says (.%(extension)s).") % {"extension": kind}
        )


def check_recording(file: Any, name: str) -> None:
    """Refuse a video or sound recording whose content is not what its extension says."""
    check_size(file, MAX_RECORDING)
    kind = extension(name)
    file.seek(0)
    head = file.read(64)
    file.seek(0)
    fits = {
        "mp4": head[4:8] == b"ftyp",
        "m4a": head[4:8] == b"ftyp",
        "webm": head.startswith(b"\x1a\x45\xdf\xa3"),
        "ogg": head.startswith(b"OggS"),
        "opus": head.startswith(b"OggS"),
        "mp3": head.startswith(b"ID3") or (len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0),
    }.get(kind, False)
    if not fits:
        raise ValidationError(
            _("The content of this file is not what its name says (.%(extension)s).") % {"extension": kind}
        )


def check_track(file: Any) -> None:
    """Refuse what is no WebVTT file: encoding, first line, at least one cue, every cue with an end after its start."""
    check_size(file, MAX_TRACK)
    file.seek(0)
    content = file.read()
    file.seek(0)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValidationError(_("Save this text in the encoding UTF-8.")) from None
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not re.match(r"WEBVTT([ \t]|$)", lines[0]):
        raise ValidationError(_("A WebVTT file begins with the line “WEBVTT”."))
    cues = 0
    for number, line in enumerate(lines, start=1):
        if "-->" not in line:
            continue
        cue = CUE.match(line.strip())
        if cue is None or _seconds(cue[2]) <= _seconds(cue[1]):
            raise ValidationError(_("Line %(number)s is not a valid time of a caption.") % {"number": number})
        cues += 1
    if not cues:
        raise ValidationError(_("There is no caption in this file."))


def _seconds(time: str) -> float:
    total = 0.0
    for part in time.split(":"):
        total = total * 60 + float(part)
    return total

"""QTI 2.1, 2.2 and 3.0: the items of a package, one by one. Read only. Pure: bytes in, records out.

A package is a ZIP from a stranger. Nothing of it is ever written to disk; what would leave its folder, is
encrypted, a link, too many or too much is refused before anything is read, and reading stops at the limits
whatever the ZIP says of itself. Each file is unpacked once, however often and in whatever spelling of its path items
name it, so that a package never holds more memory than ``MOST_BYTES``. QTI 3's names (``qti-choice-interaction``) are
read as those of QTI 2.
"""

from __future__ import annotations

import io
import posixpath
import re
import stat
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape, unescape
from typing import BinaryIO
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from django.utils.translation import gettext as _

from media.checks import PACKINGS, UNPACKING

from . import markup, qti_scoring
from .draft import Draft, Picture
from .pictures import picture_of, taken_in
from .problems import Fault, Unreadable
from .qti_scoring import Declaration
from .safe_xml import is_mended, line_of, whole

MB = 1024 * 1024
MOST_FILES, MOST_BYTES, MOST_ITEM, MOST_PICTURE, MOST_RATIO = 10_000, 300 * MB, 5 * MB, 10 * MB, 200
MANIFEST = "imsmanifest.xml"
MOST_NAMES = 10
ITEM = re.compile(r"imsqti_(?:apip)?item", re.IGNORECASE)
PASSAGES = {"p", "div", "span"}
# The parts of an item that are not what is asked.
ASIDE = {"rubricBlock", "stylesheet", "feedbackBlock", "feedbackInline"}
WORKED_OUT = {"templateDeclaration", "templateProcessing", "templateBlock", "templateInline", "printedVariable"}
"""What makes an item another one each time it is asked."""
BESIDE = re.compile(r"$|webcontent|associatedcontent|controlfile|css|.*(template|xsd|stylesheet)", re.IGNORECASE)
"""Resources of a package that belong to others, such as pictures."""


Files = Callable[[str], Picture | None]
"""The picture at a path, as an item names it."""


@dataclass
class Record:
    """One item: ``interactions`` are where somebody answers, ``kind`` is their name if they are of one kind."""

    element: Element
    draft: Draft
    interactions: list[Element]
    declarations: dict[str, Declaration]
    files: Files

    @property
    def told_language(self) -> str:
        """What the item says of its language (``fr-CA``); empty when it says nothing."""
        return self.element.get("lang", "")

    @property
    def kind(self) -> str:
        kinds = {interaction.tag for interaction in self.interactions}
        return kinds.pop() if len(kinds) == 1 else " + ".join(sorted(kinds))

    @property
    def refusal(self) -> str:
        """Why the item cannot be asked here whatever its interactions are; empty when it can."""
        if any(node.tag in WORKED_OUT for node in self.element.iter()):
            return _("It is worked out anew each time it is asked: its numbers or words are variables.")
        return ""

    @property
    def name(self) -> str:
        return self.draft.name

    @property
    def line(self) -> int:
        return line_of(self.element)

    def declared(self, interaction: Element) -> Declaration:
        """Return what is right for an interaction."""
        return self.declarations.get(interaction.get("responseIdentifier", ""), Declaration())

    def asked(self, replace: Callable[[Element], str] | None = None) -> str:
        """Return what is asked, with the prompts; each interaction becomes what ``replace`` says (nothing)."""
        body = self.element.find("itemBody")

        def inside(node: Element) -> str:
            if node in self.interactions:
                prompt = node.find("prompt")
                return (f"<p>{_inner(prompt, inside)}</p>" if prompt is not None else "") + (
                    replace(node) if replace else ""
                )
            return _outer(node, inside)

        return self._html(_inner(body, inside)) if body is not None else ""

    def html(self, node: Element | None) -> str:
        """Return the clean HTML of what is in an element."""
        return self._html(_inner(node, None))

    def words(self, node: Element | None) -> str:
        """Return what is in an element as plain words, without the feedback in it; what is lost is noted."""
        if node is None:
            return ""
        kept, html = dict(self.draft.pictures), self.html(node)
        self.draft.pictures = kept
        if what := markup.unsaid(html):
            self.draft.lose(what)
        return markup.words(html)

    def _html(self, html: str) -> str:
        files: dict[str, Picture | None] = {}

        def local(found: re.Match[str]) -> str:
            href = unescape(found[2])
            name = unquote(href)
            if re.match(r"[a-z]+:|//|@@", name, re.IGNORECASE):
                return found[0]
            files[name] = self.files(href)
            return f'{found[1]}"@@PLUGINFILE@@/{found[2]}"'

        html = re.sub(r'(<img\b[^>]*?\bsrc=)"([^"]*)"', local, html)
        return taken_in(html, files, self.draft)


def read(file: BinaryIO) -> Iterator[Record | Fault]:
    """Yield the items of a package, or of a single item's XML file.

    Raises ``Unreadable`` for what is no package, or is not safe to open; a ``Fault`` is an item that cannot be read.
    """
    file.seek(0)
    if not file.read(4).startswith(b"PK"):
        file.seek(0)
        root = _as_qti_2(whole(file))
        if root.tag != "assessmentItem":
            raise Unreadable(_("This is neither a QTI package (ZIP) nor a QTI item."))
        yield _record(root, (), lambda name: None)
        return
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, OSError):
        raise Unreadable(_("This ZIP file is damaged.")) from None
    with archive:
        yield from _of_package(archive)


def _of_package(archive: zipfile.ZipFile) -> Iterator[Record | Fault]:
    """Yield the items that the manifest of a package names, each once, and say what else it names."""
    entries = _checked(archive)
    manifest = next((name for name in sorted(entries, key=len) if posixpath.basename(name) == MANIFEST), None)
    if manifest is None:
        raise Unreadable(_("The package has no %(name)s.") % {"name": MANIFEST})
    pictures: dict[str, Picture | None] = {}

    def picture(path: str) -> Picture | None:
        if path in entries and path not in pictures:
            pictures[path] = picture_of(path, _bytes(archive, entries[path], MOST_PICTURE))
        return pictures.get(path)

    items, unread = _resources(whole(io.BytesIO(_bytes(archive, entries[manifest], MOST_ITEM))))
    if not items:
        raise Unreadable(_("The package holds no items of QTI 2 or 3.") + _not_read(unread))
    if unread:
        yield Fault(line_of(unread[0]), _not_read(unread).strip(), is_remark=True)
    read_before: set[str] = set()
    for resource in items:
        href = resource.get("href") or next((each.get("href", "") for each in resource.iter("file")), "")
        path = _within(posixpath.dirname(manifest), href)
        if path not in read_before:
            yield _item(archive, entries, path, resource, picture)
        elif path in entries:
            why = _("The item %(name)s is named twice; it is read once.") % {"name": path}
            yield Fault(line_of(resource), why, resource.get("identifier", ""), is_remark=True)
        read_before.add(path)


def _resources(manifest: Element) -> tuple[list[Element], list[Element]]:
    """Return the items that a manifest names, and what else it names that is not beside them, such as a test."""
    items: list[Element] = []
    others: list[Element] = []
    for each in manifest.iter("resource"):
        kind = each.get("type", "")
        if ITEM.match(kind):
            items.append(each)
        elif not BESIDE.match(kind):
            others.append(each)
    return items, others


def _within(folder: str, href: str) -> str:
    """The path in the package that an address in a file of this folder means."""
    return posixpath.normpath(posixpath.join(folder, unquote(href)))


def _not_read(resources: list[Element]) -> str:
    if not resources:
        return ""
    names = [f"{each.get('href') or each.get('identifier', '')} ({each.get('type', '')})"[:100] for each in resources]
    return " " + _("Not read: %(names)s.") % {
        "names": ", ".join(names[:MOST_NAMES] + ["…"] * (len(names) > MOST_NAMES))
    }


def _checked(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The files of an archive by name, if it is safe to read them."""
    entries = archive.infolist()
    if len(entries) > MOST_FILES:
        raise Unreadable(_("The package holds more than %(number)s files.") % {"number": MOST_FILES})
    if sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise Unreadable(_("The package holds more than %(size)s MB.") % {"size": MOST_BYTES // MB})
    for entry in entries:
        name = entry.filename.replace("\\", "/")
        if name.startswith("/") or ":" in name.split("/")[0] or ".." in name.split("/"):
            raise Unreadable(_("The package would write outside its own folder (%(name)s).") % {"name": name[:100]})
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise Unreadable(_("The package holds a link to another file (%(name)s).") % {"name": name[:100]})
        if entry.flag_bits & 1:
            raise Unreadable(_("The package is encrypted."))
        if entry.compress_type not in PACKINGS:
            raise Unreadable(_("%(name)s cannot be unpacked.") % {"name": entry.filename[:100]})
        if entry.file_size > MB and entry.file_size > MOST_RATIO * max(entry.compress_size, 1):
            raise Unreadable(_("The package is packed to burst (%(name)s).") % {"name": name[:100]})
    names = [entry.filename for entry in entries]
    if len(set(names)) < len(names):
        raise Unreadable(_("The package holds two files of one name."))
    return {entry.filename: entry for entry in entries if not entry.is_dir()}


def _bytes(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> bytes:
    """The content of a file; never more bytes are unpacked than the ZIP says it has, nor more than ``most``."""
    if entry.file_size > most:
        raise Unreadable(_("%(name)s is too big.") % {"name": entry.filename[:100]})
    try:
        with archive.open(entry) as opened:
            return opened.read(most)
    except UNPACKING as error:
        raise Unreadable(_("%(name)s cannot be unpacked.") % {"name": entry.filename[:100]}) from error


def _item(
    archive: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo], path: str, resource: Element, picture: Files
) -> Record | Fault:
    if path not in entries:
        return Fault(
            line_of(resource),
            _("The item %(name)s is not in the package.") % {"name": path},
            resource.get("identifier", ""),
        )
    folder = posixpath.dirname(path)
    try:
        root = _as_qti_2(whole(io.BytesIO(_bytes(archive, entries[path], MOST_ITEM))))
        if root.tag != "assessmentItem":
            raise Unreadable(_("The file begins with <%(found)s>, which is no item.") % {"found": root.tag})
        return _record(root, (), lambda href: picture(_within(folder, href)))
    except Unreadable as error:
        return Fault(0, f"{path}: {error}", resource.get("identifier", ""))


def _as_qti_2(root: Element) -> Element:
    """Give elements and attributes of QTI 3 the names of QTI 2: ``qti-simple-choice`` is ``simpleChoice``."""
    for node in root.iter():
        if node.tag.startswith("qti-"):
            node.tag = _camel(node.tag.removeprefix("qti-"))
            for name in [name for name in node.attrib if "-" in name and not name.startswith("data-")]:
                node.attrib[_camel(name)] = node.attrib.pop(name)
    return root


def _camel(name: str) -> str:
    first, *rest = name.split("-")
    return first + "".join(part.capitalize() for part in rest)


def _record(root: Element, category: tuple[str, ...], files: Files) -> Record:
    draft = Draft(
        type="",
        text="",
        body={},
        name=" ".join((root.get("title") or root.get("identifier") or "").split()),
        idnumber=root.get("identifier", ""),
        category=category,
        line=line_of(root),
    )
    body = root.find("itemBody")
    if body is not None:
        _part_languages(body)
    interactions = [node for node in body.iter() if node.tag.endswith("Interaction")] if body is not None else []
    processing = root.find("responseProcessing")
    declarations = qti_scoring.declarations(root, processing)
    record = Record(root, draft, interactions, declarations, files)
    _note_losses(record)
    for what in qti_scoring.losses(processing, [(node.tag, record.declared(node)) for node in interactions]):
        draft.lose(what)
    return record


def _note_losses(record: Record) -> None:
    """Note what an item has and no question here."""
    root, draft = record.element, record.draft
    if is_mended(root):
        draft.lose(_("control signs: “%(sign)s” stands in their place") % {"sign": "\ufffd"})
    if any(_is_fixed(interaction) for interaction in record.interactions):
        draft.lose(_("the fixed order of the answers: a quiz shuffles all or none"))
    if [node for node in root.iter("modalFeedback") if markup.words(_inner(node, None))]:
        draft.lose(_("the feedback that depends on the result"))
    if [node for node in root.iter("rubricBlock") if markup.words(_inner(node, None))]:
        draft.lose(_("the notes for those who mark or administer"))
    if any(
        markup.words(_inner(node, None))
        for parent in root.iter()
        for node in parent
        if node.tag == "feedbackBlock" or (node.tag == "feedbackInline" and parent.tag != "simpleChoice")
    ):
        draft.lose(_("the feedback within the text"))
    for node in root.iter("assessmentStimulusRef"):
        name = {"name": node.get("href") or node.get("identifier", "")}
        draft.lose(_("the text that goes before it, which is in another file (%(name)s)") % name)


def _part_languages(body: Element) -> None:
    """Write what stands side by side in several languages as ``multilang`` reads it.

    QTI has no words for it. Where all passages next to each other name their language (``xml:lang``), not all the
    same, and nothing stands between, each is meant for its readers; a foreign word within a text is none of these.
    """
    for parent in body.iter():
        passages = [child for child in parent if child.tag in PASSAGES]
        between = [parent.text, *(child.tail for child in parent)]
        told = [child.get("lang", "") for child in passages]
        if len(set(told)) > 1 and all(told) and not any((text or "").strip() for text in between):
            for child, code in zip(passages, told, strict=True):
                child.text = f"{{mlang {code}}}{child.text or ''}"
                del child.attrib["lang"]
                last = child[-1] if len(child) else None
                if last is None:
                    child.text += "{mlang}"
                else:
                    last.tail = f"{last.tail or ''}{{mlang}}"


def _is_fixed(interaction: Element) -> bool:
    """Whether it is said that the answers, or some of them, keep their place."""
    keeps = interaction.tag != "orderInteraction" and interaction.get("shuffle") == "false"
    return keeps or any(node.get("fixed") == "true" for node in interaction.iter())


def _inner(node: Element | None, inside: Callable[[Element], str] | None) -> str:
    """The HTML of what is in an element; ``inside`` writes its children."""
    if node is None:
        return ""
    parts = [escape(node.text or "", quote=False)]
    for child in node:
        parts.append(inside(child) if inside else _outer(child, None))  # type: ignore[arg-type]
        parts.append(escape(child.tail or "", quote=False))
    return "".join(parts)


def _outer(node: Element, inside: Callable[[Element], str] | None) -> str:
    if node.tag in ASIDE:
        return ""
    attributes = "".join(f' {name}="{escape(text)}"' for name, text in node.attrib.items() if ":" not in name)
    if node.tag in ("img", "br", "hr"):
        return f"<{node.tag}{attributes}>"
    return f"<{node.tag}{attributes}>{_inner(node, inside)}</{node.tag}>"

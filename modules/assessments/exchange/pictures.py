"""Pictures within the HTML of questions: taken out of what comes in, put back into what goes out. Pure."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from html import escape, unescape
from urllib.parse import quote, unquote

from django.utils.translation import gettext as _

from . import markup
from .draft import Draft, Picture

DATA = re.compile(r"""(\bsrc\s*=\s*)(["'])\s*data:image/([a-z0-9.+-]+);base64,([^"']*)\2""", re.IGNORECASE)
IMG = re.compile(r'<img((?:\s+[a-zA-Z-]+(?:="[^"]*")?)*)\s*/?>')
LINK = re.compile(r'(<a\b[^>]*?)\s+href="@@PLUGINFILE@@/([^"]*)"')
ATTRIBUTE = re.compile(r'([a-zA-Z-]+)="([^"]*)"')
HEAVY = re.compile(r"<\s*(audio|video|iframe|object|embed|script|form|applet|svg|canvas)\b", re.IGNORECASE)
PLUGIN = "@@PLUGINFILE@@/"


def bytes_of(coded: str) -> bytes | None:
    """Return what base64 stands for; ``None`` when it is broken."""
    try:
        return base64.b64decode("".join(coded.split()), validate=True)
    except (binascii.Error, ValueError):
        return None


def picture_of(path: str, content: bytes | None) -> Picture | None:
    """Return the picture in a file of this path; ``None`` when there is nothing in it."""
    return Picture(path.rpartition("/")[2], content) if content else None


def taken_in(html: str, files: Mapping[str, Picture | None], draft: Draft) -> str:
    """Return clean HTML in which each picture of ``files`` is ``<img data-picture="mark">`` and joins ``draft``.

    A picture of another site becomes a link; what a question cannot hold is noted as lost.
    """
    inside = dict(files)

    def lift(found: re.Match[str]) -> str:
        name = f"picture-{len(inside) + 1}.{found[3].split('+')[0]}"
        inside[name] = picture_of(name, bytes_of(found[4]))
        return f'{found[1]}"{PLUGIN}{name}"'

    for tag in dict.fromkeys(tag.lower() for tag in HEAVY.findall(html)):
        draft.lose(_("what stands in <%(tag)s>") % {"tag": tag})
    html = markup.clean(DATA.sub(lift, html))

    def unlink(found: re.Match[str]) -> str:
        draft.lose(_("the file “%(name)s”") % {"name": unquote(unescape(found[2]))})
        return found[1]

    html = LINK.sub(unlink, html)
    return IMG.sub(lambda found: _taken(found[1], inside, draft), html)


def _taken(attributes: str, files: Mapping[str, Picture | None], draft: Draft) -> str:
    held = {name.lower(): unescape(value) for name, value in ATTRIBUTE.findall(attributes)}
    source, alt = held.get("src", ""), held.get("alt", "")
    if source.startswith(PLUGIN):
        name = unquote(source.removeprefix(PLUGIN).split("?")[0])
        picture = files.get(name) or _by_bare_name(files, name.rpartition("/")[2])
        if picture:
            draft.pictures[picture.mark] = picture
            return f'<img data-picture="{picture.mark}" alt="{escape(alt)}">'
        draft.lose(_("the picture “%(name)s”, which is not in the file") % {"name": name})
    elif source.startswith(("http://", "https://")):
        draft.lose(_("a picture of another site, now a link: %(address)s") % {"address": source[:200]})
        return f'<a href="{escape(source)}">{escape(alt or source)}</a>'
    elif source:
        draft.lose(_("the picture “%(name)s”, which is not in the file") % {"name": source[:200]})
    return escape(alt, quote=False)


def _by_bare_name(files: Mapping[str, Picture | None], name: str) -> Picture | None:
    """The only file of this name, wherever it lies."""
    found = [picture for path, picture in files.items() if path.rpartition("/")[2] == name]
    return found[0] if len(found) == 1 else None


def sent_out(html: str, load: Callable[[int], Picture | None]) -> tuple[str, list[Picture]]:
    """Return HTML in which our pictures are ``@@PLUGINFILE@@/name``, and the pictures."""
    found: dict[str, Picture] = {}

    def out(tag: re.Match[str]) -> str:
        held = {name.lower(): value for name, value in ATTRIBUTE.findall(tag[1])}
        number = held.get("data-picture", "")
        picture = load(int(number)) if number.isdigit() else None
        if picture is None:
            return tag[0]
        found[picture.name] = picture
        return f'<img src="{PLUGIN}{quote(picture.name)}" alt="{held.get("alt", "")}">'

    return IMG.sub(out, html), list(found.values())


def without_pictures(html: str) -> str:
    """Return HTML with each picture's text alternative in its place."""
    return IMG.sub(lambda tag: dict(ATTRIBUTE.findall(tag[1])).get("alt", ""), html)

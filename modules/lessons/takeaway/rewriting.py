"""Makes the HTML of a lesson fit to be read without the site. Pure.

Pictures lose their many sizes and get the address they have in the book; links get theirs; what plays is left out
unless recordings are taken along. Its transcript always stays.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html import escape
from html.parser import HTMLParser

LEFT_OUT = {"video", "audio"}
PLAYED = {"source", "track"}
NOT_NEEDED = {"srcset", "sizes", "loading", "decoding", "download", "data-term"}
WIDTH = 720  # of the size of a picture that is taken along, where there are several

Picture = Callable[[str], str]  # address on the site -> address in the book; empty: leave it out
Recording = Callable[[str], str]  # the same for a recording or its captions
Link = Callable[[Mapping[str, str]], str]  # attributes of a link -> its address in the book


def rewrite(html: str, picture: Picture, link: Link, recording: Recording | None = None) -> str:
    """Return the HTML with the addresses of pictures and links replaced; without ``recording``, without what plays."""
    reader = _Rewriter(picture, link, recording)
    reader.feed(html)
    reader.close()
    return "".join(reader.parts)


def best_size(src: str, srcset: str) -> str:
    """Return the largest of a picture's sizes that is not above ``WIDTH``; ``src`` where there are none."""
    sizes = {int(width): url for url, width in re.findall(r"(\S+)\s+(\d+)w", srcset)}
    fitting = [width for width in sizes if width <= WIDTH]
    return sizes[max(fitting)] if fitting else src


class _Rewriter(HTMLParser):
    def __init__(self, picture: Picture, link: Link, recording: Recording | None) -> None:
        super().__init__(convert_charrefs=False)
        self.parts: list[str] = []
        self._picture, self._link, self._recording = picture, link, recording
        self._left_out = set() if recording else LEFT_OUT
        self._out = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self._left_out:
            self._out += 1
        if self._out:
            return
        values = {name: value or "" for name, value in attrs}
        if tag == "img":
            values["src"] = self._picture(best_size(values.get("src", ""), values.get("srcset", "")))
            if not values["src"]:
                self.parts.append(escape(values.get("alt", "")))
                return
        if tag in PLAYED and self._recording:
            values["src"] = self._recording(values.get("src", ""))
            if not values["src"]:
                return
        if values.get("poster"):
            values["poster"] = self._picture(values["poster"])
        if tag == "a" and "href" in values:
            values["href"] = self._link(values)
        kept = (f' {name}="{escape(value)}"' for name, value in values.items() if name not in NOT_NEEDED)
        self.parts.append(f"<{tag}{''.join(kept)}>")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._left_out:
            self._out = max(0, self._out - 1)
        elif not self._out:
            self.parts.append(f"</{tag}>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag in self._left_out:
            self._out -= 1
        elif tag not in {"img", "br", "hr", *PLAYED} and not self._out:
            self.parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if not self._out:
            self.parts.append(data)

    def handle_entityref(self, name: str) -> None:
        self.handle_data(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.handle_data(f"&#{name};")

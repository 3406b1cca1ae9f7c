"""Every internal link leads somewhere, for everybody: a crawl of the whole site, and what every page must carry."""

from __future__ import annotations

import http.cookiejar
import re
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest

from .people import editor, session_of
from .servers import Platform

VARIANTS = 6
"""How many query strings of one path are followed."""
ADMIN_PAGES = 60
"""How many pages of the admin are followed; most of them are Wagtail's own."""
FOLLOWED = {"visitor": {"en", "ar", "es", "fr", "ru", "zh-hans"}}
"""Languages whose pages are read for their links; the others are only asked for."""
MARKUP = re.compile(r"</?(p|b|i|a|ul|li|div|span|h[1-6])[ >]")
RAW = {"textarea", "pre", "code", "script", "style"}
"""Where a reader may meet tags."""


@dataclass
class Page:
    """What a crawl keeps of an answer."""

    url: str
    status: int
    links: set[str] = field(default_factory=set)
    ids: set[str] = field(default_factory=set)
    marks: Counter[str] = field(default_factory=Counter)
    title: str = ""


class Reader(HTMLParser):
    def __init__(self, page: Page) -> None:
        super().__init__()
        self.page = page
        self.in_title = False
        self.raw = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("id"):
            self.page.ids.add(given["id"] or "")
        self.page.marks[tag] += 1
        if "skip" in (given.get("class") or "").split():
            self.page.marks["skip link"] += 1
        self.in_title = tag == "title" and not self.page.title
        self.raw = self.raw or tag in RAW
        for name in ("href", "src"):
            target = given.get(name)
            if target and tag not in ("base", "use") and not target.startswith(("mailto:", "tel:", "data:")):
                self.page.links.add(urljoin(self.page.url, target))

    def handle_data(self, data: str) -> None:
        if self.in_title:
            self.page.title += data.strip()
        if MARKUP.search(data) and not self.raw:
            self.page.marks["markup to read"] += 1

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self.in_title = False
        if tag in RAW:
            self.raw = False


class Crawl:
    """Asks for everything that can be reached from the home page by one person."""

    def __init__(self, platform: Platform, languages: Iterable[str], who: Any = "visitor") -> None:
        self.platform = platform
        self.languages = set(languages)
        self.cookie = "" if who == "visitor" else f"sessionid={session_of(who)}"
        self.pages: dict[str, Page] = {}
        self.from_page: dict[str, str] = {}
        self.fragments: dict[tuple[str, str], str] = {}
        self.seen_paths: Counter[str] = Counter()

    def open(self, url: str) -> Page:
        request = urllib.request.Request(url, headers={"Cookie": self.cookie} if self.cookie else {})
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
        try:
            with opener.open(request, timeout=60) as answer:
                page = Page(url, answer.status)
                kind = answer.headers.get("Content-Type", "")
                body = answer.read()
                if kind.startswith("text/html"):
                    page.url = answer.url
                    Reader(page).feed(body.decode())
        except urllib.error.HTTPError as error:
            page = Page(url, error.code)
        return page

    def wanted(self, url: str) -> bool:
        if not url.startswith(self.platform.url) or url in self.pages:
            return False
        parts = urlsplit(url)
        if parts.path.startswith("/admin/bulk/"):
            return False  # Wagtail's script adds the chosen rows
        if parts.query:
            self.seen_paths[parts.path] += 1
            if self.seen_paths[parts.path] > VARIANTS:
                return False
        if parts.path.startswith("/admin/"):
            self.seen_paths["/admin/"] += 1
            return self.seen_paths["/admin/"] <= ADMIN_PAGES
        return True

    def run(self) -> Crawl:
        waiting = {f"{self.platform.url}/"}
        with ThreadPoolExecutor(max_workers=4) as pool:
            while waiting:
                asked = sorted(waiting)
                waiting = set()
                for url, page in zip(asked, pool.map(self.open, asked), strict=True):
                    self.pages[url] = page
                    if urlsplit(url).path.split("/")[1] not in self.languages | {"", "admin"}:
                        continue
                    for link in page.links:
                        target, fragment = urldefrag(link)
                        if fragment:
                            self.fragments[target, fragment] = url
                        if self.wanted(target) and target not in waiting:
                            self.from_page.setdefault(target, url)
                            waiting.add(target)
                waiting -= set(self.pages)
        return self

    def broken(self) -> list[str]:
        found = [
            f"{page.status} {url} (linked from {self.from_page.get(url, 'nowhere')})"
            for url, page in self.pages.items()
            if page.status >= 400
        ]
        for (target, fragment), source in self.fragments.items():
            page = self.pages.get(target)
            if page and page.ids and fragment not in page.ids:
                found.append(f"no #{fragment} on {target} (linked from {source})")
        return sorted(found)

    def incomplete(self) -> list[str]:
        """Return the pages of ours that lack what every page must carry."""
        found = []
        for url, page in self.pages.items():
            if page.marks["html"] and not urlsplit(page.url).path.startswith("/admin/"):
                lacking = [tag for tag in ("main", "header", "footer", "skip link") if not page.marks[tag]]
                lacking += ["one h1"] if page.marks["h1"] != 1 else []
                lacking += ["a title"] if not page.title.split("·")[0].strip() else []
                lacking += ["words in place of tags"] if page.marks["markup to read"] else []
                if lacking:
                    found.append(f"{url} lacks {', '.join(lacking)}")
        return sorted(found)


@pytest.mark.parametrize("who", ["visitor", "learner", "trainer", "organiser", "focalpoint", "editor"])
def test_every_internal_link_leads_somewhere(campus, who):
    crawl = Crawl(campus, FOLLOWED.get(who, {"en", "ar"}), editor() if who == "editor" else who).run()
    assert len(crawl.pages) > 50
    assert "\n".join([*crawl.broken(), *crawl.incomplete()]) == ""


def test_the_site_map_lists_only_pages_that_answer(campus):
    crawl = Crawl(campus, {"en"})
    with urllib.request.urlopen(f"{campus.url}/sitemap.xml") as answer:
        listed = [part.split("</loc>")[0] for part in answer.read().decode().split("<loc>")[1:]]
    assert len(listed) > 50
    with ThreadPoolExecutor(max_workers=4) as pool:
        answers = dict(zip(listed, pool.map(lambda url: crawl.open(url).status, listed), strict=True))
    assert {url: status for url, status in answers.items() if status != 200} == {}

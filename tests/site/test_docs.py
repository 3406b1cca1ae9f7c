"""What the pages of documentation name is there: files, words of the code, addresses, commands, places in other pages.

Only words between backquotes and links are held to it, outside of blocks of code. An address names what varies as
``<this>``; a part of a path (``core/audit.py``) and of a name (``services.put_quiz``) will do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
from django.core.management import get_commands
from django.urls import URLPattern, get_resolver

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
CODE = ("site", "courses", "modules", "media", "tests", ".ci")
OF_CODE = {".py", ".html", ".js", ".css", ".txt", ".toml", ".sh", ".yaml", ".json", ""}
LANGUAGE = re.compile(r"^/(?:en|fr|xx)(?=/)")  # in an address any language stands for all
NOT_OURS = ("/etc/", "/fr/access-and-benefit-sharing/")  # of a server, and a page of the starter content
ELSEWHERE = {
    "data.html": "a file in what a person takes along",
    "types/NAME/fields.html": "NAME stands for a type",
    "Laws/Access": "a category",
    "1/3": "a weight",
    "discussion_facts": "an example",
}


def told(page: Path) -> str:
    """A page without its blocks of code."""
    return re.sub(r"^```.*?^```", "", page.read_text(), flags=re.S | re.M)


def quoted(page: Path) -> Iterator[str]:
    yield from sorted(set(re.findall(r"`([^`\n]+)`", told(page))) - set(ELSEWHERE))


@cache
def files() -> frozenset[str]:
    """Every file of ours and every folder above it, with a slash before it."""
    found = [path for room in (*CODE, "docs") for path in (ROOT / room).rglob("*") if "__pycache__" not in path.parts]
    top = [path for path in ROOT.iterdir() if path.is_file()]
    return frozenset(f"/{path.relative_to(ROOT)}" for path in [*found, *top])


@cache
def words() -> frozenset[str]:
    """Every word that stands in our code."""
    source = [ROOT / name[1:] for name in files() if Path(name).suffix in OF_CODE and not name.startswith("/docs")]
    return frozenset(word for path in source if path.is_file() for word in re.findall(r"\w+", path.read_text()))


@cache
def addresses() -> list[re.Pattern[str]]:
    """Every address of ours; what varies in it takes any word."""

    def walk(patterns, before=""):
        for pattern in patterns:
            route = before + str(pattern.pattern).removeprefix("en/")
            if isinstance(pattern, URLPattern):
                pieces = re.split(r"<[^>]*>", route)
                yield re.compile("/" + "[^/]+".join(map(re.escape, pieces)))
            else:
                yield from walk(pattern.url_patterns, route)

    local = import_module("home.urls_local").urlpatterns
    return [*walk(get_resolver().url_patterns), *walk(local)]


def bare(address: str) -> str:
    """An address without language, question and fragment; something stands for what varies."""
    return re.sub(r"<[^>]*>", "7", re.split(r"[?#]", LANGUAGE.sub("", address))[0])


def is_file(name: str) -> bool:
    name = name.rstrip("/")
    return name == "var" or name.startswith("var/") or any(each.endswith(f"/{name}") for each in files())


def named(page: Path, shape: str) -> list[str]:
    return [one for one in quoted(page) if re.fullmatch(shape, one)]


def by_name(page: Path) -> str:
    return page.name


@pytest.mark.parametrize("page", PAGES, ids=by_name)
class TestPage:
    def test_names_files_that_are_there(self, page):
        paths = named(page, r"\.?[\w-]+(?:/[\w.-]+)+/?|[\w.-]+\.(?:py|md|html|css|js|txt|toml)")
        assert [one for one in paths if not is_file(one)] == []

    def test_names_words_that_the_code_knows(self, page):
        names = named(page, r"@?[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*(?:\(.*\))?")
        unknown = {one: set(re.findall(r"\w+", one.partition("(")[0])) - words() for one in names if not is_file(one)}
        assert {one: missing for one, missing in unknown.items() if missing} == {}

    def test_names_addresses_that_answer(self, page):
        asked = [one for one in named(page, r"/[\w<>./?#-]*") if not one.startswith(NOT_OURS)]
        assert [one for one in asked if not any(each.fullmatch(bare(one)) for each in addresses())] == []

    def test_names_commands_that_can_be_given(self, page):
        text = page.read_text()
        targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), flags=re.M))
        assert set(re.findall(r"(?:^|`)make ([a-z0-9-]+)", text, flags=re.M)) - targets == set()
        assert set(re.findall(r"manage\.py ([a-z_]+)", text)) - set(get_commands()) == set()

    def test_links_to_places_that_are_there(self, page):
        for target, anchor in re.findall(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)", told(page)):
            other = (page.parent / target).resolve() if target else page
            assert other.exists(), target
            assert not anchor or anchor in anchors(other), f"{target}#{anchor}"


def anchors(page: Path) -> set[str]:
    """The names under which the headings of a page can be reached."""
    headings = re.findall(r"^#+ (.+)$", told(page), flags=re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_readme_leads_to_every_page():
    linked = set(re.findall(r"\(docs/([\w-]+\.md)\)", PAGES[0].read_text()))
    assert linked == {page.name for page in PAGES[1:]}


def test_every_component_is_told():
    told_of = set(re.findall(r"`(\w+)`", (ROOT / "docs/look.md").read_text()))
    components = {path.stem for path in (ROOT / "site/templates/components").glob("*.html")}
    assert components - told_of == {"specimens", "swatches"}  # parts of the style guide alone

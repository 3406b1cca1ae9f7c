"""Browser tests: a real browser, the real platform, starter content; see servers.py and people.py.

By hand: ``make e2e K=words``. Without CAMPUS_E2E_DATABASE they run on SQLite with the file-system broker, as a
newcomer's machine does. Write a journey so::

    def test_a_visitor_reads_a_lesson(visitor):
        page = visitor.page(width=PHONE)
        sign_in(page, "learner")
        page.goto("/en/my/")
        assert axe(page) == []

The test's own process may use models and services; the database is back at the starter content for each test.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from .people import DESK, PHONE, Visitor
from .servers import Platform

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--force-prefers-reduced-motion",
]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "embedded: also walked on SQLite with the file-system broker")
    config.addinivalue_line("markers", "errors_expected: the journey provokes server errors")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker("e2e")


@pytest.fixture(autouse=True)
def files_apart() -> None:
    """The platform has its own folder here; the test's process uses the same."""


@pytest.fixture(scope="session")
def platform(django_db_blocker: object) -> Iterator[Platform]:
    """The running platform, started once."""
    from django.conf import settings

    with tempfile.TemporaryDirectory(prefix="campus-e2e-") as folder:
        running = Platform(Path(folder), os.environ.get("CAMPUS_E2E_DATABASE", ""))
        settings.MEDIA_ROOT = running.var / "uploads"
        settings.STORAGES["private"]["OPTIONS"]["location"] = str(running.var / "private")
        with django_db_blocker.unblock():  # type: ignore[attr-defined]
            try:
                running.begin()
                yield running
            finally:
                running.end()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def campus(platform: Platform, request: pytest.FixtureRequest) -> Iterator[Platform]:
    """The platform, back at the starter content; the journey must not make it log a server error."""
    platform.go_back()
    before = len(platform.log("web"))
    yield platform
    logged = platform.log("web")[before:]
    if "errors_expected" not in request.keywords:
        assert "Traceback" not in logged, f"the web server had an error:\n{logged[-6000:]}"


@pytest.fixture
def visitor(browser: Browser, campus: Platform) -> Iterator[Visitor]:
    """Opens pages; at the end nothing may have gone wrong in them."""
    someone = Visitor(browser, campus)
    yield someone
    someone.close()
    assert someone.troubles == []


@pytest.fixture
def visitor_alone(browser: Browser, campus: Platform) -> Iterator[Visitor]:
    """The same in a browser of their own.

    A dialog of the browser opens in the window in front only, and which one that is a browser without a screen does not
    always know after the journeys of a hundred others.
    """
    own = browser.browser_type.launch(executable_path=CHROMIUM, args=FLAGS)
    someone = Visitor(own, campus)
    yield someone
    someone.close()
    own.close()
    assert someone.troubles == []


@pytest.fixture
def page(visitor: Visitor) -> Page:
    """A page 1280 pixels wide, in English, signed out."""
    return visitor.page(width=DESK)


@pytest.fixture
def phone(visitor: Visitor) -> Page:
    """A page 360 pixels wide, in English, signed out."""
    return visitor.page(width=PHONE)

"""What a person does in a browser: sign in, look around; and what a reader of the screen hears (axe)."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Locator, Page, Response

from .servers import Platform

OUT = Path(__file__).parent / "out"
PHONE, DESK = 360, 1280
HEIGHTS = {PHONE: 740, DESK: 900}


class Visitor:
    """Opens pages of one width; notes what goes wrong on them in ``troubles``."""

    def __init__(self, browser: Browser, platform: Platform) -> None:
        self.browser = browser
        self.platform = platform
        self.contexts: list[BrowserContext] = []
        self.troubles: list[str] = []

    def page(self, *, width: int = DESK, language: str = "en", **options: Any) -> Page:
        """Return a page of a new, empty browser profile. Options are Playwright's, e.g. ``java_script_enabled``."""
        context = self.browser.new_context(
            viewport={"width": width, "height": HEIGHTS.get(width, 800)},
            base_url=self.platform.url,
            locale=language,
            reduced_motion="reduce",
            **options,
        )
        context.set_default_timeout(15_000)
        context.set_default_navigation_timeout(30_000)
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", self._console)
        page.on("pageerror", self._error)
        page.on("response", self._response)
        return page

    def _console(self, message: ConsoleMessage) -> None:
        # The browser's own note of a 4xx answer: a test that asks for one looks at the answer itself.
        if message.type == "error" and "status of 4" not in message.text:
            self.troubles.append(f"console: {message.text}")

    def _error(self, error: Error) -> None:
        self.troubles.append(f"script: {error}")

    def _response(self, response: Response) -> None:
        own = response.url.startswith(self.platform.url)
        if own and response.status >= 500:
            self.troubles.append(f"{response.status} {response.url}")
        if not own and urlsplit(response.url).scheme.startswith("http"):
            self.troubles.append(f"asked another host: {response.url}")

    def close(self) -> None:
        for context in self.contexts:
            context.close()


def session_of(who: Any) -> str:
    """Open a session for a person and return its key: a user, an e-mail address, or a sample account's first part."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from accounts.models import User

    user = who
    if isinstance(who, str):
        user = User.objects.get(email=who if "@" in who else f"{who}@example.org")
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session["account_authentication_methods"] = [{"method": "password", "at": time.time(), "email": user.email}]
    session.save()
    return session.session_key or ""


def editor() -> Any:
    """Make an account with the role of an editor, of which there is no sample, and return it."""
    from accounts.models import User
    from institutions.models import Role
    from institutions.services import grant_role

    user = User.objects.create_user("editor@example.org", name="An editor")
    grant_role(actor=None, user=user, role=Role.EDITOR)
    return user


def sign_in(page: Page, who: Any) -> None:
    """Sign a person in without the form (``who``: see ``session_of``)."""
    page.context.add_cookies([{"name": "sessionid", "value": session_of(who), "url": base_of(page)}])


def press(control: Locator) -> None:
    """Press a link or button that leads to another page, and wait for that page."""
    with control.page.expect_navigation():
        control.click()


def base_of(page: Page) -> str:
    return page.context._impl_obj._options["baseURL"]  # type: ignore[attr-defined]


def axe(page: Page, *, skip: tuple[str, ...] = (), within: str = "html") -> list[str]:
    """Return what axe finds on the page, a line each: rule, target, help; empty when it finds nothing.

    ``within``: a selector of the part that is looked at, where the rest is not ours.
    """
    from axe_playwright_python.base import AXE_FILE_PATH

    page.evaluate(f"{Path(AXE_FILE_PATH).read_text()}\n;undefined")
    rules = {rule: {"enabled": False} for rule in skip}
    found = page.evaluate("([rules, within]) => axe.run(within, {rules, resultTypes: ['violations']})", [rules, within])
    return [
        f"{violation['id']}: {' '.join(map(str, node['target']))}: {violation['help']}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


def screenshot(page: Page, name: str) -> Path:
    """Take a picture of the whole page into ``tests/e2e/out``."""
    OUT.mkdir(exist_ok=True)
    path = OUT / f"{name}.png"
    page.screenshot(path=path, full_page=True, animations="disabled")
    return path


def too_wide(page: Page) -> int:
    """Return by how many pixels the page is wider than its window."""
    return page.evaluate("() => Math.max(0, document.documentElement.scrollWidth - window.innerWidth)")

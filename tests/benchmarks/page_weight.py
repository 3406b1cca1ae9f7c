"""What the first view of a lesson page costs a reader: bytes on the line, requests, scripts that hold up the page.

Chromium loads the heaviest lesson of the starter content with an empty cache, through gunicorn and WhiteNoise, and
tells the bytes that came over the line, headers included. The author's own pictures (under ``/uploads/``) are not
counted.
"""

from __future__ import annotations

import gzip
import urllib.request
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, sync_playwright

BUDGET_KB = 50.0
REQUESTS = 8
BLOCKING = """() => performance.getEntriesByType('resource')
    .filter(entry => entry.initiatorType === 'script' && entry.renderBlockingStatus === 'blocking').length
  + document.querySelectorAll('script:not([src]):not([type$="json"])').length"""


def heaviest_lesson(platform: Any) -> str:
    """Return the path of the public lesson whose compressed HTML is the largest."""
    from core.routing import page_url
    from modules.lessons.models import LessonPage

    sizes = {}
    for page in LessonPage.objects.live().public().filter(locale__language_code="en"):
        path = page_url(page, "en")
        with urllib.request.urlopen(platform.url + path, timeout=30) as answer:
            sizes[path] = len(gzip.compress(answer.read(), 6))
    return max(sizes, key=lambda path: sizes[path])


def first_view(browser: Browser, platform: Any, path: str, who: str = "") -> dict[str, Any]:
    """Load a page with an empty cache; return bytes by resource type, requests, blocking scripts, encodings."""
    from tests.e2e.people import sign_in

    context = browser.new_context(base_url=platform.url, viewport={"width": 360, "height": 740})
    page = context.new_page()
    if who:
        sign_in(page, who)
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    asked: dict[str, dict[str, Any]] = {}
    devtools.on("Network.responseReceived", lambda e: asked.setdefault(e["requestId"], {}).update(answer=e["response"]))
    devtools.on(
        "Network.loadingFinished",
        lambda e: asked.setdefault(e["requestId"], {}).update(bytes=e["encodedDataLength"]),
    )
    response = page.goto(path, wait_until="networkidle")
    assert response and response.status == 200, path
    blocking = page.evaluate(BLOCKING)
    own = [entry for entry in asked.values() if "answer" in entry and counts(entry["answer"]["url"])]
    context.close()
    return {
        "bytes": sum(entry.get("bytes", 0) for entry in own),
        "requests": len(own),
        "blocking": blocking,
        "parts": {
            f"{urlsplit(entry['answer']['url']).path} ({encoding(entry['answer'])})": entry.get("bytes", 0)
            for entry in own
        },
    }


def counts(url: str) -> bool:
    return urlsplit(url).scheme in ("http", "https") and not urlsplit(url).path.startswith("/uploads/")


def encoding(answer: dict[str, Any]) -> str:
    headers = {name.lower(): value for name, value in answer["headers"].items()}
    return headers.get("content-encoding", "plain")


def measure(platform: Any) -> list[dict[str, Any]]:
    """Measure as a visitor and as a signed-in learner."""
    from tests.e2e.conftest import CHROMIUM, FLAGS

    rows: list[dict[str, Any]] = []
    path = heaviest_lesson(platform)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for title, who in (("visitor", ""), ("learner", "learner")):
            view = first_view(browser, platform, path, who)
            print(f"  {path} as {title}: " + ", ".join(f"{part} {size:,.0f}" for part, size in view["parts"].items()))
            kilobytes = round(view["bytes"] / 1024, 1)
            rows += [
                row(f"Lesson page, first view, {title}", kilobytes, "KB", BUDGET_KB, kilobytes <= BUDGET_KB),
                row(f"Requests in it, {title}", view["requests"], "", REQUESTS, view["requests"] <= REQUESTS),
                row(f"Render-blocking scripts in it, {title}", view["blocking"], "", 0, view["blocking"] == 0),
            ]
        browser.close()
    return rows


def row(name: str, value: float, unit: str, budget: float | None, ok: bool) -> dict[str, Any]:
    return {"name": name, "value": value, "unit": unit, "budget": budget, "ok": ok}

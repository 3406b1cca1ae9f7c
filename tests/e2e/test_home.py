"""The first page that anybody sees, in a real browser."""

import pytest

from .people import DESK, PHONE, axe, screenshot, too_wide


@pytest.mark.embedded
@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("ar", "rtl")])
def test_the_home_page_answers(visitor, language, direction, width):
    page = visitor.page(width=width, language=language)
    response = page.goto("/")  # the bare address leads to the reader's language
    assert response.status == 200
    assert page.url.endswith(f"/{language}/")
    html = page.locator("html")
    assert html.get_attribute("lang") == language
    assert html.get_attribute("dir") == direction
    assert page.locator("h1").count() == 1
    assert axe(page) == []
    assert too_wide(page) == 0
    screenshot(page, f"home-{language}-{width}")


def test_the_platform_is_well(page):
    response = page.goto("/healthz")
    assert response.status == 200
    assert response.json()["ok"] is True

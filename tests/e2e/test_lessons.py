"""Lessons on a bad line and on two devices."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from .people import PHONE, Visitor, axe, press, sign_in, too_wide
from .servers import wait_until

FIRST = "Mark as done and go on"


def lesson_url(place: int = 0, language: str = "en") -> str:
    from core.routing import page_url
    from modules.lessons.models import LessonPage, ModulePage

    module = ModulePage.objects.get(slug="abs-policy", locale__language_code=language)
    return page_url(LessonPage.objects.child_of(module).order_by("path")[place], language)


def done() -> int:
    from modules.lessons.models import LessonProgress

    return LessonProgress.objects.done().count()


def status(page: Page):
    return page.locator("form[data-lesson] [data-status]")


def test_a_lesson_done_without_a_connection_arrives_once(visitor: Visitor) -> None:
    page = visitor.page(width=PHONE)
    sign_in(page, "learner")
    before = done()
    page.goto(lesson_url())
    page.context.set_offline(True)
    page.get_by_role("button", name=FIRST).click()
    expect(status(page)).to_contain_text("Saved in this browser")
    page.get_by_role("button", name=FIRST).click()  # again: it is one piece of work
    expect(status(page)).to_contain_text("Saved in this browser")
    assert done() == before and too_wide(page) == 0
    page.context.set_offline(False)
    wait_until(lambda: done() == before + 1)
    page.goto(lesson_url())
    expect(page.get_by_text("You have done this lesson.")).to_be_visible()
    assert axe(page) == []
    assert done() == before + 1
    visitor.troubles[:] = [told for told in visitor.troubles if "ERR_INTERNET_DISCONNECTED" not in told]


def test_a_closed_page_sends_later_and_signing_out_warns_of_what_is_unsent(visitor: Visitor) -> None:
    page = visitor.page()
    sign_in(page, "learner")
    before = done()
    page.goto(lesson_url())
    page.route("**/done/", lambda route: route.abort())
    page.get_by_role("button", name=FIRST).click()
    expect(status(page)).to_contain_text("Saved in this browser")
    page.goto("/en/my/")
    page.locator("summary", has_text="Account").click()
    press(page.get_by_role("button", name="Sign out"))
    expect(page.get_by_text("Not everything is on the server yet")).to_be_visible()
    assert done() == before
    page.unroute("**/done/")
    page.goto("/en/my/")
    wait_until(lambda: done() == before + 1)
    visitor.troubles[:] = [told for told in visitor.troubles if "ERR_FAILED" not in told]


def test_another_device_goes_on_at_the_same_place_in_another_language(visitor: Visitor) -> None:
    from modules.lessons.models import LessonProgress

    one = visitor.page(width=PHONE)
    sign_in(one, "learner")
    one.goto(lesson_url(1))
    parts = one.locator('.prose p[id^="block-"]')  # a paragraph inside a block
    target = parts.nth(parts.count() - 6).get_attribute("id")
    assert "." in target
    one.evaluate("id => document.getElementById(id).scrollIntoView()", target)
    one.wait_for_timeout(300)
    one.goto("/en/my/")  # leaving tells the place
    wait_until(lambda: LessonProgress.objects.exclude(place="").exists())
    place = LessonProgress.objects.exclude(place="").latest("seen_at").place
    other = visitor.page(width=PHONE, language="fr")
    sign_in(other, "learner")
    other.goto(lesson_url(1, "fr"))
    assert "." in place
    expect(other.locator(f'[id="block-{place}"]')).to_be_in_viewport()
    other.goto(lesson_url(1, "fr").rsplit("/", 2)[0] + "/")
    press(other.locator("main .title-block a.button"))
    assert other.url.endswith(f"#block-{place}")


def test_work_refused_while_another_page_is_open_is_said_there(visitor: Visitor) -> None:
    page = visitor.page(width=PHONE)
    sign_in(page, "learner")
    page.goto(lesson_url())
    title = page.locator("h1").inner_text()
    page.route("**/done/", lambda route: route.abort())
    page.get_by_role("button", name=FIRST).click()
    expect(status(page)).to_contain_text("Saved in this browser")
    page.unroute("**/done/")
    no_longer = {"refused": True, "message": "This lesson is no longer in use."}
    page.route("**/done/", lambda route: route.fulfill(json=no_longer))
    page.goto("/en/my/")
    told = page.get_by_role("alert")
    expect(told).to_contain_text("This lesson is no longer in use.")
    expect(told.get_by_role("link")).to_have_text(title)
    assert axe(page) == [] and too_wide(page) == 0
    visitor.troubles[:] = [told for told in visitor.troubles if "ERR_FAILED" not in told]


def test_signing_out_without_a_line_neither_signs_out_nor_forgets(visitor: Visitor) -> None:
    page = visitor.page(width=PHONE)
    sign_in(page, "organiser")
    before = done()
    page.goto(lesson_url())
    page.route("**/done/", lambda route: route.abort())
    page.get_by_role("button", name=FIRST).click()
    expect(status(page)).to_contain_text("Saved in this browser")
    page.goto("/admin/logout/")  # leads to the same page
    page.wait_for_url("**/en/account/logout/")
    page.context.set_offline(True)
    page.locator("main").get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("you are still signed in and nothing was deleted")).to_be_visible()
    assert axe(page) == [] and too_wide(page) == 0
    page.unroute("**/done/")
    page.context.set_offline(False)
    wait_until(lambda: done() == before + 1)
    cut = ("ERR_FAILED", "ERR_INTERNET_DISCONNECTED")
    visitor.troubles[:] = [told for told in visitor.troubles if not any(word in told for word in cut)]


def test_without_script_the_button_is_a_form(visitor: Visitor) -> None:
    page = visitor.page(java_script_enabled=False)
    sign_in(page, "learner")
    before = done()
    page.goto(lesson_url())
    press(page.get_by_role("button", name=FIRST))
    assert done() == before + 1
    expect(page.locator(".notice--success")).to_be_visible()


def test_a_word_is_explained_where_it_stands_and_without_script_in_the_glossary(visitor: Visitor) -> None:
    page = visitor.page(width=PHONE)
    page.goto(lesson_url())
    word = page.get_by_role("button", name="prior informed consent")
    word.scroll_into_view_if_needed()
    word.focus()
    page.keyboard.press("Enter")
    card = page.locator(".term-card:popover-open")
    expect(card).to_contain_text("given before access")
    assert word.get_attribute("aria-expanded") == "true"
    assert axe(page) == [] and too_wide(page) == 0
    page.keyboard.press("Escape")
    expect(card).to_have_count(0)
    word.click()
    expect(card).to_be_visible()
    word.click()
    expect(card).to_have_count(0)
    plain = visitor.page(java_script_enabled=False)
    plain.goto(lesson_url())
    press(plain.get_by_role("link", name="prior informed consent").first)
    assert plain.url.endswith("/en/glossary/#prior-informed-consent")
    expect(plain.locator("#prior-informed-consent")).to_be_in_viewport()
    arabic = visitor.page(width=PHONE, language="ar")
    arabic.goto("/ar/glossary/")
    assert axe(arabic) == [] and too_wide(arabic) == 0

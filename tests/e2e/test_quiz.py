"""A quiz on a bad line, in several tabs, without script, by keyboard: no answer is lost, none counts twice."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from .people import PHONE, Visitor, axe, press, sign_in, too_wide
from .servers import wait_until

PASSWORD = "a long enough password"


@pytest.fixture
def learner(campus: Any) -> Any:
    from accounts.models import User

    return User.objects.create_user("quiz-taker@example.org", name="A quiz taker")


@pytest.fixture
def quiz(campus: Any) -> Any:
    """A quiz of the starter content, in the author's order."""
    from modules.assessments.models import Quiz

    found = Quiz.objects.live().order_by("pk").first()
    assert found is not None
    Quiz.objects.filter(pk=found.pk).update(shuffle=False)
    return found


@pytest.fixture
def start(learner: Any, quiz: Any) -> Any:
    """Sign in, start the quiz, and return the attempt."""

    def started(page: Page, language: str = "en") -> Any:
        from modules.assessments.models import Attempt

        sign_in(page, learner)
        page.goto(f"/{language}/quiz/{quiz.item.key}/")
        press(page.locator("main form button").first)
        return Attempt.objects.get(learner=learner, state="open")

    return started


def right_answers(attempt: Any) -> list[tuple[str, list[str]]]:
    """The questions' names in the form, each with the ids of its right choices."""
    asked = attempt.questions.select_related("version").order_by("order")
    return [
        (f"q{one.pk}", [choice["id"] for choice in one.version.body["choices"] if choice["correct"]]) for one in asked
    ]


def choose(page: Page, name: str, ids: list[str]) -> None:
    for id in ids:
        page.check(f'input[name="{name}"][value="{id}"]')


def saved(attempt: Any) -> dict[str, list[str]]:
    """What the server has: the answers that count."""
    return {f"q{one.pk}": one.answer for one in attempt.questions.with_answers() if one.answer}


def wait_for_answers(attempt: Any, wanted: list[tuple[str, list[str]]]) -> None:
    wait_until(lambda: saved(attempt) == dict(wanted), what=f"the answers {wanted}, not {saved(attempt)}")


def forgive(visitor: Visitor) -> None:
    """The browser's own notes that the line was cut are no troubles."""
    cut = ("ERR_INTERNET_DISCONNECTED", "ERR_FAILED", "ERR_CONNECTION")
    visitor.troubles[:] = [trouble for trouble in visitor.troubles if not any(word in trouble for word in cut)]


def hand_in(page: Page) -> None:
    press(page.get_by_role("button", name="Hand in", exact=True))
    page.wait_for_url("**/result/")


# --- The line -------------------------------------------------------------------------------------


def test_with_the_line_cut_in_the_middle_every_answer_arrives_once(visitor: Visitor, start: Any) -> None:
    from modules.assessments.models import Response

    page = visitor.page()
    attempt = start(page)
    answers = right_answers(attempt)
    half = len(answers) // 2
    for name, ids in answers[:half]:
        choose(page, name, ids)
    wait_for_answers(attempt, answers[:half])
    expect(page.locator("[data-status]")).to_contain_text("Saved on the server")

    page.context.set_offline(True)
    for name, ids in answers[half:]:
        choose(page, name, ids)
    expect(page.locator("[data-status]")).to_contain_text("kept in this browser")
    page.get_by_role("button", name="Hand in", exact=True).click()  # nothing happens: the page stays
    expect(page.locator("[data-status]")).to_contain_text("kept in this browser")
    assert saved(attempt) == dict(answers[:half])

    page.context.set_offline(False)
    wait_for_answers(attempt, answers)
    rows = Response.objects.filter(question__attempt=attempt)
    assert max(Counter((row.question_id, str(row.answer)) for row in rows).values()) == 1
    hand_in(page)
    attempt.refresh_from_db()
    assert attempt.percent == 100
    forgive(visitor)


def test_an_answer_whose_confirmation_was_lost_counts_once(visitor: Visitor, start: Any) -> None:
    from modules.assessments.models import Response

    page = visitor.page()
    attempt = start(page)
    lost: list[str] = []

    def lose_the_reply(route: Any) -> None:
        if lost:
            return route.continue_()
        route.fetch()  # it reaches the server,
        lost.append(route.request.post_data)
        return route.abort()  # but not the page

    page.route("**/save/", lose_the_reply)
    name, ids = right_answers(attempt)[0]
    choose(page, name, ids[:1])
    expect(page.locator("[data-status]")).to_contain_text("Saved on the server")
    assert lost and Response.objects.filter(question__attempt=attempt).count() == 1
    forgive(visitor)


def test_a_tab_closed_without_a_line_sends_its_answers_when_any_page_is_opened(visitor: Visitor, start: Any) -> None:
    page = visitor.page()
    attempt = start(page)
    name, ids = right_answers(attempt)[0]
    page.context.set_offline(True)
    choose(page, name, ids[:1])
    expect(page.locator("[data-status]")).to_contain_text("kept in this browser")
    other = page.context.new_page()
    page.close()
    page.context.set_offline(False)
    other.goto("/en/my/")
    wait_for_answers(attempt, [(name, ids[:1])])
    forgive(visitor)


def test_a_device_that_was_offline_shows_the_newer_answer_of_another_and_never_takes_it_back(
    visitor: Visitor, start: Any, learner: Any
) -> None:
    one, other = visitor.page(width=PHONE), visitor.page()
    attempt = start(one)
    asked = attempt.questions.select_related("version").order_by("order").first()
    name, choices = f"q{asked.pk}", [choice["id"] for choice in asked.version.body["choices"]]
    one.context.set_offline(True)
    choose(one, name, choices[:1])
    expect(one.locator("[data-status]")).to_contain_text("kept in this browser")
    sign_in(other, learner)
    other.goto(one.url)
    choose(other, name, choices[1:2])
    wait_for_answers(attempt, [(name, choices[1:2])])
    one.context.set_offline(False)
    expect(one.locator(f'input[name="{name}"][value="{choices[1]}"]')).to_be_checked()
    expect(one.locator(f'input[name="{name}"][value="{choices[0]}"]')).not_to_be_checked()
    press(one.get_by_role("button", name="Save and go on later"))
    assert saved(attempt) == {name: choices[1:2]}
    forgive(visitor)


# --- Refresh, back, tabs --------------------------------------------------------------------------


def test_refresh_and_back_lose_nothing_and_hand_nothing_in(visitor: Visitor, start: Any) -> None:
    page = visitor.page()
    attempt = start(page)
    name, ids = right_answers(attempt)[0]
    choose(page, name, ids[:1])
    wait_for_answers(attempt, [(name, ids[:1])])
    chosen = page.locator(f'input[name="{name}"][value="{ids[0]}"]')
    page.reload()
    expect(chosen).to_be_checked()
    page.goto("/en/")
    page.go_back()
    expect(chosen).to_be_checked()
    attempt.refresh_from_db()
    assert attempt.is_open


def test_a_second_tab_shows_newer_answers_and_never_takes_them_back(visitor: Visitor, start: Any) -> None:
    page = visitor.page()
    attempt = start(page)
    (first, right), (second, also) = right_answers(attempt)[:2]
    other = page.context.new_page()
    other.goto(page.url)
    choose(page, first, right[:1])
    expect(other.locator(f'input[name="{first}"][value="{right[0]}"]')).to_be_checked()
    choose(other, second, also[:1])
    expect(page.locator(f'input[name="{second}"][value="{also[0]}"]')).to_be_checked()
    both = [(first, right[:1]), (second, also[:1])]
    wait_for_answers(attempt, both)
    press(other.get_by_role("button", name="Save and go on later"))
    assert saved(attempt) == dict(both)


def test_an_old_tab_without_script_never_takes_newer_answers_back(visitor: Visitor, start: Any) -> None:
    page = visitor.page(java_script_enabled=False)
    attempt = start(page)
    name, ids = right_answers(attempt)[0]
    other = page.context.new_page()
    other.goto(page.url)  # shows no answer, and stays so
    choose(page, name, ids[:1])
    press(page.get_by_role("button", name="Save and go on later"))
    press(other.get_by_role("button", name="Save and go on later"))
    assert saved(attempt) == {name: ids[:1]}


def test_handing_in_twice_counts_once(visitor: Visitor, start: Any, learner: Any) -> None:
    from modules.assessments.models import Attempt
    from modules.records.models import Event

    page = visitor.page()
    attempt = start(page)
    answers = right_answers(attempt)
    for name, ids in answers:
        choose(page, name, ids)
    wait_for_answers(attempt, answers)
    page.get_by_role("button", name="Hand in", exact=True).dblclick()
    page.wait_for_url("**/result/")
    page.go_back()  # to the questions: leads to the result again
    page.wait_for_url("**/result/")
    assert Attempt.objects.filter(learner=learner).count() == 1
    assert Event.objects.filter(actor=learner, verb="passed").count() == 1


# --- Time -----------------------------------------------------------------------------------------


def end_in(attempt: Any, seconds: float) -> None:
    type(attempt).objects.filter(pk=attempt.pk).update(deadline_at=timezone.now() + timedelta(seconds=seconds))


def test_time_over_with_the_tab_closed_the_saved_answers_are_graded(visitor: Visitor, start: Any) -> None:
    page = visitor.page()
    attempt = start(page)
    answers = right_answers(attempt)
    for name, ids in answers[:1]:
        choose(page, name, ids)
    wait_for_answers(attempt, answers[:1])
    page.close()
    end_in(attempt, 0)

    def graded() -> bool:
        attempt.refresh_from_db()
        return attempt.state == "graded"

    wait_until(graded, seconds=100, what="the scheduler to grade the attempt")
    assert attempt.points == 1 and attempt.submitted_at == attempt.deadline_at


def test_time_over_with_the_tab_open_leads_to_the_result(visitor: Visitor, start: Any) -> None:
    page = visitor.page()
    attempt = start(page)
    end_in(attempt, 4)
    page.reload()
    name, ids = right_answers(attempt)[0]
    choose(page, name, ids[:1])
    page.wait_for_url("**/result/")
    expect(page.get_by_text("The time for this attempt ended on").first).to_be_visible()


def test_time_over_without_a_line_leads_on_only_when_it_is_back(visitor: Visitor, start: Any) -> None:
    page = visitor.page()
    attempt = start(page)
    name, ids = right_answers(attempt)[0]
    choose(page, name, ids[:1])
    wait_for_answers(attempt, [(name, ids[:1])])
    end_in(attempt, 8)
    page.reload()
    page.context.set_offline(True)
    page.wait_for_timeout(10_500)  # the time is over, and the page has tried to go on
    expect(page.locator(f'input[name="{name}"][value="{ids[0]}"]')).to_be_checked()
    page.context.set_offline(False)
    page.wait_for_url("**/result/")
    attempt.refresh_from_db()
    assert attempt.points == 1
    forgive(visitor)


def test_a_page_left_open_learns_of_a_later_end(visitor: Visitor, start: Any) -> None:
    page = visitor.page()
    attempt = start(page)
    end_in(attempt, 8)
    page.reload()
    end_in(attempt, 3000)
    page.wait_for_timeout(11_000)  # beyond the first end
    name, ids = right_answers(attempt)[0]
    choose(page, name, ids[:1])
    wait_for_answers(attempt, [(name, ids[:1])])
    attempt.refresh_from_db()
    assert attempt.is_open and "/result/" not in page.url


def test_typing_without_a_pause_is_sent_all_the_same(visitor: Visitor, start: Any) -> None:
    """Who writes on and on has at most ten seconds that only this browser knows."""
    from modules.assessments.models import Response

    page = visitor.page()
    attempt = start(page)
    field = page.locator("[data-question] input").first
    assert not Response.objects.filter(question__attempt=attempt).exists()
    for _tenth in range(24):  # an event as typing makes it, twice a second
        field.evaluate("box => { box.checked = true; box.dispatchEvent(new Event('input', {bubbles: true})); }")
        page.wait_for_timeout(500)
    assert Response.objects.filter(question__attempt=attempt).exists()


# --- Every way of using it ------------------------------------------------------------------------


def test_a_whole_quiz_by_keyboard_only(visitor: Visitor, learner: Any, quiz: Any) -> None:
    from modules.assessments.models import Attempt

    page = visitor.page()
    sign_in(page, learner)
    page.goto(f"/en/quiz/{quiz.item.key}/")

    def tab_to(matches: str) -> None:
        """Press Tab until the focus is on what the selector names; it must be reached, and be visible."""
        for _step in range(120):
            page.keyboard.press("Tab")
            if page.evaluate("selector => document.activeElement.matches(selector)", matches):
                assert page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle") != "none"
                return
        raise AssertionError(f"Tab never reaches {matches}")

    tab_to("main form button")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    attempt = Attempt.objects.get(learner=learner)
    for name, ids in right_answers(attempt):
        boxes = page.locator(f'input[name="{name}"]')
        tab_to(f'input[name="{name}"]')
        if boxes.first.get_attribute("type") == "radio":
            page.keyboard.press("Space")
            for _step in range(boxes.count()):
                if page.locator(f'input[name="{name}"][value="{ids[0]}"]').is_checked():
                    break
                page.keyboard.press("ArrowDown")
        else:
            for place in range(boxes.count()):
                if boxes.nth(place).get_attribute("value") in ids:
                    page.keyboard.press("Space")
                if place < boxes.count() - 1:
                    page.keyboard.press("Tab")
    wait_for_answers(attempt, right_answers(attempt))
    tab_to("button[value=hand_in]")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.wait_for_url("**/result/")
    attempt.refresh_from_db()
    assert attempt.percent == 100


def test_a_whole_quiz_without_script_with_feedback_at_once(visitor: Visitor, start: Any, quiz: Any) -> None:
    type(quiz).objects.filter(pk=quiz.pk).update(feedback="at_once")
    page = visitor.page(width=PHONE, java_script_enabled=False)
    attempt = start(page)
    answers = right_answers(attempt)
    choose(page, *answers[0])
    press(page.get_by_role("button", name="Check this answer").first)
    expect(page.locator("#question-1").get_by_text("Right", exact=True)).to_be_visible()
    expect(page.locator(f'input[name="{answers[0][0]}"]').first).to_be_disabled()
    for name, ids in answers[1:-1]:
        choose(page, name, ids)
    press(page.get_by_role("button", name="Save and go on later"))
    press(page.get_by_role("button", name="Go on with the quiz"))
    press(page.get_by_role("button", name="Hand in", exact=True))
    expect(page.get_by_text("1 question has no answer yet.")).to_be_visible()
    press(page.get_by_role("link", name="Back to the questions"))
    choose(page, *answers[-1])
    hand_in(page)
    attempt.refresh_from_db()
    assert attempt.percent == 100


def test_what_is_sent_without_script_after_the_session_ended_is_held_until_one_has_signed_in_again(
    visitor: Visitor, start: Any, learner: Any
) -> None:
    from allauth.account.models import EmailAddress

    learner.set_password(PASSWORD)
    learner.save()
    EmailAddress.objects.create(user=learner, email=learner.email, verified=True, primary=True)
    page = visitor.page(width=PHONE, java_script_enabled=False)
    attempt = start(page)
    name, ids = right_answers(attempt)[0]
    choose(page, name, ids)
    page.context.clear_cookies(name="sessionid")
    press(page.get_by_role("button", name="Save and go on later"))
    assert saved(attempt) == {}
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Sign in (opens a new tab)").click()
    other = opened.value
    other.fill("input[name=login]", learner.email)
    other.fill("input[name=password]", PASSWORD)
    press(other.locator("main form button").first)
    press(page.get_by_role("button", name="Send again"))
    expect(page.get_by_text("You have signed in since you opened the form")).to_be_visible()
    press(page.get_by_role("button", name="Send again"))
    assert saved(attempt) == {name: ids}


def test_a_quiz_in_arabic(visitor: Visitor, start: Any) -> None:
    page = visitor.page(width=PHONE, language="ar")
    attempt = start(page, "ar")
    assert page.locator("html").get_attribute("dir") == "rtl"
    answers = right_answers(attempt)
    for name, ids in answers:
        choose(page, name, ids)
    wait_for_answers(attempt, answers)
    assert axe(page) == [] and too_wide(page) == 0
    press(page.locator("button[value=hand_in]"))
    page.wait_for_url("**/result/")
    expect(page.get_by_text(re.compile("100"))).not_to_have_count(0)
    assert axe(page) == [] and too_wide(page) == 0


@pytest.mark.parametrize("width", [PHONE, 1280])
def test_every_page_of_a_quiz_can_be_used_by_everybody(visitor: Visitor, start: Any, quiz: Any, width: int) -> None:
    type(quiz).objects.filter(pk=quiz.pk).update(feedback="at_once", wait_minutes=30, time_limit=30)
    page = visitor.page(width=width)
    attempt = start(page)
    seen = {}
    choose(page, *right_answers(attempt)[0])
    seen["questions"] = axe(page), too_wide(page)
    press(page.get_by_role("button", name="Check this answer").first)
    seen["checked"] = axe(page), too_wide(page)
    press(page.get_by_role("button", name="Hand in", exact=True))
    seen["hand in"] = axe(page), too_wide(page)
    press(page.get_by_role("button", name="Hand in all the same"))
    seen["result"] = axe(page), too_wide(page)
    page.goto(f"/en/quiz/{quiz.item.key}/")
    seen["quiz"] = axe(page), too_wide(page)
    assert seen == dict.fromkeys(seen, ([], 0))


# --- Signing out ----------------------------------------------------------------------------------


def unsent(page: Page) -> list[str]:
    return page.evaluate("() => Object.keys(localStorage).filter((name) => name.startsWith('unsent:'))")


def test_signing_out_warns_of_unsent_answers_and_clears_them(visitor: Visitor, start: Any) -> None:
    page = visitor.page()
    attempt = start(page)
    page.route("**/save/", lambda route: route.abort())
    name, ids = right_answers(attempt)[0]
    choose(page, name, ids[:1])
    expect(page.locator("[data-status]")).to_contain_text("kept in this browser")
    page.locator("header details.menu summary").last.click()
    press(page.get_by_role("button", name="Sign out"))
    expect(page.get_by_text("Not everything is on the server yet")).to_be_visible()
    expect(page.locator("[data-unsent-list] a")).to_have_attribute("href", re.compile(str(attempt.key)))
    assert axe(page) == []
    press(page.locator("main").get_by_role("button", name="Sign out"))
    page.wait_for_url("**/en/")
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()
    assert unsent(page) == [] and saved(attempt) == {}
    forgive(visitor)


def test_unsent_answers_can_be_sent_from_the_sign_out_page(visitor: Visitor, start: Any) -> None:
    page = visitor.page()
    attempt = start(page)
    page.route("**/save/", lambda route: route.abort())
    name, ids = right_answers(attempt)[0]
    choose(page, name, ids[:1])
    expect(page.locator("[data-status]")).to_contain_text("kept in this browser")
    page.goto("/en/account/logout/")
    page.unroute("**/save/")
    page.locator("[data-unsent-send]").evaluate("button => button.click()")  # it may be sent, and gone, already
    expect(page.get_by_text("Not everything is on the server yet")).to_be_hidden()
    wait_for_answers(attempt, [(name, ids[:1])])
    assert unsent(page) == []
    forgive(visitor)

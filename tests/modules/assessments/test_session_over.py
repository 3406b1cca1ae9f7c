"""A quiz sent without script after the session ended: what was typed is kept, and sent after signing in again."""

from __future__ import annotations

import html
import re
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from modules.assessments.models import AnswerFile, Attempt, Response
from modules.assessments.types.essay import LONGEST
from modules.assessments.types.typed import tidied
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db

HERE = {"HTTP_ORIGIN": "http://testserver"}
TYPED = 'First line, "quoted" & <b>bold</b>\r\n\r\n</textarea><script>alert(1)</script>\r\nالسطر الأخير'


@pytest.fixture
def attempt(ask, begin) -> Attempt:
    ask("essay")
    return begin()


@pytest.fixture
def browser() -> Client:
    return Client(enforce_csrf_checks=True)


def fields_of(page: str) -> dict[str, Any]:
    """What the page's form sends when its button is pressed, as a browser reads it."""
    form = re.search(r'<form method="post" enctype.*?</form>', page, re.DOTALL)
    assert form is not None
    fields: dict[str, Any] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', form[0]):
        fields.setdefault(html.unescape(name), []).append(html.unescape(value))
    return fields


def sign_in(browser: Client, user: Any) -> None:
    """In any tab: through the form, which gives the browser another secret."""
    address = reverse("account_login")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', browser.get(address).content.decode())
    assert token is not None
    who = {"login": user.email, "password": PASSWORD, "csrfmiddlewaretoken": token[1]}
    assert browser.post(address, who, **HERE).status_code == 302


def typed_into(browser: Client, attempt: Attempt) -> dict[str, Any]:
    """Open the attempt, signed in, and fill in its form."""
    page = browser.get(reverse("attempt", args=[attempt.key])).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token is not None
    single, essay = (attempt.questions.get(version__type=type) for type in ("single", "essay"))
    return {
        "csrfmiddlewaretoken": token[1],
        "submission_key": str(uuid.uuid4()),
        "act": "save",
        "seen": [f"{single.pk}:0", f"{essay.pk}:0"],
        f"q{single.pk}": "a",
        f"q{essay.pk}": TYPED,
    }


def end_session(browser: Client) -> None:
    del browser.cookies["sessionid"]


def answers(attempt: Attempt) -> dict[str, Any]:
    return {one.version.type: one.answer for one in attempt.questions.with_answers().select_related("version")}


def test_what_was_typed_is_held_by_a_page_and_saved_after_signing_in_in_another_tab(browser, attempt, learner):
    sign_in(browser, learner)
    url, typed = reverse("attempt", args=[attempt.key]), typed_into(browser, attempt)
    end_session(browser)

    held = browser.post(url, typed, **HERE)
    page = held.content.decode()
    assert held.status_code == 403 and "no-store" in held["Cache-Control"]
    assert "You are signed out." in page and f'<a href="{reverse("account_login")}" target="_blank"' in page
    assert "<script>alert" not in page
    assert browser.post(url, fields_of(page), **HERE).status_code == 403  # not signed in yet: held again
    assert not Response.objects.exists()

    sign_in(browser, learner)
    again = browser.post(url, fields_of(page), **HERE)  # the token is that of before
    page = again.content.decode()
    assert again.status_code == 403 and "You have signed in since" in page and not Response.objects.exists()
    assert browser.post(url, fields_of(page), **HERE).url == reverse("quiz", args=[attempt.quiz.item.key])
    assert answers(attempt) == {"single": ["a"], "essay": tidied(TYPED, LONGEST)}


def test_a_form_opened_before_signing_in_anew_is_held_too(browser, attempt, learner):
    sign_in(browser, learner)
    url, typed = reverse("attempt", args=[attempt.key]), typed_into(browser, attempt)
    end_session(browser)
    sign_in(browser, learner)
    held = browser.post(url, typed, **HERE)
    assert held.status_code == 403 and "no-store" in held["Cache-Control"]
    assert browser.post(url, fields_of(held.content.decode()), **HERE).status_code == 302
    assert answers(attempt)["essay"] == tidied(TYPED, LONGEST)


def test_the_button_that_was_pressed_is_kept(browser, attempt, learner):
    sign_in(browser, learner)
    url, typed = reverse("attempt", args=[attempt.key]), typed_into(browser, attempt)
    end_session(browser)
    sign_in(browser, learner)
    page = browser.post(url, {**typed, "act": "hand_in"}, **HERE).content.decode()
    assert browser.post(url, fields_of(page), **HERE).url == reverse("attempt_result", args=[attempt.key])


def test_somebody_else_who_signs_in_neither_saves_it_nor_sees_the_attempt(browser, attempt, learner, stranger):
    sign_in(browser, learner)
    url, typed = reverse("attempt", args=[attempt.key]), typed_into(browser, attempt)
    end_session(browser)
    sign_in(browser, stranger)
    page = browser.post(url, typed, **HERE).content.decode()
    assert str(attempt.quiz) not in page
    assert browser.post(url, fields_of(page), **HERE).status_code == 404
    assert not Response.objects.exists()


@pytest.mark.parametrize(
    "source",
    [
        {},
        {"HTTP_ORIGIN": "null"},
        {"HTTP_ORIGIN": "http://evil.example"},
        {"HTTP_ORIGIN": "http://testserver.evil.example"},
        {"HTTP_REFERER": "http://evil.example/http://testserver/"},
    ],
)
def test_a_form_from_elsewhere_is_not_held(browser, attempt, learner, source):
    sign_in(browser, learner)
    page = browser.post(reverse("attempt", args=[attempt.key]), {"act": "hand_in", "planted": "words"}, **source)
    assert page.status_code == 403 and "The form has expired" in page.content.decode()
    assert "planted" not in page.content.decode()


def test_an_old_browser_says_by_referer_that_the_form_is_from_here(browser, attempt, learner):
    sign_in(browser, learner)
    url = reverse("attempt", args=[attempt.key])
    held = browser.post(url, {"act": "save"}, HTTP_REFERER=f"http://testserver{url}")
    assert held.status_code == 403 and fields_of(held.content.decode())["act"] == ["save"]


def test_the_page_says_which_files_are_not_kept(browser, client, ask, begin):
    ask("upload")
    attempt = begin()
    question = attempt.questions.get(version__type="upload")
    file = SimpleUploadedFile("<i>terms & more.pdf", b"%PDF-1.4")
    held = client.post(
        reverse("attempt", args=[attempt.key]), {"act": "save", f"q{question.pk}-new": file, f"q{question.pk}": ["one"]}
    )
    page = held.content.decode()
    assert "could not be kept" in page and "&lt;i&gt;terms &amp; more.pdf" in page
    assert fields_of(page)[f"q{question.pk}"] == ["one"]
    assert not AnswerFile.objects.exists()


def test_the_page_speaks_the_language_of_the_address(client, attempt):
    page = client.post(reverse("attempt", args=[attempt.key]).replace("/en/", "/ar/"), {"act": "save"}).content.decode()
    assert '<html lang="ar" dir="rtl"' in page
    assert 'href="/ar/' in page and reverse("account_login").replace("/en/", "/ar/") in page


def test_reading_an_attempt_signed_out_leads_to_the_sign_in_page_as_ever(client, attempt):
    assert "/account/login/?next=" in client.get(reverse("attempt", args=[attempt.key])).url

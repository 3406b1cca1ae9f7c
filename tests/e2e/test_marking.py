"""Essays and files: handed in on a phone, marked by keyboard, released, read. Also without script and on a bad line."""

from __future__ import annotations

import uuid
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.modules.assessments.types.samples import BY_TYPE

from .answering import ESSAY
from .people import DESK, PHONE, Visitor, axe, press, sign_in, too_wide
from .servers import wait_until

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
FOCUS = """() => {
  const {name, value, type} = document.activeElement;
  return {name: name || "", value: value || "", type: type || ""};
}"""


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    """A file to hand in."""
    path = tmp_path / "terms.pdf"
    path.write_bytes(PDF)
    return path


@pytest.fixture
def school(campus: Any) -> Any:
    """A quiz that asks for an essay and a file, in a module of a cohort; its trainer, and a learner of it."""
    from accounts.models import User
    from courses.catalogue.models import Cohort, CohortTrainer
    from modules.assessments.models import QuizQuestion
    from tests import factories

    cohort = Cohort.objects.get(course__key="abs-legal-frameworks", self_paced=False)
    trainer = User.objects.get(email="trainer@example.org")
    CohortTrainer.objects.get_or_create(cohort=cohort, user=trainer)
    module = cohort.course.syllabus.filter(kind="module").select_related("item").first().item
    quiz = factories.QuizFactory(item__titles={"en": "In your own words"}, item__parent=module)
    quiz.texts.update(title="In your own words")
    quiz.slots.all().delete()
    for order, name in enumerate(("essay", "upload")):
        question = BY_TYPE[name].put().question
        BY_TYPE[name].put(language="ar")
        QuizQuestion.objects.create(quiz=quiz, question=question, order=order, points=2)
    quiz.shuffle = False
    quiz.save()
    learner = User.objects.create_user("essayist@example.org", name="An essayist")
    participant = factories.ParticipantFactory(user=learner, name="An essayist", email=learner.email)
    factories.EnrolmentFactory(participant=participant, cohort=cohort)
    return SimpleNamespace(quiz=quiz, cohort=cohort, trainer=trainer, learner=learner)


def attempt_of(school: Any) -> Any:
    from modules.assessments.models import Attempt

    return Attempt.objects.get(quiz=school.quiz, learner=school.learner)


def files_of(school: Any) -> list[str]:
    """The names of the files that the server has in the answer that counts."""
    from modules.assessments.models import AnswerFile

    answer = attempt_of(school).questions.with_answers().get(version__type="upload").answer
    return [AnswerFile.objects.get(key=key).name for key in answer or []]


def handed_in(school: Any) -> Any:
    """An attempt handed in with both answers, without a browser."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from modules.assessments import services

    attempt = services.start_attempt(actor=school.learner, quiz=school.quiz, language="en")
    essay, upload = attempt.questions.order_by("order")
    kept = SimpleUploadedFile("terms.pdf", PDF)
    services.hand_in_file(actor=school.learner, question=upload, upload=kept, key=uuid.uuid4())
    services.save_answers(actor=school.learner, attempt=attempt, answers={essay.pk: ESSAY}, seen={})
    return services.submit_attempt(actor=school.learner, attempt=attempt, submission_key=uuid.uuid4())


def begin(page: Page, school: Any) -> None:
    sign_in(page, school.learner)
    page.goto(f"/en/quiz/{school.quiz.item.key}/")
    press(page.locator("main form button").first)


def mark_by_keyboard(page: Page, levels: list[str], comment: str) -> None:
    """Choose levels, write a comment, press *Save and next*; nothing but keys."""
    page.locator("h1").evaluate("title => { title.tabIndex = -1; title.focus(); }")
    for _step in range(40):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS)
        if focus["name"] == "comment":
            page.keyboard.type(comment)
        elif focus["type"] == "radio":
            page.keyboard.press("Space")
            for _level in range(4):
                if page.evaluate(FOCUS)["value"] in levels:
                    break
                page.keyboard.press("ArrowDown")
        elif (focus["name"], focus["value"]) == ("act", "next"):
            break
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_from_the_learners_phone_to_the_trainers_desk_and_back(visitor: Visitor, school: Any, paper: Path) -> None:
    phone = visitor.page(width=PHONE)
    begin(phone, school)
    phone.locator("textarea").fill(ESSAY)
    field = phone.locator('input[type="file"]')
    expect(phone.get_by_text("Up to 1 MB each")).to_be_visible()
    expect(phone.get_by_role("button", name="Send the file")).to_be_hidden()
    field.set_input_files(paper)  # and nothing else: it is on the server
    expect(phone.get_by_role("link", name="terms.pdf")).to_be_visible()
    expect(phone.locator("[data-status]")).to_contain_text("Saved on the server")
    wait_until(lambda: files_of(school) == ["terms.pdf"], what="the file")
    assert axe(phone) == [] and too_wide(phone) == 0
    wrong = [
        {"name": "tool.exe", "mimeType": "application/octet-stream", "buffer": b"MZ"},
        {"name": "big.pdf", "mimeType": "application/pdf", "buffer": PDF + b"x" * (1024 * 1024)},
        {"name": "map.txt", "mimeType": "text/plain", "buffer": b"A map"},
    ]
    field.set_input_files(wrong)
    alert = phone.locator("[data-errors]")
    expect(alert).to_contain_text("tool.exe")
    expect(alert).to_contain_text("big.pdf: This file is too big.")
    expect(phone.get_by_role("link", name="map.txt")).to_be_visible()
    assert axe(phone) == [] and too_wide(phone) == 0
    phone.get_by_role("button", name="Remove map.txt").click()
    wait_until(lambda: files_of(school) == ["terms.pdf"], what="the other file taken back")
    expect(phone.get_by_role("link", name="map.txt")).to_be_hidden()
    phone.reload()
    expect(phone.get_by_role("link", name="terms.pdf")).to_be_visible()
    expect(phone.locator("textarea")).to_have_value(ESSAY)
    press(phone.get_by_role("button", name="Hand in", exact=True))
    expect(phone.get_by_text("A trainer marks 2 of your answers.")).to_be_visible()

    desk = visitor.page(width=DESK)
    sign_in(desk, school.trainer)
    desk.goto("/en/cohorts/")
    press(desk.locator("main").get_by_role("link", name="Answers to mark (2)"))
    press(desk.get_by_role("link", name="An essayist").first)
    expect(desk.get_by_text(ESSAY)).to_be_visible()
    mark_by_keyboard(desk, ["c1.2", "c2.1"], "Name the article.")
    expect(desk.get_by_text("Saved: 1.5 of 2 points.")).to_be_visible()
    with desk.expect_download() as download:
        desk.get_by_role("link", name="terms.pdf").click()
    assert Path(download.value.path()).read_bytes() == PDF
    mark_by_keyboard(desk, ["c1.2"], "Complete.")
    expect(desk.get_by_text("That was the last one.")).to_be_visible()
    phone.reload()
    expect(phone.get_by_text("Name the article.")).to_have_count(0)
    press(desk.get_by_role("button", name="Release 1 result"))
    press(desk.get_by_role("button", name="Release 1 result"))
    expect(desk.get_by_text("1 result is released.")).to_be_visible()

    phone.reload()
    expect(phone.get_by_text("Name the article.")).to_be_visible()
    expect(phone.get_by_text("You reached 87.50 %.")).to_be_visible()
    assert phone.locator(".question__rubric .is-correct").count() == 3
    assert axe(phone) == [] and too_wide(phone) == 0


def test_points_follow_the_choice_and_a_missing_level_loses_no_word(visitor: Visitor, school: Any) -> None:
    handed_in(school)
    page = visitor.page(width=DESK)
    sign_in(page, school.trainer)
    page.goto("/en/marking/")
    press(page.get_by_role("link", name="An essayist").first)
    page.check('input[value="c1.2"]')
    expect(page.locator("[data-points]")).to_be_hidden()
    page.fill("textarea", "Half of it")
    press(page.get_by_role("button", name="Save", exact=True))
    expect(page.get_by_text("Choose a level for every criterion.")).to_be_visible()
    expect(page.locator("textarea")).to_have_value("Half of it")
    page.check('input[value="c2.1"]')
    expect(page.locator("[data-points]")).to_have_text("1.5 of 2 points")
    press(page.get_by_role("button", name="Save", exact=True))
    expect(page.get_by_text("Saved: 1.5 of 2 points.")).to_be_visible()


def test_marked_and_released_without_script(visitor: Visitor, school: Any) -> None:
    handed_in(school)
    page = visitor.page(width=PHONE, java_script_enabled=False)
    sign_in(page, school.trainer)
    page.goto("/en/marking/")
    press(page.get_by_role("link", name="An essayist").first)
    for values in (("c1.2", "c2.2"), ("c1.2",)):
        for value in values:
            page.check(f'input[value="{value}"]')
        press(page.get_by_role("button", name="Save and next"))
    page.check('input[name="attempt"] >> nth=0')
    press(page.get_by_role("button", name="Release those chosen"))
    press(page.get_by_role("button", name="Release 1 result"))
    assert attempt_of(school).passed
    press(page.get_by_role("link", name="Released (2)", exact=True))
    press(page.get_by_role("link", name="An essayist").first)
    press(page.get_by_role("link", name="Take the release back"))
    page.fill("input[name=reason]", "The wrong learner")
    press(page.get_by_role("button", name="Take it back"))
    assert attempt_of(school).state == "submitted"


def test_a_file_chosen_on_a_bad_line_arrives_when_it_is_back(visitor: Visitor, school: Any, paper: Path) -> None:
    page = visitor.page(width=PHONE)
    begin(page, school)
    page.context.set_offline(True)
    page.locator('input[type="file"]').set_input_files(paper)
    expect(page.locator("[data-errors]")).to_contain_text("The file did not arrive.")
    expect(page.get_by_role("button", name="Send the file")).to_be_visible()
    assert files_of(school) == []
    page.context.set_offline(False)
    wait_until(lambda: files_of(school) == ["terms.pdf"], what="the file")
    expect(page.get_by_role("link", name="terms.pdf")).to_be_visible()
    cut = ("ERR_INTERNET_DISCONNECTED", "ERR_FAILED")
    visitor.troubles[:] = [trouble for trouble in visitor.troubles if not any(word in trouble for word in cut)]


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_axe_finds_nothing_on_the_pages_of_marking(visitor: Visitor, school: Any, language: str, width: int) -> None:
    from modules.assessments import services

    attempt = handed_in(school)
    essay, upload = attempt.questions.order_by("order")
    page = visitor.page(width=width, language=language)
    sign_in(page, school.trainer)
    found: list[str] = []

    def look(address: str) -> None:
        page.goto(f"/{language}/{address}")
        page.evaluate("document.querySelectorAll('details').forEach(some => { some.open = true; })")
        found.extend(f"{address}: {line}" for line in [*axe(page), *(["too wide"] if too_wide(page) else [])])

    look("marking/?state=released")
    for address in ("marking/", f"marking/{essay.pk}/", f"marking/{upload.pk}/"):
        look(address)
    press(page.locator("button[name=act][value=save]"))  # without a level
    found += axe(page)
    services.give_mark(actor=school.trainer, question=essay, levels={"c1": "c1.2", "c2": "c2.1"}, comment="Good.")
    look("marking/?state=marked")
    services.give_mark(actor=school.trainer, question=upload, levels={"c1": "c1.2"})
    for address in ("marking/?state=marked", "marking/release/?all=1"):
        look(address)
    services.release_marks(actor=school.trainer, attempt=attempt)
    for address in ("marking/?state=released", f"marking/{essay.pk}/", f"marking/take-back/{attempt.key}/", "marking/"):
        look(address)
    assert found == []

"""A quiz that asks one question of every type: by keyboard on a phone, without script, in Arabic."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, TimeoutError, expect

from tests.modules.assessments.types.samples import SAMPLES

from .answering import answer_rightly, right_fields
from .people import DESK, PHONE, Visitor, axe, press, sign_in, too_wide
from .servers import wait_until

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    """A file to hand in."""
    path = tmp_path / "terms.pdf"
    path.write_bytes(PDF)
    return path


@pytest.fixture
def quiz(campus: Any) -> Any:
    """A quiz of every type, with English and Arabic words."""
    from wagtail.images.tests.utils import get_test_image_file

    from media.models import CampusImage
    from modules.assessments.models import Quiz, QuizQuestion
    from tests import factories

    sack = CampusImage(title="A sack", file=get_test_image_file(size=(100, 90)), width=100, height=90)
    sack.file.save("sack.png", sack.file, save=False)
    picture = CampusImage.objects.bulk_create([sack])[0]  # no search index in this process
    made = factories.QuizFactory(item__titles={"en": "Every type"}, item__parent=Quiz.objects.first().item.parent)
    made.slots.all().delete()
    for order, sample in enumerate(SAMPLES):
        if "picture" in sample.body:
            sample.body["picture"] = picture.pk
        version = sample.put()
        sample.put(language="ar")
        QuizQuestion.objects.create(quiz=made, question=version.question, order=order)
    return made


@pytest.fixture
def start(quiz: Any) -> Any:
    """Sign in, start the quiz, and return the questions of the attempt in their order."""

    def started(page: Page, language: str = "en") -> list[Any]:
        from modules.assessments.models import Attempt

        sign_in(page, "learner")
        page.goto(f"/{language}/quiz/{quiz.item.key}/")
        press(page.locator("main form button").first)
        attempt = Attempt.objects.get(quiz=quiz)
        return list(attempt.questions.select_related("version__question").prefetch_related("version__texts"))

    return started


def everything_is_right(quiz: Any) -> bool:
    """Whether all that needs no person has all its points, and the rest waits."""
    from modules.assessments.models import AttemptQuestion

    asked = AttemptQuestion.objects.filter(attempt__quiz=quiz).select_related("version")
    return all(
        one.points is None if one.version.kind.marked_by_person else one.points == one.max_points for one in asked
    )


FOCUS = """() => {
  const {name, type, value, checked} = document.activeElement;
  return {name: name || "", type: type || "", value: value || "", checked: Boolean(checked)};
}"""


def give_by_keyboard(page: Page, focus: dict[str, Any], wanted: list[str], paper: Path) -> None:
    """Give the field in focus its value."""
    keys = page.keyboard
    if focus["type"] == "radio":
        keys.press("Space")
        for _step in range(12):
            if page.evaluate(FOCUS)["value"] in wanted:
                return
            keys.press("ArrowDown")
    elif focus["type"] == "checkbox":
        if focus["value"] in wanted and not focus["checked"]:
            keys.press("Space")
    elif focus["type"] == "select-one":
        for _step in range(12):
            if page.evaluate(FOCUS)["value"] in wanted:
                return
            keys.press("ArrowDown")
    elif focus["type"] == "file":
        choose_by_keyboard(page, paper)
    else:
        keys.type(wanted[0])


def choose_by_keyboard(page: Page, paper: Path) -> None:
    """Open the chooser of the field in focus and choose; press again where a busy browser let the first key pass."""
    for tries_left in (2, 1, 0):
        page.bring_to_front()  # a chooser opens only in the window that is in front
        try:
            with page.expect_file_chooser(timeout=15_000) as chooser:
                page.keyboard.press("Enter")
        except TimeoutError:
            if not tries_left:
                raise
        else:
            chooser.value.set_files(paper)
            return


def test_every_type_by_keyboard_only_on_a_phone(visitor_alone: Visitor, quiz: Any, start: Any, paper: Path) -> None:
    page = visitor_alone.page(width=PHONE)
    asked = start(page)
    assert axe(page) == []
    assert too_wide(page) == 0
    wanted = {name: values for question in asked for name, values in right_fields(question)}
    files = {f"q{question.pk}-new" for question in asked if question.version.kind.takes_files}
    given: set[str] = set()
    for _step in range(200):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS)
        name = focus["name"]
        if name == "act" and focus["value"] == "hand_in":
            break
        if name in wanted or name in files:
            give_by_keyboard(page, focus, wanted.get(name, []), paper)
            given.add(name)
    assert given == {*wanted, *files}
    with page.expect_navigation(url="**/result/"):
        page.keyboard.press("Enter")
    assert everything_is_right(quiz)
    expect(page.get_by_text("A trainer marks 2 of your answers.")).to_be_visible()
    assert axe(page) == []
    assert too_wide(page) == 0


def test_every_type_without_script(visitor: Visitor, quiz: Any, start: Any, paper: Path) -> None:
    page = visitor.page(width=DESK, java_script_enabled=False)
    asked = start(page)
    for question in asked:
        answer_rightly(page, question)
        if question.version.kind.takes_files:
            page.locator(f'[name="q{question.pk}-new"]').set_input_files(paper)
    press(page.get_by_role("button", name="Send the file"))
    expect(page.get_by_role("link", name="terms.pdf")).to_be_visible()
    press(page.get_by_role("button", name="Hand in", exact=True))
    page.wait_for_url("**/result/")
    assert everything_is_right(quiz)
    expect(page.get_by_role("link", name="terms.pdf")).to_be_visible()


def test_every_type_in_arabic_saved_as_it_is_given(visitor: Visitor, quiz: Any, start: Any, paper: Path) -> None:
    from modules.assessments.models import Attempt

    page = visitor.page(width=PHONE, language="ar", color_scheme="dark")
    asked = start(page, "ar")
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert axe(page) == []
    assert too_wide(page) == 0
    for question in asked:
        if question.version.type == "hotspot":  # a click on the picture chooses in the list
            page.locator(f'svg[data-hotspots="q{question.pk}"] [data-value="a"] rect').click()
            expect(page.locator(f'input[name="q{question.pk}"][value="a"]')).to_be_checked()
        else:
            answer_rightly(page, question)
        if question.version.kind.takes_files:
            page.locator(f'[name="q{question.pk}-new"]').set_input_files(paper)
    typed = {question.pk for question in asked if not question.version.kind.takes_files}

    def saved() -> bool:
        rows = Attempt.objects.get(quiz=quiz).questions.with_answers()
        return typed <= {row.pk for row in rows if row.answer}

    wait_until(saved, what="every answer on the server")
    page.locator("[name=act][value=hand_in]").click()
    page.wait_for_url("**/result/")
    assert everything_is_right(quiz)
    assert axe(page) == []
    assert too_wide(page) == 0


def test_what_was_marked_is_read_on_a_phone(visitor: Visitor, quiz: Any, start: Any, paper: Path) -> None:
    """After release the learner sees levels and comment, and what would have been right where it was not."""
    import uuid

    from accounts.models import User
    from modules.assessments import services
    from modules.assessments.models import Attempt

    page = visitor.page(width=PHONE)
    asked = start(page)
    essay = next(question for question in asked if question.version.type == "essay")
    answer_rightly(page, essay)
    press(page.get_by_role("button", name="Save and go on later"))
    attempt = Attempt.objects.get(quiz=quiz)
    services.submit_attempt(actor=attempt.learner, attempt=attempt, submission_key=uuid.uuid4())
    Attempt.objects.filter(pk=attempt.pk).update(context="")
    marker = User.objects.get(email="organiser@example.org")
    services.give_mark(actor=marker, question=essay, levels={"c1": "c1.2", "c2": "c2.1"}, comment="Well argued.")
    services.release_marks(actor=marker, attempt=attempt)
    page.goto(f"/en/attempts/{attempt.key}/result/")
    expect(page.get_by_text("Well argued.")).to_be_visible()
    expect(page.get_by_text("Right answer:").first).to_be_visible()
    assert axe(page) == []
    assert too_wide(page) == 0


@pytest.mark.parametrize("language", ["en", "ar"])
def test_lines_are_put_into_order_by_buttons_that_say_where_they_are(
    visitor: Visitor, quiz: Any, start: Any, language: str
) -> None:
    from modules.assessments.models import Response

    page = visitor.page(width=PHONE)
    question = next(one for one in start(page, language) if one.version.type == "ordering")
    box, right = page.locator(f'[data-question="q{question.pk}"]'), question.version.body["items"]
    shown = box.locator("select").evaluate_all("fields => fields.map((field) => field.name.split('-').pop())")
    assert shown != right
    for place, item in enumerate(right):
        up = box.locator(f'[data-row]:has([name="q{question.pk}-{item}"]) [data-move="-1"]')
        assert min(up.bounding_box()["width"], up.bounding_box()["height"]) >= 24
        up.focus()
        for _step in range(shown.index(item) - place):
            page.keyboard.press("Enter")
            expect(up).to_be_focused()
        shown.insert(place, shown.pop(shown.index(item)))
    names = box.locator("select").evaluate_all("fields => fields.map((field) => field.name.split('-').pop())")
    assert names == right
    assert str(len(right)) in box.locator("[data-moved]").text_content()
    wait_until(
        lambda: _newest(Response, question) == {item: place for place, item in enumerate(right, start=1)},
        what="the order",
    )
    assert too_wide(page) == 0
    assert axe(page) == []
    page.reload()
    assert box.locator("select").evaluate_all("fields => fields.map((field) => field.value)") == [
        str(place) for place in range(1, len(right) + 1)
    ]


def _newest(model: Any, question: Any) -> Any:
    found = model.objects.filter(question_id=question.pk, late=False).last()
    return found and found.answer

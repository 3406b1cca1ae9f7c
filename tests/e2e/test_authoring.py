"""What authors do in the admin: questions, quizzes, regions, files of questions, lessons, copies, review."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from .people import DESK, PHONE, Visitor, axe, editor, press, sign_in, too_wide
from .servers import Platform

LINK_RULES = ("region",)
"""Not asked of the admin: Wagtail's own layout has parts outside its landmarks."""


@pytest.fixture
def picture(campus: Platform) -> Any:
    """A picture of 400 by 300 pixels in the library."""
    from wagtail.images.tests.utils import get_test_image_file

    from media.models import CampusImage

    sack = CampusImage(title="A sack", file=get_test_image_file(size=(400, 300)), width=400, height=300)
    sack.file.save("sack.png", sack.file, save=False)
    return CampusImage.objects.bulk_create([sack])[0]  # no search index in this process


@pytest.fixture
def author(visitor: Visitor) -> Page:
    """A page at a desk, signed in as an editor."""
    page = visitor.page(width=DESK)
    sign_in(page, editor())
    return page


def save(page: Page) -> None:
    press(page.locator("footer button[type=submit], form footer .button").first)


def write_choice(page: Page, text: str, choices: list[str], right: int = 0) -> None:
    """Write a question of single choice by its form."""
    page.goto("/admin/questions/new/?type=single")
    page.fill("[name=text]", text)
    texts = page.locator('[name^="text_"]')
    for place, choice in enumerate(choices):
        texts.nth(place).fill(choice)
    page.locator('[name^="correct_"]').nth(right).check()
    save(page)


def png() -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(target, "PNG")
    return target.getvalue()


def moodle_file() -> str:
    """A Moodle XML file: a question with a picture in a category within another, and one that is not asked here."""
    picture = base64.b64encode(png()).decode()
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<quiz>
<question type="category"><category><text>$course$/top/Access/Permits</text></category></question>
<question type="multichoice">
<name><text>Permit</text></name>
<questiontext format="html"><text><![CDATA[<p>Who signs? <img src="@@PLUGINFILE@@/a.png" alt="A permit"></p>]]></text>
<file name="a.png" path="/" encoding="base64">{picture}</file></questiontext>
<single>true</single>
<answer fraction="100"><text>The authority</text></answer>
<answer fraction="0"><text>The user</text></answer>
</question>
<question type="calculated"><name><text>Sum</text></name><questiontext><text>How much?</text></questiontext></question>
</quiz>
"""


# --- questions and quizzes ----------------------------------------------------------------------


def test_an_editor_writes_a_question_and_a_quiz_and_meets_them_as_a_learner(author: Page) -> None:
    from modules.assessments.models import Attempt, Question, Quiz

    author.goto("/admin/questions/new/?type=single")
    expect(author.get_by_label("Type", exact=True)).to_have_count(0)  # it is chosen above the form
    write_choice(author, "Which Protocol is about access?", ["The Nagoya Protocol", "The Cartagena Protocol"])
    question = Question.objects.get(name="Which Protocol is about access?")
    author.goto(f"/admin/questions/edit/{question.pk}/")
    author.fill("[name=text]", "Which Protocol is about access and benefit-sharing?")
    with author.expect_popup() as opened:
        author.get_by_role("button", name="Try it").click()
    tried = opened.value
    expect(tried.get_by_text("Which Protocol is about access and benefit-sharing?")).to_be_visible()
    tried.close()
    assert question.versions.first().texts.get().text == "<p>Which Protocol is about access?</p>"  # nothing is saved

    author.goto("/admin/quizzes/new/")
    author.fill("[name=title]", "On access")
    author.select_option("[name=module]", index=1)
    press(author.get_by_role("button", name="Save, then add questions from the bank"))
    search = author.locator("main form[role=search]")
    search.locator("[name=q]").fill("Which Protocol is about access")
    press(search.get_by_role("button", name="Search"))
    expect(author.get_by_role("heading", name="1 question found")).to_be_visible()
    author.locator("main table").get_by_role("checkbox").check()
    press(author.get_by_role("button", name="Add the chosen questions"))
    quiz = Quiz.objects.get(texts__title="On access")
    assert quiz.slots.get().question == question

    press(author.get_by_role("link", name="Try it"))
    author.get_by_label("The Nagoya Protocol").check()
    press(author.locator("main form button[value=hand_in], main form button").last)
    expect(author.locator("main")).to_contain_text("100")
    assert not Attempt.objects.filter(quiz=quiz).exists()


def test_the_preview_of_a_module_leads_to_its_quiz_as_a_learner_meets_it(author: Page) -> None:
    from modules.assessments.models import Quiz
    from modules.lessons.models import ModulePage

    quiz = Quiz.objects.live().order_by("pk").first()
    module = ModulePage.objects.get(translation_key=quiz.item.parent.key, locale__language_code="en")
    author.goto(f"/admin/pages/{module.pk}/edit/")
    author.get_by_role("button", name="Toggle preview").click()
    shown = author.frame_locator("#w-preview-iframe, [data-side-panel=preview] iframe").first
    expect(shown.locator(f'a[href$="/quiz/{quiz.item.key}/try/"]').first).to_be_attached()


def test_regions_are_drawn_by_pointer_and_by_keyboard(author: Page, picture: Any) -> None:
    from modules.assessments.models import Question

    author.goto("/admin/questions/new/?type=hotspot")
    author.fill("[name=text]", "Where is the label?")
    author.fill("textarea[name=description]", "A sack with a label")
    author.evaluate(
        """(id) => {
          const field = document.querySelector("[name=picture]");
          field.value = id;
          field.dispatchEvent(new Event("change", {bubbles: true}));
        }""",
        str(picture.pk),
    )
    sheet = author.locator("svg.regions__picture")
    expect(sheet).to_be_visible()
    sheet.scroll_into_view_if_needed()
    author.get_by_role("button", name="Rectangle").click()
    box = sheet.bounding_box()
    assert box is not None
    scale = box["width"] / 400
    author.mouse.move(box["x"] + 40 * scale, box["y"] + 30 * scale)
    author.mouse.down()
    author.mouse.move(box["x"] + 140 * scale, box["y"] + 90 * scale, steps=4)
    author.mouse.up()
    places = author.locator('[name^="coords_"]')
    drawn = [int(number) for number in places.first.input_value().split(", ")]
    assert all(abs(has - wants) <= 3 for has, wants in zip(drawn, [40, 30, 100, 60], strict=True))

    author.get_by_role("button", name="Circle").focus()  # by keys alone from here
    author.keyboard.press("Enter")
    before = places.nth(1).input_value()
    assert before
    author.keyboard.press("ArrowRight")
    author.keyboard.press("ArrowRight")
    after = places.nth(1).input_value()
    assert int(after.split(", ")[0]) - int(before.split(", ")[0]) == 8
    author.keyboard.press("Enter")  # leads to its words
    author.keyboard.type("The seam")
    author.locator('[name^="text_"]').first.fill("The label")
    author.locator('[name^="correct_"]').first.check()
    assert axe(author, skip=LINK_RULES, within="#main") == []
    save(author)
    body = Question.objects.get(name="Where is the label?").versions.get().body
    assert [(choice["shape"], choice["correct"]) for choice in body["choices"]] == [("rect", True), ("circle", False)]


# --- files of questions -------------------------------------------------------------------------


def test_a_file_is_looked_at_imported_and_taken_along_again(author: Page, tmp_path: Path) -> None:
    from modules.assessments.models import Question

    path = tmp_path / "bank.xml"
    path.write_text(moodle_file())
    author.goto("/admin/question_imports/new/")
    author.set_input_files("[name=file]", path)
    save(author)
    expect(author.get_by_text("1 of 2 questions can be imported. Nothing is imported yet.")).to_be_visible(
        timeout=60_000
    )
    assert not Question.objects.filter(name="Permit").exists()
    row = author.get_by_role("row").filter(has_text="Sum")
    expect(row.get_by_role("cell").first).to_have_text("12")
    expect(row).to_contain_text("This platform has no questions of the type “calculated”.")
    expect(author.get_by_role("row").filter(has_text="Permit").first).to_contain_text("Access › Permits")
    assert axe(author, skip=LINK_RULES, within="#main") == []

    press(author.get_by_role("button", name="Import 1 question"))
    expect(author.get_by_text("1 of 2 questions were imported.")).to_be_visible(timeout=60_000)
    question = Question.objects.get(name="Permit")
    assert (question.category.title, question.category.parent.title) == ("Permits", "Access")
    assert "data-picture" in question.versions.get().texts.get().text

    author.goto("/admin/questions/export/")
    author.select_option("[name=format]", "moodle-xml")
    author.select_option("[name=category]", label="Access › Permits")
    with author.expect_download() as download:
        author.get_by_role("button", name="Download").click()
    text = Path(download.value.path()).read_text()
    assert "$course$/top/Access/Permits" in text and 'encoding="base64"' in text and "Who signs?" in text


# --- lessons, copies, review --------------------------------------------------------------------


def a_lesson() -> Any:
    from modules.lessons.models import LessonPage

    return LessonPage.objects.live().filter(locale__language_code="en").order_by("path").first()


def test_the_lesson_editor_shows_weight_and_what_to_mend(author: Page, picture: Any) -> None:
    lesson = a_lesson()
    lesson.body.append(("picture", {"image": picture, "alt": "sack.png", "caption": "", "credit": ""}))
    lesson.body.append(("heading", "At the end"))
    lesson.save_revision()
    author.goto(f"/admin/pages/{lesson.pk}/edit/")
    author.get_by_role("button", name="Toggle checks").click()
    panel = author.locator("[data-side-panel=checks]")
    expect(panel.get_by_text("s on a 2G line")).to_be_visible()
    expect(panel.get_by_role("heading", name="Weight")).to_be_visible()
    assert panel.locator("h2:has-text('Weight') ~ ul li").count() > 1
    expect(panel.get_by_text("“sack.png” is the name of a file, not a text alternative.")).to_be_visible()
    expect(panel.get_by_text("Nothing stands below the heading “At the end”.")).to_be_visible()


def test_a_module_and_a_course_are_copied_with_their_questions(author: Page) -> None:
    from courses.catalogue.models import Course
    from modules.assessments.models import Quiz, QuizQuestion
    from modules.lessons.models import ModulePage

    quiz = Quiz.objects.live().filter(slots__question__isnull=False).order_by("pk").first()
    module = ModulePage.objects.get(translation_key=quiz.item.parent.key, locale__language_code="en")
    author.goto(f"/admin/modules/{module.pk}/copy/")
    author.fill("[name=title]", "A module to start from")
    press(author.get_by_role("button", name="Copy", exact=True))
    copied = ModulePage.objects.get(title="A module to start from")
    twins = Quiz.objects.filter(item__parent__key=copied.translation_key)
    assert not copied.live and twins.exists()
    asked = QuizQuestion.objects.filter(quiz__in=twins, question__isnull=False)
    assert asked.exists() and not asked.filter(question__slots__quiz=quiz).exists()

    sign_in(author, "organiser")
    course = Course.objects.get(key="abs-legal-frameworks")
    author.goto(f"/admin/courses/copy_as_template/{course.pk}/")
    author.fill("[name=title]", "A course to start from")
    author.fill("[name=key]", "to-start-from")
    author.check("[name=with_modules]")
    press(author.get_by_role("button", name="Copy", exact=True))
    new = Course.objects.get(key="to-start-from")
    old_modules = set(course.syllabus.values_list("item", flat=True))
    modules = set(new.syllabus.filter(kind="module").values_list("item", flat=True))
    assert modules and not modules & old_modules
    assert Quiz.objects.filter(item__parent__in=modules, slots__question__isnull=False).exists()


def test_a_lesson_goes_through_review_with_comments(author: Page, visitor: Visitor) -> None:
    from wagtail.models import Comment

    lesson = a_lesson()
    lesson.title = "A better title"
    lesson.save_revision()
    author.goto(f"/admin/pages/{lesson.pk}/edit/")
    author.locator("footer [data-drilldown], footer button[data-w-dropdown-target=toggle]").first.click()
    press(author.get_by_role("button", name="Submit to", exact=False).first)
    lesson.refresh_from_db()
    state = lesson.current_workflow_state
    assert state is not None and state.status == "in_progress"

    reviewer = visitor.page(width=DESK)
    sign_in(reviewer, "organiser")
    reviewer.goto(f"/admin/pages/{lesson.pk}/edit/")
    reviewer.get_by_role("button", name="Toggle comments").click()
    button = reviewer.get_by_role("button", name="Add comment").first
    button.click()
    reviewer.locator(".comment textarea").first.fill("Say which article.")
    reviewer.locator(".comment button[type=submit]").first.click()
    reviewer.locator("footer button[data-w-dropdown-target=toggle]").first.click()
    press(reviewer.get_by_role("button", name="Save draft").first)
    assert Comment.objects.get(page=lesson).text == "Say which article."

    author.goto(f"/admin/pages/{lesson.pk}/edit/")
    expect(author.locator("body")).to_contain_text("Say which article.")


# --- in both directions and on a phone ----------------------------------------------------------


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_our_screens_of_the_admin_are_read_by_everybody(visitor: Visitor, campus: Platform, language, width) -> None:
    from wagtail.users.models import UserProfile

    from modules.assessments.models import Question, QuestionImport, Quiz

    user = editor()
    UserProfile.objects.update_or_create(user=user, defaults={"preferred_language": language})
    quiz = Quiz.objects.live().filter(slots__question__isnull=False).order_by("pk").first()
    question = Question.objects.filter(slots__quiz=quiz).first()
    rows = [
        {"line": 9, "name": "Sum", "type": "calculated", "state": "refused", "category": "", "why": "Not asked here."},
        {"line": 3, "name": "Permit", "type": "single", "state": "new", "category": "Access › Permits", "why": ""},
    ]
    brought = QuestionImport.objects.create(
        file_name="bank.xml",
        format="moodle-xml",
        language="en",
        state="checked",
        report={"questions": 2, "imported": 1, "rows": rows},
        created_by=user,
    )
    page = visitor.page(width=width, language=language)
    sign_in(page, user)
    found = []
    for address in (
        "questions/",
        "questions/new/?type=single",
        "questions/new/?type=hotspot",
        f"questions/edit/{question.pk}/",
        f"questions/versions/{question.pk}/",
        f"questions/statistics/{question.pk}/",
        f"quizzes/edit/{quiz.pk}/",
        f"quizzes/statistics/{quiz.pk}/",
        f"quizzes/questions/{quiz.pk}/",
        "question_categories/",
        "question_categories/new/",
        "question_imports/",
        "question_imports/new/",
        f"question_imports/report/{brought.pk}/",
        "questions/export/?format=gift&language=en",
    ):
        assert page.goto(f"/admin/{address}").status == 200, address
        assert page.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
        found += [f"{address}: {line}" for line in axe(page, skip=LINK_RULES)]
        if wider := too_wide(page):
            found.append(f"{address}: {wider} px too wide")
        if cut := page.evaluate(CUT_OFF):
            found.append(f"{address}: cut off: {cut}")
    assert found == []


CUT_OFF = """() => [...document.querySelectorAll('#main table')].filter((table) => {
  for (let box = table; box && box.id !== 'main'; box = box.parentElement) {
    if (['auto', 'scroll'].includes(getComputedStyle(box).overflowX)) return false;
  }
  const {left, right} = table.getBoundingClientRect();
  return left < -1 || right > innerWidth + 1;
}).map((table) => table.innerText.slice(0, 40))"""
"""The tables that reach out of the window and cannot be scrolled."""

"""A rule changed in the middle of a course, the learner's why-not-yet, and the matrix on a phone and in Arabic."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from .people import DESK, PHONE, Visitor, axe, press, sign_in, too_wide
from .servers import Platform, wait_until

COURSE = "abs-legal-frameworks"


def cohort():
    from courses.catalogue.models import Cohort

    return Cohort.objects.select_related("course").get(course__key=COURSE, self_paced=False)


def finish_one_module(enrolment) -> str:
    """Let somebody read every lesson of the first module; returns its title."""
    from modules.lessons.services import mark_done
    from modules.records.models import Item

    module = enrolment.cohort.course.syllabus.filter(kind="module").select_related("item").first().item
    for lesson in Item.objects.live().filter(parent=module, kind=Item.Kind.LESSON):
        mark_done(actor=enrolment.participant.user, item=lesson)
    return module.title


def one_enrolled():
    return cohort().enrolments.active().filter(participant__user__isnull=False).select_related("participant__user")[0]


def test_an_organiser_changes_the_rule_in_mid_cohort_and_nobody_loses(visitor: Visitor, campus: Platform):
    from core.models import AuditEntry
    from courses.catalogue.models import CompletionRule
    from courses.catalogue.services import put_rule
    from courses.catalogue.services.rules import asked_of
    from courses.catalogue.services.standing import derived_rule

    course, learner = cohort().course, one_enrolled()
    title = finish_one_module(learner)
    first = derived_rule(course)["all"][0]
    put_rule(actor=None, course=course, spec={"all": [first]})  # whom nobody has looked at since has met it
    page = visitor.page(width=DESK)
    sign_in(page, "organiser")
    page.goto(f"/en/cohorts/{cohort().pk}/")
    press(page.get_by_role("link", name="Completion rule"))
    expect(page.locator("main")).to_contain_text(f"{title}: every lesson")
    assert axe(page) == []
    press(page.get_by_role("link", name="Change the rule"))
    press(page.get_by_role("button", name="Add a group").first)
    group = page.locator("fieldset.rule-group--inner")
    press(group.get_by_role("button", name="Add a requirement"))
    second, third = (group.locator("select[data-pick]").nth(place) for place in (0, 1))
    quizzes = [f"quiz:{ref}" for ref in asked_of(course)["quiz"]]
    second.select_option(quizzes[0])
    expect(page.locator("[data-rule-words]")).to_contain_text("Any one of these")  # told while one types
    press(page.get_by_role("button", name="Preview the change"))
    expect(page.get_by_role("alert")).to_contain_text("Choose what is asked.")  # the other is not chosen yet
    assert axe(page) == []
    assert second.input_value() == quizzes[0]
    third.select_option(quizzes[1])
    press(page.get_by_role("button", name="Preview the change"))
    expect(page.locator("main")).to_contain_text("Nobody loses what they earned.")
    expect(page.get_by_role("row", name=re.compile(learner.participant.name))).to_contain_text("100")
    assert axe(page) == []
    assert CompletionRule.objects.filter(course=course).count() == 1
    press(page.get_by_role("button", name="Save and apply"))
    expect(page.get_by_text("Version 2 is in force.").first).to_be_visible()
    wait_until(lambda: AuditEntry.objects.filter(action="catalogue.recompute").exists(), what="the job", seconds=60)
    learner.refresh_from_db()
    assert (learner.completed_at is not None, learner.completed_rule) == (True, 1)
    press(page.get_by_role("link", name="Version 1"))
    expect(page.locator("main")).to_contain_text("This version is no longer in force.")


def test_the_rule_is_written_on_a_phone_without_script(visitor: Visitor, campus: Platform):
    from courses.catalogue.models import RuleDraft

    page = visitor.page(width=PHONE, java_script_enabled=False)
    sign_in(page, "organiser")
    page.goto(f"/en/courses/{COURSE}/rule/edit/")
    press(page.locator("fieldset.rule-group").first.get_by_role("button", name="Add a requirement").last)
    last = page.locator("select[data-pick]").last
    last.select_option(index=1)
    press(page.get_by_role("button", name="Preview the change"))
    expect(page.get_by_role("heading", name="What the change would do")).to_be_visible()
    assert RuleDraft.objects.get(course__key=COURSE).preview["people"] > 0


def test_a_learner_reads_why_not_yet_and_goes_on(visitor: Visitor, campus: Platform):
    learner = one_enrolled()
    title = finish_one_module(learner)
    for width, language in ((PHONE, "en"), (PHONE, "ar"), (DESK, "en")):
        page = visitor.page(width=width, language=language)
        sign_in(page, learner.participant.user)
        page.goto(f"/{language}/enrolments/{learner.pk}/")
        assert axe(page) == []
        assert too_wide(page) == 0
    expect(page.get_by_role("heading", name="Why not yet?")).to_be_visible()
    expect(page.locator("li.is-met").filter(has_text=title)).to_contain_text("All lessons are done.")
    press(page.locator(".next-step").get_by_role("link"))
    assert "/enrolments/" not in page.url


def test_the_matrix_becomes_cards_on_a_phone_in_both_directions(visitor: Visitor, campus: Platform):
    learner = one_enrolled()
    finish_one_module(learner)
    for language in ("en", "ar"):
        page = visitor.page(width=PHONE, language=language, accept_downloads=True)
        sign_in(page, "trainer")
        for query in ("", "?state=open&sort=-progress"):
            page.goto(f"/{language}/cohorts/{cohort().pk}/{query}")
            assert axe(page) == []
            assert too_wide(page) == 0
        card = page.locator("table.matrix tbody tr").filter(has_text=learner.participant.name)
        assert card.bounding_box()["width"] <= PHONE
        shown = [cell for cell in card.locator("td").all() if cell.is_visible()]
        assert 2 <= len(shown) <= 4  # progress, and what is open first; the rest one press away
        tops = [cell.bounding_box()["y"] for cell in shown]
        assert tops == sorted(set(tops))  # one below the other
        with page.expect_download() as download:
            page.locator("button[value=csv]").click()
        text = download.value.path().read_text(encoding="utf-8-sig")
        assert learner.participant.name in text

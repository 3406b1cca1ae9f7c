"""A screen reader finds its way on every page of the path, for everybody, in both directions and on a phone."""

from __future__ import annotations

import pytest

from .people import DESK, PHONE, Visitor, axe, editor, press, sign_in, too_wide
from .servers import Platform
from .test_path import answer

ROLES = ["visitor", "learner", "trainer", "organiser", "focalpoint", "editor"]


def addresses(who: str) -> list[str]:
    """The pages of the path that somebody sees, without the language."""
    from courses.catalogue.models import Cohort
    from courses.workshops.models import Workshop
    from modules.assessments.models import Quiz

    quiz = Quiz.objects.filter(item__parent__titles__en__startswith="Setting").first() or Quiz.objects.first()
    workshop = Workshop.objects.get(is_sample=True)
    session = workshop.sessions.order_by("starts_at")[0]
    cohort = Cohort.objects.get(course__key="abs-legal-frameworks", self_paced=False)
    everybody = [
        "",
        "courses/",
        "courses/?q=law&topic=abs",
        "access-and-benefit-sharing/",
        "access-and-benefit-sharing/abs-legal-frameworks/",
        "access-and-benefit-sharing/abs-policy/",
        "access-and-benefit-sharing/abs-policy/abs-policy-why-first/",
        "workshops/",
        "workshops/?when=past",
        f"workshops/{workshop.key}/",
        "glossary/",
        "check/",
        "check/PC-0000/",
        "help/",
    ]
    own = {
        "visitor": ["account/login/", "account/signup/", "account/password/reset/", "no-such-page/"],
        "learner": [
            "my/",
            "my/details/",
            "my/certificates/",
            "account/profile/",
            "account/email/",
            "my/details/focal-point/",
            "my/privacy/",
            "my/privacy/seen/",
            "my/privacy/erasure/",
            "courses/lmo-detection/enrol/",
            f"workshops/{workshop.key}/register/",
            f"quiz/{quiz.item.key}/",
        ],
        "trainer": [
            "my/",
            "workshops/mine/",
            "workshops/new/",
            f"workshops/{workshop.key}/manage/",
            f"workshops/{workshop.key}/registrations/",
            f"workshops/{workshop.key}/attendance/",
            f"workshops/{workshop.key}/sessions/new/",
            f"workshops/{workshop.key}/sessions/{session.pk}/",
            f"workshops/{workshop.key}/attendance/{session.pk}/",
            f"workshops/{workshop.key}/sheet/",
            f"workshops/{workshop.key}/edit/",
            f"workshops/{workshop.key}/before/",
            f"workshops/{workshop.key}/nominations/",
            f"workshops/{workshop.key}/registrations/new/",
            f"workshops/{workshop.key}/message/",
            "cohorts/",
            "marking/",
            f"cohorts/{cohort.pk}/",
            f"cohorts/{cohort.pk}/at-risk/",
            f"cohorts/{cohort.pk}/quizzes/",
            f"cohorts/{cohort.pk}/quizzes/{quiz.pk}/",
        ],
        "organiser": [
            "my/",
            "cohorts/",
            f"cohorts/{cohort.pk}/",
            "certificates/",
            f"certificates/issue/cohort/{cohort.pk}/",
            "people/imports/",
            "people/willing/",
            "people/doubles/",
            "people/doubles/apart/",
            "people/merges/",
            "people/erasures/",
            f"cohorts/{cohort.pk}/entry/",
            f"cohorts/{cohort.pk}/edit/",
            f"cohorts/{cohort.pk}/trainers/",
            f"cohorts/{cohort.pk}/archive/",
            f"cohorts/{cohort.pk}/slips/",
            "courses/abs-legal-frameworks/entry/",
            "courses/abs-legal-frameworks/rule/",
            "courses/abs-legal-frameworks/rule/edit/",
            "courses/abs-legal-frameworks/tasks/",
            f"cohorts/{cohort.pk}/invite/words/",
        ],
        "focalpoint": ["my/", "my/country/", f"workshops/{workshop.key}/nominate/"],
        "editor": ["my/"],
    }[who]
    return own if who != "visitor" else [*everybody, *own]


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("who", ROLES)
def test_axe_finds_nothing_on_the_pages_of_the_path(visitor: Visitor, campus: Platform, who, language, width):
    page = visitor.page(width=width, language=language)
    if who != "visitor":
        sign_in(page, editor() if who == "editor" else who)
    found = []
    for address in addresses(who):
        page.goto(f"/{language}/{address}")
        page.evaluate("document.querySelectorAll('details').forEach(some => { some.open = true; })")
        found += [f"{address}: {line}" for line in axe(page)]
        if wider := too_wide(page):
            found.append(f"{address}: {wider} px too wide")
        if not page.title() or page.locator("main").count() != 1 or page.locator("a.skip").count() != 1:
            found.append(f"{address}: no title, main landmark or skip link")
    assert found == []


@pytest.mark.parametrize("language", ["en", "ar"])
def test_axe_finds_nothing_on_a_quiz_and_its_result(visitor: Visitor, campus: Platform, language):
    from modules.assessments.models import Quiz

    for width in (PHONE, DESK):
        page = visitor.page(width=width, language=language)
        sign_in(page, "learner")
        page.goto(f"/{language}/quiz/{Quiz.objects.order_by('pk').first().item.key}/")
        press(page.locator("main form button").first)
        page.wait_for_url("**/attempts/**")
        assert axe(page) == []
        assert too_wide(page) == 0
        questions = page.url
        press(page.locator("button[value=hand_in]"))  # nothing is answered: it asks before it takes them
        assert axe(page) == []
        assert too_wide(page) == 0
        page.goto(questions)
        answer(page)
        press(page.locator("button[value=hand_in]"))
        page.wait_for_url("**/result/")
        assert axe(page) == []
        assert too_wide(page) == 0


def test_the_mailbox_and_the_style_guide_are_there_for_a_newcomer(visitor: Visitor, campus: Platform):
    page = visitor.page()
    for address in ("/mailbox/", "/styleguide/"):
        assert page.goto(address).status == 200
        assert axe(page) == []

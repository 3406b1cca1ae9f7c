"""Records that look alike, erasure by letter, what a focal point sees: in both directions, on a phone and a desk."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from .people import DESK, PHONE, Visitor, axe, press, sign_in, too_wide
from .servers import Platform


def looks_well(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(some => { some.open = true; })")
    assert axe(page) == []
    assert too_wide(page) == 0


def twins(name: str, **fields):
    from courses.participants.models import Participant

    return [Participant.objects.create(name=name, organisation=place, **fields) for place in ("Customs", "Ministry")]


def nominee() -> None:
    """A Kenyan put forward for the sample workshop, who came to its first session and has a certificate of it."""
    from django.utils import timezone

    from courses.certificates.models import Certificate, CertificateTemplate
    from courses.participants.models import Participant
    from courses.workshops.models import Attendance, Registration, Workshop

    workshop = Workshop.objects.get(is_sample=True)
    person, made = Participant.objects.get_or_create(name="Achieng Otieno", country_id="KE")
    if not made:
        return
    Registration.objects.create(workshop=workshop, participant=person, source="nomination", country_id="KE")
    session = workshop.sessions.order_by("starts_at")[0]
    Attendance.objects.create(session=session, participant=person, state="present", minutes=session.minutes)
    Certificate.objects.create(
        serial="PC-2026-NOMI-NEE0-0001",
        kind="participation",
        participant=person,
        template=CertificateTemplate.objects.order_by("pk")[0],
        workshop=workshop,
        subject_key=f"workshop:{workshop.pk}",
        language="en",
        name=person.name,
        issued_at=timezone.now() - timedelta(days=1),
        sha256="0" * 64,
    )


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_pages_about_people_are_for_everybody(visitor: Visitor, campus: Platform, language, width):
    one, other = twins(f"Wambui Njoroge {language}{width}", email=f"wambui-{language}-{width}@lists.example")
    nominee()
    page = visitor.page(width=width, language=language)
    sign_in(page, "organiser")
    for address in ("doubles/", "doubles/apart/", f"{other.pk}/merge/{one.pk}/", f"{one.pk}/erase/", "erasures/"):
        page.goto(f"/{language}/people/{address}")
        looks_well(page)
    focal_point = visitor.page(width=width, language=language)
    sign_in(focal_point, "focalpoint")
    focal_point.goto(f"/{language}/my/country/")
    expect(focal_point.get_by_text("Achieng Otieno").first).to_be_visible()
    expect(focal_point.get_by_text("PC-2026-NOMI-NEE0-0001")).to_be_visible()
    looks_well(focal_point)


def test_two_people_of_one_name_are_told_apart(visitor: Visitor, campus: Platform):
    twins("Baraka Mwangi")
    page = visitor.page(width=PHONE)
    sign_in(page, "organiser")
    page.goto("/en/people/doubles/")
    pair = page.locator("section", has=page.get_by_role("heading", name="Baraka Mwangi"))
    expect(pair.get_by_text("the same name")).to_be_visible()
    press(pair.get_by_role("button", name=re.compile("^Not the same person")))
    expect(page.get_by_text("Kept in mind")).to_be_visible()
    expect(page.get_by_role("heading", name="Baraka Mwangi")).to_have_count(0)
    page.goto("/en/people/doubles/apart/")
    expect(page.get_by_text("Baraka Mwangi").first).to_be_visible()
    looks_well(page)


def test_somebody_asks_by_letter_and_the_organiser_plans_it_and_takes_it_back(visitor: Visitor, campus: Platform):
    from courses.privacy.models import ErasureRequest

    person, _other = twins("Fatma Hassan", email="fatma@lists.example")
    page = visitor.page(width=PHONE)
    sign_in(page, "organiser")
    page.goto(f"/en/people/{person.pk}/erase/")
    expect(page.get_by_text("fatma@lists.example")).to_be_visible()
    page.locator("input[name=identity]").first.check()
    page.locator("input[name=reason]").first.check()
    page.fill("input[name=reference]", "2026/44")
    page.locator("input[name=sure]").check()
    press(page.get_by_role("button", name="Plan the erasure"))
    expect(page.get_by_text("2026/44").first).to_be_visible()
    looks_well(page)
    press(page.get_by_role("button", name=re.compile("^Take it back")).first)
    expect(page.get_by_text("Nothing will be erased")).to_be_visible()
    assert ErasureRequest.objects.get(reference="2026/44").state == "undone"


def with_accounts(name: str, mark: str):
    """Two records of one person, each with an account that has done the same lesson, and one more with the second."""
    from allauth.account.models import EmailAddress

    from accounts.models import User
    from modules.lessons.services import mark_done
    from modules.records.models import Item

    people = twins(name)
    lessons = list(Item.objects.live().filter(kind=Item.Kind.LESSON)[:2])
    for number, person in enumerate(people):
        email = f"{mark}-{number}@lists.example"
        person.user = User.objects.create_user(email, "correct horse battery", name=name, language="en")
        EmailAddress.objects.create(user=person.user, email=email, verified=True, primary=True)
        person.save()
        for lesson in lessons[: 2 - number]:
            mark_done(actor=person.user, item=lesson)
    return people


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_who_has_two_accounts_goes_on_with_one_and_gets_the_other_back(
    visitor: Visitor, campus: Platform, language, width
):
    from courses.participants.models import Merge
    from modules.lessons.models import LessonProgress

    mark = f"halima-{language}-{width}"
    goes, stays = with_accounts(f"Halima Abdi {language}{width}", mark)
    page = visitor.page(width=width, language=language)
    sign_in(page, "organiser")
    page.goto(f"/{language}/people/{goes.pk}/merge/{stays.pk}/")
    looks_well(page)
    expect(page.get_by_text(f"{mark}-1@lists.example").first).to_be_visible()
    press(page.locator("a[href='?account=source']"))
    press(page.locator("a[href='?account=into']"))
    press(page.locator("main form button.button"))
    found = Merge.objects.get(source=goes)
    assert LessonProgress.objects.filter(learner=stays.user, done_at__isnull=False).count() == 2

    def enters(number: int) -> bool:
        person = visitor.page(width=width, language="en")
        person.goto("/en/account/login/")
        person.fill("input[name=login]", f"{mark}-{number}@lists.example")
        person.fill("input[name=password]", "correct horse battery")
        press(person.locator("main form[action*='login'] button.button").first)
        return "sessionid" in {one["name"] for one in person.context.cookies()} and "login" not in person.url

    assert not enters(0)
    assert enters(1)
    page.goto(f"/{language}/people/merges/{found.pk}/undo/")
    expect(page.get_by_text(f"{mark}-0@lists.example").first).to_be_visible()
    looks_well(page)
    press(page.locator("main form button.button"))
    assert LessonProgress.objects.filter(learner=goes.user, done_at__isnull=False).count() == 2
    assert enters(0)

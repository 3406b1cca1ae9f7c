"""One's own data in a real browser: being forgotten and what remains, a slip of paper, leaving mails."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from playwright.sync_api import expect

from .people import DESK, PHONE, Visitor, axe, press, sign_in, too_wide
from .servers import PASSWORD, Platform

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)


def cohort():
    from courses.catalogue.models import Cohort

    return Cohort.objects.get(course__key="abs-legal-frameworks", self_paced=False)


def person_of_the_cohort():
    """Somebody of the sample cohort who has not finished."""
    enrolment = cohort().enrolments.filter(completed_at__isnull=True).select_related("participant__user").last()
    return enrolment.participant


def give_certificate(participant):
    from courses.certificates.models import Certificate, CertificateTemplate, Kind
    from courses.certificates.services import serial_for

    certificate = Certificate(
        serial=serial_for("e2e", 2026),
        kind=Kind.COMPLETION,
        participant=participant,
        template=CertificateTemplate.objects.first(),
        language="en",
        name=participant.name,
        printed={"title": "Legal frameworks", "name_latin": participant.name_latin},
        issued_at=timezone.now(),
        sha256="a" * 64,
        cohort=cohort(),
        subject_key=f"cohort:{cohort().pk}",
    )
    certificate.pdf.save("one.pdf", ContentFile(b"%PDF"), save=False)
    certificate.save()
    return certificate


def test_a_learner_is_forgotten_and_the_certificate_can_still_be_checked(visitor: Visitor, campus: Platform):
    from accounts.models import User
    from courses.privacy import erasing
    from courses.privacy.models import ErasureRequest

    learner = User.objects.get(email="learner@example.org")
    certificate = give_certificate(learner.participant)
    page = visitor.page(width=PHONE)
    sign_in(page, learner)
    page.goto("/en/my/privacy/")
    press(page.get_by_role("link", name="Erase my data"))
    expect(page.get_by_text("You hold 1 certificate.")).to_be_visible()
    page.get_by_label("Your password").fill(PASSWORD)
    press(page.locator("main").get_by_role("button", name="Erase my data"))
    expect(page.get_by_role("status").filter(has_text="Your data will be erased on")).to_be_visible()
    campus.mail.wait_for(to=learner.email, subject="will be erased", seconds=60)

    press(page.get_by_role("button", name="Do not erase my data"))  # a change of mind, and back again
    press(page.get_by_role("link", name="Erase my data"))
    page.get_by_label("Your password").fill(PASSWORD)
    press(page.locator("main").get_by_role("button", name="Erase my data"))

    ErasureRequest.objects.filter(state="planned").update(due_at=timezone.now() - timedelta(minutes=1))
    assert erasing.erase_due() == 1
    campus.mail.wait_for(to=learner.email, subject="has been erased", seconds=90)
    page.goto("/en/my/")
    assert "account/login" in page.url
    page.goto(f"/en/check/{certificate.serial}/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert "Amina Wanjiru" in page.content()
    assert not User.objects.filter(pk=learner.pk).exists()


def test_a_trainer_prints_slips_and_somebody_signs_in_with_one(visitor: Visitor, campus: Platform):
    desk = visitor.page(width=DESK)
    sign_in(desk, "trainer")
    desk.goto(f"/en/cohorts/{cohort().pk}/")
    press(desk.get_by_role("link", name="Sign-in slips"))
    press(desk.get_by_role("button", name="Make slips for all"))
    slip = desk.locator(".slip").first
    name, code = slip.locator(".slip__name").inner_text(), slip.locator(".slip__code").inner_text()

    phone = visitor.page(width=PHONE)
    phone.goto("/slip")
    phone.get_by_label("Code on the slip").fill(code.lower())
    press(phone.locator("main").get_by_role("button", name="Sign in"))
    expect(phone.get_by_role("heading", name="My learning")).to_be_visible()
    assert name in phone.content()

    other = visitor.page(width=PHONE)
    other.goto("/en/account/slip/")
    other.get_by_label("Code on the slip").fill(code)
    press(other.locator("main").get_by_role("button", name="Sign in"))
    expect(other.get_by_text("This code does not open anything.")).to_be_visible()


def test_one_click_in_a_mail_ends_the_weekly_mails(visitor: Visitor, campus: Platform):
    from courses.catalogue.following import reminders
    from courses.catalogue.models import Enrolment
    from jobs.models import OutboxMail

    Enrolment.objects.update(enrolled_at=MONDAY - timedelta(days=3), deadline=MONDAY.date() + timedelta(days=30))
    row = cohort()
    row.starts_on, row.ends_on = MONDAY.date() - timedelta(days=20), MONDAY.date() + timedelta(days=30)
    row.save(update_fields=["starts_on", "ends_on"])
    assert reminders.send_digests(MONDAY) > 0
    address = OutboxMail.objects.filter(key__startswith="digest:").latest("pk").to
    letter = campus.mail.wait_for(to=address, subject="Your week", seconds=90)
    link = next(link for link in letter.links if "/unsubscribe/" in link)
    assert str(letter["List-Unsubscribe"]).strip() == f"<{link}>"
    page = visitor.page(width=PHONE)
    page.goto(urlsplit(link).path)  # written by the test's own process, which does not know the port
    press(page.get_by_role("button", name="Send me no more of these"))
    expect(page.get_by_role("heading", name="Done: no more of these mails")).to_be_visible()
    reminders.send_digests(MONDAY + timedelta(days=7))
    assert OutboxMail.objects.filter(to=address, key__startswith="digest:").count() == 1


PAGES = {
    "visitor": ["data-notice/", "account/slip/", "account/login/code/"],
    "learner": ["my/", "my/privacy/", "my/privacy/seen/", "my/privacy/erasure/", "account/mails/", "my/details/"],
    "trainer": ["cohorts/{cohort}/at-risk/?silent_days=1", "cohorts/{cohort}/slips/", "enrolments/{enrolment}/notes/"],
}


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("who", list(PAGES))
def test_a_screen_reader_finds_its_way(visitor: Visitor, campus: Platform, who: str, language: str, width: int):
    from courses.participants.trail import saw

    if who == "learner":
        from accounts.models import User

        learner = User.objects.get(email="learner@example.org")
        give_certificate(learner.participant)
        saw(User.objects.get(email="trainer@example.org"), [learner.participant], "catalogue.view")
    page = visitor.page(width=width, language=language)
    if who != "visitor":
        sign_in(page, who)
    numbers = {"cohort": cohort().pk, "enrolment": person_of_the_cohort().enrolments.get(cohort=cohort()).pk}
    found = []
    for address in PAGES[who]:
        answer = page.goto(f"/{language}/{address.format(**numbers)}")
        assert answer is not None and answer.status == 200, address
        found += [f"{address}: {trouble}" for trouble in axe(page)]
        if wide := too_wide(page):
            found.append(f"{address}: {wide} px too wide")
    assert found == []

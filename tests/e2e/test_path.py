"""The main job, end to end: from the catalogue to a verified certificate, as the different people."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from .answering import answer_rightly
from .people import DESK, PHONE, Visitor, axe, press, sign_in
from .servers import Platform, wait_until

NEWCOMER = "newcomer@example.org"
PASSWORD = "a long enough password"
NAME, NAME_LATIN = "ليلى العمري", "Layla al-Amri"
COURSE = "Green Customs: living modified organisms at the border"
KEY = "green-customs-lmo"


def main_button(page: Page, name: str | re.Pattern[str]) -> None:
    press(page.locator("main").get_by_role("button", name=name, exact=True))


def send_form(page: Page) -> None:
    press(page.locator("main form").get_by_role("button").first)


def answer(page: Page, *, right: int | None = None) -> None:
    """Give the right answers of the attempt on the page; of the first ``right`` questions only."""
    from modules.assessments.models import Attempt

    key = page.url.rstrip("/").split("/")[-1]
    attempt = Attempt.objects.get(key=key)
    for question in list(attempt.questions.select_related("version__question").order_by("order"))[:right]:
        answer_rightly(page, question)


def sign_up(page: Page, campus: Platform) -> None:
    """Create an account and confirm its address by the link in the mail."""
    press(page.locator("main").get_by_role("link", name="Create an account"))
    page.fill("input[name=email]", NEWCOMER)
    page.fill("input[name=password1]", PASSWORD)
    send_form(page)
    letter = campus.mail.wait_for(to=NEWCOMER)
    link = next(link for link in letter.links if "confirm" in link)
    page.goto(link)
    assert axe(page) == []  # the confirmation of an address
    send_form(page)


def enrol_from_the_catalogue(page: Page, campus: Platform) -> None:
    """Path 1: a visitor finds a course, reads what it asks and gives, signs up and enrols."""
    page.goto("/en/")
    press(page.get_by_role("navigation", name="Main").get_by_role("link", name="Courses"))
    page.fill("input[name=q]", "border")
    press(page.locator("#search").get_by_role("button", name="Search"))
    expect(page.locator("article.course")).to_have_count(1)
    press(page.get_by_role("link", name=COURSE))
    expect(page.get_by_role("heading", name="What it asks")).to_be_visible()
    expect(page.get_by_text("Hours credited")).to_be_visible()
    press(page.get_by_role("link", name="Enrol", exact=True))
    sign_up(page, campus)
    page.goto("/en/my/")
    press(page.get_by_role("link", name="Go on to enrol"))
    page.fill("input[name=name]", NAME)
    page.fill("input[name=name_latin]", NAME_LATIN)
    page.select_option("select[name=country]", "MA")
    main_button(page, "Save")
    expect(page.locator("main").get_by_text(NAME)).to_be_visible()
    main_button(page, "Enrol")
    expect(page.get_by_text("You are enrolled.").first).to_be_visible()
    assert COURSE in campus.mail.wait_for(to=NEWCOMER, subject="enrolled").text


def learn(page: Page) -> None:
    """Path 2: lessons marked done, back to where one stopped, a quiz left in its middle, feedback, progress."""
    page.goto("/en/my/")
    press(page.get_by_role("link", name="Start the first lesson"))
    main_button(page, "Mark as done and go on")
    second = page.locator("h1").inner_text()
    page.goto("/en/my/")  # leaves in the middle
    press(page.get_by_role("link", name="Go on where you stopped"))
    assert page.locator("h1").inner_text() == second
    main_button(page, "Mark as done and go on")
    main_button(page, re.compile("^Mark as done"))
    page.goto("/en/my/")
    expect(page.get_by_text("All lessons are done.")).to_be_visible()
    press(page.get_by_role("link", name=re.compile("Take the quiz")).first)
    main_button(page, "Start the quiz")
    page.wait_for_url("**/attempts/**")
    answer(page, right=2)
    main_button(page, "Save and go on later")
    page.goto("/en/my/")  # leaves in the middle of the quiz
    press(page.get_by_role("link", name=re.compile("Take the quiz")).first)
    main_button(page, "Go on with the quiz")
    page.wait_for_url("**/attempts/**")
    expect(page.locator("main input:checked").nth(1)).to_be_attached()  # what was answered before
    answer(page)
    main_button(page, "Hand in")
    page.wait_for_url("**/result/")
    expect(page.get_by_text("100 %").first).to_be_visible()
    page.goto("/en/my/")
    expect(page.get_by_text("You have met every requirement.")).to_be_visible()


def make_a_workshop(page: Page, course: Any = None) -> str:
    """Path 3, the trainer: a workshop with a session of today, open for registration. Returns its address.

    ``course`` is the one whose completion its attendance counts for.
    """
    today = datetime.now(ZoneInfo("Africa/Nairobi")).date().isoformat()
    sign_in(page, "trainer")
    page.goto("/en/workshops/new/")
    if course is not None:
        page.select_option("select[name=programme]", str(course.programme_id))
        page.select_option("select[name=course]", str(course.pk))
    page.fill("input[name=title_en]", "Reading shipping papers")
    page.fill("input[name=starts_on]", today)
    page.fill("input[name=ends_on]", today)
    page.select_option("select[name=time_zone]", "Africa/Nairobi")
    page.fill("input[name=city]", "Mombasa")
    page.fill("input[name=venue]", "Harbour hall")
    page.fill("input[name=capacity]", "20")
    page.check("input[name=languages][value=fr]")
    main_button(page, "Make the workshop")
    address = page.url
    press(page.get_by_role("link", name="Add a session").first)
    page.fill("input[name=title_en]", "Papers and codes")
    page.fill("input[name=day]", today)
    page.fill("input[name=begins]", "09:00")
    page.fill("input[name=finishes]", "12:30")
    send_form(page)
    page.goto(address)
    main_button(page, "Open registration")
    expect(page.get_by_text("Close registration")).to_be_visible()
    return address


def register(page: Page, campus: Platform, address: str) -> None:
    """Path 3, the learner: registers and gets a calendar file."""
    page.goto(address.replace("/manage/", "/"))
    expect(page.get_by_text("Mombasa").first).to_be_visible()
    press(page.get_by_role("link", name="Register", exact=True))
    send_form(page)
    expect(page.get_by_text("You are registered").first).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Add to my calendar").click()
    calendar = download.value.path().read_text()
    assert "TZID=Africa/Nairobi" in calendar
    assert "Papers and codes" in calendar
    assert "Reading shipping papers" in campus.mail.wait_for(to=NEWCOMER, subject="Reading shipping papers").text


def mark_attendance(page: Page, address: str) -> None:
    """Path 3, the trainer again: sees who registered, marks who is there."""
    page.goto(address)
    press(page.get_by_role("link", name="Who registered"))
    expect(page.get_by_text(NAME).first).to_be_visible()
    page.goto(address)
    press(page.locator("main td.row-acts").get_by_role("link", name=re.compile("Attendance")))
    page.get_by_label("Present", exact=True).first.check()
    main_button(page, "Save attendance")
    page.reload()
    expect(page.get_by_label("Present", exact=True).first).to_be_checked()


def issue(page: Page, campus: Platform) -> str:
    """Path 4: the organiser sees who has met what, and issues; returns the serial number."""
    from courses.catalogue.models import Cohort
    from courses.certificates.models import Certificate

    cohort = Cohort.objects.get(course__key=KEY)
    sign_in(page, "organiser")
    page.goto(f"/en/cohorts/{cohort.pk}/")
    expect(page.get_by_role("row", name=re.compile(NAME)).get_by_text("Complete", exact=True).first).to_be_visible()
    press(page.get_by_role("link", name="Issue certificates"))
    campus.stop("worker", kill=True)  # nothing may be lost when the worker dies
    main_button(page, "Issue certificates to those chosen")
    batch = page.url
    assert axe(page) == []  # a batch on its way
    expect(page.locator("progress").first).to_be_attached()
    page.reload()
    expect(page.locator("progress").first).to_be_attached()
    campus.start("worker")
    mine = Certificate.objects.filter(cohort=cohort, participant__name=NAME)
    wait_until(mine.exists, seconds=90, what="the certificate")
    page.goto(batch)
    archive = page.get_by_role("link", name="Download all as ZIP")
    expect(archive).to_be_visible(timeout=60_000)
    assert axe(page) == []  # a batch that is done
    with page.expect_download() as download:
        archive.click()
    files = zipfile.ZipFile(download.value.path())
    certificate = mine.get()
    assert len(files.namelist()) == Certificate.objects.filter(cohort=cohort).count() == 4  # three of the sample people
    texts = [
        " ".join(leaf.extract_text() for leaf in PdfReader(io.BytesIO(files.read(name))).pages)
        for name in files.namelist()
    ]
    (text,) = [text for text in texts if NAME_LATIN in text]
    assert certificate.serial in text.replace(" ", "") or certificate.serial in text
    assert "Green Customs" in text
    return certificate.serial


def download_certificate(page: Page, campus: Platform, serial: str) -> None:
    """Path 4, the learner: a mail, and the PDF among one's own certificates."""
    letter = campus.mail.wait_for(to=NEWCOMER, subject="certificate", seconds=60)
    assert serial in letter.text
    page.goto("/en/my/certificates/")
    with page.expect_download() as download:
        page.locator(f'a[href*="{serial}/pdf"]').first.click()
    assert download.value.path().read_bytes().startswith(b"%PDF")


def check_certificate(anyone: Page, organiser: Page, serial: str) -> None:
    """Path 5: valid, unknown, and after the organiser revokes it, revoked."""
    from courses.certificates import serials

    anyone.goto(f"/c/{serial}")
    expect(anyone.get_by_role("heading", name="This certificate is valid")).to_be_visible()
    assert axe(anyone) == []
    expect(anyone.locator("main")).to_contain_text(NAME)
    anyone.goto("/en/check/")
    wrong = serial[:-1] + ("0" if serial[-1] != "0" else "1")  # a slip of the finger
    anyone.fill("main input[name=serial]", wrong)
    send_form(anyone)
    expect(anyone.locator("main .errors")).to_contain_text("not a complete number")
    anyone.fill("main input[name=serial]", serials.make("PC", 2026, lambda count: sha256(bytes([count])).digest()))
    send_form(anyone)
    expect(anyone.locator(".verdict--unknown")).to_be_visible()
    organiser.goto(f"/en/certificates/{serial}/")
    assert axe(organiser) == []
    organiser.fill("main textarea[name=reason]", "Issued by mistake in a rehearsal.")
    press(organiser.get_by_role("button", name="Revoke"))
    expect(organiser.get_by_text("The certificate has been revoked.")).to_be_visible()
    anyone.goto(f"/ar/check/{serial}/")
    expect(anyone.locator(".verdict--revoked")).to_be_visible()
    assert axe(anyone) == []


@pytest.mark.embedded
def test_the_main_job_from_the_catalogue_to_a_verified_certificate(visitor: Visitor, campus: Platform):
    learner, trainer = visitor.page(width=PHONE, accept_downloads=True), visitor.page(width=DESK)
    organiser, anyone = visitor.page(width=DESK, accept_downloads=True), visitor.page(width=PHONE)
    learner.set_viewport_size({"width": DESK, "height": 900})
    enrol_from_the_catalogue(learner, campus)
    learner.set_viewport_size({"width": PHONE, "height": 740})
    learn(learner)
    address = make_a_workshop(trainer)
    register(learner, campus, address)
    mark_attendance(trainer, address)
    serial = issue(organiser, campus)
    download_certificate(learner, campus, serial)
    check_certificate(anyone, organiser, serial)


def a_course_with_a_workshop() -> Any:
    """Let the course ask for a live session, the trainer work for its programme, people apply for a cohort of it."""
    from accounts.models import User
    from courses.catalogue.models import Cohort, CohortTrainer, Course, SyllabusEntry
    from institutions.models import Role
    from institutions.services import grant_role

    course = Course.objects.get(key=KEY)
    kind = SyllabusEntry.Kind.LIVE_SESSION
    SyllabusEntry.objects.create(course=course, order=100, kind=kind, titles={"en": "A day together"})
    trainer = User.objects.get(email="trainer@example.org")
    grant_role(actor=None, user=trainer, role=Role.TRAINER, programme=course.programme)
    cohort = Cohort.objects.create(course=course, titles={"en": "Harbour group"}, entry=Cohort.Entry.APPLICATION)
    CohortTrainer.objects.create(cohort=cohort, user=trainer)
    return cohort


def a_newcomer() -> Any:
    """An account with its details."""
    from allauth.account.models import EmailAddress

    from accounts.models import User
    from courses.participants.models import Participant
    from courses.participants.notices import acknowledge, current_notice

    user = User.objects.create_user(NEWCOMER, PASSWORD, name=NAME_LATIN, language="en")
    EmailAddress.objects.create(user=user, email=NEWCOMER, verified=True, primary=True)
    Participant.objects.create(user=user, name=NAME, name_latin=NAME_LATIN, email=NEWCOMER, country_id="MA")
    acknowledge(actor=user, notice=current_notice())
    return user


def test_from_application_to_completion_as_learner_organiser_and_trainer(visitor: Visitor, campus: Platform):
    cohort = a_course_with_a_workshop()
    learner, trainer, organiser = (visitor.page(width=width) for width in (PHONE, DESK, DESK))
    sign_in(learner, a_newcomer())
    learner.goto(f"/en/courses/{KEY}/enrol/")
    learner.get_by_label("Harbour group").check()
    main_button(learner, "Enrol")
    main_button(learner, "Send the application")
    expect(learner.get_by_text("Your application waits for a decision.").first).to_be_visible()

    sign_in(organiser, "organiser")
    organiser.goto(f"/en/cohorts/{cohort.pk}/entry/")
    press(organiser.locator("main").get_by_role("link", name=NAME))
    main_button(organiser, "Accept")
    campus.mail.wait_for(to=NEWCOMER, subject="enrolled")

    address = make_a_workshop(trainer, cohort.course)
    register(learner, campus, address)
    learner.goto("/en/my/")
    expect(learner.get_by_text("You have met every requirement.")).to_have_count(0)
    mark_attendance(trainer, address)
    learn(learner)  # to the last requirement
    assert axe(learner) == []

    organiser.goto(f"/en/cohorts/{cohort.pk}/")
    row = organiser.locator("main tr", has=organiser.get_by_text(NAME))
    expect(row.locator("[data-label=Progress]")).to_have_text("Complete")
    assert axe(organiser) == []
    trainer.goto(f"/en/cohorts/{cohort.pk}/")
    expect(trainer.locator("main tr", has=trainer.get_by_text(NAME)).get_by_text("Complete").first).to_be_visible()


def test_a_learner_reads_and_takes_the_quiz_without_script(visitor: Visitor, campus: Platform):
    from courses.catalogue.models import Cohort
    from courses.catalogue.services import enrol

    user = a_newcomer()
    enrol(actor=user, participant=user.participant, cohort=Cohort.objects.get(course__key=KEY))
    page = visitor.page(width=PHONE, java_script_enabled=False)
    sign_in(page, user)
    learn(page)

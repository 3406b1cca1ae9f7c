"""Who comes in: an application and its decision, a list with every kind of bad row, a merge and the way back."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from .people import DESK, PHONE, Visitor, axe, press, sign_in, too_wide
from .servers import Platform, wait_until

KEY = "green-customs-lmo"
HEAD = ["Nom complet", "Courriel", "Pays", "Langue", "Nom en lettres latines", "Représente", "Chaussures"]
BAD = {  # every kind of problem that a dry run finds: the row, and what is said of it
    "name-missing": (["", "nobody@lists.example", "Kenya"], "The name is missing."),
    "name-without-letter": (["12345", "digits@lists.example"], "“12345” holds no letter."),
    "name-not-latin": (["Ольга", "olga@lists.example", "", "", "Ольга"], "“Ольга” holds other than Latin letters."),
    "too-long": (["Long " * 50, "long@lists.example"], "is too long."),
    "email": (["Bad Address", "not-an-address"], "“not-an-address” is not a complete e-mail address."),
    "country": (["Far Away", "far@lists.example", "Atlantis"], "“Atlantis” is not a country we know."),
    "country-missing": (["No Country", "no@lists.example", "", "", "", "government"], "needs a country."),
    "choice": (["Odd Tongue", "odd@lists.example", "", "Klingon"], "“Klingon” is not one of the answers we know."),
    "formula": (["=HYPERLINK(1)", "formula@lists.example"], "take for a formula"),
    "error-value": (["Failed Formula", "#N/A"], "“#N/A” is what a spreadsheet shows where a formula failed."),
    "unreadable": (["Jos\ufffd", "jose@lists.example"], "holds letters that cannot be read"),
    "too-many-cells": (["Too Many", "many@lists.example", *[""] * 5, "another cell"], "more cells than the headings"),
    "duplicate": (["Awa Traoré", "awa@lists.example"], "already stands in row 2"),
    "own": (["The Organiser", "organiser@example.org"], "This is yourself. Nobody enrols themselves by a list."),
}
GOOD = [
    ["Awa Traoré", "awa@lists.example", "Sénégal", "fr", "", "", "38"],
    ["أحمد محمود", "ahmed@lists.example", "مصر", "ar", "Ahmed Mahmoud", "government", "42"],
]


def looks_well(page: Page, *, languages: tuple[str, ...] = ("en", "ar")) -> None:
    """Nothing for axe to say and nothing too wide: on a phone and a desk, in both directions."""
    here = page.url
    for language in languages:
        if f"/{language}/" not in page.url:
            page.goto(here.replace("/en/", f"/{language}/", 1))
        for width in (PHONE, DESK):
            page.set_viewport_size({"width": width, "height": 800})
            assert axe(page) == [], f"{page.url} at {width}"
            assert too_wide(page) == 0, f"{page.url} at {width}"
    if page.url != here:
        page.goto(here)


def button(page: Page, name: str) -> None:
    press(page.locator("main").get_by_role("button", name=name, exact=True))


def test_from_the_application_to_the_place(visitor: Visitor, campus: Platform):
    from courses.catalogue.models import Course

    course = Course.objects.get(key=KEY)
    organiser, learner = visitor.page(width=DESK), visitor.page(width=PHONE)
    sign_in(organiser, "organiser")
    organiser.goto(f"/en/courses/{KEY}/entry/")
    looks_well(organiser)
    press(organiser.get_by_role("link", name="Add a question"))
    looks_well(organiser)
    organiser.fill("input[name=title_en]", "What do you do at the border?")
    button(organiser, "Save")
    organiser.goto(f"/en/courses/{KEY}/cohorts/new/?first=2027-03-01")
    expect(organiser.locator("input[name=forum_ends_on]")).to_have_value("2027-04-30")
    looks_well(organiser)
    organiser.fill("input[name=title_en]", "Spring group")
    organiser.fill("input[name=enrolment_opens_on]", "")
    organiser.fill("input[name=capacity]", "1")
    organiser.check("input[name=entry][value=application]")
    button(organiser, "Make the cohort")
    desk = organiser.url
    cohort = course.cohorts.get(titles__en="Spring group")

    sign_in(learner, "learner")
    learner.goto(f"/en/courses/{KEY}/enrol/")
    learner.get_by_label("Spring group").check()
    button(learner, "Enrol")
    looks_well(learner)
    learner.set_viewport_size({"width": PHONE, "height": 740})
    learner.fill("main textarea", "I open the containers.")
    button(learner, "Send the application")
    expect(learner.get_by_text("Your application waits for a decision.").first).to_be_visible()
    looks_well(learner)
    campus.mail.wait_for(to="learner@example.org", subject="Your application")

    organiser.goto(desk)
    looks_well(organiser)
    press(organiser.locator("main").get_by_role("link", name="Amina Wanjiru"))
    expect(organiser.get_by_text("I open the containers.")).to_be_visible()
    looks_well(organiser)
    button(organiser, "Decline")  # without a reason
    expect(organiser.locator("main .field--error")).to_be_visible()
    button(organiser, "Accept")
    expect(organiser.get_by_text("Amina Wanjiru has a place.")).to_be_visible()
    looks_well(organiser)
    campus.mail.wait_for(to="learner@example.org", subject="enrolled")
    assert cohort.enrolments.active().count() == 1
    learner.reload()
    expect(learner.get_by_text("You have a place.")).to_be_visible()


def list_file(folder: Path) -> Path:
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows([HEAD, *GOOD, *(row for row, _words in BAD.values())])
    path = folder / "participants.csv"
    path.write_bytes(text.getvalue().encode("utf-8-sig"))
    return path


def test_a_list_with_every_kind_of_bad_row_is_brought_in(visitor: Visitor, campus: Platform, tmp_path: Path):
    from courses.catalogue.models import Cohort
    from courses.participants.models import ImportRow, Participant

    cohort = Cohort.objects.get(course__key=KEY, self_paced=True)
    place = f"cohort:{cohort.pk}"
    known = Participant.objects.create(name="Somebody Else", email="ahmed@lists.example")
    people = Participant.objects.count()
    page = visitor.page(width=DESK, accept_downloads=True)
    sign_in(page, "organiser")
    page.goto(f"/en/people/imports/?to={place}")
    looks_well(page)
    page.goto(f"/en/people/imports/?to={place}")
    if page.locator("select[name=programme]").count():
        page.select_option("select[name=programme]", str(cohort.course.programme_id))
    page.set_input_files("input[name=file]", list_file(tmp_path))
    button(page, "Bring the list")
    expect(page.get_by_label("Nom complet")).to_have_value("name")
    expect(page.get_by_label("Chaussures")).to_have_value("")
    looks_well(page)
    button(page, "Check the list")
    expect(page.get_by_text("Nothing is written yet")).to_be_visible(timeout=60_000)
    assert Participant.objects.count() == people
    main = page.locator("main")
    for _row, words in BAD.values():
        expect(main.get_by_text(words).first).to_be_visible()
    rows = ImportRow.objects.filter(batch__destination=place).order_by("number")
    assert [row.problems[0]["code"] for row in rows if row.problems] == list(BAD)
    looks_well(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="These rows as a spreadsheet (CSV)").click()
    assert "'=HYPERLINK(1)" in download.value.path().read_text(encoding="utf-8-sig")
    press(main.get_by_role("link", name="Perhaps known 1"))
    looks_well(page)
    main.get_by_label("Somebody new").check()
    button(page, "Keep these decisions")
    main.get_by_label("Import the other rows and leave these out").check()
    button(page, "Import 2 people")
    expect(page.get_by_text("Tell the people")).to_be_visible(timeout=60_000)
    looks_well(page)
    assert Participant.objects.filter(email__in=["awa@lists.example", "ahmed@lists.example"]).count() == 3
    assert cohort.enrolments.active().filter(participant__email__endswith="@lists.example").count() == 2
    assert not cohort.enrolments.filter(participant=known).exists()
    button(page, "Send 2 mails")
    letter = campus.mail.wait_for(to="awa@lists.example", seconds=60)
    newcomer = visitor.page(width=PHONE, language="fr")
    newcomer.goto(next(link for link in letter.links if "/begin/" in link).replace("/fr/", "/en/"))
    looks_well(newcomer)
    newcomer.fill("input[name=password]", "a long enough password")
    button(newcomer, "Begin")
    newcomer.goto("/en/my/")
    expect(newcomer.get_by_role("heading", name="Green Customs").first).to_be_visible()


def test_two_records_become_one_and_two_again(visitor: Visitor, campus: Platform):
    from courses.catalogue.models import Cohort, Enrolment
    from courses.participants.models import Participant

    source = Participant.objects.create(name="Wanjiru Kamau", email="wanjiru@lists.example", position="Inspector")
    into = Participant.objects.create(name="W. Kamau", position="Officer")
    enrolment = Enrolment.objects.create(
        participant=source, cohort=Cohort.objects.get(course__key=KEY, self_paced=True)
    )
    page = visitor.page(width=DESK)
    sign_in(page, "organiser")
    page.goto(f"/en/people/{source.pk}/merge/{into.pk}/")
    expect(page.get_by_text("Enrolments: 1")).to_be_visible()
    looks_well(page)
    page.locator("input[name=keep-name][value=source]").check()
    button(page, "Make the two records one")
    expect(page.get_by_text("The two records are one now.")).to_be_visible()
    into.refresh_from_db()
    enrolment.refresh_from_db()
    assert (into.name, into.position, into.email) == ("Wanjiru Kamau", "Officer", "wanjiru@lists.example")
    assert enrolment.participant == into
    looks_well(page)
    press(page.locator("main").get_by_role("link", name=re.compile("^Undo")))
    looks_well(page)
    button(page, "Make them two records again")
    expect(page.get_by_text("The merge is undone").first).to_be_visible()
    into.refresh_from_db()
    wait_until(lambda: Participant.objects.get(pk=source.pk).merged_into_id is None, what="the way back")
    enrolment.refresh_from_db()
    assert (into.name, into.email, enrolment.participant) == ("W. Kamau", "", source)

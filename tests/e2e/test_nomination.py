"""From the nomination by a focal point to the registration by a link in a mail, and what each of them sees."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from .people import DESK, PHONE, Visitor, press, screenshot, sign_in
from .servers import Platform
from .test_enrolment import button, looks_well

NOMINEE, OTHER = "Wairimu Kariuki", "Baraka Ochieng"


def sample_workshop() -> str:
    """Return the address of the sample workshop, with room for two more nominees of Kenya."""
    from courses.workshops.models import Workshop

    Workshop.objects.filter(is_sample=True).update(nominees_per_country=4)
    return f"/en/workshops/{Workshop.objects.get(is_sample=True).key}/"


def nominate(page: Page, name: str, email: str) -> None:
    page.fill("input[name=name]", name)
    page.fill("input[name=email]", email)
    page.fill("input[name=organisation]", "Ministry of Trade")
    button(page, "Nominate")


def state_of(page: Page, name: str):
    return page.locator("main tr", has=page.get_by_text(name)).locator("[data-label=State]")


def test_from_the_nomination_to_the_place(visitor: Visitor, campus: Platform):
    workshop = sample_workshop()
    focal_point = visitor.page(width=PHONE)
    sign_in(focal_point, "focalpoint")
    focal_point.goto("/en/my/country/")
    press(focal_point.get_by_role("link", name=re.compile("^Nominate")))
    looks_well(focal_point)
    nominate(focal_point, NOMINEE, "focalpoint@example.org")
    expect(focal_point.locator("main .field--error")).to_contain_text("nobody nominates themselves")
    expect(focal_point.locator("input[name=organisation]")).to_have_value("Ministry of Trade")
    looks_well(focal_point, languages=("en",))
    nominate(focal_point, NOMINEE, "wairimu@lists.example")
    nominate(focal_point, OTHER, "baraka@lists.example")
    expect(focal_point.get_by_text("4 of 4 nominated")).to_be_visible()
    looks_well(focal_point)

    organiser = visitor.page(width=DESK)
    sign_in(organiser, "organiser")
    organiser.goto(f"{workshop}manage/")
    press(organiser.get_by_role("link", name=re.compile("^Nominations")))
    organiser.evaluate("document.querySelectorAll('details').forEach(some => { some.open = true; })")
    looks_well(organiser)
    organiser.set_viewport_size({"width": DESK, "height": 900})
    screenshot(organiser, "nominations")
    organiser.get_by_label(OTHER).check()
    button(organiser, "Do not select")  # without a reason
    expect(organiser.locator("main .field--error")).to_be_visible()
    expect(organiser.get_by_label(OTHER)).to_be_checked()
    organiser.fill("textarea[name=reason]", "So many from one ministry")
    button(organiser, "Do not select")
    organiser.get_by_label(NOMINEE).check()
    button(organiser, "Select and invite")
    expect(state_of(organiser, NOMINEE)).to_contain_text("Selected and invited")

    letter = campus.mail.wait_for(to="wairimu@lists.example", subject="You are invited")
    campus.mail.wait_for(to="focalpoint@example.org", subject="Your nominations")
    nominee = visitor.page(width=PHONE)
    nominee.goto(next(link for link in letter.links if "/nominations/answer/" in link))
    expect(nominee.get_by_text("Ministry of Trade")).to_be_visible()
    looks_well(nominee)
    nominee.set_viewport_size({"width": PHONE, "height": 740})
    screenshot(nominee, "nomination-answer")
    button(nominee, "Confirm: I will take part")
    expect(nominee.get_by_text("your place is certain")).to_be_visible()
    looks_well(nominee)
    campus.mail.wait_for(to="wairimu@lists.example", subject="You are registered")

    trainer = visitor.page(width=DESK)
    sign_in(trainer, "trainer")
    trainer.goto(f"{workshop}registrations/")
    expect(trainer.locator("main tr", has=trainer.get_by_text(NOMINEE))).to_contain_text("Nomination")

    focal_point.goto("/en/my/country/")
    expect(state_of(focal_point, NOMINEE).first).to_contain_text("Registered")
    expect(state_of(focal_point, OTHER)).to_contain_text("So many from one ministry")
    looks_well(focal_point)
    focal_point.set_viewport_size({"width": PHONE, "height": 740})
    screenshot(focal_point, "country")


def test_a_focal_point_withdraws_and_a_nominee_declines_without_script(visitor: Visitor, campus: Platform):
    workshop = sample_workshop()
    focal_point = visitor.page(width=PHONE, java_script_enabled=False)
    sign_in(focal_point, "focalpoint")
    focal_point.goto(f"{workshop}nominate/")
    nominate(focal_point, NOMINEE, "wairimu@lists.example")
    press(focal_point.get_by_role("link", name=re.compile("^Withdraw.*Peter")))
    button(focal_point, "Withdraw the nomination")
    expect(state_of(focal_point, "Peter Kiprotich")).to_contain_text("Withdrawn")
    organiser = visitor.page(width=DESK, java_script_enabled=False)
    sign_in(organiser, "organiser")
    organiser.goto(f"{workshop}nominations/?region=africa")
    organiser.get_by_label(NOMINEE).check()
    button(organiser, "Select and invite")
    letter = campus.mail.wait_for(to="wairimu@lists.example", subject="You are invited")
    nominee = visitor.page(width=PHONE, java_script_enabled=False)
    nominee.goto(next(link for link in letter.links if "/nominations/answer/" in link))
    button(nominee, "Decline")
    expect(nominee.get_by_text("you will not take part")).to_be_visible()
    focal_point.reload()
    expect(state_of(focal_point, NOMINEE)).to_contain_text("Declined the invitation")

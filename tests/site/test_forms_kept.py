"""Where one types for long, a form sent after the session ended is held by a page and sent again (``kept_forms``)."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from html.parser import HTMLParser
from operator import attrgetter
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import resolve, reverse

from tests import factories

from .test_urls_by_role import PEOPLE, TABLE, clients, files_apart, world  # noqa: F401

pytestmark = pytest.mark.django_db

TYPED = 'First line, "quoted" & <b>bold</b>\r\nالسطر الأخير'
MANY = 6  # so many fields are long to fill in, without any text area

# The address, what stands in it, whose form it is, and a field that they fill in.
KEPT = [
    ("mark_answer", "to_mark.pk", "trainer", "comment"),
    ("marks_take_back", "marked.attempt.key", "trainer", "reason"),
    ("cohort_apply", "applied_cohort.pk", "outsider", "q{0.application_question.pk}"),
    ("cohort_application", "application.pk", "organiser", "reason"),
    ("cohort_invitation_words", "applied_cohort.pk", "organiser", "text_en"),
    ("cohort_new", "course.key", "organiser", "title_en"),
    ("cohort_edit", "applied_cohort.pk", "organiser", "title_en"),
    ("cohort_add", "applied_cohort.pk", "organiser", "name"),
    ("cohort_letter", "cohort.pk", "trainer", "text_en"),
    ("cohort_task", "cohort.pk task.pk", "trainer", "p{0.enrolment.participant_id}-note"),
    ("course_rule_edit", "course.key", "organiser", "root.needed"),
    ("course_task_new", "course.key", "organiser", "title_en"),
    ("course_task", "course.key task.pk", "organiser", "title_en"),
    ("enrolment_extend", "enrolment.pk", "organiser", "reason"),
    ("enrolment_notes", "enrolment.pk", "trainer", "text"),
    ("enrolment_transfer", "enrolment.pk", "organiser", "reason"),
    ("enrolment_waive", "beginner.pk", "organiser", "reason"),
    ("question_new", "course.key", "organiser", "title_en"),
    ("question_edit", "application_question.pk", "organiser", "title_en"),
    ("waiver_end", "waiver.pk", "organiser", "reason"),
    ("attendance", "workshop.key", "trainer", "t-{0.session.pk}-{0.registration.participant_id}"),
    ("attendance_session", "workshop.key session.pk", "trainer", "t-{0.session.pk}-{0.registration.participant_id}"),
    ("nominate", "asking.key", "focal_point", "note"),
    ("nominations", "asking.key", "trainer", "reason"),
    ("registration_add", "workshop.key", "trainer", "name"),
    ("session_add", "workshop.key", "trainer", "title_en"),
    ("session_edit", "workshop.key session.pk", "trainer", "title_en"),
    ("workshop_cancel", "workshop.key", "trainer", "reason"),
    ("workshop_create", "", "trainer", "title_en"),
    ("workshop_edit", "workshop.key", "trainer", "title_en"),
    ("workshop_message", "workshop.key", "trainer", "message"),
    ("certificate_end", "certificate.serial", "organiser", "reason"),
    ("designation_claim", "", "learner", "evidence"),
    ("participant_profile", "", "learner", "name"),
    ("person_erasure", "walk_in.pk", "head", "reference"),
]


class Forms(HTMLParser):
    """A page's forms that are sent by POST: where to, the fields one fills in, and what the hidden ones hold."""

    def __init__(self, page: str, url: str) -> None:
        super().__init__()
        self.url, self.found, self.inside = url, list[Any](), False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = {name: value or "" for name, value in attrs}
        if tag == "form" and at.get("method", "").lower() == "post":
            self.inside = True
            self.found.append({"to": at.get("action", "").split("?")[0] or self.url, "area": False, "fields": set()})
            self.found[-1]["hidden"] = []
        elif self.inside and tag == "input" and at.get("type") == "hidden":
            self.found[-1]["hidden"].append((at.get("name", ""), at.get("value", "")))
        elif self.inside and tag in ("input", "select", "textarea"):
            self.found[-1]["area"] |= tag == "textarea"
            self.found[-1]["fields"].add(at.get("name", ""))

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "form"


def of(world: Any, objects: str) -> list[Any]:  # noqa: F811
    return [getattr(value, "pk", value) for value in (attrgetter(path)(world) for path in objects.split())]


@pytest.fixture(scope="module", autouse=True)
def beginner(world, django_db_blocker):  # noqa: F811
    """Somebody with requirements left, which can be waived."""
    with django_db_blocker.unblock():
        world.beginner = factories.EnrolmentFactory(cohort=world.cohort)


@pytest.mark.parametrize(("name", "objects", "who", "field"), KEPT, ids=[row[0] for row in KEPT])
def test_a_form_sent_after_the_session_ended_is_held_and_sent_again(name, objects, who, field, world):  # noqa: F811
    url, browser, field = reverse(name, args=of(world, objects)), Client(), field.format(world)
    with transaction.atomic():
        held = browser.post(url, {field: TYPED, "several": ["one", "two"]})
        assert held.status_code == 403 and "no-store" in held["Cache-Control"]
        form = next(form for form in Forms(held.content.decode(), url).found if form["hidden"])
        fields: dict[str, list[str]] = {}
        for key, value in form["hidden"]:
            fields.setdefault(key, []).append(value)
        assert form["to"] == url and fields[field] == [TYPED] and fields["several"] == ["one", "two"]

        browser.force_login(getattr(world.cast, who))
        again = browser.post(url, fields)
        if again.status_code == 302:
            assert "/login/" not in again.url
        else:
            assert again.status_code in (200, 422)
            assert escape(TYPED) in again.content.decode(), "what was typed is lost"
        transaction.set_rollback(True)


def pages(world: Any, clients: dict[str, Client]) -> Iterator[tuple[str, str, str]]:  # noqa: F811
    """Yield the name, address and content of every page that asks for an account, as those see it who may."""
    for row in TABLE:
        answers = dict(zip(PEOPLE, row.answers.split(), strict=True))
        if row.post is True or answers["visitor"] == "200":
            continue
        for name in row.urls:
            url = reverse(name, args=of(world, row.objects))
            for who in [] if url.startswith("/admin/") else [who for who in PEOPLE if answers[who] == "200"][:2]:
                with transaction.atomic():
                    yield name, url, b"".join(clients[who].get(url)).decode(errors="ignore")
                    transaction.set_rollback(True)


def test_no_page_where_one_types_for_long_is_forgotten(world, clients):  # noqa: F811
    forgotten, met = set(), set()
    for name, url, page in pages(world, clients):
        for form in Forms(page, url).found:
            if form["area"] or len(form["fields"]) >= MANY:
                match = resolve(form["to"])
                met.add(match.view_name)
                if not getattr(match.func, "keeps_form", False):
                    forgotten.add(f"{match.view_name} (on the page {name})")
    assert not forgotten, f"put @login_required_keeping_form above these views, and them into KEPT: {forgotten}"
    assert {"workshop_create", "mark_answer", "certificate_end", "cohort_new"} <= met <= {row[0] for row in KEPT}

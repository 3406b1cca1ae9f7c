"""Why not yet: the same explanation for the learner and for those who teach them, with the next thing to do."""

from __future__ import annotations

import pytest
from django.utils import timezone
from django.utils.formats import date_format

from core.personal import Person
from courses.catalogue.models import RequirementWaiver
from courses.catalogue.personal import export
from courses.catalogue.services import completion_of, end_waiver, grant_waiver, put_rule
from courses.catalogue.steps import next_step
from courses.certificates.eligibility import eligible

from .test_rules import leaf

pytestmark = pytest.mark.django_db


def url(school):
    return f"/en/enrolments/{school.enrolment.pk}/"


def step(school):
    return next_step(completion_of(school.course, [school.enrolment])[school.enrolment.pk])


def test_the_learner_reads_what_is_met_what_is_open_why_and_what_to_do_next(client, cast, school):
    put_rule(actor=None, course=school.course, spec={"all": [leaf(school.first), leaf(school.quiz, 80)]})
    school.read(cast.learner, 0, 1)
    client.force_login(cast.learner)
    page = client.get(url(school)).content.decode()
    assert "Why not yet?" in page
    assert "All lessons are done." in page
    assert "Not tried yet; 80 % needed." in page
    assert page.count("Take the quiz") == 2  # the one thing to do, and beside its requirement
    assert "1 of 2 requirements met" in page
    assert "Let a requirement count as met" not in page


@pytest.mark.parametrize("who", ["trainer", "organiser"])
def test_who_looks_at_somebody_else_is_not_offered_to_do_it_for_them(client, cast, school, who):
    spec = {"all": [leaf(school.first), {"any": [leaf(school.skill), leaf(school.quiz, 80)]}]}
    put_rule(actor=None, course=school.course, spec=spec)
    client.force_login(getattr(cast, who))
    page = client.get(url(school)).content.decode()
    assert "Not tried yet; 80 % needed." in page
    assert "Take the quiz" not in page
    assert "Go on reading" not in page
    assert "Start reading" not in page
    assert 'class="go"' not in page


def test_what_a_met_group_no_longer_asks_is_not_the_next_step(cast, school):
    put_rule(
        actor=None,
        course=school.course,
        spec={"all": [{"any": [leaf(school.first), leaf(school.skill)]}, leaf(school.quiz, 80)]},
    )
    school.read(cast.learner, 0, 1)
    assert step(school).title == "Quiz: Papers"


def test_reading_is_begun_before_it_is_gone_on_with(cast, school):
    put_rule(actor=None, course=school.course, spec={"all": [leaf(school.first)]})
    assert step(school).action_label == "Start reading"
    school.read(cast.learner, 0)
    assert step(school).action_label == "Go on reading"


def test_of_several_ways_the_one_furthest_gone_comes_next(cast, school):
    put_rule(actor=None, course=school.course, spec={"any": [leaf(school.skill), leaf(school.quiz, 80)]})
    school.grade(cast.learner, 40)
    assert step(school).title == "Quiz: Papers"


def test_ways_to_choose_from_are_shown_as_a_choice(client, cast, school):
    put_rule(
        actor=None,
        course=school.course,
        spec={"all": [leaf(school.first), {"n_of": 1, "of": [leaf(school.skill), leaf(school.quiz, 80)]}]},
    )
    client.force_login(cast.learner)
    page = client.get(url(school)).content.decode()
    assert "At least 1 of these" in page


def test_who_completed_by_an_earlier_rule_is_told_so_and_may_have_the_certificate(client, cast, school):
    put_rule(actor=None, course=school.course, spec={"all": [leaf(school.first)]})
    school.read(cast.learner, 0, 1)
    client.force_login(cast.learner)
    assert "You have completed this course" in client.get(url(school)).content.decode()
    put_rule(actor=None, course=school.course, spec={"all": [leaf(school.second)]})
    assert "The rule has changed since; what was earned stays." in client.get(url(school)).content.decode()
    candidate = eligible(school.cohort, "completion")[0]
    assert candidate.complete
    assert candidate.evidence["rule_version"] == 1


def test_hours_credited_as_attended_stand_on_the_page_and_in_the_evidence(client, cast, school):
    rule = {"all": [leaf(school.first)], "hours": "attended"}
    put_rule(actor=None, course=school.course, spec=rule)
    school.read(cast.learner, 0, 1)  # 30 minutes each
    client.force_login(cast.learner)
    page = client.get(url(school)).content.decode()
    assert "1 / 20" in page
    candidate = eligible(school.cohort, "completion")[0]
    assert (candidate.hours, candidate.evidence["hours"]) == (1, "1")


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("learner", 200),
        ("trainer", 200),
        ("organiser", 200),
        ("other_trainer", 404),
        ("other_organiser", 404),
        ("focal_point", 404),
        ("outsider", 404),
        ("anonymous", 302),
    ],
)
def test_where_somebody_stands_is_for_them_and_those_who_teach_them(client, cast, school, who, status):
    if who != "anonymous":
        client.force_login(getattr(cast, who))
    assert client.get(url(school)).status_code == status
    waive = client.get(url(school) + "waive/").status_code
    assert waive == (200 if who == "organiser" else 302 if who == "anonymous" else 404)


def test_an_organiser_recognises_a_certificate_and_takes_it_back(client, cast, school):
    client.force_login(cast.organiser)
    sent = {"requirement": school.skill, "basis": "recognised", "reason": "Trained elsewhere", "issuer": "JRC"}
    response = client.post(url(school) + "waive/", sent)
    page = response.content.decode()
    assert "A recognised certificate needs this." in page
    assert "Trained elsewhere" in page  # kept
    put_rule(actor=None, course=school.course, spec={"all": [leaf(school.skill), leaf(school.first)]})
    client.post(url(school) + "waive/", {**sent, "evidence": "EU-RL 2025/17"})
    waiver = RequirementWaiver.objects.get()
    page = client.get(url(school)).content.decode()
    assert "EU-RL 2025/17" in page
    assert f"/en/waivers/{waiver.pk}/end/" in page
    assert client.get(f"/en/waivers/{waiver.pk}/end/").status_code == 200
    client.post(f"/en/waivers/{waiver.pk}/end/", {"reason": ""})
    waiver.refresh_from_db()
    assert waiver.ended_at is None
    client.post(f"/en/waivers/{waiver.pk}/end/", {"reason": "Of somebody else"})
    waiver.refresh_from_db()
    assert waiver.ended_at is not None


def test_the_learner_reads_what_was_taken_back_when_and_why_and_finds_it_in_their_data(client, cast, school):
    put_rule(actor=None, course=school.course, spec={"all": [leaf(school.skill), leaf(school.first)]})
    kind, ref = school.skill.split(":")
    waiver = grant_waiver(
        actor=cast.organiser, enrolment=school.enrolment, kind=kind, ref=ref, reason="Trained elsewhere"
    )
    client.force_login(cast.learner)
    assert "counts no longer" not in client.get(url(school)).content.decode()
    end_waiver(actor=cast.organiser, waiver=waiver, reason="The certificate is of somebody else")
    page = client.get(url(school)).content.decode()
    assert "What counted, and counts no longer" in page
    assert f"Taken back on {date_format(timezone.localtime())}." in page
    assert "The certificate is of somebody else" in page
    records = export(Person(cast.learner, cast.learner.participant))
    assert [fact.value for record in records for fact in record if fact.key == "end_reason"] == [
        "The certificate is of somebody else"
    ]


@pytest.mark.parametrize("who", ["learner", "trainer", "other_organiser", "outsider"])
def test_others_neither_waive_nor_take_back(client, cast, school, who):
    put_rule(actor=None, course=school.course, spec={"all": [leaf(school.skill)]})
    waiver = RequirementWaiver.objects.create(
        enrolment=school.enrolment, kind="skill", ref=school.skill.split(":")[1], reason="Because"
    )
    client.force_login(getattr(cast, who))
    assert client.post(url(school) + "waive/", {"requirement": school.skill, "reason": "Me"}).status_code == 404
    assert client.post(f"/en/waivers/{waiver.pk}/end/", {"reason": "Me"}).status_code == 404
    waiver.refresh_from_db()
    assert waiver.ended_at is None

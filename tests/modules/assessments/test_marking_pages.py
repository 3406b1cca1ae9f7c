"""The trainers' marking pages: who gets in, what they show, what a save and a release do."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.models import AuditEntry
from courses.catalogue.models import CohortTrainer
from institutions.models import Role
from institutions.services import grant_role
from jobs.models import Job, OutboxMail
from jobs.running import run
from modules.assessments import services
from modules.assessments.marking import marking_title
from modules.assessments.models import Attempt, Mark, QuizQuestion
from modules.assessments.services.marking import release
from modules.records.models import Item
from tests import factories

from .types.samples import BY_TYPE

BOTH = {"level-c1": "c1.2", "level-c2": "c2.2"}
EVERYBODY = ["learner", "outsider", "trainer", "other_trainer", "organiser", "other_organiser", "focal_point", "editor"]
MARKERS = {"trainer", "organiser"}


@pytest.fixture
def school(cast, programme):
    """A course with a quiz that asks for an essay, a cohort with a trainer, and ``hand_in(user)``."""
    module = factories.ItemFactory(kind=Item.Kind.MODULE)
    course = factories.CourseFactory(programme=programme)
    factories.SyllabusEntryFactory(course=course, item=module)
    cohort = factories.CohortFactory(course=course, titles={"en": "East Africa"})
    CohortTrainer.objects.create(cohort=cohort, user=cast.trainer)
    quiz = factories.QuizFactory(item__parent=module)
    quiz.slots.all().delete()
    QuizQuestion.objects.create(quiz=quiz, question=BY_TYPE["essay"].put().question, points=2)

    def enrol(user: Any) -> Any:
        return factories.EnrolmentFactory(participant=user.participant, cohort=cohort)

    def hand_in(user: Any, text: str = "Consent comes first.", of: Any = quiz, days: int = 0) -> Any:
        attempt = services.start_attempt(actor=user, quiz=of, language="en")
        answers = {question.pk: text for question in attempt.questions.all()}
        services.save_answers(actor=user, attempt=attempt, answers=answers)
        services.submit_attempt(actor=user, attempt=attempt, submission_key=uuid.uuid4())
        if days:
            Attempt.objects.filter(pk=attempt.pk).update(submitted_at=timezone.now() - timedelta(days=days))
        return Attempt.objects.get(pk=attempt.pk)

    enrol(cast.learner)
    return SimpleNamespace(course=course, cohort=cohort, quiz=quiz, module=module, enrol=enrol, hand_in=hand_in)


def essay(attempt: Any) -> Any:
    return attempt.questions.get()


def page(attempt: Any) -> str:
    return reverse("mark_answer", args=[essay(attempt).pk])


def as_(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def give(client: Client, attempt: Any, seen: int = 0, act: str = "save", **fields: str) -> Any:
    return client.post(page(attempt), {"seen": seen, "act": act, **(fields or BOTH)})


# --- attacks ------------------------------------------------------------------------------


@pytest.mark.parametrize("who", EVERYBODY)
def test_an_answer_is_read_and_marked_by_trainer_and_organiser_of_the_cohort_only(cast, school, who):
    attempt, client = school.hand_in(cast.learner), as_(getattr(cast, who))
    assert client.get(page(attempt)).status_code == (200 if who in MARKERS else 404)
    assert give(client, attempt).status_code == (302 if who in MARKERS else 404)
    assert Mark.objects.count() == (who in MARKERS)


@pytest.mark.parametrize("who", EVERYBODY)
def test_nobody_else_releases_or_takes_back(cast, school, who):
    attempt, client = school.hand_in(cast.learner), as_(getattr(cast, who))
    services.give_mark(actor=cast.trainer, question=essay(attempt), levels={"c1": "c1.2", "c2": "c2.2"})
    client.post(reverse("marking_release"), {"attempt": attempt.key})
    attempt.refresh_from_db()
    assert (attempt.state == "graded") == (who in MARKERS)
    if who not in MARKERS:
        services.release_marks(actor=cast.trainer, attempt=attempt)
    url = reverse("marks_take_back", args=[attempt.key])
    assert client.get(url).status_code == (200 if who in MARKERS else 404)
    assert client.post(url, {"reason": "Mine"}).status_code == (302 if who in MARKERS else 404)
    attempt.refresh_from_db()
    assert (attempt.state == "submitted") == (who in MARKERS)


@pytest.mark.parametrize("who", EVERYBODY)
def test_the_queue_exists_for_those_who_teach_and_shows_only_what_is_theirs(cast, school, who):
    school.hand_in(cast.learner)
    reply = as_(getattr(cast, who)).get(reverse("marking"))
    teaches = {"trainer", "other_trainer", "organiser", "other_organiser"}
    assert reply.status_code == (200 if who in teaches else 404)
    if who in teaches:
        assert ("Learner" in re.findall(r'dir="auto">([^<]*)</a><br>', reply.content.decode())) == (who in MARKERS)


def test_a_trainer_who_learns_in_their_own_cohort_never_meets_their_own_answer(cast, school):
    school.enrol(cast.trainer)
    own, client = school.hand_in(cast.trainer), as_(cast.trainer)
    assert "Nothing waits to be marked" in text_of(client.get(reverse("marking")))
    assert client.get(page(own)).status_code == 404
    assert give(client, own).status_code == 404
    services.give_mark(actor=cast.organiser, question=essay(own), levels={"c1": "c1.2", "c2": "c2.2"})
    client.post(reverse("marking_release"), {"attempt": own.key})
    client.get(reverse("marking_release"), {"all": "1"})
    own.refresh_from_db()
    assert own.state == "submitted"
    assert client.get(reverse("marks_take_back", args=[own.key])).status_code == 404


def test_an_attempt_that_is_not_handed_in_is_nobodys_to_look_at(cast, school):
    attempt = services.start_attempt(actor=cast.learner, quiz=school.quiz, language="en")
    answers = {essay(attempt).pk: "A draft."}
    services.save_answers(actor=cast.learner, attempt=attempt, answers=answers)
    client = as_(cast.trainer)
    assert client.get(page(attempt)).status_code == 404
    assert "A draft." not in text_of(client.get(reverse("marking")))


def test_a_name_is_shown_only_to_those_who_may_see_the_person(cast, school):
    """Somebody who learns alone is no participant of any cohort: organisers mark the answer without the name."""
    alone = factories.UserFactory(name="Solitary Person")
    attempt = school.hand_in(alone)
    assert attempt.context == ""
    client = as_(cast.organiser)
    for url in (reverse("marking"), page(attempt)):
        html = text_of(client.get(url))
        assert "Solitary" not in html and f"Learner {attempt.key.hex[:6].upper()}" in html
    assert as_(cast.trainer).get(page(attempt)).status_code == 404
    assert AuditEntry.objects.filter(action="catalogue.view").count() == 0


def test_that_a_trainer_saw_a_name_is_written_down_for_the_learner(cast, school):
    attempt = school.hand_in(cast.learner)
    as_(cast.trainer).get(page(attempt))
    entry = AuditEntry.objects.get(action="catalogue.view")
    assert (entry.actor, entry.object_id) == (cast.trainer, str(cast.learner.participant.pk))


def test_before_release_the_learner_sees_only_that_a_trainer_marks(cast, school):
    attempt, learner = school.hand_in(cast.learner), as_(cast.learner)
    give(as_(cast.trainer), attempt, comment="Secret until then", **BOTH)
    result = reverse("attempt_result", args=[attempt.key])
    html = text_of(learner.get(result))
    assert "A trainer will mark this answer" in html and "Secret" not in html and "Given" not in html
    as_(cast.trainer).post(reverse("marking_release"), {"attempt": attempt.key})
    html = text_of(learner.get(result))
    assert "Secret until then" in html and html.count("Given") == 2 and "You reached 100 %" in html
    mail = OutboxMail.objects.get(to=cast.learner.email)
    assert str(attempt.key) in mail.text and "Secret" not in mail.text
    as_(cast.trainer).post(reverse("marks_take_back", args=[attempt.key]), {"reason": "Wrong person"})
    html = text_of(learner.get(result))
    assert "A trainer will mark this answer" in html and "Secret" not in html and "100 %" not in html


# --- the queue ----------------------------------------------------------------------------


def test_the_queue_shows_the_oldest_first_and_is_narrowed_by_quiz_and_state(cast, school):
    other = factories.QuizFactory(item__parent=school.module)
    other.texts.update(title="Another quiz")
    other.slots.all().delete()
    QuizQuestion.objects.create(quiz=other, question=school.quiz.slots.get().question, points=2)
    school.enrol(cast.outsider)
    new, old = school.hand_in(cast.learner, days=1), school.hand_in(cast.outsider, days=9)
    school.hand_in(cast.learner, of=other, days=4)
    client, url = as_(cast.trainer), reverse("marking")
    html = text_of(client.get(url))
    assert html.index(page(old)) < html.index(page(new))
    assert html.count("Consent") == 0 and 'To mark <span class="num">(3)' in html and "Another quiz" in html
    html = text_of(client.get(url, {"quiz": other.item.key}))
    assert page(old) not in html and "(1)" in html
    give(client, old)
    assert page(old) in text_of(client.get(url, {"state": "marked"}))
    assert page(old) not in text_of(client.get(url))
    assert client.get(url, {"quiz": "nonsense", "state": "nonsense", "page": "x"}).status_code == 200


def test_the_way_to_the_queue_says_how_many_wait(cast, school):
    client = as_(cast.trainer)
    assert marking_title(cast.trainer) == "Answers to mark"
    attempt = school.hand_in(cast.learner)
    for name in ("cohorts", "learner_home"):
        assert "Answers to mark (1)" in text_of(client.get(reverse(name)))
    assert "Answers to mark" not in text_of(as_(cast.learner).get(reverse("learner_home")))
    give(client, attempt)
    assert marking_title(cast.trainer) == "Answers to mark"


def test_an_empty_answer_and_that_of_an_account_that_is_gone_wait_for_nobody(cast, school):
    school.hand_in(cast.learner, text=" ")
    school.enrol(cast.outsider)
    gone = school.hand_in(cast.outsider)
    Attempt.objects.filter(pk=gone.pk).update(learner=None)
    assert marking_title(cast.trainer) == "Answers to mark"
    assert as_(cast.trainer).get(page(gone)).status_code == 404


def test_the_queue_costs_the_same_however_many_wait(cast, school, django_assert_max_num_queries):
    client = as_(cast.trainer)
    school.hand_in(cast.learner)
    client.get(reverse("marking"))

    def cost() -> int:
        with django_assert_max_num_queries(60) as captured:
            client.get(reverse("marking"))
        return len(captured)

    one = cost()
    for _number in range(6):
        user = factories.UserFactory()
        factories.ParticipantFactory(user=user)
        school.enrol(user)
        school.hand_in(user)
    client.get(reverse("marking"))
    assert cost() == one


# --- one answer ---------------------------------------------------------------------------


def test_the_page_shows_question_answer_rubric_and_a_link_to_the_person(cast, school):
    attempt = school.hand_in(cast.learner, text="First <b>consent</b>.\n\nThen terms.")
    html = text_of(as_(cast.trainer).get(page(attempt)))
    assert "Which?" in html and "First &lt;b&gt;consent&lt;/b&gt;." in html and "(4 words)" in html
    assert html.count('type="radio"') == 4 and "(3 points)" in html and "East Africa" in html
    assert reverse("enrolment_standing", args=[cast.learner.participant.enrolments.get().pk]) in html


def test_the_version_that_was_asked_is_shown_whatever_the_author_does_later(cast, school):
    attempt = school.hand_in(cast.learner)
    sample = BY_TYPE["essay"]
    services.put_question(
        actor=None, key="sample-essay", type="essay", language="en", text="Something else?", body={}, parts={}
    )
    html = text_of(as_(cast.trainer).get(page(attempt)))
    assert sample.text in html and "Something else?" not in html and html.count('type="radio"') == 4


def test_points_follow_from_the_rubric_and_the_mark_is_shown_when_one_comes_back(cast, school):
    attempt, client = school.hand_in(cast.learner), as_(cast.trainer)
    reply = client.post(
        page(attempt),
        {"seen": 0, "act": "save", "level-c1": "c1.2", "level-c2": "c2.1", "comment": "Name the article."},
    )
    assert reply.status_code == 302
    html = text_of(client.get(page(attempt)))
    assert "Saved: 1.5 of 2 points." in html and "Name the article." in html and "Marks so far" in html
    assert re.search(r'value="c1.2"[^>]*checked', html) and re.search(r'value="c2.1"[^>]*checked', html)


def test_what_was_typed_stays_when_something_is_missing(cast, school):
    attempt, client = school.hand_in(cast.learner), as_(cast.trainer)
    reply = give(client, attempt, **{"level-c1": "c1.2", "comment": "A long comment"})
    html = text_of(reply)
    assert reply.status_code == 200 and "Choose a level for every criterion." in html and "A long comment" in html
    assert re.search(r'value="c1.2"[^>]*checked', html) and not Mark.objects.exists()


@pytest.mark.parametrize(("typed", "points"), [("1,5", "1.50"), ("٢", "2.00"), (" 0 ", "0.00")])
def test_without_a_rubric_points_are_typed_in_any_script(cast, school, typed, points):
    attempt, client = school.hand_in(cast.learner), as_(cast.trainer)
    essay(attempt).version.question.versions.update(body={})
    for wrong in ("", "3", "-1", "two", "1 g"):
        reply = give(client, attempt, points=wrong, comment="Kept")
        assert reply.status_code == 200 and "Kept" in text_of(reply)
    give(client, attempt, points=typed)
    assert str(Mark.objects.get().points) == points


def test_save_and_next_goes_through_the_queue_and_ends_at_what_is_ready_for_release(cast, school):
    school.enrol(cast.outsider)
    first, second = school.hand_in(cast.learner, days=2), school.hand_in(cast.outsider, days=1)
    client = as_(cast.trainer)
    query = f"?quiz={school.quiz.item.key}"
    reply = client.post(page(first) + query, {"seen": 0, "act": "next", **BOTH})
    assert reply["Location"] == page(second) + query
    reply = client.post(page(second), {"seen": 0, "act": "next", **BOTH})
    assert reply["Location"] == f"{reverse('marking')}?state=marked"
    assert "Nothing else waits" in text_of(client.get(reply["Location"]))


def test_two_trainers_at_once_read_what_the_other_gave_and_lose_nothing(cast, school):
    attempt = school.hand_in(cast.learner)
    one, other = as_(cast.trainer), as_(cast.organiser)
    one.get(page(attempt))
    give(other, attempt, comment="From the organiser", **BOTH)
    mine = {"level-c1": "c1.1", "level-c2": "c2.2", "comment": "From the trainer"}
    reply = give(one, attempt, **mine)
    html = text_of(reply)
    assert reply.status_code == 200 and "While you were marking, Organiser gave this answer 2 points." in html
    assert "From the organiser" in html and "From the trainer" in html and Mark.objects.count() == 1
    seen = re.search(r'name="seen" value="(\d+)"', html)
    assert give(one, attempt, seen=int(seen[1]), **mine).status_code == 302
    assert [mark.comment for mark in Mark.objects.all()] == ["From the organiser", "From the trainer"]


def test_marking_again_after_release_asks_for_a_reason(cast, school):
    attempt, client = school.hand_in(cast.learner), as_(cast.trainer)
    give(client, attempt)
    client.post(reverse("marking_release"), {"attempt": attempt.key})
    mark = Mark.objects.get()
    better = {"level-c1": "c1.1", "level-c2": "c2.2"}
    html = text_of(give(client, attempt, seen=mark.pk, **better))
    assert "Why you mark again" in html and Mark.objects.count() == 1
    give(client, attempt, seen=mark.pk, reason="Misread", **better)
    assert Mark.objects.last().reason == "Misread"
    assert "Misread" in text_of(client.get(page(attempt)))
    client.post(reverse("marking_release"), {"attempt": attempt.key})
    html = text_of(as_(cast.learner).get(reverse("attempt_result", args=[attempt.key])))
    assert "You reached 25 %" in html and "Misread" not in html


# --- release ------------------------------------------------------------------------------


def test_release_asks_first_counts_and_tells_every_learner(cast, school):
    school.enrol(cast.outsider)
    attempts = [school.hand_in(cast.learner), school.hand_in(cast.outsider)]
    client = as_(cast.trainer)
    for attempt in attempts:
        give(client, attempt)
    html = text_of(client.get(reverse("marking"), {"state": "marked"}))
    assert html.count('name="attempt"') == 2 and "Release all 2 results" in html
    html = text_of(client.get(reverse("marking_release"), {"all": "1"}))
    assert "Release 2 results?" in html and not Attempt.objects.graded().exists()
    html = text_of(client.get(reverse("marking_release"), {"attempt": attempts[1].key}))
    assert "Release 1 result?" in html and "Outsider" in html
    reply = client.post(reverse("marking_release"), {"attempt": [a.key for a in attempts]}, follow=True)
    assert "2 results are released." in text_of(reply)
    assert Attempt.objects.graded().count() == 2 and OutboxMail.objects.count() == 2
    reply = client.post(reverse("marking_release"), {"attempt": [a.key for a in attempts]}, follow=True)
    assert "Choose at least one result" in text_of(reply) and OutboxMail.objects.count() == 2


def test_very_many_results_are_released_by_a_job_that_tells_how_far_it_is(cast, school, monkeypatch):
    from modules.assessments.views import marking as views

    monkeypatch.setattr(views, "RELEASED_AT_ONCE", 1)
    school.enrol(cast.outsider)
    client = as_(cast.trainer)
    for who in (cast.learner, cast.outsider):
        give(client, school.hand_in(who))
    html = text_of(client.get(reverse("marking_release"), {"all": "1"}))
    assert "Release 2 results?" in html and "and 1 more" in html and "in the background" in html
    # somebody else has marked another one since the page was opened: it asks again
    reply = client.post(reverse("marking_release"), {"all": "1", "number": "3"})
    assert "the number of results" in text_of(reply) and not Job.objects.exists()
    reply = client.post(reverse("marking_release"), {"all": "1", "number": "2"})
    job = Job.objects.get()
    assert reply["Location"] == reverse("job_status", args=[job.key]) and job.total == 2
    run(job.key)
    job.refresh_from_db()
    assert (job.state, job.done) == (Job.State.DONE, 2)
    assert Attempt.objects.graded().count() == 2 and OutboxMail.objects.count() == 2
    Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING)
    job.refresh_from_db()
    release(job)  # as after a crash
    assert OutboxMail.objects.count() == 2


def test_a_job_releases_nothing_that_its_owner_may_not(cast, school):
    attempt = school.hand_in(cast.learner)
    give(as_(cast.trainer), attempt)
    run(services.start_release(actor=cast.other_trainer, attempts=[attempt]).key)
    assert not Attempt.objects.graded().exists()


def test_release_without_a_choice_says_what_to_do(cast, school):
    client = as_(cast.trainer)
    for data in ({}, {"attempt": "nonsense"}, {"attempt": str(uuid.uuid4())}):
        assert "Choose at least one result" in text_of(client.get(reverse("marking_release"), data, follow=True))


def test_a_trainer_whose_role_ended_for_the_cohort_marks_no_more(cast, school):
    attempt, client = school.hand_in(cast.learner), as_(cast.trainer)
    assert client.get(page(attempt)).status_code == 200
    school.cohort.trainers.all().delete()
    assert give(client, attempt).status_code == 404
    grant_role(actor=None, user=cast.editor, role=Role.TRAINER, programme=school.course.programme)
    assert as_(cast.editor).get(page(attempt)).status_code == 404

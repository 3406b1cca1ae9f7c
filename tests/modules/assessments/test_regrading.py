"""Regrading: previewed, explained, on record; nobody loses a pass unless that is wanted."""

from __future__ import annotations

import re
import uuid
from decimal import Decimal

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from core.models import AuditEntry
from jobs.models import Job, OutboxMail
from modules.assessments import services
from modules.assessments.figure_words import version_name
from modules.assessments.figures import Which, question_figures, quiz_figures
from modules.assessments.models import Attempt, AttemptQuestion, Question, QuestionVersion
from modules.assessments.regrading import outcome, summary, together, with_right_answers_of
from modules.assessments.scoring import grade_of, passes
from modules.assessments.services import regrading
from modules.assessments.sheet import cards
from modules.assessments.words import content_of
from tests import factories

from .test_figures import took


def points(*numbers: float) -> list[Decimal]:
    return [Decimal(str(number)) for number in numbers]


@pytest.mark.parametrize(
    ("old", "new", "keep", "after", "passed", "kept"),
    [
        ((1, 0), (1, 1), True, 100, True, False),
        ((1, 1), (1, 0), True, 100, True, True),
        ((1, 1), (1, 0), False, 50, False, False),
        ((1, 0), (0, 0), True, 0, False, False),
        ((1, 1), (1, 1), True, 100, True, False),
    ],
)
def test_who_passed_keeps_what_they_had_unless_wanted_otherwise(old, new, keep, after, passed, kept):
    found = outcome(points(*old), points(*new), points(1, 1), pass_mark=80, keep_passed=keep)
    assert (found.after, found.passed, found.kept) == (after, passed, kept)


marks = st.lists(st.tuples(*[st.decimals(0, 1, places=2)] * 2), min_size=1, max_size=6)


@given(st.lists(marks, max_size=8), st.integers(0, 100))
def test_nobody_who_passed_fails_where_passes_are_kept(attempts, pass_mark):
    some = [
        outcome(
            [old for old, _new in one],
            [new for _old, new in one],
            points(*[1] * len(one)),
            pass_mark=pass_mark,
            keep_passed=True,
        )
        for one in attempts
    ]
    counts = summary(some)
    assert counts.no_longer_pass == 0
    assert counts.gain + counts.lose + counts.kept <= counts.attempts == len(attempts)


# One learner's attempts at a quiz: old and new points of some equally heavy questions each, in order.
RULES = st.sampled_from(["best", "last", "mean"])


def all_of(rule, attempts, pass_mark, keep_passed):
    weights = [points(*[1] * len(one)) for one in attempts]
    found = [
        outcome([a for a, _b in one], [b for _a, b in one], most, pass_mark=pass_mark, keep_passed=keep_passed)
        for one, most in zip(attempts, weights, strict=True)
    ]
    return together(rule, found, pass_mark=pass_mark, keep_passed=keep_passed)


def percents(outcomes, name):
    return [getattr(one, name) for one in outcomes]


@given(RULES, st.lists(marks, min_size=1, max_size=6), st.integers(1, 100))
def test_whatever_attempt_counts_who_had_passed_the_quiz_has_passed_it_still(rule, attempts, pass_mark):
    found = all_of(rule, attempts, pass_mark, keep_passed=True)
    if passes(rule, percents(found, "before"), pass_mark):
        assert passes(rule, percents(found, "after"), pass_mark)
    assert all(one.passed or not one.passed_before for one in found)


@given(RULES, st.lists(marks, min_size=1, max_size=6), st.integers(1, 100))
def test_keeping_never_gives_less_and_never_more_than_one_had_or_earns(rule, attempts, pass_mark):
    kept = all_of(rule, attempts, pass_mark, keep_passed=True)
    hard = all_of(rule, attempts, pass_mark, keep_passed=False)
    for one, other in zip(kept, hard, strict=True):
        assert one.after >= other.after
        assert one.after == (one.before if one.kept else other.after)
    assert grade_of(rule, percents(kept, "after")) >= grade_of(rule, percents(hard, "after"))


@given(RULES, st.lists(marks, min_size=1, max_size=6), st.integers(1, 100), st.booleans())
def test_regraded_twice_is_regraded_once(rule, attempts, pass_mark, keep_passed):
    first = all_of(rule, attempts, pass_mark, keep_passed)
    reached = [
        [(old, old) if fate.kept else (new, new) for old, new in one] for one, fate in zip(attempts, first, strict=True)
    ]
    again = all_of(rule, reached, pass_mark, keep_passed)
    assert percents(again, "after") == percents(first, "after")


@pytest.mark.parametrize(("rule", "after"), [("mean", [100, 60]), ("best", [100, 50]), ("last", [100, 50])])
def test_a_failed_attempt_keeps_its_points_only_where_the_grade_would_fail_without_them(rule, after):
    """100 % and 60 %, of which the second would be 50 %, with a pass mark of 80 %."""
    pairs = [[(Decimal(1), Decimal(1))] * 2, [(Decimal(1), Decimal(1)), (Decimal("0.2"), Decimal(0))]]
    assert percents(all_of(rule, pairs, 80, keep_passed=True), "after") == after


# --- the act ------------------------------------------------------------------------------

pytestmark = pytest.mark.django_db


@pytest.fixture
def question(quiz, programme) -> Question:
    factories.SyllabusEntryFactory(course__programme=programme, item=quiz.item.parent)
    return quiz.slots.first().question


def correct(question: Question, right: str = "b", ids: str = "abc"):
    """An editor finds out that another choice is right: a new version, which may have other choices."""
    return services.put_question(
        actor=None,
        key=question.key,
        type="single",
        language="en",
        text=f"<p>Question {question.pk}?</p>",
        feedback="<p>Corrected.</p>",
        choices=[{"id": id, "text": f"Choice {id}", "correct": id == right} for id in ids],
    )


def answer_all(attempt, first: str, question: Question, wrong: int = 0) -> Attempt:
    """Hand in with an answer to the question, so many of the others wrong, and the rest right."""
    asked = attempt.questions.select_related("version").order_by("version")
    others = [one.pk for one in asked if one.version.question_id != question.pk]
    answers = {pk: ["c" if place < wrong else "a"] for place, pk in enumerate(others)}
    answers |= {one.pk: [first] for one in asked if one.pk not in others}
    services.save_answers(actor=attempt.learner, attempt=attempt, answers=answers)
    return services.submit_attempt(actor=attempt.learner, attempt=attempt, submission_key=uuid.uuid4())


@pytest.fixture
def regrade(cast, question):
    """Regrade by the newest version, as the organiser does, and let the worker do it."""

    def done(actor=None, **fields) -> Job:
        asked = {"version": question.versions.last(), "key": question.versions.first(), "reason": "The law changed."}
        job = services.start_regrade(actor=actor or cast.organiser, **asked | fields)
        Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING)
        job.refresh_from_db()
        regrading.regrade(job)
        return job

    return done


@pytest.fixture
def gained_and_lost(begin, question, learner, stranger):
    """The learner chose what is right now, the stranger what was right then."""
    gained = answer_all(begin(), "b", question)
    lost = answer_all(begin(user=stranger), "a", question)
    assert (gained.passed, lost.passed) == (False, True)
    correct(question)
    return gained, lost


@pytest.fixture
def learner(cast):
    return cast.learner


def test_the_preview_says_who_gains_and_loses_and_changes_nothing(gained_and_lost, cast, question):
    asked = {"actor": cast.organiser, "version": question.versions.last(), "key": question.versions.first()}
    kept = services.preview_regrade(**asked)
    assert (kept.attempts, kept.gain, kept.lose, kept.now_pass, kept.no_longer_pass, kept.kept) == (2, 1, 0, 1, 0, 1)
    hard = services.preview_regrade(**asked, keep_passed=False)
    assert (hard.gain, hard.lose, hard.now_pass, hard.no_longer_pass, hard.kept) == (1, 1, 1, 1, 0)
    gained, lost = gained_and_lost
    gained.refresh_from_db(), lost.refresh_from_db()
    assert (gained.passed, lost.passed) == (False, True)


def test_who_gains_passes_and_who_passed_stays_so(gained_and_lost, regrade):
    gained, lost = gained_and_lost
    regrade()
    gained.refresh_from_db(), lost.refresh_from_db()
    assert (gained.percent, gained.passed) == (100, True)
    assert (lost.percent, lost.passed) == (100, True)


@pytest.mark.parametrize(("rule", "second"), [("mean", 66.67), ("best", 33.33), ("last", 33.33)])
def test_who_had_passed_by_the_grade_that_counts_has_passed_still(begin, question, regrade, quiz, cast, rule, second):
    """100 % and 66.67 %: the mean had passed; both attempts would lose a third."""
    quiz.grade_rule = rule
    quiz.save()
    attempts = [answer_all(begin(), "a", question), answer_all(begin(), "a", question, wrong=1)]
    correct(question)
    asked = {"actor": cast.organiser, "version": question.versions.last(), "key": question.versions.first()}
    told = services.preview_regrade(**asked)
    assert (told.kept, told.lose) == ((2, 0) if rule == "mean" else (1, 1))
    for _twice in range(2):
        regrade()
        for attempt in attempts:
            attempt.refresh_from_db()
        assert [float(attempt.percent) for attempt in attempts] == [100, second]


def test_who_had_passed_by_the_pass_mark_of_that_day_has_passed_still(begin, question, regrade, quiz):
    quiz.pass_mark = 60
    quiz.save()
    attempt = answer_all(begin(), "a", question, wrong=1)
    quiz.pass_mark = 80
    quiz.save()
    correct(question)
    regrade()
    attempt.refresh_from_db()
    assert (float(attempt.percent), attempt.passed) == (66.67, True)


def test_the_organiser_may_change_their_mind_and_take_the_pass_later(gained_and_lost, regrade):
    _gained, lost = gained_and_lost
    regrade()
    regrade(keep_passed=False)
    lost.refresh_from_db()
    assert (float(lost.percent), lost.passed) == (66.67, False)


def test_the_organiser_may_take_the_pass(gained_and_lost, regrade):
    _gained, lost = gained_and_lost
    regrade(keep_passed=False)
    lost.refresh_from_db()
    assert (float(lost.percent), lost.passed) == (66.67, False)


def test_only_those_whose_result_changed_get_a_mail_and_once(gained_and_lost, regrade):
    job = regrade()
    regrading.regrade(job)  # the worker died and another went on
    assert [mail.to for mail in OutboxMail.objects.filter(key__startswith="attempt-regraded")] == [
        "learner@example.org"
    ]


def test_it_is_on_record_with_its_reason(gained_and_lost, regrade, cast):
    regrade()
    entry = AuditEntry.objects.get(action="assessments.regrade")
    assert entry.actor == cast.organiser
    assert (entry.data["reason"], entry.data["version"], entry.data["by"]) == ("The law changed.", 1, 2)
    assert entry.data["now_pass"] == 1


def test_the_result_shows_what_was_asked_and_what_is_right_now(client, gained_and_lost, regrade, learner):
    gained, _lost = gained_and_lost
    regrade()
    client.force_login(learner)
    html = client.get(reverse("attempt_result", args=[gained.key])).content.decode()
    assert "was corrected after it was asked" in html and "Corrected." in html
    assert html.count("Not right") == 0
    one = gained.questions.get(regraded_by__isnull=False)
    assert (one.version.number, one.regraded_by.number) == (1, 2)


def test_statistics_show_the_answers_that_graded_beside_the_points(gained_and_lost, question, regrade, quiz):
    for _ in range(4):
        took(quiz, "bab")
    AttemptQuestion.objects.filter(version=question.versions.first()).update(version=question.versions.last())
    regrade()
    answers = question_figures(question, Attempt.objects.graded(), Which.ALL, "en")
    (found,) = [one for one in answers if one.key]
    assert (found.version.number, found.key.number, found.anchor) == (1, 2, "version-1-by-2")
    assert {line.row.label: line.row.right for line in found.answers}["Choice b"] is True
    assert {line.row.label: line.row.right for line in found.answers}["Choice a"] is False
    rows = quiz_figures(quiz, Attempt.objects.graded(), Which.ALL, "en").questions
    assert "1, graded by 2" in [version_name(one) for one in rows]
    assert found.item.facility == next(one for one in rows if one.key).item.facility


def test_who_was_not_regraded_is_counted_by_the_answers_of_then(gained_and_lost, question, regrade, quiz, cast):
    took(quiz, "abb", learner=cast.organiser)
    AttemptQuestion.objects.filter(version=question.versions.first()).update(version=question.versions.last())
    regrade(actor=cast.organiser)
    keys = [one.key for one in question_figures(question, Attempt.objects.graded(), Which.ALL, "en")]
    assert len(keys) == 2 and keys[0] is None and keys[1].number == 2


def test_a_choice_that_the_key_has_no_more_is_neither_right_nor_wrong(quiz, question):
    for _ in range(5):
        took(quiz, "cab")
    body = {"choices": [{"id": id, "correct": id == "b"} for id in "ab"]}
    key = QuestionVersion.objects.create(question=question, number=2, type="single", body=body)
    AttemptQuestion.objects.filter(version__question=question).update(regraded_by=key)
    (found,) = question_figures(question, Attempt.objects.graded(), Which.ALL, "en")
    assert [(line.row.label, line.row.count, line.row.right) for line in found.answers][-1] == ("Choice c", 5, None)


def test_an_attempt_that_is_running_is_graded_by_the_corrected_answers(begin, question, regrade, answer):
    attempt = begin()
    correct(question)
    regrade()
    assert answer_all(attempt, "b", question).percent == 100


@pytest.fixture
def running(begin, question, regrade):
    """An attempt that runs while b is found right and c is dropped, and the question in it."""
    attempt = begin()
    correct(question, right="b", ids="ab")
    regrade()
    return attempt, attempt.questions.get(version__question=question)


def test_a_running_attempt_shows_and_takes_what_it_asked(client, running, question, learner):
    attempt, asked = running
    client.force_login(learner)
    card = next(one for one in cards(attempt, "en") if one.pk == asked.pk)
    assert {choice["value"] for choice in card.field["choices"]} == set("abc")
    url = reverse("attempt", args=[attempt.key])
    assert "Choice c" in client.get(url).content.decode()
    sent = {"question": asked.pk, "key": str(uuid.uuid4()), f"q{asked.pk}": "c"}
    saved = client.post(reverse("attempt_save", args=[attempt.key]), sent)
    assert saved.status_code == 200 and saved.json()["saved"]
    form = {"act": "stay", "submission_key": str(uuid.uuid4()), f"q{asked.pk}": "c"}
    assert client.post(url, form).status_code == 302


@pytest.mark.parametrize(("chosen", "earned"), [("b", 1), ("a", 0), ("c", 0)])
def test_a_running_attempt_is_graded_by_the_key_where_it_offers_the_answer(running, question, chosen, earned):
    attempt, asked = running
    answer_all(attempt, chosen, question)
    asked.refresh_from_db()
    assert asked.points == earned


def test_what_the_key_does_not_offer_is_graded_and_shown_by_what_was_asked(begin, question, regrade):
    attempt = begin()
    correct(question, right="b", ids="bcd")
    regrade()
    answer_all(attempt, "a", question)
    asked = attempt.questions.get(version__question=question)
    assert asked.points == 1
    attempt.refresh_from_db()
    card = next(one for one in cards(attempt, "en") if one.pk == asked.pk)
    assert {choice["value"]: choice["checked"] for choice in card.field["choices"]} == {
        "a": True,
        "b": False,
        "c": False,
    }


def test_feedback_at_once_after_a_correction_is_that_of_the_key(client, running, quiz, learner):
    attempt, asked = running
    quiz.feedback = "at_once"
    quiz.save()
    services.save_answers(actor=learner, attempt=attempt, answers={asked.pk: ["b"]})
    assert services.check_answer(actor=learner, question=asked).points == 1
    card = next(one for one in cards(attempt, "en") if one.pk == asked.pk)
    assert {choice["value"]: choice["correct"] for choice in card.field["choices"]} == {"a": False, "b": True}


def test_nobody_regrades_their_own_attempts(begin, question, cast, regrade):
    own = answer_all(begin(user=cast.organiser), "b", question)
    correct(question)
    regrade()
    own.refresh_from_db()
    assert own.passed is False


def test_regrading_back_gives_the_old_results_again(begin, question, regrade, learner):
    attempt = answer_all(begin(), "b", question)
    correct(question)
    regrade()
    correct(question, right="a")
    regrade(key=question.versions.first(), keep_passed=False)
    attempt.refresh_from_db()
    assert (float(attempt.percent), attempt.passed) == (66.67, False)


@pytest.mark.parametrize("who", ["learner", "trainer", "focal_point"])
def test_only_organisers_regrade(client, gained_and_lost, cast, question, who):
    with pytest.raises(services.CannotRegrade):
        services.preview_regrade(
            actor=getattr(cast, who), version=question.versions.last(), key=question.versions.first()
        )
    client.force_login(getattr(cast, who))
    assert client.get(reverse("questions:regrade", args=[question.pk])).status_code in (302, 403, 404)


def test_an_organiser_of_another_programme_changes_nothing(gained_and_lost, cast, question, regrade):
    other = cast.other_organiser
    asked = {"actor": other, "version": question.versions.last(), "key": question.versions.first()}
    assert services.preview_regrade(**asked, keep_passed=False).attempts == 0
    job = regrade(actor=other, keep_passed=False)
    assert job.total == 0
    for attempt, percent in zip(gained_and_lost, (66.67, 100), strict=True):
        attempt.refresh_from_db()
        assert float(attempt.percent) == percent
    assert not AttemptQuestion.objects.filter(regraded_by__isnull=False).exists()


def test_running_attempts_of_other_courses_are_left_as_they_are(begin, question, cast, regrade):
    begin()
    correct(question)
    regrade(actor=cast.other_organiser)
    assert not AttemptQuestion.objects.filter(regraded_by__isnull=False).exists()


def test_of_one_learner_only_the_attempts_of_ones_own_courses_are_regraded(question, quiz, cast, regrade, learner):
    alone = took(quiz, "baa", learner=learner)
    course = factories.CourseFactory(programme=cast.other_organiser.role_assignments.get().programme)
    factories.SyllabusEntryFactory(course=course, item=quiz.item.parent)
    enrolment = factories.EnrolmentFactory(
        participant=learner.participant, cohort=factories.CohortFactory(course=course)
    )
    theirs = took(quiz, "baa", number=2, learner=learner, context=enrolment.context)
    correct(question)
    AttemptQuestion.objects.filter(version__question=question).update(version=question.versions.last())
    regrade()
    alone.refresh_from_db(), theirs.refresh_from_db()
    assert (float(alone.percent), round(float(theirs.percent), 2)) == (100, 66.67)


def test_who_is_no_organiser_any_more_when_the_worker_comes_changes_nothing(gained_and_lost, cast, question):
    asked = {"actor": cast.organiser, "version": question.versions.last(), "key": question.versions.first()}
    job = services.start_regrade(**asked, reason="The law changed.")
    cast.organiser.role_assignments.all().delete()
    with pytest.raises(services.CannotRegrade):
        regrading.regrade(Job.objects.get(pk=job.pk))
    assert not AttemptQuestion.objects.filter(regraded_by__isnull=False).exists()


def test_versions_must_fit_each_other(cast, question, begin):
    begin()
    other = factories.make_question().versions.get()
    mine = question.versions.get()
    for key in (mine, other):
        with pytest.raises(services.CannotRegrade):
            services.preview_regrade(actor=cast.organiser, version=mine, key=key)


# --- a key that asks more than was asked --------------------------------------------------


def versions_of(type: str, asked: tuple, key: tuple, text: str = "Which?", later: str = ""):
    """Two versions of a question, each of a body and the words of its parts."""
    found = [
        services.put_question(
            actor=None,
            key="two-versions",
            type=type,
            language="en",
            text=said,
            body=body,
            parts={id: {"text": word} for id, word in parts.items()},
        )
        for (body, parts), said in ((asked, text), (key, later or text))
    ]
    assert [one.number for one in found] == [1, 2]
    return found


def share(versions, answer):
    asked, key = map(content_of, versions)
    kind = versions[0].kind
    return kind.grade(with_right_answers_of(kind, asked, key), kind.clean(asked, answer))


def choices(*ids, right="a"):
    return {"choices": [{"id": id, "correct": id in right} for id in ids]}, {id: f"Choice {id}" for id in ids}


def pairs(*ids, targets="xy"):
    items = [{"id": id, "target": target} for id, target in zip(ids, "xyxy", strict=False)]
    return {"items": items, "targets": list(targets)}, {id: f"Part {id}" for id in [*ids, *targets]}


def number(unit="none", **units):
    body = {"answers": [{"id": "a", "value": "5"}], "unit": unit}
    return body | {"units": [{"id": id, "factor": factor} for id, factor in units.items()]}, dict.fromkeys(units, "kg")


GAP, OTHER = {"id": "1"}, {"id": "2", "choices": ["a", "b"], "right": "a"}
WORDS = {"1": "MAT", "2.a": "yes", "2.b": "no", "2.c": "perhaps"}
TYPED, THREE = {"id": "2"}, {**OTHER, "choices": ["a", "b", "c"]}


@pytest.mark.parametrize(
    ("type", "asked", "key", "answer"),
    [
        ("multiple", choices(*"abc"), choices(*"abcd", right="ad"), ["a"]),
        ("multiple", choices(*"abc"), ({**choices(*"abcd")[0], "marking": "per_option"}, choices(*"abcd")[1]), ["a"]),
        ("single", choices(*"abc"), choices(*"abcd"), ["a"]),
        ("matching", pairs("1", "2"), pairs("1", "2", "3"), {"1": "x", "2": "y"}),
        ("categorising", pairs("1", "2"), pairs("1", "2", "3", targets="xyz"), {"1": "x", "2": "y"}),
        ("ordering", ({"items": ["a", "b"]}, dict.fromkeys("ab", "Step")), None, {"a": 1, "b": 2}),
        ("gaps", ({"gaps": [OTHER]}, WORDS), ({"gaps": [THREE]}, WORDS), {"2": "a"}),
        ("numeric", number(), number("required", u1="1"), {"number": "5"}),
        ("numeric", number("optional", u1="1"), number("required", u1="1"), {"number": "5"}),
    ],
)
def test_nobody_loses_points_by_what_they_were_not_asked(db, cast, type, asked, key, answer):
    key = key or ({"items": ["c", "a", "d", "b"], "marking": "places"}, dict.fromkeys("abcd", "Step"))
    versions = versions_of(type, asked, key, text="[[2]]")
    assert share(versions, answer) == 1
    assert services.preview_regrade(actor=cast.organiser, version=versions[0], key=versions[1]).attempts == 0


def test_a_gap_that_is_new_counts_for_nobody_who_did_not_have_it(db, cast):
    asked, key = ({"gaps": [GAP]}, WORDS), ({"gaps": [GAP, OTHER]}, WORDS)
    versions = versions_of("gaps", asked, key, text="[[1]]", later="[[1]] [[2]]")
    assert share(versions, {"1": "MAT"}) == 1
    assert services.preview_regrade(actor=cast.organiser, version=versions[0], key=versions[1]).attempts == 0


@pytest.mark.parametrize(
    ("type", "asked", "key"),
    [
        ("single", choices(*"abc"), choices(*"abcd", right="d")),
        ("multiple", choices(*"abc"), choices(*"abcd", right="d")),
        ("matching", pairs("1", "2", targets="xw"), None),
        (
            "ordering",
            ({"items": ["a", "b"]}, dict.fromkeys("ab", "Step")),
            ({"items": ["c", "a"]}, dict.fromkeys("ac", "Step")),
        ),
        ("gaps", ({"gaps": [OTHER]}, WORDS), ({"gaps": [{**THREE, "right": "c"}]}, WORDS)),
        ("gaps", ({"gaps": [OTHER]}, WORDS), ({"gaps": [TYPED]}, WORDS | {"2": "yes"})),
    ],
)
def test_a_key_by_which_nobody_could_be_right_is_refused_with_a_sentence(db, cast, type, asked, key):
    if type == "matching":
        asked = ({"items": [{"id": "1", "target": "x"}, {"id": "2", "target": "w"}], "targets": ["x", "w"]}, asked[1])
        key = pairs("1", "2", targets="xyw")
    versions = versions_of(type, asked, key, text="[[2]]")
    with pytest.raises(services.CannotRegrade, match="only what version 1 asked too counts"):
        services.preview_regrade(actor=cast.organiser, version=versions[0], key=versions[1])


def test_a_wording_that_is_accepted_now_counts_for_who_typed_it_then(db):
    answers = [{"id": "a"}, {"id": "b"}]
    versions = versions_of(
        "short_answer", ({"answers": answers[:1]}, {"a": "MAT"}), ({"answers": answers}, {"a": "MAT", "b": "PIC"})
    )
    assert share(versions, "PIC") == 1


# --- the screen ---------------------------------------------------------------------------


@pytest.fixture
def groups(db):
    from core.permissions import synchronise_groups

    synchronise_groups()


def shown_on(html: str) -> str:
    """The preview that a page shows, as it travels with its form."""
    return re.search(r'name="shown" value="([^"]+)"', html)[1]


@pytest.mark.parametrize("other", ["version", "key", "lower", "nothing", "forged", "meanwhile"])
def test_what_was_not_shown_is_shown_first(client, groups, gained_and_lost, begin, cast, question, other):
    third = correct(question, right="c")
    client.force_login(cast.organiser)
    url = reverse("questions:regrade", args=[question.pk])
    first, second = question.versions.get(number=1), question.versions.get(number=2)
    AttemptQuestion.objects.filter(version=first, attempt=gained_and_lost[0]).update(version=third)
    form = {"version": first.pk, "key": second.pk, "reason": "The law changed."}
    form["shown"] = shown_on(client.post(url, form | {"act": "preview"}).content.decode())
    if other == "meanwhile":
        AttemptQuestion.objects.filter(version=third).update(version=first)
    changed = {
        "version": {"version": third.pk},
        "key": {"key": third.pk},
        "lower": {"lower": "on"},
        "nothing": {"shown": ""},
        "forged": {"shown": form["shown"][:-1] + "-"},
        "meanwhile": {},
    }[other]
    html = client.post(url, form | changed | {"act": "confirm"}).content.decode()
    assert "This is not what was shown before" in html and "Regrade now" in html
    assert not Job.objects.exists()
    assert client.post(url, form | changed | {"act": "confirm", "shown": shown_on(html)}).status_code == 302
    assert Job.objects.count() == 1


def test_what_cannot_be_regraded_is_refused_also_when_confirmed(client, groups, gained_and_lost, cast, question):
    client.force_login(cast.organiser)
    asked = question.versions.last().pk
    form = {"version": asked, "key": asked, "reason": "The law changed.", "act": "confirm"}
    html = client.post(reverse("questions:regrade", args=[question.pk]), form).content.decode()
    assert "Choose two different versions" in html and not Job.objects.exists()


def test_the_screen_shows_the_preview_first_and_then_acts(client, groups, gained_and_lost, cast, question):
    client.force_login(cast.organiser)
    url = reverse("questions:regrade", args=[question.pk])
    assert "Show what will change" in client.get(url).content.decode()
    form = {"version": question.versions.last().pk, "key": question.versions.first().pk, "reason": "The law changed."}
    html = client.post(url, form | {"act": "preview"}).content.decode()
    assert "Regrade now" in html and "Had passed and keep their points" in html
    assert not Job.objects.exists()
    form["shown"] = shown_on(html)
    assert "This field is required." in client.post(url, form | {"act": "confirm", "reason": ""}).content.decode()
    response = client.post(url, form | {"act": "confirm"})
    assert response.url == reverse("job_status", args=[Job.objects.get().key])


def test_a_question_with_one_version_has_nothing_to_grade_by(client, groups, cast, question):
    client.force_login(cast.organiser)
    assert "only one version" in client.get(reverse("questions:regrade", args=[question.pk])).content.decode()


@pytest.mark.parametrize("number", [2, 12])
def test_the_preview_takes_a_constant_number_of_queries(begin, cast, question, number, django_assert_max_num_queries):
    for _ in range(number):
        answer_all(begin(user=factories.UserFactory()), "b", question)
    correct(question)
    asked = {"actor": cast.organiser, "version": question.versions.last(), "key": question.versions.first()}
    with django_assert_max_num_queries(14):
        services.preview_regrade(**asked)

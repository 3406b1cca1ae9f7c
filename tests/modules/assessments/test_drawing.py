"""Random draws: no question twice, the new ones first, the same for ever for the same seed."""

from __future__ import annotations

import uuid
from collections import Counter
from decimal import Decimal
from itertools import product

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from core.models import AuditEntry
from modules.assessments import services
from modules.assessments.drawing import Slot, drawn, most
from modules.assessments.models import Attempt, QuizQuestion
from modules.assessments.services.asking import versions_to_ask
from tests import factories

ONE = Decimal(1)


def questions(slots, seed=7, asked=None):
    return [question for question, _points in drawn(slots, seed=seed, asked=asked or {})]


@pytest.mark.parametrize(
    ("slots", "asked", "wanted"),
    [
        ([], {}, []),
        ([Slot([5], ONE, fixed=True), Slot([3], ONE, fixed=True)], {}, [5, 3]),
        ([Slot([1, 2], ONE, draws=5)], {}, [1, 2]),
        ([Slot([], ONE, draws=2)], {}, []),
        ([Slot([1, 2, 3], ONE, draws=1)], {1: 1, 2: 2}, [3]),
        ([Slot([1, 2, 3], ONE, draws=2)], {1: 1, 3: 2}, [1, 2]),
        ([Slot([1, 2], ONE), Slot([1], ONE, fixed=True)], {}, [1, 2]),
        ([Slot([1, 2], ONE), Slot([1], ONE)], {}, [1, 2]),
    ],
)
def test_what_is_drawn(slots, asked, wanted):
    assert sorted(questions(slots, asked=asked)) == sorted(wanted)


def test_questions_come_in_the_order_of_the_slots_with_their_points():
    slots = [Slot([1, 2], ONE), Slot([9], Decimal(3), fixed=True), Slot([4], Decimal(2))]
    assert [points for _question, points in drawn(slots, seed=3, asked={})] == [ONE, Decimal(3), Decimal(2)]


pools = st.lists(st.integers(1, 12), min_size=0, max_size=12, unique=True)
some_slots = st.lists(st.builds(Slot, pools, st.just(ONE), st.integers(1, 6)), max_size=5)


@given(some_slots, st.integers(1, 2**31), st.dictionaries(st.integers(1, 12), st.integers(0, 3)))
def test_no_question_is_asked_twice_and_the_seed_decides_alone(slots, seed, asked):
    found = questions(slots, seed, asked)
    assert max(Counter(found).values(), default=1) == 1
    assert found == questions(slots, seed, asked)


@given(pools, st.integers(1, 12), st.integers(1, 2**31), st.dictionaries(st.integers(1, 12), st.integers(0, 3)))
def test_no_question_comes_before_one_that_was_asked_less_often(pool, draws, seed, asked):
    taken = questions([Slot(pool, ONE, draws)], seed, asked)
    left = set(pool) - set(taken)
    assert len(taken) == min(draws, len(pool))
    assert all(asked.get(one, 0) <= asked.get(other, 0) for one in taken for other in left)


fixed_slots = st.lists(st.integers(1, 12), max_size=3, unique=True).map(
    lambda questions: [Slot([question], ONE, fixed=True) for question in questions]
)


def at_most(slots) -> int:
    """The largest number by the theorem of Hall and König: of the draws, some count in full, the others' pools once."""
    fixed = {slot.pool[0] for slot in slots if slot.fixed}
    draws = [slot for slot in slots if not slot.fixed]
    return len(fixed) + min(
        sum(slot.draws for slot, full in zip(draws, chosen, strict=True) if full)
        + len({one for slot, full in zip(draws, chosen, strict=True) if not full for one in slot.pool} - fixed)
        for chosen in product([True, False], repeat=len(draws))
    )


@given(some_slots, fixed_slots, st.integers(1, 2**31), st.dictionaries(st.integers(1, 12), st.integers(0, 3)))
def test_every_seed_asks_as_many_questions_as_can_be_asked(draws, fixed, seed, asked):
    slots = [*draws, *fixed]
    found = drawn(slots, seed=seed, asked=asked)
    assert len(found) == len({question for question, _points in found}) == at_most(slots) == most(slots)


@given(some_slots, st.integers(1, 2**31))
def test_each_slot_gives_its_own_and_no_more_than_it_draws(slots, seed):
    slots = [Slot(slot.pool, Decimal(place), slot.draws) for place, slot in enumerate(slots)]
    found = drawn(slots, seed=seed, asked={})
    assert found == sorted(found, key=lambda pair: pair[1])
    for place, slot in enumerate(slots):
        own = [question for question, points in found if points == place]
        assert len(own) <= slot.draws and set(own) <= set(slot.pool)


@pytest.mark.parametrize("seed", range(1, 40))
def test_pools_that_overlap_in_a_ring_are_all_served(seed):
    assert sorted(questions([Slot([1, 2], ONE), Slot([2, 3], ONE), Slot([1, 2], ONE)], seed)) == [1, 2, 3]


def test_what_was_drawn_before_pools_could_be_served_together_is_drawn_still():
    slots = [Slot(range(1, 9), ONE, 3), Slot([4], ONE, fixed=True), Slot(range(1, 5), ONE, 2), Slot([9, 3], ONE)]
    assert questions(slots, 7) == [6, 7, 8, 4, 2, 1, 3]
    assert questions(slots, 8, {1: 2, 9: 1}) == [6, 8, 5, 4, 2, 1, 3]


def test_another_seed_draws_others():
    slot = Slot(list(range(30)), ONE, draws=3)
    assert len({tuple(questions([slot], seed)) for seed in range(1, 20)}) > 10


# --- of the bank --------------------------------------------------------------------------


@pytest.fixture
def abs_bank(db):
    """Six questions: four in "ABS › Access", two of them with a tag, and two in "ABS"."""
    below = services.put_category(actor=None, path=["ABS", "Access"], language="en")
    filed = []
    for number in range(6):
        question = factories.make_question()
        category = below if number < 4 else below.parent
        services.file_question(
            actor=None, question=question, category=category, tags=["border"] if number in (0, 1) else []
        )
        filed.append(question)
    return filed


@pytest.fixture
def draw_from(quiz, abs_bank):
    def made(draws=2, category=True, tag=False):
        from taggit.models import Tag

        quiz.slots.all().delete()
        QuizQuestion.objects.create(
            quiz=quiz,
            draws=draws,
            category=abs_bank[5].category if category else None,
            tag=Tag.objects.get(name="border") if tag else None,
        )
        return quiz

    return made


def asked_of(attempt) -> set[int]:
    return set(attempt.questions.values_list("version__question_id", flat=True))


@pytest.mark.django_db
def test_a_category_is_drawn_with_what_is_below_it(draw_from, abs_bank, begin):
    draw_from(draws=6)
    assert asked_of(begin()) == {question.pk for question in abs_bank}


@pytest.mark.django_db
def test_a_tag_narrows_a_category(draw_from, abs_bank, begin):
    draw_from(draws=6, tag=True)
    assert asked_of(begin()) == {question.pk for question in abs_bank[:2]}


@pytest.mark.django_db
def test_retired_questions_are_not_drawn(draw_from, abs_bank, begin):
    draw_from(draws=6)
    services.retire_question(actor=None, question=abs_bank[0])
    assert asked_of(begin()) == {question.pk for question in abs_bank[1:]}


@pytest.mark.django_db
def test_the_next_attempt_asks_what_was_not_asked_yet(draw_from, abs_bank, hand_in):
    draw_from(draws=3)
    first, second = hand_in(right=1), hand_in(right=1)
    assert asked_of(first) | asked_of(second) == {question.pk for question in abs_bank}


@pytest.mark.django_db
def test_what_was_drawn_stays_whatever_becomes_of_the_bank(draw_from, abs_bank, begin):
    quiz = draw_from(draws=3)
    attempt = begin()
    before = asked_of(attempt)
    for question in abs_bank:
        services.file_question(actor=None, question=question, category=None)
    quiz.slots.all().delete()
    assert asked_of(begin()) == before and begin() == attempt


@pytest.mark.django_db
def test_a_post_test_can_ask_the_questions_of_the_pre_test_again(draw_from, learner, quiz, hand_in):
    draw_from(draws=3)
    post = factories.QuizFactory(pretest=quiz, repeats_pretest=True, item__parent=quiz.item.parent)
    own = {version.question_id for version, _points in versions_to_ask(learner, post, 5)}
    assert own == set(post.slots.values_list("question_id", flat=True))  # who took no pre-test
    before = hand_in(right=1)
    assert {version.question_id for version, _points in versions_to_ask(learner, post, 5)} == asked_of(before)


@pytest.fixture
def repeating(quiz):
    """A post-test that asks the questions of ``quiz`` again."""
    return factories.QuizFactory(pretest=quiz, repeats_pretest=True, item__parent=quiz.item.parent)


@pytest.mark.django_db
def test_a_pre_test_that_waits_for_its_marks_is_repeated_like_any_other(ask, repeating, begin):
    ask("essay")
    waiting = begin()
    text = waiting.questions.get(version__type="essay")
    services.save_answers(actor=waiting.learner, attempt=waiting, answers={text.pk: "An essay."})
    services.submit_attempt(actor=waiting.learner, attempt=waiting, submission_key=uuid.uuid4())
    waiting.refresh_from_db()
    assert waiting.state == "submitted"
    assert asked_of(begin(of=repeating)) == asked_of(waiting)


@pytest.mark.django_db
def test_the_first_pre_test_is_repeated_though_a_later_one_has_its_marks_already(draw_from, repeating, begin, hand_in):
    draw_from(draws=3)
    first = hand_in(right=1)
    Attempt.objects.filter(pk=first.pk).update(state="submitted", percent=None)  # as if it waited for marks
    later = hand_in(right=1)
    assert asked_of(later) != asked_of(first)
    assert asked_of(begin(of=repeating)) == asked_of(first)


@pytest.mark.django_db
def test_a_pre_test_is_repeated_only_when_it_is_over(draw_from, quiz, repeating, learner, begin):
    draw_from(draws=3)
    own = set(repeating.slots.values_list("question_id", flat=True))
    running = begin()
    assert {version.question_id for version, _points in versions_to_ask(learner, repeating, 5)} == own
    Attempt.objects.update(deadline_at=timezone.now())  # before the scheduler has come by
    assert {version.question_id for version, _points in versions_to_ask(learner, repeating, 5)} == asked_of(running)


@pytest.mark.django_db
def test_the_outline_learns_how_long_a_quiz_is_now(quiz, abs_bank):
    before = quiz.item.parent.changed_at
    places = [services.Place(category=abs_bank[5].category, draws=4), services.Place(abs_bank[0])]
    services.arrange_quiz(actor=None, quiz=quiz, places=places)
    quiz.item.parent.refresh_from_db()
    assert quiz.item.minutes == 5
    assert quiz.item.parent.changed_at > before
    services.arrange_quiz(actor=None, quiz=quiz, places=places)
    assert AuditEntry.objects.filter(action="assessments.arrange_quiz").count() == 1


class TestRefused:
    """A quiz that cannot ask what it says is not written."""

    def arrange(self, quiz, *places):
        return services.arrange_quiz(actor=None, quiz=quiz, places=places)

    def test_a_draw_of_more_than_the_questions_beside_it_leave(self, quiz, abs_bank, begin):
        category = abs_bank[5].category
        fixed = [services.Place(question) for question in abs_bank[:3]]
        with pytest.raises(services.InvalidQuiz, match="7 questions are to be asked, but there are only 6"):
            self.arrange(quiz, *fixed, services.Place(category=category, draws=4))
        self.arrange(quiz, *fixed, services.Place(category=category, draws=3))
        assert len(asked_of(begin())) == 6

    def test_draws_that_need_the_same_questions(self, quiz, abs_bank):
        from taggit.models import Tag

        both = [
            services.Place(category=abs_bank[5].category, draws=5),
            services.Place(tag=Tag.objects.get(name="border"), draws=2),
        ]
        with pytest.raises(services.InvalidQuiz, match="7 questions are to be asked, but there are only 6"):
            self.arrange(quiz, *both)

    def test_the_same_draw_twice_counts_once_and_a_retired_question_not_at_all(self, quiz, abs_bank):
        draw = services.Place(category=abs_bank[5].category, draws=5)
        services.retire_question(actor=None, question=abs_bank[0])
        abs_bank[0].refresh_from_db()
        self.arrange(quiz, services.Place(abs_bank[0]), draw, draw)
        assert quiz.slots.count() == 2

    def test_a_question_added_that_a_draw_needs(self, quiz, abs_bank):
        self.arrange(quiz, services.Place(category=abs_bank[5].category, draws=6))
        with pytest.raises(services.InvalidQuiz):
            services.add_questions(actor=None, quiz=quiz, questions=abs_bank[:1])

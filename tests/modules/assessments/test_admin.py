"""The question bank and the quizzes in the admin: plain forms, one language at a time."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse

from core.models import AuditEntry
from institutions.models import Role
from institutions.services import grant_role
from modules.assessments import services
from modules.assessments.models import Question, QuestionCategory, Quiz, QuizQuestion, TimeAllowance
from modules.records.models import Item
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def groups(db):
    """Group permissions as after a migrate."""
    from core.permissions import synchronise_groups

    synchronise_groups()


@pytest.fixture
def editor(db):
    user = factories.UserFactory(email="editor@example.org")
    grant_role(actor=None, user=user, role=Role.EDITOR)
    return user


@pytest.fixture
def admin(client, editor):
    client.force_login(editor)
    return client


def question_form(**changes) -> dict:
    data = {"key": "abs-q1", "language": "en", "type": "single", "text": "Which?", "feedback": "In general."}
    for choice, words in {"a": "Yes", "b": "No"}.items():
        data |= {f"text_{choice}": words, f"feedback_{choice}": f"About {words}"}
    return {**data, "correct_a": "on", **changes}


@pytest.fixture
def question(admin):
    admin.post(reverse("questions:add"), question_form())
    return Question.objects.get(key="abs-q1")


def change(client, question, **changes):
    return client.post(reverse("questions:edit", args=[question.pk]), question_form(**changes))


# --- questions ----------------------------------------------------------------------------


def test_an_editor_writes_a_question(question, editor):
    version = question.versions.get()
    assert version.body == {"choices": [{"id": "a", "correct": True}, {"id": "b", "correct": False}]}
    assert version.text_in("en").parts["b"] == {"text": "No", "feedback": "About No"}
    assert version.created_by == editor
    assert AuditEntry.objects.get(action="assessments.create_question").actor == editor


def test_the_form_has_eight_plain_rows(admin):
    html = admin.get(reverse("questions:add")).content.decode()
    assert html.count('name="text_') == 8
    assert html.count('name="correct_') == 8


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"text": ""}, "This field is required."),
        ({"text_b": ""}, "two choices or more"),
        ({"correct_a": ""}, "one choice, and only one"),
        ({"correct_b": "on"}, "one choice, and only one"),
        ({"key": "not a slug"}, "valid"),
        ({"type": "riddle"}, "valid choice"),
        ({"text": "نص" * 20, "text_b": "", "text_a": ""}, "two choices or more"),
    ],
)
def test_wrong_input_is_shown_again_with_its_error(admin, wrong, said):
    response = admin.post(reverse("questions:add"), question_form(**wrong))
    html = response.content.decode()
    assert response.status_code == 200
    assert said in html
    assert 'value="No"' in html or "text_b" in wrong
    assert not Question.objects.exists()


def test_a_short_name_is_given_once(admin, question):
    html = admin.post(reverse("questions:add"), question_form()).content.decode()
    assert "Another question has this key." in html


def test_a_change_of_what_nobody_was_asked_stays_in_the_version(admin, question):
    change(admin, question, text="Which one?")
    assert question.versions.get().text_in("en").text == "<p>Which one?</p>"


def test_a_change_of_what_somebody_was_asked_makes_a_new_version(admin, question, quiz, begin):
    QuizQuestion.objects.filter(quiz=quiz).first().delete()
    QuizQuestion.objects.create(quiz=quiz, question=question, order=9)
    attempt = begin()
    change(admin, question, text="Which one?")
    assert [version.number for version in question.versions.all()] == [2, 1]
    assert attempt.questions.get(version__question=question).version.text_in("en").text == "<p>Which?</p>"


def test_a_choice_is_added_and_one_taken_out_and_the_others_keep_their_ids(admin, question):
    change(admin, question, text_b="", text_c="Perhaps", feedback_c="Hm")
    assert [choice["id"] for choice in question.versions.first().body["choices"]] == ["a", "c"]


def test_a_translation_changes_words_only(admin, question):
    html = admin.get(reverse("questions:edit", args=[question.pk]) + "?language=ar").content.decode()
    assert 'name="correct_a"' not in html and 'name="type"' not in html
    assert html.count('name="text_') == 2
    change(admin, question, language="ar", text="أيّ؟", text_a="نعم", text_b="لا", correct_a="", correct_b="on")
    version = question.versions.get()
    assert version.text_in("ar").text == "<p>أيّ؟</p>"
    assert version.body["choices"][0] == {"id": "a", "correct": True}


def test_a_translation_translates_every_choice(admin, question):
    html = change(admin, question, language="ar", text="أيّ؟", text_a="نعم", text_b="").content.decode()
    assert "This field is required." in html
    assert not question.versions.get().texts.filter(language="ar").exists()


def test_a_question_goes_out_of_use_and_comes_back(admin, question):
    admin.post(reverse("questions:retire", args=[question.pk]))
    question.refresh_from_db()
    assert question.retired_at is not None
    assert change(admin, question, text="Changed").status_code == 302  # sent away: out of use
    assert question.versions.get().text_in("en").text == "<p>Which?</p>"
    admin.post(reverse("questions:revive", args=[question.pk]))
    question.refresh_from_db()
    assert question.retired_at is None


def test_the_bank_is_searched_by_its_words(admin, question):
    factories.make_question()
    html = admin.get(reverse("questions:index") + "?q=Which").content.decode()
    assert "Which?" in html and "Choice" not in html
    assert html.count("/edit/") <= 3


def test_every_cell_of_the_bank_says_what_it_is_and_an_empty_one_nothing(admin, question):
    """On a phone a row becomes a card: nobody scrolls sideways, and what is not there takes no line."""
    html = admin.get(reverse("questions:index")).content.decode()
    assert 'class="listing table-cards"' in html
    for label, value in (("Text", "Which?"), ("Version", "1"), ("Languages", "en")):
        assert f'<td data-label="{label}"><span dir="auto">{value}</span></td>' in html
    assert '<td data-label="Tags"></td>' in html
    assert html.count('data-label="In use"') == 1


@pytest.mark.parametrize("number", [2, 20])
def test_the_list_takes_a_constant_number_of_queries(admin, number, django_assert_max_num_queries):
    for _ in range(number):
        factories.make_question()
    admin.get(reverse("questions:index"))
    with django_assert_max_num_queries(22):
        admin.get(reverse("questions:index"))


def test_an_editor_meets_plain_text_and_saving_it_unchanged_changes_nothing(admin, question, quiz, begin):
    QuizQuestion.objects.create(quiz=quiz, question=question, order=9)
    change(admin, question, text="It's < 5 & more.\n\nWhich?")
    begin()
    html = admin.get(reverse("questions:edit", args=[question.pk])).content.decode()
    assert "It&#x27;s &lt; 5 &amp; more.\n\nWhich?" in html
    change(admin, question, text="It's < 5 & more.\r\n\r\nWhich?")
    assert question.versions.count() == 1


# --- quizzes ------------------------------------------------------------------------------


@pytest.fixture
def module_item(db):
    return factories.ItemFactory(kind=Item.Kind.MODULE, titles={"en": "A module"})


@pytest.fixture
def bank(db):
    return [factories.make_question() for _ in range(3)]


@pytest.fixture
def quiz_form(module_item):
    def form(**changes) -> dict:
        data = {"language": "en", "title": "Check yourself", "intro": "", "module": module_item.pk, "pass_mark": 70}
        rules = {"grade_rule": "best", "feedback": "submitted", "wait_minutes": 0, "shuffle": "on"}
        return {**data, **rules, **changes}

    return form


@pytest.fixture
def made(admin, quiz_form, bank):
    admin.post(reverse("quizzes:add"), quiz_form())
    quiz = Quiz.objects.get(texts__title="Check yourself")
    admin.post(reverse("quizzes:questions", args=[quiz.pk]), {"question": [question.pk for question in bank]})
    return quiz


def rows(quiz, *places) -> dict:
    return {
        name: value
        for slot, place in zip(quiz.slots.all(), places, strict=True)
        for name, value in {f"place_{slot.pk}": place, f"points_{slot.pk}": "2"}.items()
    }


def test_an_editor_makes_a_quiz(made, module_item, bank):
    assert (made.item.parent, made.pass_mark, made.item.titles) == (module_item, 70, {"en": "Check yourself"})
    assert {slot.question for slot in made.slots.all()} == set(bank)
    assert AuditEntry.objects.filter(action="assessments.create_quiz").exists()


def test_questions_are_put_in_order_weighed_and_taken_out(admin, made, quiz_form):
    first, _second, third = [slot.question for slot in made.slots.all()]
    fresh = factories.make_question()
    url = reverse("quizzes:edit", args=[made.pk])
    assert admin.post(url, quiz_form(**rows(made, 2, "", 1))).status_code == 302
    admin.post(reverse("quizzes:questions", args=[made.pk]), {"question": [fresh.pk]})
    assert [slot.question for slot in made.slots.all()] == [third, first, fresh]
    assert [slot.points for slot in made.slots.all()] == [2, 2, 1]
    made.item.refresh_from_db()
    assert made.item.minutes == 3


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"title": ""}, "This field is required."),
        ({"title": "x" * 201}, "at most 200 characters"),
        ({"pass_mark": "101"}, "less than or equal to 100"),
        ({"pass_mark": "-1"}, "greater than or equal to 0"),
        ({"attempts_allowed": "0"}, "greater than or equal to 1"),
        ({"time_limit": "0"}, "greater than or equal to 1"),
        ({"time_limit": "100000"}, "less than or equal to 1440"),
        ({"module": "999999"}, "valid choice"),
        ({"draw_number": "3"}, "from which category or with which tag"),
        ({"feedback": "closed"}, "Say when the quiz closes"),
        ({"wait_minutes": "-1"}, "greater than or equal to 0"),
        ({"opens_at": "2027-05-02 10:00", "closes_at": "2027-05-01 10:00"}, "must close after it opens"),
        ({"opens_at": "yesterday"}, "valid date"),
    ],
)
def test_a_quiz_that_makes_no_sense_is_shown_again(admin, quiz_form, wrong, said):
    response = admin.post(reverse("quizzes:add"), quiz_form(**wrong))
    assert response.status_code == 200
    assert said in response.content.decode()
    assert not Quiz.objects.exists()


def test_a_translation_of_a_quiz_changes_its_words_only(admin, made, quiz_form):
    url = reverse("quizzes:edit", args=[made.pk])
    assert 'name="pass_mark"' not in admin.get(f"{url}?language=fr").content.decode()
    admin.post(url, {"language": "fr", "title": "Testez-vous", "intro": "Trois.", "pass_mark": 1})
    made.refresh_from_db()
    assert made.pass_mark == 70
    assert made.slots.count() == 3
    assert {row.language for row in made.texts.all()} == {"en", "fr"}
    made.item.refresh_from_db()
    assert made.item.titles["fr"] == "Testez-vous"


def test_a_quiz_goes_out_of_use_and_comes_back(admin, made):
    for act, live in (("retire", False), ("revive", True)):
        admin.post(reverse(f"quizzes:{act}", args=[made.pk]))
        assert Quiz.objects.get(pk=made.pk).is_live is live
    assert Quiz.objects.get(pk=made.pk).item.minutes == 3


# --- the bank -----------------------------------------------------------------------------


@pytest.fixture
def access(bank):
    """The category "ABS › Access", which holds two of three questions, one of them tagged."""
    category = services.put_category(actor=None, path=["ABS", "Access"], language="en")
    for question in bank[:2]:
        services.file_question(actor=None, question=question, category=category)
    services.file_question(actor=None, question=bank[0], category=category, tags=["border"])
    return category


def found(admin, **asked) -> set[str]:
    """The questions that the list shows."""
    html = admin.get(reverse("questions:index"), asked).content.decode()
    return {question.key for question in Question.objects.all() if str(question) in html}


def test_the_bank_is_narrowed_by_category_tag_type_and_missing_language(admin, bank, access, question):
    keys = [one.key for one in bank]
    assert found(admin) == {*keys, "abs-q1"}
    assert found(admin, category=access.parent.pk) == set(keys[:2])
    assert found(admin, tag=bank[0].tags.get().pk) == {keys[0]}
    assert found(admin, type="multiple") == set()
    assert found(admin, lacks="en") == set()
    change(admin, question, language="fr", text="Laquelle ?", text_a="Oui", text_b="Non", correct_a="")
    admin.get(reverse("questions:index"))  # what was said of the change names the question too
    assert found(admin, lacks="fr") == set(keys)
    assert found(admin, in_use="false") == set()


def test_a_question_is_filed_by_its_form(admin, question, access):
    change(admin, question, category=access.pk, tags="access,  prior consent ,")
    question.refresh_from_db()
    assert question.category == access
    assert sorted(tag.name for tag in question.tags.all()) == ["access", "prior consent"]
    html = admin.get(reverse("questions:edit", args=[question.pk])).content.decode()
    assert "ABS › Access" in html and "access, prior consent" in html
    change(admin, question, language="fr", text="Laquelle ?", text_a="Oui", text_b="Non", correct_a="")
    question.refresh_from_db()
    assert question.category == access  # a translation says nothing of it


def test_an_editor_keeps_the_categories(admin, access):
    admin.post(reverse("question_categories:add"), {"title_en": "Customs", "title_fr": "Douanes"})
    customs = QuestionCategory.objects.get(titles__fr="Douanes")
    url = reverse("question_categories:edit", args=[access.parent.pk])
    assert admin.post(url, {"title_en": "ABS", "parent": customs.pk}).status_code == 302
    html = admin.post(url, {"title_en": "ABS", "parent": access.pk}).content.decode()
    assert "cannot stand within itself" in html
    access.parent.refresh_from_db()
    assert access.parent.parent == customs
    assert AuditEntry.objects.filter(action="assessments.change_questioncategory").exists()


def test_every_version_is_shown_with_what_changed(admin, question, quiz, begin):
    QuizQuestion.objects.create(quiz=quiz, question=question, order=9)
    begin()
    change(admin, question, text="Which one?", correct_a="", correct_b="on")
    html = admin.get(reverse("questions:versions", args=[question.pk])).content.decode()
    assert "Version 2" in html and "Version 1" in html and "The first version." in html
    for words in ("choices › a › correct", "choices › b › correct", "Which?", "Which one?", "asked 1 time"):
        assert words in html


def test_questions_to_add_are_searched_not_listed_all_at_once(admin, made, bank, access):
    others = [factories.make_question() for _ in range(60)]
    url = reverse("quizzes:questions", args=[made.pk])
    assert admin.get(url).content.decode().count('name="question"') == 50
    assert admin.get(url, {"p": 2}).content.decode().count('name="question"') == 10
    assert bank[0].key not in admin.get(url, {"q": bank[0].key}).content.decode().split("</form>", 1)[1]
    html = admin.get(url, {"q": others[7].key}).content.decode()
    assert html.count('name="question"') == 1
    assert admin.get(url, {"category": access.pk}).content.decode().count('name="question"') == 0
    assert "Choose at least one question." in admin.post(url, {}, follow=True).content.decode()


def test_a_random_draw_is_added_changed_and_taken_out(admin, made, quiz_form, access, bank):
    url = reverse("quizzes:edit", args=[made.pk])
    held = rows(made, *(1 if slot.question == bank[2] else "" for slot in made.slots.all()))
    draw = {"draw_category": access.parent.pk, "draw_number": 2, "draw_points": "1.5"}
    assert "only 2 questions" in admin.post(url, quiz_form(**held, **draw | {"draw_number": 3})).content.decode()
    assert admin.post(url, quiz_form(**held, **draw)).status_code == 302
    fixed, drawn = made.slots.all()
    assert (fixed.question, drawn.category, drawn.draws, drawn.points) == (bank[2], access.parent, 2, Decimal("1.5"))
    made.item.refresh_from_db()
    assert made.item.minutes == 3
    added = admin.post(reverse("quizzes:questions", args=[made.pk]), {"question": bank[0].pk}, follow=True)
    assert "4 questions are to be asked, but there are only 3" in added.content.decode()
    assert "Random draw" in admin.get(url).content.decode()
    held = {f"place_{fixed.pk}": 1, f"points_{fixed.pk}": 1, f"place_{drawn.pk}": 2, f"points_{drawn.pk}": 1}
    assert admin.post(url, quiz_form(**held, **{f"draws_{drawn.pk}": 1})).status_code == 302
    drawn.refresh_from_db()
    assert (drawn.draws, drawn.points) == (1, 1)
    admin.post(url, quiz_form(**held | {f"place_{drawn.pk}": ""}, **{f"draws_{drawn.pk}": 1}))
    assert made.slots.get() == fixed


@pytest.mark.parametrize("number", [2, 40])
def test_adding_questions_takes_a_constant_number_of_queries(admin, made, number, django_assert_max_num_queries):
    for _ in range(number):
        factories.make_question()
    url = reverse("quizzes:questions", args=[made.pk])
    admin.get(url)
    with django_assert_max_num_queries(24):
        admin.get(url)


# --- extra time ---------------------------------------------------------------------------


@pytest.fixture
def timed(quiz, programme):
    factories.SyllabusEntryFactory(course__programme=programme, item=quiz.item.parent)
    quiz.time_limit = 30
    quiz.save()
    return quiz


def test_an_organiser_gives_and_takes_back_extra_time(client, cast, timed):
    client.force_login(cast.organiser)
    form = {"quiz": timed.pk, "email": "Learner@example.org", "minutes": "", "percent": 50, "reason": "A letter."}
    assert client.post(reverse("extra_time:add"), form).status_code == 302
    allowance = TimeAllowance.objects.get()
    assert (allowance.learner, allowance.percent, allowance.granted_by) == (cast.learner, 50, cast.organiser)
    client.post(reverse("extra_time:edit", args=[allowance.pk]), form | {"percent": "", "minutes": 20})
    allowance.refresh_from_db()
    assert (allowance.minutes, allowance.percent) == (20, None)
    client.post(reverse("extra_time:withdraw", args=[allowance.pk]))
    assert not TimeAllowance.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"email": "nobody@example.org"}, "Nobody has an account"),
        ({"email": "organiser@example.org"}, "You cannot give extra time to yourself"),
        ({"minutes": 5}, "either minutes or per cent"),
        ({"reason": ""}, "This field is required."),
    ],
)
def test_extra_time_that_makes_no_sense_is_shown_again(client, cast, timed, wrong, said):
    client.force_login(cast.organiser)
    form = {"quiz": timed.pk, "email": "learner@example.org", "minutes": "", "percent": 50, "reason": "A letter."}
    assert said in client.post(reverse("extra_time:add"), form | wrong).content.decode()
    assert not TimeAllowance.objects.exists()


@pytest.mark.parametrize("who", ["learner", "trainer", "focal_point", "other_organiser"])
def test_only_organisers_of_the_course_see_or_give_extra_time(client, cast, timed, who):
    allowance = services.grant_time(
        actor=cast.organiser, quiz=timed, learner=cast.outsider, minutes=5, reason="A letter."
    )
    client.force_login(getattr(cast, who))
    for name, args in (("add", []), ("edit", [allowance.pk]), ("withdraw", [allowance.pk]), ("index", [])):
        response = client.post(reverse(f"extra_time:{name}", args=args))
        own_form = who == "other_organiser" and name == "add"
        assert response.status_code in ((200,) if own_form else (302, 403, 404, 405)), name
    assert TimeAllowance.objects.get() == allowance
    assert not TimeAllowance.objects.visible_to(getattr(cast, who)).exists()


# --- who ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "seen"),
    [("learner", False), ("trainer", False), ("focal_point", False), ("organiser", True), ("other_organiser", True)],
)
def test_only_those_who_write_quizzes_read_the_bank(client, cast, who, seen):
    question, quiz = factories.make_question(), factories.QuizFactory()
    user = getattr(cast, who)
    client.force_login(user)
    category = services.put_category(actor=None, path=["ABS"], language="en")
    for url in (
        reverse("questions:edit", args=[question.pk]),
        reverse("questions:versions", args=[question.pk]),
        reverse("quizzes:edit", args=[quiz.pk]),
        reverse("quizzes:questions", args=[quiz.pk]),
        reverse("question_categories:edit", args=[category.pk]),
    ):
        response = client.get(url)
        assert (response.status_code == 200) is seen
        if not seen:
            assert "Choice a" not in response.content.decode()
    assert Question.objects.visible_to(user).exists() is seen
    assert Quiz.objects.visible_to(user).exists() is seen


@pytest.fixture
def learner(db):
    return factories.UserFactory(email="somebody@example.org")

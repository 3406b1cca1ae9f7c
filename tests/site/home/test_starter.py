"""Loading the starter content: complete, once, and never over an editor's change."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db.models import Q
from wagtail.models import Page

from accounts.models import User
from courses.catalogue.models import Cohort, Course, Enrolment
from courses.certificates.eligibility import eligible
from courses.certificates.models import Kind
from courses.participants.models import Participant
from courses.workshops.models import Session, Workshop, WorkshopText
from home.models import HomePage
from home.starter.load import load_starter_content
from home.starter.people import make_sample_people
from modules.assessments.models import Attempt, Question, QuestionText, Quiz
from modules.lessons.models import LessonPage, LessonProgress, ModulePage
from modules.records.models import Item
from modules.reference.models import Term

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("starter")]

COUNTED = [Page, Item, Course, Cohort, Workshop, Session, Question, QuestionText, Quiz, Term]


def again() -> None:
    load_starter_content(say=lambda line: None)


def test_it_holds_three_courses_with_their_modules_and_quizzes():
    assert {course.key: course.syllabus.filter(kind="module").count() for course in Course.objects.all()} == {
        "abs-legal-frameworks": 8,
        "green-customs-lmo": 1,
        "lmo-detection": 1,
    }
    assert Quiz.objects.count() == 10
    assert all(quiz.slots.count() >= 6 for quiz in Quiz.objects.all())


def test_what_is_shown_as_plain_words_holds_no_markup():
    assert not WorkshopText.objects.filter(Q(summary__contains="<") | Q(title__contains="<")).exists()


def test_it_holds_the_workshops_of_2016_and_a_coming_sample():
    assert Workshop.objects.filter(starts_on__year=2016, state="held").count() == 3
    assert Workshop.objects.get(is_sample=True).is_open


def test_it_explains_the_words_of_the_field_also_in_french_and_arabic():
    assert Term.objects.filter(locale__language_code="en").count() >= 40
    assert all(Term.objects.filter(locale__language_code=language).count() >= 15 for language in ("fr", "ar"))


def test_loading_twice_doubles_nothing():
    before = {model.__name__: model.objects.count() for model in COUNTED}
    again()
    assert {model.__name__: model.objects.count() for model in COUNTED} == before


def test_an_editors_change_is_kept():
    page = LessonPage.objects.filter(locale__language_code="en").first()
    page.title = "What the editor wrote"
    page.save_revision().publish()
    question = QuestionText.objects.filter(language="en").first()
    question.text = "<p>What the editor asked</p>"
    question.save()
    again()
    page.refresh_from_db()
    question.refresh_from_db()
    assert page.title == "What the editor wrote"
    assert question.text == "<p>What the editor asked</p>"


def test_a_page_that_an_editor_deleted_stays_deleted():
    page = ModulePage.objects.get(slug="customs-lmo-border", locale__language_code="en")
    key = page.translation_key
    page.delete()
    again()
    assert not ModulePage.objects.filter(translation_key=key).exists()


def test_an_unchanged_page_follows_its_file(monkeypatch):
    from home.starter import files, load

    plain = {**files.read("pages")["pages"][0], "summary": "A better summary."}
    home = HomePage.objects.get(locale__language_code="en")
    page = load.put_plain(home, home.locale, plain)
    assert page.summary == "A better summary."


def test_every_language_has_a_home_page():
    assert set(HomePage.objects.live().values_list("locale__language_code", flat=True)) == {
        "ar",
        "en",
        "es",
        "fr",
        "ru",
        "zh-hans",
    }


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_one_module_is_translated_with_its_quiz(language):
    module = ModulePage.objects.get(slug="abs-policy", locale__language_code=language)
    assert module.get_children().live().count() == 3
    lesson = LessonPage.objects.child_of(module).first()
    source = LessonPage.objects.get(translation_key=lesson.translation_key, locale__language_code="en")
    assert lesson.title != source.title
    assert [block.id for block in lesson.body] == [block.id for block in source.body]
    quiz = Item.objects.get(parent__key=module.translation_key, kind="quiz").quiz
    assert quiz.texts.filter(language=language).exists()


def test_a_translation_can_be_taken_up_by_an_editor_in_the_admin():
    from wagtail_localize.models import Translation

    lesson = LessonPage.objects.filter(locale__language_code="fr").first()
    assert Translation.objects.filter(source__object_id=lesson.translation_key, target_locale=lesson.locale).exists()


def test_sample_accounts_are_made_once():
    def counts():
        return Participant.objects.count(), Enrolment.objects.count(), Attempt.objects.count()

    before = counts()
    assert make_sample_people() == ""
    assert counts() == before


def test_some_sample_people_can_be_given_a_certificate_at_once():
    cohort = Cohort.objects.get(course__key="green-customs-lmo")
    ready = [candidate.participant.name for candidate in eligible(cohort, Kind.COMPLETION) if candidate.can_receive]
    assert set(ready) == {"Nguyễn Thị Hồng Ánh", "Екатерина Шевчук", "陈雨桐"}


def test_the_sample_learner_is_in_the_middle_of_a_course(client):
    user = User.objects.get(email="learner@example.org")
    enrolment = Enrolment.objects.active().get(participant__user=user)
    assert enrolment.cohort.course.key == "lmo-detection"
    assert enrolment.completed_at is None
    assert LessonProgress.objects.done().filter(learner=user).exists()
    client.force_login(user)
    assert "Go on" in client.get("/en/my/").content.decode()


def test_the_sample_cohort_is_for_every_region_and_says_that_it_is_one():
    cohort = Cohort.objects.get(course__key="abs-legal-frameworks", self_paced=False)
    assert cohort.titles["en"].startswith("Sample cohort")
    assert cohort.region == ""
    assert str(cohort.starts_on.year) in cohort.titles["en"] and str(cohort.ends_on.year) in cohort.titles["en"]


def test_production_refuses_sample_accounts(settings):
    settings.CAMPUS_SAMPLE_DATA = False
    with pytest.raises(ImproperlyConfigured):
        make_sample_people()
    with pytest.raises(CommandError):
        call_command("load_starter_content", "--accounts")
    with pytest.raises(CommandError):
        call_command("demo_password")

"""The page of questions put together from parts: the same page, nobody else's, in few queries."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from django.contrib.messages.storage.fallback import FallbackStorage
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import reverse
from django.utils import translation
from wagtail.images.tests.utils import get_test_image_file

from media.models import CampusImage
from modules.assessments.models import QuestionText
from modules.assessments.paper import context_of, paper
from modules.assessments.services import add_file, check_answer, put_question, put_quiz, save_answers
from modules.assessments.sheet import cards
from modules.assessments.views import taking
from modules.records.models import Item
from tests import factories

from .test_files import PDF
from .types.samples import BY_TYPE, SAMPLES

pytestmark = pytest.mark.django_db

FRESH = re.compile(r'(name="(?:csrfmiddlewaretoken|submission_key)" value)="[^"]*"')


def request_of(user, attempt):
    request = RequestFactory().get(reverse("attempt", args=[attempt.key]))
    request.user, request.session, request.LANGUAGE_CODE = user, {}, translation.get_language()
    request._messages = FallbackStorage(request)
    return request


def put_together(attempt):
    """The page, and the page again when everything is kept."""
    first, second = (paper(request_of(attempt.learner, attempt), attempt.key) for _turn in range(2))
    assert same(first) == same(second)
    return first


def rendered(attempt):
    attempt.refresh_from_db()
    context = context_of(attempt, cards(attempt, translation.get_language()))
    return render_to_string("assessments/attempt.html", context, request=request_of(attempt.learner, attempt))


def same(html):
    """A page without what is fresh each time, and without the space between its tags."""
    return re.sub(r"\s+", " ", re.sub(r">\s+|\s+<", lambda found: found[0].strip(), FRESH.sub(r"\1", html)))


def test_it_is_the_page_that_would_be_rendered(begin, answer, learner, stranger):
    for number, user in enumerate((learner, stranger)):
        attempt = begin(user=user)
        answer(attempt, right=1, wrong=number)
        assert same(put_together(attempt)) == same(rendered(attempt))


@pytest.fixture
def everything(quiz, begin, learner):
    """An attempt with a time limit and every type: the first answers checked, the others saved, one left open."""
    quiz.feedback, quiz.time_limit = "at_once", 30
    quiz.save()
    image = CampusImage.objects.create(title="A sack", file=get_test_image_file(size=(100, 90)))
    for order, sample in enumerate(SAMPLES, start=9):
        if sample.type == "hotspot":
            sample = replace(sample, body={**sample.body, "picture": image.pk})
        version = sample.put()
        QuestionText.objects.create(
            record=version,
            language="ar",
            text=f"<p>{sample.arabic_text}</p>",
            parts={id: {"text": text} for id, text in sample.arabic.items()},
        )
        factories.QuizQuestion.objects.create(quiz=quiz, question=version.question, order=order)
    attempt = begin()
    asked = {one.version.type: one for one in attempt.questions.all() if one.version.question.key.startswith("sample-")}
    file = add_file(actor=learner, question=asked["upload"], upload=SimpleUploadedFile("terms.pdf", PDF))
    answers = {
        one.pk: BY_TYPE[type].parse(BY_TYPE[type].right)
        for type, one in asked.items()
        if type not in ("upload", "gaps")
    }
    save_answers(actor=learner, attempt=attempt, answers={**answers, asked["upload"].pk: [str(file.key)]})
    for type in ("single", "matching", "short_answer"):
        check_answer(actor=learner, question=asked[type])
    return attempt


@pytest.mark.parametrize("language", ["en", "ar", "fr"])
def test_every_type_is_sent_as_it_would_be_rendered(everything, client, learner, monkeypatch, language):
    client.force_login(learner)
    with translation.override(language):
        url = reverse("attempt", args=[everything.key])
    replies = [client.get(url, secure=True) for _turn in range(2)]
    monkeypatch.setattr(taking, "paper", lambda request, key: None)
    replies.append(client.get(url, secure=True))
    made, kept, whole = (re.sub(r'data-seconds="\d+"', "", same(reply.content.decode())) for reply in replies)
    assert made == kept == whole
    assert replies[1].headers.keys() == replies[2].headers.keys()
    for here in (
        "terms.pdf",
        'type="file"',
        "<textarea",
        "<svg",
        'enctype="multipart/form-data"',
        "hotspot/hotspot.js",
    ):
        assert here in whole
    assert ("جواب" in whole) == (language == "ar")


def test_nothing_personal_is_kept(begin, answer, learner, monkeypatch):
    kept = []
    monkeypatch.setattr(cache, "set", lambda key, value, *rest, **more: kept.append((key, value)))
    learner.name = "Wangari Maathai"
    learner.save()
    attempt = begin()
    answer(attempt, right=2)
    html = put_together(attempt)
    assert "Wangari Maathai" in html and html.count(" checked") == 2
    text = repr(kept)
    assert len(kept) >= 4 and "Question" in text
    for own in (learner.name, learner.email, str(learner.key), str(attempt.key), *map(str, (attempt.seed,))):
        assert own not in text
    assert all(" checked" not in part for _key, value in kept for part in getattr(value, "parts", ()))


def test_a_language_that_is_added_while_it_is_asked_is_shown(begin):
    attempt = begin()
    with translation.override("fr"):
        assert "Une question" not in put_together(attempt)
        for question in attempt.questions.all():
            parts = {id: {"text": f"Choix {id}"} for id in "abc"}
            QuestionText.objects.create(
                record=question.version, language="fr", text="<p>Une question ?</p>", parts=parts
            )
        html = put_together(attempt)
    assert html.count("Une question ?") == 3 and "Choix b" in html


def test_a_new_title_is_shown_at_once(begin, quiz):
    attempt = begin()
    put_together(attempt)
    put_quiz(actor=None, key=quiz.item.key, module_item=quiz.item.parent, language="en", title="Another title")
    assert "Another title" in put_together(attempt)


def test_a_page_that_is_published_is_shown_at_once(begin, module, lessons, quiz):
    quiz.item.parent = Item.objects.get(key=module.translation_key)
    quiz.item.save()
    attempt = begin()
    assert "Another module" not in put_together(attempt)
    module.title = "Another module"
    module.save_revision().publish()
    assert "Another module" in put_together(attempt)


@pytest.mark.parametrize("number", [3, 12])
def test_three_queries_however_many_questions(client, quiz, begin, learner, number, django_assert_num_queries):
    for order in range(3, number):
        factories.QuizQuestion.objects.create(quiz=quiz, question=factories.make_question(), order=order)
    attempt = begin()
    client.force_login(learner)
    url = reverse("attempt", args=[attempt.key])
    client.get(url)
    with django_assert_num_queries(3):
        assert client.get(url).content.decode().count('role="radiogroup"') == number


def test_it_is_only_for_the_learner_and_while_it_is_open(begin, hand_in, stranger, learner, trainer):
    attempt = begin()
    assert paper(request_of(stranger, attempt), attempt.key) is None
    assert paper(request_of(learner, hand_in()), attempt.key) is None
    factories.RoleAssignmentFactory(user=trainer)
    own = begin(user=trainer)
    assert paper(request_of(trainer, own), own.key) is None  # the layout shows more


def test_a_new_version_is_asked_at_once(begin, hand_in, quiz, learner):
    put_together(begin())
    hand_in()
    version = quiz.slots.first().question.versions.first()
    text = version.texts.get()
    put_question(
        actor=None,
        key=version.question.key,
        type="single",
        language="en",
        text="Newly put?",
        body=version.body,
        parts=text.parts,
    )
    assert "Newly put?" in put_together(begin())

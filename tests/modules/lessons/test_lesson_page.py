"""The lesson page: one look-up, few queries, everybody's own progress."""

import re
import uuid
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from wagtail.models import PageViewRestriction

from core.caching import forget_all
from modules.lessons import registry
from modules.lessons.models import LessonPage, LessonProgress
from modules.lessons.services import mark_done, note_place, note_seen
from modules.records.models import Item
from tests.factories import UserFactory
from tests.modules import content

pytestmark = pytest.mark.django_db


def item_of(page):
    return Item.objects.get(key=page.translation_key)


@pytest.fixture
def rule(monkeypatch):
    """Every lesson needs a sign-in."""
    monkeypatch.setattr(registry, "_rules", [lambda key: True])


def text_of(response):
    return response.content.decode()


def test_a_visitor_reads_without_an_account_and_leaves_no_trace(client, lessons):
    response = client.get(content.url(lessons[0]))
    page = text_of(response)
    assert response.status_code == 200
    assert ">One.</p>" in page
    assert "data-block-key" not in page
    assert "lesson.js" not in page
    assert "Mark as done" not in page
    assert f"?next={content.url(lessons[0])}" in page
    assert not LessonProgress.objects.exists()


def test_the_course_may_ask_for_a_sign_in(client, cast, lessons, rule):
    response = client.get(content.url(lessons[0]))
    assert response.status_code == 302
    assert response.url.endswith(f"?next={content.url(lessons[0])}")
    client.force_login(cast.learner)
    assert client.get(content.url(lessons[0])).status_code == 200


def test_the_lessons_before_and_after_are_linked(client, lessons):
    page = text_of(client.get(content.url(lessons[1])))
    assert f'rel="prev" href="{content.url(lessons[0])}"' in page
    assert f'rel="next" href="{content.url(lessons[2])}"' in page


def test_a_learner_sees_what_is_done(client, cast, lessons):
    client.force_login(cast.learner)
    mark_done(actor=cast.learner, item=item_of(lessons[1]))
    page = text_of(client.get(content.url(lessons[0])))
    assert page.count('class="is-done"') == 1
    assert page.count('aria-current="page"') >= 1
    assert "Mark as done and go on" in page


def test_nobody_sees_anothers_progress(client, cast, lessons):
    mark_done(actor=cast.learner, item=item_of(lessons[1]))
    client.force_login(cast.learner)
    client.get(content.url(lessons[0]))
    client.force_login(cast.outsider)
    page = text_of(client.get(content.url(lessons[0])))
    assert 'class="is-done"' not in page
    assert cast.learner.name not in page


def test_reading_is_noted_once_a_minute(client, cast, lessons):
    client.force_login(cast.learner)
    client.get(content.url(lessons[0]))
    seen = LessonProgress.objects.get(learner_key=cast.learner.key).seen_at
    client.get(content.url(lessons[0]))
    assert LessonProgress.objects.get(learner_key=cast.learner.key).seen_at == seen


def test_one_is_led_back_to_where_one_stopped(client, cast, lessons):
    client.force_login(cast.learner)
    first, second = (block.id for block in lessons[0].body)
    note_place(actor=cast.learner, item=item_of(lessons[0]), place=second)
    page = text_of(client.get(content.url(lessons[0])))
    assert f'id="block-{second}"' in page
    assert f'href="#block-{second}"' in page
    for top in (first, f"{first}.1"):
        note_place(actor=cast.learner, item=item_of(lessons[0]), place=top)
        assert "Go on where you stopped" not in text_of(client.get(content.url(lessons[0])))


def test_each_paragraph_has_an_address_and_one_is_led_back_to_it(client, cast, lessons):
    lessons[0].body = [("text", "<p>One.</p><ul><li>Two.</li></ul><p>Three, <b>at last</b>.</p>")]
    content.publish(lessons[0])
    block = lessons[0].body[0].id
    client.force_login(cast.learner)
    note_place(actor=cast.learner, item=item_of(lessons[0]), place=f"{block}.3")
    page = text_of(client.get(content.url(lessons[0])))
    assert f'<li id="block-{block}.2">Two.</li>' in page
    assert f'<p id="block-{block}.3">Three, ' in page
    assert f'href="#block-{block}.3"' in page and f'data-stopped="block-{block}.3"' in page


def test_who_reads_a_lesson_again_is_led_back_to_the_place_of_that_reading_only(client, cast, lessons):
    second = lessons[0].body[1].id
    client.force_login(cast.learner)
    note_place(actor=cast.learner, item=item_of(lessons[0]), place=second)
    mark_done(actor=cast.learner, item=item_of(lessons[0]))
    assert "Go on where you stopped" not in text_of(client.get(content.url(lessons[0])))
    note_place(actor=cast.learner, item=item_of(lessons[0]), place=second)
    page = text_of(client.get(content.url(lessons[0])))
    assert "Go on where you stopped" in page and "You have done this lesson" in page
    note_place(actor=cast.learner, item=item_of(lessons[0]), place="")
    assert "Go on where you stopped" not in text_of(client.get(content.url(lessons[0])))


def test_the_place_holds_in_another_language(client, cast, lessons):
    content.translate(lessons[0], "fr", "Leçon 1")
    second = lessons[0].body[1].id
    client.force_login(cast.learner)
    client.post(f"/fr/lessons/{lessons[0].translation_key}/place/", {"place": second})
    french = LessonPage.objects.get(translation_key=lessons[0].translation_key, locale__language_code="fr")
    assert f'href="#block-{second}"' in text_of(client.get(content.url(french, "fr")))


def test_an_untranslated_lesson_is_shown_in_english_under_the_readers_language(client, lessons):
    page = text_of(client.get(content.url(lessons[0], "fr")))
    assert '<html lang="en" dir="ltr"' in page
    assert "not available in your language" in page or "pas encore" in page


def test_a_translation_asked_by_its_english_address_redirects_to_its_own(client, lessons):
    french = content.translate(lessons[0], "fr", "Leçon 1")
    french.slug = "lecon-1"
    french = content.publish(french)
    response = client.get(content.url(lessons[0], "fr"))
    assert response.status_code == 302
    assert response.url == content.url(french, "fr")


def test_arabic_reads_from_right_to_left(client, lessons):
    arabic = content.translate(lessons[0], "ar", "الدرس 1")
    assert '<html lang="ar" dir="rtl"' in text_of(client.get(content.url(arabic, "ar")))


def test_an_unpublished_lesson_is_not_found(client, lessons):
    client.get(content.url(lessons[0]))
    lessons[0].unpublish()
    assert client.get(content.url(lessons[0])).status_code == 404


def test_what_is_published_is_shown_at_once(client, lessons):
    client.get(content.url(lessons[0]))
    lessons[0].body = [("text", "<p>Changed.</p>")]
    content.publish(lessons[0])
    assert "Changed." in text_of(client.get(content.url(lessons[0])))


def test_a_draft_does_not_show(client, lessons):
    lessons[0].body = [("text", "<p>Draft.</p>")]
    lessons[0].save_revision()
    assert "Draft." not in text_of(client.get(content.url(lessons[0])))


@pytest.mark.parametrize("where", ["lesson", "module", "topic"])
def test_a_restriction_of_the_page_or_above_is_kept(client, cast, module, lessons, where):
    page = {"lesson": lessons[0], "module": module, "topic": module.get_parent()}[where]
    restriction = PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.GROUPS)
    restriction.groups.add(Group.objects.get(name="Trainers"))
    client.force_login(cast.learner)
    assert client.get(content.url(lessons[0])).status_code == 302
    done = f"/en/lessons/{lessons[0].translation_key}/done/"
    assert client.post(done).status_code == 404
    client.force_login(cast.trainer)
    response = client.get(content.url(lessons[0]))
    assert ">One.</p>" in text_of(response)
    assert "no-store" in response["Cache-Control"]


def test_a_restriction_elsewhere_does_not_matter(client, topic, lessons):
    other = content.make_module(topic)
    PageViewRestriction.objects.create(page=other, restriction_type=PageViewRestriction.LOGIN)
    assert client.get(content.url(lessons[0])).status_code == 200


def test_a_lesson_takes_no_posts(client, lessons):
    assert client.post(content.url(lessons[0])).status_code == 405


@pytest.mark.parametrize("path", ["/en/abs/nothing/here/", "/en/no/such/page/", "/fr/abs/x/y/"])
def test_what_is_no_lesson_is_left_to_wagtail(client, module, path):
    assert client.get(path).status_code == 404


def test_a_lesson_published_without_a_signal_is_found_all_the_same(client, cast, module):
    lesson = LessonPage(title="Quiet", slug="quiet", locale=module.locale, body=content.text_body())
    module.add_child(instance=lesson)
    client.force_login(cast.learner)
    assert client.get(content.url(lesson)).status_code == 200
    assert Item.objects.filter(key=lesson.translation_key).exists()


def test_the_author_previews_a_draft(rf, cast, module, lessons):
    lessons[0].body = [("heading", "A new heading"), ("text", "<p>Draft.</p>")]
    request = rf.get(content.url(lessons[0]))
    request.user = cast.organiser
    response = lessons[0].make_preview_request(request, "")
    assert "A new heading" in text_of(response)
    assert not LessonProgress.objects.exists()


@pytest.mark.parametrize(
    ("mode", "shown"),
    [("", "Mark as done"), ("done", "You have done this lesson"), ("visitor", "Sign in to keep track")],
)
def test_the_author_previews_it_as_each_kind_of_reader(rf, cast, lessons, mode, shown):
    request = rf.get(content.url(lessons[0]))
    request.user = cast.organiser
    page = text_of(lessons[0].make_preview_request(request, mode))
    assert shown in page and "Lesson 2" in page
    assert not LessonProgress.objects.exists()


def test_the_author_previews_a_lesson_that_was_never_saved(rf, cast, module):
    lesson = LessonPage(title="Unborn", slug="unborn", locale=module.locale, body=content.text_body())
    lesson.set_url_path(module)
    lesson.path, lesson.depth = module.path + "9999", module.depth + 1
    request = rf.get("/")
    request.user = cast.organiser
    assert "Unborn" in text_of(lesson.make_preview_request(request, ""))


@pytest.mark.parametrize("count", [3, 60])
def test_the_queries_stay_few_however_many_lessons(client, cast, topic, count, django_assert_max_num_queries):
    module = content.make_module(topic, lessons=0)
    body = content.text_body()
    for place in range(count):
        content.make_lesson(module, body=body, slug=f"lesson-{place}")
        module.refresh_from_db()
    lessons = content.lessons_of(module)
    for person in (cast.outsider, *(UserFactory() for _ in range(3))):
        mark_done(actor=person, item=item_of(lessons[0]))
    client.force_login(cast.learner)
    with django_assert_max_num_queries(60):
        client.get(content.url(lessons[0]))  # nothing cached, the first time read
    with django_assert_max_num_queries(12):
        client.get(content.url(lessons[0]))
    with django_assert_max_num_queries(12):
        assert client.get(content.url(lessons[0])).status_code == 200


def test_the_queries_stay_few_however_many_translations(client, cast, lessons, django_assert_max_num_queries):
    for language in ("fr", "ar"):
        content.translate(lessons[0], language, f"Lesson ({language})")
    client.force_login(cast.learner)
    french = LessonPage.objects.get(translation_key=lessons[0].translation_key, locale__language_code="fr")
    client.get(content.url(french, "fr"))
    with django_assert_max_num_queries(12):
        assert client.get(content.url(french, "fr")).status_code == 200


class TestDone:
    def post(self, client, page, **data):
        return client.post(f"/en/lessons/{page.translation_key}/done/", data)

    def test_leads_on_to_the_next_lesson(self, client, cast, lessons):
        client.force_login(cast.learner)
        response = self.post(client, lessons[0])
        assert response.url == content.url(lessons[1])
        progress = LessonProgress.objects.get(learner_key=cast.learner.key, item=item_of(lessons[0]))
        assert progress.done_at is not None
        assert progress.revision == lessons[0].live_revision_id

    def test_twice_counts_once(self, client, cast, lessons):
        client.force_login(cast.learner)
        self.post(client, lessons[0])
        assert self.post(client, lessons[0]).status_code == 302
        assert LessonProgress.objects.done().count() == 1

    def test_leads_to_the_module_after_the_last(self, client, cast, module, lessons):
        client.force_login(cast.learner)
        assert self.post(client, lessons[2]).url == content.url(module)

    def test_can_be_taken_back(self, client, cast, lessons):
        client.force_login(cast.learner)
        self.post(client, lessons[0])
        assert "Mark it as not done" in text_of(client.get(content.url(lessons[0])))
        assert self.post(client, lessons[0], done="0").url == content.url(lessons[0])
        assert not LessonProgress.objects.done().exists()

    def test_a_visitor_is_led_to_the_sign_in_and_back_to_the_lesson(self, client, lessons):
        response = self.post(client, lessons[0])
        assert response.status_code == 302
        assert response.url.endswith(f"?next={content.url(lessons[0])}")

    def test_needs_a_post(self, client, cast, lessons):
        client.force_login(cast.learner)
        assert client.get(f"/en/lessons/{lessons[0].translation_key}/done/").status_code == 405

    def test_an_unknown_or_retired_lesson_is_not_found(self, client, cast, lessons):
        client.force_login(cast.learner)
        assert client.post(f"/en/lessons/{uuid.uuid4()}/done/").status_code == 404
        lessons[0].unpublish()
        assert self.post(client, lessons[0]).status_code == 404


class TestDoneLater:
    """What the page's script sends: at once, or when the line is back."""

    def post(self, client, page, **data):
        return client.post(f"/en/lessons/{page.translation_key}/done/", data, headers={"accept": "application/json"})

    def test_is_confirmed_and_says_where_to_go_on(self, client, cast, lessons):
        client.force_login(cast.learner)
        for _twice in range(2):
            answer = self.post(client, lessons[0], done="1", account=cast.learner.key, key="k").json()
            assert (answer["saved"], answer["url"]) == (True, content.url(lessons[1]))
        assert LessonProgress.objects.done().count() == 1

    def test_counts_from_when_it_was_done(self, client, cast, lessons):
        self.opened(client, cast, lessons[0], timedelta(hours=2))
        self.post(client, lessons[0], done="1", age=3_600_000)
        age = timezone.now() - LessonProgress.objects.get().done_at
        assert timedelta(minutes=59) < age < timedelta(minutes=61)

    @pytest.mark.parametrize(("days", "counts"), [(13.9, 13.9), (14.1, 0), (200, 0), (100_000, 0)])
    def test_an_age_no_journey_explains_counts_as_now(self, client, cast, lessons, days, counts):
        """Of a tampered request, or of a clock that was wrong and has been set right since."""
        self.opened(client, cast, lessons[0], timedelta(days=300))
        self.post(client, lessons[0], done="1", age=days * 86_400_000)
        age = timezone.now() - LessonProgress.objects.get().done_at
        assert abs(age - timedelta(days=counts)) < timedelta(minutes=1)

    def opened(self, client, cast, page, ago):
        client.force_login(cast.learner)
        with time_machine.travel(timezone.now() - ago):
            note_seen(actor=cast.learner, item_id=item_of(page).pk)

    def test_of_another_account_is_kept_for_it(self, client, cast, lessons):
        client.force_login(cast.outsider)
        answer = self.post(client, lessons[0], done="1", account=cast.learner.key)
        assert (answer.status_code, answer.json()["saved"]) == (401, False)
        assert not LessonProgress.objects.done().exists()

    def test_of_somebody_signed_out_is_kept(self, client, lessons):
        assert self.post(client, lessons[0], done="1").status_code == 401

    def test_of_a_lesson_out_of_use_is_refused_for_good(self, client, cast, lessons):
        client.force_login(cast.learner)
        lessons[0].unpublish()
        answer = self.post(client, lessons[0], done="1").json()
        assert answer["refused"] and "no longer in use" in answer["message"]

    def test_an_older_place_does_not_replace_a_newer_one(self, client, cast, lessons):
        client.force_login(cast.learner)
        first, second = (block.id for block in lessons[0].body)
        address = f"/en/lessons/{lessons[0].translation_key}/place/"
        client.post(address, {"place": second})
        assert client.post(address, {"place": first, "age": 60_000}).json()["saved"]
        assert LessonProgress.objects.get().place == second


class TestPlace:
    def test_is_written_down(self, client, cast, lessons):
        client.force_login(cast.learner)
        place = lessons[0].body[1].id
        response = client.post(f"/en/lessons/{lessons[0].translation_key}/place/", {"place": place})
        assert response.json()["saved"]
        assert LessonProgress.objects.get().place == place

    def test_of_a_visitor_is_refused(self, client, lessons):
        assert client.post(f"/en/lessons/{lessons[0].translation_key}/place/", {"place": "ab"}).status_code == 401

    def test_that_is_nonsense_is_refused(self, client, cast, lessons):
        client.force_login(cast.learner)
        address = f"/en/lessons/{lessons[0].translation_key}/place/"
        assert client.post(address, {"place": "<b>"}).status_code == 400
        assert client.post(address).status_code == 400


class TestParts:
    """The page from its cached parts is the page that the template renders."""

    TOKENS = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')

    def both(self, client, monkeypatch, address):
        """The page as learners get it, and as rendered without any cache."""
        quick = [text_of(client.get(address)) for _twice in range(2)][1]
        cache.clear()
        forget_all()
        monkeypatch.setattr("modules.lessons.views.find_lesson", lambda path, language, user: None)
        slow = text_of(client.get(address))
        monkeypatch.undo()
        return self.TOKENS.sub("", quick), self.TOKENS.sub("", slow)

    @pytest.mark.parametrize("state", ["new", "stopped", "done"])
    @pytest.mark.parametrize("language", ["en", "fr"])
    def test_for_a_learner(self, client, cast, lessons, monkeypatch, state, language):
        client.force_login(cast.learner)
        if state == "stopped":
            note_place(actor=cast.learner, item=item_of(lessons[1]), place=lessons[1].body[1].id)
        if state == "done":
            mark_done(actor=cast.learner, item=item_of(lessons[1]))
        mark_done(actor=cast.learner, item=item_of(lessons[0]))
        quick, slow = self.both(client, monkeypatch, content.url(lessons[1], language))
        assert quick == slow
        assert "\ue000" not in quick

    def test_for_a_visitor(self, client, lessons, monkeypatch):
        quick, slow = self.both(client, monkeypatch, content.url(lessons[1]))
        assert quick == slow

    def test_the_name_is_escaped_and_each_readers_own(self, client, cast, lessons):
        cast.outsider.name = "<b>O'Neil</b>"
        cast.outsider.save()
        for person, shown in ((cast.learner, "Learner"), (cast.outsider, "&lt;b&gt;O&#x27;Neil&lt;/b&gt;")):
            client.force_login(person)
            assert shown in text_of(client.get(content.url(lessons[0])))
        assert "O&#x27;Neil" not in text_of(Client().get(content.url(lessons[0])))

    def test_the_form_works_with_the_token_that_was_filled_in(self, cast, lessons):
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(cast.learner)
        for _twice in range(2):
            page = text_of(strict.get(content.url(lessons[0])))
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
        answer = strict.post(
            f"/en/lessons/{lessons[0].translation_key}/done/", {"csrfmiddlewaretoken": token, "done": "1"}
        )
        assert answer.status_code == 302

    def test_messages_and_links_of_roles_are_shown(self, client, cast, lessons):
        client.force_login(cast.learner)
        client.get(content.url(lessons[1]))
        client.post(f"/en/lessons/{lessons[0].translation_key}/done/")
        assert "is marked as done" in text_of(client.get(content.url(lessons[1])))
        assert "is marked as done" not in text_of(client.get(content.url(lessons[1])))
        client.force_login(cast.organiser)
        assert "Cohorts and completion" in text_of(client.get(content.url(lessons[1])))
        client.force_login(cast.learner)
        assert "Cohorts and completion" not in text_of(client.get(content.url(lessons[1])))

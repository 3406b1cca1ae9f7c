"""Minor and major changes of a lesson: nobody loses what they have done; who did an earlier version is told."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from wagtail.test.utils.form_data import nested_form_data, streamfield
from wagtail_localize.models import Translation, TranslationSource

from institutions.models import Role
from institutions.services import grant_role
from modules.lessons.models import LessonPage, LessonProgress
from modules.lessons.outline import module_outline
from modules.lessons.resume import changed_for
from modules.lessons.services import mark_done, read_again
from modules.lessons.versions import since, version_in
from modules.records.models import Event, Item
from tests.modules import content

pytestmark = pytest.mark.django_db


def item_of(page):
    return Item.objects.get(key=page.translation_key)


def change(page, note="", kind="major"):
    """Publish a page as an editor would: what was said the last time is done with."""
    page = LessonPage.objects.get(pk=page.pk)
    page.change, page.change_note = kind, note
    return content.publish(page)


def versions_of(page):
    """The version of each language in which the lesson was ever written."""
    item = item_of(page)
    return {language: version_in(item, language) for language in item.titles}


def text_of(response):
    return response.content.decode()


@pytest.mark.parametrize(("version", "told"), [(1, ["Two.", "Three."]), (2, ["Three."]), (3, []), (9, [])])
def test_what_changed_since_a_version(version, told):
    assert since(version, ((2, "Two."), (3, "Three."))) == told


def test_the_first_publication_and_minor_changes_leave_the_version(lessons):
    assert item_of(lessons[0]).version == 1
    change(lessons[0], kind="minor")
    assert item_of(lessons[0]).version == 1


def test_a_major_change_raises_the_version_once(lessons):
    page = change(lessons[0], "Article 8 is explained.")
    item = item_of(page)
    assert item.version == 2
    assert item.versions.get().notes == {"en": "Article 8 is explained."}
    page.live_revision.publish()
    page.unpublish()
    content.publish(LessonPage.objects.get(pk=page.pk))
    assert item_of(page).version == 2
    assert change(page, "A second one.") and item_of(page).version == 3


class TestTranslations:
    """A translation has the version whose change its own text has."""

    @pytest.fixture
    def french(self, lessons):
        return content.translate(lessons[0], "fr", "Leçon 1")

    def done(self, client, page, language="fr", **fields):
        return client.post(f"/{language}/lessons/{page.translation_key}/done/", {"done": "1", **fields})

    def offered(self, client, page, language="fr"):
        """The version that the form of a lesson's page sends."""
        return int(re.search(r'name="version" value="(\d+)"', text_of(client.get(content.url(page, language))))[1])

    def publish_in_the_screen(self, page, synced):
        """As an editor does it who has, or has not, synced the translation with the original before."""
        source, _new = TranslationSource.get_or_create_from_instance(LessonPage.objects.get(pk=page.pk))
        if synced:
            source.update_from_db()
        target, _new = Translation.objects.get_or_create(source=source, target_locale=content.locale("fr"))
        target.save_target(publish=True)

    def test_adds_its_words_and_raises_nothing(self, cast, lessons, french):
        mark_done(actor=cast.learner, item=item_of(lessons[0]), language="fr")
        change(french, "Trop tôt.")
        assert item_of(french).version == 1
        change(lessons[0], "New rule.")
        assert changed_for(cast.learner, "fr") == []
        assert changed_for(cast.learner, "en")[0].notes == changed_for(cast.learner, "ar")[0].notes == ["New rule."]
        change(french, "Nouvelle règle.")
        assert item_of(french).version == 2
        assert changed_for(cast.learner, "fr")[0].notes == ["Nouvelle règle."]
        assert changed_for(cast.learner, "en")[0].notes == ["New rule."]

    def test_read_before_it_has_the_change_is_the_version_before(self, client, cast, lessons, french):
        change(lessons[0], "New rule.")
        client.force_login(cast.learner)
        assert (self.offered(client, french), self.offered(client, lessons[0], "en")) == (1, 2)
        self.done(client, french, version="2")  # nobody confirms what the text has not got
        progress = LessonProgress.objects.get()
        assert (progress.version, progress.language, progress.revision) == (1, "fr", french.live_revision_id)
        assert Event.objects.filter(verb="completed").get().item_version == 1
        assert "Changed since you read it" not in text_of(client.get(content.url(french, "fr")))
        assert "Changed since you read it" in text_of(client.get(content.url(lessons[0])))

    def test_unchanged_are_not_read_again(self, client, cast, lessons, french):
        mark_done(actor=cast.learner, item=item_of(french), language="fr")
        change(lessons[0], "New rule.")
        client.force_login(cast.learner)
        self.done(client, french, done="again", version="2")
        assert LessonProgress.objects.get().version == self.offered(client, french) == 1
        change(french, "Nouvelle règle.")
        assert "Nouvelle règle." in text_of(client.get(content.url(french, "fr")))
        assert "Nouvelle règle." in text_of(client.get("/fr/my/"))
        self.done(client, french, done="again", version=str(self.offered(client, french)))
        assert LessonProgress.objects.get().version == 2
        assert "Nouvelle règle." not in text_of(client.get(content.url(french, "fr")))

    def test_who_read_the_new_version_in_another_language_has_read_it(self, client, cast, lessons, french):
        change(lessons[0], "New rule.")
        mark_done(actor=cast.learner, item=item_of(french), language="en")
        client.force_login(cast.learner)
        for _catching_up in range(2):
            assert "is-changed" not in text_of(client.get(content.url(french, "fr")))
            assert changed_for(cast.learner, "fr") == []
            change(french, "Nouvelle règle.")

    def test_a_minor_correction_brings_no_change(self, lessons, french):
        change(lessons[0], "Second.")
        change(french, "Deuxième.")
        change(lessons[0], "Third.")
        change(french)
        change(french, "Deuxième.")  # of the change before: published again as it was
        assert versions_of(french) == {"en": 3, "fr": 2}
        change(french, "Troisième.")
        assert versions_of(french) == {"en": 3, "fr": 3}

    def test_published_for_the_first_time_has_all_changes_until_then(self, client, cast, lessons):
        change(lessons[0], "Second.")
        french = content.translate(lessons[0], "fr", "Leçon 1")
        assert versions_of(french) == {"en": 2, "fr": 2}
        change(lessons[0], "Third.")
        french.refresh_from_db()
        french.unpublish()
        content.publish(LessonPage.objects.get(pk=french.pk))
        assert versions_of(french) == {"en": 3, "fr": 2}

    def test_where_there_is_none_the_version_is_that_of_the_text_shown(self, client, cast, lessons):
        change(lessons[0], "Second.")
        client.force_login(cast.learner)
        assert self.offered(client, lessons[0]) == 2
        self.done(client, lessons[0], version="2")
        assert (LessonProgress.objects.get().version, LessonProgress.objects.get().language) == (2, "en")

    def test_an_alias_has_the_version_of_its_original(self, client, cast, lessons):
        lessons[0].copy_for_translation(content.locale("fr"), copy_parents=True, alias=True)
        change(lessons[0], "Second.")
        client.force_login(cast.learner)
        self.done(client, lessons[0], version="2")
        assert LessonProgress.objects.get().version == 2

    def test_that_takes_over_as_original_says_nothing_it_has_not_got(self, cast, lessons, french):
        change(lessons[0], "Second.")
        lessons[0].delete()
        assert versions_of(french) == {"en": 2, "fr": 1}
        assert item_of(french).source_language == "fr"
        change(french, "Troisième.")
        assert versions_of(french)["fr"] == 3

    def test_in_the_translation_screen_has_what_it_was_synced_with(self, lessons, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            self.publish_in_the_screen(lessons[0], synced=False)
        change(lessons[0], "Second.")
        change(lessons[0], kind="minor")  # so that the original says nothing of a change any more
        for synced, version in ((False, 1), (True, 2), (False, 2)):
            with django_capture_on_commit_callbacks(execute=True):
                self.publish_in_the_screen(lessons[0], synced)
            assert versions_of(lessons[0]) == {"en": 2, "fr": version}
        change(lessons[0], "Third.")
        with django_capture_on_commit_callbacks(execute=True):
            self.publish_in_the_screen(lessons[0], synced=False)
        assert versions_of(lessons[0]) == {"en": 3, "fr": 2}

    def test_the_queries_stay_few_where_one_lags_behind(self, client, cast, lessons, django_assert_max_num_queries):
        french = [content.translate(page, "fr", "Leçon") for page in lessons]
        for page in lessons:
            mark_done(actor=cast.learner, item=item_of(page), language="fr")
            change(page, "New rule.")
        change(french[1], "Nouvelle règle.")
        client.force_login(cast.learner)
        assert text_of(client.get(content.url(french[0], "fr"))).count("is-changed") == 1
        with django_assert_max_num_queries(4):
            client.get(content.url(french[0], "fr"))
        with django_assert_max_num_queries(3):
            assert len(changed_for(cast.learner, "fr")) == 1


def test_progress_survives_and_tells_what_changed(cast, module, lessons):
    done = mark_done(actor=cast.learner, item=item_of(lessons[0]), revision=lessons[0].live_revision_id)
    change(lessons[0], "New rule.")
    outline = module_outline(module, cast.learner)
    assert (outline.done, outline.total) == (1, 3)
    assert (outline.entries[0].state, outline.entries[0].notes) == ("changed", ("New rule.",))
    kept = LessonProgress.objects.get()
    assert (kept.done_at, kept.revision, kept.version) == (done.done_at, lessons[0].live_revision_id, 1)
    assert module_outline(module, cast.outsider).entries[0].state == "open"


def test_reading_the_new_version_keeps_when_it_was_done(cast, lessons):
    done = mark_done(actor=cast.learner, item=item_of(lessons[0]))
    page = change(lessons[0], "New rule.")
    for _twice in range(2):
        read_again(actor=cast.learner, item=item_of(page), revision=page.live_revision_id)
    progress = LessonProgress.objects.get()
    assert (progress.done_at, progress.version, progress.revision) == (done.done_at, 2, page.live_revision_id)
    assert changed_for(cast.learner, "en") == []
    assert list(Event.objects.filter(verb="completed").order_by("id").values_list("item_version", flat=True)) == [1, 2]


def test_reading_again_what_is_not_done_does_nothing(cast, lessons):
    read_again(actor=cast.learner, item=item_of(lessons[0]))
    assert not LessonProgress.objects.exists()


def test_the_lesson_and_my_learning_say_what_changed(client, cast, lessons):
    client.force_login(cast.learner)
    mark_done(actor=cast.learner, item=item_of(lessons[0]))
    assert "Changed since you read it" not in text_of(client.get(reverse("learner_home")))
    change(lessons[0], "New <rule>.")
    for _twice in range(2):
        page = text_of(client.get(content.url(lessons[0])))
        assert "Changed since you read it" in page and "New &lt;rule&gt;." in page
        assert "I have read the new version" in page and "Mark it as not done" in page
    assert "is-changed" in text_of(client.get(content.url(lessons[1])))
    assert "New &lt;rule&gt;." in text_of(client.get(reverse("learner_home")))
    answer = client.post(f"/en/lessons/{lessons[0].translation_key}/done/", {"done": "again", "version": "2"})
    assert answer.url == content.url(lessons[1])
    page = text_of(client.get(content.url(lessons[0])))
    assert "Changed since you read it" not in page and "You have done this lesson" in page
    assert "is-changed" not in text_of(client.get(content.url(lessons[1])))


def test_who_is_new_to_the_lesson_is_told_nothing(client, cast, lessons):
    change(lessons[0], "New rule.")
    client.force_login(cast.learner)
    assert "New rule." not in text_of(client.get(content.url(lessons[0])))
    client.post(f"/en/lessons/{lessons[0].translation_key}/done/", {"done": "1"})
    assert LessonProgress.objects.get().version == 2


def test_each_reader_is_told_what_changed_since_their_own_version(client, cast, lessons):
    mark_done(actor=cast.learner, item=item_of(lessons[0]))
    change(lessons[0], "Second.")
    mark_done(actor=cast.outsider, item=item_of(lessons[0]))
    change(lessons[0], "Third.")
    for person, told in ((cast.learner, (True, True)), (cast.outsider, (False, True))):
        client.force_login(person)
        page = text_of(client.get(content.url(lessons[0])))
        assert ("Second." in page, "Third." in page) == told


def test_what_was_read_offline_before_a_change_counts_as_the_version_that_was_read(client, cast, lessons):
    change(lessons[0], "New rule.")
    client.force_login(cast.learner)
    client.post(f"/en/lessons/{lessons[0].translation_key}/done/", {"done": "1", "version": "1"})
    assert LessonProgress.objects.get().version == 1
    assert changed_for(cast.learner, "en")[0].notes == ["New rule."]


@pytest.mark.parametrize("version", ["7", "0", "-1", "x", "99999999"])
def test_no_browser_invents_a_version(client, cast, lessons, version):
    client.force_login(cast.learner)
    client.post(f"/en/lessons/{lessons[0].translation_key}/done/", {"done": "1", "version": version})
    assert LessonProgress.objects.get().version == 1


def test_the_queries_stay_few_after_changes(client, cast, lessons, django_assert_max_num_queries):
    for page in lessons:
        mark_done(actor=cast.learner, item=item_of(page))
        change(page, "New rule.")
    client.force_login(cast.learner)
    client.get(content.url(lessons[0]))
    with django_assert_max_num_queries(4):
        client.get(content.url(lessons[0]))
    with django_assert_max_num_queries(3):
        assert len(changed_for(cast.learner, "en")) == 3


class TestForm:
    @pytest.fixture
    def editor(self, cast):
        grant_role(actor=None, user=cast.outsider, role=Role.ORGANISER)
        return cast.outsider

    def form_of(self, page, user):
        form_class = LessonPage.get_edit_handler().get_form_class()
        return form_class(instance=page, for_user=user)

    def post(self, client, page, **changes):
        data = {
            "title": page.title,
            "slug": page.slug,
            "summary": "",
            "minutes": 7,
            "body": streamfield([("heading", "A heading")]),
            "sources": '{"blocks": [], "entityMap": {}}',
            "seo_title": "",
            "search_description": "",
            "comments": {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1000},
            "action-publish": "1",
            **changes,
        }
        return client.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), nested_form_data(data))

    def test_a_major_change_needs_a_sentence(self, client, editor, lessons):
        client.force_login(editor)
        answer = self.post(client, lessons[0], change="major", change_note=" ")
        assert answer.status_code == 200 and "Say in one sentence what changed" in text_of(answer)
        assert item_of(lessons[0]).version == 1
        assert self.post(client, lessons[0], change="major", change_note="New rule.").status_code == 302

    def test_the_sentence_of_the_change_before_is_refused(self, client, editor, lessons):
        """It would be taken for the same change, and nobody would be told."""
        client.force_login(editor)
        page = change(lessons[0], "New rule.")
        answer = self.post(client, page, change="major", change_note=" New rule. ")
        assert answer.status_code == 200 and "Say what changed this time" in text_of(answer)
        assert self.post(client, page, change="major", change_note="Another rule.").status_code == 302
        assert item_of(lessons[0]).version == 3

    def test_what_was_said_last_time_is_not_said_again(self, editor, lessons):
        page = change(lessons[0], "New rule.")
        form = self.form_of(page, editor)
        assert (form["change"].initial, form["change_note"].initial) == ("minor", "")
        page.change, page.change_note = "major", "In work."
        page.save_revision()
        form = self.form_of(LessonPage.objects.get(pk=page.pk).get_latest_revision_as_object(), editor)
        assert (form["change"].initial, form["change_note"].initial) == ("major", "In work.")

    def test_a_new_lesson_has_not_changed(self, editor, module):
        assert "change" not in self.form_of(LessonPage(locale=module.locale), editor).fields

    def test_a_translation_gives_words_only(self, editor, lessons):
        french = content.translate(lessons[0], "fr", "Leçon 1")
        fields = self.form_of(french, editor).fields
        assert "change_note" in fields and "change" not in fields
        assert "Each language has its own" in fields["change_note"].help_text

    def test_a_translation_is_told_what_it_lacks(self, editor, lessons):
        french = content.translate(lessons[0], "fr", "Leçon 1")
        change(lessons[0], "Second.")
        change(lessons[0], "Third.")
        told = self.form_of(french, editor).fields["change_note"].help_text
        assert "Second. Third." in told and "version 1" in told
        french = change(french, "Troisième.")
        assert "Third." not in self.form_of(french, editor).fields["change_note"].help_text

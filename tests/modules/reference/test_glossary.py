"""The glossary: its page, its admin, and how lessons follow it."""

from __future__ import annotations

import pytest
from django.urls import reverse

from core.models import AuditEntry
from institutions.models import Role
from institutions.services import grant_role
from modules.reference.models import Term
from modules.reference.services import TermExists, delete_term, put_term
from tests.modules import content

pytestmark = pytest.mark.django_db


@pytest.fixture
def consent(home):
    term = put_term(
        actor=None,
        language="en",
        name="Prior informed consent",
        definition="Permission <before> access.",
        source="Nagoya Protocol, Article 6",
        synonyms="PIC\nconsent",
    )
    put_term(
        actor=None, language="fr", name="Consentement préalable", definition="Un accord.", key=term.translation_key
    )
    return term


@pytest.fixture
def editor(cast):
    grant_role(actor=None, user=cast.outsider, role=Role.EDITOR)
    return cast.outsider


def text_of(response):
    return response.content.decode()


def test_anybody_reads_it_by_letter(client, consent):
    put_term(actor=None, language="en", name="Élan", definition="With an accent.")
    page = text_of(client.get("/en/glossary/"))
    assert 'id="prior-informed-consent"' in page and "Permission &lt;before&gt; access." in page
    assert page.index(">E</h2>") < page.index(">P</h2>")


def test_each_language_has_its_own_page_and_falls_back_to_english(client, consent):
    put_term(actor=None, language="en", name="Party", definition="A State.")
    page = text_of(client.get("/fr/glossary/"))
    assert "Consentement préalable" in page and "Prior informed consent" not in page
    assert 'id="party" lang="en"' in page


@pytest.mark.parametrize(("query", "found"), [("PIC", True), ("INFORMED", True), ("before", True), ("zebra", False)])
def test_the_search_looks_into_name_other_forms_and_explanation(client, consent, query, found):
    page = text_of(client.get("/en/glossary/", {"q": query}))
    assert ('id="prior-informed-consent"' in page) == found
    assert ("Nothing found" in page) != found


def test_an_empty_glossary_says_so(client, home):
    assert "No terms yet" in text_of(client.get("/en/glossary/"))


def test_its_queries_do_not_grow(client, home, django_assert_max_num_queries):
    for number in range(60):
        put_term(actor=None, language="en", name=f"Word {number}", definition="Something.")
    client.get("/en/glossary/")
    with django_assert_max_num_queries(3):  # of the layout two
        assert text_of(client.get("/en/glossary/")).count("<dfn>") == 60


def test_a_language_explains_a_word_once(consent):
    with pytest.raises(TermExists):
        put_term(actor=None, language="en", name="prior INFORMED consent", definition="Again.")
    with pytest.raises(TermExists):
        put_term(actor=None, language="fr", name="Autre", definition="Encore.", key=consent.translation_key)


class TestLesson:
    @pytest.fixture
    def lesson(self, module, consent):
        return content.make_lesson(module, body=content.text_body("Ask for PIC. PIC again.", "Consent of others."))

    def test_links_the_first_occurrence_and_explains_it_below(self, client, lesson):
        page = text_of(client.get(content.url(lesson)))
        assert page.count('class="term"') == 1
        assert 'href="/en/glossary/#prior-informed-consent" data-term="term-prior-informed-consent">PIC</a>' in page
        assert 'id="term-prior-informed-consent"' in page and "Permission &lt;before&gt; access." in page
        assert "lessons/terms.js" in page

    def test_costs_no_query_more(self, client, cast, lesson, django_assert_max_num_queries):
        client.force_login(cast.learner)
        client.get(content.url(lesson))
        with django_assert_max_num_queries(4):
            client.get(content.url(lesson))

    def test_follows_a_change_of_the_glossary_at_once(self, client, lesson, consent):
        client.get(content.url(lesson))
        put_term(
            actor=None,
            language="en",
            name="Consent given before",
            definition="New words.",
            synonyms="PIC",
            term=consent,
        )
        assert "New words." in text_of(client.get(content.url(lesson)))
        delete_term(actor=None, term=consent)
        page = text_of(client.get(content.url(lesson)))
        assert 'class="term"' not in page and "terms.js" not in page

    def test_uses_the_words_of_its_own_language(self, client, lesson):
        french = content.translate(lesson, "fr", "Leçon")
        french.body = content.text_body("Le consentement préalable, PIC.")
        french = content.publish(french)
        page = text_of(client.get(content.url(french, "fr")))
        assert 'href="/fr/glossary/#consentement-préalable"' in page and page.count('class="term"') == 1


class TestAdmin:
    def test_an_editor_adds_changes_and_deletes(self, client, editor, consent):
        client.force_login(editor)
        answers = {"name": "Party", "definition": "A State.", "source": "", "synonyms": "Parties"}
        assert client.post(f"{reverse('glossary_terms:add')}?locale=en", answers).status_code == 302
        party = Term.objects.get(name="Party")
        assert party.locale.language_code == "en"
        client.post(reverse("glossary_terms:edit", args=[party.pk]), {**answers, "definition": "Bound by it."})
        party.refresh_from_db()
        assert party.definition == "Bound by it."
        client.post(reverse("glossary_terms:delete", args=[party.pk]))
        assert not Term.objects.filter(pk=party.pk).exists()
        acts = AuditEntry.objects.filter(actor=editor).order_by("id").values_list("action", flat=True)
        assert list(acts)[-3:] == ["reference.create_term", "reference.change_term", "reference.delete_term"]

    def test_a_translation_is_tied_to_its_english_term(self, client, editor, consent):
        client.force_login(editor)
        answers = {"name": "الموافقة", "definition": "إذن.", "translates": consent.pk}
        assert client.post(f"{reverse('glossary_terms:add')}?locale=ar", answers).status_code == 302
        assert Term.objects.get(locale__language_code="ar").translation_key == consent.translation_key

    def test_a_word_explained_already_is_refused_and_what_was_typed_is_kept(self, client, editor, consent):
        client.force_login(editor)
        answer = client.post(
            f"{reverse('glossary_terms:add')}?locale=en", {"name": consent.name, "definition": "Typed with care."}
        )
        assert answer.status_code == 200
        assert "explains" in text_of(answer) and "Typed with care." in text_of(answer)

    @pytest.mark.parametrize("who", ["learner", "trainer", "focal_point", None])
    def test_others_change_nothing(self, client, cast, consent, who):
        if who:
            client.force_login(getattr(cast, who))
        for url in (
            reverse("glossary_terms:add"),
            reverse("glossary_terms:edit", args=[consent.pk]),
            reverse("glossary_terms:delete", args=[consent.pk]),
        ):
            answer = client.post(url, {"name": "Hacked", "definition": "x"})
            assert answer.status_code in (302, 403, 404)
        assert not Term.objects.filter(name="Hacked").exists()
        assert Term.objects.filter(pk=consent.pk).exists()

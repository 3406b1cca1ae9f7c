"""Pages: every one answers in every language, says its own language, and costs a bounded number of queries."""

from __future__ import annotations

import re

import pytest
from django.conf import settings as django_settings
from wagtail.models import Page

from accounts.models import User
from modules.lessons.models import LessonPage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("starter")]

LANGUAGES = [code for code, _name in django_settings.LANGUAGES]


def links(html: str) -> set[str]:
    return set(re.findall(r'href="(/[^"#]*)', html))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_home_page_speaks_its_language_and_direction(client, language):
    html = client.get(f"/{language}/").content.decode()
    code = {"zh-hans": "zh-Hans"}.get(language, language)
    assert re.search(rf'<html lang="{code}" dir="{"rtl" if language == "ar" else "ltr"}"', html, re.IGNORECASE)


def test_the_site_map_lists_every_public_page_in_every_language(client):
    body = client.get("/sitemap.xml").content.decode()
    assert len(re.findall("<loc>", body)) >= Page.objects.live().filter(depth__gt=1).count()
    for language in LANGUAGES:
        assert f"/{language}/courses/" in body
    lesson = LessonPage.objects.filter(locale__language_code="ar").first()
    assert lesson.url in body


def test_a_page_without_translation_is_shown_in_english_with_the_readers_surroundings(client):
    page = LessonPage.objects.filter(locale__language_code="en", url_path__contains="customs-lmo-border").first()
    english = page.url
    response = client.get(english.replace("/en/", "/es/"))
    html = response.content.decode()
    assert response.status_code == 200
    assert '<html lang="en" dir="ltr"' in html
    assert f'rel="canonical" href="http://testserver{english}"' in html


def test_the_language_switch_keeps_the_reader_on_the_page(client):
    page = LessonPage.objects.filter(locale__language_code="fr").first()
    html = client.get(page.url).content.decode()
    found = links(html)
    arabic = LessonPage.objects.get(translation_key=page.translation_key, locale__language_code="ar")
    assert arabic.url in found
    assert any(url.startswith("/ru/") and page.slug in url for url in found)


def test_what_no_language_has_is_not_found_in_any(client):
    for language in LANGUAGES:
        assert client.get(f"/{language}/no-such-page/").status_code == 404


def test_a_page_taken_down_is_not_found_in_its_fallback_either(client):
    page = LessonPage.objects.filter(locale__language_code="en", url_path__contains="customs-lmo-border").first()
    url = page.url
    page.unpublish()
    assert client.get(url).status_code == 404
    assert client.get(url.replace("/en/", "/es/")).status_code == 404


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", 3),
        ("topic=abs", 1),
        ("topic=abs&topic=lmo", 2),
        ("language=en", 3),
        ("language=ar", 0),  # one module of eight
        ("mode=blended", 1),
        ("mode=self-paced", 3),
        ("q=zzzz", 0),
        ("topic=nonsense", 3),
        ("q=%27%22%28*", 0),
        ("q=%00", 3),
    ],
)
def test_the_catalogue_finds_by_text_and_facets(client, query, expected):
    response = client.get(f"/en/courses/?{query}")
    assert response.status_code == 200
    assert len(response.context["courses"]) == expected


@pytest.mark.parametrize("text", ["customs", "Douanes vertes", "Border!", "bord"])
def test_the_catalogue_finds_a_course_by_words_of_any_language(client, text):
    response = client.get("/en/courses/", {"q": text})
    assert "green-customs-lmo" in [card.course.key for card in response.context["courses"]]


def test_the_catalogue_costs_few_queries(client, django_assert_max_num_queries):
    client.get("/en/courses/")
    with django_assert_max_num_queries(12):
        client.get("/en/courses/?topic=abs")


@pytest.mark.parametrize("who", ["learner", "trainer", "organiser", "focalpoint"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_my_learning_answers_everybody(client, who, language):
    client.force_login(User.objects.get(email=f"{who}@example.org"))
    assert client.get(f"/{language}/my/").status_code == 200


def test_my_learning_asks_for_sign_in(client):
    assert client.get("/en/my/").status_code == 302


def test_a_visitors_wish_to_enrol_is_kept_until_after_the_sign_in(client):
    assert client.get("/en/courses/lmo-detection/enrol/").status_code == 302
    user = User.objects.get(email="focalpoint@example.org")
    client.force_login(user)
    assert "/en/courses/lmo-detection/enrol/" in client.get("/en/my/").content.decode()


@pytest.mark.parametrize(
    ("asked", "language"), [("", "en"), ("fr-CH, en;q=0.5", "fr"), ("de, ar;q=0.3", "ar"), ("zh-CN", "zh-hans")]
)
def test_the_bare_address_leads_to_the_home_page_in_the_visitors_language(client, asked, language):
    response = client.get("/", headers={"accept-language": asked} if asked else {})
    assert (response.status_code, response.url) == (302, f"/{language}/")
    assert "Accept-Language" in response.headers["Vary"]


def test_the_bare_address_follows_the_language_of_the_account(client):
    client.force_login(User.objects.create_user("reader@example.org", name="A reader", language="es"))
    assert client.get("/", headers={"accept-language": "fr"}).url == "/es/"

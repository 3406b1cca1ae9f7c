"""Countries by their names in six languages, in the order of the names shown."""

from __future__ import annotations

import pytest
from django import forms
from django.conf import settings
from django.utils import translation

from core.wording import sort_key
from institutions.countries import synchronise_countries
from institutions.forms import CountryChoiceField
from institutions.models import Country, Region

pytestmark = pytest.mark.django_db


class CountryForm(forms.Form):
    country = CountryChoiceField(required=False, empty_label="–")


def shown(language):
    with translation.override(language):
        return [str(label) for value, label in CountryForm().fields["country"].choices if value]


@pytest.mark.parametrize(
    ("language", "kenya", "egypt"),
    [
        ("en", "Kenya", "Egypt"),
        ("ar", "كينيا", "مصر"),
        ("es", "Kenia", "Egipto"),
        ("fr", "Kenya", "Égypte"),
        ("ru", "Кения", "Египет"),
        ("zh-hans", "肯尼亚", "埃及"),
    ],
)
def test_a_country_is_named_in_each_language(language, kenya, egypt):
    assert Country.objects.get(pk="KE").name_in(language) == kenya
    with translation.override(language):
        assert str(Country.objects.get(pk="EG")) == egypt
        assert {kenya, egypt} <= set(shown(language))


@pytest.mark.parametrize("language", [code for code, _ in settings.LANGUAGES])
def test_every_country_has_a_name_in_every_language_and_the_list_is_in_order(language):
    names = shown(language)
    assert len(names) == Country.objects.count()
    assert all(names)
    assert names == sorted(names, key=lambda name: sort_key(name, language))


@pytest.mark.parametrize(
    ("code", "language", "name"),
    [
        ("CD", "en", "Democratic Republic of the Congo"),
        ("PS", "en", "State of Palestine"),
        ("MM", "en", "Myanmar"),
        ("KP", "en", "Democratic People’s Republic of Korea"),
        ("CV", "en", "Cabo Verde"),
        ("VA", "en", "Holy See"),
        ("VN", "en", "Viet Nam"),
        ("CD", "fr", "République démocratique du Congo"),
        ("PS", "ar", "دولة فلسطين"),
        ("KR", "zh-hans", "大韩民国"),
        ("RU", "ru", "Российская Федерация"),
        ("VA", "es", "Santa Sede"),
        ("KE", "fr", "Kenya"),
    ],
)
def test_a_country_bears_the_name_that_the_un_uses(code, language, name):
    assert Country.objects.get(pk=code).name_in(language) == name


def test_english_names_are_those_of_the_table_of_regions():
    def plain(name):
        return name.replace("’", "'").replace("ã", "a").replace("é", "e").replace("í", "i")

    differ = {c.pk: c.name_in("en") for c in Country.objects.all() if plain(c.name_in("en")) != plain(c.name)}
    assert differ == {}


def test_accents_do_not_push_a_country_to_the_end():
    names = shown("fr")
    assert names.index("Égypte") < names.index("France")
    assert names.index("Équateur") < names.index("Espagne")


def test_the_arabic_article_does_not_count():
    names = shown("ar")
    assert names.index("قطر") < names.index("الكاميرون") < names.index("كينيا") < names.index("لبنان")


@pytest.mark.parametrize(("typed", "fine"), [("KE", True), ("", True), ("XX", False), ("Kenya", False)])
def test_only_a_country_of_the_list_is_accepted(typed, fine):
    assert CountryForm({"country": typed}).is_valid() is fine


def test_the_list_costs_one_query(django_assert_num_queries):
    form = CountryForm()
    with django_assert_num_queries(1):
        str(form["country"])


def test_the_table_is_the_file_and_can_be_written_twice():
    before = Country.objects.count()
    synchronise_countries()
    assert Country.objects.count() == before == 198
    nepal = Country.objects.get(pk="NP")
    assert (nepal.iso3, nepal.region, nepal.is_ldc, nepal.is_sids, nepal.is_lldc) == (
        "NPL",
        Region.ASIA_PACIFIC,
        True,
        False,
        True,
    )

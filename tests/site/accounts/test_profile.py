"""Name, language and time zone of an account."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def user(client):
    user = UserFactory(email="p@example.org")
    client.force_login(user)
    return user


def save(client, **data):
    return client.post(reverse("account_profile"), {"name": "", "language": "en", "time_zone": "", **data})


def test_settings_are_saved_and_the_page_goes_on_in_the_language_chosen(client, user):
    response = save(client, name="Фатима", language="ar", time_zone="Africa/Nairobi")
    assert response.url == "/ar/account/profile/"
    user.refresh_from_db()
    assert (user.name, user.language, user.time_zone) == ("Фатима", "ar", "Africa/Nairobi")
    page = client.get(response.url).content.decode()
    assert "Фатима" in page
    assert '<option value="Africa/Nairobi" selected>' in page


@pytest.mark.parametrize(("field", "typed"), [("language", "tlh"), ("time_zone", "Mars/Olympus"), ("name", "x" * 201)])
def test_wrong_input_is_said_and_what_was_typed_stays(client, user, field, typed):
    response = save(client, **{"name": "Kept as typed", field: typed})
    page = response.content.decode()
    assert response.status_code == 200
    assert 'class="errors' in page
    assert ("Kept as typed" if field != "name" else typed) in page
    user.refresh_from_db()
    assert user.name == ""


@pytest.mark.parametrize("name", ["فاطمة الزهراء", "አበበ ቢቂላ", "श्रीनिवास", "Nguyễn Thị Minh Khai"])
def test_a_name_of_any_script_is_shown(client, user, name):
    save(client, name=name)
    assert name in client.get(reverse("account_profile")).content.decode()


def test_languages_come_by_their_own_names_and_the_one_of_the_page_is_offered_first(client, user):
    page = client.get("/fr/account/profile/").content.decode()
    assert '<option value="fr" selected>français</option>' in page.lower()
    assert "العربي" in page


def test_the_browsers_time_zone_is_proposed_only_to_who_has_chosen_none(client, user):
    assert "js/zone" in client.get(reverse("account_profile")).content.decode()
    save(client, time_zone="UTC")
    assert "js/zone" not in client.get(reverse("account_profile")).content.decode()


def test_an_old_name_of_a_time_zone_stays_choosable(client, user):
    user.time_zone = "GB"
    user.save()
    assert '<option value="GB" selected>' in client.get(reverse("account_profile")).content.decode()


def test_nobody_becomes_more_than_they_are_by_their_profile(client, user):
    save(client, name="x", is_superuser="on", is_staff="on", email="other@example.org")
    user.refresh_from_db()
    assert (user.is_superuser, user.is_staff, user.email) == (False, False, "p@example.org")

"""The pages on which people say who they are."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse
from django.utils import translation

from courses.participants import services
from courses.participants.models import FocalPointDesignation
from tests.factories import UserFactory, past

pytestmark = pytest.mark.django_db

LONG = "Wolfeschlegelsteinhausenbergerdorff " * 8  # 288 characters


@pytest.fixture
def newcomer(client):
    user = UserFactory(email="new@example.org")
    client.force_login(user)
    return user


def details(**fields):
    return {"name": "Amina Diallo", **fields}


@pytest.mark.parametrize("name", ["participant_profile", "designation_claim"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_pages_ask_for_sign_in(client, name, language):
    with translation.override(language):
        address = reverse(name)
    response = client.get(address)
    assert response.status_code == 302
    assert "/account/login/" in response.url


@pytest.mark.parametrize("language", ["en", "ar", "es", "fr", "ru", "zh-hans"])
def test_the_pages_open_in_every_language(client, cast, language):
    client.force_login(cast.learner)
    with translation.override(language):
        addresses = [reverse("participant_profile"), reverse("designation_claim")]
    for address in addresses:
        assert client.get(address).status_code == 200, address


def test_a_name_is_enough(client, newcomer):
    response = client.post(reverse("participant_profile"), details())
    assert response.status_code == 302
    participant = services.participant_of(type(newcomer).objects.get(pk=newcomer.pk))
    assert (participant.name, participant.country, participant.gender) == ("Amina Diallo", None, "")


@pytest.mark.parametrize(
    "name",
    ["فاطمة الزهراء", "አበበ ቢቂላ", "श्रीनिवास रामानुजन्", "Nguyễn Thị Minh Khai", "屠呦呦", "Щёлокова"],
)
def test_a_name_of_any_script_is_kept_and_shown(client, newcomer, name):
    client.post(reverse("participant_profile"), details(name=name, name_latin="Amina"))
    assert name in client.get(reverse("participant_profile")).content.decode()


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        ("name", "", "This field is required"),
        ("name", "12345", "at least one letter"),
        ("name", LONG, "at most 200 characters"),
        ("name_latin", "Амина", "Latin letters only"),
        ("country", "XX", "Select a valid choice"),
        ("represents", "aliens", "Select a valid choice"),
    ],
)
def test_wrong_input_is_said_beside_the_field_and_what_was_typed_stays(client, newcomer, field, typed, message):
    response = client.post(reverse("participant_profile"), details(position="Customs officer", **{field: typed}))
    page = response.content.decode()
    assert response.status_code == 200
    assert message in page
    assert "Customs officer" in page
    if field in ("name", "name_latin"):
        assert typed.strip() in page
    assert services.participant_of(type(newcomer).objects.get(pk=newcomer.pk)) is None


def test_who_takes_part_for_a_government_names_its_country(client, newcomer):
    page = client.post(reverse("participant_profile"), details(represents="government")).content.decode()
    assert "Choose the country of the government" in page
    assert (
        client.post(reverse("participant_profile"), details(represents="government", country="KE")).status_code == 302
    )


def test_gender_in_own_words_or_undisclosed(client, newcomer):
    page = client.post(reverse("participant_profile"), details(gender="own")).content.decode()
    assert "in your own words" in page
    client.post(reverse("participant_profile"), details(gender="own", gender_own_words="non-binary"))
    participant = services.participant_of(type(newcomer).objects.get(pk=newcomer.pk))
    assert participant.gender_own_words == "non-binary"
    client.post(reverse("participant_profile"), details(gender="undisclosed", gender_own_words="non-binary"))
    participant.refresh_from_db()
    assert (participant.gender, participant.gender_own_words) == ("undisclosed", "")


def test_consents_stand_apart_and_none_is_ticked_beforehand(client, newcomer):
    page = client.get(reverse("participant_profile")).content.decode()
    assert "checked" not in page
    client.post(reverse("participant_profile"), details(consents=["news"]))
    participant = services.participant_of(type(newcomer).objects.get(pk=newcomer.pk))
    assert [consent.purpose for consent in participant.consents.all()] == ["news"]
    assert "checked" in client.get(reverse("participant_profile")).content.decode()


def test_after_saving_one_goes_back_to_where_one_was(client, newcomer):
    page = client.get(reverse("participant_profile"), {"next": "/en/courses/?q=abs"}).content.decode()
    assert 'name="next" value="/en/courses/?q=abs"' in page
    response = client.post(reverse("participant_profile"), details(next="/en/courses/?q=abs"))
    assert response.url == "/en/courses/?q=abs"


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "http:///evil.example",
        "ftp://x",
    ],
)
def test_an_address_elsewhere_is_not_followed(client, newcomer, address):
    page = client.get(reverse("participant_profile"), {"next": address}).content.decode()
    assert 'name="next"' not in page
    assert 'href="http' not in page.replace('href="http://testserver', "")
    response = client.post(reverse("participant_profile"), details(next=address))
    assert response.status_code == 302
    assert response.url.startswith("/en/")


@pytest.mark.parametrize(("language", "first", "kenya"), [("en", "Afghanistan", "Kenya"), ("ru", "Австралия", "Кения")])
def test_countries_come_by_their_shown_names(client, newcomer, language, first, kenya):
    with translation.override(language):
        page = client.get(reverse("participant_profile")).content.decode()
    select = page[page.index('name="country"') : page.index("</select>", page.index('name="country"'))]
    assert kenya in select
    assert select.index(first) < select.index(kenya)


def test_somebodys_details_cannot_be_changed_by_naming_another(client, cast):
    client.force_login(cast.learner)
    client.post(reverse("participant_profile"), details(user=cast.outsider.pk, id=cast.outsider.participant.pk))
    cast.outsider.participant.refresh_from_db()
    assert cast.outsider.participant.name == "Outsider"


# --- details_needed -----------------------------------------------------------------------


def protected(request):
    from courses.participants.decorators import details_needed

    return details_needed(lambda request: HttpResponse("inside"))(request)


def ask(user, method="get", **headers):
    from django.contrib.messages.storage.fallback import FallbackStorage

    request = getattr(RequestFactory(), method)("/en/courses/abs/enrol/?x=1", headers=headers)
    request.user, request.session = user, {}
    request._messages = FallbackStorage(request)
    return protected(request)


def test_who_has_a_record_goes_straight_in(cast):
    assert ask(cast.learner).content == b"inside"


def test_who_has_none_is_asked_first_and_comes_back():
    response = ask(UserFactory())
    assert response.url == "/en/my/details/?next=%2Fen%2Fcourses%2Fabs%2Fenrol%2F%3Fx%3D1"


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("http://testserver/en/courses/abs/", "%2Fen%2Fcourses%2Fabs%2F"),
        ("https://evil.example/", "%2Fen%2Fcourses%2Fabs%2Fenrol%2F"),
        ("", "%2Fen%2Fcourses%2Fabs%2Fenrol%2F"),
    ],
)
def test_after_a_post_one_comes_back_to_the_page_with_the_button(referer, back):
    assert ask(UserFactory(), "post", referer=referer).url == f"/en/my/details/?next={back}"


# --- Focal point --------------------------------------------------------------------------


def test_a_claim_waits_for_confirmation_and_can_be_taken_back(client, cast):
    client.force_login(cast.learner)
    response = client.post(
        reverse("designation_claim"), {"treaty": "nagoya", "country": "UG", "starts_on": "2026-01-01"}
    )
    assert response.url == reverse("participant_profile")
    designation = FocalPointDesignation.objects.get()
    page = client.get(reverse("participant_profile")).content.decode()
    assert "Waits for an organiser" in page
    client.post(reverse("designation_remove", args=[designation.pk]))
    assert not FocalPointDesignation.objects.exists()


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"country": ""}, "Choose either a country or a body"),
        ({"treaty": ""}, "This field is required"),
        ({"starts_on": "31/31/2026"}, "Enter a valid date"),
        ({"ends_on": "2020-01-01"}, "must not lie before"),
    ],
)
def test_a_wrong_claim_says_why_and_keeps_what_was_typed(client, cast, fields, message):
    client.force_login(cast.learner)
    data = {"treaty": "nagoya", "country": "UG", "starts_on": "2026-01-01", "evidence": "Letter 7"} | fields
    page = client.post(reverse("designation_claim"), data).content.decode()
    assert message in page
    assert "Letter 7" in page
    assert not FocalPointDesignation.objects.exists()


def test_the_same_claim_twice_says_so(client, cast):
    client.force_login(cast.learner)
    data = {"treaty": "nagoya", "country": "UG", "starts_on": "2026-01-01"}
    client.post(reverse("designation_claim"), data)
    assert "already written down" in client.post(reverse("designation_claim"), data).content.decode()


def test_a_body_is_offered_where_there_is_one(client, cast):
    from institutions.models import Organisation

    client.force_login(cast.learner)
    assert 'name="body"' not in client.get(reverse("designation_claim")).content.decode()
    body = Organisation.objects.create(name="COMIFAC", kind=Organisation.Kind.REGIONAL)
    assert "COMIFAC" in client.get(reverse("designation_claim")).content.decode()
    client.post(reverse("designation_claim"), {"treaty": "cbd", "body": body.pk, "starts_on": "2026-01-01"})
    assert FocalPointDesignation.objects.get().body == body


@pytest.mark.parametrize("name", ["outsider", "trainer", "organiser"])
def test_anothers_claim_is_404(client, cast, name):
    designation = FocalPointDesignation.objects.create(
        participant=cast.learner.participant, treaty="cbd", country_id="UG", starts_on=past(1)
    )
    client.force_login(getattr(cast, name))
    assert client.post(reverse("designation_remove", args=[designation.pk])).status_code == 404
    assert FocalPointDesignation.objects.exists()


def test_taking_back_needs_a_post(client, cast):
    client.force_login(cast.learner)
    assert client.get(reverse("designation_remove", args=[1])).status_code == 405

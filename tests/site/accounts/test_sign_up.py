"""Sign-up by e-mail with verification, sign-in, reset, change of address, signing out everywhere."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from jobs.models import OutboxMail
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

NEW_PASSWORD = "a whole new sentence 7"


def link_in(letter):
    return re.search(r"https?://\S+", letter.text).group().replace("http://testserver", "")


def sign_up(client, email, password=PASSWORD, language="en", **data):
    with translation.override(language):
        return client.post(reverse("account_signup"), {"email": email, "password1": password, **data})


def sign_in(client, email, password=PASSWORD, **data):
    return client.post(reverse("account_login"), {"login": email, "password": password, **data})


def say_again_who_one_is(client):
    """What is dear asks for the password once more."""
    assert client.post(reverse("account_reauthenticate"), {"password": PASSWORD}).status_code == 302


def signed_in(client):
    return "_auth_user_id" in client.session


def test_a_newcomer_signs_up_confirms_and_is_signed_in(client):
    response = sign_up(client, "New@Example.org")
    assert response.url == reverse("account_email_verification_sent")
    assert not signed_in(client)
    letter = OutboxMail.objects.get()
    assert (letter.to, letter.language) == ("new@example.org", "en")
    page = client.get(link_in(letter))
    assert "new@example.org" in page.content.decode()
    assert not EmailAddress.objects.get().verified, "opening the link is not yet confirming: mail scanners open links"
    client.post(link_in(letter))
    assert EmailAddress.objects.get().verified
    assert signed_in(client)


def test_mail_waits_in_the_outbox_and_is_not_sent_in_the_request(client):
    sign_up(client, "new@example.org")
    assert mail.outbox == []
    letter = OutboxMail.objects.get()
    assert letter.state == OutboxMail.State.QUEUED
    assert "confirm" in letter.subject
    assert "href=" in letter.html


@pytest.mark.parametrize(("language", "direction"), [("fr", "ltr"), ("ar", "rtl")])
def test_the_language_of_sign_up_is_the_persons_language(client, language, direction):
    sign_up(client, "new@example.org", language=language)
    assert User.objects.get().language == language
    letter = OutboxMail.objects.get()
    assert letter.language == language
    assert f'dir="{direction}"' in letter.html
    assert f"/{language}/account/confirm-email/" in letter.text


def test_signing_up_with_a_used_address_reveals_nothing():
    from django.test import Client

    UserFactory(email="used@example.org")
    seen = set()
    for email in ("free@example.org", "USED@example.org"):
        client = Client()
        response = sign_up(client, email)
        page = client.get(response.url).content.decode().replace(email.lower(), "ADDRESS")
        seen.add((response.status_code, response.url, re.sub(r'value="[^"]*"', "", page)))
        assert not signed_in(client)
    assert len(seen) == 1
    assert User.objects.filter(email="used@example.org").count() == 1
    letter = OutboxMail.objects.get(to="used@example.org")
    assert "already" in letter.subject
    assert reverse("account_reset_password") in letter.text


def test_asking_for_a_new_password_reveals_nothing(client):
    UserFactory(email="used@example.org")
    answers = [
        client.post(reverse("account_reset_password"), {"email": email})
        for email in ("used@example.org", "unknown@example.org")
    ]
    assert len({(answer.status_code, answer.url) for answer in answers}) == 1


@pytest.mark.parametrize(
    ("email", "password", "message"),
    [
        ("", PASSWORD, "This field is required"),
        ("no address", PASSWORD, "valid email address"),
        ("x" * 250 + "@example.org", PASSWORD, "at most 254 characters"),
        ("new@example.org", "", "This field is required"),
        ("new@example.org", "short", "at least 10 characters"),
        ("new@example.org", "12345678901234", "entirely numeric"),
        ("new@example.org", "password1234", "too common"),
    ],
)
def test_wrong_input_at_sign_up_is_said_and_what_was_typed_stays(client, email, password, message):
    response = sign_up(client, email, password)
    page = response.content.decode()
    assert response.status_code == 200
    assert message in page
    assert email in page
    assert not User.objects.exists()
    assert PASSWORD not in page


def test_signing_in_with_a_wrong_password_says_nothing_of_the_account(client):
    UserFactory(email="used@example.org")
    pages = []
    for email in ("used@example.org", "unknown@example.org"):
        page = sign_in(client, email, "wrong password").content.decode()
        assert email in page
        pages.append(re.sub(r'value="[^"]*"', "", page))
    assert pages[0] == pages[1]


@pytest.fixture
def second_tab():
    """Open the sign-in page in two tabs and sign in by the first; returns what the second's form is answered."""
    from django.test import Client

    UserFactory(email="used@example.org")
    browser = Client(enforce_csrf_checks=True)

    def sent(path, query="", signs_in=True, **typed):
        page = browser.get(reverse(path) + query).content.decode()
        stale = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page).group(1)
        who = {"login": "used@example.org", "password": PASSWORD}
        if signs_in:
            fresh = browser.get(reverse("account_login")).content.decode()
            token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', fresh).group(1)
            assert browser.post(reverse("account_login"), {**who, "csrfmiddlewaretoken": token}).status_code == 302
        else:
            browser.cookies.clear()
        return browser.post(reverse(path) + query, {**who, **typed, "csrfmiddlewaretoken": stale})

    sent.browser = browser
    return sent


@pytest.mark.parametrize("path", ["account_login", "account_signup"])
def test_signing_in_from_a_second_tab_leads_on_instead_of_to_an_expired_form(second_tab, path):
    answer = second_tab(path)
    assert (answer.status_code, answer.url) == (302, "/en/my/")
    assert "You are signed in already" in second_tab.browser.get(answer.url).content.decode()


def test_the_second_tab_goes_on_to_where_it_was_going(second_tab):
    assert second_tab("account_login", next="/en/workshops/").url == "/en/workshops/"
    assert second_tab.browser.get("/en/workshops/").status_code == 200


@pytest.mark.parametrize(
    "after",
    ["https://evil.example/", "//evil.example/", "/\\\\evil.example/", "javascript:alert(1)", "http:///evil.example"],
)
def test_the_second_tab_never_leads_off_the_site(second_tab, after):
    assert second_tab("account_login", next=after).url == "/en/my/"


def test_a_form_that_expired_is_refused_while_nobody_is_signed_in(second_tab):
    answer = second_tab("account_login", signs_in=False)
    assert answer.status_code == 403
    assert "The form has expired" in answer.content.decode()


def test_any_other_form_without_its_secret_is_refused_for_the_signed_in(second_tab):
    second_tab("account_login")
    answer = second_tab.browser.post(reverse("account_profile"), {"name": "Forged", "language": "en"})
    assert answer.status_code == 403
    assert not User.objects.filter(name="Forged").exists()


def test_opening_the_confirmation_link_again_asks_nothing_of_somebody_signed_in(client):
    sign_up(client, "new@example.org")
    link = link_in(OutboxMail.objects.get())
    client.post(link)
    page = client.get(link).content.decode()
    assert "You are signed in already" in page
    assert f'href="{reverse("learner_home")}"' in page
    assert "does not work any more" not in page


def test_opening_the_confirmation_link_again_tells_others_to_just_sign_in(client):
    sign_up(client, "new@example.org")
    link = link_in(OutboxMail.objects.get())
    client.post(link)
    client.logout()
    page = client.get(link).content.decode()
    assert "If you confirmed your address before, just sign in." in page


def test_the_case_of_the_address_does_not_matter(client):
    UserFactory(email="used@example.org")
    sign_in(client, "Used@Example.ORG")
    assert signed_in(client)


def test_who_has_not_confirmed_the_address_is_sent_another_message(client):
    UserFactory(email="slow@example.org", verified=False)
    EmailAddress.objects.create(user=User.objects.get(), email="slow@example.org", primary=True, verified=False)
    response = sign_in(client, "slow@example.org")
    assert response.url == reverse("account_email_verification_sent")
    assert OutboxMail.objects.filter(to="slow@example.org").exists()
    assert not signed_in(client)


def test_a_closed_account_cannot_sign_in(client):
    UserFactory(email="closed@example.org", is_active=False)
    sign_in(client, "closed@example.org")
    assert not signed_in(client)


@pytest.mark.parametrize(
    ("address", "followed"),
    [
        ("/en/courses/", True),
        ("https://evil.example/", False),
        ("//evil.example/", False),
        ("/\\evil.example", False),
        ("javascript:alert(1)", False),
    ],
)
def test_sign_in_goes_on_to_addresses_of_ours_only(client, address, followed):
    UserFactory(email="used@example.org")
    response = sign_in(client, "used@example.org", next=address)
    assert response.status_code == 302
    assert (response.url == address) is followed
    assert "evil" not in response.url


def test_sign_up_goes_on_to_where_one_was(client):
    sign_up(client, "new@example.org", next="/en/courses/?q=abs")
    link = link_in(OutboxMail.objects.get())
    response = client.post(link)
    assert response.url == "/en/courses/?q=abs"


def test_sign_in_goes_on_in_the_persons_language(client):
    UserFactory(email="used@example.org", language="ar")
    assert sign_in(client, "used@example.org").url.startswith("/ar/")


def test_a_forgotten_password_is_replaced(client):
    UserFactory(email="used@example.org", language="es")
    client.post(reverse("account_reset_password"), {"email": "used@example.org"})
    letter = OutboxMail.objects.get()
    assert letter.language == "es"
    form = client.get(link_in(letter), follow=True)
    address = form.redirect_chain[-1][0]
    wrong = client.post(address, {"password1": NEW_PASSWORD, "password2": "another one"})
    assert wrong.status_code == 200
    assert client.post(address, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}).status_code == 302
    sign_in(client, "used@example.org", NEW_PASSWORD)
    assert signed_in(client)
    assert "does not work any more" in client.get(link_in(letter), follow=True).content.decode(), "the link works once"


def test_a_new_password_is_told_by_mail(client):
    UserFactory(email="used@example.org")
    sign_in(client, "used@example.org")
    say_again_who_one_is(client)
    data = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    assert client.post(reverse("account_change_password"), data).status_code == 302
    letter = OutboxMail.objects.get()
    assert "password was changed" in letter.subject
    assert reverse("usersessions_list") in letter.text


def test_a_new_address_counts_when_it_is_confirmed(client):
    user = UserFactory(email="old@example.org")
    sign_in(client, "old@example.org")
    say_again_who_one_is(client)
    client.post(reverse("account_email"), {"email": "new@example.org", "action_add": ""})
    page = client.get(reverse("account_email")).content.decode()
    assert "old@example.org" in page
    assert "new@example.org" in page
    user.refresh_from_db()
    assert user.email == "old@example.org"
    client.post(link_in(OutboxMail.objects.get(to="new@example.org")))
    user.refresh_from_db()
    assert user.email == "new@example.org"
    assert OutboxMail.objects.filter(to="old@example.org", subject__contains="address was changed").exists()


@pytest.mark.parametrize("wrong", ["", "no address", "x" * 250 + "@example.org"])
def test_a_wrong_new_address_is_said(client, wrong):
    UserFactory(email="old@example.org")
    sign_in(client, "old@example.org")
    say_again_who_one_is(client)
    page = client.post(reverse("account_email"), {"email": wrong, "action_add": ""}).content.decode()
    assert 'class="errors' in page
    assert wrong in page


def test_changing_to_somebody_elses_address_reveals_and_takes_nothing(client):
    other = UserFactory(email="used@example.org")
    user = UserFactory(email="old@example.org")
    sign_in(client, "old@example.org")
    say_again_who_one_is(client)
    response = client.post(reverse("account_email"), {"email": "used@example.org", "action_add": ""})
    assert response.url == reverse("account_email")
    page = client.post(link_in(OutboxMail.objects.get(to="used@example.org")), follow=True).content.decode()
    assert "belongs to another account" in page or "already confirmed by a different account" in page
    user.refresh_from_db()
    assert user.email == "old@example.org"
    assert EmailAddress.objects.get(email="used@example.org", verified=True).user == other


def test_signing_out_everywhere_else(client, django_user_model):
    from django.test import Client

    UserFactory(email="used@example.org")
    elsewhere = Client(headers={"user-agent": "A telephone"})
    sign_in(elsewhere, "used@example.org")
    sign_in(client, "used@example.org")
    assert "A telephone" in client.get(reverse("usersessions_list")).content.decode()
    client.post(reverse("usersessions_list"))
    assert elsewhere.get(reverse("account_profile")).status_code == 302
    assert client.get(reverse("account_profile")).status_code == 200


def test_signing_out_needs_a_post(client):
    UserFactory(email="used@example.org")
    sign_in(client, "used@example.org")
    client.get(reverse("account_logout"))
    assert signed_in(client)
    client.post(reverse("account_logout"))
    assert not signed_in(client)


# --- Rate limits --------------------------------------------------------------------------


@pytest.fixture
def limits(settings):
    from django.core.cache import cache

    cache.clear()
    settings.ACCOUNT_RATE_LIMITS = {
        "signup": "2/m/ip",
        "login": "30/m/ip",
        "login_failed": "3/5m/key",
        "reset_password": "2/m/ip",
    }
    yield
    cache.clear()


def test_the_settings_limit_sign_in_sign_up_and_reset():
    from config.settings import base

    assert {"signup", "login", "login_failed", "reset_password", "confirm_email"} <= set(base.ACCOUNT_RATE_LIMITS)


def test_too_many_sign_ups_get_a_clear_page(client, limits):
    for number in range(2):
        assert sign_up(client, f"n{number}@example.org").status_code == 302
    response = sign_up(client, "n3@example.org")
    assert response.status_code == 429
    page = response.content.decode()
    assert "Too many attempts in a short time" in page
    assert '<main id="main"' in page


def test_too_many_wrong_passwords_stop_even_the_right_one(client, limits):
    UserFactory(email="used@example.org")
    for _ in range(3):
        sign_in(client, "used@example.org", "wrong password")
    page = sign_in(client, "used@example.org").content.decode()
    assert "Too many failed login attempts" in page
    assert not signed_in(client)


def test_too_many_resets_get_a_clear_page(client, limits):
    for _ in range(2):
        client.post(reverse("account_reset_password"), {"email": "x@example.org"})
    assert client.post(reverse("account_reset_password"), {"email": "x@example.org"}).status_code == 429

"""Every account page opens, in every direction, in our own look."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import translation

from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

ANONYMOUS = [
    "account_login",
    "account_signup",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
    "account_email_verification_sent",
    "account_inactive",
    "account_request_login_code",
    "account_slip",
]
SIGNED_IN = [
    "account_profile",
    "account_email",
    "account_change_password",
    "account_logout",
    "account_reset_password",
    "account_reauthenticate",
    "usersessions_list",
    "mfa_index",
    "mfa_activate_totp",
]
FOR_THE_SIGNED_IN_ONLY = [
    "account_profile",
    "account_email",
    "account_change_password",
    "account_set_password",
    "usersessions_list",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
]


def address(name, language, *args):
    with translation.override(language):
        return reverse(name, args=args)


def in_our_look(response):
    page = response.content.decode()
    assert '<main id="main"' in page
    assert page.count("<h1") == 1
    assert "css/campus.css" in page
    # nothing inline: the policy forbids it
    assert "style=" not in page
    assert "<style" not in page
    assert "onclick=" not in page
    for script in page.split("<script")[1:]:
        assert script.lstrip().startswith("src=")
    return page


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("name", ANONYMOUS)
def test_pages_for_visitors_open(client, name, language):
    response = client.get(address(name, language))
    assert response.status_code == 200
    page = in_our_look(response)
    assert f'lang="{language}"' in page
    assert ('dir="rtl"' in page) is (language == "ar")


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("name", SIGNED_IN)
def test_pages_for_people_signed_in_open(client, name, language):
    sign_in(client, UserFactory(email="p@example.org"))
    if name != "account_reauthenticate":
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    response = client.get(address(name, language))
    assert response.status_code == 200
    in_our_look(response)


def sign_in(client, user):
    """Sign in by the form, so that the session knows how recently."""
    response = client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert response.status_code == 302, response.content.decode()


@pytest.mark.parametrize("name", FOR_THE_SIGNED_IN_ONLY)
def test_pages_of_an_account_ask_for_sign_in_and_come_back(client, name):
    response = client.get(reverse(name))
    assert response.status_code == 302
    assert response.url.startswith(reverse("account_login"))
    assert "next=" in response.url


@pytest.mark.parametrize("key", ["nonsense", "1-set-password"])
def test_a_reset_link_that_does_not_work_says_so(client, key):
    response = client.get(reverse("account_reset_password_from_key", args=["1", key]))
    assert response.status_code == 200
    assert "does not work any more" in in_our_look(response)


def test_a_confirmation_link_that_does_not_work_says_so(client):
    response = client.get(reverse("account_confirm_email", args=["nonsense"]))
    assert "does not work any more" in in_our_look(response)


def test_the_menu_leads_to_the_profile_and_out(client):
    sign_in(client, UserFactory(email="p@example.org", name="ፋጡማ"))
    page = client.get(reverse("account_profile")).content.decode()
    assert "ፋጡማ" in page
    assert reverse("account_profile") in page
    assert f'method="post" action="{reverse("account_logout")}"' in page


@pytest.mark.parametrize(
    ("name", "offered"),
    [("learner", False), ("outsider", False), ("trainer", True), ("organiser", True), ("focal_point", True)],
)
def test_a_second_factor_is_offered_to_staff(client, cast, name, offered):
    sign_in(client, getattr(cast, name))
    page = client.get(reverse("account_profile")).content.decode()
    assert (reverse("mfa_index") in page) is offered


def account_patterns():
    """Every address of allauth that needs no argument."""
    from allauth import urls
    from django.urls import URLResolver

    def walk(patterns):
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns)
            elif pattern.name and "<" not in str(pattern.pattern) and not pattern.pattern.regex.groups:
                yield pattern.name

    return sorted(set(walk(urls.urlpatterns)))


@pytest.mark.parametrize("person", ["visitor", "learner", "with a second factor"])
def test_no_page_of_allauth_is_left_in_its_own_look(client, cast, person):
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    if person != "visitor":
        if person != "learner":
            TOTP.activate(cast.learner, generate_totp_secret())
            RecoveryCodes.activate(cast.learner)
        client.force_login(cast.learner)
        assert client.post(reverse("account_reauthenticate"), {"password": PASSWORD}).status_code == 302
    names = account_patterns()
    assert len(names) > 15
    for name in names:
        response = client.get(reverse(name))
        assert response.status_code in (200, 302, 403, 404), name
        if response.status_code == 200 and response.headers["Content-Type"].startswith("text/html"):
            in_our_look(response)

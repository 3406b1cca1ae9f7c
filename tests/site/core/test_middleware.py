"""Language and time zone per person, the door of the admin, the content security policy."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone, translation

from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def ask(path, user=None, **headers):
    """What language and zone are active while a request is answered."""
    from django.contrib.auth.models import AnonymousUser

    from core.middleware import ViewerLocaleMiddleware

    seen = {}

    def answer(request):
        seen.update(language=translation.get_language(), zone=timezone.get_current_timezone_name())
        return HttpResponse()

    request = RequestFactory().get(path, headers=headers)
    request.user = user or AnonymousUser()
    response = ViewerLocaleMiddleware(answer)(request)
    return seen | {"response": response}


@pytest.mark.parametrize(
    ("path", "chosen", "accepts", "language"),
    [
        ("/ar/courses/", "fr", "es", "ar"),  # the address wins
        ("/healthz", "fr", "es", "fr"),  # then the person's choice
        ("/healthz", "", "es", "es"),  # then the browser's
        ("/healthz", None, "ru", "ru"),
        ("/healthz", None, "tlh", "en"),
        ("/zh-hans/", None, "en", "zh-hans"),
    ],
)
def test_the_language_of_a_request(path, chosen, accepts, language):
    user = None if chosen is None else UserFactory(language=chosen)
    assert ask(path, user, **{"accept-language": accepts})["language"] == language


def test_addresses_without_language_vary_by_the_browsers():
    assert "Accept-Language" in ask("/healthz")["response"].headers["Vary"]
    assert "Vary" not in ask("/en/")["response"].headers


@pytest.mark.parametrize(
    ("zone", "active"), [("Africa/Nairobi", "Africa/Nairobi"), ("", "UTC"), ("Mars/Olympus", "UTC"), ("../etc", "UTC")]
)
def test_the_time_zone_of_a_person(zone, active):
    assert ask("/en/", UserFactory(time_zone=zone))["zone"] == active
    assert ask("/en/")["zone"] == "UTC"


def test_one_persons_zone_does_not_stay_for_the_next():
    before = timezone.get_current_timezone_name()
    ask("/en/", UserFactory(time_zone="Africa/Nairobi"))
    assert timezone.get_current_timezone_name() == before


def policy(response):
    return response.headers["Content-Security-Policy"]


def test_public_pages_allow_nothing_inline(client):
    assert "unsafe-inline" not in policy(client.get(reverse("account_login")))
    assert "default-src 'self'" in policy(client.get(reverse("account_login")))


def test_the_admin_has_a_policy_of_its_own(client, cast):
    client.force_login(cast.organiser)
    response = client.get("/admin/")
    assert response.status_code == 200
    assert "script-src 'self' 'unsafe-inline'" in policy(response)
    assert "frame-ancestors 'self'" in policy(response)


# --- The door of the admin ----------------------------------------------------------------


def test_a_visitor_signs_in_where_everybody_does(client):
    response = client.get("/admin/", follow=True)
    assert response.redirect_chain[-1][0] == f"{reverse('account_login')}?next=/admin/"
    assert response.status_code == 200


def test_wagtails_own_sign_in_form_is_not_there(client, cast):
    from tests.factories import PASSWORD

    for method in (client.get, client.post):
        response = method("/admin/login/", {"username": cast.organiser.email, "password": PASSWORD})
        assert response.status_code == 302
        assert response.url.startswith(reverse("account_login"))
    assert "_auth_user_id" not in client.session


def test_wagtails_own_password_pages_are_not_there(client):
    assert client.get("/admin/password_reset/").status_code in (302, 404)
    assert b"password" not in client.get("/admin/password_reset/").content.lower()


@pytest.mark.parametrize("address", ["/admin/", "/admin/pages/", "/admin/participants/", "/admin/nowhere/"])
@pytest.mark.parametrize("name", ["learner", "focal_point", "outsider"])
def test_who_has_no_right_in_the_admin_gets_a_clear_page_and_no_loop(client, cast, name, address):
    client.force_login(getattr(cast, name))
    response = client.get(address)
    assert response.status_code == 403
    page = response.content.decode()
    assert '<main id="main"' in page
    assert "not open to you" in page


@pytest.mark.parametrize("name", ["trainer", "organiser"])
def test_staff_come_in(client, cast, name):
    client.force_login(getattr(cast, name))
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize(
    ("asked", "led"),
    [
        ("/courses/", "/fr/courses/"),
        ("/courses", "/fr/courses/"),
        ("/courses/?q=seed", "/fr/courses/?q=seed"),
        ("/account/login/", "/fr/account/login/"),
        ("/check/AB-12/", "/fr/check/AB-12/"),
        ("/EN/courses/", "/en/courses/"),
        ("/zh/", "/zh-hans/"),
        ("/zh_Hans/my/", "/zh-hans/my/"),
        ("/zh-cn/my/", "/zh-hans/my/"),
        ("/x//elsewhere.example/", "/fr/x//elsewhere.example/"),
        ("/a%3Fb%23c%0d/", "/fr/a%3Fb%23c%0D/"),
    ],
)
def test_an_address_without_a_language_leads_to_the_viewers(client, asked, led):
    response = client.get(asked, headers={"accept-language": "fr"})
    assert (response.status_code, response.url) == (302, led)


@pytest.mark.parametrize("asked", ["/favicon.png", "/admin/nothing/", "/uploads/x", "/fr/nothing/", "/static/x"])
def test_what_is_no_page_stays_not_found(client, asked):
    assert client.get(asked).status_code in (302, 404)
    assert not getattr(client.get(asked), "url", "").startswith(
        ("/en/admin", "/en/uploads", "/en/static", "/en/fav", "/en/fr")
    )


def test_only_a_look_is_led_elsewhere(client):
    assert client.post("/courses/").status_code == 404

"""A second factor is offered to staff and required of organisers where the setting says so."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.urls import reverse

from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def required(settings):
    settings.CAMPUS_REQUIRE_SECOND_FACTOR = True


def sign_in(client, user):
    return client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})


def say_again_who_one_is(client):
    """What is dear asks for the password once more."""
    assert client.post(reverse("account_reauthenticate"), {"password": PASSWORD}).status_code == 302


def code_for(secret):
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def test_production_requires_it():
    from pathlib import Path

    from django.conf import settings

    production = (Path(settings.SITE_DIR) / "config/settings/production.py").read_text()
    assert 'CAMPUS_REQUIRE_SECOND_FACTOR = env.bool("CAMPUS_REQUIRE_SECOND_FACTOR", default=True)' in production
    assert not settings.CAMPUS_REQUIRE_SECOND_FACTOR


@pytest.mark.parametrize(
    ("name", "sent"),
    [("learner", False), ("trainer", False), ("focal_point", False), ("organiser", True), ("superuser", True)],
)
@pytest.mark.parametrize("address", ["/admin/", "/en/my/details/"])
def test_only_organisers_and_administrators_are_sent_to_set_it_up(client, cast, required, name, sent, address):
    user = UserFactory(is_superuser=True) if name == "superuser" else getattr(cast, name)
    client.force_login(user)
    response = client.get(address)
    assert (response.status_code == 302 and response.url == reverse("mfa_index")) is sent


def test_without_the_setting_nobody_is_sent(client, cast):
    client.force_login(cast.organiser)
    assert client.get("/admin/").status_code == 200


def test_the_account_pages_stay_open_meanwhile(client, cast, required):
    client.force_login(cast.organiser)
    for name in ("account_profile", "mfa_index", "usersessions_list", "account_logout"):
        assert client.get(reverse(name)).status_code == 200


def test_an_organiser_sets_it_up_and_then_signs_in_with_a_code(client, cast, required):
    sign_in(client, cast.organiser)
    asked = client.get(reverse("mfa_activate_totp"))
    assert asked.url.startswith(reverse("account_reauthenticate"))
    say_again_who_one_is(client)
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    assert "data:image/svg+xml;base64," in page
    assert "style=" not in page
    secret = client.session["mfa.totp.secret"]
    wrong = client.post(reverse("mfa_activate_totp"), {"code": "000000"})
    assert wrong.status_code == 200
    assert "Incorrect code" in wrong.content.decode()
    response = client.post(reverse("mfa_activate_totp"), {"code": code_for(secret)})
    assert response.url == reverse("mfa_view_recovery_codes")
    codes = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    assert codes[0] in client.get(response.url).content.decode()
    assert codes[0] in client.get(reverse("mfa_download_recovery_codes")).content.decode()
    assert client.get("/admin/").status_code == 200
    # next time
    client.post(reverse("account_logout"))
    response = sign_in(client, cast.organiser)
    assert response.url == reverse("mfa_authenticate")
    assert client.get("/admin/").status_code == 302
    page = client.get(response.url).content.decode()
    assert page.count("<h1") == 1
    assert client.post(reverse("mfa_authenticate"), {"code": codes[0]}).status_code == 302
    assert client.get("/admin/").status_code == 200


def test_who_must_have_it_cannot_give_it_up(client, cast, required):
    TOTP.activate(cast.organiser, generate_totp_secret())
    TOTP.activate(cast.trainer, generate_totp_secret())
    for user, kept in ((cast.organiser, True), (cast.trainer, False)):
        client.force_login(user)
        say_again_who_one_is(client)
        client.post(reverse("mfa_deactivate_totp"))
        assert Authenticator.objects.filter(user=user, type="totp").exists() is kept


@pytest.mark.parametrize(
    "name",
    ["mfa_index", "mfa_deactivate_totp", "mfa_generate_recovery_codes", "mfa_reauthenticate", "account_reauthenticate"],
)
def test_the_pages_of_the_second_factor_are_in_our_look(client, cast, name):
    TOTP.activate(cast.trainer, generate_totp_secret())
    RecoveryCodes.activate(cast.trainer)
    client.force_login(cast.trainer)
    if name not in ("mfa_reauthenticate", "account_reauthenticate"):
        say_again_who_one_is(client)
    response = client.get(reverse(name))
    page = response.content.decode()
    assert response.status_code == 200
    assert page.count("<h1") == 1
    assert "style=" not in page

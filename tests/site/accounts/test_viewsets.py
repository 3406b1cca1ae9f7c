"""Accounts in the admin: one name, sign-in by e-mail."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse
from wagtail.users.models import UserProfile

from accounts.models import User
from core.models import AuditEntry
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client):
    user = UserFactory(email="admin@example.org", name="Administrator", is_superuser=True, is_staff=True)
    client.force_login(user)
    return user


def test_accounts_are_listed_by_name_and_address(client, admin):
    UserFactory(email="amina@example.org", name="Amina Diallo")
    page = client.get(reverse("wagtailusers_users:index")).content.decode()
    assert "Amina Diallo" in page
    assert "amina@example.org" in page


@pytest.mark.parametrize("ordering", ["name", "-name", "email", "-last_login", "nonsense"])
def test_the_list_can_be_ordered(client, admin, ordering):
    assert client.get(reverse("wagtailusers_users:index"), {"ordering": ordering}).status_code == 200


def test_accounts_are_found_by_name(client, admin):
    UserFactory(email="x@example.org", name="Amina Diallo")
    page = client.get(reverse("wagtailusers_users:index_results"), {"q": "diallo"}).content.decode()
    assert "x@example.org" in page
    assert "admin@example.org" not in page


def test_an_account_is_created_without_a_password_and_with_an_address_to_verify(client, admin):
    assert client.get(reverse("wagtailusers_users:add")).status_code == 200
    response = client.post(
        reverse("wagtailusers_users:add"), {"email": "New.Person@Example.org", "name": "አበበ ቢቂላ", "language": "fr"}
    )
    assert response.status_code == 302
    user = User.objects.get(name="አበበ ቢቂላ")
    assert user.email == "new.person@example.org"
    assert not user.has_usable_password()
    assert user.is_active
    assert not EmailAddress.objects.get(user=user).verified
    assert AuditEntry.objects.filter(action="accounts.create_account", object_id=str(user.pk), actor=admin).exists()


def test_a_used_address_is_refused_whatever_its_case(client, admin):
    UserFactory(email="used@example.org")
    response = client.post(reverse("wagtailusers_users:add"), {"email": "USED@example.org", "name": "Kept as typed"})
    assert response.status_code == 200
    assert "already an account" in response.content.decode()
    assert "Kept as typed" in response.content.decode()


def test_an_account_is_changed_and_closed(client, admin):
    user = UserFactory(email="old@example.org", name="Old Name")
    address = reverse("wagtailusers_users:edit", args=[user.pk])
    assert client.get(address).status_code == 200
    assert client.post(address, {"email": "new@example.org", "name": "New Name", "time_zone": ""}).status_code == 302
    user.refresh_from_db()
    assert (user.email, user.name, user.is_active) == ("new@example.org", "New Name", False)
    assert [(row.email, row.verified) for row in EmailAddress.objects.filter(user=user)] == [("new@example.org", False)]
    assert AuditEntry.objects.get(action="accounts.change_account").data["changed"] == ["email", "name", "is_active"]


def test_administrators_cannot_close_or_demote_themselves(client, admin):
    address = reverse("wagtailusers_users:edit", args=[admin.pk])
    assert client.post(address, {"email": admin.email, "name": "Still me"}).status_code == 302
    admin.refresh_from_db()
    assert admin.is_active
    assert admin.is_superuser


def test_accounts_are_not_deleted(client, admin):
    user = UserFactory()
    assert client.get(f"/admin/users/delete/{user.pk}/").status_code == 404


@pytest.mark.parametrize("name", ["learner", "trainer", "organiser", "focal_point"])
def test_only_administrators_see_accounts(client, cast, name):
    client.force_login(getattr(cast, name))
    for address in (reverse("wagtailusers_users:index"), reverse("wagtailusers_users:add")):
        assert client.get(address).status_code in (302, 403)
    assert client.get(reverse("wagtailusers_users:edit", args=[cast.outsider.pk])).status_code in (302, 403, 404)


def test_the_admins_own_page_of_account_settings_works_and_saves(client, cast):
    client.force_login(cast.organiser)
    address = reverse("wagtailadmin_account")
    page = client.get(address)
    text = page.content.decode()
    assert f'href="{reverse("account_profile")}"' in text
    forms = [panel.get_form() for panels in page.context["panels_by_tab"].values() for panel in panels]
    typed = {
        field.html_name: field.value() for form in forms for field in form if field.value() not in (None, False, "")
    }
    answer = client.post(address, typed | {"theme-theme": "dark"})
    assert answer.status_code == 302, [form.errors for form in forms]
    assert UserProfile.get_for_user(cast.organiser).theme == "dark"


def test_the_admins_page_of_an_account_asks_for_nothing_that_our_profile_page_holds(client, admin):
    text = client.get(reverse("wagtailadmin_account")).content.decode()
    assert "name_email-first_name" not in text
    assert "localtime" not in text


def test_who_may_not_enter_the_admin_has_no_account_page_there(client, cast):
    address = reverse("wagtailadmin_account")
    assert client.get(address).status_code == 302
    client.force_login(cast.learner)
    assert client.get(address).status_code == 403

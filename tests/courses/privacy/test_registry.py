"""Every room says what it holds of people."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

from accounts.models import User
from core.personal import holdings
from courses.participants.models import Participant

OURS = {app.rpartition(".")[2] for app in settings.INSTALLED_APPS[: settings.INSTALLED_APPS.index("core") + 1]}
WITH_ACCOUNTS = {"account", "mfa", "usersessions"}
# Fields that pages and uploads inherit from Wagtail: who wrote them, emptied when the account goes.
INHERITED = {"owner", "locked_by", "uploaded_by_user"}


def links() -> dict[str, models.Field]:
    """Every field that points to an account or a participant, by its name."""
    return {
        f"{model._meta.label}.{field.name}": field
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if field.concrete and field.is_relation and field.related_model in (User, Participant)
    }


def named() -> dict[str, str]:
    return {name: "data" for holding in holdings() for name in holding.models} | {
        name: "act" for holding in holdings() for name in holding.acts
    }


def test_every_link_to_a_person_is_named_by_the_room_that_owns_it():
    ours = {name for name in links() if name.split(".")[0] in OURS | WITH_ACCOUNTS}
    ours = {name for name in ours if name.rpartition(".")[2] not in INHERITED}
    assert ours - set(named()) == set()


def test_no_room_names_a_link_that_does_not_exist():
    assert set(named()) - set(links()) == set()


def test_who_did_something_is_emptied_when_the_account_goes():
    kept = [name for name, kind in named().items() if kind == "act"]
    assert [name for name in kept if links()[name].remote_field.on_delete is not models.SET_NULL] == []


@pytest.mark.parametrize("name", sorted(links()))
def test_no_link_stands_in_the_way_of_deleting_an_account(name):
    field = links()[name]
    if field.related_model is User:
        assert field.remote_field.on_delete in (models.SET_NULL, models.CASCADE, models.DO_NOTHING)


def test_the_account_is_asked_last():
    assert [holding.name for holding in holdings()][-2:] == ["acts", "account"]

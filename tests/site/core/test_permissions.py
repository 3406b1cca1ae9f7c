"""Group permissions are one declared table per app."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, Permission

from core import permissions

pytestmark = pytest.mark.django_db


def held():
    return {
        name: set(Group.objects.get(name=name).permissions.values_list("content_type__app_label", "codename"))
        for name in permissions.GROUPS
    }


def test_the_groups_hold_what_the_apps_declare():
    groups = held()
    for app_label, table in permissions.declared().items():
        for name in permissions.GROUPS:
            in_app = {codename for label, codename in groups[name] if label == app_label}
            assert in_app == set(table.get(name, ())), (app_label, name)


def test_synchronising_again_changes_nothing(django_assert_max_num_queries):
    before = held()
    permissions.synchronise_groups()
    assert held() == before


def test_what_is_no_longer_declared_is_taken_away_and_what_others_gave_stays():
    group = Group.objects.get(name=permissions.TRAINERS)
    ours = Permission.objects.get(codename="add_programme")
    foreign = Permission.objects.get(codename="add_site")
    group.permissions.add(ours, foreign)
    permissions.synchronise_groups()
    assert ours not in group.permissions.all()
    assert foreign in group.permissions.all()


def test_a_group_or_permission_that_is_not_there_is_an_error(monkeypatch):
    with pytest.raises(ValueError, match="Kings"):
        permissions.declare("core", {"Kings": []})
    monkeypatch.setitem(permissions._declared, "core", {permissions.TRAINERS: ["fly"]})
    with pytest.raises(LookupError, match="fly"):
        permissions.synchronise_groups()


def test_nobody_but_administrators_holds_rights_over_accounts_and_groups():
    for name, codes in held().items():
        assert not {code for label, code in codes if label in ("accounts", "auth")}, name

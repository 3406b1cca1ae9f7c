"""Group permissions: one declared table per app, synchronised after every migrate (decision 7).

An app declares in ``permissions.py``::

    GROUP_PERMISSIONS = {"Organisers": ["change_course", "view_course"], "Trainers": ["view_course"]}

and registers it in its ``AppConfig.ready`` with ``declare("catalogue", GROUP_PERMISSIONS)``. These
are the model permissions that open an admin screen; *which rows* a person sees and changes there is
``visible_to`` and the app's own ``can_...`` functions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

ORGANISERS, TRAINERS, FOCAL_POINTS, EDITORS = "Organisers", "Trainers", "Focal points", "Editors"
ACTIVITY_ORGANISERS = "Organisers of one activity"
GROUPS = (ORGANISERS, ACTIVITY_ORGANISERS, TRAINERS, FOCAL_POINTS, EDITORS)

_declared: dict[str, Mapping[str, Sequence[str]]] = {}


def declare(app_label: str, table: Mapping[str, Sequence[str]]) -> None:
    """Declare an app's table ``{group name: [permission codename]}``. Unknown groups raise ``ValueError``."""
    if unknown := set(table) - set(GROUPS):
        raise ValueError(f"{app_label} declares unknown groups: {sorted(unknown)}")
    _declared[app_label] = table


def declared() -> Mapping[str, Mapping[str, Sequence[str]]]:
    """Return every declared table by app label."""
    return _declared


def synchronise_groups(**kwargs: Any) -> None:
    """Make the database's group permissions equal to the declared tables.

    Idempotent. Takes away what is no longer declared, for the apps that declare; leaves the groups'
    other permissions (pages, collections) alone. A codename that does not exist raises ``LookupError``.
    """
    from django.apps import apps
    from django.contrib.auth.management import create_permissions
    from django.contrib.auth.models import Group, Permission

    for app_label in _declared:  # their own post_migrate may come after ours
        create_permissions(apps.get_app_config(app_label), verbosity=0)
    groups = {name: Group.objects.get_or_create(name=name)[0] for name in GROUPS}
    existing = defaultdict(dict)
    for permission in Permission.objects.filter(content_type__app_label__in=_declared).select_related("content_type"):
        existing[permission.content_type.app_label][permission.codename] = permission
    current = {name: set(group.permissions.values_list("pk", flat=True)) for name, group in groups.items()}
    for app_label, table in _declared.items():
        ours = existing[app_label]
        for name, group in groups.items():
            codenames = table.get(name, ())
            if missing := [codename for codename in codenames if codename not in ours]:
                raise LookupError(f"{app_label} declares unknown permissions: {missing}")
            wanted = {ours[codename].pk for codename in codenames}
            held = current[name] & {permission.pk for permission in ours.values()}
            if wanted - held:
                group.permissions.add(*(wanted - held))
            if held - wanted:
                group.permissions.remove(*(held - wanted))

"""Who may write pages and pictures: one table, synchronised after every migrate."""

from __future__ import annotations

from typing import Any

from core.permissions import EDITORS, ORGANISERS, synchronise_groups

# Editors write and submit for review; organisers review and publish.
PAGE_PERMISSIONS = {
    EDITORS: ["add_page", "change_page"],
    ORGANISERS: ["add_page", "change_page", "publish_page", "lock_page", "unlock_page"],
}
COLLECTION_PERMISSIONS = ["add_campusimage", "change_campusimage", "choose_campusimage"]
COLLECTION_PERMISSIONS += ["add_campusdocument", "change_campusdocument", "choose_campusdocument"]
COLLECTION_PERMISSIONS += ["add_campusmedia", "change_campusmedia"]


def synchronise_page_permissions(**kwargs: Any) -> None:
    """Give the groups their page and collection permissions, and the review workflow its reviewers. Idempotent."""
    from django.contrib.auth.models import Group, Permission
    from wagtail.models import Collection, GroupApprovalTask, GroupCollectionPermission, GroupPagePermission, Page

    synchronise_groups()
    root, collection = Page.get_first_root_node(), Collection.get_first_root_node()
    if root is None or collection is None:
        return
    names = {name for table in PAGE_PERMISSIONS.values() for name in table}
    page = {p.codename: p for p in Permission.objects.filter(codename__in=names, content_type__app_label="wagtailcore")}
    files = list(Permission.objects.filter(codename__in=COLLECTION_PERMISSIONS))
    admin = Permission.objects.get(codename="access_admin", content_type__app_label="wagtailadmin")
    for name, codenames in PAGE_PERMISSIONS.items():
        group = Group.objects.get(name=name)
        group.permissions.add(admin)
        for codename in codenames:
            GroupPagePermission.objects.get_or_create(group=group, page=root, permission=page[codename])
        for permission in files:
            GroupCollectionPermission.objects.get_or_create(group=group, collection=collection, permission=permission)
    organisers = Group.objects.get(name=ORGANISERS)
    for task in GroupApprovalTask.objects.filter(active=True):
        task.groups.add(organisers)

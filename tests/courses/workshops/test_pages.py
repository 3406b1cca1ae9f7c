"""Every page of the room, by who asks: visitor, learner, trainer, another trainer, organisers, focal point."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests import factories

PUBLIC = [("workshops", False), ("workshop", True), ("workshop_calendar", True)]
OWN = [("workshop_register", True)]
TOOLS = [
    ("workshop_manage", True),
    ("workshop_edit", True),
    ("workshop_cancel", True),
    ("workshop_message", True),
    ("session_add", True),
    ("session_edit", "session"),
    ("session_delete", "session"),
    ("registrations", True),
    ("registrations_csv", True),
    ("registration_add", True),
    ("registration_cancel", "registration"),
    ("attendance", True),
    ("attendance_session", "session"),
    ("workshop_sheet", True),
]
POSTS = ["workshop_announce", "workshop_open", "workshop_close", "trainer_add"]
MINE = [("workshops_mine", False), ("workshop_create", False)]


@pytest.fixture
def ask(client, cast, workshop, session, register):
    registration = register(workshop, cast.learner)

    def asking(role, name, needs, method="get"):
        if role != "visitor":
            client.force_login(getattr(cast, role))
        args = {False: [], True: [workshop.key], "session": [workshop.key, session.pk]}.get(needs)
        if args is None:
            args = [workshop.key, registration.pk]
        return getattr(client, method)(reverse(name, args=args))

    return asking


@pytest.mark.parametrize(("name", "needs"), PUBLIC)
@pytest.mark.parametrize("role", ["visitor", "learner", "trainer", "focal_point"])
def test_everybody_reads_what_is_public(ask, role, name, needs):
    assert ask(role, name, needs).status_code == 200


@pytest.mark.parametrize(("name", "needs"), TOOLS)
@pytest.mark.parametrize("role", ["trainer", "organiser"])
def test_those_who_run_a_workshop_open_its_tools(ask, role, name, needs):
    assert ask(role, name, needs).status_code == 200


@pytest.mark.parametrize(("name", "needs"), [*TOOLS, *((name, True) for name in POSTS)])
@pytest.mark.parametrize("role", ["other_trainer", "other_organiser", "learner", "focal_point", "outsider"])
def test_for_everybody_else_the_tools_do_not_exist(ask, role, name, needs):
    method = "post" if name in POSTS else "get"
    assert ask(role, name, needs, method).status_code == 404


@pytest.mark.parametrize(("name", "needs"), [*TOOLS, *MINE, *OWN])
def test_a_visitor_is_sent_to_sign_in(ask, name, needs):
    response = ask("visitor", name, needs)
    assert response.status_code == 302
    assert "/login/" in response["Location"]


@pytest.mark.parametrize(("name", "needs"), MINE)
@pytest.mark.parametrize(
    ("role", "status"),
    [("trainer", 200), ("other_trainer", 200), ("organiser", 200), ("learner", 404), ("focal_point", 404)],
)
def test_making_workshops_is_for_trainers_and_organisers(ask, role, status, name, needs):
    assert ask(role, name, needs).status_code == status


@pytest.mark.parametrize("name", POSTS[:3])
def test_changes_are_never_made_by_a_link(ask, name):
    assert ask("trainer", name, True).status_code == 405


def test_a_draft_is_seen_only_by_those_who_run_it(client, cast, workshop):
    workshop.state = "proposed"
    workshop.save()
    address = reverse("workshop", args=[workshop.key])
    assert client.get(address).status_code == 404
    client.force_login(cast.other_trainer)
    assert client.get(address).status_code == 404
    assert client.get(reverse("workshop_calendar", args=[workshop.key])).status_code == 404
    client.force_login(cast.trainer)
    assert "draft" in client.get(address).content.decode()


def test_with_the_role_go_the_workshops(client, cast, workshop):
    from institutions.models import RoleAssignment
    from institutions.services import revoke_role

    client.force_login(cast.trainer)
    assert client.get(reverse("workshop_manage", args=[workshop.key])).status_code == 200
    revoke_role(actor=None, assignment=RoleAssignment.objects.get(user=cast.trainer))
    assert client.get(reverse("workshop_manage", args=[workshop.key])).status_code == 404


@pytest.mark.parametrize("language", ["ar", "es", "fr", "ru", "zh-hans"])
def test_every_page_opens_in_every_language(client, cast, workshop, session, register, language):
    register(workshop, cast.learner)
    client.force_login(cast.trainer)
    for name, needs in [*PUBLIC, *TOOLS[:11], *TOOLS[11:], *MINE]:
        if needs == "registration":
            continue
        args = [workshop.key, session.pk] if needs == "session" else [workshop.key] if needs else []
        address = reverse(name, args=args).replace("/en/", f"/{language}/", 1)
        assert client.get(address).status_code == 200, address


def test_a_trainer_of_another_programme_does_not_keep_a_workshop_of_this_one(client, cast, workshop):
    from courses.workshops.models import WorkshopTrainer
    from institutions.models import Role
    from institutions.services import grant_role

    grant_role(actor=None, user=cast.outsider, role=Role.TRAINER, programme=factories.ProgrammeFactory())
    WorkshopTrainer.objects.create(workshop=workshop, user=cast.outsider)
    client.force_login(cast.outsider)
    assert client.get(reverse("workshop_manage", args=[workshop.key])).status_code == 404

"""Who may give which role, and who opens which screen of this room."""

from __future__ import annotations

import pytest
from django.urls import reverse

from core.models import AuditEntry
from institutions import services
from institutions.models import Organisation, Programme, Role, RoleAssignment
from institutions.services import grant_role, revoke_role
from tests.factories import ProgrammeFactory, UserFactory, past

pytestmark = pytest.mark.django_db


@pytest.fixture
def chief(cast):
    user = UserFactory(email="chief@example.org", name="Chief")
    grant_role(actor=None, user=user, role=Role.ORGANISER)
    return user


def person(cast, chief, name):
    if name == "superuser":
        return UserFactory(is_superuser=True)
    return chief if name == "chief" else getattr(cast, name)


# --- Giving roles -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "role", "where", "may"),
    [
        ("learner", Role.TRAINER, "own", False),
        ("trainer", Role.TRAINER, "own", False),
        ("focal_point", Role.FOCAL_POINT, "KE", False),
        ("organiser", Role.TRAINER, "own", True),
        ("organiser", Role.TRAINER, "other", False),
        ("organiser", Role.TRAINER, "all", False),
        ("organiser", Role.ORGANISER, "own", False),
        ("organiser", Role.EDITOR, "own", False),
        ("organiser", Role.FOCAL_POINT, "KE", False),
        ("chief", Role.TRAINER, "all", True),
        ("chief", Role.ORGANISER, "own", True),
        ("chief", Role.EDITOR, "all", True),
        ("chief", Role.FOCAL_POINT, "KE", True),
        ("superuser", Role.ORGANISER, "all", True),
    ],
)
def test_who_may_give_which_role(cast, chief, programme, name, role, where, may):
    arguments = {
        "own": {"programme": programme},
        "other": {"programme": ProgrammeFactory()},
        "all": {},
        "KE": {"country_id": "KE"},
    }[where]
    actor = person(cast, chief, name)
    if may:
        assert services.grant_role(actor=actor, user=cast.outsider, role=role, **arguments).granted_by == actor
    else:
        with pytest.raises(services.RoleNotYours):
            services.grant_role(actor=actor, user=cast.outsider, role=role, **arguments)
        assert not cast.outsider.role_assignments.exists()


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"role": Role.FOCAL_POINT}, services.RoleNeedsCountry),
        ({"role": Role.TRAINER, "country_id": "KE", "programme": "own"}, services.RoleHasTwoPlaces),
        ({"role": Role.TRAINER, "starts_on": past(1), "ends_on": past(9)}, services.RoleEndsBeforeStart),
    ],
)
def test_a_role_that_does_not_hold_together_is_refused(cast, programme, wrong, error):
    if wrong.get("programme"):
        wrong = wrong | {"programme": programme}
    with pytest.raises(error):
        services.grant_role(actor=None, user=cast.outsider, **wrong)


@pytest.mark.parametrize("name", ["chief", "superuser"])
def test_nobody_gives_or_takes_their_own(cast, chief, name):
    actor = person(cast, chief, name)
    own = RoleAssignment.objects.create(user=actor, role=Role.EDITOR)
    with pytest.raises(services.OwnRole):
        services.grant_role(actor=actor, user=actor, role=Role.TRAINER)
    with pytest.raises(services.OwnRole):
        services.revoke_role(actor=actor, assignment=own)


@pytest.mark.parametrize(
    ("name", "may"), [("learner", False), ("other_organiser", False), ("organiser", True), ("chief", True)]
)
def test_who_may_take_a_role_away(cast, chief, name, may):
    assignment = cast.trainer.role_assignments.get()
    if may:
        revoke_role(actor=person(cast, chief, name), assignment=assignment)
        assert not cast.trainer.role_assignments.exists()
    else:
        with pytest.raises(services.RoleNotYours):
            revoke_role(actor=person(cast, chief, name), assignment=assignment)


def test_giving_and_taking_leave_audit_entries(cast, chief):
    assignment = grant_role(actor=chief, user=cast.outsider, role=Role.EDITOR)
    revoke_role(actor=chief, assignment=assignment)
    assert set(AuditEntry.objects.filter(actor=chief).values_list("action", flat=True)) == {
        "institutions.grant_role",
        "institutions.revoke_role",
    }


# --- Screens ------------------------------------------------------------------------------

OPEN, SHUT = 200, (302, 403, 404)
NAMES = ("learner", "focal_point", "trainer", "organiser", "chief", "superuser")
SCREENS = {
    #                             learner focal  trainer organiser chief superuser
    "organisations:index": (False, False, True, True, True, True),
    "organisations:add": (False, False, False, True, True, True),
    "programmes:index": (False, False, False, True, True, True),
    "programmes:add": (False, False, False, False, True, True),
    "roles:index": (False, False, False, True, True, True),
    "roles:add": (False, False, False, True, True, True),
    "audit_report": (False, False, False, True, True, True),
    "wagtailusers_users:index": (False, False, False, False, False, True),
    "wagtailusers_groups:index": (False, False, False, False, False, True),
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("screen", SCREENS)
def test_who_opens_which_screen(client, cast, chief, screen, name):
    client.force_login(person(cast, chief, name))
    response = client.get(reverse(screen))
    if SCREENS[screen][NAMES.index(name)]:
        assert response.status_code == OPEN
    else:
        assert response.status_code in SHUT
        assert response.status_code != 302 or response.url == reverse("wagtailadmin_home")


@pytest.mark.parametrize("screen", SCREENS)
def test_a_visitor_is_asked_to_sign_in(client, screen):
    assert reverse("account_login") in client.get(reverse(screen)).url


@pytest.mark.parametrize(
    ("name", "own", "other"),
    [
        ("organiser", True, False),
        ("other_organiser", False, True),
        ("trainer", False, False),
        ("chief", True, True),
        ("superuser", True, True),
    ],
)
def test_own_and_others_programmes(client, cast, chief, programme, name, own, other):
    others = Programme.objects.get(pk=cast.other_organiser.role_assignments.get().programme_id)
    client.force_login(person(cast, chief, name))
    for row, opens in ((programme, own), (others, other)):
        response = client.get(reverse("programmes:edit", args=[row.pk]))
        assert (response.status_code == OPEN) is opens
        response = client.post(reverse("programmes:edit", args=[row.pk]), {"key": row.key, "title_en": name})
        row.refresh_from_db()
        assert (row.titles["en"] == name) is opens


@pytest.mark.parametrize(
    ("name", "may"),
    [("organiser", True), ("other_organiser", False), ("trainer", False), ("learner", False), ("chief", True)],
)
def test_own_and_others_roles(client, cast, chief, name, may):
    assignment = cast.trainer.role_assignments.get()
    client.force_login(person(cast, chief, name))
    response = client.post(reverse("roles:revoke", args=[assignment.pk]))
    assert response.status_code in SHUT
    assert RoleAssignment.objects.filter(pk=assignment.pk).exists() is not may


def test_a_role_is_given_in_the_admin(client, cast, programme):
    client.force_login(cast.organiser)
    data = {"email": "OUTSIDER@example.org", "role": "trainer", "programme": programme.pk, "starts_on": "2026-01-01"}
    assert client.post(reverse("roles:add"), data).status_code == 302
    assert cast.outsider.role_assignments.get().role == Role.TRAINER
    assert cast.outsider.groups.get().name == "Trainers"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"email": "nobody@example.org"}, "no account with this address"),
        ({"email": "no address"}, "valid email address"),
        ({"role": "king"}, "Select a valid choice"),
        ({"starts_on": "2026-02-01", "ends_on": "2026-01-01"}, "must not lie before"),
        ({"starts_on": "yesterday"}, "Enter a valid date"),
        ({"email": "organiser@example.org"}, "role of your own"),
    ],
)
def test_a_wrong_role_says_why_and_keeps_what_was_typed(client, cast, programme, fields, message):
    client.force_login(cast.organiser)
    data = {"email": "outsider@example.org", "role": "trainer", "programme": programme.pk} | fields
    response = client.post(reverse("roles:add"), data)
    page = response.content.decode()
    assert response.status_code == 200
    assert message in page
    assert data["email"] in page
    assert not cast.outsider.role_assignments.exists()


def test_the_list_of_roles_costs_the_same_for_many(client, chief, programme, django_assert_max_num_queries):
    for _ in range(15):
        grant_role(actor=None, user=UserFactory(), role=Role.TRAINER, programme=programme)
    client.force_login(chief)
    client.get(reverse("roles:index"))
    with django_assert_max_num_queries(25):
        client.get(reverse("roles:index"))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"name": ""}, "This field is required"),
        ({"name": "x" * 201}, "at most 200 characters"),
        ({"name": "UNEP"}, "already exists"),
        ({"website": "no address"}, "Enter a valid URL"),
        ({"country": "XX"}, "Select a valid choice"),
    ],
)
def test_a_wrong_organisation_says_why_and_keeps_what_was_typed(client, cast, fields, message):
    Organisation.objects.create(name="UNEP", kind="secretariat")
    client.force_login(cast.organiser)
    data = {"name": "Ministry of Nature", "acronym": "MoN", "kind": "government", "website": ""} | fields
    response = client.post(reverse("organisations:add"), data)
    page = response.content.decode()
    assert message in page
    assert "MoN" in page
    assert Organisation.objects.count() == 1


def test_an_organisation_is_written_down(client, cast):
    client.force_login(cast.organiser)
    data = {"name": "وزارة البيئة", "kind": "government", "country": "EG"}
    assert client.post(reverse("organisations:add"), data).status_code == 302
    assert "وزارة البيئة" in client.get(reverse("organisations:index")).content.decode()
    assert AuditEntry.objects.filter(action="institutions.create_organisation").exists()


def test_a_programme_needs_an_english_title(client, chief):
    client.force_login(chief)
    assert client.post(reverse("programmes:add"), {"key": "new", "title_fr": "Nouveau"}).status_code == 200
    assert (
        client.post(reverse("programmes:add"), {"key": "new", "title_en": "New", "title_fr": "Nouveau"}).status_code
        == 302
    )
    assert Programme.objects.get(key="new").titles == {"en": "New", "fr": "Nouveau"}


def test_the_audit_trail_cannot_be_changed(client, chief):
    from core import audit

    entry = audit.record(actor=chief, action="test.act", obj=chief)
    with pytest.raises(TypeError):
        entry.save()
    client.force_login(chief)
    assert "test.act" in client.get(reverse("audit_report")).content.decode()
    assert "test.act" in client.get(reverse("audit_report_results"), {"q": "test.a"}).content.decode()
    assert client.post(reverse("audit_report")).status_code == 405

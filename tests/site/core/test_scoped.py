"""Everything in the admin shows and touches only what its user may see."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from wagtail.admin.views.reports import ReportView
from wagtail.admin.viewsets import viewsets
from wagtail.admin.viewsets.model import ModelViewSet

from core import scoped
from core.models import AuditEntry
from institutions.models import Organisation, Programme, Role
from institutions.services import grant_role
from tests.factories import ProgrammeFactory

pytestmark = pytest.mark.django_db

# Wagtail's own, and why they need not be over visible_to.
EXCUSED_VIEWSETS = {
    "GroupViewSet": "groups are a declared table; only administrators hold a permission on them",
    "SiteViewSet": "sites: administrators only",
    "LocaleViewSet": "locales: administrators only",
    "CollectionChooserViewSet": "collections carry permissions of their own",
    "FormSubmissionsViewSet": "pages carry permissions of their own",
    "RedirectViewSet": "redirects: a model permission that editors hold; one shared list",
    "PromotedSearchesViewSet": "search promotions: one shared list of editors",
    "PageChooserViewSet": "pages carry permissions of their own",
    "PageTypeUsageViewSet": "pages carry permissions of their own",
    "PageViewSet": "pages carry permissions of their own",
    "ImageViewSet": "pictures belong to collections, which carry permissions of their own",
    "ImageChooserViewSet": "pictures belong to collections, which carry permissions of their own",
    "DocumentChooserViewSet": "documents belong to collections, which carry permissions of their own",
    "DocumentViewSet": "documents belong to collections, which carry permissions of their own",
    "MediaChooserViewSet": "recordings belong to collections, which carry permissions of their own",
    "VideoChooserViewSet": "recordings belong to collections, which carry permissions of their own",
    "AudioChooserViewSet": "recordings belong to collections, which carry permissions of their own",
    "SiteChooserViewSet": "names of sites",
    "WorkflowChooserViewSet": "workflows: editors share them",
    "TaskChooserViewSet": "workflows: editors share them",
}
# Function views of ours in the admin that touch no object, and why.
EXCUSED_VIEWS: dict[str, str] = {
    "modules.lessons.admin_views.CopyModule": "pages carry permissions of their own, which it asks",
    "modules.assessments.viewsets.questions.picture": "pictures carry permissions of their own, which it asks",
    "modules.assessments.viewsets.exchange.ExportView": "for those who write quizzes, who see the whole bank",
}

OURS = {"accounts", "core", "home", "institutions", "jobs", "media"}


def is_ours(module: str) -> bool:
    return module.split(".")[0] in OURS | {"courses", "modules", "config"}


def our_models() -> set[type]:
    return {model for model in apps.get_models() if is_ours(model.__module__)}


def admin_views(patterns=None):
    """Every view below /admin/."""
    if patterns is None:
        reverse("wagtailadmin_home")  # loads the hooks
        resolver = next(
            r for r in get_resolver().url_patterns if isinstance(r, URLResolver) and str(r.pattern) == "admin/"
        )
        patterns = resolver.url_patterns
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from admin_views(pattern.url_patterns)
        elif isinstance(pattern, URLPattern):
            yield pattern.callback


def test_every_registered_viewset_and_chooser_is_scoped_or_excused():
    reverse("wagtailadmin_home")
    unscoped = [
        type(viewset).__name__
        for viewset in viewsets.viewsets
        if not isinstance(viewset, (scoped.ScopedModelViewSet, scoped.ScopedChooserViewSet))
        and (type(viewset).__name__ not in EXCUSED_VIEWSETS or is_ours(type(viewset).__module__))
    ]
    assert unscoped == []


def test_every_admin_view_of_our_code_or_of_our_records_is_scoped():
    mixed_in = (scoped.ScopedObject, scoped.ScopedList, scoped.ScopedChoosing)
    collections = {"CampusImage", "CampusDocument", "CampusMedia"}  # carry permissions of their own
    unscoped = []
    for view in admin_views():
        view_class = getattr(view, "view_class", None)
        model = getattr(view, "view_initkwargs", {}).get("model") or getattr(view_class, "model", None)
        if view_class is None:
            if is_ours(view.__module__) and f"{view.__module__}.{view.__qualname__}" not in EXCUSED_VIEWS:
                unscoped.append(f"{view.__module__}.{view.__qualname__}")
        elif issubclass(view_class, mixed_in):
            continue
        elif is_ours(view_class.__module__) and f"{view_class.__module__}.{view_class.__name__}" not in EXCUSED_VIEWS:
            unscoped.append(f"{view_class.__module__}.{view_class.__name__}")
        elif model in our_models() and model.__name__ not in collections:
            unscoped.append(f"{view_class.__module__}.{view_class.__name__} of {model.__name__}")
    assert unscoped == []


def test_the_walk_finds_the_viewsets_that_are_there():
    names = {type(viewset).__name__ for viewset in viewsets.viewsets}
    assert {"ProgrammeViewSet", "OrganisationViewSet", "OrganisationChooserViewSet", "RoleViewSet"} <= names
    assert len(list(admin_views())) > 100


def test_an_unscoped_viewset_cannot_be_registered():
    class Plain(ModelViewSet):
        model = Programme
        form_fields = ("key",)

    with pytest.raises(ImproperlyConfigured):
        scoped.register(Plain("plain"))


def test_a_model_that_does_not_say_who_sees_what_cannot_be_registered():
    from institutions.models import Country

    class Countries(scoped.ScopedModelViewSet):
        model = Country
        form_fields = ("name",)

    with pytest.raises(ImproperlyConfigured):
        scoped.register(Countries("countries"))


def test_a_report_that_goes_around_its_base_queryset_is_refused():
    class Around(ReportView):
        model = Programme

        def get_queryset(self):
            return Programme.objects.all()

    with pytest.raises(ImproperlyConfigured):
        scoped.scope_view(Around)


@pytest.fixture
def other_programme():
    return ProgrammeFactory(key="somebody-elses", titles={"en": "Somebody else's"})


def test_a_list_shows_only_what_its_user_may_see(client, cast, programme, other_programme):
    client.force_login(cast.organiser)
    page = client.get(reverse("programmes:index")).content.decode()
    assert programme.key in page
    assert other_programme.key not in page


@pytest.mark.parametrize("view", ["edit", "inspect", "history", "history_results", "delete", "copy", "usage"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_somebody_elses_object_is_404_in_every_view(client, cast, other_programme, view, method, settings):
    from institutions.viewsets import ProgrammeViewSet

    everything = ProgrammeViewSet(
        "everything",
        inspect_view_enabled=True,
        delete_view_enabled=True,
        copy_view_enabled=True,
        add_to_reference_index=True,
    )
    pattern = next(pattern for pattern in everything.get_urlpatterns() if pattern.name == view)
    from django.http import Http404
    from django.test import RequestFactory

    request = getattr(RequestFactory(), method)("/")
    request.user = cast.organiser
    with pytest.raises(Http404):
        pattern.callback(request, pk=other_programme.pk)


@pytest.mark.parametrize("address", ["programmes:edit", "programmes:history"])
def test_somebody_elses_object_is_404_by_its_address(client, cast, programme, other_programme, address):
    client.force_login(cast.organiser)
    assert client.get(reverse(address, args=[programme.pk])).status_code == 200
    assert client.get(reverse(address, args=[other_programme.pk])).status_code == 404
    assert client.post(reverse(address, args=[other_programme.pk]), {"key": "mine"}).status_code == 404
    other_programme.refresh_from_db()
    assert other_programme.key == "somebody-elses"


def test_a_key_that_is_no_key_is_404(client, cast):
    client.force_login(cast.organiser)
    assert client.get(reverse("organisation_chooser:chosen", args=["x"])).status_code == 404
    assert client.get(reverse("organisation_chooser:chosen", args=["99999999999999999999999"])).status_code == 404


def test_a_chooser_offers_only_what_its_user_may_see(client, cast):
    Organisation.objects.create(name="Ministry of Environment", kind=Organisation.Kind.GOVERNMENT)
    grant_role(actor=None, user=cast.focal_point, role=Role.EDITOR)  # opens the admin, shows no organisations
    for user, seen in ((cast.organiser, True), (cast.focal_point, False)):
        client.force_login(user)
        page = client.get(reverse("organisation_chooser:choose_results")).content.decode()
        assert ("Ministry of Environment" in page) is seen
        chosen = client.get(reverse("organisation_chooser:chosen", args=[Organisation.objects.get().pk]))
        assert chosen.status_code == (200 if seen else 404)
        many = client.get(reverse("organisation_chooser:chosen_multiple"), {"id": Organisation.objects.get().pk})
        assert many.status_code == (200 if seen else 404)


def test_a_form_neither_offers_nor_accepts_what_its_user_may_not_see(client, cast, programme, other_programme):
    client.force_login(cast.organiser)
    page = client.get(reverse("roles:add")).content.decode()
    assert str(programme) in page
    assert str(other_programme) not in page
    response = client.post(
        reverse("roles:add"), {"email": cast.outsider.email, "role": "trainer", "programme": other_programme.pk}
    )
    assert response.status_code == 200
    assert not cast.outsider.role_assignments.exists()


def test_a_filter_offers_only_what_its_user_may_see(client, cast, programme, other_programme):
    client.force_login(cast.organiser)
    page = client.get(reverse("roles:index")).content.decode()
    assert f'value="{programme.pk}"' in page
    assert f'value="{other_programme.pk}"' not in page


def test_what_a_service_refuses_is_said_in_the_form(client, cast):
    client.force_login(cast.organiser)
    response = client.post(reverse("roles:add"), {"email": cast.outsider.email, "role": "organiser"})
    assert response.status_code == 200
    assert "Only organisers of all programmes can do this" in response.content.decode()
    assert cast.outsider.email in response.content.decode()
    assert not cast.outsider.role_assignments.exists()


def test_saving_in_the_admin_leaves_an_audit_entry_and_shows_it_as_history(client, cast, programme):
    client.force_login(cast.organiser)
    response = client.post(reverse("programmes:edit", args=[programme.pk]), {"key": "renamed", "title_en": "Renamed"})
    assert response.status_code == 302
    entry = AuditEntry.objects.get(action="institutions.change_programme")
    assert (entry.actor, entry.object_id) == (cast.organiser, str(programme.pk))
    assert (
        "institutions.change_programme"
        in client.get(reverse("programmes:history", args=[programme.pk])).content.decode()
    )


def test_an_export_holds_only_what_its_user_may_see(client, cast, programme, other_programme):
    from core import audit

    audit.record(actor=cast.organiser, action="test.mine", obj=programme)
    audit.record(actor=cast.other_organiser, action="test.theirs", obj=other_programme)
    client.force_login(cast.organiser)
    export = b"".join(client.get(reverse("audit_report"), {"export": "csv"}).streaming_content).decode()
    assert "test.mine" in export
    assert "test.theirs" not in export


def test_the_policy_speaks_for_single_objects(cast, programme, other_programme):
    from wagtail.permissions import policy_registry

    policy = policy_registry.get_by_type(Programme)
    assert policy.user_has_permission_for_instance(cast.organiser, "change", programme)
    assert not policy.user_has_permission_for_instance(cast.organiser, "change", other_programme)
    assert not policy.user_has_permission_for_instance(cast.learner, "view", programme)
    assert not policy.user_has_permission(cast.organiser, "add")
    assert list(policy.instances_user_has_permission_for(cast.organiser, "change")) == [programme]

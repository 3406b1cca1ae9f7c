"""The fixed cast, who play in every test: learner, trainer, other trainer, organiser, focal point, outsider."""

from __future__ import annotations

import os
from types import SimpleNamespace

import pytest
from django.core.cache import cache

from core.caching import forget_all
from courses.certificates.models import Batch, Certificate, private_storage
from courses.participants.models import PeopleImport
from tests import factories

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that empty the database at their end, so that they can run after all others (.ci/test.py)."""
    for item in items:
        mark = item.get_closest_marker("django_db")
        names = set(getattr(item, "fixturenames", ()))
        if (mark and mark.kwargs.get("transaction")) or names & {"transactional_db", "live_server"}:
            item.add_marker("flushes")


@pytest.fixture(autouse=True)
def nothing_cached():
    """What another test cached is not true here."""
    cache.clear()
    forget_all()


@pytest.fixture(autouse=True)
def files_apart(settings, tmp_path, monkeypatch):
    """No test writes into the developer's uploads."""
    settings.MEDIA_ROOT = str(tmp_path / "uploads")
    storages = {name: dict(value) for name, value in settings.STORAGES.items()}
    storages["private"] = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(tmp_path / "private"), "base_url": None},
    }
    settings.STORAGES = storages
    for model, field in ((Certificate, "pdf"), (Batch, "archive"), (PeopleImport, "file")):
        monkeypatch.setattr(model._meta.get_field(field), "storage", private_storage())


@pytest.fixture
def programme(db):
    return factories.ProgrammeFactory()


@pytest.fixture
def cast(db, programme):
    """The people. ``organiser`` and both trainers work for ``programme``; the focal point is Kenya's."""

    def person(name: str, **fields):
        user = factories.UserFactory(email=f"{name}@example.org", name=name.replace("_", " ").title(), **fields)
        factories.ParticipantFactory(user=user, name=user.name, email=user.email)
        return user

    people = SimpleNamespace(
        learner=person("learner"),
        trainer=person("trainer"),
        other_trainer=person("other_trainer"),
        organiser=person("organiser"),
        other_organiser=person("other_organiser"),
        focal_point=person("focal_point"),
        outsider=person("outsider"),
    )
    from institutions.models import Role
    from institutions.services import grant_role

    grant_role(actor=None, user=people.trainer, role=Role.TRAINER, programme=programme)
    grant_role(actor=None, user=people.other_trainer, role=Role.TRAINER, programme=programme)
    grant_role(actor=None, user=people.organiser, role=Role.ORGANISER, programme=programme)
    grant_role(actor=None, user=people.other_organiser, role=Role.ORGANISER, programme=factories.ProgrammeFactory())
    grant_role(actor=None, user=people.focal_point, role=Role.FOCAL_POINT, country_id="KE")
    return people


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Wagtail's first rows, also where the tables were made without its data migrations (``--no-migrations``)."""
    from django.contrib.contenttypes.models import ContentType
    from wagtail.models import Collection, Locale, Page

    from home.permissions import synchronise_page_permissions

    with django_db_blocker.unblock():
        english, _created = Locale.objects.get_or_create(language_code="en")
        if not Page.objects.exists():
            kind = ContentType.objects.get_for_model(Page)
            Page.add_root(title="Root", slug="root", content_type=kind, locale=english)
        if not Collection.objects.exists():
            Collection.add_root(name="Root")
        synchronise_page_permissions()

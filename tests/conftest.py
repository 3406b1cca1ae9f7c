"""The fixed cast, who play in every test: learner, trainer, other trainer, organiser, focal point, outsider."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache as cache_result
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.db.models import FileField
from django.test import override_settings

from core.caching import forget_all
from tests import factories
from tests.cast import make_cast

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
# Nothing fails by the clock of a busy machine: how fast the work is, ``make bench`` says.
hypothesis.settings.register_profile("campus", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("campus")


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
def files_apart(tmp_path):
    """No test writes into the developer's uploads."""
    with files_in(tmp_path):
        yield


@contextmanager
def files_in(folder: Path) -> Iterator[None]:
    """Let uploads and private files go into ``folder``."""
    private = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(folder / "private"), "base_url": None},
    }
    storages = {**settings.STORAGES, "private": private}
    with (
        override_settings(MEDIA_ROOT=str(folder / "uploads"), STORAGES=storages),
        pytest.MonkeyPatch.context() as patch,
    ):
        for field, storage in chosen_storages():
            patch.setattr(field, "storage", storage())
        yield


@cache_result
def chosen_storages() -> list[tuple[FileField, Callable[[], Any]]]:
    """Return the file fields that choose their storage by a function, which Django asks once, and that function."""
    fields = [field for model in apps.get_models() for field in model._meta.local_fields]
    return [
        (field, field._storage_callable)
        for field in fields
        if isinstance(field, FileField) and hasattr(field, "_storage_callable")
    ]


@pytest.fixture
def programme(db):
    return factories.ProgrammeFactory()


@pytest.fixture
def cast(db, programme):
    """The people; see ``make_cast``."""
    return make_cast(programme)


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

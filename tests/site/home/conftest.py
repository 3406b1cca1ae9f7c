"""The starter content, loaded once for this folder and rolled back at its end."""

from __future__ import annotations

import pytest
from django.db import transaction


@pytest.fixture(scope="package")
def starter(django_db_setup, django_db_blocker, tmp_path_factory):
    """Everything that a newcomer finds, with the sample accounts; each test's own changes are rolled back."""
    import os

    from django.test import override_settings

    from home.starter.load import load_starter_content
    from home.starter.people import make_sample_people

    folder = tmp_path_factory.mktemp("uploads")
    with django_db_blocker.unblock(), transaction.atomic(), override_settings(MEDIA_ROOT=str(folder)):
        os.environ["CAMPUS_DEMO_PASSWORD"] = "correct horse battery"
        try:
            with pytest.MonkeyPatch.context() as patch:
                # Translations are published on commit, each before the next is written; here all is one transaction.
                patch.setattr(transaction, "on_commit", lambda act, using=None, robust=False: act())
                load_starter_content(say=lambda line: None)
            make_sample_people()
            yield
        finally:
            del os.environ["CAMPUS_DEMO_PASSWORD"]
            transaction.set_rollback(True)

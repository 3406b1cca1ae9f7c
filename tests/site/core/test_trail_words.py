"""The audit trail is read by people: words instead of codes, no empty record, looks only when asked for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.urls import reverse

from core import audit
from core.models import AuditEntry
from core.trail_words import act_words, kind_words

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parents[3]
WRITTEN = re.compile(r"""action="([a-z]+\.[a-z_]+)\"""")


def acts_written():
    """Every act that stands in the code of the rooms."""
    found = set()
    for room in ("site", "courses", "modules", "media"):
        for file in (ROOT / room).rglob("*.py"):
            found |= set(WRITTEN.findall(file.read_text()))
    return sorted(found)


def report(client, user, **asked):
    client.force_login(user)
    return client.get(reverse("audit_report"), asked).content.decode()


def test_every_act_that_a_room_writes_has_words():
    acts = acts_written()
    assert len(acts) > 80
    assert [act for act in acts if act_words(act) == act] == []


@pytest.mark.parametrize("state", ["revoked", "superseded"])
def test_the_ends_of_certificates_have_words(state):
    assert act_words(f"certificates.{state}") == state.capitalize()


def test_what_nobody_named_stays_a_code():
    assert act_words("test.zap") == "test.zap"
    assert kind_words("gone.model") == "gone.model"


def test_every_model_has_a_name_for_the_trail():
    assert all(kind_words(model._meta.label_lower) != model._meta.label_lower for model in apps.get_models())


def test_the_report_speaks_in_words_and_names_every_record(client, cast, programme):
    audit.record(actor=cast.organiser, action="catalogue.name_trainer", obj=programme)
    AuditEntry.objects.create(actor=cast.organiser, action="catalogue.export", object_type="participants.participant",
                              object_id=str(cast.learner.participant.pk))  # fmt: skip
    cast.organiser.is_superuser = True
    cast.organiser.save()
    page = report(client, cast.organiser)
    assert "Trainer named" in page
    assert "catalogue.name_trainer" not in page
    assert "Programme" in page
    assert f"#{cast.learner.participant.pk}" in page


def test_who_looked_at_whose_data_is_listed_when_asked_for(client, cast):
    cast.organiser.is_superuser = True
    cast.organiser.save()
    audit.seen(actor=cast.trainer, action="workshops.view", people=[cast.learner.participant])
    mark = f"#{cast.learner.participant.pk}"
    assert mark not in report(client, cast.organiser)
    assert "w-active-filters" not in report(client, cast.organiser), "nothing was filtered by the reader"
    assert mark in report(client, cast.organiser, looks="on")

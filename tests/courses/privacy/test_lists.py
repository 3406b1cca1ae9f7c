"""Being forgotten, and the lists of people that one stood in."""

from __future__ import annotations

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from core.personal import Person, holdings
from courses.participants.imports import services, writing
from courses.participants.models import ImportRow, Participant, PeopleImport
from courses.privacy import erasing
from jobs import running
from tests.courses.participants.imports.conftest import HEAD, csv_file

pytestmark = pytest.mark.django_db
AFTER = erasing.GRACE + timezone.timedelta(minutes=1)
ADDRESS = "learner@example.org"
OTHER = ["Another Person", "another@lists.example", "Kenya", "Ministry", "en"]


@pytest.fixture
def brought(cast, programme):
    """Bring a list; looked at, where asked for."""

    def bring(*rows, checked=True, title="") -> PeopleImport:
        file = csv_file([[title, *[""] * 4], HEAD, *rows] if title else [HEAD, *rows])
        batch = services.bring_list(actor=cast.organiser, programme=programme, file=file, language="en")
        if checked:
            mapping = {int(place): column for place, column in batch.mapping.items()}
            services.choose_columns(actor=cast.organiser, batch=batch, mapping=mapping)
            running.work_off()
            batch.refresh_from_db()
        return batch

    return bring


def forget(life, capture):
    erasing.ask_erasure(actor=life.user, withdraw_certificates=False, confirmed=True)
    with time_machine.travel(timezone.now() + AFTER, tick=True), capture(execute=True):
        assert erasing.erase_due() == 1


def held() -> str:
    return str(list(ImportRow.objects.values())).lower()


def written(batch, cast):
    batch = services.confirm(actor=cast.organiser, batch=batch, only_good=True)
    running.work_off()
    batch.refresh_from_db()
    assert batch.state == "done"
    return batch


THEIRS = ["Learner Example", ADDRESS, "Kenya", "Ministry of Green Things", "en"]
DOUBLE = ["Learner Example", ADDRESS, "Kenya", "Double Office", "en"]
WITHOUT_NAME = ["", f"Mail: <{ADDRESS.upper()}>", "Nowhere", "Bad Row Office", "en"]


def test_rows_that_were_left_out_of_a_list_are_emptied_too(life, cast, brought, django_capture_on_commit_callbacks):
    written(brought(THEIRS, DOUBLE, WITHOUT_NAME, OTHER), cast)
    assert ImportRow.objects.filter(outcome="left-out").count() == 2
    forget(life, django_capture_on_commit_callbacks)
    for words in (ADDRESS, "learner", "double office", "bad row office"):
        assert words not in held()
    assert "another person" in held()


def test_the_person_takes_along_what_was_left_out(life, cast, brought):
    written(brought(THEIRS, DOUBLE, WITHOUT_NAME, OTHER), cast)
    (details,) = [holding for holding in holdings() if holding.name == "details"]
    found = str(list(details.export(Person(user=life.user, participant=life.person))))
    for words in ("Ministry of Green Things", "Double Office", "Bad Row Office"):
        assert words in found
    assert "Another Person" not in found


def test_a_checked_list_is_written_without_them_and_not_read_again(
    client, life, cast, brought, django_capture_on_commit_callbacks
):
    batch = brought(THEIRS, OTHER)
    name, storage = batch.file.name, batch.file.storage
    forget(life, django_capture_on_commit_callbacks)
    batch.refresh_from_db()
    assert (batch.state, bool(batch.file), storage.exists(name)) == ("checked", False, False)
    with pytest.raises(services.FileGone):
        services.choose_columns(actor=cast.organiser, batch=batch, mapping={0: "name", 1: "email"})
    with pytest.raises(services.FileGone):
        services.read_as(actor=cast.organiser, batch=batch, encoding="cp1252")
    client.force_login(cast.organiser)
    page = client.get(reverse("people_import_columns", args=[batch.key]), follow=True).content.decode()
    assert "asked to be forgotten" in page
    assert "Choose the columns again" not in page
    people = Participant.objects.count()
    written(batch, cast)
    assert Participant.objects.count() == people + 1
    assert not Participant.objects.filter(email__iexact=ADDRESS).exists()
    assert not any(row.participant and row.participant.email == ADDRESS for row in writing.to_write_to(batch))


@pytest.mark.parametrize("state", ["uploaded", "checking"])
def test_a_list_that_nobody_has_looked_at_is_given_up_with_its_file(
    client, life, cast, brought, state, django_capture_on_commit_callbacks
):
    batch, other = brought(THEIRS, checked=False), brought(OTHER, checked=False)
    name, storage = batch.file.name, batch.file.storage
    if state == "checking":
        services.choose_columns(actor=cast.organiser, batch=batch, mapping={0: "name", 1: "email"})
    forget(life, django_capture_on_commit_callbacks)
    running.work_off()
    batch.refresh_from_db()
    other.refresh_from_db()
    assert (batch.state, bool(batch.file), storage.exists(name)) == ("cancelled", False, False)
    assert (other.state, bool(other.file)) == ("uploaded", True)
    assert ADDRESS not in held()
    client.force_login(cast.organiser)
    assert "asks to be forgotten" in client.get(reverse("people_import", args=[batch.key])).content.decode()


@pytest.mark.parametrize("checked", [True, False])
def test_a_title_above_the_headings_that_names_them_does_not_stay_on_disk(
    life, brought, checked, django_capture_on_commit_callbacks
):
    batch = brought(OTHER, checked=checked, title=f"List of {ADDRESS}")
    untouched = brought(OTHER, checked=checked, title="List of spring")
    name, storage = batch.file.name, batch.file.storage
    forget(life, django_capture_on_commit_callbacks)
    batch.refresh_from_db()
    untouched.refresh_from_db()
    assert (batch.state, bool(batch.file)) == ("checked" if checked else "cancelled", False)
    assert not storage.exists(name)
    assert untouched.file


class TestRowsOfOthers:
    """A row that only might have been of the person is somebody else's."""

    def row(self, programme, **fields):
        batch = PeopleImport.objects.create(programme=programme, file_name="a.csv", kind="csv", state="writing")
        data = {"name": "Learner Exampel", "email": "exampel@lists.example"}
        return ImportRow.objects.create(batch=batch, number=2, data=data, **fields)

    def after(self, row, life, capture):
        forget(life, capture)
        row.refresh_from_db()
        return row.data, row.verdict, row.decision, [match["ref"] for match in row.matches]

    def test_keeps_its_words_and_loses_the_candidate(self, life, programme, django_capture_on_commit_callbacks):
        row = self.row(programme, verdict="unsure", matches=[{"ref": f"person:{life.person.pk}"}, {"ref": "person:9"}])
        assert self.after(row, life, django_capture_on_commit_callbacks) == (row.data, "unsure", "", ["person:9"])

    def test_is_somebody_new_when_nobody_else_fits(self, life, programme, django_capture_on_commit_callbacks):
        row = self.row(programme, verdict="unsure", matches=[{"ref": f"person:{life.person.pk}"}])
        assert self.after(row, life, django_capture_on_commit_callbacks) == (row.data, "new", "", [])

    def test_stays_where_somebody_decided_that_it_is_somebody_else(
        self, life, programme, django_capture_on_commit_callbacks
    ):
        row = self.row(programme, verdict="sure", decision="new", matches=[{"ref": f"person:{life.person.pk}"}])
        assert self.after(row, life, django_capture_on_commit_callbacks) == (row.data, "new", "new", [])

    def test_goes_where_somebody_decided_that_it_is_the_person(
        self, life, programme, django_capture_on_commit_callbacks
    ):
        ref = f"account:{life.user.pk}"
        row = self.row(programme, verdict="unsure", decision=ref, matches=[{"ref": "person:9"}, {"ref": ref}])
        assert self.after(row, life, django_capture_on_commit_callbacks) == ({}, "new", "skip", [])

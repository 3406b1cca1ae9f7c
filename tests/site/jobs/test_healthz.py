"""/healthz tells which part is not well."""

from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.utils import timezone

from jobs import heartbeat
from jobs.models import Heartbeat

pytestmark = pytest.mark.django_db


def heard(part, seconds):
    Heartbeat.objects.update_or_create(part=part, defaults={"at": timezone.now() - timedelta(seconds=seconds)})


@pytest.mark.parametrize(
    ("worker", "scheduler", "failing"),
    [
        (5, 5, []),
        (59, 59, []),
        (61, 5, ["worker"]),
        (5, 61, ["scheduler"]),
        (None, 5, ["worker"]),
        (None, None, ["worker", "scheduler"]),
    ],
)
def test_200_when_all_is_well_else_503_naming_the_part(client, worker, scheduler, failing):
    for part, seconds in (("worker", worker), ("scheduler", scheduler)):
        if seconds is not None:
            heard(part, seconds)
    response = client.get("/healthz")
    assert response.status_code == (503 if failing else 200)
    assert response.json()["failing"] == failing
    assert response.json()["ok"] is not bool(failing)
    assert response["Content-Type"] == "application/json"
    assert "no-store" in response["Cache-Control"]


def test_a_database_that_does_not_answer_is_named(client, monkeypatch):
    def fail():
        raise DatabaseError("personal details")

    monkeypatch.setattr(heartbeat, "stale_parts", fail)
    response = client.get("/healthz")
    assert response.status_code == 503
    assert "database" in response.json()["failing"]
    assert b"personal" not in response.content


def test_it_asks_one_query(client, django_assert_num_queries):
    with django_assert_num_queries(1):
        client.get("/healthz")


def test_a_beat_is_written_and_written_over():
    heartbeat.beat("worker")
    heartbeat.beat("worker")
    assert Heartbeat.objects.get().part == "worker"


def test_the_throttle_writes_at_most_every_few_seconds(django_assert_num_queries):
    pulse = heartbeat.Throttled("scheduler")
    pulse()
    with django_assert_num_queries(0):
        pulse()

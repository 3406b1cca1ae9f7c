"""A job is done once, whatever happens to its workers."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.errors import DomainError
from jobs import running, services
from jobs.models import Job

pytestmark = pytest.mark.django_db


@pytest.fixture
def handler(monkeypatch):
    """Register a handler for jobs of kind ``test``; its body can be replaced."""

    class Handler:
        def __init__(self):
            self.calls = []
            self.body = lambda job: None

        def __call__(self, job):
            self.calls.append(job.lease_owner)
            self.body(job)

    made = Handler()
    monkeypatch.setattr(services, "_kinds", dict(services._kinds))
    services.register_handler("test", made)
    return made


@pytest.fixture
def sent(monkeypatch):
    """The messages given to the queue."""
    messages = []
    monkeypatch.setattr(running, "hint", lambda *message: messages.append(message))
    return messages


def start(**fields):
    return services.start_job(actor=None, kind="test", params={}, total=10, **fields)


def let_the_lease_expire(job):
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_starting_a_job_of_an_unknown_kind_is_refused():
    with pytest.raises(LookupError):
        services.start_job(actor=None, kind="no-such-thing", params={})


def test_a_job_is_done(handler, cast):
    job = services.start_job(actor=cast.organiser, kind="test", params={"a": 1}, total=2)
    handler.body = lambda job: services.advance(job, 2)
    running.run(job.key)
    job.refresh_from_db()
    assert (job.state, job.done, job.percent, job.created_by) == (Job.State.DONE, 2, 100, cast.organiser)
    assert job.lease_owner == ""
    assert job.finished_at is not None


def test_a_job_that_is_done_is_not_done_again(handler):
    job = start()
    running.run(job.key)
    assert running.run(job.key) is None
    assert len(handler.calls) == 1


def test_a_job_another_worker_holds_is_left_alone(handler):
    job = start()
    assert running.claim(job.key) is not None
    assert running.run(job.key) is None
    assert handler.calls == []


def test_a_job_whose_worker_died_is_taken_over_and_the_dead_one_cannot_go_on(handler):
    job = start()
    dead = running.claim(job.key)
    services.advance(dead, 4)
    let_the_lease_expire(job)
    seen = []
    handler.body = lambda job: seen.append(job.done)
    running.run(job.key)
    assert seen == [4]
    with pytest.raises(services.JobLost):
        services.advance(dead, 5)


def test_a_job_taken_over_in_mid_run_is_left_to_the_other(handler):
    job = start()

    def body(mine):
        let_the_lease_expire(job)
        assert running.claim(job.key) is not None
        services.advance(mine, 1)

    handler.body = body
    running.run(job.key)
    job.refresh_from_db()
    assert job.state == Job.State.RUNNING


def test_advancing_renews_the_lease(handler):
    job = running.claim(start().key)
    let_the_lease_expire(job)
    services.advance(job, 1, total=7)
    job.refresh_from_db()
    assert job.lease_until > timezone.now() + timedelta(seconds=20)
    assert (job.done, job.total) == (1, 7)


def test_a_cancelled_job_stops_at_the_next_step(handler):
    job = start()

    def body(mine):
        Job.objects.filter(pk=job.pk).update(state=Job.State.CANCELLED)
        services.advance(mine, 1)
        pytest.fail("went on")

    handler.body = body
    running.run(job.key)
    job.refresh_from_db()
    assert job.state == Job.State.CANCELLED


def test_an_error_is_tried_again_after_a_pause_and_at_last_given_up(handler, sent):
    job = start()
    handler.body = lambda job: 1 / 0
    for attempt in range(1, running.JOB_ATTEMPTS + 1):
        running.run(job.key)
        job.refresh_from_db()
        assert job.attempts == attempt
    assert job.state == Job.State.FAILED
    assert "ZeroDivisionError" in job.error
    assert "ZeroDivisionError" not in job.result["message"]


def test_a_job_that_gets_on_between_two_errors_is_not_given_up(handler):
    job = start()

    def body(job):
        services.advance(job, job.done + 1)
        raise RuntimeError("again")

    handler.body = body
    for _attempt in range(running.JOB_ATTEMPTS + 3):
        running.run(job.key)
    job.refresh_from_db()
    assert job.state == Job.State.QUEUED
    assert job.done == running.JOB_ATTEMPTS + 3


def test_an_error_the_rules_explain_ends_the_job_at_once_and_is_shown(handler):
    job = start()

    def body(job):
        raise DomainError("The template was archived.")

    handler.body = body
    running.run(job.key)
    job.refresh_from_db()
    assert (job.state, job.attempts, job.result["message"]) == (Job.State.FAILED, 1, "The template was archived.")


def test_no_error_text_reaches_the_log(handler, caplog):
    job = start()

    def body(job):
        raise RuntimeError("Amina Odhiambo")

    handler.body = body
    running.run(job.key)
    assert "RuntimeError" in caplog.text
    assert "Amina" not in caplog.text


def test_a_failed_job_can_be_started_again_and_only_a_failed_one(handler, cast):
    job = start()
    Job.objects.filter(pk=job.pk).update(state=Job.State.FAILED, done=3, attempts=5)
    services.retry_job(actor=cast.organiser, job=job)
    assert (job.state, job.done, job.attempts) == (Job.State.QUEUED, 3, 0)
    with pytest.raises(services.JobNotFailed):
        services.retry_job(actor=cast.organiser, job=job)


def test_the_handler_speaks_the_language_of_the_job(handler):
    from django.utils.translation import get_language

    job = start(language="ar")
    handler.body = lambda job: job.result.update(language=get_language())
    running.run(job.key)
    job.refresh_from_db()
    assert job.result == {"language": "ar"}


# --- the sweeper


def test_the_sweeper_leaves_a_job_alone_whose_message_is_under_way(handler, sent):
    start()
    assert running.sweep()["jobs"] == 0


def test_the_sweeper_finds_a_job_that_was_never_taken_and_sends_one_message(handler, sent):
    job = start()
    let_the_lease_expire(job)
    running.sweep()
    running.sweep()
    assert sent == [("jobs.tasks.run_job", str(job.key))]


def test_the_sweeper_finds_a_job_whose_worker_died(handler, sent):
    job = running.claim(start().key)
    let_the_lease_expire(job)
    running.sweep()
    assert sent == [("jobs.tasks.run_job", str(job.key))]


def test_the_sweeper_leaves_a_running_job_alone(handler, sent):
    running.claim(start().key)
    running.sweep()
    assert sent == []


def test_the_sweeper_gives_up_a_job_that_kills_its_workers(handler, sent):
    job = start()
    for _attempt in range(running.JOB_ATTEMPTS):
        assert running.claim(job.key)
        let_the_lease_expire(job)
    assert running.claim(job.key) is None
    assert running.sweep()["failed"] == 1
    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    assert job.result["message"]


def test_a_queue_that_does_not_answer_is_no_error(handler, monkeypatch, django_capture_on_commit_callbacks):
    def refuse(*args, **kwargs):
        raise ConnectionError

    monkeypatch.setattr(services.current_app, "send_task", refuse)
    with django_capture_on_commit_callbacks(execute=True):
        job = start()
    assert Job.objects.get(pk=job.pk).state == Job.State.QUEUED


def test_the_message_goes_out_after_the_commit_only(handler, monkeypatch, django_capture_on_commit_callbacks):
    sent = []
    monkeypatch.setattr(services.current_app, "send_task", lambda name, args, **options: sent.append((name, args)))
    with django_capture_on_commit_callbacks() as callbacks:
        job = start()
    assert sent == []
    callbacks[0]()
    assert sent == [("jobs.tasks.run_job", (str(job.key),))]


def test_publishing_scheduled_pages_runs():
    from jobs.tasks import publish_scheduled

    publish_scheduled()

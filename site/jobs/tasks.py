"""What the queue's messages start. Each takes an id and re-reads the row."""

from __future__ import annotations

from celery import shared_task
from django.core.management import call_command

from . import heartbeat, running

__all__ = ["heartbeat", "publish_scheduled", "run_job", "send_mail", "sweep"]


@shared_task(name="jobs.tasks.run_job")
def run_job(key: str) -> None:
    """Run one job to its end."""
    running.run(key)


@shared_task(name="jobs.tasks.send_mail")
def send_mail(pk: int) -> None:
    """Send one mail of the outbox."""
    running.deliver(pk)


@shared_task(name="jobs.tasks.sweep")
def sweep() -> None:
    """Find what was lost; every ten seconds."""
    running.sweep()


@shared_task(name="jobs.tasks.publish_scheduled")
def publish_scheduled() -> None:
    """Publish and unpublish the pages whose hour has come."""
    call_command("publish_scheduled", verbosity=0)

"""Work the scheduler asks for."""

from celery import shared_task

from . import services


@shared_task
def recompute_times() -> int:
    """Follow changes of the zones' rules."""
    return services.recompute_times()


@shared_task
def hold_past_workshops() -> int:
    """Past workshops are held."""
    return services.hold_past_workshops()

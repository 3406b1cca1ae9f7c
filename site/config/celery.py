"""The Celery application. The database row is the truth; the queue is only a hint (see jobs)."""

import gc
import os
from typing import Any

from celery import Celery
from celery.signals import worker_process_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")

app = Celery("campus")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_process_init.connect
def keep_what_was_loaded(**kwargs: Any) -> None:
    """What was loaded to work stays: looking through it for garbage takes a third of a long job's time."""
    gc.collect()
    gc.freeze()
